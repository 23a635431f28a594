//! The Inspect screen in every situation worth a picture.

use serde_json::{Value, json};

use super::stage::Stage;
use crate::tui::message::Message;
use crate::tui::update::update;

/// RFC 7515 A.1: HS256, its header and payload with line breaks inside.
const RFC7515_A1: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const RFC7515_A1_KEY: &str =
    r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;

pub(super) fn paste(stage: &mut Stage, text: &str) {
    update(&mut stage.state, Message::Paste(text.to_owned()));
}

/// A token of this header and these claims, which nobody signed.
pub(super) fn unsigned(header: &Value, claims: &Value) -> String {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
}

fn at_sizes(name: &str, stage: &mut Stage) {
    for (width, height) in [(120, 36), (80, 24), (60, 16), (200, 60)] {
        insta::assert_snapshot!(format!("inspect_{name}_{width}x{height}"), stage.text(width, height));
    }
}

#[test]
fn nothing_yet() {
    at_sizes("nothing", Stage::new().press("g i"));
}

#[test]
fn the_token_in_hand() {
    at_sizes("in_hand", Stage::new().press("t J").wait(4));
}

#[test]
fn a_pasted_token_and_every_tab_of_it() {
    let mut stage = Stage::new();
    stage.press("g i");
    paste(&mut stage, &format!("Authorization: Bearer {RFC7515_A1}\n"));
    at_sizes("pasted", &mut stage);
    for name in ["json", "facts", "difference"] {
        stage.press("Right");
        insta::assert_snapshot!(format!("inspect_tab_{name}"), stage.text(120, 36));
    }
    stage.press("Tab");
    for name in ["findings", "keys", "provider"] {
        stage.press("Right");
        insta::assert_snapshot!(format!("inspect_tab_{name}"), stage.text(120, 36));
    }
}

#[test]
fn verified_with_a_key_that_was_pasted() {
    let mut stage = Stage::new();
    stage.press("g i");
    paste(&mut stage, RFC7515_A1);
    stage.press("K");
    insta::assert_snapshot!("inspect_keys_form", stage.text(120, 36));
    stage.press("Left Tab");
    paste(&mut stage, RFC7515_A1_KEY);
    stage.press("Enter");
    at_sizes("verified", &mut stage);
}

#[test]
fn a_host_that_no_profile_names_is_asked_about() {
    let mut stage = Stage::new();
    stage.press("g i");
    let claims = json!({"iss": "https://login.elsewhere.example/realms/shop", "exp": 1_900_000_000_i64});
    paste(&mut stage, &unsigned(&json!({"alg": "RS256", "kid": "k1"}), &claims));
    stage.press("K Enter");
    insta::assert_snapshot!("inspect_consent_120x36", stage.text(120, 36));
    insta::assert_snapshot!("inspect_consent_60x16", stage.text(60, 16));
}

#[test]
fn what_is_no_signed_token() {
    let mut stage = Stage::new();
    stage.press("g i");
    paste(&mut stage, "an-opaque-token-of-another-provider");
    insta::assert_snapshot!("inspect_opaque", stage.text(120, 36));
    let header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
    paste(&mut stage, &format!("{header}.OKOawDo13gRp.48V1_ALb6US04U3b.5eym8TW_c8SuK0lt.XFBoMYUZodetZdvT"));
    insta::assert_snapshot!("inspect_jwe", stage.text(120, 36));
    paste(
        &mut stage,
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    );
    insta::assert_snapshot!("inspect_no_claims", stage.text(120, 36));
}

#[test]
fn in_ascii_and_without_colour() {
    let mut stage = Stage::new();
    (stage.state.look.ascii, stage.state.look.colour) = (true, false);
    stage.press("t J").wait(4);
    for (width, height) in [(120, 36), (80, 24)] {
        let text = stage.text(width, height);
        assert!(text.is_ascii(), "{}", text.chars().filter(|c| !c.is_ascii()).collect::<String>());
    }
    insta::assert_snapshot!("inspect_ascii", stage.text(120, 36));
    let buffer = stage.draw(120, 36);
    assert!(buffer.content.iter().all(|cell| (cell.fg, cell.bg) == Default::default()));
}

#[test]
fn zoomed() {
    let mut stage = Stage::new();
    stage.press("t J z");
    for name in ["content", "trust", "encoded"] {
        insta::assert_snapshot!(format!("inspect_zoom_{name}"), stage.text(100, 30));
        stage.press("Tab");
    }
}

#[test]
fn two_tokens_side_by_side_or_stacked() {
    let mut stage = Stage::new();
    stage.press("t ] t [ J");
    stage.press("=");
    insta::assert_snapshot!("inspect_compare_120x36", stage.text(120, 36));
    stage.press("Enter");
    at_sizes("difference", &mut stage);
}

#[test]
fn a_name_that_stands_twice_and_digits_that_no_number_keeps() {
    use base64::Engine as _;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;
    let part = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let claims = "{\"aud\":\"a\",\"n\":123456789012345678901234567890,\"aud\":\"b\",\"list\":[{\"x\":1.10},[]]}";
    let mut stage = Stage::new();
    stage.press("g i");
    paste(&mut stage, &format!("{}.{}.c2ln", part("{\"alg\":\"RS256\"}"), part(claims)));
    insta::assert_snapshot!("inspect_twice", stage.text(120, 36));
}

#[test]
fn the_keys_of_a_set() {
    let jwks = r#"{"keys":[
        {"kty":"OKP","crv":"Ed25519","kid":"2026-11","use":"sig","alg":"EdDSA","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty":"EC","crv":"P-256","kid":"old","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
        {"kty":"RSA","kid":"encrypts","use":"enc","n":"AQAB","e":"AQAB"}]}"#;
    let mut stage = Stage::new();
    stage.press("g i");
    paste(&mut stage, &unsigned(&json!({"alg": "EdDSA", "kid": "2026-11"}), &json!({"exp": 1_900_000_000_i64})));
    stage.press("K Right Tab");
    paste(&mut stage, jwks);
    stage.press("Enter Tab Right Right");
    at_sizes("keys", &mut stage);
}

/// What a provider said of itself, with a few things wrong.
pub(crate) fn page(stage: &crate::tui::state::State) -> std::sync::Arc<crate::engine::ProviderPage> {
    use crate::engine::{ProviderPage, PublishedKeys};
    use crate::exchange::{Completeness, Exchange, Request, Response};
    use crate::oauth::{Issuer, check_document, offers, read_document};
    let asked = Issuer::new("https://login.shop.example/realms/shop");
    let base = "https://login.shop.example/realms/shop";
    let document = json!({
        "issuer": base, "authorization_endpoint": format!("{base}/auth"), "token_endpoint": "http://login.shop.example/token",
        "jwks_uri": "https://keys.elsewhere.example/certs", "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "id_token_signing_alg_values_supported": ["RS256", "none"], "scopes_supported": ["openid", "profile"],
    });
    let response = Response {
        status: 200,
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: document.to_string().into_bytes(),
        completeness: Completeness::Whole,
    };
    let url = format!("{base}/.well-known/openid-configuration");
    let metadata = read_document(&url, &response).unwrap();
    let jwks = json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "kid": "k1", "use": "sig", "alg": "EdDSA", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty": "RSA", "kid": "encrypts", "use": "enc", "n": "AQAB", "e": "AQAB"},
    ]});
    let rows = crate::jwt::key_rows(jwks.to_string().as_bytes(), stage.now).unwrap();
    let exchange = Exchange {
        request: Request::new("GET", url),
        outcome: Ok(response),
        started: stage.now,
        elapsed: std::time::Duration::from_millis(12),
        to_head: None,
        notes: Vec::new(),
    };
    std::sync::Arc::new(ProviderPage {
        findings: check_document(&asked, &metadata),
        offers: offers(&metadata),
        asked,
        exchange: std::sync::Arc::new(exchange),
        metadata,
        keys: Ok(PublishedKeys { url: "https://keys.elsewhere.example/certs".into(), fetched: stage.now, rows }),
    })
}

#[test]
fn the_page_of_an_issuer() {
    use crate::tui::effect::Effect;
    let mut stage = Stage::new();
    stage.press("g i");
    let claims = json!({"iss": "https://login.shop.example/realms/shop", "exp": 1_900_000_000_i64});
    paste(&mut stage, &unsigned(&json!({"alg": "EdDSA", "kid": "k1"}), &claims));
    assert!(stage.press_only("A").is_empty(), "asked about first");
    let effects = stage.press_only("Enter");
    let Some(Effect::ProviderPage { run, .. }) = effects.first() else { panic!("{effects:?}") };
    let page = page(&stage.state);
    update(&mut stage.state, Message::ProviderPage { run: *run, result: Ok(page) });
    at_sizes("provider", &mut stage);
    stage.press("z");
    insta::assert_snapshot!("inspect_provider_zoomed", stage.text(120, 36));
    stage.press("Left");
    insta::assert_snapshot!("inspect_provider_keys", stage.text(120, 36));
}

#[test]
fn a_provider_alone() {
    use crate::tui::effect::Effect;
    let mut stage = Stage::new();
    let effects = stage.press_only("A");
    let Some(Effect::ProviderPage { run, .. }) = effects.first() else { panic!("{effects:?}") };
    let page = page(&stage.state);
    insta::assert_snapshot!("inspect_provider_alone_asked", stage.text(120, 36));
    update(&mut stage.state, Message::ProviderPage { run: *run, result: Ok(page) });
    at_sizes("provider_alone", &mut stage);
    stage.press("Left");
    insta::assert_snapshot!("inspect_provider_alone_keys", stage.text(120, 36));
}

#[test]
fn several_tokens_and_whom_to_ask_about_one() {
    let mut stage = Stage::new();
    stage.press("g i");
    let claims = json!({"iss": "http://localhost:8001/realms/myorg", "exp": 1_900_000_000_i64});
    let token = unsigned(&json!({"alg": "RS256", "kid": "k1"}), &claims);
    paste(&mut stage, &json!({"access_token": token, "refresh_token": "opaque"}).to_string());
    insta::assert_snapshot!("inspect_together", stage.text(120, 36));
    stage.press("I");
    insta::assert_snapshot!("inspect_introspect_by", stage.text(80, 24));
    stage.press("Esc y");
    insta::assert_snapshot!("inspect_copy", stage.text(120, 36));
}

#[test]
fn a_token_in_the_making() {
    let mut stage = Stage::new();
    stage.press("g i S");
    at_sizes("make", &mut stage);
    stage.press("x");
    insta::assert_snapshot!("inspect_make_wrong", stage.text(100, 30));
    stage.press("Ctrl-H Tab Ctrl-S");
    insta::assert_snapshot!("inspect_sign_with", stage.text(120, 36));
}

#[test]
fn a_token_that_was_made_here_is_marked() {
    use crate::jwt::{Draft, SigningKey, sign};
    use crate::tui::effect::Effect;
    use crate::tui::state::Signed;
    let key = std::sync::Arc::new(
        SigningKey::from_secret(&crate::exchange::Secret::new("a secret of no less than 32 bytes, and more")).unwrap(),
    );
    let mut stage = Stage::new();
    stage.press("g i S Ctrl-S");
    let effects = stage.press_only("Enter");
    let Some(Effect::Sign { run, .. }) = effects.first() else { panic!("{effects:?}") };
    let mut draft = Draft::of_claims(r#"{"iss":"https://issuer.example","aud":"an-api","iat":"now","exp":"+1h"}"#);
    draft.resolve_times(stage.state.now).unwrap();
    draft.fit(&key).unwrap();
    let token = sign(&draft, &key).unwrap();
    update(&mut stage.state, Message::Signed { run: *run, result: Ok(Signed { token, key }) });
    at_sizes("made", &mut stage);
}
