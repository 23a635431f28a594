//! Whatever the text: no panic, no secret shown, no long wait.

use proptest::prelude::*;

use crate::config::{DEMO_TEXT, Parsed, parse, parse_bytes};

/// Parses and renders, as far as a person would see.
fn read(text: &str) -> (Parsed, String) {
    let parsed = parse(text);
    let rendered: Vec<_> = parsed.problems.iter().map(|problem| problem.render(|_| ("profiles.toml", text))).collect();
    (parsed, rendered.join("\n"))
}

/// A file in which every secret is one that nothing else could be taken for.
fn with_secret() -> String {
    let params = "params = { custom = \"hunter2\" }\n";
    let text = DEMO_TEXT.replace("demo-secret-3", "hunter2").replace("demo-secret-2", "hunter2");
    format!("{}\n{params}", text.replace("demo-secret", "hunter2").replace("\"wrong\"", "\"\"\"hunter2\nhunter2\"\"\""))
}

fn holds(parsed: &Parsed) {
    let profiles = &parsed.profiles;
    for api in &profiles.apis {
        assert!(profiles.provider(&api.provider).is_some(), "{api:?} without its provider");
    }
    for profile in profiles.profiles.iter().filter(|profile| profile.disabled.is_none()) {
        assert!(profiles.provider(&profile.provider).is_some(), "{profile:?} without its provider");
    }
    let disabled = profiles.profiles.iter().any(|profile| profile.disabled.is_some());
    assert!(!disabled || !parsed.problems.is_empty(), "disabled without a problem");
}

proptest! {
    // A failure is shown; nothing is written beside the sources.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in "\\PC*|[\\s\\S]{0,200}") {
        holds(&read(&text).0);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&parse_bytes(&bytes));
    }

    #[test]
    fn mutations_of_a_file_are_read(
        at in 0..DEMO_TEXT.len(),
        cut in 0..40_usize,
        put in "[\\[\\]{}=\"'#.,\\n\\\\ a-z0-9\u{1b}日]{0,8}",
    ) {
        let text = with_secret();
        let start = text.floor_char_boundary(at);
        let end = text.floor_char_boundary((at + cut).min(text.len())).max(start);
        let mutated = format!("{}{put}{}", &text[..start], &text[end..]);
        let (parsed, rendered) = read(&mutated);
        holds(&parsed);
        prop_assert!(rendered.chars().all(|c| c == '\n' || !c.is_control()), "{rendered:?}");
    }

    #[test]
    fn no_mutation_of_the_keys_shows_a_secret(line in 0..60_usize, cut in 0..6_usize, put in "[\\[\\]{}=\"'.,a-z ]{0,3}") {
        // Only what stands before the value is changed, so that the secret stays what it was.
        let text = with_secret();
        let mutated: Vec<_> = text.lines().enumerate().map(|(at, text)| match text.split_once("= ") {
            Some((key, value)) if at == line => format!("{put}{}= {value}", &key[key.len().min(cut)..]),
            _ => text.to_owned(),
        }).collect();
        let (_, rendered) = read(&mutated.join("\n"));
        prop_assert!(!rendered.contains("hunter2"), "{rendered}");
    }
}

#[test]
fn every_truncation_is_read_and_shows_no_secret() {
    let text = with_secret();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let (parsed, rendered) = read(&text[..end]);
        holds(&parsed);
        // A cut inside the secret leaves a part of it.
        for part in ["hunter", "hunt"] {
            assert!(!rendered.contains(part), "cut at {end}: {rendered}");
        }
    }
}

#[test]
fn a_large_file_full_of_problems_is_read_and_the_problems_are_counted() {
    let profile = |at| format!("[profiles.p{at}]\nprovider='q{at}'\nclient_idd='x'\nscopes='a b'\n");
    let text: String = (0..20_000).map(profile).collect();
    let (parsed, _) = read(&text);
    assert_eq!(parsed.profiles.profiles.len(), 20_000);
    assert_eq!(parsed.problems.len(), 201);
}

#[test]
fn one_line_of_two_mebibytes_is_read() {
    let profile = |at| format!("p{at}={{provider='日',x=1}},");
    let text = format!("profiles={{{}}}", (0..100_000).map(profile).collect::<String>());
    assert!((2_000_000..4_000_000).contains(&text.len()));
    assert_eq!(parse(&text).profiles.profiles.len(), 100_000);
}

#[test]
fn tables_within_tables_without_end_are_refused() {
    for text in [
        format!("{}=1", vec!["a"; 500_000].join(".")),
        format!("[{}]", vec!["a"; 500_000].join(".")),
        format!("a={}", "[".repeat(500_000)),
        format!("a={}", "{a=".repeat(500_000)),
    ] {
        assert!(!parse(&text).problems.is_empty());
    }
}
