//! What somebody typed does not follow a name to another client or server, and what was planned is planned anew.

use super::session::{choose, opened, reload, standing, two_environments};
use super::{Explorer, PROFILES, fetched};
use crate::config::Changes;
use crate::engine::{Failure, Reloaded, SavePlan};
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{CallResult, Popup};

fn asked(explorer: &mut Explorer) {
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    explorer.send(Message::Token { run, result: Err(Failure::SecretWanted { profile: "tester".into() }) });
    assert!(matches!(explorer.popup(), Some(Popup::Form(_))));
    explorer.type_text("s3cret");
}

fn moved() -> String {
    PROFILES.replace("http://localhost:8001", "http://localhost:8002")
}

#[test]
fn a_secret_form_closes_when_the_secret_would_go_elsewhere() {
    let mut explorer = opened(PROFILES, None, true);
    asked(&mut explorer);
    reload(&mut explorer, &format!("{PROFILES}\n# no matter\n"), true);
    assert!(matches!(explorer.popup(), Some(Popup::Form(_))), "the same client: it stays");
    assert_ne!(PROFILES, moved());
    reload(&mut explorer, &moved(), true);
    assert!(explorer.popup().is_none());
    assert!(explorer.last_words().contains("tester is another client or goes to another server now"));
    let effects = explorer.press("Enter");
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::GiveSecret { .. })));
    // Another environment, too.
    let mut explorer = opened(&two_environments(), None, true);
    asked(&mut explorer);
    choose(&mut explorer, "prod");
    assert!(explorer.popup().is_none());
}

#[test]
fn a_form_for_another_client_closes_when_its_provider_is_another_server() {
    for (text, stays) in [(format!("{PROFILES}\n# no matter\n"), true), (moved(), false)] {
        let mut explorer = opened(PROFILES, None, true);
        let provider = crate::tui::state::Joined::Known("demo".into());
        let form =
            super::super::join::form(&explorer.state, &provider, true, &crate::config::pasted::Pasted::default(), None);
        explorer.state.popups.push(Popup::Form(form));
        reload(&mut explorer, &text, true);
        assert_eq!(explorer.popup().is_some(), stays);
        assert_eq!(explorer.last_words().contains("another server now"), !stays);
    }
}

#[test]
fn an_outdated_save_dialog_stays_and_plans_anew() {
    let mut explorer = opened(PROFILES, None, true);
    explorer.press("s");
    explorer.type_text(" more");
    explorer.press("Enter");
    explorer.press("Ctrl-S");
    let plan = |to: &str| Ok(SavePlan::of("profiles.toml", PROFILES, &format!("{PROFILES}{to}")));
    explorer.send(Message::Planned(plan("# a\n")));
    reload(&mut explorer, &format!("{PROFILES}\n# other\n"), true);
    assert!(matches!(explorer.popup(), Some(Popup::Save(view)) if view.outdated));
    let effects = explorer.press("Enter");
    assert!(matches!(effects.as_slice(), [Effect::PlanSave(_)]), "{effects:?}");
    assert!(matches!(explorer.popup(), Some(Popup::Save(_))), "no key falls through meanwhile");
    explorer.send(Message::Planned(plan("# b\n")));
    assert!(matches!(explorer.popup(), Some(Popup::Save(view)) if !view.outdated));
    assert_eq!(explorer.state.popups.len(), 1);
    assert!(matches!(explorer.press("Enter").as_slice(), [Effect::Save(_)]));
}

#[test]
fn audience_and_parameters_stay_behind_when_the_provider_is_another() {
    let mut explorer = opened(PROFILES, None, true);
    explorer.press("T");
    explorer.type_text(" more");
    explorer.press("Tab Tab");
    explorer.type_text("password=hunter2");
    explorer.press("Enter");
    reload(&mut explorer, &format!("{PROFILES}\n# no matter\n"), true);
    assert!(explorer.state.views[0].changes.params.is_some());
    reload(&mut explorer, &moved(), true);
    let changes = &explorer.state.views[0].changes;
    assert!(changes.params.is_none() && changes.audience.is_none() && changes.scopes.is_some());
    assert!(explorer.last_words().contains("audience and parameters of this session are dropped"));
    explorer.press("u");
    assert_eq!(explorer.state.views[0].changes, Changes::default());
    explorer.press("Ctrl-R");
    let changes = &explorer.state.views[0].changes;
    assert!(changes.params.is_none() && changes.scopes.is_some());
}

#[test]
fn a_refusal_for_want_of_trust_goes_when_trust_is_given() {
    let mut explorer = opened(PROFILES, None, false);
    let refused = || Failure::Untrusted { file: "profiles.toml".into(), reasons: Vec::new() };
    let (run, _) = fetched(&explorer.press("2")).unwrap();
    explorer.send(Message::Token { run, result: Err(refused()) });
    let failed = |explorer: &Explorer| {
        let view = &explorer.state.views[0];
        let calls = view.calls.values().filter(|call| matches!(call.result, Some(CallResult::Failed(_)))).count();
        (view.token.failed.is_some(), calls)
    };
    assert_eq!(failed(&explorer), (true, 1));
    let trusted = standing(2, PROFILES, None, true);
    explorer.send(Message::Trusted(Ok(Reloaded::Swapped(trusted))));
    assert_eq!(failed(&explorer), (false, 0));
}
