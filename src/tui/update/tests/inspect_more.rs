//! The Inspect screen beyond one token: several in a paste, what was asked for, whom to ask, a provider alone, and keys
//! made here.

use std::sync::Arc;

use super::{Explorer, inspect::paste};
use crate::engine::ProviderOf;
use crate::jwt::{Draft, KeySet, KeySource, Policy, SigningKey, Token, sign, verify};
use crate::tui::effect::{Effect, SignBy};
use crate::tui::message::Message;
use crate::tui::rows;
use crate::tui::state::{Against, InspectPane, InspectPopup, Judged, KeysAt, Pane, Popup, Screen, Signed, TrustTab};

const A: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.";
const B: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJiIn0.";

fn inspecting() -> Explorer {
    let mut explorer = Explorer::demo();
    explorer.press("g i");
    explorer
}

fn page_of(effects: &[Effect]) -> Option<&ProviderOf> {
    effects.iter().find_map(|effect| match effect {
        Effect::ProviderPage { of, .. } => Some(of),
        _ => None,
    })
}

fn subject(explorer: &Explorer) -> &str {
    explorer.state.subject().map(|subject| subject.token.raw().reveal()).unwrap_or_default()
}

#[test]
fn tokens_of_one_paste_are_gone_through_by_one_key() {
    let mut explorer = inspecting();
    paste(&mut explorer, A);
    assert!(explorer.state.inspect.together.place().is_none());
    explorer.press("w");
    assert!(explorer.last_words().contains("came alone"), "{}", explorer.last_words());
    paste(&mut explorer, &format!("{{\"access_token\":\"{A}\",\"refresh_token\":\"opaque\",\"id_token\":\"{B}\"}}"));
    assert!(explorer.last_words().contains("the first of 3 (w shows the next)"), "{}", explorer.last_words());
    assert_eq!((subject(&explorer), explorer.state.inspect.together.place()), (A, Some((1, 3, "access_token"))));
    explorer.press("w");
    assert_eq!((subject(&explorer), explorer.state.inspect.together.place()), (B, Some((2, 3, "id_token"))));
    // The others can be compared with.
    explorer.press("=");
    let Some(Popup::Inspect(InspectPopup::Compare(menu))) = explorer.popup() else { panic!() };
    let words: Vec<&str> = menu.choices.iter().map(|(words, _)| words.as_str()).collect();
    assert!(
        words.len() == 2 && words[0].contains("the one before") && words[1].contains("as refresh_token"),
        "{words:?}"
    );
    explorer.press("Esc w w");
    assert_eq!(subject(&explorer), A, "round the end");
    paste(&mut explorer, B);
    assert!(explorer.state.inspect.together.place().is_none(), "another paste forgets them");
}

#[test]
fn a_profiles_token_is_held_against_what_was_asked_for() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.press("J =");
    let Some(Popup::Inspect(InspectPopup::Compare(menu))) = explorer.popup() else { panic!() };
    assert_eq!(menu.choices.last().map(|(words, _)| words.as_str()), Some("what tester asked for"));
    explorer.press("End Enter");
    assert!(matches!(explorer.state.inspect.against, Some(Against::Asked { .. })));
    let rows = rows::rows(&explorer.state, Pane::Inspect(InspectPane::Content), 0..50);
    let heading = &rows[0].cells;
    assert!(heading[1] == "asked for by tester" && heading[2].starts_with("granted as #"), "{heading:?}");
    let scope = rows.iter().find(|row| row.cells[0] == "scope").unwrap();
    assert_eq!(scope.cells[1..], ["test_api_access".to_owned(), "+ profile  + email  (1 the same)".to_owned()]);
    // Another token is not what that profile asked for.
    paste(&mut explorer, A);
    explorer.press("=");
    let Some(Popup::Inspect(InspectPopup::Compare(menu))) = explorer.popup() else { panic!() };
    assert!(menu.choices.iter().all(|(_, against)| matches!(against, Against::Token(_))));
}

#[test]
fn any_token_is_asked_about_once_a_person_says_by_whom() {
    let mut explorer = inspecting();
    explorer.press("I");
    assert!(explorer.last_words().contains("no token here yet"), "{}", explorer.last_words());
    paste(&mut explorer, "an-opaque-token");
    explorer.press("]");
    assert!(explorer.press("I").is_empty(), "the choice comes first");
    let Some(Popup::Inspect(InspectPopup::Introspect(menu))) = explorer.popup() else { panic!() };
    let names: Vec<&str> = menu.choices.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names[..2], ["tester-no-scope", "tester"], "the selected one first");
    let effects = explorer.press("Down Enter");
    let [Effect::Introspect { profile, token, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((profile.as_str(), token.raw().reveal()), ("tester", "an-opaque-token"));
    assert!(matches!(explorer.popup(), Some(Popup::Act(_))));
    // The one in hand needs no choice: the profile that got it asks.
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.press("J");
    let effects = explorer.press("I");
    assert!(matches!(effects.as_slice(), [Effect::Act { .. }]), "{effects:?}");
}

#[test]
fn a_provider_is_looked_at_without_a_token() {
    let mut explorer = Explorer::demo();
    let effects = explorer.press("A");
    assert_eq!(page_of(&effects), Some(&ProviderOf::Profile("tester".into())));
    assert_eq!((explorer.state.screen, explorer.state.inspect.trust_tab), (Screen::Inspect, TrustTab::Provider));
    // An opaque token names nobody: the selected profile's provider again.
    paste(&mut explorer, "an-opaque-token");
    assert_eq!(page_of(&explorer.press("A")), Some(&ProviderOf::Profile("tester".into())));
}

#[test]
fn an_address_that_is_pasted_or_typed_is_asked_only_after_a_yes() {
    let mut explorer = inspecting();
    let address = "https://sso.example/realms/a/.well-known/openid-configuration";
    assert!(paste(&mut explorer, address).is_empty());
    let Some(Popup::Inspect(InspectPopup::Consent(consent))) = explorer.popup() else { panic!() };
    assert_eq!((consent.host.as_str(), consent.url.as_str()), ("sso.example", "https://sso.example/realms/a"));
    assert_eq!(page_of(&explorer.press("Enter")), Some(&ProviderOf::Issuer("https://sso.example/realms/a".into())));
    // One of the profiles' issuers, too: a paste alone causes no request.
    assert!(paste(&mut explorer, "http://localhost:8001/realms/myorg").is_empty());
    assert!(matches!(explorer.popup(), Some(Popup::Inspect(InspectPopup::Consent(_)))));
    explorer.press("Esc P");
    explorer.type_text("http://localhost:8001/realms/myorg");
    assert!(page_of(&explorer.press("Enter")).is_some(), "typed, and vouched for by a profile");
    // An address with a token in it is a callback.
    paste(&mut explorer, &format!("http://localhost/cb#access_token={A}"));
    assert_eq!(subject(&explorer), A);
}

#[test]
fn the_key_that_signed_is_copied_and_kept() {
    let mut explorer = inspecting();
    paste(&mut explorer, A);
    explorer.press("y s");
    assert!(explorer.last_words().contains("Nothing was signed here yet"), "{}", explorer.last_words());
    explorer.press("y k");
    assert!(explorer.last_words().contains("no public key"), "{}", explorer.last_words());
    explorer.press("S Ctrl-S");
    let effects = explorer.press("Enter");
    let [Effect::Sign { run, draft, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    let key = Arc::new(SigningKey::generate("ES256").unwrap());
    let mut draft: Draft = draft.clone();
    draft.fit(&key).unwrap();
    let token = sign(&draft, &key).unwrap();
    explorer.send(Message::Signed { run: *run, result: Ok(Signed { token, key: Arc::clone(&key) }) });
    let copied = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::Copy { text, .. } | Effect::Write { text, .. }] => text.reveal().to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(copied(explorer.press("y s")), key.saved().reveal());
    assert_eq!(copied(explorer.press("y S")), key.saved().reveal());
    let jwk: serde_json::Value = serde_json::from_str(&copied(explorer.press("y k"))).unwrap();
    assert!(jwk["kty"] == "EC" && jwk.get("d").is_none(), "{jwk}");
    assert!(copied(explorer.press("y p")).starts_with("-----BEGIN PUBLIC KEY-----"));
    // What it kept reads as the same key.
    let again = SigningKey::from_contents(key.saved().reveal().as_bytes()).unwrap();
    assert_eq!(again.verifying().thumbprint, key.verifying().thumbprint);
}

#[test]
fn a_key_that_cannot_be_read_is_said_and_one_pasted_into_one_line_is_read() {
    let mut explorer = inspecting();
    let key = SigningKey::generate("ES256").unwrap();
    let mut draft = Draft::of_claims("{}");
    draft.fit(&key).unwrap();
    paste(&mut explorer, sign(&draft, &key).unwrap().reveal());
    let mut verdict = |pem: &str| {
        explorer.press("K Right Tab");
        paste(&mut explorer, pem);
        explorer.press("Enter");
        let subject = explorer.state.subject().unwrap();
        let (word, _, beside) = rows::inspect::headline(&explorer.state, subject);
        (word, beside)
    };
    let (word, beside) = verdict("-----BEGIN PUBLIC KEY----- AAAA -----END PUBLIC KEY-----");
    assert_eq!(word, "NOT CHECKED");
    assert!(beside.contains("the key cannot be used") && beside.contains("no DER"), "{beside}");
    let pem = key.verifying().pem().unwrap();
    for line in [pem.replace('\n', " "), pem.replace('\n', "\\n")] {
        assert_eq!(verdict(&line).0, "VALID", "{line}");
    }
}

#[test]
fn a_verdict_that_rests_on_some_of_the_keys_stays_open_as_time_goes() {
    let explorer = inspecting();
    let (key, other) = (SigningKey::generate("Ed25519").unwrap(), SigningKey::generate("Ed25519").unwrap());
    let nameless = |key: &SigningKey| {
        let mut jwk = key.verifying().jwk().unwrap();
        jwk.as_object_mut().unwrap().remove("kid");
        jwk
    };
    let mut keys = vec![nameless(&other); 64];
    keys.push(nameless(&key));
    let set = KeySet::from_file_contents(serde_json::json!({ "keys": keys }).to_string().as_bytes()).unwrap();
    let now = explorer.state.now;
    let mut draft = Draft::of_claims(format!("{{\"nbf\":{}}}", now.as_second() + 60));
    draft.fit(&key).unwrap();
    let token = Token::of(&sign(&draft, &key).unwrap());
    let verdict = verify(&token, KeySource::Keys(&set), &Policy::default(), now);
    assert_eq!(verdict.valid, Some(false), "it has not begun");
    let mut judged = Judged::of(verdict, KeysAt::Here("a test".into()), Policy::default(), now);
    judged.refresh(&token, now + jiff::SignedDuration::from_secs(61));
    assert_eq!(judged.verdict.valid, None, "nothing says that it is valid");
}

#[test]
fn keys_that_come_late_do_not_take_the_place_of_those_chosen_since() {
    let mut explorer = inspecting();
    let issuer = "http://localhost:8001/realms/myorg";
    let part = |json: &str| base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE_NO_PAD, json);
    let claims = format!("{{\"iss\":\"{issuer}\",\"exp\":1900000000}}");
    paste(&mut explorer, &format!("{}.{}.c2ln", part(r#"{"alg":"RS256"}"#), part(&claims)));
    explorer.press("K");
    assert!(explorer.press("Enter").iter().any(|effect| matches!(effect, Effect::Verify { .. })));
    assert!(explorer.state.inspect.verifying.is_some());
    // Meanwhile "none" is chosen, the last of the sources.
    explorer.press("K Right Right Right Right");
    let chosen = explorer.press("Enter");
    assert!(matches!(chosen.as_slice(), [Effect::Cancel(_)]), "{chosen:?}");
    assert!(explorer.state.inspect.verifying.is_none());
    assert!(explorer.state.subject().is_some_and(|subject| subject.judged.verdict.valid.is_none()));
}

#[test]
fn what_is_no_token_does_not_take_the_place_of_one() {
    let mut explorer = inspecting();
    paste(&mut explorer, A);
    for (text, words) in [
        ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "a PEM block (PRIVATE KEY)"),
        ("curl -u admin:hunter2 https://api.example", "a curl command without a token"),
        (r#"{"error":"invalid_grant","error_description":"Code not valid"}"#, "invalid_grant: Code not valid"),
        ("https://app.example/cb?error=access_denied&state=x", "a callback address with an error, access_denied"),
        ("https://app.example/cb?code=abc", "a callback address with a code"),
    ] {
        assert!(paste(&mut explorer, text).is_empty());
        let said = explorer.last_words();
        assert!(said.contains(words) && said.contains("stays as it was") && !said.contains("hunter2"), "{said}");
        assert!(subject(&explorer) == A && explorer.popup().is_none(), "{text}");
    }
}

#[test]
fn a_private_key_is_pasted_where_its_file_can_be_named_and_never_repeated() {
    let mut explorer = inspecting();
    let key = SigningKey::generate("ES256").unwrap();
    let sign_with = |explorer: &mut Explorer, text: &str| {
        explorer.press("S Ctrl-S Right Tab");
        paste(explorer, text);
        explorer.press("Enter")
    };
    let effects = sign_with(&mut explorer, key.saved().reveal());
    let [Effect::Sign { by: SignBy::Again(pasted), .. }] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(pasted.verifying().thumbprint, key.verifying().thumbprint);
    let mut explorer = inspecting();
    assert!(sign_with(&mut explorer, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----").is_empty());
    assert!(matches!(explorer.popup(), Some(Popup::Form(_))), "what is wrong is said at its field");
    assert!(!explorer.last_words().contains("c2VjcmV0"));
}

#[test]
fn why_a_page_could_not_be_had_stays_on_the_screen() {
    let mut explorer = Explorer::demo();
    let effects = explorer.press("A");
    let [Effect::ProviderPage { run, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    explorer.send(Message::ProviderPage { run: *run, result: Err("Nothing listens there.".into()) });
    let rows = rows::rows(&explorer.state, Pane::Inspect(InspectPane::Trust), 0..9);
    assert_eq!(rows[0].cells, ["Nothing listens there."]);
}

#[test]
fn nothing_is_explained_by_nothing() {
    let mut explorer = inspecting();
    paste(&mut explorer, A);
    // On the heading of the header.
    explorer.press("i");
    assert!(explorer.popup().is_none() && explorer.last_words().contains("nothing to explain"));
    explorer.press("Tab Right i");
    assert!(explorer.popup().is_some());
}

#[test]
fn a_form_whose_file_cannot_be_read_comes_back_with_what_was_typed() {
    let mut explorer = inspecting();
    explorer.press("P");
    explorer.type_text("@nope.jwt");
    assert!(matches!(explorer.press("Enter").as_slice(), [Effect::ReadToken { .. }]));
    explorer.send(Message::TokenRead { path: "nope.jwt".into(), text: Err("No such file".into()) });
    let Some(Popup::Form(form)) = explorer.popup() else { panic!() };
    assert_eq!(form.text("token"), "@nope.jwt");
    explorer.press("Esc");
    paste(&mut explorer, A);
    explorer.press("K Right Tab");
    explorer.type_text("nope.pem");
    let effects = explorer.press("Enter");
    let [Effect::Verify { run, .. }] = effects.as_slice() else { panic!("{effects:?}") };
    explorer.send(Message::Judged { run: *run, result: Err("nope.pem: No such file.".into()) });
    let Some(Popup::Form(form)) = explorer.popup() else { panic!() };
    assert_eq!((form.text("key"), form.chosen("source")), ("nope.pem", 2));
}
