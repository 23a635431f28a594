//! Scopes, roles, times and kinds of token, as providers spell them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use serde_json::json;

use super::*;
use crate::jwt::testing::{b64, keycloak_claims, unsigned, with_header};

#[test]
fn scopes_come_from_text_or_list_and_scope_goes_first() {
    for (claims, scopes, claim) in [
        (r#"{"scope":"profile  email"}"#, vec!["profile", "email"], Some("scope")),
        (r#"{"scope":["a","b"]}"#, vec!["a", "b"], Some("scope")),
        (r#"{"scp":["a"]}"#, vec!["a"], Some("scp")),
        (r#"{"scp":"a b"}"#, vec!["a", "b"], Some("scp")),
        (r#"{"scope":"a","scp":["b"]}"#, vec!["a"], Some("scope")),
        (r#"{"scope":""}"#, vec![], Some("scope")),
        (r#"{"scope":null}"#, vec![], None),
        (r#"{"scope":7}"#, vec![], None),
        (r#"{"scope":{"a":1}}"#, vec![], None),
        (r#"{"scope":["a",7]}"#, vec!["a"], Some("scope")),
        ("{}", vec![], None),
    ] {
        let token = unsigned(claims);
        assert_eq!(
            (token.scopes(), token.scope_claim()),
            (scopes.into_iter().map(str::to_owned).collect(), claim),
            "{claims}"
        );
    }
}

#[test]
fn a_jwt_of_another_kind_is_no_token_of_these() {
    let kind =
        |typ: &str| with_header(&json!({"alg": "RS256", "typ": typ}).to_string(), r#"{"nonce":"n","scope":"a"}"#);
    for typ in ["dc+sd-jwt", "x+sd-jwt", "logout+jwt", "application/dpop+jwt", "passport", "new+jwt"] {
        assert_eq!(kind(typ).token_kind(), TokenUse::Unknown, "{typ}");
    }
    assert_eq!(kind("application/AT+jwt").token_kind(), TokenUse::Access);
    assert_eq!(kind("JWT").token_kind(), TokenUse::Id);
}

#[test]
fn roles_keep_where_they_stand() {
    let mut claims = keycloak_claims();
    claims["groups"] = json!(["/staff"]);
    claims["permissions"] = json!([]);
    claims["https://example.com/roles"] = json!("admin");
    let groups: Vec<(String, Vec<String>)> =
        unsigned(&claims.to_string()).roles().into_iter().map(|group| (group.source, group.roles)).collect();
    let expected = [
        ("realm_access", vec!["offline_access", "default-roles-myorg"]),
        ("resource_access.account", vec!["manage-account", "view-profile"]),
        ("groups", vec!["/staff"]),
        ("https://example.com/roles", vec!["admin"]),
    ];
    let expected: Vec<(String, Vec<String>)> = expected
        .into_iter()
        .map(|(source, roles)| (source.to_owned(), roles.into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(groups, expected);
    let odd = r#"{"realm_access":[],"resource_access":{"a":7,"b":{"roles":"x"}},"roles":{"a":1}}"#;
    assert_eq!(unsigned(odd).roles(), [RoleGroup { source: "resource_access.b".into(), roles: vec!["x".into()] }]);
}

#[test]
fn audiences_are_one_or_several() {
    assert_eq!(unsigned(r#"{"aud":"account"}"#).audiences(), ["account"]);
    assert_eq!(unsigned(r#"{"aud":["a",7,"b"]}"#).audiences(), ["a", "b"]);
    assert_eq!(unsigned(r#"{"aud":7}"#).audiences(), Vec::<String>::new());
}

#[test]
fn each_kind_of_token_is_told_apart() {
    for (claims, kind) in [
        (keycloak_claims().to_string().as_str(), TokenUse::Access),
        (r#"{"typ":"Bearer","nonce":"n"}"#, TokenUse::Access),
        (r#"{"typ":"ID","aud":"c1","azp":"c1"}"#, TokenUse::Id),
        (r#"{"iss":"https://accounts.google.com","aud":"c1","azp":"c1"}"#, TokenUse::Id),
        (r#"{"aud":"c1","nonce":"n"}"#, TokenUse::Id),
        (r#"{"aud":"c1","at_hash":"h"}"#, TokenUse::Id),
        (r#"{"typ":"Refresh","scope":"a"}"#, TokenUse::Refresh),
        (r#"{"typ":"Offline"}"#, TokenUse::Refresh),
        (r#"{"scp":["a"],"cid":"c1"}"#, TokenUse::Access),
        (r#"{"roles":["app"],"appid":"x"}"#, TokenUse::Access),
        (r#"{"token_use":"id","aud":"c1"}"#, TokenUse::Id),
        (r#"{"token_use":"access","username":"u"}"#, TokenUse::Access),
        (r#"{"sub":"x"}"#, TokenUse::Unknown),
        // A request object, a client's proof of itself, an ID token without nonce.
        (r#"{"client_id":"c","response_type":"code","nonce":"n","scope":"a"}"#, TokenUse::Unknown),
        (r#"{"redirect_uri":"r","client_id":"c"}"#, TokenUse::Unknown),
        (r#"{"iss":"c","sub":"c","client_id":"c"}"#, TokenUse::Unknown),
        (r#"{"iss":"c","sub":"c","scope":"a"}"#, TokenUse::Unknown),
        (r#"{"iss":"c","sub":"c","client_id":"d"}"#, TokenUse::Access),
        (r#"{"aud":["c"],"azp":"c","auth_time":1,"realm_access":{"roles":[]}}"#, TokenUse::Id),
        (r#"{"aud":"c","azp":"c","sid":"s","scope":"a"}"#, TokenUse::Id),
        (r#"{"typ":"Logout","scope":"a"}"#, TokenUse::Unknown),
        // Keycloak, Entra, Auth0 and Okta as they are.
        (r#"{"typ":"Bearer","aud":"c","azp":"c","sid":"s","auth_time":1,"scope":"a"}"#, TokenUse::Access),
        (r#"{"aud":"api","azp":"c","azpacr":"1","scp":"a","ver":"2.0"}"#, TokenUse::Access),
        (r#"{"aud":["api","https://t/userinfo"],"azp":"c","scope":"openid"}"#, TokenUse::Access),
        (
            r#"{"iss":"https://t/","sub":"c@clients","aud":"api","azp":"c","gty":"client-credentials"}"#,
            TokenUse::Access,
        ),
        (r#"{"ver":1,"cid":"c","uid":"u","scp":["a"],"auth_time":1}"#, TokenUse::Access),
    ] {
        assert_eq!(unsigned(claims).token_kind(), kind, "{claims}");
    }
    for (typ, kind) in
        [("at+jwt", TokenUse::Access), ("application/at+JWT", TokenUse::Access), ("logout+jwt", TokenUse::Unknown)]
    {
        let header = json!({"alg": "RS256", "typ": typ}).to_string();
        assert_eq!(with_header(&header, r#"{"nonce":"n"}"#).token_kind(), kind, "{typ}");
    }
    let encrypted = Token::read(&format!("{}.a.b.c.d", b64(r#"{"alg":"dir","enc":"A256GCM"}"#)));
    assert_eq!((encrypted.token_kind(), Token::read("opaque").token_kind()), (TokenUse::Unknown, TokenUse::Unknown));
}
