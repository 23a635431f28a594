//! Panes, tabs, rows, finding, pasting, revealing, copying, leaving.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::{Explorer, key, probed};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::rows;
use crate::tui::state::{AnswerTab, Pane, Popup, TokenTab};

fn with_answer() -> Explorer {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    explorer.answer(run, &ask, 200);
    explorer
}

#[test]
fn tab_goes_round_the_panes_and_enter_to_the_endpoints() {
    let mut explorer = Explorer::demo();
    explorer.press("Enter");
    assert_eq!(explorer.state.focus, Pane::Endpoints);
    explorer.press("Tab Tab");
    assert_eq!(explorer.state.focus, Pane::Answer);
    explorer.press("Tab");
    assert_eq!(explorer.state.focus, Pane::Profiles);
    explorer.press("Shift-Tab");
    assert_eq!(explorer.state.focus, Pane::Answer);
}

#[test]
fn left_and_right_change_tabs_and_up_and_down_rows() {
    let mut explorer = with_answer();
    explorer.press("Tab Tab l");
    assert_eq!(explorer.state.token_tab, TokenTab::Scopes);
    explorer.press("h h h Down j");
    assert_eq!((explorer.state.token_tab, explorer.state.token_view.cursor), (TokenTab::Claims, 2));
    explorer.press("G");
    assert_eq!(explorer.state.token_view.cursor, rows::count(&explorer.state, Pane::Token) - 1);
    explorer.press("g g");
    assert_eq!(explorer.state.token_view.cursor, 0);
    explorer.press("Enter");
    assert!(explorer.state.token_view.unfolded.contains(&0));
    explorer.press("Enter");
    assert!(explorer.state.token_view.unfolded.is_empty());
}

#[test]
fn an_answer_that_is_let_through_opens_on_its_body() {
    let mut explorer = with_answer();
    assert_eq!(explorer.state.answer_tab, AnswerTab::Body);
    assert_eq!(rows::rows(&explorer.state, Pane::Answer, 1..2)[0].cells, ["  \"message\": \"hello\""]);
    let (run, ask) = probed(&explorer.press("3")).pop().unwrap();
    explorer.answer(run, &ask, 403);
    assert_eq!(explorer.state.answer_tab, AnswerTab::Why);
    // A tab chosen by hand stays.
    explorer.press("Tab Tab Tab l l");
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    explorer.answer(run, &ask, 200);
    assert_eq!(explorer.state.answer_tab, AnswerTab::Headers);
}

#[test]
fn every_tab_has_rows_for_a_token_and_for_an_answer() {
    let mut explorer = with_answer();
    for tab in TokenTab::ALL {
        explorer.state.token_tab = tab;
        assert!(rows::count(&explorer.state, Pane::Token) > 0, "{tab:?}");
    }
    for tab in AnswerTab::ALL {
        explorer.state.answer_tab = tab;
        assert!(rows::count(&explorer.state, Pane::Answer) > 0, "{tab:?}");
    }
}

#[test]
fn the_signature_is_masked_until_revealed_for_thirty_seconds() {
    let mut explorer = with_answer();
    explorer.state.token_tab = TokenTab::Raw;
    let signature = |explorer: &Explorer| rows::rows(&explorer.state, Pane::Token, 2..3)[0].cells[1].clone();
    assert!(signature(&explorer).contains("masked"));
    explorer.press("v");
    assert_eq!(signature(&explorer), "c2lnbmF0dXJl");
    explorer.later(31);
    explorer.send(Message::Wake);
    assert!(signature(&explorer).contains("masked"));
    explorer.press("v v");
    assert!(signature(&explorer).contains("masked"));
}

#[test]
fn find_moves_while_typing_and_escape_goes_back() {
    let mut explorer = with_answer();
    explorer.press("Tab Tab /");
    explorer.type_text("azp");
    let row = rows::current(&explorer.state, Pane::Token).unwrap();
    assert_eq!(row.cells[0], "azp");
    explorer.press("Esc");
    assert_eq!(explorer.state.token_view.cursor, 0);
    explorer.press("/");
    explorer.type_text("s");
    explorer.press("Enter n");
    let first = explorer.state.token_view.cursor;
    explorer.press("n");
    let second = explorer.state.token_view.cursor;
    assert_ne!(first, second);
    explorer.press("N");
    assert_eq!(explorer.state.token_view.cursor, first);
    // q is text in a field, and closes the search afterwards.
    explorer.press("/");
    explorer.press("q");
    assert_eq!(explorer.state.find.as_ref().unwrap().input.value(), "q");
    explorer.press("Esc");
    assert!(explorer.state.find.is_none() && !explorer.state.quitting);
}

#[test]
fn a_paste_outside_a_field_presses_no_keys() {
    let mut explorer = Explorer::demo();
    assert!(explorer.send(Message::Paste("q\nd\nt".into())).is_empty());
    assert!(!explorer.state.quitting && explorer.state.popups.is_empty());
    assert!(explorer.last_words().contains("To look into a token: g i"));
    explorer.press("s");
    explorer.send(Message::Paste("one\r\ntwo\n".into()));
    let Some(Popup::Scopes(input)) = explorer.popup() else { panic!("no field") };
    assert_eq!(input.value(), "test_api_accessone two");
}

#[test]
fn key_releases_mean_nothing() {
    let mut explorer = Explorer::demo();
    let mut release = key("t");
    release.kind = KeyEventKind::Release;
    assert!(explorer.send(Message::Key(release)).is_empty());
    explorer.press("s");
    explorer.send(Message::Key(KeyEvent { kind: KeyEventKind::Release, ..key("x") }));
    let Some(Popup::Scopes(input)) = explorer.popup() else { panic!("no field") };
    assert_eq!(input.value(), "test_api_access");
    let mut repeat = key("x");
    repeat.kind = KeyEventKind::Repeat;
    explorer.send(Message::Key(repeat));
    explorer.send(Message::Key(KeyEvent::new(KeyCode::Char('y'), KeyModifiers::ALT)));
    let Some(Popup::Scopes(input)) = explorer.popup() else { panic!("no field") };
    assert!(input.value().starts_with("test_api_accessx"));
}

#[test]
fn the_copy_menu_hands_over_the_right_thing() {
    let mut explorer = with_answer();
    let copied = |explorer: &mut Explorer, keys: &str| match explorer.press(keys).pop() {
        Some(Effect::Copy { text, what }) => (what, text.reveal().to_owned()),
        other => panic!("{keys}: {other:?}"),
    };
    let (_, token) = copied(&mut explorer, "y t");
    assert_eq!(token.split('.').count(), 3);
    assert_eq!(copied(&mut explorer, "y h").1, format!("Authorization: Bearer {token}"));
    assert!(copied(&mut explorer, "y j").1.contains("\"azp\": \"testapiclient1\""));
    assert_eq!(copied(&mut explorer, "y b").1, r#"{"message":"hello"}"#);
    let before = (explorer.state.focus, explorer.state.token_tab);
    explorer.state.focus = Pane::Token;
    explorer.state.token_tab = TokenTab::Scopes;
    assert!(copied(&mut explorer, "y j").1.contains("test_api_access"));
    (explorer.state.focus, explorer.state.token_tab) = before;
    explorer.press("Tab");
    let curl = copied(&mut explorer, "y c").1;
    assert!(curl.contains("$TOKEN") && curl.contains("/api/private") && !curl.contains(&token), "{curl}");
    let report = copied(&mut explorer, "y r").1;
    assert!(report.contains("GET http://localhost:50100/api/private") && !report.contains(&token), "{report}");
    assert!(explorer.state.popups.is_empty());
    match explorer.press("y w").pop() {
        Some(Effect::Write { name, text, .. }) => {
            assert_eq!((name.as_str(), text.reveal()), ("tester-private.json", r#"{"message":"hello"}"#));
        }
        other => panic!("{other:?}"),
    }
    assert!(explorer.press("y z").is_empty());
    assert!(matches!(explorer.popup(), Some(Popup::Copy)), "another key leaves the menu open");
}

#[test]
fn editing_names_the_file_and_the_place_or_says_why_not() {
    let mut explorer = Explorer::demo();
    assert!(explorer.press("e").is_empty());
    assert!(explorer.last_words().contains("built into the program"));
    explorer.state.origin.path = Some("profiles.toml".into());
    explorer.select("other-client");
    match explorer.press("e").pop() {
        Some(Effect::Edit { line, .. }) => assert_eq!(line, explorer.state.profile().unwrap().place.line),
        other => panic!("{other:?}"),
    }
}

#[test]
fn q_closes_then_quits_and_ctrl_z_suspends() {
    let mut explorer = Explorer::demo();
    explorer.press("?");
    assert!(explorer.press("q").is_empty());
    assert!(matches!(explorer.press("Ctrl-Z")[..], [Effect::Suspend]));
    assert!(matches!(explorer.press("M")[..], [Effect::Mouse(false)]));
    assert!(matches!(explorer.press("q")[..], [Effect::Quit]));
}

#[test]
fn zoom_and_sequences() {
    let mut explorer = Explorer::demo();
    explorer.press("z");
    assert!(explorer.state.zoomed);
    explorer.press("g e");
    assert!(!explorer.state.zoomed);
    // A sequence that leads nowhere is forgotten, and its second key does nothing.
    assert!(explorer.press("g t").is_empty());
    assert!(!explorer.press("t").is_empty());
}

#[test]
fn explaining_names_source_and_time() {
    let mut explorer = with_answer();
    explorer.press("Tab Tab i");
    let Some(Popup::Explain(explanation)) = explorer.popup() else { panic!("nothing explained") };
    assert_eq!(explanation.title, "claim exp");
    assert!(explanation.lines[0].contains("RFC 7519"), "{:?}", explanation.lines);
    assert!(explanation.lines.join(" ").contains("in 5 min"), "{:?}", explanation.lines);
    explorer.press("i");
    for focus in Pane::ALL {
        explorer.state.focus = focus;
        explorer.press("i");
        assert!(matches!(explorer.popup(), Some(Popup::Explain(_))), "{focus:?}");
        explorer.press("Esc");
    }
}
