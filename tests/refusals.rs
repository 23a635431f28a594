//! The bundled API's guard refuses, and the explorer says why: the two judge the same token apart from each other, and
//! must come to the same cause.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tokenscope::audit::{Cause, Confidence, Diagnosis, Evidence, diagnose};
use tokenscope::config::{self, Profiles};
use tokenscope::exchange::{Completeness, Exchange, Request, Response, Secret, Text};
use tokenscope::jwt::{self, KeySource, Token};
use tokenscope::oauth::{ScopeSet, read_document};
use tokenscope_server::resource::{KeySet, Policy, Refusal, RequireAuth, decide};

/// 2026-11-23 20:00:00 UTC.
const NOW: i64 = 1_795_464_000;
const ISSUER: &str = "http://localhost:8001/realms/myorg";
const RSA: &str = include_str!("../src/jwt/testdata/rsa.pem");
const OTHER_RSA: &str = include_str!("../src/jwt/testdata/other-rsa.pem");

/// A call to the scoped endpoint and how the guard and the clocks stand.
struct Case {
    header: Value,
    claims: Value,
    key: &'static str,
    audience: Option<&'static str>,
    /// By how much the API's and the provider's clock are ahead of this machine's.
    api_ahead: i64,
    provider_ahead: i64,
    asked: &'static str,
    /// In place of a token of these claims.
    token: Option<String>,
}

fn good() -> Case {
    Case {
        header: json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" }),
        claims: json!({
            "iss": ISSUER, "sub": "u1", "aud": "account", "azp": "testapiclient1", "iat": NOW, "exp": NOW + 300,
            "scope": "profile test_api_access", "typ": "Bearer",
        }),
        key: RSA,
        audience: None,
        api_ahead: 0,
        provider_ahead: 0,
        asked: "test_api_access",
        token: None,
    }
}

impl Case {
    fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims.as_object_mut().unwrap().insert(name.to_owned(), value);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(name);
        self
    }

    /// Issued just now by a provider whose clock is ahead.
    fn issued_ahead(self, seconds: i64) -> Self {
        let case = self.claim("iat", json!(NOW + seconds)).claim("exp", json!(NOW + seconds + 300));
        Case { provider_ahead: seconds, ..case }
    }

    fn text(&self) -> String {
        if let Some(token) = &self.token {
            return token.clone();
        }
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&self.header), part(&self.claims));
        let signing = EncodingKey::from_rsa_pem(self.key.as_bytes()).unwrap();
        let signature = crypto::sign(input.as_bytes(), &signing, Algorithm::RS256).unwrap();
        format!("{input}.{signature}")
    }

    /// What the guard says.
    fn refused(&self) -> Refusal {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {}", self.text())).unwrap());
        let policy = Policy { audience: self.audience.map(str::to_owned), ..Policy::new(ISSUER) };
        let keys = KeySet::parse(key_set().to_string().as_bytes()).unwrap();
        let now = u64::try_from(NOW + self.api_ahead).unwrap();
        decide(&headers, &RequireAuth::scope("test_api_access"), &keys, &policy, now).unwrap_err()
    }

    /// What the explorer makes of it.
    fn diagnosed(&self) -> Diagnosis {
        let raw = Secret::new(self.text());
        let token = Token::of(&raw);
        let refusal = self.refused();
        let mut headers = vec![("date".to_owned(), http_date(NOW + self.api_ahead))];
        headers.extend(refusal.challenge("myorg").map(|challenge| ("www-authenticate".to_owned(), challenge)));
        let request = Request::new("GET", "http://localhost:50100/api/private-scoped")
            .header("Authorization", Text::bearer(&raw));
        let call = exchange(request, refusal.status().as_u16(), headers);
        let token_call = exchange(
            Request::new("POST", format!("{ISSUER}/protocol/openid-connect/token")),
            200,
            vec![("date".to_owned(), http_date(NOW + self.provider_ahead))],
        );
        let now = Timestamp::from_second(NOW).unwrap();
        let keys = jwt::KeySet::parse(key_set().to_string().as_bytes()).unwrap();
        let policy = jwt::Policy { issuer: Some(ISSUER.to_owned()), ..jwt::Policy::default() };
        let verdict = jwt::verify(&token, KeySource::Keys(&keys), &policy, now);
        let document = json!({ "issuer": ISSUER, "scopes_supported": ["openid", "test_api_access"] });
        let metadata = read_document("u", &response(200, Vec::new(), document.to_string())).unwrap();
        let asked = ScopeSet::parse(self.asked);
        let profiles = self.profiles();
        let profile = profiles.profile("tester").unwrap();
        let (api, endpoint) =
            profiles.endpoints_of(profile).find(|(_, endpoint)| endpoint.name == "private-scoped").unwrap();
        diagnose(&Evidence {
            exchange: &call,
            endpoint,
            api,
            provider: profiles.provider("demo").unwrap(),
            profile,
            token: Some(&token),
            verdict: Some(&verdict),
            asked: Some(&asked),
            granted: None,
            token_call: Some(&token_call),
            metadata: Some(&metadata),
            now,
        })
        .unwrap()
    }

    fn profiles(&self) -> Profiles {
        let address = "base_url = \"http://localhost:50100\"";
        let audience =
            self.audience.map(|name| format!("{address}\naudience = \"{name}\"")).unwrap_or(address.to_owned());
        config::parse(&config::DEMO_TEXT.replacen(address, &audience, 1)).profiles
    }
}

fn key_set() -> Value {
    let signing = EncodingKey::from_rsa_pem(RSA.as_bytes()).unwrap();
    let mut key = serde_json::to_value(Jwk::from_encoding_key(&signing, Algorithm::RS256).unwrap()).unwrap();
    let members = key.as_object_mut().unwrap();
    members.insert("kid".to_owned(), json!("k1"));
    members.insert("use".to_owned(), json!("sig"));
    json!({ "keys": [key] })
}

fn response(status: u16, headers: Vec<(String, String)>, body: String) -> Response {
    Response { status, headers, body: body.into_bytes(), completeness: Completeness::Whole }
}

fn exchange(request: Request, status: u16, headers: Vec<(String, String)>) -> Exchange {
    Exchange {
        request,
        outcome: Ok(response(status, headers, String::new())),
        started: Timestamp::from_second(NOW).unwrap(),
        elapsed: Duration::from_millis(2),
        to_head: None,
        notes: Vec::new(),
    }
}

fn http_date(second: i64) -> String {
    Timestamp::from_second(second).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[test]
fn each_refusal_of_the_guard_is_put_down_to_its_cause() {
    let unsigned = {
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", part(json!({ "alg": "none" })), part(good().claims))
    };
    for (name, case, cause) in [
        ("an end that is over", good().claim("exp", json!(NOW - 60)), Cause::Expired),
        (
            "another name of the issuer",
            good().claim("iss", json!("http://keycloak:8080/realms/myorg")),
            Cause::IssuerMismatch,
        ),
        ("a slash", good().claim("iss", json!(format!("{ISSUER}/"))), Cause::IssuerMismatch),
        ("another audience", Case { audience: Some("orders"), ..good() }, Cause::AudienceMismatch),
        ("no audience", Case { audience: Some("orders"), ..good() }.without("aud"), Cause::AudienceMismatch),
        ("no scope", good().claim("scope", json!("profile")), Cause::MissingScope),
        ("a key that is gone", Case { header: json!({ "alg": "RS256", "kid": "old" }), ..good() }, Cause::UnknownKey),
        ("another key of the same name", Case { key: OTHER_RSA, ..good() }, Cause::BadSignature),
        ("no signature", Case { token: Some(unsigned), ..good() }, Cause::AlgorithmRefused),
        (
            "another algorithm",
            Case { header: json!({ "alg": "HS256", "kid": "k1" }), ..good() },
            Cause::AlgorithmRefused,
        ),
        ("an ID token", good().claim("typ", json!("ID")), Cause::WrongTokenKind),
        ("a refresh token", good().claim("typ", json!("Refresh")), Cause::WrongTokenKind),
        ("a bound token", good().claim("cnf", json!({ "jkt": "x" })), Cause::WrongTokenKind),
        ("an opaque token", Case { token: Some("opaque".into()), ..good() }, Cause::WrongTokenKind),
        ("no end", good().without("exp"), Cause::MissingClaim),
        ("a beginning ahead", good().claim("nbf", json!(NOW + 600)), Cause::ClockSkew),
        ("the API's clock ahead", Case { api_ahead: 600, ..good() }, Cause::ClockSkew),
        ("the API's clock behind", Case { api_ahead: -600, ..good() }, Cause::ClockSkew),
        ("the provider's clock ahead", good().issued_ahead(600), Cause::ClockSkew),
        ("the provider's clock behind", good().issued_ahead(-600), Cause::ClockSkew),
    ] {
        let diagnosis = case.diagnosed();
        assert_eq!(diagnosis.cause, cause, "{name}: {} {:?}", diagnosis.summary, diagnosis.also);
        assert_eq!(diagnosis.confidence, Confidence::Certain, "{name}: {}", diagnosis.summary);
    }
}

#[test]
fn which_clock_is_off_is_said() {
    for (case, words) in [
        (Case { api_ahead: 600, ..good() }, "the API's clock is 10 min ahead"),
        (Case { api_ahead: -600, ..good() }, "the API's clock is 10 min behind"),
        (good().issued_ahead(600), "the provider's clock is 10 min ahead"),
        (good().issued_ahead(-600), "the provider's clock is 10 min behind"),
    ] {
        let summary = case.diagnosed().summary;
        assert!(summary.contains(words), "{summary} should say {words}");
    }
}

#[test]
fn why_a_scope_is_missing_follows_from_what_was_asked() {
    let lacks = || good().claim("scope", json!("profile"));
    assert!(Case { asked: "", ..lacks() }.diagnosed().advice.contains("Likely it is optional"));
    assert!(lacks().diagnosed().advice.contains("It was asked for and not granted"));
}
