//! `tokenscope verify TOKEN`: signature and claims, check by check.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::args::VerifyArguments;
use super::decode::findings;
use super::output::{Paint, complain, print, wrong_usage};
use super::token_argument::resolve;
use super::{Exit, fail};
use crate::engine::{self, Engine, KeyOrigin, KeysFrom, PolicyAsk, Verification, VerifyError};
use crate::jwt::{CheckName, Finding, Kind, Outcome, Severity, Token, shown, times};

/// How much of an address or a file's name is printed.
const PLACE: usize = 1_000;

pub async fn run(engine: &Engine, arguments: &VerifyArguments) -> anyhow::Result<Exit> {
    let paint = Paint::for_stderr();
    // The token of a profile is its provider's to vouch for.
    let own = || engine.profiles().profile(&arguments.token).map(|profile| KeysFrom::Profile(profile.name.clone()));
    let Some(keys) = arguments.keys.source().or_else(own) else {
        let hint = "Give one of --profile, --issuer, --jwks, --key, --secret-env, --secret-file; to look inside without \
                    verifying: tokenscope decode";
        return Ok(wrong_usage("nothing to verify with", Some(hint)));
    };
    let token = match resolve(engine, &arguments.token).await? {
        Ok(token) => token,
        Err(exit) => return Ok(exit),
    };
    let ask = PolicyAsk {
        issuer: arguments.expected_issuer.clone(),
        audience: arguments.audience.clone(),
        leeway: arguments.leeway,
        at: arguments.at,
        required: arguments.require.clone(),
    };
    let verification = match engine.verify(&token, &keys, &ask).await {
        Ok(verification) => verification,
        Err(VerifyError::Failure(failure)) => return Ok(fail(&failure)),
        Err(VerifyError::Local(error)) => {
            complain(&format!("{} {error}\n", paint.bad("error:")));
            return Ok(Exit::Usage);
        }
    };
    let verdict = &verification.verdict;
    if arguments.json {
        print(&format!("{:#}\n", as_json(&verification)))?;
    } else {
        print(&for_people(&token, &verification, Paint::for_stdout()))?;
    }
    let threshold = arguments.fail_on.map(Severity::from);
    let finding_fails =
        threshold.is_some_and(|least| verification.findings.iter().any(|finding| finding.severity >= least));
    if let (Some(threshold), true) = (threshold, finding_fails) {
        complain(&format!("{} a finding is at least {threshold}: --fail-on\n", paint.warn(" note:")));
    }
    Ok(match (&verification.origin, verdict.valid) {
        // An encrypted or opaque token is a no of its own: no key could change that.
        (KeyOrigin::Unreachable(failure), None) if matches!(token.kind(), Kind::Jws(_)) => {
            complain(&super::output::failure(failure, paint));
            Exit::NoAnswer
        }
        (_, Some(true)) if !finding_fails => Exit::Fine,
        _ => Exit::No,
    })
}

/// The documented members, in this order.
fn as_json(verification: &Verification) -> Value {
    let Verification { verdict, origin, policy, findings, at, .. } = verification;
    let (from, fetched, error) = match origin {
        KeyOrigin::Fetched { url, at } => (Some(shown(url, PLACE)), Some(at.to_string()), None),
        KeyOrigin::Local(place) => (Some(shown(place, PLACE)), None, None),
        KeyOrigin::Unreachable(failure) => (None, None, Some(shown(&failure.to_string(), PLACE))),
    };
    let used = verdict.key.as_ref();
    json!({
        "valid": verdict.valid,
        "checks": verdict.checks,
        "keys": {
            "from": from,
            "fetched": fetched,
            "kid": used.and_then(|key| key.kid.as_ref()),
            "thumbprint": used.and_then(|key| key.thumbprint.as_ref()),
            "error": error,
        },
        "leeway": policy.leeway,
        "judged_at": at.to_string(),
        "changes_at": verdict.changes_at.map(|at| at.to_string()),
        "findings": findings,
    })
}

/// What a failed check says already, a finding need not say again.
const SAID_BY_CHECKS: [(&str, CheckName); 9] = [
    ("alg-none", CheckName::Alg),
    ("alg-unknown", CheckName::Alg),
    ("signature-missing", CheckName::Signature),
    ("not-base64url", CheckName::Signature),
    ("b64-header", CheckName::Signature),
    ("crit-unknown", CheckName::Crit),
    ("no-exp", CheckName::Exp),
    ("iat-in-future", CheckName::Iat),
    ("no-aud", CheckName::Aud),
];

/// The findings that no failed check has said.
fn unsaid(verification: &Verification) -> Vec<Finding> {
    let fails = |name: CheckName| {
        verification.verdict.checks.iter().any(|check| check.name == name && check.outcome == Outcome::Fail)
    };
    let is_said = |finding: &&Finding| SAID_BY_CHECKS.iter().any(|(id, check)| *id == finding.id && fails(*check));
    verification.findings.iter().filter(|finding| !is_said(finding)).cloned().collect()
}

fn for_people(token: &Token, verification: &Verification, paint: Paint) -> String {
    let verdict = &verification.verdict;
    let mut out = String::new();
    let headline = match verdict.valid {
        Some(true) => paint.good("VALID"),
        Some(false) => paint.bad("NOT VALID"),
        None => paint.warn("NOT CHECKED"),
    };
    let origin = match &verification.origin {
        KeyOrigin::Fetched { url, at } => {
            format!("keys from {}, fetched {}", shown(url, 200), times::in_words(engine::now(), *at))
        }
        KeyOrigin::Local(place) => format!("key from {}", shown(place, 200)),
        KeyOrigin::Unreachable(failure) => format!("no keys: {}", shown(&failure.to_string(), 300)),
    };
    let leeway = times::span_in_words(verification.policy.leeway);
    if !matches!(token.kind(), Kind::Jws(_)) {
        // All checks were left out, for one reason.
        let why = verdict.checks.first().map(|check| check.detail.as_str()).unwrap_or_default();
        let _ = writeln!(out, "{headline}  {why}");
        return out;
    }
    let _ = writeln!(out, "{headline}  {origin}; leeway {leeway}; judged as of {}\n", local(verification.at));
    for check in &verdict.checks {
        let outcome = match check.outcome {
            Outcome::Pass => paint.good("pass   "),
            Outcome::Fail => paint.bad("FAIL   "),
            Outcome::Skipped => paint.dim("skipped"),
        };
        let _ = writeln!(out, "  {outcome}  {:<9}  {}", check.name.to_string(), check.detail);
    }
    let unsaid = unsaid(verification);
    if !unsaid.is_empty() {
        let _ = writeln!(out, "\n{}", paint.bold("Findings"));
        out.push_str(&findings(&unsaid, paint));
    }
    if let Some(at) = verdict.changes_at {
        let _ = writeln!(out, "\nThis changes {}, at {}.", times::in_words(verification.at, at), local(at));
    }
    out
}

fn local(instant: Timestamp) -> String {
    instant.to_zoned_datetime(engine::time_zone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}
