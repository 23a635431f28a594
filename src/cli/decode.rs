//! `tokenscope decode TOKEN`: header, claims, scopes and findings. Asks nobody, unless TOKEN is the name of a profile.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::Exit;
use super::args::DecodeArguments;
use super::output::{Paint, complain, print, table};
use super::token_argument::{read, resolve};
use crate::engine::{self, Engine};
use crate::jwt::{
    Finding, GroupedRoles, Kind, Severity, Token, advice_on_claim, counted, lint, meaning_of_claim, meaning_of_header,
    note_on_claim, shown, times,
};

/// How much of one value is printed.
const VALUE: usize = 600;

/// For a token that is or may be that of a profile.
pub async fn run(engine: &Engine, arguments: &DecodeArguments) -> anyhow::Result<Exit> {
    match resolve(engine, &arguments.token).await? {
        Ok(token) => show(&token, arguments),
        Err(exit) => Ok(exit),
    }
}

/// For any other: reads no profiles and needs no engine, so it is quick enough to stand in a loop.
pub fn run_alone(arguments: &DecodeArguments) -> anyhow::Result<Exit> {
    match read(&arguments.token)? {
        Ok(token) => show(&token, arguments),
        Err(exit) => Ok(exit),
    }
}

fn show(token: &Token, arguments: &DecodeArguments) -> anyhow::Result<Exit> {
    let now = engine::now();
    let findings = lint(token, now);
    if arguments.json {
        print(&format!("{:#}\n", as_json(token, &findings, now)))?;
    } else {
        for removed in token.cleaned() {
            complain(&format!("{} {removed}\n", Paint::for_stderr().warn(" note:")));
        }
        print(&for_people(token, &findings, now, Paint::for_stdout()))?;
    }
    let threshold = arguments.fail_on.map(Severity::from);
    let fails = threshold.is_some_and(|least| findings.iter().any(|finding| finding.severity >= least));
    let unreadable = matches!(token.kind(), Kind::Opaque);
    Ok(if unreadable || fails { Exit::No } else { Exit::Fine })
}

/// The documented members, in this order.
fn as_json(token: &Token, findings: &[Finding], now: Timestamp) -> Value {
    json!({
        "header": token.header(),
        "claims": token.claims(),
        "scopes": token.scopes(),
        "status": token.status(now),
        "findings": findings
            .iter()
            .map(|finding| json!({ "id": finding.id, "severity": finding.severity, "message": finding.message }))
            .collect::<Vec<_>>(),
    })
}

fn for_people(token: &Token, findings: &[Finding], now: Timestamp, paint: Paint) -> String {
    let zone = engine::time_zone();
    let mut out = String::new();
    let _ = match token.kind() {
        Kind::Jws(_) => writeln!(out, "{}, decoded; nothing was verified", paint.bold("Token")),
        Kind::Jwe => writeln!(out, "{}, encrypted: only its recipient can read the claims", paint.bold("Token")),
        Kind::Opaque => writeln!(
            out,
            "{}, {}: no JWT, so nothing in it can be read here; only its issuer can say what it is good for",
            paint.bold("Opaque token"),
            counted(token.raw().reveal().chars().count(), "character", "characters")
        ),
    };
    if let Some(header) = token.header() {
        let _ = writeln!(out, "\n{}", paint.bold("Header"));
        let meaning = |name: &str| meaning_of_header(name).map(|meaning| meaning.meaning.to_owned());
        out.push_str(&members(header, meaning, (now, &zone)));
    }
    if let Some(claims) = token.claims() {
        let _ = writeln!(out, "\n{}", paint.bold("Claims"));
        out.push_str(&members(claims, |name| remark(token, name), (now, &zone)));
        let scopes = token.scopes();
        let _ = writeln!(out, "\n{}", paint.bold("Scopes"));
        for scope in &scopes {
            let _ = writeln!(out, "  {}", shown(scope, VALUE));
        }
        if scopes.is_empty() {
            let _ = writeln!(out, "  none");
        }
        out.push_str(&roles(token, paint));
        if let Some(holder) = token.holder() {
            let _ = writeln!(out, "\n{}  {holder}", paint.bold("Whose"));
        }
        let _ = writeln!(out, "\n{}  {}", paint.bold("Status"), status_in_words(token, now));
    }
    if !findings.is_empty() {
        let _ = writeln!(out, "\n{}", paint.bold("Findings"));
        for finding in findings {
            let severity = match finding.severity {
                Severity::Error => paint.bad("error  "),
                Severity::Warning => paint.warn("warning"),
                Severity::Info => paint.dim("info   "),
            };
            let _ = writeln!(out, "  {severity}  {}: {}", finding.id, shown(&finding.message, VALUE));
            if finding.id == "aud-account" {
                for line in advice_on_claim(token, "aud", None) {
                    let _ = writeln!(out, "           {line}");
                }
            }
        }
    }
    out
}

/// The roles, a group a line; those that Keycloak gives everybody on a line of their own.
fn roles(token: &Token, paint: Paint) -> String {
    let groups = token.grouped_roles();
    if groups.is_empty() {
        return String::new();
    }
    let names = |group: &GroupedRoles, note: Option<&str>| {
        let names = group.roles.iter().filter(|role| role.note == note).map(|role| shown(&role.name, VALUE));
        names.collect::<Vec<_>>().join(" ")
    };
    let mut rows = Vec::new();
    for group in &groups {
        let mut notes: Vec<Option<&str>> = group.roles.iter().map(|role| role.note).collect();
        notes.dedup();
        for note in notes {
            rows.push(vec![shown(&group.title, 60), names(group, note), note.unwrap_or_default().to_owned()]);
        }
    }
    format!("\n{}\n{}", paint.bold("Roles"), table(&rows, "  "))
}

fn members(
    members: &Map<String, Value>,
    meaning: impl Fn(&str) -> Option<String>,
    here_and_now: (Timestamp, &TimeZone),
) -> String {
    let rows: Vec<Vec<String>> = members
        .iter()
        .map(|(name, value)| {
            let meaning = meaning(name).unwrap_or_default();
            vec![shown(name, 60), value_text(name, value, here_and_now), meaning]
        })
        .collect();
    table(&rows, "  ")
}

/// What a claim means, and what its value does in this token.
fn remark(token: &Token, name: &str) -> Option<String> {
    let meaning = meaning_of_claim(name).map(|meaning| meaning.meaning.to_owned());
    match (meaning, note_on_claim(token, name)) {
        (Some(meaning), Some(note)) => Some(format!("{meaning}: {note}")),
        (meaning, note) => note.or(meaning),
    }
}

/// The value on one line; a time also as a date and in words.
fn value_text(name: &str, value: &Value, (now, zone): (Timestamp, &TimeZone)) -> String {
    let time =
        value.as_i64().filter(|_| times::is_time_claim(name)).and_then(|second| Timestamp::from_second(second).ok());
    match (time, value) {
        (Some(time), _) => {
            let local = time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z");
            format!("{value}  {local}, {}", times::in_words(now, time))
        }
        (None, Value::String(text)) => shown(text, VALUE),
        (None, other) => shown(&other.to_string(), VALUE),
    }
}

fn status_in_words(token: &Token, now: Timestamp) -> String {
    use crate::jwt::Status;
    let end = token.expires_at().map(|end| times::in_words(now, end)).unwrap_or_default();
    match token.status(now) {
        Status::Active => format!("active, ends {end}"),
        Status::Expired => format!("expired {end}"),
        Status::NotYetValid => "not valid yet".to_owned(),
        Status::NoExpiry => "it has no readable exp: it never ends".to_owned(),
        Status::Encrypted => "encrypted".to_owned(),
        Status::Opaque => "opaque".to_owned(),
    }
}
