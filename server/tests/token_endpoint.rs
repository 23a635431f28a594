//! The token endpoint over real HTTP: Keycloak's order of checks, statuses, codes and texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
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
    export["users"].as_array_mut().unwrap().push(
        json!({ "username": "service-account-no-user", "enabled": false, "serviceAccountClientId": "no-user" }),
    );
    Realm::from_json(&export.to_string()).unwrap()
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn scopes(text: &Value) -> BTreeSet<&str> {
    text.as_str().unwrap().split(' ').collect()
}

fn assert_refused(answer: &Answer, status: u16, error: &str, description: &str, what: &str) {
    assert_eq!(answer.status, status, "{what}");
    assert_eq!(
        answer.json(),
        json!({ "error": error, "error_description": description }),
        "{what}"
    );
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
    let long = "x".repeat(4001);
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
        ("too long a scope", None, format!("{OK}&scope={long}"), 400, "invalid_request", "The size of OIDC parameter 'scope' is longer than allowed."),
        ("public client", None, cc("client_id=public"), 401, "unauthorized_client", "Public client not allowed to retrieve service account"),
        ("service account off", None, ours("no-account"), 401, "unauthorized_client", "Client not enabled to retrieve service account"),
        ("service account's user disabled", None, ours("no-user"), 401, "invalid_request", "User 'service-account-no-user' disabled"),
        ("unknown scope", None, format!("{OK}&scope=nope"), 400, "invalid_scope", "Invalid scopes: nope"),
        ("scope in another case", None, format!("{OK}&scope=Test_Api_Access"), 400, "invalid_scope", "Invalid scopes: Test_Api_Access"),
        ("one of two scopes unknown", None, format!("{OK}&scope=profile+nope"), 400, "invalid_scope", "Invalid scopes: profile nope"),
        ("empty scope", None, format!("{OK}&scope="), 400, "invalid_scope", "Invalid scopes: "),
        ("two spaces", None, format!("{OK}&scope=profile++email"), 400, "invalid_scope", "Invalid scopes: profile  email"),
        ("a scope that the client does not have", None, cc("client_id=testapiclient2&client_secret=demo-secret-2&scope=test_api_access"), 400, "invalid_scope", "Invalid scopes: test_api_access"),
        ("bad scope of a disabled user: the user comes first", None, format!("{}&scope=nope", ours("no-user")), 401, "invalid_request", "User 'service-account-no-user' disabled"),
    ];
    for (what, authorization, body, status, error, description) in rows {
        let headers: Vec<_> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
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
        (
            "basic",
            Some(basic("testapiclient1:demo-secret")),
            cc.to_owned(),
        ),
        ("form", None, OK.to_owned()),
        (
            "both",
            Some(basic("testapiclient1:demo-secret")),
            OK.to_owned(),
        ),
        (
            "the form wins over the header",
            Some(basic("nobody:nothing")),
            OK.to_owned(),
        ),
        (
            "the secret from the header, the id from the form",
            Some(basic("nobody:demo-secret")),
            format!("{cc}&client_id=testapiclient1"),
        ),
        (
            "a header of another scheme does not matter",
            Some("Bearer abc".to_owned()),
            OK.to_owned(),
        ),
        ("encoded parts", Some(basic(odd)), cc.to_owned()),
        (
            "the scheme in another case",
            Some(basic("testapiclient1:demo-secret").replace("Basic", "bAsIc")),
            cc.to_owned(),
        ),
        (
            "base64 without padding",
            Some(
                basic("testapiclient1:demo-secret")
                    .trim_end_matches('=')
                    .to_owned(),
            ),
            cc.to_owned(),
        ),
        (
            "control characters are left out",
            None,
            OK.replace("demo-secret", "demo-%00secret%0A"),
        ),
    ] {
        let headers: Vec<_> = header
            .as_deref()
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let answer = server.token_request(&headers, &body).await;
        assert_eq!(answer.status, 200, "{what}: {:?}", answer.error());
    }
}

#[tokio::test]
async fn which_scopes_are_granted() {
    let server = Authorization::start().await;
    for (asked, granted) in [
        (None, "profile email"),
        (Some("test_api_access"), "profile email test_api_access"),
        (
            Some("openid test_api_access"),
            "openid profile email test_api_access",
        ),
        (Some("profile"), "profile email"),
        (Some("roles basic"), "profile email"),
        (Some("profile profile"), "profile email"),
        (Some("offline_access"), "profile email offline_access"),
    ] {
        let scope = asked
            .map(|scope| format!("&scope={}", scope.replace(' ', "+")))
            .unwrap_or_default();
        let answer = server
            .token_request(&[], &format!("{OK}{scope}"))
            .await
            .json();
        let claims = part(answer["access_token"].as_str().unwrap(), 1);
        let expected: BTreeSet<&str> = granted.split(' ').collect();
        assert_eq!(scopes(&answer["scope"]), expected, "{asked:?}");
        assert_eq!(scopes(&claims["scope"]), expected, "{asked:?}");
        let openid = expected.contains("openid");
        assert_eq!(answer.get("id_token").is_some(), openid, "{asked:?}");
        assert!(
            !openid || answer["scope"].as_str().unwrap().starts_with("openid "),
            "{asked:?}"
        );
    }
}

#[tokio::test]
async fn the_answer_and_its_headers() {
    let server = Authorization::start().await;
    let answer = server
        .token_request(&[], &format!("{OK}&scope=openid"))
        .await;
    for (name, value) in [
        ("content-type", "application/json"),
        ("cache-control", "no-store"),
        ("pragma", "no-cache"),
        ("referrer-policy", "no-referrer"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "SAMEORIGIN"),
        (
            "strict-transport-security",
            "max-age=31536000; includeSubDomains",
        ),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    let body = answer.json();
    let names: Vec<&str> = body
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let in_order = [
        "access_token",
        "expires_in",
        "refresh_expires_in",
        "token_type",
        "id_token",
        "not-before-policy",
        "scope",
    ];
    assert_eq!(names, in_order);
    assert_eq!(
        [
            &body["expires_in"],
            &body["refresh_expires_in"],
            &body["token_type"],
            &body["not-before-policy"]
        ],
        [&json!(300), &json!(0), &json!("Bearer"), &json!(0)],
    );
    let short = server.token_request(&[], "grant_type=client_credentials&client_id=testapiclient-short&client_secret=demo-secret-3").await.json();
    assert_eq!(short["expires_in"], json!(10));
    let claims = part(short["access_token"].as_str().unwrap(), 1);
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        10
    );
    assert!((claims["iat"].as_i64().unwrap() - support::now()).abs() <= 5);
}

#[tokio::test]
async fn the_claims_of_both_tokens() {
    let server = Authorization::start().await;
    let body = server
        .token_request(&[], &format!("{OK}&scope=openid+test_api_access"))
        .await
        .json();
    let (access, id) = (
        body["access_token"].as_str().unwrap(),
        body["id_token"].as_str().unwrap(),
    );
    for token in [access, id] {
        let header = part(token, 0);
        let names: Vec<&String> = header.as_object().unwrap().keys().collect();
        assert_eq!(names, ["alg", "typ", "kid"]);
        assert_eq!([&header["alg"], &header["typ"]], ["RS256", "JWT"]);
        assert_eq!(header["kid"].as_str().unwrap().len(), 43);
    }
    let mut claims = part(access, 1);
    let names: Vec<&str> = claims
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "exp",
            "iat",
            "jti",
            "iss",
            "aud",
            "sub",
            "typ",
            "azp",
            "acr",
            "realm_access",
            "resource_access",
            "scope",
            "email_verified",
            "clientHost",
            "preferred_username",
            "client_id",
            "clientAddress",
        ],
    );
    let jti = claims["jti"]
        .as_str()
        .unwrap()
        .strip_prefix("trrtcc:")
        .expect("Keycloak's prefix")
        .to_owned();
    assert_eq!(
        jti.split('-').map(str::len).collect::<Vec<_>>(),
        [8, 4, 4, 4, 12]
    );
    for varying in ["exp", "iat", "jti"] {
        claims.as_object_mut().unwrap().shift_remove(varying);
    }
    assert_eq!(
        claims,
        json!({
            "iss": server.issuer,
            "aud": "account",
            "sub": "5f0c6f4e-8d3b-4c59-9a55-0d2c6a7f1e01",
            "typ": "Bearer",
            "azp": "testapiclient1",
            "acr": "1",
            "realm_access": { "roles": ["default-roles-myorg", "offline_access", "uma_authorization"] },
            "resource_access": { "account": { "roles": ["manage-account", "manage-account-links", "view-profile"] } },
            "scope": "openid profile email test_api_access",
            "email_verified": false,
            "clientHost": "127.0.0.1",
            "preferred_username": "service-account-testapiclient1",
            "client_id": "testapiclient1",
            "clientAddress": "127.0.0.1",
        }),
    );
    let id_claims = part(id, 1);
    assert_eq!(
        [&id_claims["typ"], &id_claims["aud"]],
        ["ID", "testapiclient1"]
    );
    assert!(!id_claims["jti"].as_str().unwrap().contains(':'));
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, access.as_bytes());
    assert_eq!(
        id_claims["at_hash"],
        json!(URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]))
    );
}

#[tokio::test]
async fn fifty_at_once_get_fifty_tokens() {
    let server = std::sync::Arc::new(Authorization::start().await);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let server = std::sync::Arc::clone(&server);
        asking.spawn(async move {
            server
                .token("testapiclient1", "demo-secret", "profile")
                .await
        });
    }
    let ids: BTreeSet<String> = asking
        .join_all()
        .await
        .iter()
        .map(|token| part(token, 1)["jti"].to_string())
        .collect();
    assert_eq!(ids.len(), 50);
}

/// Method, path, content type, body; status and body of the answer.
type Below<'a> = (&'a str, &'a str, Option<&'a str>, &'a str, u16, Value);

#[tokio::test]
async fn the_layer_below() {
    let server = Authorization::start().await;
    let token = "/realms/myorg/protocol/openid-connect/token";
    let form_encoded = "application/x-www-form-urlencoded";
    let form = Some(form_encoded);
    let missing = json!({ "error": "invalid_request", "error_description": "Missing form parameter: grant_type" });
    let not_form =
        json!({ "error": "The content-type header value did not match the value in @Consumes" });
    let method = json!({ "error": "HTTP 405 Method Not Allowed" });
    let nothing_here = json!({ "error": "Unable to find matching target resource method" });
    let in_query = format!("{token}?{OK}");
    #[rustfmt::skip] // One row a line.
    let rows: Vec<Below<'_>> = vec![
        ("POST", token, None, "", 400, missing.clone()),
        ("POST", token, None, OK, 400, missing.clone()),
        ("POST", &in_query, form, "", 400, missing),
        ("POST", token, Some("application/json"), "{}", 415, not_form.clone()),
        ("POST", token, Some("nonsense"), OK, 415, not_form),
        ("GET", token, None, "", 405, method.clone()),
        ("PUT", token, form, OK, 405, method.clone()),
        ("DELETE", "/realms/myorg/protocol/openid-connect/certs", None, "", 405, method),
        ("POST", "/realms/other/protocol/openid-connect/token", form, OK, 404, json!({ "error": "Realm does not exist" })),
        ("GET", "/realms/myorg/nothing", None, "", 404, nothing_here.clone()),
        ("GET", "/", None, "", 404, nothing_here),
        ("GET", "/realms//myorg", None, "", 400, Value::Null),
        ("GET", "/realms/myorg/../x", None, "", 400, Value::Null),
        ("GET", "/realms/myorg;a=b", None, "", 400, Value::Null),
    ];
    for (method, path, content_type, body, status, expected) in rows {
        let what = format!("{method} {path} {content_type:?}");
        let headers: Vec<_> = content_type
            .map(|value| ("content-type", value))
            .into_iter()
            .collect();
        let answer = support::request(
            server.served.address(),
            method,
            path,
            &headers,
            body.as_bytes(),
        )
        .await;
        assert_eq!(answer.status, status, "{what}");
        assert_eq!(answer.header("allow"), None, "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        let found = if answer.body.is_empty() {
            Value::Null
        } else {
            answer.json()
        };
        assert_eq!(found, expected, "{what}");
    }
    for (path, content_type) in [
        (format!("{token}/"), form),
        (
            token.to_owned(),
            Some("application/x-www-form-urlencoded; charset=UTF-8"),
        ),
    ] {
        let headers = [("content-type", content_type.unwrap())];
        let answer = support::request(
            server.served.address(),
            "POST",
            &path,
            &headers,
            OK.as_bytes(),
        )
        .await;
        assert_eq!(answer.status, 200, "{path}");
    }
    let options = support::request(server.served.address(), "OPTIONS", token, &[], b"").await;
    assert_eq!(
        (options.status, options.header("allow")),
        (200, Some("POST, OPTIONS"))
    );
    let large = support::request(
        server.served.address(),
        "POST",
        token,
        &[("content-type", form_encoded)],
        &vec![b'x'; 100_000],
    )
    .await;
    assert_eq!(large.status, 413);
}

#[tokio::test]
async fn discovery_names_only_what_answers() {
    let server = Authorization::start().await;
    let path = "/realms/myorg/.well-known/openid-configuration";
    let answer = support::request(
        server.served.address(),
        "GET",
        path,
        &[("origin", "http://x")],
        b"",
    )
    .await;
    assert_eq!(
        answer.header("cache-control"),
        Some("no-cache, must-revalidate, no-transform, no-store")
    );
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let document = answer.json();
    assert_eq!(document["issuer"], json!(server.issuer));
    for (name, value) in document.as_object().unwrap() {
        let Some(url) = value.as_str().filter(|url| url.starts_with("http")) else {
            continue;
        };
        if name == "issuer" {
            continue;
        }
        let path = &url[url.find("/realms").unwrap()..];
        let method = if name == "token_endpoint" {
            "POST"
        } else {
            "GET"
        };
        let answer = support::request(server.served.address(), method, path, &[], b"").await;
        assert!(
            ![404, 405].contains(&answer.status),
            "{name} {url} answered {}",
            answer.status
        );
    }
    let grants: BTreeMap<&str, u16> = document["grant_types_supported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|grant| (grant.as_str().unwrap(), 200))
        .collect();
    for (grant, status) in grants {
        assert_eq!(
            server
                .token_request(&[], &OK.replace("client_credentials", grant))
                .await
                .status,
            status
        );
    }
    for scope in document["scopes_supported"].as_array().unwrap() {
        let body = format!("{OK}&scope={}", scope.as_str().unwrap());
        assert_eq!(
            server.token_request(&[], &body).await.status,
            200,
            "{scope}"
        );
    }
}

#[tokio::test]
async fn the_key_set() {
    let server = Authorization::start().await;
    let path = "/realms/myorg/protocol/openid-connect/certs";
    let plain = support::request(
        server.served.address(),
        "GET",
        path,
        &[("accept", "*/*")],
        b"",
    )
    .await;
    assert_eq!(plain.header("content-type"), Some("application/json"));
    assert_eq!(plain.header("cache-control"), Some("no-cache"));
    let exact = [("accept", "application/jwk-set+json")];
    let typed = support::request(server.served.address(), "GET", path, &exact, b"").await;
    assert_eq!(
        typed.header("content-type"),
        Some("application/jwk-set+json")
    );
    let keys = plain.json()["keys"].as_array().unwrap().clone();
    let uses: Vec<_> = keys
        .iter()
        .map(|key| (key["use"].clone(), key["alg"].clone()))
        .collect();
    assert_eq!(
        uses,
        [
            (json!("sig"), json!("RS256")),
            (json!("enc"), json!("RSA-OAEP"))
        ]
    );
    for key in &keys {
        let names: Vec<&String> = key.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            ["kid", "kty", "alg", "use", "n", "e"],
            "public members only"
        );
        assert_eq!(
            URL_SAFE_NO_PAD
                .decode(key["n"].as_str().unwrap())
                .unwrap()
                .len(),
            256
        );
    }
    let token = server
        .token("testapiclient1", "demo-secret", "profile")
        .await;
    assert_eq!(part(&token, 0)["kid"], keys[0]["kid"]);
}
