//! `tokenscope decode TOKEN`: header, claims, scopes and findings. Asks nobody, unless TOKEN is the name of a profile.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::Exit;
use super::args::DecodeArguments;
use super::members::{Written, as_written, members};
use super::output::{Paint, print, table};
use super::token_argument::{read, resolve};
use crate::engine::{self, Engine};
use crate::jwt::{
    Finding, GroupedRoles, Kind, Part, Problem, RULES, Severity, Status, Token, advice_on_claim, counted, lint,
    meaning_of_claim, meaning_of_header, note_on_claim, shown, times,
};

/// How much of one value is printed.
const VALUE: usize = 600;
/// What stands before a line that goes on below a finding.
const BELOW: &str = "           ";
/// How many lines of a payload that is no JSON are printed.
const LINES: usize = 40;

/// For a token that is or may be that of a profile.
pub async fn run(engine: &Engine, arguments: &DecodeArguments) -> anyhow::Result<Exit> {
    match resolve(engine, arguments.token()).await? {
        Ok(token) => show(&token, arguments),
        Err(exit) => Ok(exit),
    }
}

/// For any other: reads no profiles and needs no engine, so it is quick enough to stand in a loop.
pub fn run_alone(arguments: &DecodeArguments) -> anyhow::Result<Exit> {
    match read(arguments.token())? {
        Ok(token) => show(&token, arguments),
        Err(exit) => Ok(exit),
    }
}

/// The rules, for people or as JSON.
pub fn rules(as_json: bool) -> anyhow::Result<Exit> {
    if as_json {
        let rules: Vec<Value> = RULES
            .iter()
            .map(|rule| {
                json!({
                    "id": rule.id,
                    "severity": rule.severity,
                    "about": rule.about,
                    "remedy": rule.remedy,
                    "reference": rule.reference,
                })
            })
            .collect();
        print(&format!("{:#}\n", Value::from(rules)))?;
        return Ok(Exit::Fine);
    }
    let rows: Vec<Vec<String>> = RULES
        .iter()
        .map(|rule| [rule.id, &rule.severity.to_string(), rule.about].map(str::to_owned).to_vec())
        .collect();
    let (mut out, paint, lines) = (String::new(), Paint::for_stdout(), table(&rows, ""));
    for (rule, line) in RULES.iter().zip(lines.lines()) {
        let _ = writeln!(out, "{line}");
        out.push_str(&remedy(rule.remedy, rule.reference, "  ", paint));
    }
    print(&out)?;
    Ok(Exit::Fine)
}

fn show(token: &Token, arguments: &DecodeArguments) -> anyhow::Result<Exit> {
    let now = engine::now();
    let findings = lint(token, now);
    if arguments.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&Decoded::of(token, &findings, now))?))?;
    } else {
        print(&for_people(token, &findings, now, Paint::for_stdout()))?;
    }
    let threshold = arguments.fail_on.map(Severity::from);
    let fails = threshold.is_some_and(|least| findings.iter().any(|finding| finding.severity >= least));
    let unreadable = matches!(token.kind(), Kind::Opaque);
    Ok(if unreadable || fails { Exit::No } else { Exit::Fine })
}

/// The documented members, in this order.
#[derive(Serialize)]
struct Decoded<'a> {
    header: Option<Written<'a>>,
    claims: Option<Written<'a>>,
    scopes: Vec<String>,
    status: Status,
    findings: &'a [Finding],
}

impl<'a> Decoded<'a> {
    fn of(token: &'a Token, findings: &'a [Finding], now: Timestamp) -> Self {
        Self {
            header: Written::of(token, Part::Header),
            claims: Written::of(token, Part::Payload),
            scopes: token.scopes(),
            status: token.status(now),
            findings,
        }
    }
}

fn for_people(token: &Token, findings: &[Finding], now: Timestamp, paint: Paint) -> String {
    let zone = engine::time_zone();
    let mut out = String::new();
    let cut_off = token.problems().contains(&Problem::CutOff);
    let _ = match token.kind() {
        Kind::Jws(jws) => writeln!(
            out,
            "{} of {}: header {}, payload {}, signature {}; decoded, nothing was verified",
            paint.bold("Token"),
            bytes(token.raw().reveal().len()),
            bytes(token.json(Part::Header).map_or(0, str::len)),
            bytes(jws.payload.len()),
            bytes(jws.signature.len())
        ),
        Kind::Jwe => writeln!(
            out,
            "{} of {}, encrypted (JWE): only its recipient can read the claims",
            paint.bold("Token"),
            bytes(token.raw().reveal().len())
        ),
        Kind::Opaque => writeln!(
            out,
            "{}, {}: {}",
            paint.bold(if cut_off { "Part of a token" } else { "Opaque token" }),
            counted(token.raw().reveal().chars().count(), "character", "characters"),
            if cut_off {
                "copy it once more, from its beginning to its end; this is what is left of it"
            } else {
                "no JWT, so nothing in it can be read here; its issuer can say what it is good for: tokenscope introspect --by PROFILE"
            }
        ),
    };
    for problem in token.problems().iter().filter(|_| !matches!(token.kind(), Kind::Jws(_))) {
        let _ = writeln!(out, "  {problem}");
    }
    if let Some(header) = token.header() {
        let _ = writeln!(out, "\n{}", paint.bold("Header"));
        let meaning = |name: &str| meaning_of_header(name).map(|meaning| meaning.meaning.to_owned());
        out.push_str(&members(header, &as_written(token, Part::Header), meaning, (now, &zone)));
    }
    if let (Kind::Jws(jws), None) = (token.kind(), token.claims()) {
        let _ = write!(out, "\n{}\n{}", paint.bold("Payload, no claims"), payload(&jws.payload));
    }
    if let Some(claims) = token.claims() {
        let _ = writeln!(out, "\n{}", paint.bold("Claims"));
        out.push_str(&members(claims, &as_written(token, Part::Payload), |name| remark(token, name), (now, &zone)));
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
            out.push_str(&self::findings(std::slice::from_ref(finding), paint));
            if finding.id == "aud-account" {
                for line in advice_on_claim(token, "aud", None) {
                    let _ = writeln!(out, "{BELOW}  {line}");
                }
            }
        }
    }
    out
}

/// What to do about a finding, and where that is written: a line of its own.
fn remedy(remedy: &str, reference: &str, indent: &str, paint: Paint) -> String {
    format!("{indent}{}\n", paint.dim(&format!("→ {remedy} ({reference})")))
}

/// Findings, each with what to do about it below.
pub fn findings(findings: &[Finding], paint: Paint) -> String {
    let mut out = String::new();
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => paint.bad("error  "),
            Severity::Warning => paint.warn("warning"),
            Severity::Info => paint.dim("info   "),
        };
        let _ = writeln!(out, "  {severity}  {}: {}", finding.id, shown(&finding.message, VALUE));
        out.push_str(&remedy(finding.remedy, finding.reference, BELOW, paint));
    }
    out
}

fn bytes(number: usize) -> String {
    counted(number, "byte", "bytes")
}

/// A payload that is no JSON object: as text when it is one, else in hexadecimal.
fn payload(payload: &[u8]) -> String {
    let text =
        std::str::from_utf8(payload).ok().filter(|text| !text.contains(|c: char| c.is_control() && !c.is_whitespace()));
    match text {
        Some("") => "  (empty)\n".to_owned(),
        Some(text) => indented(text.lines().map(|line| shown(line, VALUE))),
        None => {
            let line = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
            indented(payload.chunks(16).map(line))
        }
    }
}

fn indented(lines: impl Iterator<Item = String>) -> String {
    let mut out = String::new();
    for line in lines.take(LINES) {
        let _ = writeln!(out, "  {line}");
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

/// What a claim means, and what its value does in this token.
fn remark(token: &Token, name: &str) -> Option<String> {
    let meaning = meaning_of_claim(name).map(|meaning| meaning.meaning.to_owned());
    match (meaning, note_on_claim(token, name)) {
        (Some(meaning), Some(note)) => Some(format!("{meaning}: {note}")),
        (meaning, note) => note.or(meaning),
    }
}

fn status_in_words(token: &Token, now: Timestamp) -> String {
    let end = token.expires_at().map(|end| times::in_words(now, end)).unwrap_or_default();
    match token.status(now) {
        Status::Active => format!("active, ends {end}"),
        Status::Expired => format!("expired {end}"),
        Status::NotYetValid => "not valid yet".to_owned(),
        Status::NoExpiry => match token.date("exp") {
            times::NumericDate::Absurd(why) => format!("its exp {why}: nobody can say when it ends"),
            _ => "it has no exp: it never ends".to_owned(),
        },
        Status::Encrypted => "encrypted".to_owned(),
        Status::Opaque => "opaque".to_owned(),
    }
}
