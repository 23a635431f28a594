//! Help, palette, pickers, diff, messages.

use super::{Explorer, fetched, probed};
use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::rows;
use crate::tui::state::{Hit, Popup};

fn hits(explorer: &Explorer) -> Vec<Hit> {
    match explorer.popup() {
        Some(Popup::Palette(palette)) => palette.hits.iter().map(|found| found.hit.clone()).collect(),
        other => panic!("no palette: {other:?}"),
    }
}

#[test]
fn the_palette_finds_actions_profiles_and_endpoints() {
    let mut explorer = Explorer::demo();
    explorer.press(":");
    assert!(hits(&explorer).len() > 20);
    explorer.type_text("new-tok");
    assert_eq!(hits(&explorer)[0], Hit::Action(Action::NewToken));
    assert!(fetched(&explorer.press("Enter")).is_some());
    explorer.press("Ctrl-P");
    explorer.type_text("profile short");
    assert_eq!(hits(&explorer)[0], Hit::Profile(3));
    explorer.press("Enter");
    assert_eq!(explorer.state.view().unwrap().name, "short-lived");
    explorer.press(":");
    explorer.type_text("send public");
    assert_eq!(hits(&explorer)[0], Hit::Endpoint(0));
    assert_eq!(probed(&explorer.press("Enter")).len(), 1);
    explorer.press(":");
    explorer.type_text("rotate");
    assert!(matches!(explorer.press("Enter").as_slice(), [Effect::RotateKeys]));
    // Keys are text in it, and what is found by nothing does nothing.
    explorer.press(":");
    explorer.type_text("qzqzqz");
    assert!(hits(&explorer).is_empty());
    assert!(explorer.press("Enter").is_empty());
    assert!(explorer.state.popups.is_empty() && !explorer.state.quitting);
}

#[test]
fn what_was_typed_is_marked_and_names_go_before_words() {
    let mut explorer = Explorer::demo();
    explorer.press(":");
    explorer.type_text("zoom");
    let Some(Popup::Palette(palette)) = explorer.popup() else { panic!("no palette") };
    assert_eq!(
        (palette.chosen(), palette.hits[0].marks.as_slice()),
        (Some(&Hit::Action(Action::Zoom)), &[0, 1, 2, 3][..])
    );
    explorer.press("Esc :");
    // Not in the name: in the sentence beside it, which begins one blank after the name.
    explorer.type_text("whole screen");
    let Some(Popup::Palette(palette)) = explorer.popup() else { panic!("no palette") };
    assert_eq!(palette.chosen(), Some(&Hit::Action(Action::Zoom)));
    let (name, beside) = rows::found(&explorer.state, &Hit::Action(Action::Zoom));
    let all: Vec<char> = format!("{name} {beside}").chars().collect();
    let typed: String = palette.hits[0].marks.iter().map(|place| all[*place as usize]).collect();
    assert_eq!(typed, "wholescreen");
}

#[test]
fn what_was_chosen_before_comes_first() {
    let mut explorer = Explorer::demo();
    for name in ["messages", "profile short", "zoom"] {
        explorer.press(":");
        explorer.type_text(name);
        explorer.press("Enter Esc");
    }
    explorer.press(":");
    assert_eq!(hits(&explorer)[..3], [Hit::Action(Action::Zoom), Hit::Profile(3), Hit::Action(Action::Messages)]);
}

#[test]
fn an_endpoint_without_a_number_is_sent_by_its_name() {
    let endpoint = |number| {
        let table = format!("\n[[apis.demo.endpoints]]\nname = \"more-{number}\"\n");
        format!("{table}path = \"/{number}\"\nrequires = \"none\"\n")
    };
    let more: Vec<String> = (4..=12).map(endpoint).collect();
    let text = format!("{}{}", include_str!("../../../../profiles.toml"), more.concat());
    let mut explorer = Explorer::over(crate::config::parse(&text).profiles);
    explorer.press(":");
    explorer.type_text("send more-12");
    assert_eq!(hits(&explorer)[0], Hit::Endpoint(11));
    let sent = probed(&explorer.press("Enter"));
    assert_eq!(sent[0].1.endpoint.endpoint, "more-12");
}

#[test]
fn the_picker_finds_by_typing_selects_and_sends_nothing() {
    let mut explorer = Explorer::demo();
    explorer.press("p");
    assert!(explorer.press("Down Tab Enter").is_empty());
    assert_eq!(explorer.state.view().unwrap().name, "other-client");
    explorer.press("p");
    let Some(Popup::Profiles(picker)) = explorer.popup() else { panic!("no picker") };
    assert_eq!(picker.list.cursor, explorer.state.selected, "the selected one is under the cursor");
    explorer.type_text("shrt");
    let Some(Popup::Profiles(picker)) = explorer.popup() else { panic!("no picker") };
    assert_eq!((picker.hits.len(), picker.chosen()), (1, Some(&Hit::Profile(3))));
    assert!(explorer.press("Enter").is_empty());
    assert_eq!(explorer.state.view().unwrap().name, "short-lived");
    explorer.press("p");
    explorer.type_text("nobody of that name");
    assert!(explorer.press("Enter").is_empty() && explorer.popup().is_none());
    assert_eq!(explorer.state.view().unwrap().name, "short-lived");
}

#[test]
fn the_diff_names_what_was_added_changed_and_removed() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.press("s");
    explorer.type_text(" extra");
    explorer.press("Enter");
    explorer.later(10);
    explorer.fetch_token();
    explorer.press("d");
    let Some(Popup::Diff { diff, .. }) = explorer.popup() else { panic!("no diff") };
    let row = |name: &str| diff.rows.iter().find(|row| row.name == name).cloned();
    assert_eq!(row("scope extra").map(|row| (row.before, row.after)), Some((None, Some("granted".into()))));
    assert_eq!(row("jti").map(|row| (row.before, row.after)), Some((Some("1".into()), Some("2".into()))));
    assert!(row("azp").is_none() && row("scope").is_none());
    assert_ne!(diff.before, diff.after);
}

#[test]
fn messages_keep_what_happened() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.press("f m");
    let Some(popup) = explorer.popup() else { panic!("no messages") };
    let rows = rows::popup(&explorer.state, popup);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].cells[0], "22:00:00");
    assert!(rows[0].cells[1].contains("nothing to fix"), "the newest first");
    explorer.press("Esc");
    assert!(explorer.state.popups.is_empty());
}

#[test]
fn help_lists_every_key_and_scrolls() {
    let mut explorer = Explorer::demo();
    explorer.press("? G");
    let Some(Popup::Help(list)) = explorer.popup() else { panic!("no help") };
    assert_eq!(list.cursor, rows::help(&explorer.state).len() - 1);
    // Keys of the screen do nothing behind it.
    assert!(explorer.press("t").is_empty());
    explorer.press("?");
    assert!(explorer.popup().is_none());
}

#[test]
fn ctrl_c_leaves_from_within_a_field() {
    let mut explorer = Explorer::demo();
    explorer.press("s");
    assert!(matches!(explorer.press("Ctrl-C")[..], [Effect::Quit]));
}
