//! The authorization server below and beside its token endpoint: methods, types and paths as
//! Keycloak's HTTP layer has them, discovery and the key set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::Authorization;

const OK: &str = "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret";

/// Method, path, content type, body; status and body of the answer.
type Below<'a> = (&'a str, &'a str, Option<&'a str>, &'a str, u16, Value);

#[tokio::test]
async fn the_layer_below() {
    let server = Authorization::start().await;
    let token = "/realms/myorg/protocol/openid-connect/token";
    let form_encoded = "application/x-www-form-urlencoded";
    let form = Some(form_encoded);
    let missing = json!({ "error": "invalid_request", "error_description": "Missing form parameter: grant_type" });
    let method = json!({ "error": "HTTP 405 Method Not Allowed" });
    let not_found = json!({ "error": "HTTP 404 Not Found" });
    let nothing_here = json!({ "error": "Unable to find matching target resource method" });
    let not_normal = json!({ "error": "missingNormalization", "error_description": "Request path not normalized" });
    let semicolon =
        json!({ "error": "invalidCharacter", "error_description": "Request path contains invalid character ';'" });
    let in_query = format!("{token}?{OK}");
    #[rustfmt::skip] // One row a line.
    let rows: Vec<Below<'_>> = vec![
        ("POST", token, None, "", 400, missing.clone()),
        ("POST", token, None, OK, 400, missing.clone()),
        ("POST", &in_query, form, "", 400, missing.clone()),
        ("POST", token, Some("application/json"), "{}", 400, missing.clone()),
        ("POST", token, Some("nonsense"), OK, 400, missing),
        ("GET", token, None, "", 405, method.clone()),
        ("PUT", token, form, OK, 405, method.clone()),
        ("GET", "/realms/myorg/protocol/openid-connect/token/introspect", None, "", 405, method.clone()),
        ("GET", "/realms/myorg/protocol/openid-connect/revoke", None, "", 405, method.clone()),
        ("PUT", "/realms/myorg/protocol/openid-connect/userinfo", None, "", 405, method.clone()),
        ("PUT", "/realms/myorg/protocol/openid-connect/auth", None, "", 405, method.clone()),
        ("PUT", "/realms/myorg/protocol/openid-connect/auth/device", None, "", 405, method.clone()),
        ("DELETE", "/realms/myorg/protocol/openid-connect/logout", None, "", 405, method.clone()),
        ("DELETE", "/realms/myorg/protocol/openid-connect/certs", None, "", 405, method),
        ("POST", "/realms/other/protocol/openid-connect/token", form, OK, 404, json!({ "error": "Realm does not exist" })),
        ("GET", "/realms/myorg/nothing", None, "", 404, not_found.clone()),
        ("GET", "/realms/myorg/protocol/openid-connect/nothing", None, "", 404, not_found),
        ("GET", "/realms/myorg/protocol/saml/token", None, "", 404, json!({ "error": "Protocol not found" })),
        ("GET", "/", None, "", 404, nothing_here),
        ("GET", "/realms//myorg", None, "", 400, not_normal.clone()),
        ("GET", "/realms/myorg/../x", None, "", 400, not_normal),
        ("GET", "/realms/myorg;a=b", None, "", 400, semicolon),
    ];
    for (method, path, content_type, body, status, expected) in rows {
        let what = format!("{method} {path} {content_type:?}");
        let headers: Vec<_> = content_type.map(|value| ("content-type", value)).into_iter().collect();
        let answer = support::request(server.served.address(), method, path, &headers, body.as_bytes()).await;
        assert_eq!(answer.status, status, "{what}");
        assert_eq!(answer.header("allow"), None, "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
        let found = if answer.body.is_empty() { Value::Null } else { answer.json() };
        assert_eq!(found, expected, "{what}");
    }
    for (path, content_type) in
        [(format!("{token}/"), form), (token.to_owned(), Some("application/x-www-form-urlencoded; charset=UTF-8"))]
    {
        let headers = [("content-type", content_type.unwrap())];
        let answer = support::request(server.served.address(), "POST", &path, &headers, OK.as_bytes()).await;
        assert_eq!(answer.status, 200, "{path}");
    }
    let options = support::request(server.served.address(), "OPTIONS", token, &[], b"").await;
    assert_eq!((options.status, options.header("allow")), (200, Some("POST, OPTIONS")));
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
    let answer = support::request(server.served.address(), "GET", path, &[("origin", "http://x")], b"").await;
    assert_eq!(answer.header("cache-control"), Some("no-cache, must-revalidate, no-transform, no-store"));
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
        let back_channel = ["token_endpoint", "introspection_endpoint", "revocation_endpoint"];
        let method = if back_channel.contains(&name.as_str()) { "POST" } else { "GET" };
        let answer = support::request(server.served.address(), method, path, &[], b"").await;
        assert!(![404, 405].contains(&answer.status), "{name} {url} answered {}", answer.status);
    }
    for grant in document["grant_types_supported"].as_array().unwrap() {
        let body = OK.replace("client_credentials", grant.as_str().unwrap());
        assert_ne!(
            server.token_request(&[], &body).await.error().as_deref(),
            Some("unsupported_grant_type"),
            "{grant}"
        );
    }
    for scope in document["scopes_supported"].as_array().unwrap() {
        let body = format!("{OK}&scope={}", scope.as_str().unwrap());
        assert_eq!(server.token_request(&[], &body).await.status, 200, "{scope}");
    }
}

#[tokio::test]
async fn the_key_set() {
    let server = Authorization::start().await;
    let path = "/realms/myorg/protocol/openid-connect/certs";
    let plain = support::request(server.served.address(), "GET", path, &[("accept", "*/*")], b"").await;
    assert_eq!(plain.header("content-type"), Some("application/json"));
    assert_eq!(plain.header("cache-control"), Some("no-cache"));
    let exact = [("accept", "application/jwk-set+json")];
    let typed = support::request(server.served.address(), "GET", path, &exact, b"").await;
    assert_eq!(typed.header("content-type"), Some("application/jwk-set+json"));
    let keys = plain.json()["keys"].as_array().unwrap().clone();
    let uses: Vec<_> = keys.iter().map(|key| (key["use"].clone(), key["alg"].clone())).collect();
    assert_eq!(uses, [(json!("sig"), json!("RS256")), (json!("enc"), json!("RSA-OAEP"))]);
    for key in &keys {
        let names: Vec<&String> = key.as_object().unwrap().keys().collect();
        assert_eq!(names, ["kid", "kty", "alg", "use", "x5c", "x5t", "x5t#S256", "n", "e"], "public members only");
        let certificate = STANDARD.decode(key["x5c"][0].as_str().unwrap()).unwrap();
        let modulus = URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap();
        assert!(certificate.windows(modulus.len()).any(|part| part == modulus), "the certificate is for another key");
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &certificate);
        assert_eq!(key["x5t#S256"], json!(URL_SAFE_NO_PAD.encode(hash)));
        assert_eq!(URL_SAFE_NO_PAD.decode(key["n"].as_str().unwrap()).unwrap().len(), 256);
    }
    let token = server.token("testapiclient1", "demo-secret", "profile").await;
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["kid"], keys[0]["kid"]);
    let again = tokenscope_server::realm::KeyFile::at(server.key_file()).load_or_create().unwrap();
    let again = tokenscope_server::authorization::AuthorizationServer::new(
        tokenscope_server::realm::Realm::built_in(),
        again,
        server.issuer.clone(),
    );
    let once_more = support::Served::start(|_| again.router()).await;
    let after = support::request(once_more.address(), "GET", path, &[], b"").await.json();
    assert_eq!(after["keys"], json!(keys), "the same keys after a new start, certificates and all");
}
