//! The address that the browser ended at, pasted or typed into the popup of a login.

use super::login::{input, login, on_device, waiting};
use crate::engine::LoginInput;
use crate::tui::message::Message;
use crate::tui::state::Popup;

#[test]
fn a_pasted_redirect_goes_straight_to_the_login() {
    let (mut explorer, run) = waiting("t");
    let text = "  http://127.0.0.1:8910/callback?state=abc&\ncode=4711\n";
    let effects = explorer.send(Message::Paste(text.into()));
    let Some((to, LoginInput::Pasted(address))) = input(&effects) else { panic!("{effects:?}") };
    assert_eq!((to, address.reveal()), (run, "http://127.0.0.1:8910/callback?state=abc&code=4711"));
    assert!(login(&explorer).pasted.is_empty() && login(&explorer).error.is_none());
    let effects = explorer.send(Message::Paste("http://127.0.0.1:8910/callback?error=access_denied".into()));
    assert!(input(&effects).is_some(), "an error is an answer too");
}

#[test]
fn garbage_that_is_pasted_is_said_to_be_and_sent_nowhere() {
    let (mut explorer, run) = waiting("t");
    for (text, why) in [
        ("what was in the clipboard", "no such address"),
        ("http://127.0.0.1:8910/callback?state=abc", "no code"),
        ("http://localhost:8001/auth?response_type=code&state=abc", "where the login begins"),
        ("eyJhbGciOiJub25lIn0.e30.", "no such address"),
        (&"x".repeat(100_000), "too long"),
    ] {
        assert!(explorer.send(Message::Paste(text.into())).is_empty(), "{text}");
        let error = login(&explorer).error.clone().unwrap();
        assert!(error.contains(why) && !error.contains("clipboard") && !error.contains("eyJ"), "{error}");
        assert!(login(&explorer).pasted.is_empty());
    }
    assert!(explorer.send(Message::Paste("\n".into())).is_empty());
    let step = on_device(explorer.state.now);
    explorer.send(Message::Login { run, step });
    assert!(explorer.send(Message::Paste("http://127.0.0.1/?code=1".into())).is_empty());
}

#[test]
fn the_field_can_be_typed_in() {
    let (mut explorer, _) = waiting("t");
    explorer.press("Tab");
    explorer.type_text("http://127.0.0.1:8910/callback?code=dyobq");
    assert!(matches!(explorer.popup(), Some(Popup::Login(login)) if login.typing), "o, y, d, b and q are text there");
    let effects = explorer.press("Enter");
    assert!(matches!(input(&effects), Some((_, LoginInput::Pasted(text))) if text.reveal().ends_with("code=dyobq")));
    explorer.press("Tab x Esc");
    assert!(!login(&explorer).typing, "Esc leaves the field first");
    explorer.press("Tab Enter");
    assert!(login(&explorer).error.is_some() && login(&explorer).typing);
}
