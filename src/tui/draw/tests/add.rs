//! `+` at every step and size.

use super::Stage;
use crate::engine::Unmet;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::RunId;
use crate::tui::update::tests::add::met;
use crate::tui::update::update;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

fn looking_up(stage: &mut Stage) -> RunId {
    stage.press_only("+");
    update(&mut stage.state, Message::Paste("https://kc.example.com/admin/master/console/#/shop".into()));
    let effects = stage.press_only("Enter");
    let Some(Effect::Introduce { run, .. }) = effects.first() else { panic!("{effects:?}") };
    *run
}

#[test]
fn the_first_step() {
    for (width, height) in SIZES {
        let mut stage = Stage::new();
        stage.press_only("+");
        insta::assert_snapshot!(format!("add_address_{width}x{height}"), stage.text(width, height));
    }
}

#[test]
fn while_it_looks_and_when_nothing_is_found() {
    for (width, height) in SIZES {
        let mut stage = Stage::new();
        let run = looking_up(&mut stage);
        let url = "https://kc.example.com/realms/shop/.well-known/openid-configuration".to_owned();
        update(&mut stage.state, Message::Asking { run, url });
        insta::assert_snapshot!(format!("add_looking_{width}x{height}"), stage.text(width, height));
        let unmet = Unmet {
            what: "Keycloak answers at https://kc.example.com, and has no realm shop".into(),
            advice: vec!["Check the realm's name: capitals count, and it is not the display name.".into()],
            proposal: Some(crate::engine::Proposal::Start("https://kc.example.com/realms/".into())),
        };
        update(&mut stage.state, Message::Introduced { run, result: Err(unmet) });
        insta::assert_snapshot!(format!("add_not_found_{width}x{height}"), stage.text(width, height));
    }
}

#[test]
fn the_form_for_what_was_found() {
    for (width, height) in SIZES {
        let mut stage = Stage::new();
        let run = looking_up(&mut stage);
        let remarks = [
            (
                true,
                "It was asked as http://localhost:8080/realms/shop and calls itself http://keycloak:8080/realms/shop. That is the name by which containers see it.",
            ),
            (false, "The /auth before /realms is superfluous: kc.example.com has none, as Keycloak 17 and later."),
        ];
        let found = met("https://kc.example.com/realms/shop", &remarks, stage.state.now);
        update(&mut stage.state, Message::Introduced { run, result: Ok(Box::new(found)) });
        update(&mut stage.state, Message::Paste("web".into()));
        stage.press_only("Tab");
        update(&mut stage.state, Message::Paste("s3cret".into()));
        stage.press_only("Tab Right Tab");
        insta::assert_snapshot!(format!("add_client_{width}x{height}"), stage.text(width, height));
        stage.press_only("Enter");
        insta::assert_snapshot!(format!("add_client_wrong_{width}x{height}"), stage.text(width, height));
    }
}
