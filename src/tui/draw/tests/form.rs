//! Forms at every size.

use super::Stage;
use crate::tui::message::Message;
use crate::tui::state::{Field, Form, Level, Popup, Purpose};
use crate::tui::update::update;

/// A form with every kind of field.
fn every_kind() -> Form {
    Form::new(Purpose::Secret { profile: "tester".into() }, "A client of shop", "uses it now")
        .save("saves it")
        .about(Level::Done, "Keycloak realm shop: client credentials, code, device")
        .about(Level::Info, "Scopes: openid, profile, email, orders.read, orders.write and 12 more.")
        .field(Field::text("client", "Client id", "shop-backend").hint("As the provider knows it."))
        .field(Field::masked("secret", "Secret").hint("What the provider gave with it. It is never shown."))
        .field(
            Field::choice("keep", "Where to keep it", &["keyring", "variable", "ask each time", "file"], 1)
                .hint("Left and Right choose."),
        )
        .field(Field::text("variable", "Variable", "SHOP_SECRET").hint("Its name alone goes into the file."))
        .field(Field::text("hidden", "Hidden", "never seen").only_if(false))
        .field(Field::text("title", "Titel 漢字", "日本語のタイトル").hint("What the screen shows."))
        .field(Field::toggle("plain", "Plain text", false).hint("Whether a secret may go over http://."))
}

fn opened(form: Form) -> Stage {
    let mut stage = Stage::new();
    stage.state.popups.push(Popup::Form(form));
    stage
}

#[test]
fn a_form_at_every_size() {
    for (width, height) in [(120, 36), (80, 24), (60, 16)] {
        let mut stage = opened(every_kind());
        stage.press("Tab");
        update(&mut stage.state, Message::Paste("s3cret-+/%&:é\n".into()));
        insta::assert_snapshot!(format!("form_{width}x{height}"), stage.text(width, height));
        let Some(Popup::Form(form)) = stage.state.popups.last_mut() else { panic!("no form") };
        form.fail("client", "The provider knows no such client.");
        form.fail("title", "A title this long has no room on any screen anybody has, and neither has this.");
        stage.press("Tab Tab Tab Tab");
        insta::assert_snapshot!(format!("form_errors_{width}x{height}"), stage.text(width, height));
    }
}

#[test]
fn a_form_that_waits_says_for_what() {
    let mut form = every_kind();
    form.busy = Some("asking login.example.com what it offers".into());
    insta::assert_snapshot!("form_busy", opened(form).text(80, 24));
}

#[test]
fn no_secret_is_ever_drawn() {
    let mut stage = opened(every_kind());
    stage.press("Tab");
    update(&mut stage.state, Message::Paste("hunter2".into()));
    stage.press("Ctrl-A Ctrl-K v");
    for (width, height) in [(200, 60), (80, 24), (1, 1), (6, 4), (30, 8)] {
        assert!(!stage.text(width, height).contains("hunter"), "{width}x{height}");
    }
    assert!(stage.text(80, 24).contains("••••••••_"), "its length is seen");
    assert!(!format!("{:?}", stage.state).contains("hunter"));
}

#[test]
fn long_text_moves_with_its_cursor() {
    let mut stage = opened(every_kind());
    update(&mut stage.state, Message::Paste(format!("{} 漢字END", "x".repeat(200))));
    let text = stage.text(80, 24);
    assert!(text.contains("漢字END") && !text.contains("shop-backend"), "{text}");
    stage.press("Tab");
    assert!(stage.text(80, 24).contains("shop-backendxxx"), "without the keys it is seen from its start");
}

#[test]
fn a_click_gives_a_field_the_keys() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut stage = opened(every_kind());
    let text = stage.text(80, 24);
    let row = text.lines().position(|line| line.contains("Plain text")).unwrap();
    stage.see(80, 24);
    let click = |stage: &mut Stage| {
        let event = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 20,
            row: u16::try_from(row).unwrap(),
            modifiers: KeyModifiers::NONE,
        };
        update(&mut stage.state, Message::Mouse(event));
    };
    click(&mut stage);
    let Some(Popup::Form(form)) = stage.state.popups.last() else { panic!("no form") };
    assert_eq!(form.fields[form.focus].name, "plain");
    assert!(!form.is_on("plain"));
    click(&mut stage);
    let Some(Popup::Form(form)) = stage.state.popups.last() else { panic!("no form") };
    assert!(form.is_on("plain"), "the second click changes it");
}
