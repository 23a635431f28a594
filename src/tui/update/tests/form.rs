//! Forms: keys, pastes, choices, errors.

use super::Explorer;
use crate::exchange::Secret;
use crate::tui::message::Message;
use crate::tui::state::{Field, Form, Popup, Purpose};

fn opened() -> Explorer {
    let mut explorer = Explorer::demo();
    let form = Form::new(Purpose::Secret { profile: "tester".into() }, "Test", "does it")
        .field(Field::text("text", "Text", "ab"))
        .field(Field::masked("secret", "Secret"))
        .field(Field::text("hidden", "Hidden", "").only_if(false))
        .field(Field::choice("choice", "Choice", &["one", "two", "three"], 0))
        .field(Field::toggle("toggle", "Toggle", false));
    explorer.state.popups.push(Popup::Form(form));
    explorer
}

fn form(explorer: &Explorer) -> &Form {
    match explorer.popup() {
        Some(Popup::Form(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

#[test]
fn printable_keys_are_text_and_tab_goes_round_what_is_visible() {
    let mut explorer = opened();
    explorer.type_text("q:?");
    explorer.press("Home");
    explorer.type_text("1");
    assert_eq!(form(&explorer).text("text"), "1abq:?");
    for name in ["secret", "choice", "toggle", "text"] {
        explorer.press("Tab");
        assert_eq!(form(&explorer).fields[form(&explorer).focus].name, name);
    }
    explorer.press("Up");
    assert_eq!(form(&explorer).fields[form(&explorer).focus].name, "toggle");
}

#[test]
fn choices_and_toggles_go_by_the_arrows() {
    let mut explorer = opened();
    explorer.press("Tab Tab Left");
    assert_eq!(form(&explorer).chosen("choice"), 2);
    explorer.press("Right Right");
    assert_eq!(form(&explorer).chosen("choice"), 1);
    explorer.press("Tab");
    explorer.type_text(" ");
    assert!(form(&explorer).is_on("toggle"));
    explorer.press("Left");
    assert!(!form(&explorer).is_on("toggle"));
}

#[test]
fn a_paste_goes_into_the_field_in_one_piece_and_one_line() {
    let mut explorer = opened();
    explorer.press("Left");
    explorer.send(Message::Paste("curl \\\n  -H 'x'\u{7}\r\nhttp://h/\n".into()));
    assert_eq!(form(&explorer).text("text"), "acurl    -H 'x'  http://h/b");
    explorer.type_text("!");
    assert_eq!(form(&explorer).text("text"), "acurl    -H 'x'  http://h/!b", "the cursor stands behind it");
    explorer.press("Tab");
    explorer.send(Message::Paste(" s3cret with blanks \n".into()));
    assert_eq!(form(&explorer).secret("secret"), Some(Secret::new(" s3cret with blanks ")));
    explorer.send(Message::Paste("x".repeat(20_000)));
    assert_eq!(form(&explorer).secret("secret"), Some(Secret::new(" s3cret with blanks ")));
    assert!(form(&explorer).has_errors(), "what is too long is said to be");
    explorer.press("Tab");
    explorer.send(Message::Paste("two".into()));
    assert_eq!(form(&explorer).chosen("choice"), 0, "a choice is no text");
}

#[test]
fn an_error_stays_until_its_field_changes_and_gets_the_keys() {
    let mut explorer = opened();
    let Some(Popup::Form(open_form)) = explorer.state.popups.last_mut() else { panic!("no form") };
    open_form.fail("toggle", "not so");
    open_form.fail("text", "nor so");
    assert_eq!(form(&explorer).focus, 4, "the first that failed");
    explorer.press("Tab");
    assert!(form(&explorer).get("toggle").unwrap().error.is_some());
    explorer.type_text("x");
    assert!(form(&explorer).get("text").unwrap().error.is_none());
}

#[test]
fn while_busy_only_esc_does_anything() {
    let mut explorer = opened();
    let Some(Popup::Form(open_form)) = explorer.state.popups.last_mut() else { panic!("no form") };
    open_form.busy = Some("asking".into());
    explorer.type_text("x");
    explorer.send(Message::Paste("y".into()));
    explorer.press("Tab Enter Ctrl-S");
    assert_eq!((form(&explorer).text("text"), form(&explorer).focus), ("ab", 0));
    explorer.press("Esc");
    assert!(explorer.popup().is_none());
}
