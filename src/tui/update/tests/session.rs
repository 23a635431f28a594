//! Edits and undo, environments, review, saving, reload, secrets that are asked for.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Explorer, PROFILES, fetched, probed};
use crate::config::Changes;
use crate::engine::{Failure, Reloaded, SavePlan, Source, SourceError, Standing};
use crate::exchange::Secret;
use crate::oauth::ScopeSet;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Origin, Popup, Purpose};

/// The demo in two environments, the second one protected.
pub(super) fn two_environments() -> String {
    format!("{PROFILES}\n[environments.dev]\n[environments.prod]\nprotected = true\n")
}

pub(super) fn standing(turn: u64, text: &str, environment: Option<&str>, named: bool) -> Standing {
    let source = Source::in_memory(text, environment, named);
    let profiles = Arc::new(source.profiles.clone());
    Standing { turn, source: Arc::new(source), profiles }
}

pub(super) fn opened(text: &str, environment: Option<&str>, named: bool) -> Explorer {
    let standing = standing(1, text, environment, named);
    let mut explorer = Explorer::over((*standing.profiles).clone());
    explorer.state.origin = Origin::of(&standing.source);
    explorer.state.turn = 1;
    explorer
}

pub(super) fn reload(explorer: &mut Explorer, text: &str, named: bool) -> Vec<Effect> {
    let (turn, environment) = (explorer.state.turn + 1, explorer.state.profiles.environment.clone());
    let standing = standing(turn, text, environment.as_deref(), named);
    explorer.send(Message::Reloaded(Reloaded::Swapped(standing)))
}

pub(super) fn choose(explorer: &mut Explorer, name: &str) {
    choose_in(explorer, &two_environments(), name);
}

pub(super) fn choose_in(explorer: &mut Explorer, text: &str, name: &str) {
    let standing = standing(explorer.state.turn + 1, text, Some(name), true);
    explorer.send(Message::Environment(Ok(Box::new(standing))));
}

fn changes(explorer: &Explorer) -> Vec<Changes> {
    explorer.state.views.iter().map(|view| view.changes.clone()).collect()
}

#[test]
fn an_edit_is_undone_and_done_again_and_shows_its_profile() {
    let mut explorer = Explorer::demo();
    explorer.press("s");
    explorer.type_text(" more");
    explorer.press("Enter ]");
    assert!(explorer.press("u").is_empty());
    assert_eq!(explorer.state.view().unwrap().name, "tester", "the profile it is about");
    assert!(explorer.last_words().contains("tester is as in the file"));
    assert!(changes(&explorer).iter().all(Changes::is_empty));
    explorer.press("Ctrl-R");
    assert!(explorer.last_words().contains("test_api_access more"));
    explorer.press("u u");
    assert!(explorer.last_words().contains("nothing to take back"));
}

#[test]
fn what_a_remedy_changes_is_a_step_too() {
    let mut explorer = Explorer::demo();
    explorer.select("tester-no-scope");
    explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("3")).pop().unwrap();
    explorer.answer(run, &ask, 403);
    let (run, ask) = fetched(&explorer.press("f")).unwrap();
    assert!(ask.changes.scopes.is_some());
    // Taken back while the token is on its way: it is fetched without.
    let (again, ask) = fetched(&explorer.press("u")).unwrap();
    assert!(again != run && ask.changes.is_empty());
}

#[test]
fn options_get_a_token_with_scopes_audience_and_parameters() {
    let mut explorer = Explorer::demo();
    explorer.press("T");
    explorer.type_text(" more");
    explorer.press("Tab");
    explorer.type_text("orders");
    explorer.press("Tab");
    explorer.type_text("no equals sign");
    explorer.press("Tab");
    explorer.type_text("resource=https://api.example/?a=b");
    assert!(explorer.press("Enter").is_empty());
    let Some(Popup::Form(form)) = explorer.state.popups.last() else { panic!("no form") };
    assert!(form.fields[form.focus].error.as_deref().unwrap().contains("no = in no equals sign"));
    for _ in 0..20 {
        explorer.press("Backspace");
    }
    let (_, ask) = fetched(&explorer.press("Enter")).unwrap();
    assert_eq!(ask.changes.scopes, Some(ScopeSet::parse("test_api_access more")));
    assert_eq!(ask.changes.audience, Some(Some("orders".to_owned())));
    assert_eq!(ask.changes.params, Some(vec![("resource".into(), "https://api.example/?a=b".into())]));
    explorer.press("u");
    assert!(changes(&explorer).iter().all(Changes::is_empty));
}

#[test]
fn saving_shows_the_difference_first_and_then_nothing_is_marked() {
    let mut explorer = opened(PROFILES, None, true);
    assert!(explorer.press("Ctrl-S").is_empty());
    assert!(explorer.last_words().contains("nothing to save"));
    explorer.fetch_token();
    explorer.press("s");
    explorer.type_text(" more");
    explorer.press("Enter");
    let effects = explorer.press("Ctrl-S");
    assert!(matches!(effects.as_slice(), [Effect::PlanSave(edits)] if edits.len() == 1));
    let after = PROFILES.replacen("[\"test_api_access\"]", "[\"test_api_access\", \"more\"]", 20);
    explorer.send(Message::Planned(Ok(SavePlan::of("profiles.toml", PROFILES, &after))));
    assert!(matches!(explorer.popup(), Some(Popup::Save(_))));
    explorer.press("Esc");
    assert!(!explorer.state.views[0].changes.is_empty(), "a no changes nothing");
    explorer.send(Message::Planned(Ok(SavePlan::of("profiles.toml", PROFILES, &after))));
    let effects = explorer.press("Enter");
    assert!(matches!(effects.as_slice(), [Effect::Save(_)]));
    let saved = crate::engine::Saved {
        path: "profiles.toml".into(),
        reloaded: Reloaded::Swapped(standing(explorer.state.turn + 1, &after, None, true)),
    };
    explorer.send(Message::Saved(Ok(saved)));
    assert!(explorer.state.views[0].changes.is_empty() && !explorer.state.edits.can_undo());
    assert!(explorer.state.views[0].token.held.is_some(), "its token is still there to be looked at");
    assert_eq!(explorer.last_words(), "Saved in profiles.toml.");
    // What fails keeps the edits.
    explorer.press("s");
    explorer.type_text("x");
    explorer.press("Enter");
    let error = crate::engine::SaveError::Changed { path: "profiles.toml".into() };
    explorer.send(Message::Saved(Err(error)));
    assert!(!explorer.state.views[0].changes.is_empty() && explorer.state.edits.can_undo());
    assert!(explorer.last_words().contains("was changed meanwhile"));
}

#[test]
fn each_environment_keeps_its_tokens_and_answers() {
    let mut explorer = opened(&two_environments(), None, true);
    assert_eq!(explorer.state.profiles.environment.as_deref(), Some("dev"));
    let token = explorer.fetch_token();
    let (run, ask) = probed(&explorer.press("2")).pop().unwrap();
    assert_eq!(ask.environment.as_deref(), Some("dev"));
    explorer.answer(run, &ask, 200);
    explorer.press("s");
    explorer.type_text(" more");
    explorer.press("Enter");
    explorer.press("t");
    let effects = explorer.press("E Down Enter");
    assert!(matches!(effects.as_slice(), [Effect::Cancel(_), Effect::ChooseEnvironment(name)] if name == "prod"));
    choose(&mut explorer, "prod");
    assert!(explorer.last_words().contains("prod holds now. It is protected"));
    let view = explorer.state.view().unwrap();
    assert!(view.token.held.is_none() && view.calls.is_empty());
    assert!(!view.changes.is_empty(), "edits are about the profile wherever it is used");
    choose(&mut explorer, "dev");
    let held = explorer.state.view().unwrap().token.held.clone().unwrap();
    assert!(Arc::ptr_eq(&held, &token));
    assert_eq!(explorer.state.view().unwrap().calls.len(), 1);
    let error = SourceError::NoEnvironment { name: "x".into(), file: "f".into(), known: vec![], nearest: None };
    explorer.send(Message::Environment(Err(error)));
    assert!(explorer.last_words().contains("no environment x"));
}

#[test]
fn into_a_protected_environment_nothing_goes_unasked_the_first_time() {
    let mut explorer = opened(&two_environments(), Some("prod"), true);
    assert!(explorer.press("2").is_empty());
    let Some(Popup::Protected(question)) = explorer.popup() else { panic!("not asked") };
    let asked: Vec<_> = question.calls.iter().map(|call| (call.method.as_str(), call.host.as_str())).collect();
    assert_eq!(asked, [("POST", "localhost:8001"), ("GET", "localhost:50100")]);
    explorer.press("Esc");
    assert_eq!(explorer.state.running(), 0, "a no sends nothing");
    explorer.press("2");
    let (run, ask) = fetched(&explorer.press("Enter")).unwrap();
    assert_eq!(ask.environment.as_deref(), Some("prod"));
    let token = explorer.grant(&ask);
    assert_eq!(probed(&explorer.send(Message::Token { run, result: Ok(token) })).len(), 1);
    // The second time it just goes; another endpoint is asked about by itself.
    assert!(fetched(&explorer.press("t")).is_some());
    assert_eq!(probed(&explorer.press("1")).len(), 0);
    let Some(Popup::Protected(question)) = explorer.popup() else { panic!("not asked") };
    assert_eq!(question.calls.len(), 1);
    explorer.press("Esc");
    assert!(explorer.press("a").is_empty());
    let Some(Popup::Protected(question)) = explorer.popup() else { panic!("not asked") };
    assert_eq!(question.calls.len(), 2, "what is cleared already is not asked about");
    assert!(!explorer.press("Enter").is_empty());
    // Another file may lead elsewhere: it is asked again.
    reload(&mut explorer, &two_environments().replace("50100", "50200"), true);
    explorer.press("1");
    assert!(matches!(explorer.popup(), Some(Popup::Protected(_))));
}

#[test]
fn a_method_that_may_change_something_names_the_protected_environment_too() {
    let mut explorer = opened(&two_environments(), Some("prod"), true);
    explorer.press("4 Enter");
    assert!(matches!(explorer.popup(), Some(Popup::Confirm { .. })));
    assert!(explorer.press("Enter").is_empty());
    let Some(Popup::Protected(question)) = explorer.popup() else { panic!("the token is not asked about") };
    assert_eq!(question.calls.len(), 1);
    assert!(fetched(&explorer.press("Enter")).is_some());
}

const ELSEWHERE: &str =
    "[providers.p]\nissuer = \"https://login.example\"\n[profiles.tester]\nprovider = \"p\"\nclient_id = \"c\"\n";

#[test]
fn an_untrusted_file_is_reviewed_before_anything() {
    let mut explorer = opened(ELSEWHERE, None, false);
    explorer.press("T");
    let Some(Popup::Review(review)) = explorer.popup() else { panic!("no review") };
    let digest = review.facts.digest();
    assert!(explorer.press("Esc").is_empty());
    explorer.press("T");
    let effects = explorer.press("y");
    assert!(matches!(effects.as_slice(), [Effect::Trust { digest: one }] if *one == digest));
    let trusted = standing(2, ELSEWHERE, None, true);
    explorer.send(Message::Trusted(Ok(Reloaded::Swapped(trusted))));
    assert!(explorer.state.origin.untrusted.is_none());
    assert!(explorer.last_words().contains("is trusted as long as"));
    explorer.press("T");
    assert!(matches!(explorer.popup(), Some(Popup::Form(_))), "T is what it always is");
}

#[test]
fn a_file_that_turns_untrusted_stops_what_is_under_way() {
    let mut explorer = opened(PROFILES, None, true);
    explorer.fetch_token();
    explorer.press("2");
    explorer.press("]");
    explorer.press("t");
    let effects = reload(&mut explorer, &PROFILES.replace("localhost:50100", "collect.example"), false);
    assert_eq!(effects.iter().filter(|effect| matches!(effect, Effect::Cancel(_))).count(), 2);
    assert!(explorer.last_words().contains("nothing is sent until it is reviewed (T)"));
}

#[test]
fn a_reload_keeps_what_still_holds_and_the_selection_by_name() {
    let mut explorer = opened(PROFILES, None, true);
    explorer.fetch_token();
    explorer.select("short-lived");
    explorer.fetch_token();
    let moved = format!("{PROFILES}\n[profiles.zero]\nprovider = \"demo\"\nclient_id = \"zero\"\n");
    reload(&mut explorer, &moved, true);
    assert_eq!(explorer.state.view().unwrap().name, "short-lived");
    assert!(explorer.state.view().unwrap().token.held.is_some());
    assert_eq!(explorer.state.views.last().unwrap().name, "zero");
    // A client that is another one now begins anew.
    let other = moved.replace("client_secret = \"demo-secret\"", "client_secret = \"other\"");
    reload(&mut explorer, &other, true);
    assert!(explorer.state.views[0].token.held.is_none());
    // The selected one is gone: another is selected, and what was changed in it is forgotten.
    explorer.press("s");
    explorer.type_text(" x");
    explorer.press("Enter");
    let gone = other.replace("[profiles.short-lived]", "[profiles.renamed]");
    reload(&mut explorer, &gone, true);
    assert!(explorer.state.view().is_some() && !explorer.state.edits.can_undo());
}

#[test]
fn a_broken_file_says_where_and_changes_nothing() {
    let mut explorer = opened(PROFILES, None, true);
    explorer.fetch_token();
    let problems = vec!["profiles.toml:3:7: this is not TOML: …\n  3 | x = = 1".to_owned()];
    explorer.send(Message::Reloaded(Reloaded::Broken { problems }));
    assert!(explorer.last_words().starts_with("profiles.toml:3:7: this is not TOML"));
    assert!(explorer.state.view().unwrap().token.held.is_some());
    assert_eq!(explorer.state.origin.problems.len(), 1);
    reload(&mut explorer, PROFILES, true);
    assert!(explorer.state.origin.problems.is_empty());
    // What comes too late is not taken in.
    let old = standing(1, ELSEWHERE, None, true);
    explorer.send(Message::Reloaded(Reloaded::Swapped(old)));
    assert!(explorer.state.views.len() > 1);
}

#[test]
fn a_secret_that_is_asked_for_goes_on_where_it_was() {
    let mut explorer = Explorer::demo();
    let wanted = || Err(Failure::SecretWanted { profile: "tester".into() });
    let (run, _) = fetched(&explorer.press("2")).unwrap();
    explorer.send(Message::Token { run, result: wanted() });
    let Some(Popup::Form(form)) = explorer.popup() else { panic!("not asked") };
    assert_eq!(form.purpose, Purpose::Secret { profile: "tester".into() });
    assert!(explorer.press("Enter").is_empty(), "nothing in it yet");
    explorer.type_text("s3cret q");
    let effects = explorer.press("Enter");
    let given = effects.iter().any(
        |effect| matches!(effect, Effect::GiveSecret { profile, secret } if profile == "tester" && *secret == Secret::new("s3cret q")),
    );
    assert!(given);
    let (run, ask) = fetched(&effects).unwrap();
    let token = explorer.grant(&ask);
    assert_eq!(probed(&explorer.send(Message::Token { run, result: Ok(token) })).len(), 1, "the call goes out");
    // Esc: what waited waits no more.
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    explorer.send(Message::Token { run, result: wanted() });
    explorer.press("Esc");
    assert!(explorer.popup().is_none());
    // Somebody is busy: no field opens under the keys.
    let (run, _) = fetched(&explorer.press("t")).unwrap();
    explorer.press(":");
    explorer.send(Message::Token { run, result: wanted() });
    assert!(matches!(explorer.popup(), Some(Popup::Palette(_))));
    assert!(explorer.last_words().contains("The secret of tester"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Any walk of edits, followed by as many undos, gives back the first state; as many redos the last one.
    #[test]
    fn undo_gives_back_the_first_state(walk in proptest::collection::vec((0_usize..5, "[a-c ]{0,6}", any::<bool>()), 1..20)) {
        let mut explorer = Explorer::demo();
        let first = changes(&explorer);
        let mut steps = 0;
        for (place, text, by_options) in walk {
            explorer.state.selected = place;
            let before = changes(&explorer);
            explorer.press(if by_options { "T" } else { "s" });
            explorer.type_text(&text);
            explorer.press("Enter");
            steps += usize::from(changes(&explorer) != before);
        }
        let last = changes(&explorer);
        for _ in 0..steps {
            explorer.press("u");
        }
        prop_assert_eq!(changes(&explorer), first);
        prop_assert!(!explorer.state.edits.can_undo());
        for _ in 0..steps {
            explorer.press("Ctrl-R");
        }
        prop_assert_eq!(changes(&explorer), last);
    }
}

#[test]
fn a_password_is_asked_for_and_given_for_this_run() {
    let text = format!(
        "{PROFILES}\n[profiles.legacy]\nprovider = \"demo\"\nclient_id = \"demo-legacy\"\nauth = \"none\"\n\
         grant = \"password\"\nusername = \"bob\"\npassword = {{ prompt = true }}\n"
    );
    let mut explorer = opened(&text, None, true);
    explorer.select("legacy");
    let wanted = || Failure::PasswordWanted { profile: "legacy".into(), username: "bob".into() };
    let (run, _) = fetched(&explorer.press("2")).unwrap();
    assert!(explorer.send(Message::Token { run, result: Err(wanted()) }).is_empty());
    let Some(Popup::Form(form)) = explorer.popup() else { panic!("no form") };
    assert!(form.title.contains("bob") && matches!(form.purpose, Purpose::Password { .. }));
    explorer.send(Message::Paste("s3cret\n".into()));
    let effects = explorer.press("Enter");
    let given = effects.iter().find_map(|effect| match effect {
        Effect::GivePassword { profile, secret } => Some((profile.clone(), secret.clone())),
        _ => None,
    });
    assert_eq!(given, Some(("legacy".to_owned(), Secret::new("s3cret"))));
    assert!(fetched(&effects).is_some(), "what waited for it goes on");
    // Closed without an answer, nothing waits any more.
    let (run, _) = fetched(&effects).unwrap();
    explorer.send(Message::Token { run, result: Err(wanted()) });
    explorer.press("Esc");
    assert!(explorer.popup().is_none() && explorer.state.running() == 0);
}
