//! The Inspect screen: what comes in, what is asked before anything goes out, and what the verdict does.

use std::sync::Arc;

use super::{Explorer, key};
use crate::engine::{KeysFrom, ProviderOf, SignWith};
use crate::exchange::Secret;
use crate::jwt::{KeySource, Kind, Outcome, Policy, SigningKey, Token, sign, verify};
use crate::tui::action::Action;
use crate::tui::effect::{Effect, SignBy};
use crate::tui::message::Message;
use crate::tui::rows;
use crate::tui::state::{
    ContentTab, InspectPane, InspectPopup, Judgement, KeysAt, Pane, Popup, RunId, Screen, Signed, Times, TrustTab,
    Whence,
};

/// RFC 7515 A.1.
const A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const A1_KEY: &str =
    r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;

fn inspecting() -> Explorer {
    let mut explorer = Explorer::demo();
    explorer.press("g i");
    explorer
}

pub(super) fn paste(explorer: &mut Explorer, text: &str) -> Vec<Effect> {
    explorer.send(Message::Paste(text.to_owned()))
}

/// A token of this issuer; nobody signed it.
fn of_issuer(issuer: &str) -> String {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let part = |json: String| BASE64_URL_SAFE_NO_PAD.encode(json);
    let claims = format!("{{\"iss\":\"{issuer}\",\"exp\":1900000000}}");
    format!("{}.{}.c2ln", part("{\"alg\":\"RS256\",\"kid\":\"k1\"}".to_owned()), part(claims))
}

fn asked(effects: &[Effect]) -> Option<(RunId, KeysFrom)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Verify { run, from, .. } => Some((*run, from.clone())),
        _ => None,
    })
}

#[test]
fn each_screen_keeps_its_pane() {
    let mut explorer = Explorer::demo();
    explorer.press("Tab g i");
    assert_eq!((explorer.state.screen, explorer.state.focus), (Screen::Inspect, Pane::Inspect(InspectPane::Content)));
    explorer.press("Tab");
    assert_eq!(explorer.state.focus, Pane::Inspect(InspectPane::Trust));
    explorer.press("z g e");
    assert_eq!((explorer.state.screen, explorer.state.focus), (Screen::Explore, Pane::Endpoints));
    assert!(!explorer.state.zoomed);
    explorer.press("g i");
    assert_eq!(explorer.state.focus, Pane::Inspect(InspectPane::Trust));
}

#[test]
fn a_paste_replaces_the_token_says_what_it_took_off_and_asks_for_nothing() {
    let mut explorer = inspecting();
    let effects = paste(&mut explorer, &format!("Authorization: Bearer {A1}\n"));
    assert!(effects.is_empty(), "{effects:?}");
    let subject = explorer.state.inspect.subject.as_ref().unwrap();
    assert_eq!((subject.token.raw().reveal(), &subject.whence), (A1, &Whence::Pasted));
    let words = explorer.last_words();
    assert!(words.contains("taken off") && words.contains("the scheme Bearer"), "{words}");
    assert_eq!(subject.judged.verdict.valid, None);
    paste(&mut explorer, &of_issuer("http://localhost:8001/realms/myorg"));
    assert_eq!(explorer.state.inspect.before.as_ref().map(|before| before.token.raw().reveal()), Some(A1));
    paste(&mut explorer, "  \n");
    assert!(explorer.last_words().contains("nothing in it"));
    assert!(explorer.state.inspect.subject.is_some());
}

#[test]
fn the_token_in_hand_brings_its_verdict() {
    let mut explorer = Explorer::demo();
    explorer.press("J");
    assert!(explorer.last_words().contains("no token yet"));
    assert_eq!(explorer.state.screen, Screen::Explore);
    let held = explorer.fetch_token();
    explorer.press("J");
    let subject = explorer.state.subject().unwrap();
    assert_eq!(subject.token.raw(), held.token.raw());
    assert_eq!(subject.whence, Whence::Profile("tester".into()));
    assert_eq!(explorer.state.screen, Screen::Inspect);
    explorer.press("J");
    assert!(explorer.state.inspect.before.is_none(), "the same token again is no other one");
}

#[test]
fn a_token_is_typed_or_read_from_a_file() {
    let mut explorer = inspecting();
    explorer.press("P");
    explorer.type_text("@tokens/a.jwt");
    let effects = explorer.send(Message::Key(key("Enter")));
    assert!(matches!(effects.as_slice(), [Effect::ReadToken { path }] if path.ends_with("a.jwt")), "{effects:?}");
    explorer.send(Message::TokenRead { path: "tokens/a.jwt".into(), text: Ok(Secret::new(A1)) });
    assert_eq!(explorer.state.subject().unwrap().whence, Whence::File("tokens/a.jwt".into()));
    explorer.send(Message::TokenRead { path: "gone".into(), text: Err("no such file".into()) });
    assert!(explorer.last_words().contains("gone could not be read"));
    explorer.press("P Enter");
    assert!(matches!(explorer.popup(), Some(Popup::Form(_))), "an empty field stays");
    explorer.type_text("opaque");
    explorer.press("Enter");
    assert_eq!(explorer.state.subject().unwrap().token.kind(), &Kind::Opaque);
}

#[test]
fn an_issuer_of_the_profiles_is_asked_at_once_any_other_host_after_a_yes() {
    let mut explorer = inspecting();
    paste(&mut explorer, &of_issuer("http://localhost:8001/realms/myorg"));
    let effects = explorer.press("K Enter");
    assert!(matches!(asked(&effects), Some((_, KeysFrom::Profile(_)))), "{effects:?}");

    paste(&mut explorer, &of_issuer("https://elsewhere.example/realms/x"));
    let effects = explorer.press("K Enter");
    assert!(asked(&effects).is_none());
    let Some(Popup::Inspect(InspectPopup::Consent(consent))) = explorer.popup() else { panic!() };
    assert_eq!(consent.host, "elsewhere.example");
    explorer.press("Esc");
    assert!(explorer.state.inspect.verifying.is_none() && explorer.popup().is_none());
    explorer.press("K Enter");
    let effects = explorer.press("Enter");
    assert!(matches!(asked(&effects), Some((_, KeysFrom::Issuer(_)))), "{effects:?}");
    let effects = explorer.press("K Enter");
    assert!(asked(&effects).is_some(), "a host is asked about once");
}

#[test]
fn a_file_that_is_not_trusted_vouches_for_nobody() {
    let mut explorer = inspecting();
    explorer.state.origin.untrusted = Some(crate::config::trust::Facts::default());
    paste(&mut explorer, &of_issuer("http://localhost:8001/realms/myorg"));
    assert!(asked(&explorer.press("K Enter")).is_none());
    assert!(matches!(explorer.popup(), Some(Popup::Inspect(InspectPopup::Consent(_)))));
}

#[test]
fn a_key_that_is_pasted_judges_at_once() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("K Left Tab");
    paste(&mut explorer, A1_KEY);
    let effects = explorer.press("Enter");
    assert!(effects.is_empty(), "{effects:?}");
    let judged = &explorer.state.subject().unwrap().judged;
    assert_eq!(judged.verdict.valid, Some(false), "it ended in 2011");
    assert!(
        judged.verdict.checks.iter().any(|check| check.name.as_str() == "signature" && check.outcome == Outcome::Pass)
    );
    assert_eq!(explorer.state.inspect.set.as_ref().map(|set| set.len()), Some(1));
    // Nothing of it is a key: said at its field.
    explorer.press("K Left Tab");
    paste(&mut explorer, "{\"a\":1}");
    explorer.press("Enter");
    assert!(matches!(explorer.popup(), Some(Popup::Form(form)) if form.has_errors()));
}

fn verdict(token: &Token, explorer: &Explorer) -> Judgement {
    let set = crate::jwt::KeySet::from_file_contents(A1_KEY.as_bytes()).unwrap();
    let policy = Policy::default();
    let verdict = verify(token, KeySource::Keys(&set), &policy, explorer.state.now);
    Judgement { verdict, keys: KeysAt::Here("a test".into()), set: Some(Arc::new(set)), policy, findings: Vec::new() }
}

#[test]
fn a_verdict_that_comes_late_is_dropped() {
    let mut explorer = inspecting();
    paste(&mut explorer, &of_issuer("http://localhost:8001/realms/myorg"));
    let (run, _) = asked(&explorer.press("K Enter")).unwrap();
    assert_eq!(explorer.state.running(), 1);
    paste(&mut explorer, A1);
    let late = verdict(&Token::read(A1), &explorer);
    explorer.send(Message::Judged { run, result: Ok(late) });
    assert!(matches!(explorer.state.subject().unwrap().judged.keys, KeysAt::Nowhere));
    // Esc drops one that is under way.
    paste(&mut explorer, &of_issuer("http://localhost:8001/realms/myorg"));
    let (run, _) = asked(&explorer.press("K Enter")).unwrap();
    let effects = explorer.press("Esc");
    assert!(matches!(effects.as_slice(), [Effect::Cancel(cancelled)] if *cancelled == run), "{effects:?}");
}

#[test]
fn the_verdict_goes_with_the_time() {
    let mut explorer = inspecting();
    explorer.state.now = "2011-03-22T18:42:50Z".parse().unwrap();
    paste(&mut explorer, A1);
    explorer.press("K Left Tab");
    paste(&mut explorer, A1_KEY);
    explorer.press("Enter");
    let judged = |explorer: &Explorer| explorer.state.subject().unwrap().judged.verdict.clone();
    assert_eq!(judged(&explorer).valid, Some(true), "{:?}", judged(&explorer).checks);
    let changes = judged(&explorer).changes_at.unwrap();
    explorer.state.now = changes;
    explorer.send(Message::Wake);
    assert_eq!(judged(&explorer).valid, Some(false));
    assert!(judged(&explorer).key.is_some(), "what was found about the key stays");
}

#[test]
fn no_key_means_not_checked_and_can_be_chosen() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("K Left Tab");
    paste(&mut explorer, A1_KEY);
    explorer.press("Enter K Right Enter");
    let subject = explorer.state.subject().unwrap();
    assert_eq!(subject.judged.verdict.valid, None);
    assert_eq!(rows::inspect::headline(&explorer.state, subject).0, "NOT CHECKED");
}

#[test]
fn tabs_and_times_go_round_by_key() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("Right Right");
    assert_eq!(explorer.state.inspect.content_tab, ContentTab::Facts);
    explorer.press("Left Left Left Tab Right");
    assert_eq!(explorer.state.inspect.content_tab, ContentTab::Claims);
    assert_eq!(explorer.state.inspect.trust_tab, TrustTab::Findings);
    let exp = |explorer: &Explorer| {
        let rows = rows::rows(&explorer.state, Pane::Inspect(InspectPane::Content), 0..9);
        rows.into_iter().find(|row| row.cells[0] == "exp").unwrap().cells[2].clone()
    };
    let mut seen = vec![exp(&explorer)];
    for times in [Times::Relative, Times::Utc, Times::Local, Times::Seconds] {
        explorer.press("C");
        assert_eq!(explorer.state.inspect.times, times);
        seen.push(exp(&explorer));
    }
    assert_eq!(seen[1..3], ["15 years 250 d ago", "2011-03-22 18:43:00 UTC"]);
    assert_eq!(seen[4], "1300819380");
}

#[test]
fn what_belongs_to_the_other_screen_says_so() {
    let mut explorer = inspecting();
    for name in ["t", "2", "a", "s", "x", "d"] {
        assert!(explorer.press(name).is_empty());
        let words = explorer.last_words();
        assert!(words.contains("Explore screen"), "{name}: {words}");
    }
    explorer.press("K");
    assert!(explorer.last_words().contains("no token here yet"));
    explorer.press("g e K");
    assert!(explorer.last_words().contains("Inspect screen"));
}

#[test]
fn the_copy_menu_is_about_the_token_under_inspection() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    let text = |effects: Vec<Effect>| match effects.into_iter().next() {
        Some(Effect::Copy { text, .. } | Effect::Write { text, .. }) => text.reveal().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(text(explorer.press("y t")), A1);
    assert_eq!(text(explorer.press("y h")), format!("Authorization: Bearer {A1}"));
    assert_eq!(text(explorer.press("y H")), "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\"}");
    assert!(text(explorer.press("y j")).contains("\"exp\":1300819380,\r\n"), "exactly as signed");
    assert_eq!(text(explorer.press("y w")), A1);
    explorer.press("Down Down Down Down");
    assert_eq!(text(explorer.press("y v")), "joe");
    explorer.press("Shift-Tab Down Down");
    assert_eq!(text(explorer.press("y v")), A1.split('.').nth(1).unwrap());
}

#[test]
fn what_is_under_the_cursor_is_explained() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("Down Down Down Down i");
    let Some(Popup::Explain(explained)) = explorer.popup() else { panic!() };
    assert!(explained.title == "iss" && explained.lines.concat().contains("RFC 7519 4.1.1"), "{explained:?}");
    explorer.press("Esc Tab Down i");
    let Some(Popup::Explain(explained)) = explorer.popup() else { panic!() };
    assert_eq!(explained.title, "signature");
    explorer.press("Esc Right i");
    let Some(Popup::Explain(explained)) = explorer.popup() else { panic!() };
    assert!(explained.title.contains("no-aud"), "{explained:?}");
}

#[test]
fn a_member_of_a_claim_is_explained_and_shown_with_its_meaning() {
    let mut explorer = inspecting();
    // {"alg":"RS256"} and {"cnf":{"jkt":"x"}}
    paste(&mut explorer, "eyJhbGciOiJSUzI1NiJ9.eyJjbmYiOnsiamt0IjoieCJ9fQ.c2ln");
    explorer.press("Down Down Down Down");
    let row = rows::current(&explorer.state, Pane::Inspect(InspectPane::Content)).unwrap();
    assert!(row.cells.concat().contains("DPoP proofs") && row.cells.concat().contains("RFC 9449 6.1"), "{row:?}");
    explorer.press("i");
    let Some(Popup::Explain(explained)) = explorer.popup() else { panic!() };
    assert!(explained.title == "jkt" && explained.lines.join(" ").contains("RFC 9449 6.1"), "{explained:?}");
}

#[test]
fn pem_within_a_pasted_jwk_is_not_taken_for_the_key() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("K Left Tab");
    let pem = include_str!("../../../jwt/testdata/rsa.pub.pem");
    paste(&mut explorer, &serde_json::json!([{"kty": "RSA", "use": "enc", "pem": pem}]).to_string());
    explorer.press("Enter");
    assert!(matches!(explorer.popup(), Some(Popup::Form(form)) if form.has_errors()));
}

#[test]
fn a_leeway_that_is_no_number_is_said_at_its_field() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("K Left Tab");
    paste(&mut explorer, A1_KEY);
    explorer.press("Tab");
    explorer.type_text("joe");
    explorer.press("Tab Tab");
    explorer.type_text("x");
    explorer.press("Enter");
    assert!(matches!(explorer.popup(), Some(Popup::Form(form)) if form.has_errors()));
    explorer.press("Backspace");
    explorer.type_text("31536001");
    explorer.press("Enter");
    assert!(matches!(explorer.popup(), Some(Popup::Form(form)) if form.has_errors()), "more than a year");
    explorer.press("Backspace Backspace Backspace Backspace Backspace Backspace Backspace Backspace");
    explorer.type_text("5");
    explorer.press("Enter");
    let policy = &explorer.state.subject().unwrap().judged.policy;
    assert_eq!((policy.leeway, policy.issuer.as_deref()), (5, Some("joe")), "it was 0, then 05");
}

#[test]
fn the_page_of_an_issuer_is_fetched_as_carefully_as_its_keys() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    assert!(explorer.press("A").is_empty());
    assert!(explorer.last_words().contains("no issuer that could be asked"));
    paste(&mut explorer, &of_issuer("http://localhost:8001/realms/myorg"));
    let effects = explorer.press("A");
    assert!(matches!(effects.as_slice(), [Effect::ProviderPage { of: ProviderOf::Profile(_), .. }]), "{effects:?}");
    paste(&mut explorer, &of_issuer("https://elsewhere.example/realms/x"));
    assert!(explorer.press("A").is_empty());
    let effects = explorer.press("Enter");
    let [Effect::ProviderPage { run, of: ProviderOf::Issuer(_) }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(explorer.state.inspect.trust_tab, TrustTab::Provider);
    explorer.send(Message::ProviderPage { run: *run, result: Err("Nothing listens there.".into()) });
    assert!(explorer.last_words().contains("Nothing listens"));
    explorer.send(Message::ProviderPage { run: *run, result: Err("Late.".into()) });
    assert!(!explorer.last_words().contains("Late"), "what comes late is dropped");
}

#[test]
fn a_token_is_made_signed_marked_and_known_again() {
    let mut explorer = inspecting();
    explorer.press("S");
    assert!(explorer.state.is_typing());
    explorer.press("{ Ctrl-S");
    assert!(explorer.last_words().contains("cannot be signed yet"), "{}", explorer.last_words());
    explorer.press("Backspace Esc S Ctrl-S");
    assert!(matches!(explorer.popup(), Some(Popup::Form(_))), "the draft was kept, and is sound again");
    let effects = explorer.press("Enter");
    let Some(Effect::Sign { run, mut draft, by: SignBy::With(SignWith::New(alg)) }) = effects.into_iter().next() else {
        panic!()
    };
    let key = Arc::new(SigningKey::generate(&alg).unwrap());
    draft.resolve_times(explorer.state.now).unwrap();
    draft.fit(&key).unwrap();
    let token = sign(&draft, &key).unwrap();
    explorer.send(Message::Signed { run, result: Ok(Signed { token: token.clone(), key }) });
    assert!(explorer.popup().is_none() && explorer.last_words().contains("MADE HERE"), "{}", explorer.last_words());
    let subject = explorer.state.subject().unwrap();
    assert_eq!((&subject.whence, subject.judged.verdict.valid), (&Whence::Made, Some(true)));
    // Pasted later, it is still known as one that was made here.
    paste(&mut explorer, A1);
    paste(&mut explorer, token.reveal());
    assert_eq!(explorer.state.subject().unwrap().whence, Whence::Made);
    assert!(explorer.last_words().contains("MADE HERE"));
    // The next one begins with this one's claims, and the key is there again.
    explorer.press("S Ctrl-S");
    let effects = explorer.press("Enter");
    assert!(matches!(effects.as_slice(), [Effect::Sign { by: SignBy::Again(_), .. }]), "{effects:?}");
    explorer.send(Message::Signed { run, result: Err("late".into()) });
    assert!(!explorer.last_words().contains("late"));
}

#[test]
fn a_short_secret_is_told_of_a_token_that_was_just_made() {
    let mut explorer = inspecting();
    explorer.press("S Ctrl-S Right Right Tab");
    let key = Arc::new(SigningKey::from_secret(&Secret::new("sixteen letters!")).unwrap());
    explorer.type_text("sixteen letters!");
    let effects = explorer.press("Enter");
    let [Effect::Sign { run, draft, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let (run, mut draft) = (*run, draft.clone());
    draft.fit(&key).unwrap();
    draft.resolve_times(explorer.state.now).unwrap();
    let token = sign(&draft, &key).unwrap();
    explorer.send(Message::Signed { run, result: Ok(Signed { token, key }) });
    let findings = &explorer.state.subject().unwrap().findings;
    assert!(findings.iter().any(|finding| finding.id == "secret-short"), "{findings:?}");
}

#[test]
fn the_editor_takes_the_text_that_has_the_keys_and_gives_it_back() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("S");
    let effects = explorer.press("Ctrl-O");
    let [Effect::EditText { text }] = effects.as_slice() else { panic!("{effects:?}") };
    assert!(text.reveal().contains("\"exp\":1300819380"), "{}", text.reveal());
    explorer.send(Message::Edited(Secret::new("{\"sub\":\"me\"}\n")));
    let Some(Popup::Inspect(InspectPopup::Maker(maker))) = explorer.popup() else { panic!() };
    assert_eq!(maker.draft().claims, "{\"sub\":\"me\"}");
    paste(&mut explorer, "\u{1b}x\r\ny");
    let Some(Popup::Inspect(InspectPopup::Maker(maker))) = explorer.popup() else { panic!() };
    assert!(maker.draft().claims.starts_with("x\ny"), "{}", maker.draft().claims);
}

#[test]
fn a_token_is_compared_with_the_one_before_and_with_those_of_profiles() {
    let mut explorer = inspecting();
    paste(&mut explorer, A1);
    explorer.press("=");
    assert!(explorer.last_words().contains("no other token"));
    explorer.press("g e");
    explorer.fetch_token();
    explorer.press("g i");
    paste(&mut explorer, &of_issuer("https://elsewhere.example"));
    explorer.press("=");
    let Some(Popup::Inspect(InspectPopup::Compare(compare))) = explorer.popup() else { panic!() };
    assert_eq!(compare.choices.len(), 2);
    explorer.press("Down Enter");
    assert_eq!(explorer.state.inspect.content_tab, ContentTab::Difference);
    let [other, _] = explorer.state.inspect.sides().unwrap();
    assert!(other.ends_with("of tester"), "{other}");
    let rows = rows::rows(&explorer.state, Pane::Inspect(InspectPane::Content), 0..50);
    assert!(rows.iter().any(|row| row.cells.first().is_some_and(|name| name == "iss")), "{rows:?}");
}

#[test]
fn the_mouse_goes_to_the_screen_the_pane_and_the_tab_it_points_at() {
    use crate::tui::state::Target;
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mut explorer = Explorer::demo();
    let click = |explorer: &mut Explorer, target| {
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(120, 36)).unwrap();
        terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
        let area = explorer.state.seen.area(target).unwrap();
        let kind = MouseEventKind::Down(MouseButton::Left);
        let event = MouseEvent { kind, column: area.x, row: area.y, modifiers: KeyModifiers::NONE };
        explorer.send(Message::Mouse(event));
    };
    click(&mut explorer, Target::Action(Action::Inspect));
    assert_eq!(explorer.state.screen, Screen::Inspect);
    paste(&mut explorer, A1);
    let (content, trust) = (Pane::Inspect(InspectPane::Content), Pane::Inspect(InspectPane::Trust));
    click(&mut explorer, Target::Tab(trust, 1));
    assert_eq!((explorer.state.focus, explorer.state.inspect.trust_tab), (trust, TrustTab::Findings));
    click(&mut explorer, Target::Tab(content, 1));
    assert_eq!((explorer.state.focus, explorer.state.inspect.content_tab), (content, ContentTab::Json));
    click(&mut explorer, Target::Row(content, 2));
    assert_eq!(rows::cursor(&explorer.state, content), 2);
    click(&mut explorer, Target::Action(Action::Explore));
    assert_eq!(explorer.state.screen, Screen::Explore);
}
