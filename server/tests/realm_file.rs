//! The built-in realm is what the demo needs, and a realm that would mean something else is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokenscope_server::realm::Realm;

fn export() -> Value {
    serde_json::from_str(include_str!("../realm.json")).unwrap()
}

fn read(export: &Value) -> Result<Realm, String> {
    Realm::from_json(&export.to_string()).map_err(|error| error.to_string())
}

#[test]
fn the_built_in_realm_has_the_demo_clients() {
    let realm = Realm::built_in();
    assert!(realm.enabled());
    assert_eq!(realm.name(), "myorg");
    for (id, secret, may_ask, lifespan) in [
        ("testapiclient1", "demo-secret", true, 300),
        ("testapiclient2", "demo-secret-2", false, 300),
        ("testapiclient-short", "demo-secret-3", true, 10),
    ] {
        let client = realm.client(id).unwrap();
        assert!(client.secret_matches(secret) && !client.secret_matches("wrong"), "{id}");
        assert_eq!(client.optional_scopes().any(|scope| scope == "test_api_access"), may_ask, "{id}");
        assert!(!client.default_scopes().any(|scope| scope == "test_api_access"), "{id}");
        assert_eq!(client.access_token_lifespan(), lifespan, "{id}");
        assert!(client.has_service_account(), "{id}");
    }
    assert!(realm.client("Testapiclient1").is_none());
    let mut scopes: Vec<&str> = realm.scope_names().collect();
    scopes.sort_unstable();
    let built_in = [
        "acr",
        "address",
        "basic",
        "email",
        "microprofile-jwt",
        "offline_access",
        "organization",
        "phone",
        "profile",
        "roles",
        "service_account",
        "test_api_access",
        "web-origins",
    ];
    assert_eq!(scopes, built_in);
    assert!(!format!("{realm:?}").contains("demo-secret"), "a secret in Debug");
    for (id, signs_people_in) in
        [("demo-login", true), ("demo-web", true), ("demo-legacy", false), ("testapiclient1", false)]
    {
        assert_eq!(realm.client(id).unwrap().signs_people_in(), signs_people_in, "{id}");
    }
}

#[test]
fn unknown_keys_are_ignored() {
    let mut export = export();
    export["keycloakVersion"] = json!("26.8.1");
    export["clients"][0]["nodeReRegistrationTimeout"] = json!(-1);
    export["clientScopes"][0]["attributes"]["gui.order"] = json!("1");
    read(&export).unwrap();
}

/// Keycloak's own clients stand in every export, with settings that are not built here.
#[test]
fn keycloaks_own_clients_are_taken_and_not_used() {
    let mut export = export();
    export["clients"].as_array_mut().unwrap().push(json!({
        "clientId": "account-console", "publicClient": true, "standardFlowEnabled": true, "fullScopeAllowed": false,
        "redirectUris": ["/realms/myorg/account/*"], "attributes": { "pkce.code.challenge.method": "S256" },
        "protocolMappers": [{ "name": "x", "protocolMapper": "oidc-script-based-protocol-mapper" }],
        "defaultClientScopes": ["profile"], "optionalClientScopes": [],
    }));
    assert!(!read(&export).unwrap().client("account-console").unwrap().signs_people_in());
}

#[test]
fn a_mapper_that_is_not_known_matters_only_where_it_is_attached() {
    let script =
        json!({ "name": "x", "protocol": "openid-connect", "protocolMapper": "oidc-script-based-protocol-mapper" });
    let mut loose = export();
    loose["clientScopes"].as_array_mut().unwrap().push(json!({ "name": "loose", "protocolMappers": [script.clone()] }));
    read(&loose).unwrap();
    let mut attached = loose;
    attached["clients"][1]["optionalClientScopes"].as_array_mut().unwrap().push(json!("loose"));
    let error = read(&attached).unwrap_err();
    assert!(
        error.contains(r#"client scope "loose""#) && error.contains("oidc-script-based-protocol-mapper"),
        "{error}"
    );
}

/// A change to the export, as path and value, and what the message must name.
type Refused<'a> = (&'a str, Value, &'a [&'a str]);

#[test]
fn what_would_mean_something_else_is_refused() {
    let attribute = |name: &str, value: &str| json!({ name: value });
    let mapper = |kind: &str, config: Value| json!([{ "name": "m", "protocolMapper": kind, "config": config }]);
    #[rustfmt::skip] // One row a line.
    let rows: Vec<Refused<'_>> = vec![
        ("/enabled", Value::Null, &["enabled"]),
        ("/clientScopes", Value::Null, &["clientScopes", "built-in"]),
        ("/sslRequired", json!("all"), &["sslRequired", "all"]),
        ("/defaultSignatureAlgorithm", json!("ES256"), &["defaultSignatureAlgorithm", "ES256"]),
        ("/accessTokenLifespan", json!(0), &["accessTokenLifespan", "0"]),
        ("/realm", json!("my/org"), &["my/org"]),
        ("/realm", json!(""), &["realm"]),
        ("/clients/1/clientId", json!("testapiclient1"), &["twice", "testapiclient1"]),
        ("/clientScopes/1/name", json!("test_api_access"), &["twice", "test_api_access"]),
        ("/clients/0/clientAuthenticatorType", json!("client-jwt"), &["testapiclient1", "client-jwt"]),
        ("/clients/0/defaultClientScopes/0", json!("profil"), &["testapiclient1", "profil"]),
        ("/clients/0/optionalClientScopes/0", json!("nope"), &["testapiclient1", "nope"]),
        ("/clients/0/secret", json!("**********"), &["testapiclient1", "masked"]),
        ("/clients/0/secret", json!("${SECRET}"), &["testapiclient1", "placeholder"]),
        ("/clients/0/fullScopeAllowed", json!(false), &["testapiclient1", "fullScopeAllowed"]),
        ("/clients/0/attributes", attribute("access.token.lifespan", "-1"), &["access.token.lifespan", "-1"]),
        ("/clients/0/attributes", attribute("client_credentials.use_refresh_token", "true"), &["use_refresh_token"]),
        ("/clients/0/attributes", attribute("access.token.signed.response.alg", "PS256"), &["PS256"]),
        ("/clients/0/attributes", attribute("dpop.bound.access.tokens", "true"), &["dpop"]),
        ("/clients/0/protocolMappers", mapper("oidc-hardcoded-role-mapper", json!({})), &["testapiclient1", "oidc-hardcoded-role-mapper"]),
        ("/clients/0/protocolMappers", mapper("oidc-hardcoded-claim-mapper", json!({ "claim.name": "x" })), &["claim.value"]),
        ("/clients/0/protocolMappers", mapper("oidc-audience-mapper", json!({})), &["audience"]),
        ("/clients/0/protocolMappers", mapper("oidc-usermodel-attribute-mapper", json!({ "user.attribute": "a", "claim.name": "b", "jsonType.label": "date" })), &["date"]),
        ("/scopeMappings", json!([{ "client": "testapiclient1", "roles": ["r"] }]), &["testapiclient1", "scopeMappings"]),
        ("/clientScopeMappings", json!({ "account": [{ "clientScope": "test_api_access", "roles": ["r"] }] }), &["test_api_access", "clientScopeMappings"]),
        ("/clients", json!("none"), &["realm export"]),
        ("/ssoSessionIdleTimeout", json!(0), &["ssoSessionIdleTimeout", "0"]),
        ("/oauth2DeviceCodeLifespan", json!(0), &["oauth2DeviceCodeLifespan"]),
        ("/clients/3/redirectUris", json!(["http://127.0.0.1/*"]), &["demo-login", "redirectUris", "http://127.0.0.1/*", "wildcards"]),
        ("/clients/3/redirectUris", json!(["/callback"]), &["redirectUris", "/callback", "in full"]),
        ("/clients/3/redirectUris", json!(["http://127.0.0.1/callback#x"]), &["redirectUris"]),
        ("/clients/3/redirectUris", json!(["http://127.0.0.1/callback\r\nx: y"]), &["redirectUris"]),
        ("/clients/3/attributes", attribute("post.logout.redirect.uris", "https://app.example/*"), &["post.logout.redirect.uris", "https://app.example/*"]),
        ("/clients/3/attributes", attribute("pkce.code.challenge.method", "S512"), &["S512"]),
        ("/clients/3/attributes", attribute("use.refresh.tokens", "false"), &["use.refresh.tokens"]),
        ("/clients/3/attributes", attribute("require.pushed.authorization.requests", "true"), &["require.pushed"]),
        ("/users/3/username", json!("BOB"), &["twice", "bob"]),
        ("/users/3/credentials", json!([{ "type": "password", "credentialData": "{\"algorithm\":\"argon2\",\"hashIterations\":5}", "secretData": "{\"value\":\"c2VjcmV0\",\"salt\":\"c2FsdA==\"}" }]), &["alice", "argon2", "pbkdf2"]),
    ];
    read(&export()).expect("the unchanged export");
    for (path, value, named) in rows {
        let mut changed = export();
        let (parent, key) = path.rsplit_once('/').unwrap();
        let parent = changed.pointer_mut(parent).unwrap();
        match key.parse::<usize>() {
            Ok(index) if parent.is_array() => parent[index] = value,
            _ => parent[key] = value,
        }
        let error = read(&changed).expect_err(path);
        for name in named {
            assert!(error.contains(name), "{path}: {error:?} does not name {name}");
        }
    }
    for text in ["", "[]", "{", "null", "{\"realm\": 7}"] {
        assert!(Realm::from_json(text).is_err(), "{text}");
    }
}

#[test]
fn messages_never_show_a_secret() {
    let mut changed = export();
    changed["clients"][0]["fullScopeAllowed"] = json!(false);
    assert!(!read(&changed).unwrap_err().contains("demo-secret"));
}
