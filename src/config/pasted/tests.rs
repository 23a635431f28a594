//! Every form of pasted text, and what holds of any text at all.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;

/// The issuers to be tried, in order.
fn tried(text: &str) -> Vec<String> {
    let pasted = read(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    pasted.candidates.iter().map(|candidate| candidate.issuer.to_string()).collect()
}

#[test]
fn every_form_of_a_keycloak_address_leads_to_its_realm() {
    let new = ["https://kc.example.com/realms/shop", "https://kc.example.com/auth/realms/shop"];
    for text in [
        "https://kc.example.com/realms/shop",
        "kc.example.com/realms/shop",
        "  \"https://kc.example.com/realms/shop\"  ",
        "issuer = \"https://kc.example.com/realms/shop\"",
        "https://kc.example.com/admin/master/console/#/shop/clients",
        "https://kc.example.com/admin/master/console/#/shop",
        "https://kc.example.com/admin/master/console/#/realms/shop/clients",
        "https://kc.example.com/admin/shop/console/",
        "https://kc.example.com/admin/realms/shop/clients/7b1c",
        "https://kc.example.com/realms/shop/account/#/personal-info",
        "https://kc.example.com/realms/shop/.well-known/openid-configuration",
        "https://kc.example.com/.well-known/oauth-authorization-server/realms/shop",
        "https://kc.example.com/realms/shop/protocol/openid-connect/token",
        "https://kc.example.com/realms/shop/protocol/openid-connect/auth?client_id=x&scope=openid",
        "https://kc.example.com/realms/shop/protocol/openid-connect/certs",
        "curl -d grant_type=client_credentials https://kc.example.com/realms/shop/protocol/openid-connect/token",
        r#"{"realm":"shop","auth-server-url":"https://kc.example.com/","resource":"web"}"#,
    ] {
        assert_eq!(tried(text), new, "{text}");
    }
    let old = ["https://kc.example.com/auth/realms/shop", "https://kc.example.com/realms/shop"];
    for text in [
        "https://kc.example.com/auth/realms/shop",
        "https://kc.example.com/auth/admin/master/console/#/realms/shop",
        "https://kc.example.com/auth/admin/master/console/#/shop/clients",
        "https://kc.example.com/auth/realms/shop/account",
        r#"{"realm":"shop","auth-server-url":"https://kc.example.com/auth","resource":"web"}"#,
    ] {
        assert_eq!(tried(text), old, "{text}");
    }
    assert_eq!(tried("https://h/kc/realms/a/"), ["https://h/kc/realms/a/", "https://h/kc/auth/realms/a"]);
}

#[test]
fn a_keycloak_address_without_a_realm_says_where_one_may_be() {
    for text in [
        "https://kc.example.com/admin/master/console/",
        "https://kc.example.com/admin",
        "https://kc.example.com/realms/",
        "https://kc.example.com/admin/master/console/#/server-info",
    ] {
        let pasted = read(text).unwrap();
        assert_eq!(pasted.candidates, [], "{text}");
        assert_eq!(pasted.keycloak, ["https://kc.example.com", "https://kc.example.com/auth"], "{text}");
    }
    let pasted = read("https://kc.example.com/auth/").unwrap();
    assert_eq!(pasted.keycloak, ["https://kc.example.com/auth", "https://kc.example.com"]);
}

#[test]
fn other_providers_are_known_by_their_addresses() {
    for (text, expected) in [
        ("https://login.example.com", vec!["https://login.example.com"]),
        ("login.example.com", vec!["https://login.example.com"]),
        ("https://login.example.com/dex", vec!["https://login.example.com/dex", "https://login.example.com"]),
        ("https://login.example.com/dex/token", vec!["https://login.example.com/dex", "https://login.example.com"]),
        (
            "https://login.example.com/oauth2/token",
            vec!["https://login.example.com", "https://login.example.com/oauth2"],
        ),
        ("https://h.example/connect/token", vec!["https://h.example", "https://h.example/connect"]),
        ("https://h.example/.well-known/openid-configuration", vec!["https://h.example"]),
        ("https://h.example/x/.well-known/oauth-authorization-server", vec!["https://h.example/x"]),
        (
            "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token",
            vec![
                "https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0",
                "https://login.microsoftonline.com/contoso.onmicrosoft.com",
            ],
        ),
        ("https://acme.auth0.com/oauth/token", vec!["https://acme.auth0.com/"]),
        ("https://acme.okta.com/oauth2/aus1/v1/token", vec!["https://acme.okta.com/oauth2/aus1"]),
        ("acme.okta.com", vec!["https://acme.okta.com/oauth2/default", "https://acme.okta.com"]),
        ("https://oauth2.googleapis.com/token", vec![]),
        (r#"{"issuer":"https://a.example/","token_endpoint":"https://a.example/t"}"#, vec!["https://a.example/"]),
    ] {
        assert_eq!(tried(text), expected, "{text}");
    }
    let google = read("https://oauth2.googleapis.com/token").unwrap();
    assert_eq!(google.instead.as_deref(), Some("https://accounts.google.com"));
}

#[test]
fn the_scheme_is_looked_for_but_never_lowered_on_another_machine() {
    for (text, expected) in [
        (
            "localhost:8001/realms/a",
            ["http://localhost:8001/realms/a", "http://localhost:8001/auth/realms/a"].as_slice(),
        ),
        ("http://kc.example.com", &["http://kc.example.com", "https://kc.example.com"]),
        ("http://kc.example.com:8080", &["http://kc.example.com:8080"]),
        ("https://kc.example.com:8443", &["https://kc.example.com:8443"]),
        ("https://localhost:8443", &["https://localhost:8443", "http://localhost:8443"]),
        ("keycloak:8080", &["http://keycloak:8080", "https://keycloak:8080"]),
    ] {
        let found = tried(text);
        assert_eq!(
            found.iter().take(expected.len()).collect::<Vec<_>>(),
            expected.iter().collect::<Vec<_>>(),
            "{text}"
        );
    }
}

/// A token request as curl has it, and what it tells: client, secret, authentication, scopes, audience.
#[test]
fn a_curl_token_request_tells_all_it_knows() {
    let url = "https://kc.example.com/realms/shop/protocol/openid-connect/token";
    let basic = "Authorization: Basic d2ViOnMzY3JldA==";
    for (text, auth) in [
        (
            format!("curl -u web:s3cret -d 'grant_type=client_credentials&scope=a b&audience=api' {url}"),
            ClientAuth::Basic,
        ),
        (
            format!(
                "curl -X POST {url} \\\n -H '{basic}' \\\n -d grant_type=client_credentials -d scope=a+b -d audience=api"
            ),
            ClientAuth::Basic,
        ),
        (
            format!(
                "$ curl -sS --url {url} --data-urlencode 'scope=a b' -d audience=api -d client_id=web -d client_secret=s3cret -dgrant_type=client_credentials | jq ."
            ),
            ClientAuth::Post,
        ),
        (
            format!(
                "TOKEN=$(curl -s {url} --data $'client_id=web&client_secret=s3cret&scope=a%20b&audience=api&grant_type=client_credentials')"
            ),
            ClientAuth::Post,
        ),
        (
            format!(
                "curl.exe ^\"{url}^\" ^\r\n  -u ^\"web:s3cret^\" ^\r\n  --data-raw ^\"grant_type=client_credentials^&scope=a^%20b^&audience=api^\""
            ),
            ClientAuth::Basic,
        ),
        (
            format!(
                r#"curl {url} -H 'content-type: application/json' --data '{{"client_id":"web","client_secret":"s3cret","scope":"a b","audience":"api","grant_type":"client_credentials"}}'"#
            ),
            ClientAuth::Post,
        ),
    ] {
        let pasted = read(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let told = (
            pasted.client_id.as_ref().map(ClientId::as_str),
            pasted.secret.as_ref().map(Secret::reveal),
            pasted.auth,
            pasted.scopes.to_string(),
            pasted.audience.as_deref(),
            pasted.token_endpoint.as_deref(),
        );
        assert_eq!(told, (Some("web"), Some("s3cret"), Some(auth), "a b".to_owned(), Some("api"), Some(url)), "{text}");
        assert_eq!(pasted.candidates.first().unwrap().issuer.as_str(), "https://kc.example.com/realms/shop");
        assert!(!format!("{pasted:?}").contains("s3cret"), "{pasted:?}");
    }
}

#[test]
fn basic_credentials_are_read_as_they_were_sent() {
    let url = "https://h.example/oauth2/token -d grant_type=client_credentials";
    // `a+b/c` as curl sends it, and form-encoded as RFC 6749 wants it: `web:a%2Bb%2Fc`.
    for (text, auth) in [
        (format!("curl -u 'web:a+b/c' {url}"), ClientAuth::BasicRaw),
        (format!("curl -H 'Authorization: Basic d2ViOmElMkJiJTJGYw==' {url}"), ClientAuth::Basic),
        (format!("curl -H 'authorization: basic d2ViOmErYi9j' {url}"), ClientAuth::BasicRaw),
    ] {
        let pasted = read(&text).unwrap();
        assert_eq!((pasted.secret.as_ref().map(Secret::reveal), pasted.auth), (Some("a+b/c"), Some(auth)), "{text}");
    }
}

#[test]
fn a_variable_is_a_reference_and_a_blank_nothing() {
    let url = "https://h.example/oauth2/token";
    let pasted = read(&format!(
        "curl {url} -d client_id=web -d \"client_secret=$SHOP_SECRET\" -d grant_type=client_credentials"
    ))
    .unwrap();
    assert_eq!((pasted.secret, pasted.secret_env.as_deref()), (None, Some("SHOP_SECRET")));
    assert_eq!(pasted.auth, Some(ClientAuth::Post));
    let pasted = read(&format!("curl {url} -u '<client-id>:<secret>' -d grant_type=client_credentials")).unwrap();
    assert_eq!((pasted.client_id, pasted.secret, pasted.auth), (None, None, None));
}

#[test]
fn a_curl_call_of_an_api_gives_its_address_and_no_token() {
    let text = "curl -k -X DELETE 'https://api.example.com:8443/v1/orders/7?force=1' -H 'Authorization: Bearer eyJh.eyJz.c2ln'";
    let pasted = read(text).unwrap();
    let call = pasted.call.clone().unwrap();
    assert_eq!((call.base_url.as_str(), call.method.as_str()), ("https://api.example.com:8443", "DELETE"));
    assert_eq!((call.path.as_str(), call.with_token), ("/v1/orders/7?force=1", true));
    assert!(pasted.insecure && !pasted.names_a_provider());
    assert!(!format!("{pasted:?}").contains("c2ln"));
    let both = read("https://kc.example.com/realms/shop").unwrap().after(pasted);
    assert!(both.call.is_some() && both.names_a_provider());
}

#[test]
fn what_documents_tell() {
    let keycloak = r#"{"realm":"shop","auth-server-url":"http://localhost:8080/","resource":"web",
        "credentials":{"secret":"s3cret"},"ssl-required":"external"}"#;
    let pasted = read(keycloak).unwrap();
    assert_eq!(pasted.client_id.unwrap().as_str(), "web");
    assert_eq!(pasted.secret.unwrap().reveal(), "s3cret");
    let bearer =
        read(r#"{"realm":"shop","auth-server-url":"http://localhost:8080/","resource":"api","bearer-only":true}"#)
            .unwrap();
    assert_eq!(bearer.client_id, None);
    assert!(bearer.remarks.iter().any(|remark| remark.contains("api")), "{:?}", bearer.remarks);
    let public = read(r#"{"realm":"s","auth-server-url":"http://a/","resource":"spa","public-client":true}"#).unwrap();
    assert_eq!(public.auth, Some(ClientAuth::None));
    let postman = r#"{"item":[{"request":{"auth":{"type":"oauth2","oauth2":[{"key":"accessTokenUrl","value":"https://h.example/oauth2/token"},
        {"key":"clientId","value":"web"},{"key":"clientSecret","value":"s3cret"},{"key":"scope","value":"a b"}]}}}]}"#;
    let pasted = read(postman).unwrap();
    assert_eq!((pasted.client_id.unwrap().as_str(), pasted.scopes.to_string().as_str()), ("web", "a b"));
    assert_eq!(pasted.secret.unwrap().reveal(), "s3cret");
}

#[test]
fn what_is_no_provider_is_said() {
    for (text, words) in [
        ("", "nothing"),
        ("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", "token"),
        ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", "token"),
        ("what is this", "neither"),
        ("ftp://h.example", "no http"),
        ("http://", "no http"),
        ("$KC/realms/shop", "variable"),
        ("{{baseUrl}}/token", "JSON"),
        ("{\"realm\":", "cut"),
        ("{}", "neither"),
        ("curl -s", "no address"),
        (r#"{"auth-server-url":"/auth","realm":"x"}"#, "no whole address"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.to_string().contains(words), "{text}: {error}");
        assert!(!error.to_string().contains("c2ln"));
    }
    assert!(matches!(read(&"x".repeat(LONGEST + 1)), Err(NotUnderstood::TooLong { .. })));
    assert_eq!(
        read("https://me:hunter2@h.example/").unwrap().candidates.first().unwrap().issuer.as_str(),
        "https://h.example"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_within_bounds(text in "\\PC{0,400}") {
        if let Ok(pasted) = read(&text) {
            prop_assert!(pasted.candidates.len() <= CANDIDATES);
        }
    }

    #[test]
    fn any_command_is_read(text in r#"curl [-a-zA-Z '"\\$^@=:/{}&%.|\n]{0,120}"#) {
        let _ = read(&text);
    }

    #[test]
    fn an_issuer_that_was_read_reads_as_itself(path in "(/[a-z0-9]{1,8}){0,4}/?", host in "[a-z]{1,8}\\.example") {
        if let Ok(pasted) = read(&format!("https://{host}{path}")) {
            for candidate in pasted.candidates {
                let again = read(candidate.issuer.as_str()).unwrap();
                let first = again.candidates.first().map(|first| first.issuer.clone());
                prop_assert!(again.candidates.iter().any(|other| other.issuer == candidate.issuer), "{:?} {:?}", candidate, first);
            }
        }
    }

    #[test]
    fn no_secret_is_ever_shown(secret in "[A-Za-z0-9+/%&:=]{12,40}") {
        let body: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        for text in [
            format!("curl -u 'web:{secret}' -d grant_type=client_credentials https://h.example/token"),
            format!("curl -d 'client_id=web&client_secret={body}&grant_type=client_credentials' https://h.example/token"),
            format!("curl -d 'client_secret={body}' 'https://h.example/token?x"),
            format!(r#"{{"realm":"s","auth-server-url":"https://h.example","resource":"w","credentials":{{"secret":"{secret}"}}}}"#),
        ] {
            let shown = format!("{:?}", read(&text));
            prop_assert!(!shown.contains(&secret) && !shown.contains(&body), "{}", shown);
        }
    }
}
