//! Random edits of random good files in every style of TOML: what is written reads as what was wished, and every
//! comment and every line that is not concerned is still there.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::config::edit::{Edit, apply};
use crate::config::{
    Addition, Changes, NewApi, NewEndpoint, NewProfile, NewProvider, NewSecret, Profiles, free_name, parse,
};
use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Issuer, ScopeSet};

/// Choices made ahead of time, so that a failure can be made smaller.
struct Tape {
    choices: Vec<u8>,
    at: usize,
    comments: usize,
}

impl Tape {
    fn pick(&mut self, of: usize) -> usize {
        self.at += 1;
        usize::from(self.choices.get(self.at - 1).copied().unwrap_or(0)) % of
    }

    fn often(&mut self) -> bool {
        self.pick(2) == 1
    }

    /// A comment, sometimes.
    fn comment(&mut self) -> String {
        if self.pick(3) > 0 {
            return String::new();
        }
        self.comments += 1;
        format!("# c{}, = {{ }} [ ] \"", self.comments)
    }

    /// What may end a line.
    fn end(&mut self) -> String {
        match self.comment() {
            comment if comment.is_empty() => "\n".to_owned(),
            comment => format!("  {comment}\n"),
        }
    }

    /// What may stand between two lines.
    fn between(&mut self) -> String {
        let blank = if self.often() { "\n" } else { "" };
        match self.comment() {
            comment if comment.is_empty() => blank.to_owned(),
            comment => format!("{blank}{comment}\n"),
        }
    }

    fn words(&mut self) -> Vec<&'static str> {
        let all = ["a", "b:read", "c/d", "{e}", "f'g"];
        all.into_iter().filter(|_| self.often()).collect()
    }

    fn text(&mut self) -> &'static str {
        ["x", "", "two words", "{x}", "\"quoted\" 'both'", "é日\\"][self.pick(6)]
    }
}

/// A text in quotes, as the file must have it.
fn quoted(tape: &mut Tape, text: &str) -> String {
    let text = text.replace("{x}", "{{x}}").replace("{e}", "{{e}}");
    if tape.often() && !text.contains('\'') { format!("'{text}'") } else { toml_edit::Value::from(text).to_string() }
}

fn list(tape: &mut Tape, words: &[&str], lines: bool) -> String {
    if !lines || tape.often() {
        let words: Vec<_> = words.iter().map(|word| quoted(tape, word)).collect();
        return if tape.often() { format!("[ {} ]", words.join(", ")) } else { format!("[{}]", words.join(",")) };
    }
    let mut out = format!("[{}", tape.end());
    for (at, word) in words.iter().enumerate() {
        let comma = if at + 1 < words.len() || tape.often() { "," } else { "" };
        let (above, word, end) = (tape.between(), quoted(tape, word), tape.end());
        let _ = write!(out, "{above}  {word}{comma}{end}");
    }
    out + "]"
}

/// The keys of a profile with their values; those in braces keep to one line.
fn profile(tape: &mut Tape, lines: bool) -> Vec<(String, String)> {
    let mut keys = vec![
        ("provider".to_owned(), "'p'".to_owned()),
        ("client_id".to_owned(), "\"c\"".to_owned()),
        ("client_secret".to_owned(), "'{s}'".to_owned()),
    ];
    if tape.often() {
        let words = tape.words();
        keys.push(("scopes".to_owned(), list(tape, &words, lines)));
    }
    if tape.often() {
        keys.push(("audience".to_owned(), quoted(tape, "aud")));
    }
    let params: Vec<_> = ["k", "l m", "n"].into_iter().filter(|_| tape.often()).collect();
    let params: Vec<_> = params
        .into_iter()
        .map(|name| {
            let name = toml_edit::Key::new(name).to_string();
            (name, quoted(tape, "v"))
        })
        .collect();
    match tape.pick(4) {
        0 | 1 => keys.extend(params.into_iter().map(|(name, value)| (format!("params.{name}"), value))),
        2 => {
            let params: Vec<_> = params.into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
            keys.push(("params".to_owned(), format!("{{ {} }}", params.join(", "))));
        }
        _ => {}
    }
    let first = tape.pick(keys.len());
    keys.rotate_left(first);
    keys
}

fn braces(keys: &[(String, String)]) -> String {
    let keys: Vec<_> = keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", keys.join(", "))
}

/// A good file.
fn file(tape: &mut Tape) -> String {
    let names = ["me", "you", "they"];
    let count = 1 + tape.pick(3);
    let style = tape.pick(5);
    let mut top = tape.between();
    let mut rest = String::new();
    let lines = |tape: &mut Tape, out: &mut String, before: &str, keys: Vec<(String, String)>| {
        let wide = if tape.often() { 16 } else { 0 };
        for (key, value) in keys {
            let (between, end) = (tape.between(), tape.end());
            let key = format!("{before}{key}");
            let _ = write!(out, "{between}{key:wide$} = {value}{end}");
        }
    };
    let mut all = Vec::new();
    for name in names.iter().take(count) {
        let keys = profile(tape, ![1, 4].contains(&style));
        match style {
            0 => {
                let _ = write!(rest, "{}[profiles.{name}]{}", tape.between(), tape.end());
                lines(tape, &mut rest, "", keys);
            }
            2 => lines(tape, &mut rest, &format!("{name}."), keys),
            3 => lines(tape, &mut top, &format!("profiles.{name}."), keys),
            _ => all.push(format!("{name} = {}", braces(&keys))),
        }
    }
    match style {
        1 => {
            rest = format!("[profiles]{}", tape.end());
            for line in &all {
                let _ = write!(rest, "{}{line}{}", tape.between(), tape.end());
            }
        }
        2 => rest = format!("[profiles]{}{rest}", tape.end()),
        4 => {
            let _ = write!(top, "profiles = {{ {} }}{}", all.join(", "), tape.end());
        }
        _ => {}
    }
    match tape.pick(3) {
        0 => top.push_str("providers = { p = { issuer = 'http://localhost' } }\n"),
        1 => top.push_str("providers.p.issuer = 'http://localhost'\n"),
        _ => {
            let _ =
                write!(rest, "{}[providers.p]{}issuer = 'http://localhost'{}", tape.between(), tape.end(), tape.end());
        }
    }
    let text = format!("{top}{rest}{}", tape.between());
    let text = if tape.often() { text.trim_end().to_owned() } else { text };
    if tape.pick(4) == 0 { text.replace('\n', "\r\n") } else { text }
}

fn change(tape: &mut Tape, profiles: &Profiles) -> Edit {
    let profile = profiles.profiles[tape.pick(profiles.profiles.len())].name.clone();
    let mut changes = Changes::default();
    if tape.often() {
        changes.scopes = Some(tape.words().into_iter().collect::<ScopeSet>());
    }
    if tape.often() {
        changes.audience = Some(if tape.often() { Some(["z", "{x} y"][tape.pick(2)].to_owned()) } else { None });
    }
    if tape.often() {
        let names: Vec<_> = ["k", "l m", "n", "o.p"].into_iter().filter(|_| tape.often()).collect();
        let params = names.into_iter().map(|name| (name.to_owned(), ["v", "w {x}"][tape.pick(2)].to_owned()));
        changes.params = Some(params.collect());
    }
    Edit::Change { profile, changes }
}

fn addition(tape: &mut Tape, profiles: &Profiles) -> Edit {
    let name = free_name(profiles, ["me", "p", "New one"][tape.pick(3)]);
    let provider = NewProvider {
        name: name.clone(),
        issuer: Issuer::new("http://localhost/{x}"),
        plaintext: tape.often(),
        insecure: tape.often(),
        ca: None,
        token_endpoint: None,
        jwks_uri: Some("http://localhost/keys".to_owned()).filter(|_| tape.often()),
    };
    let endpoint = |at: usize| NewEndpoint {
        name: format!("e{at}"),
        method: "GET".to_owned(),
        path: "/é{x}".to_owned(),
        requires: None,
    };
    let api = NewApi {
        name: name.clone(),
        provider: name.clone(),
        base_url: "http://localhost".to_owned(),
        audience: Some("x".to_owned()).filter(|_| tape.often()),
        plaintext: false,
        endpoints: (0..tape.pick(3)).map(endpoint).collect(),
    };
    let secret = Secret::new(["s", "{s}", "é\n'\"\\"][tape.pick(3)]);
    let profile = NewProfile {
        name: name.clone(),
        title: Some(tape.text().to_owned()).filter(|title| !title.is_empty()),
        provider: if tape.often() { name } else { "p".to_owned() },
        client_id: ClientId::new("{x}"),
        secret: Some(NewSecret::Literal(secret)),
        grant: crate::oauth::Grant::default(),
        auth: ClientAuth::BasicRaw,
        scopes: tape.words().into_iter().collect(),
        audience: None,
    };
    Edit::Add(Addition { provider: Some(provider), api: Some(api).filter(|_| tape.often()), profile: Some(profile) })
}

/// Whether a line speaks of something that may be changed, or goes on with it.
fn is_concerned(line: &str) -> bool {
    ["scopes", "audience", "params"].iter().any(|key| line.contains(key))
        || line.trim_start().starts_with(['"', '\'', ']'])
        || line.contains("providers =")
        || line.contains("profiles =")
        || line.contains("me =")
        || line.contains("you =")
        || line.contains("they =")
}

fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<_> = text.split("# c").skip(1).map(|rest| rest.split(',').next().unwrap().to_owned()).collect();
    found.sort();
    found
}

proptest! {
    // A failure is shown; nothing is written beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_as_what_was_wished(choices in proptest::collection::vec(any::<u8>(), 300)) {
        let mut tape = Tape { choices, at: 0, comments: 0 };
        let text = file(&mut tape);
        let before = parse(&text);
        prop_assert!(before.problems.is_empty(), "{:?}\n{text}", before.problems);
        let edit = if tape.pick(3) == 0 { addition(&mut tape, &before.profiles) } else { change(&mut tape, &before.profiles) };
        let written = apply(&text, std::slice::from_ref(&edit)).map_err(|error| TestCaseError::fail(format!("{error}\n{edit:?}\n{text}")))?;
        let after = parse(&written);
        prop_assert!(after.problems.is_empty(), "{:?}\n{written}", after.problems);
        prop_assert_eq!(comments(&written), comments(&text), "{}\n->\n{}", text, written);

        // Lines that are not concerned are there, in their order.
        let mut lines = written.lines();
        for line in text.lines().filter(|line| !is_concerned(line)) {
            prop_assert!(lines.any(|kept| kept.starts_with(line)), "{line} is gone\n{text}\n->\n{written}");
        }
        if let Edit::Change { profile, changes } = &edit {
            let (wished, found) = (before.profiles.profile(profile).unwrap().with(changes), after.profiles.profile(profile).unwrap());
            prop_assert_eq!(&wished.scopes, &found.scopes);
            prop_assert_eq!(&wished.audience, &found.audience);
            let sorted = |params: &[(String, String)]| { let mut params = params.to_vec(); params.sort(); params };
            prop_assert_eq!(sorted(&wished.params), sorted(&found.params));
            // A second time there is nothing to do.
            prop_assert_eq!(&apply(&written, std::slice::from_ref(&edit)).unwrap(), &written);
        }
        if let Edit::Add(Addition { profile: Some(new), .. }) = &edit {
            let found = after.profiles.profile(&new.name).unwrap();
            prop_assert_eq!(&found.client_id, &new.client_id);
            prop_assert!(matches!((&found.secret, &new.secret), (Some(crate::config::SecretSource::Literal(found)), Some(NewSecret::Literal(new))) if found == new));
        }
    }

    #[test]
    fn braces_are_read_as_they_were_meant(text in "[{}a-c_]{0,12}") {
        let escaped = crate::config::resolve::escaped(&text);
        let parsed = parse(&format!("providers.p.issuer = 'http://localhost'\nprofiles.x = {{ provider = 'p', client_id = 'x{escaped}', client_secret = 's' }}"));
        prop_assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        prop_assert_eq!(parsed.profiles.profiles[0].client_id.as_str(), format!("x{text}"));
    }
}
