//! A token for each rule that fires, and one that keeps it quiet.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeSet;

use pretty_assertions::assert_eq;
use serde_json::json;

use super::*;
use crate::jwt::testing::{NOW, b64, keycloak_claims, now, signed, signed_text, with_header};

const HEADER: &str = r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#;

/// A token on which no rule fires.
fn quiet() -> Token {
    let mut claims = keycloak_claims();
    claims["aud"] = json!("orders-api");
    with_header(HEADER, &claims.to_string())
}

/// Keycloak's claims with these laid over them; null takes one out.
fn claims(over: &serde_json::Value) -> Token {
    let mut claims = keycloak_claims();
    for (name, value) in over.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    with_header(HEADER, &claims.to_string())
}

fn hs256(secret: &str) -> Token {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    Token::read(&signed_text(&header, &keycloak_claims().to_string(), secret, jsonwebtoken::Algorithm::HS256))
}

/// For each rule tokens on which it fires.
fn firing() -> Vec<(&'static str, Token)> {
    let header = |header: serde_json::Value| with_header(&header.to_string(), &keycloak_claims().to_string());
    let kid = |kid: &str| header(json!({"alg": "RS256", "typ": "JWT", "kid": kid}));
    vec![
        ("alg-none", header(json!({"alg": "nOnE"}))),
        ("alg-unknown", header(json!({"alg": "rs256"}))),
        ("alg-unknown", header(json!({}))),
        ("signature-missing", Token::read(&format!("{}.e30.", b64(HEADER)))),
        ("not-base64url", Token::read(&format!("{}.e30=.c2ln", b64(HEADER)))),
        ("duplicate-member", with_header(HEADER, r#"{"scope":"a","scope":"b"}"#)),
        ("payload-not-json", with_header(HEADER, "Live long and prosper")),
        ("crit-unknown", header(json!({"alg": "RS256", "crit": ["b64"], "b64": false}))),
        ("crit-unknown", header(json!({"alg": "RS256", "crit": "b64"}))),
        ("header-key-material", header(json!({"alg": "RS256", "jku": "http://localhost/keys"}))),
        ("b64-header", header(json!({"alg": "RS256", "b64": false}))),
        ("b64-header", header(json!({"alg": "RS256", "b64": "false"}))),
        ("header-key-material", header(json!({"alg": "RS256", "jwk": {}}))),
        ("kid-suspicious", kid("../../dev/null")),
        ("kid-suspicious", kid("x' UNION SELECT 'key")),
        ("kid-suspicious", kid("key.pem; cat /etc/passwd")),
        ("kid-suspicious", kid("https://localhost/key")),
        ("kid-suspicious", kid("\u{1b}]52;c")),
        ("kid-suspicious", kid(&"k".repeat(100_000))),
        ("kid-suspicious", header(json!({"alg": "RS256", "kid": 7}))),
        ("typ-missing", header(json!({"alg": "RS256"}))),
        ("id-token", claims(&json!({"typ": "ID"}))),
        ("refresh-token", claims(&json!({"typ": "Offline"}))),
        ("claim-of-wrong-type", claims(&json!({"exp": "1800000300"}))),
        ("claim-of-wrong-type", claims(&json!({"sub": 7}))),
        ("claim-of-wrong-type", claims(&json!({"aud": ["a", 7]}))),
        ("claim-of-wrong-type", claims(&json!({"scope": {}}))),
        ("json-refused", with_header(HEADER, r#"{"a":"\ud800"}"#)),
        ("number-too-large", with_header(HEADER, r#"{"n":123456789012345678901234567890}"#)),
        ("kid-suspicious", kid("keys/private.pem")),
        ("kid-suspicious", kid("private.pem")),
        ("kid-suspicious", kid(r"C:\keys\a.pem")),
        ("kid-suspicious", kid(r"C:\keys\a")),
        ("kid-suspicious", kid("c:/keys/a")),
        ("kid-suspicious", kid(r"\\host\share")),
        ("kid-suspicious", kid("..%2f..%2fx")),
        ("kid-suspicious", kid("%252e%252e%252fx")),
        ("kid-suspicious", kid("/dev/null")),
        ("kid-suspicious", kid("1 OR 1=1")),
        ("kid-suspicious", kid("1/**/UNION")),
        ("typ-of-another-kind", header(json!({"alg": "RS256", "typ": "dc+sd-jwt"}))),
        ("typ-of-another-kind", header(json!({"alg": "RS256", "typ": "application/Logout+JWT"}))),
        ("claim-of-wrong-type", claims(&json!({"nonce": 7}))),
        ("claim-of-wrong-type", claims(&json!({"acr": 1}))),
        ("claim-of-wrong-type", claims(&json!({"name": 5}))),
        ("claim-of-wrong-type", claims(&json!({"sid": 8}))),
        ("claim-of-wrong-type", claims(&json!({"cnf": "x"}))),
        ("claim-of-wrong-type", claims(&json!({"email_verified": "yes"}))),
        ("claim-of-wrong-type", claims(&json!({"amr": 7}))),
        ("claim-of-wrong-type", claims(&json!({"aud": {}}))),
        ("claim-in-another-form", claims(&json!({"email_verified": "true"}))),
        ("claim-in-another-form", claims(&json!({"amr": "pwd"}))),
        ("claim-in-another-form", claims(&json!({"roles": "x"}))),
        ("claim-in-another-form", claims(&json!({"scope": ["x"]}))),
        ("claim-in-another-form", claims(&json!({"updated_at": "2027-01-15T08:00:00.000Z"}))),
        ("claim-in-another-form", with_header(HEADER, r#"{"picture":null,"email":null}"#)),
        ("claim-empty", claims(&json!({"aud": []}))),
        ("claim-empty", claims(&json!({"aud": [""]}))),
        ("claim-empty", claims(&json!({"sub": "", "iss": ""}))),
        ("number-too-large", with_header(HEADER, r#"{"n":9007199254740993}"#)),
        ("number-too-large", with_header(HEADER, r#"{"a":[{"n":-9007199254740993}]}"#)),
        ("number-too-large", with_header(r#"{"alg":"RS256","n":9007199254740993}"#, "{}")),
        ("typ-wrong", header(json!({"alg": "RS256", "typ": "Bearer"}))),
        ("typ-wrong", header(json!({"alg": "RS256", "typ": 7}))),
        ("at-jwt-incomplete", with_header(r#"{"alg":"RS256","typ":"at+JWT"}"#, r#"{"sub":"x"}"#)),
        ("secret-guessable", hs256("your-256-bit-secret")),
        ("secret-guessable", hs256("")),
        ("rsa-short", Token::read(&format!("{}.e30.{}", b64(HEADER), b64([7; 128])))),
        ("secret-in-claims", claims(&json!({"Client-Secret": "x"}))),
        ("secret-in-claims", claims(&json!({"a": {"b": [{"api_key": "x"}]}}))),
        ("secret-in-claims", claims(&json!({"note": "-----BEGIN EC PRIVATE KEY-----"}))),
        ("secret-in-claims", claims(&json!({"pin": 1234}))),
        ("nbf-after-exp", claims(&json!({"nbf": NOW + 301}))),
        ("no-exp", claims(&json!({"exp": null}))),
        ("exp-before-iat", claims(&json!({"exp": NOW - 90}))),
        ("lifetime-over-a-day", claims(&json!({"exp": NOW + 86_401}))),
        ("lifetime-over-a-day", claims(&json!({"exp": NOW + 86_401, "iat": null}))),
        ("lifetime-over-a-day", with_header(HEADER, r#"{"exp":4000000000}"#)),
        ("iat-in-future", claims(&json!({"iat": NOW + 2}))),
        ("no-aud", claims(&json!({"aud": null}))),
        ("aud-account", claims(&json!({"aud": ["account"]}))),
        ("sub-missing", claims(&json!({"sub": null}))),
    ]
}

#[test]
fn ids_are_unique_and_every_rule_says_where_it_comes_from() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
        assert!(!rule.reference.is_empty() && !rule.about.is_empty() && rule.remedy.ends_with('.'));
    }
}

#[test]
fn every_rule_fires_and_rests() {
    let firing = firing();
    let fired: BTreeSet<&str> = firing.iter().map(|(id, _)| *id).collect();
    let of_tokens = RULES.iter().filter(|rule| !rule.wants_keys());
    assert_eq!(fired, of_tokens.map(|rule| rule.id).collect::<BTreeSet<_>>(), "each rule has a token it fires on");
    for (id, token) in firing {
        let found = lint(&token, now());
        let Some(finding) = found.iter().find(|finding| finding.id == id) else { panic!("{id} is not in {found:?}") };
        assert!(finding.message.chars().count() < 200, "{id}: {}", finding.message);
        assert!(!finding.message.chars().any(char::is_control), "{id}");
    }
    assert_eq!(lint(&quiet(), now()), []);
}

#[test]
fn a_short_secret_is_told_by_the_key() {
    let token = hs256("sixteen letters!");
    let keys = |text: &str| KeySet::from_secret(&crate::exchange::Secret::new(text));
    let found = lint_keys(&token, &keys("sixteen letters!"), now());
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(
        (finding.id, finding.message.as_str()),
        ("secret-short", "The secret has 128 bits; HS256 wants at least 256.")
    );
    assert_eq!(lint_keys(&token, &keys("thirty-two letters are 256 bits."), now()), []);
    assert_eq!(lint_keys(&quiet(), &keys("short"), now()), [], "an RS256 token has no secret");
}

#[test]
fn a_certificate_is_looked_at_when_its_key_is_meant() {
    let pem = include_str!("../testdata/rsa.crt.pem");
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let of = |private: &str, kid: &str| {
        let over = json!({"kid": kid, "x5c": [body]});
        let jwk = crate::jwt::testing::public_jwk(private, jsonwebtoken::Algorithm::RS256, &over);
        KeySet::from_file_contents(jwk.to_string().as_bytes()).unwrap()
    };
    let (from_pem, own) = (KeySet::from_pem(pem).unwrap(), of(crate::jwt::testing::RSA, "k1"));
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let token = with_header(r#"{"alg":"RS256","kid":"k1"}"#, "{}");
    for keys in [&from_pem, &own] {
        assert_eq!(lint_keys(&token, keys, now()), []);
        for (when, words) in [("2127-01-01T00:00:00Z", "certificate ended"), ("2026-01-01T00:00:00Z", "begins only")] {
            let found = lint_keys(&token, keys, at(when));
            let [finding] = found.as_slice() else { panic!("{found:?}") };
            assert!(finding.id == "key-certificate" && finding.message.contains(words), "{finding:?}");
        }
    }
    let found = lint_keys(&token, &of(crate::jwt::testing::OTHER_RSA, "k1"), now());
    assert_eq!(found[0].message, "Of the key k1: its certificate is of another key.");
    assert_eq!(lint_keys(&token, &of(crate::jwt::testing::OTHER_RSA, "k2"), now()), [], "the token means another key");
}

/// RFC 9068 section 3, figure 2.
#[test]
fn the_access_token_of_the_standard_is_long_lived_and_otherwise_fine() {
    let token = with_header(
        r#"{"typ":"at+JWT","alg":"RS256","kid":"RjEwOwOA"}"#,
        r#"{"iss":"https://authorization-server.example.com/","sub":"5ba552d67","aud":"https://rs.example.com/","exp":1639528912,"iat":1618354090,"jti":"dbe39bf3a3ba4238a513f51d6e1691c4","client_id":"s6BhdRkqt3","scope":"openid profile reademail"}"#,
    );
    assert_eq!(token.token_kind(), crate::jwt::TokenUse::Access);
    assert_eq!(token.scopes(), ["openid", "profile", "reademail"]);
    let ids: Vec<&str> = lint(&token, now()).iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["lifetime-over-a-day"]);
}

#[test]
fn edges_are_quiet() {
    for over in [
        json!({"aud": "x", "exp": NOW + 86_400}),
        json!({"aud": ["account", "x"]}),
        json!({"aud": "x", "exp": NOW, "iat": NOW}),
        json!({"aud": "x", "iat": NOW, "nbf": NOW}),
        json!({"aud": "x", "exp": NOW + 86_400, "iat": null}),
        json!({"aud": "x", "scope": ""}),
        json!({"aud": "x", "n": 9_007_199_254_740_991_i64, "f": 0.1, "g": 1e300, "t": "9007199254740993"}),
    ] {
        assert_eq!(lint(&claims(&over), now()), [], "{over}");
    }
    for kid in [
        "7Qx2",
        "2011-04-29",
        "my key",
        "a--b",
        "urn:example:key",
        "abc/def+ghi=",
        "key-1",
        "2024-01/rsa",
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        "/zbLsXh8uDCcd+6MNwXF4W/7noWXFZAfHkxZsRGC9Xs=",
        "f60fa4a6-f6df-71c3-7b14-a0c8a1d0c4f5",
        "did:example:123#key-1",
        "arn:aws:kms:eu-west-1:1:key/f60fa4a6",
        "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
        "prod.key",
        "https",
        "signing or encryption",
        "a%2Fb",
    ] {
        let token = with_header(&json!({"alg": "RS256", "typ": "JWT", "kid": kid}).to_string(), "{}");
        assert!(!lint(&token, now()).iter().any(|finding| finding.id == "kid-suspicious"), "{kid}");
    }
}

/// Tokens as the large providers write them: none has a claim of a wrong type, and what only some write is told so.
#[test]
fn providers_tokens_raise_no_alarm() {
    let other_form = ["claim-in-another-form"].as_slice();
    for (provider, over, found) in [
        (
            "Keycloak",
            json!({"acr": "1", "amr": ["pwd", "otp"], "address": {}, "groups": ["/staff"], "sid": "s",
            "organization": ["acme"], "cnf": {"jkt": "x"}, "updated_at": NOW, "auth_time": NOW}),
            &[][..],
        ),
        (
            "Entra ID",
            json!({"acr": "1", "acct": 0, "amr": ["pwd"], "scp": "User.Read", "scope": null, "roles": ["r"],
            "groups": ["g"], "wids": ["w"], "ver": "1.0", "xms_tcdt": 1_400_000_000, "idtyp": "user"}),
            &[],
        ),
        (
            "Okta",
            json!({"ver": 1, "scp": ["openid"], "scope": null, "amr": ["pwd"], "auth_time": NOW, "groups": ["Everyone"]}),
            &[],
        ),
        (
            "Google",
            json!({"azp": "a", "hd": "example.com", "email_verified": true, "at_hash": "x", "picture": "https://a"}),
            &[],
        ),
        (
            "Auth0",
            json!({"gty": ["refresh_token"], "permissions": [], "updated_at": "2027-01-15T08:00:00.000Z"}),
            other_form,
        ),
        (
            "Cognito",
            json!({"cognito:groups": ["g"], "email_verified": "true", "phone_number_verified": true,
            "address": {"formatted": "here"}, "auth_time": NOW, "version": 2}),
            other_form,
        ),
        ("Apple", json!({"email_verified": "true", "is_private_email": "true", "nonce_supported": true}), other_form),
        ("Spring", json!({"scope": ["message.read"]}), other_form),
    ] {
        let mut over = over;
        over["aud"] = json!("orders-api");
        let found_here = lint(&claims(&over), now());
        let ids: Vec<&str> =
            found_here.iter().map(|finding| finding.id).filter(|id| id.starts_with("claim-")).collect();
        assert_eq!(ids, found, "{provider}: {found_here:?}");
        assert!(
            found_here.iter().all(|finding| finding.severity == Severity::Info || !finding.id.starts_with("claim-"))
        );
    }
}

#[test]
fn a_finding_names_the_claim_its_value_and_the_standard() {
    let message = |token: &Token, id: &str| {
        let found = lint(token, now());
        found.iter().find(|finding| finding.id == id).map(|finding| finding.message.clone()).unwrap_or_default()
    };
    for (token, id, words) in [
        (
            claims(&json!({"nonce": 7})),
            "claim-of-wrong-type",
            "nonce is a number, 7, where text is wanted (OIDC Core 2).",
        ),
        (
            claims(&json!({"email_verified": "true"})),
            "claim-in-another-form",
            "email_verified is a string, \"true\", where true or false is wanted (OIDC Core 5.1).",
        ),
        (claims(&json!({"sub": ""})), "claim-empty", "sub is empty: it names nobody."),
        (claims(&json!({"sub": "", "aud": []})), "claim-empty", "sub, aud are empty: they name nobody."),
        (
            with_header(HEADER, r#"{"a":{"n":9007199254740993}}"#),
            "number-too-large",
            "a.n is 9007199254740993: more digits than most readers keep.",
        ),
        (
            with_header(HEADER, r#"{"exp":4000000000}"#),
            "lifetime-over-a-day",
            "It ends in 69 years 277 d, and no iat says when it was issued: whoever steals it has that long.",
        ),
        (
            with_header(r#"{"alg":"RS256","typ":"dc+sd-jwt"}"#, "{}"),
            "typ-of-another-kind",
            "typ is dc+sd-jwt: this is a credential with claims that may be shown or not (SD-JWT VC 3.2.1).",
        ),
    ] {
        assert_eq!(message(&token, id), words);
    }
    let secret = RULES.iter().find(|rule| rule.id == "secret-in-claims").unwrap();
    assert_eq!(secret.reference, "RFC 7519 12", "section 12 is about private facts in tokens");
}

/// RFC 8725 section 3.11: a typ tells kinds apart; one that is no API's token is not wrong for that.
#[test]
fn a_jwt_of_another_kind_is_called_by_its_kind() {
    for typ in [
        "dpop+jwt",
        "secevent+jwt",
        "logout+jwt",
        "token-introspection+jwt",
        "dc+sd-jwt",
        "vc+sd-jwt",
        "oauth-authz-req+jwt",
        "entity-statement+jwt",
        "jwk-set+jwt",
        "kb+jwt",
        "client-authentication+jwt",
    ] {
        let token = with_header(&json!({"alg": "RS256", "typ": typ}).to_string(), r#"{"nonce":"n"}"#);
        let ids: Vec<&str> = lint(&token, now()).iter().map(|finding| finding.id).collect();
        assert_eq!(ids, ["typ-of-another-kind"], "{typ}: the rules about access tokens rest");
    }
    let proof = with_header(r#"{"alg":"ES256","typ":"dpop+jwt","jwk":{}}"#, "{}");
    let ids: Vec<&str> = lint(&proof, now()).iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["typ-of-another-kind"], "a proof must bring its key");
    for typ in ["at+jwt", "application/at+jwt", "JWT", "jwt", "new+jwt", "sd-jwt"] {
        let token = with_header(&json!({"alg": "RS256", "typ": typ}).to_string(), "{}");
        assert!(!lint(&token, now()).iter().any(|finding| finding.id.starts_with("typ-")), "{typ}");
    }
}

#[test]
fn what_is_no_signed_token_has_no_findings() {
    let encrypted = format!("{}.a.b.c.d", b64(r#"{"alg":"none"}"#));
    for text in ["opaque", &encrypted] {
        assert_eq!(lint(&Token::read(text), now()), []);
    }
}

#[test]
fn findings_are_written_as_the_contract_has_them() {
    let findings = lint(&signed(&keycloak_claims()), now());
    let account = findings.iter().find(|finding| finding.id == "aud-account").unwrap();
    assert_eq!(
        serde_json::to_value(account).unwrap(),
        json!({
            "id": "aud-account",
            "severity": "info",
            "message": account.message,
            "remedy": "Add an audience mapper for the API to one of the client's scopes.",
            "reference": "Keycloak",
        })
    );
    assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
    for severity in [Severity::Info, Severity::Warning, Severity::Error] {
        assert_eq!(severity.to_string().parse(), Ok(severity));
    }
    assert!("fatal".parse::<Severity>().is_err());
}
