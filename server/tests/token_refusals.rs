//! The token endpoint over real HTTP: Keycloak's order of checks, statuses, codes and texts, and
//! the ways for a client to say who it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::{Answer, Authorization};
use tokenscope_server::realm::Realm;

const NOT_THIS_CLIENT: &str = "Invalid client or Invalid client credentials";
const OK: &str = "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";

/// The built-in realm with a client for each thing that can be wrong with one.
fn realm() -> Realm {
    let mut export: Value = serde_json::from_str(include_str!("../realm.json")).unwrap();
    let like_the_first = |changes: Value| {
        let mut client = export["clients"][0].clone();
        for (key, value) in changes.as_object().unwrap() {
            client[key] = value.clone();
        }
        client
    };
    let odd = [
        like_the_first(json!({ "clientId": "public", "publicClient": true })),
        like_the_first(json!({ "clientId": "bearer-only", "bearerOnly": true })),
        like_the_first(json!({ "clientId": "no-account", "serviceAccountsEnabled": false })),
        like_the_first(json!({ "clientId": "disabled", "enabled": false })),
        like_the_first(json!({ "clientId": "saml", "protocol": "saml" })),
        like_the_first(json!({ "clientId": "no-secret", "secret": null })),
        like_the_first(json!({ "clientId": "no-user" })),
        like_the_first(json!({ "clientId": "odd:id+", "secret": "p+a%s:s&w=ö" })),
    ];
    export["clients"].as_array_mut().unwrap().extend(odd);
    export["users"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "username": "service-account-no-user", "enabled": false, "serviceAccountClientId": "no-user" }));
    Realm::from_json(&export.to_string()).unwrap()
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert_eq!(answer.json(), json!({ "error": error, "error_description": description }), "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    assert_eq!(answer.header("www-authenticate"), None, "{what}");
}

/// What is sent, and what must come back.
type Row<'a> = (&'a str, Option<&'a str>, String, u16, &'a str, &'a str);

#[tokio::test]
async fn refusals() {
    let server = Authorization::start_with(realm()).await;
    let cc = |rest: &str| format!("grant_type=client_credentials&{rest}");
    let ours = |id: &str| cc(&format!("client_id={id}&client_secret=demo-secret"));
    let [wrong, unknown] = [basic("testapiclient1:wrong"), basic("nobody:demo-secret")];
    let [bad_percent, raw_plus] = [basic("testapiclient1:a%zz"), basic("odd%3Aid+:x")];
    let good = basic("testapiclient1:demo-secret");
    let missing = "Missing form parameter: grant_type";
    #[rustfmt::skip] // One row a line.
    let rows: Vec<Row<'_>> = vec![
        ("no parameters", None, String::new(), 400, "invalid_request", missing),
        ("no grant type", Some(&good), "scope=profile".into(), 400, "invalid_request", missing),
        ("grant type in another case", Some(&good), "grant_type=Client_Credentials".into(), 400, "unsupported_grant_type", "Unsupported grant_type"),
        ("empty grant type", Some(&good), "grant_type=".into(), 400, "unsupported_grant_type", "Unsupported grant_type"),
        ("unknown client and unknown grant: the grant comes first", Some(&unknown), "grant_type=nope".into(), 400, "unsupported_grant_type", "Unsupported grant_type"),
        ("nobody", None, cc(""), 401, "invalid_client", NOT_THIS_CLIENT),
        ("unknown client", Some(&unknown), cc(""), 401, "invalid_client", NOT_THIS_CLIENT),
        ("client id in another case", None, ours("TestApiClient1"), 401, "invalid_client", NOT_THIS_CLIENT),
        ("disabled client", None, ours("disabled"), 401, "invalid_client", NOT_THIS_CLIENT),
        ("wrong secret", Some(&wrong), cc(""), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("wrong secret in the form", None, cc("client_id=testapiclient1&client_secret=wrong"), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("no secret", None, cc("client_id=testapiclient1"), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("empty secret", None, cc("client_id=testapiclient1&client_secret="), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("client without a secret", None, ours("no-secret"), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("empty secret of a client without one", None, cc("client_id=no-secret&client_secret="), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("a % that leads nowhere", Some(&bad_percent), cc(""), 400, "unauthorized_client", "Unexpected error when authenticating client"),
        ("a raw + is a space", Some(&raw_plus), cc(""), 401, "invalid_client", NOT_THIS_CLIENT),
        ("the form's id wins over the header's", Some(&good), cc("client_id=nobody"), 401, "invalid_client", NOT_THIS_CLIENT),
        ("the form's secret wins over the header's", Some(&good), cc("client_secret=wrong"), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("another scheme is no authentication", Some("Bearer abc"), cc(""), 401, "invalid_client", NOT_THIS_CLIENT),
        ("Basic that is no pair", Some("Basic dTpw!"), cc(""), 401, "invalid_client", NOT_THIS_CLIENT),
        ("SAML client", None, ours("saml"), 400, "invalid_client", "Wrong client protocol."),
        ("bearer-only client", None, ours("bearer-only"), 400, "invalid_client", "Bearer-only not allowed"),
        ("a wrong first secret twice: the client comes first", None, format!("{OK}&client_secret=x").replace("demo-secret", "wrong"), 401, "unauthorized_client", NOT_THIS_CLIENT),
        ("secret twice", None, format!("{OK}&client_secret=x"), 400, "invalid_request", "duplicated parameter"),
        ("scope twice", None, format!("{OK}&scope=profile&scope=profile"), 400, "invalid_request", "duplicated parameter"),
        ("grant type twice: the first counts, then it is refused", None, format!("{OK}&grant_type=nope"), 400, "invalid_request", "duplicated parameter"),
        ("a parameter nobody knows twice", None, format!("{OK}&x=1&x=2"), 400, "invalid_request", "duplicated parameter"),
        ("public client", None, cc("client_id=public"), 401, "unauthorized_client", "Public client not allowed to retrieve service account"),
        ("service account off", None, ours("no-account"), 401, "unauthorized_client", "Client not enabled to retrieve service account"),
        ("service account's user disabled", None, ours("no-user"), 401, "invalid_request", "User 'service-account-no-user' disabled"),
        ("unknown scope", None, format!("{OK}&scope=nope"), 400, "invalid_scope", "Invalid scopes: nope"),
        ("scope in another case", None, format!("{OK}&scope=Test_Api_Access"), 400, "invalid_scope", "Invalid scopes: Test_Api_Access"),
        ("one of two scopes unknown", None, format!("{OK}&scope=profile+nope"), 400, "invalid_scope", "Invalid scopes: profile nope"),
        ("empty scope", None, format!("{OK}&scope="), 400, "invalid_scope", "Invalid scopes: "),
        ("a space before the first scope", None, format!("{OK}&scope=+email"), 400, "invalid_scope", "Invalid scopes:  email"),
        ("two spaces", None, format!("{OK}&scope=profile++email"), 400, "invalid_scope", "Invalid scopes: profile  email"),
        ("a scope that the client does not have", None, cc("client_id=testapiclient2&client_secret=demo-secret-2&scope=test_api_access"), 400, "invalid_scope", "Invalid scopes: test_api_access"),
        ("bad scope of a disabled user: the user comes first", None, format!("{}&scope=nope", ours("no-user")), 401, "invalid_request", "User 'service-account-no-user' disabled"),
    ];
    for (what, authorization, body, status, error, description) in rows {
        let headers: Vec<_> = authorization.map(|value| ("authorization", value)).into_iter().collect();
        let answer = server.token_request(&headers, &body).await;
        assert_refused(&answer, status, error, description, what);
        assert_eq!(answer.header("pragma"), Some("no-cache"), "{what}");
    }
}

#[tokio::test]
async fn ways_to_authenticate() {
    let server = Authorization::start_with(realm()).await;
    let odd = "odd%3Aid%2B:p%2Ba%25s%3As%26w%3D%C3%B6";
    let cc = "grant_type=client_credentials";
    for (what, header, body) in [
        ("basic", Some(basic("testapiclient1:demo-secret")), cc.to_owned()),
        ("form", None, OK.to_owned()),
        ("both", Some(basic("testapiclient1:demo-secret")), OK.to_owned()),
        ("the form wins over the header", Some(basic("nobody:nothing")), OK.to_owned()),
        (
            "the secret from the header, the id from the form",
            Some(basic("nobody:demo-secret")),
            format!("{cc}&client_id=testapiclient1"),
        ),
        ("a header of another scheme does not matter", Some("Bearer abc".to_owned()), OK.to_owned()),
        ("encoded parts", Some(basic(odd)), cc.to_owned()),
        (
            "the scheme in another case",
            Some(basic("testapiclient1:demo-secret").replace("Basic", "bAsIc")),
            cc.to_owned(),
        ),
        (
            "base64 without padding",
            Some(basic("testapiclient1:demo-secret").trim_end_matches('=').to_owned()),
            cc.to_owned(),
        ),
        ("a parameter that is too long counts as not sent", None, format!("{OK}&scope={}", "x".repeat(4001))),
        ("spaces at the end of the scope are no names", None, format!("{OK}&scope=profile++")),
        ("control characters are left out", None, OK.replace("demo-secret", "demo-%00secret%0A")),
    ] {
        let headers: Vec<_> = header.as_deref().map(|value| ("authorization", value)).into_iter().collect();
        let answer = server.token_request(&headers, &body).await;
        assert_eq!(answer.status, 200, "{what}: {:?}", answer.error());
    }
}
