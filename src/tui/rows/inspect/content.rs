//! What is in the token: the tree, the JSON exactly as signed, and facts about it.
//!
//! Pure.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Row, difference, trust};
use crate::jwt::times::{NumericDate, in_words, is_time_claim};
use crate::jwt::{
    JsonType, Jws, Kind, Part, Problem, Token, counted, is_plain_note, meaning_of_claim, meaning_of_header,
    meaning_of_member, note_on_claim,
};
use crate::tui::action::Action;
use crate::tui::body::size;
use crate::tui::rows::{Tone, time};
use crate::tui::state::{ContentTab, Section, State, Subject, Times, TreeLine, Whence};

/// Characters of one row of raw JSON: longer lines go on in the next row.
const PIECE: usize = 2_000;
/// Of longer JSON only the start is shown; copying takes all of it.
const MOST: usize = 64 * 1024;
/// Bytes of a payload that is no text which are shown.
const DUMPED: usize = 4_096;

pub(super) fn rows(state: &State, subject: &Subject) -> Vec<Row> {
    match state.inspect.content_tab {
        ContentTab::Claims => claims(state, subject),
        ContentTab::Json => json(state, subject),
        ContentTab::Facts => facts(state, subject),
        ContentTab::Difference => difference::rows(state),
    }
}

fn claims(state: &State, subject: &Subject) -> Vec<Row> {
    let token = &subject.token;
    let mut rows: Vec<Row> = subject.tree.iter().map(|line| row(state, token, line)).collect();
    match token.kind() {
        Kind::Jws(jws) if token.claims().is_none() => rows.extend(no_claims(jws)),
        Kind::Jwe => rows.extend([
            Row::text("claims").tone(Tone::Heading),
            Row::text("Encrypted: only whom it is for can read the rest. This program decrypts nothing.")
                .tone(Tone::Warning),
        ]),
        Kind::Opaque => rows.extend(opaque(state, subject)),
        Kind::Jws(_) => {}
    }
    rows
}

/// Name, type, value, meaning, source.
fn row(state: &State, token: &Token, line: &TreeLine) -> Row {
    let member = match line {
        TreeLine::Heading(Section::Header) => return Row::text("header").tone(Tone::Heading),
        TreeLine::Heading(Section::Claims) => return Row::text("claims").tone(Tone::Heading),
        TreeLine::More => return Row::text("… and more, which the JSON shows").tone(Tone::Quiet),
        TreeLine::Member(member) => member,
    };
    let name = member.name.as_str();
    let shown = format!("{}{name}", "  ".repeat(member.depth.min(12)));
    let is_claim = member.depth == 0 && member.section == Section::Claims;
    let is_time = is_claim && is_time_claim(name) && member.kind == JsonType::Number;
    let meaning = match member.section {
        Section::Claims if member.depth > 0 => meaning_of_member(&member.path),
        Section::Claims => meaning_of_claim(name),
        Section::Header if member.depth > 0 => None,
        Section::Header => meaning_of_header(name),
    };
    let (words, source) = meaning.map_or(("", ""), |meaning| (meaning.meaning, meaning.source));
    let (remark, tone) = match note_on_claim(token, name).filter(|_| is_claim) {
        _ if member.again => ("! stands twice: the last one counts here".to_owned(), Tone::Warning),
        Some(note) if is_plain_note(token, name) => (note, Tone::Plain),
        Some(note) => (format!("! {note}"), Tone::Warning),
        None => (words.to_owned(), Tone::Plain),
    };
    let value = match member.open {
        Some(count) if member.kind == JsonType::Object => counted(count, "member", "members"),
        Some(count) => counted(count, "item", "items"),
        None if is_time => time_of(state, &member.value),
        None => member.value.clone(),
    };
    let kind = if is_time { "time" } else { kind_of(member.kind) };
    Row::new([shown, kind.to_owned(), value, remark, source.to_owned()]).tone(tone)
}

fn kind_of(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "null",
        JsonType::Boolean => "bool",
        JsonType::Number => "num",
        JsonType::String => "text",
        JsonType::Array => "list",
        JsonType::Object => "obj",
    }
}

fn time_of(state: &State, written: &str) -> String {
    match NumericDate::read(serde_json::from_str(written).ok().as_ref()) {
        NumericDate::At(at) => time_as(state.inspect.times, at, state.now, &state.zone, written),
        _ => written.to_owned(),
    }
}

/// A point in time as chosen.
pub fn time_as(times: Times, at: Timestamp, now: Timestamp, zone: &TimeZone, written: &str) -> String {
    match times {
        Times::Both => time(at, now, zone),
        Times::Relative => in_words(now, at),
        Times::Utc => at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Times::Local => at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string(),
        Times::Seconds => written.to_owned(),
    }
}

/// A payload that is no JSON object: as text, or in hexadecimal.
fn no_claims(jws: &Jws) -> Vec<Row> {
    let mut rows = vec![
        Row::text("payload").tone(Tone::Heading),
        Row::text("No claims: the payload is no JSON object. Its signature can be checked all the same.")
            .tone(Tone::Warning),
    ];
    match std::str::from_utf8(&jws.payload) {
        Ok(text) => rows.extend(pieces(text)),
        Err(_) => rows.extend(dump(&jws.payload)),
    }
    rows
}

fn dump(bytes: &[u8]) -> Vec<Row> {
    let lines = bytes.get(..DUMPED).unwrap_or(bytes).chunks(16).enumerate();
    let mut rows: Vec<Row> = lines
        .map(|(line, bytes)| {
            let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
            let letter = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
            Row::text(format!("{:06x}  {hex:<48} {}", line * 16, bytes.iter().map(letter).collect::<String>()))
        })
        .collect();
    if bytes.len() > DUMPED {
        rows.push(Row::text(format!("… {} more", size(bytes.len() - DUMPED))).tone(Tone::Quiet));
    }
    rows
}

fn opaque(state: &State, subject: &Subject) -> Vec<Row> {
    let cut = subject.token.problems().contains(&Problem::CutOff);
    let words = if cut {
        "Cut off: copy it once more, from its beginning to its end."
    } else {
        "Opaque: no JWT. Only the server that issued it can say what it means."
    };
    let mut rows = vec![Row::text(words).tone(Tone::Warning), Row::text("")];
    if cut {
        return rows;
    }
    let whom = match &subject.whence {
        Whence::Profile(name) => format!("the provider of {name}"),
        _ => "a provider of your choice".to_owned(),
    };
    let key = state.key(Action::Introspect);
    rows.push(Row::text(format!("{key} asks {whom} what it means (introspection, RFC 7662).")));
    rows.extend(subject.token.problems().iter().map(|problem| Row::text(format!("As a token: {problem}."))));
    rows
}

/// The JSON exactly as signed: order, blanks, digits and names that stand twice as they are.
fn json(state: &State, subject: &Subject) -> Vec<Row> {
    let Some(header) = subject.token.json(Part::Header) else { return opaque(state, subject) };
    let heading = |name: &str, bytes: usize| Row::text(format!("{name} · {}", size(bytes))).tone(Tone::Heading);
    let mut rows = vec![heading("header", header.len())];
    rows.extend(pieces(header));
    match (subject.token.json(Part::Payload), subject.token.kind()) {
        (Some(json), _) => {
            rows.push(heading("payload", json.len()));
            rows.extend(pieces(json));
        }
        (None, Kind::Jws(jws)) => rows.extend(no_claims(jws)),
        (None, _) => {}
    }
    rows.extend(problems(&subject.token));
    rows
}

fn problems(token: &Token) -> Vec<Row> {
    token.problems().iter().map(|problem| Row::text(format!("! {problem}")).tone(Tone::Warning)).collect()
}

/// Text as rows: its own lines, long ones in pieces.
fn pieces(text: &str) -> Vec<Row> {
    let end = (0..=MOST.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let (shown, rest) = text.split_at(end);
    let mut rows = Vec::new();
    for line in shown.split('\n') {
        let mut line = line;
        while let Some((at, _)) = line.char_indices().nth(PIECE) {
            let (piece, more) = line.split_at(at);
            rows.push(Row::text(piece));
            line = more;
        }
        rows.push(Row::text(line));
    }
    if !rest.is_empty() {
        rows.push(Row::text(format!("… {} more", size(rest.len()))).tone(Tone::Quiet));
    }
    rows
}

/// Kind, sizes, thumbprints, where it came from.
fn facts(state: &State, subject: &Subject) -> Vec<Row> {
    let token = &subject.token;
    let mut rows = Vec::new();
    let mut say = |name: &str, value: String| rows.push(Row::new([name.to_owned(), value]));
    say("kind", kind_in_words(token));
    say("status", token.status(state.now).to_string());
    say("name", format!("{}, the start of its SHA-256", token.fingerprint()));
    let came = time(subject.taken, state.now, &state.zone);
    say("came", format!("{}, {came}", subject.whence.in_words()));
    if !token.cleaned().is_empty() {
        say("taken off", token.cleaned().join(", "));
    }
    let text = token.raw().reveal();
    say("size", size(text.len()));
    if let Kind::Jws(jws) = token.kind() {
        let header = token.json(Part::Header).map_or(0, str::len);
        let sizes = [header, jws.payload.len(), jws.signature.len()].map(size);
        let [header, payload, signature] = sizes;
        say("decoded", format!("header {header}, payload {payload}, signature {signature}"));
    }
    if let Some(alg) = token.alg() {
        say("algorithm", alg.to_owned());
    }
    if let Some(kid) = token.kid() {
        say("key named", kid.to_owned());
    }
    if let Some(key) = &subject.judged.verdict.key {
        let print = key.thumbprint.clone().unwrap_or_else(|| "none: a secret's is not shown".to_owned());
        say("thumbprint", format!("{print} (RFC 7638) of the key it was held against"));
    }
    say("keys", trust::origin(&subject.judged.keys, state.now));
    if subject.whence == Whence::Made {
        rows.push(Row::new(["made here", "by this program, not by any authorization server"]).tone(Tone::Warning));
    }
    rows.extend(
        token
            .problems()
            .iter()
            .map(|problem| Row::new(["written".to_owned(), problem.to_string()]).tone(Tone::Warning)),
    );
    rows
}

fn kind_in_words(token: &Token) -> String {
    match token.kind() {
        Kind::Jws(_) => format!("{}, signed (JWS, RFC 7515)", token.token_kind()),
        Kind::Jwe => "encrypted (JWE, RFC 7516): its header alone can be read".to_owned(),
        Kind::Opaque => "opaque: no JWT".to_owned(),
    }
}
