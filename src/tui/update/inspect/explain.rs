//! `i` on the Inspect screen: what the thing under the cursor means.

use crate::jwt::times::{NumericDate, in_words, is_time_claim};
use crate::jwt::{CheckName, RULES, meaning_of_claim, meaning_of_header, meaning_of_member, note_on_claim};
use crate::tui::rows::{self, Tone};
use crate::tui::state::{ContentTab, InspectPane, Member, Pane, Section, State, Subject, TreeLine, TrustTab};

/// Title and paragraphs.
type Explained = (String, Vec<String>);

pub(in crate::tui::update) fn explain(state: &State, pane: InspectPane) -> Option<Explained> {
    let line = rows::cursor(state, Pane::Inspect(pane));
    if pane == InspectPane::Trust && state.inspect.trust_tab == TrustTab::Keys {
        return key(state);
    }
    let subject = state.subject()?;
    match pane {
        InspectPane::Content if state.inspect.content_tab == ContentTab::Claims => member(state, subject, line),
        InspectPane::Trust if state.inspect.trust_tab == TrustTab::Verdict => check(subject, line),
        InspectPane::Trust if state.inspect.trust_tab == TrustTab::Findings => finding(subject, line),
        _ => None,
    }
}

/// A key of the keys tab, each value by its name.
fn key(state: &State) -> Option<Explained> {
    let row = rows::current(state, Pane::Inspect(InspectPane::Trust)).filter(|row| row.tone != Tone::Heading)?;
    let labels = ["kid", "type", "alg", "use", "size", "", ""];
    let named = |(name, value): (&str, &String)| match name {
        "" => value.clone(),
        name => format!("{name}: {value}"),
    };
    let lines: Vec<String> =
        labels.into_iter().zip(&row.cells).filter(|(_, value)| !value.is_empty()).map(named).collect();
    (row.cells.len() > 1).then(|| ("A key of the set".to_owned(), lines))
}

/// A member: its meaning, who defined it, and what to know about this value.
fn member(state: &State, subject: &Subject, line: usize) -> Option<Explained> {
    let TreeLine::Member(member) = subject.tree.get(line)? else { return None };
    let Member { section, depth, path, name, .. } = &**member;
    let (claim, depth) = (*section == Section::Claims, *depth);
    let meaning = match section {
        Section::Claims if depth > 0 => meaning_of_member(path),
        Section::Claims => meaning_of_claim(name),
        Section::Header => meaning_of_header(name).filter(|_| depth == 0),
    };
    let mut lines = Vec::new();
    match meaning {
        Some(meaning) => lines.push(format!("{}: {} ({})", meaning.name, meaning.meaning, meaning.source)),
        None => lines.push("Not one of the names that standards or the common providers define.".to_owned()),
    }
    if depth == 0 && claim {
        lines.extend(note_on_claim(&subject.token, name).map(|note| format!("Here: {note}.")));
        if is_time_claim(name)
            && let NumericDate::At(at) = NumericDate::read(subject.token.claim(name))
        {
            let local = at.to_zoned_datetime(state.zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string();
            lines.push(format!("{} UTC", at.strftime("%Y-%m-%d %H:%M:%S")));
            lines.push(format!("{local}, {}", in_words(state.now, at)));
        }
    }
    lines.push(format!("Type: {}.", member.kind));
    if member.again {
        lines.push(
            "It stands twice in one object: the last one counts here, others may take the first (RFC 7519 4)."
                .to_owned(),
        );
    }
    if member.open.is_none() {
        lines.push(format!("Value: {}", member.value));
    }
    Some((name.clone(), lines))
}

fn check(subject: &Subject, line: usize) -> Option<Explained> {
    let check = subject.judged.verdict.checks.get(line)?;
    let what = match check.name {
        CheckName::Key => {
            "Is there a key that fits the token? Its kid, type, curve, use and alg must fit (RFC 7517 4)."
        }
        CheckName::Signature => "Does the signature hold over header and payload exactly as given (RFC 7515 5.2)?",
        CheckName::Alg => "Is the algorithm one that the key allows? The key rules, not the token (RFC 8725 3.1).",
        CheckName::Exp => "Has it not ended yet (RFC 7519 4.1.4)?",
        CheckName::Nbf => "Has it begun (RFC 7519 4.1.5)?",
        CheckName::Iat => "Was it not issued in the future (RFC 7519 4.1.6)?",
        CheckName::Iss => "Is the issuer the one that the keys belong to, byte for byte (RFC 7519 4.1.1)?",
        CheckName::Aud => "Is it for the audience that is expected (RFC 7519 4.1.3)?",
        CheckName::Typ => "Is it an access token, and no other kind (RFC 8725 3.11)?",
        CheckName::Crit => "Does it ask for no extension that is not understood (RFC 7515 4.1.11)?",
    };
    Some((check.name.to_string(), vec![what.to_owned(), format!("Here: {}.", check.detail)]))
}

fn finding(subject: &Subject, line: usize) -> Option<Explained> {
    // Its remedy stands below each.
    let finding = subject.findings.get(line / 2)?;
    let about = RULES.iter().find(|rule| rule.id == finding.id).map(|rule| format!("Looks for: {}.", rule.about));
    let mut lines = vec![finding.message.clone()];
    lines.extend(about);
    lines.push(format!("Remedy: {}", finding.remedy));
    lines.push(format!("Reference: {}", finding.reference));
    Some((format!("{} ({})", finding.id, finding.severity), lines))
}
