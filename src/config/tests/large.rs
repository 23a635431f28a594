//! Files of a size that people do not write.

use std::fmt::Write as _;

use super::problems_of;
use crate::config::edit::{Edit, apply};
use crate::config::{Changes, Layers, parse, parse_layers, trust};
use crate::oauth::ScopeSet;

/// A file with so many profiles, providers and APIs, in three environments.
fn file(profiles: usize) -> String {
    let mut text = "[environments]\ndev.vars = { h = 'localhost' }\ntest.vars = { h = '127.0.0.1' }\nprod = { vars = { h = 'login.example.com' }, protected = true }\n".to_owned();
    for at in 0..profiles {
        let provider = at / 10;
        if at % 10 == 0 {
            let _ = write!(
                text,
                "[providers.p{provider}]\nissuer = \"http://{{h}}:{at}\"\nplaintext = true\n[apis.a{provider}]\nprovider = \"p{provider}\"\nbase_url = \"http://{{h}}\"\nplaintext = true\nendpoints = [{{ name = \"e\", path = \"/\" }}]\n"
            );
        }
        let _ = write!(
            text,
            "[profiles.c{at}]\nprovider = \"p{provider}\"\nclient_id = \"c{at}\"\nclient_secret = {{ env = \"S{at}\" }}\nscopes = [\"a\", \"b\"]\n"
        );
    }
    text
}

#[test]
fn a_thousand_profiles_are_read_edited_and_looked_through() {
    let text = file(1_000);
    let parsed = parse(&text);
    assert_eq!(problems_of(&parsed), [""; 0]);
    assert_eq!(parsed.profiles.profiles.len(), 1_000);
    let layers = Layers { shared: text.as_bytes(), local: Some(text.as_bytes()), session: Some(&text) };
    assert_eq!(parse_layers(&layers, Some("prod")).profiles.profiles.len(), 1_000);
    assert_eq!(trust::facts(&layers).iter().filter(|fact| fact.kind == trust::FactKind::Variable).count(), 3_000);
    let changes = Changes { scopes: Some(ScopeSet::parse("c")), ..Changes::default() };
    let written = apply(&text, &[Edit::Change { profile: "c500".into(), changes }]).unwrap();
    assert_eq!(parse(&written).profiles.profile("c500").unwrap().scopes.to_string(), "c");
}

#[test]
fn names_with_wide_characters_are_refused_and_titles_are_shown() {
    let text = "[providers.p]\nissuer = 'http://localhost'\n[profiles.'日本']\nprovider = 'p'\nclient_id = 'クライアント'\nclient_secret = 's'\ntitle = '日本 \u{202e}x'\n";
    let parsed = parse(text);
    let [problem] = parsed.problems.as_slice() else { panic!("{:?}", parsed.problems) };
    assert!(problem.what.contains("`日本` cannot be a name"), "{}", problem.what);
    let [profile] = parsed.profiles.profiles.as_slice() else { panic!("no profile") };
    assert_eq!(profile.title, "日本 <U+202E>x");
    assert_eq!(profile.client_id.as_str(), "クライアント");
    assert!(profile.disabled.is_some());
}

#[test]
fn deep_and_huge_values_are_read_or_refused() {
    let deep = format!("{}1{}", "{ by_env = { dev = ".repeat(30), " } }".repeat(30));
    let text = format!("environments.dev = {{}}\nproviders.p = {{ issuer = 'http://localhost', timeout = {deep} }}\n");
    assert_eq!(parse(&text).profiles.providers[0].connection.timeout, Some(1));
    let huge = "x".repeat(1_000_000);
    let text = format!(
        "environments.dev.vars = {{ v = '{huge}' }}\nproviders.p.issuer = 'http://localhost/{{v}}'\nproviders.q.issuer = '{huge}'\n"
    );
    let parsed = parse(&text);
    assert!(parsed.problems.iter().all(|problem| problem.what.len() < 1_000), "{:?}", parsed.problems.len());
    // A few bytes that would become very many are not written out.
    let bomb = format!(
        "environments.dev.vars = {{ v = '{}' }}\nprofiles.x.title = '{}'\n",
        "x".repeat(100_000),
        "{v}".repeat(100_000)
    );
    let parsed = parse(&bomb);
    assert!(problems_of(&parsed).iter().any(|problem| problem.contains("too long")), "{:?}", problems_of(&parsed));
}

#[test]
fn what_variables_come_to_is_bounded_over_all_environments_together() {
    let of = |environments: usize| {
        let mut text = String::new();
        for at in 0..environments {
            let _ = writeln!(text, "[environments.e{at}]\nvars = {{ v = '{at}{}' }}", "x".repeat(3_000));
        }
        for at in 0..30 {
            let _ = writeln!(text, "[providers.p{at}]\nissuer = 'https://login.example.com/{{v}}'");
        }
        text
    };
    assert!(parse(&of(3)).readable);
    let parsed = parse(&of(32));
    assert!(!parsed.readable && parsed.profiles.providers.is_empty(), "nothing of it is in force");
    assert!(problems_of(&parsed)[0].contains("too long to be reviewed"), "{:?}", problems_of(&parsed));
    let text = of(32);
    let facts = trust::facts(&Layers { shared: text.as_bytes(), ..Layers::default() });
    assert!(facts.iter().map(|fact| fact.text.len()).sum::<usize>() < 2 * 1024 * 1024);
    let long = format!("[providers.p]\nissuer = 'https://login.example.com/{}'\n", "x".repeat(4_096));
    let problems = problems_of(&parse(&long));
    assert!(problems.iter().any(|problem| problem.contains("4096 are the most")), "{problems:?}");
}
