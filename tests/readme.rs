//! The README and the program say the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::path::Path;

use support::Place;
use tokenscope::audit::Cause;
use tokenscope::tui::action::key_table_markdown;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn the_keys_are_those_of_the_action_table() {
    let keys = key_table_markdown();
    assert!(
        readme().contains(keys.trim()),
        "README.md lacks the list of keys as the action table has it; put this between the headings Keys and Commands:\n{keys}"
    );
}

#[test]
fn the_example_of_config_toml_holds() {
    let readme = readme();
    let (_, rest) = readme.split_once("### Keys and colours of your own").unwrap();
    let example = rest.split("```").nth(1).unwrap().trim_start_matches("toml");
    let (settings, problems) = tokenscope::tui::settings::parse(example);
    assert_eq!(problems, []);
    assert_ne!(settings, tokenscope::tui::settings::Settings::default());
}

#[test]
fn every_cause_of_a_refusal_is_explained() {
    let readme = readme();
    for (_, name, help) in Cause::TABLE {
        assert!(readme.contains(&format!("| `{name}` | {help} |")), "README.md lacks the cause {name}: {help}");
    }
}

#[test]
fn every_command_is_listed_with_the_words_of_its_help() {
    let readme = readme();
    let help = Place::demo().run(&["--help"]).code(0).out;
    let commands =
        help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.trim().is_empty());
    let mut seen = 0;
    for line in commands {
        let (name, about) = line.trim().split_once(' ').unwrap();
        if name != "help" {
            assert!(readme.contains(&format!("`tokenscope {name}")), "README.md lacks the command {name}");
            assert!(!about.trim().is_empty(), "{name} has no help");
            seen += 1;
        }
    }
    assert!(seen >= 7, "only {seen} commands in\n{help}");
}

#[test]
fn every_picture_and_file_it_links_is_there() {
    let readme = readme();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let mut seen = 0;
    for link in links.filter(|link| !link.starts_with("http") && !link.starts_with('#')) {
        assert!(
            Path::new(env!("CARGO_MANIFEST_DIR")).join(link).exists(),
            "README.md links {link}, which is not there"
        );
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn every_rule_about_tokens_is_listed() {
    let rules = tokenscope::jwt::rule_table_markdown();
    assert!(readme().contains(rules.trim()), "README.md lacks the rules about tokens as they are applied:\n{rules}");
}

#[test]
fn every_key_of_profiles_toml_is_explained() {
    let keys = tokenscope::config::key_table_markdown();
    assert!(readme().contains(keys.trim()), "README.md lacks the keys of profiles.toml as they are read:\n{keys}");
}
