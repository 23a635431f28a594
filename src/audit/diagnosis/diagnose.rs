//! Runs the table of rules over a refusal and puts what they found in order.
//!
//! Pure: no network, files, clock or terminal.

use super::evidence::row;
use super::rules::{Finding, RULES};
use super::{Cause, Confidence, Diagnosis, Evidence, EvidenceRow, Relation};
use crate::audit::Class;
use crate::jwt::{CheckName, Outcome, shown};

/// How long the account of a check that is in order may get: the telling rows need the room.
const IN_ORDER: usize = 40;

/// How long a sentence may get.
const SENTENCE: usize = 1000;

/// Why the API refused; none when it did not, nor says that it cannot get the issuer's keys. What the API said and what can be proved here outranks what is likely;
/// among equals the order of the table counts, and on a 403 a missing scope comes first.
pub fn diagnose(evidence: &Evidence<'_>) -> Option<Diagnosis> {
    let status = evidence.response()?.status;
    let denied = Class::of(status, evidence.endpoint) == Class::Denied;
    if !denied && !(500..600).contains(&status) {
        return None;
    }
    let mut found: Vec<(Cause, Finding)> = Vec::new();
    let mut ruled_out = Vec::new();
    // A server's fault is no refusal, unless it says that it is for want of keys: then nobody's token gets in.
    for rule in RULES.iter().filter(|rule| denied || rule.cause == Cause::KeysUnreachable) {
        match (rule.check)(evidence) {
            Some(finding) => found.push((rule.cause, finding)),
            None => ruled_out.push(rule.cause),
        }
    }
    found.sort_by_key(|(cause, finding)| {
        let scope_first = status == 403 && *cause == Cause::MissingScope;
        (std::cmp::Reverse(finding.confidence), !scope_first)
    });
    if !denied && found.is_empty() {
        return None;
    }
    let mut found = found.into_iter();
    let (cause, first) = found.next().unwrap_or_else(|| (Cause::Unknown, unknown(evidence)));
    let also: Vec<(Cause, Finding)> = found.collect();
    let mut rows = first.evidence;
    rows.extend(also.iter().flat_map(|(_, finding)| finding.evidence.clone()));
    rows.extend(in_order(evidence, &rows));
    Some(Diagnosis {
        cause,
        confidence: first.confidence,
        summary: visible(&first.summary),
        advice: visible(&first.advice),
        evidence: rows.into_iter().map(visible_row).collect(),
        said: evidence.said(),
        also: also.into_iter().map(|(cause, finding)| visible(&format!("{cause}: {}", finding.summary))).collect(),
        ruled_out,
        remedy: first.remedy,
    })
}

/// Sentences quote tokens and answers, which anybody may have written: whatever a rule put in, nothing that could drive
/// a terminal leaves here.
fn visible(sentence: &str) -> String {
    shown(sentence, SENTENCE)
}

fn visible_row(row: EvidenceRow) -> EvidenceRow {
    EvidenceRow { token: visible(&row.token), expected: visible(&row.expected), ..row }
}

/// The claims that were compared and are in order, so that the table shows what was looked at.
fn in_order(evidence: &Evidence<'_>, told: &[EvidenceRow]) -> Vec<EvidenceRow> {
    let compared = [
        (CheckName::Iss, "iss"),
        (CheckName::Exp, "exp"),
        (CheckName::Signature, "signature"),
        (CheckName::Aud, "aud"),
    ];
    compared
        .into_iter()
        .filter(|(_, item)| told.iter().all(|row| row.item != *item))
        .filter_map(|(name, item)| {
            let check = evidence.check(name)?;
            let (relation, expected) = match check.outcome {
                Outcome::Pass => (Relation::Ok, "in order"),
                Outcome::Fail => (Relation::Differs, "does not pass here"),
                Outcome::Skipped => (Relation::Unknown, "not checked"),
            };
            Some(row(item, shown(&check.detail, IN_ORDER), relation, expected, "verified here"))
        })
        .collect()
}

fn unknown(evidence: &Evidence<'_>) -> Finding {
    let when = evidence.api_clock().0;
    let request_id = evidence
        .response()
        .and_then(|response| {
            ["x-request-id", "x-correlation-id", "traceparent"].iter().find_map(|name| response.header(name))
        })
        .map(|id| format!(", request id {}", super::evidence::quoted(id)))
        .unwrap_or_default();
    let summary = match evidence.description() {
        Some(text) if !evidence.reason().is_empty() => format!("The API said: {}", super::evidence::quoted(&text)),
        _ => "Everything that can be checked from here looks right, and the API gave no reason.".to_owned(),
    };
    Finding {
        confidence: Confidence::Possible,
        summary,
        advice: format!("Ask its owner for the log line at {when}{request_id}."),
        evidence: Vec::new(),
        remedy: None,
    }
}
