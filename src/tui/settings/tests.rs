//! Settings from text: what is right holds, what is wrong is named with its place and left out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use proptest::prelude::*;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::tui::action::{Context, TABLE};
use crate::tui::keymap::{KEPT, Pressed};
use crate::tui::theme::Role;

fn problems(text: &str) -> Vec<String> {
    parse(text).1.iter().map(|problem| problem.render("config.toml")).collect()
}

fn pressed(settings: &Settings, key: &str) -> Pressed {
    settings.keys.action(Context::Screen, None, key)
}

#[test]
fn nothing_said_is_the_program_as_it_is() {
    let (settings, problems) = parse("");
    assert_eq!((settings, problems), (Settings::default(), Vec::new()));
}

#[test]
fn keys_are_given_taken_and_swapped() {
    let text = "[keys]\nnew-token = \"x\"\nexchange = [\"t\", \"ctrl-t\", \"g x\"]\nfind = []\nsend-all = \"space\"\n";
    let (settings, problems) = parse(text);
    assert_eq!(problems, []);
    assert_eq!(pressed(&settings, "x"), Pressed::Action(Action::NewToken, 0));
    assert_eq!(pressed(&settings, "Ctrl-T"), Pressed::Action(Action::ShowExchange, 1));
    assert_eq!(pressed(&settings, "Space"), Pressed::Action(Action::SendAll, 0));
    assert_eq!(pressed(&settings, "a"), Pressed::Nothing);
    assert_eq!(pressed(&settings, "/"), Pressed::Nothing);
    assert_eq!(pressed(&settings, "g"), Pressed::Prefix("g".into()));
    assert_eq!(settings.keys.action(Context::Screen, Some("g"), "x"), Pressed::Action(Action::ShowExchange, 2));
    assert_eq!(settings.keys.key(Action::Find), "Ctrl-P find");
    assert_eq!(settings.keys.key(Action::NewToken), "x");
}

#[test]
fn whoever_is_lost_finds_out() {
    let text = "[keys]\ncancel = \"F1\"\nopen = []\nstop = \"F2\"\nnew-token = \"Esc\"\nfind = \"Enter\"\nagain = \"Ctrl-C\"\n";
    let (settings, problems) = parse(text);
    assert_eq!(problems.len(), 3, "{problems:?}");
    for (key, action) in KEPT {
        assert!(matches!(pressed(&settings, key), Pressed::Action(found, _) if found == action), "{key} is lost");
    }
    assert_eq!(pressed(&settings, "F1"), Pressed::Action(Action::Cancel, 0));
    assert_eq!(pressed(&settings, "t"), Pressed::Action(Action::NewToken, 0));
}

#[test]
fn every_mistake_is_named_at_once_with_its_place() {
    let text = r##"
theme = "drak"
depth = 8
ascii = "yes"
colors = { }
muted = "red"

[keys]
new-tokn = "x"
again = "x"
send-as = "g"
scopes = "Ctrl-I"
zoom = "Escape"
help = 3
find = "a b c"
copy-token = "g t"
mouse = "Shift-m"

[colours]
bad = "rde"
worse = "red"
warn = "#12345"
hit = "on"
name = []
"##;
    insta::assert_snapshot!("mistakes", problems(text).join("\n"));
}

#[test]
fn of_two_wishes_for_one_key_the_first_holds() {
    let (settings, problems) = parse("[keys]\nzoom = \"b\"\nfind = \"b\"\n");
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].line, problems[0].column), (3, 8));
    assert_eq!(pressed(&settings, "b"), Pressed::Action(Action::Zoom, 0));
    assert_eq!(pressed(&settings, "/"), Pressed::Action(Action::Find, 0));
}

#[test]
fn colours_come_with_depth_and_theme() {
    let text = "theme = \"dark\"\ndepth = 256\n[colours]\nmuted = 240\ntitle = \"#ff8700 underlined\"\nselected = \"black on #00d7ff plain\"\n";
    let (settings, problems) = parse(text);
    assert_eq!(problems, []);
    let styles = settings.styles(Depth::Sixteen, Background::Light);
    assert_eq!(styles.paint(Role::Muted).colour, Some(Color::Indexed(240)));
    assert_eq!(styles.paint(Role::Title).colour, Some(Color::Indexed(208)));
    assert_eq!(styles.paint(Role::Title).modifiers, Modifier::UNDERLINED);
    let selected = styles.paint(Role::Selected);
    assert_eq!((selected.colour, selected.behind), (Some(Color::Black), Some(Color::Indexed(45))));
    assert_eq!(selected.modifiers, Modifier::empty());
    assert_eq!(styles.paint(Role::Warn).colour, Some(Color::Yellow), "dark, as asked for");
}

proptest! {
    #[test]
    fn any_text_is_borne_and_no_key_leads_two_ways(
        names in proptest::collection::vec((0..TABLE.len(), "[a-zA-Z.:/]|g [a-z]|Ctrl-[A-Z]|F[1-9]|Tab|Esc|Enter|."), 0..30),
    ) {
        let mut seen = std::collections::HashSet::new();
        let lines = names.into_iter().filter(|(place, _)| seen.insert(*place));
        let lines = lines.map(|(place, key)| format!("{} = {}\n", TABLE[place].name, toml::Value::String(key)));
        let text = format!("[keys]\n{}", lines.collect::<String>());
        let (settings, _) = parse(&text);
        for context in [Context::Screen, Context::Copy] {
            let all: Vec<_> = settings.keys.of(context).flat_map(|(_, keys)| keys).collect();
            for (at, key) in all.iter().enumerate() {
                prop_assert!(!all[..at].contains(key), "{key} twice from {text}");
                let first = crate::tui::keymap::first_of(key);
                prop_assert!(first.is_none_or(|first| !all.iter().any(|other| *other == first)), "{key} hidden by {text}");
            }
        }
    }

    #[test]
    fn nonsense_is_borne(text in "[a-z=\\[\\]\"# \n0-9.{}é]{0,80}") {
        for problem in problems(&text) {
            prop_assert!(!problem.chars().any(char::is_control));
        }
    }
}
