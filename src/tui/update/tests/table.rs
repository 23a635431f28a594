//! The table of actions: complete, reachable, documented, without clashes.

use std::collections::HashSet;

use super::{Explorer, key, probed};
use crate::tui::action::{Action, Context, TABLE, footer, key_table_markdown};
use crate::tui::keymap::{self, KeyMap, Pressed, first_of};
use crate::tui::rows;

#[test]
fn names_and_keys_are_unique_in_their_context() {
    let mut names = HashSet::new();
    let mut keys = HashSet::new();
    for row in TABLE {
        assert!(names.insert(row.name), "{} stands twice", row.name);
        assert!(row.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{} is no slug", row.name);
        for key in row.keys {
            assert!(keys.insert((row.context == Context::Copy, *key)), "{key} stands twice");
            let begins = |other: &&'static str| first_of(other) == Some(key);
            let same = TABLE.iter().filter(|other| other.context == row.context);
            assert!(!same.flat_map(|other| other.keys).any(begins), "{key} begins sequences");
        }
    }
}

#[test]
fn every_action_is_reached_by_its_keys() {
    let map = KeyMap::default();
    for row in TABLE {
        // Rare enough to be found by its name alone.
        assert_eq!(row.keys.is_empty(), row.action == Action::RotateKeys, "{} has no key", row.name);
        for (nth, keys) in row.keys.iter().enumerate() {
            let names: Vec<_> = keys.split(' ').map(|one| keymap::name(&key(one)).unwrap()).collect();
            let pressed = match names.as_slice() {
                [one] => map.action(row.context, None, one),
                [first, second] => {
                    assert!(matches!(map.action(row.context, None, first), Pressed::Prefix(_)), "{keys}");
                    map.action(row.context, Some(first), second)
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(pressed, Pressed::Action(row.action, nth), "{keys}");
        }
    }
}

#[test]
fn every_action_is_documented_everywhere() {
    let markdown = key_table_markdown();
    let help: Vec<_> = rows::help(&Explorer::demo().state).into_iter().map(|row| row.cells.join(" ")).collect();
    for row in TABLE {
        assert!(!row.help.is_empty() && !row.help.ends_with('.') && !row.label.is_empty(), "{}", row.name);
        assert!(markdown.contains(row.help), "{} is not in the list of keys", row.name);
        assert!(help.iter().any(|line| line.contains(row.help)), "{} is not in help", row.name);
    }
}

#[test]
fn the_table_covers_every_action() {
    // A match without a wildcard: a new action that is not in the table fails to find its row here.
    let mut explorer = Explorer::demo();
    for row in TABLE {
        assert_eq!(row.action.row().unwrap().name, row.name, "one row an action");
        assert_eq!(row.action.applies(&explorer.state), (row.applies)(&explorer.state));
    }
    assert!(Action::NewToken.applies(&explorer.state) && !Action::Fix.applies(&explorer.state));
    explorer.select("tester-no-scope");
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("3")).pop().unwrap();
    explorer.answer(run, &ask, 403);
    assert!(Action::Fix.applies(&explorer.state));
}

#[test]
fn the_footer_shows_what_can_be_done_now() {
    let mut explorer = Explorer::demo();
    let shown = |explorer: &Explorer| footer(&explorer.state).into_iter().map(|(keys, _)| keys).collect::<Vec<_>>();
    assert!(shown(&explorer).starts_with(&["t".to_owned(), "1-9".to_owned()]));
    assert!(!shown(&explorer).iter().any(|key| key == "f" || key == "Esc"));
    explorer.press("t");
    assert!(shown(&explorer).iter().any(|key| key == "Esc"));
}
