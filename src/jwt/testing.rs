//! Tokens and keys for this module's tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::decode::Token;

pub(super) const RSA: &str = include_str!("testdata/rsa.pem");
pub(super) const RSA_PUBLIC: &str = include_str!("testdata/rsa.pub.pem");
pub(super) const OTHER_RSA: &str = include_str!("testdata/other-rsa.pem");
pub(super) const P256: &str = include_str!("testdata/p256.pem");
pub(super) const P384: &str = include_str!("testdata/p384.pem");
pub(super) const ED25519: &str = include_str!("testdata/ed25519.pem");

/// The instant that tests call now.
pub(super) fn now() -> Timestamp {
    after(0)
}

/// So many seconds after now.
pub(super) fn after(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

pub(super) const NOW: i64 = 1_800_000_000;

/// Base64url without padding.
pub(super) fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of this header and payload whose signature is the word "signature".
pub(super) fn with_header(header: &str, payload: &str) -> Token {
    Token::read(&format!("{}.{}.{}", b64(header), b64(payload), b64("signature")))
}

/// A token of these claims that nobody signed.
pub(super) fn unsigned(claims: &str) -> Token {
    with_header(r#"{"alg":"RS256","typ":"JWT","kid":"k1"}"#, claims)
}

/// The library's signing key for a private key in PEM.
pub(super) fn signing_key(pem: &str, algorithm: Algorithm) -> EncodingKey {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512};
    match algorithm {
        HS256 | HS384 | HS512 => EncodingKey::from_secret(pem.as_bytes()),
        ES256 | ES384 => EncodingKey::from_ec_pem(pem.as_bytes()).unwrap(),
        EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()).unwrap(),
        _ => EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap(),
    }
}

/// The token text of this header and payload, signed; the header's `alg` may lie.
pub(super) fn signed_text(header: &Value, payload: &str, pem: &str, algorithm: Algorithm) -> String {
    let input = format!("{}.{}", b64(header.to_string()), b64(payload));
    let signature = crypto::sign(input.as_bytes(), &signing_key(pem, algorithm), algorithm).unwrap();
    format!("{input}.{signature}")
}

/// An RS256 token of these claims, signed with the key `k1`.
pub(super) fn signed(claims: &Value) -> Token {
    Token::read(&signed_text(&json!({"alg": "RS256", "kid": "k1"}), &claims.to_string(), RSA, Algorithm::RS256))
}

/// Claims as Keycloak writes them for a service account, good for five minutes from now.
pub(super) fn keycloak_claims() -> Value {
    json!({
        "exp": NOW + 300, "iat": NOW, "jti": "trrtcc:f60fa4a6-f6df-71c3-7b14-a0c8a1d0c4f5",
        "iss": "http://localhost:8001/realms/myorg", "aud": "account", "sub": "6a3f2f4e-5e6e-4a55-9f0a-2f1d0a4a7b1c",
        "typ": "Bearer", "azp": "testapiclient1", "acr": "1", "allowed-origins": ["/*"],
        "realm_access": {"roles": ["offline_access", "default-roles-myorg"]},
        "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
        "scope": "profile email test_api_access", "email_verified": false, "clientHost": "127.0.0.1",
        "preferred_username": "service-account-testapiclient1", "clientAddress": "127.0.0.1",
        "client_id": "testapiclient1"
    })
}

/// The public JWK of a private key in PEM, with these members laid over it.
pub(super) fn public_jwk(pem: &str, algorithm: Algorithm, over: &Value) -> Value {
    let mut jwk =
        serde_json::to_value(Jwk::from_encoding_key(&signing_key(pem, algorithm), algorithm).unwrap()).unwrap();
    for (name, value) in over.as_object().unwrap() {
        jwk[name] = value.clone();
    }
    jwk
}

/// A key set as Keycloak publishes it, `k1` for signatures and `enc1` for encryption, beside a key of an unknown type
/// and a broken one.
pub(super) fn keycloak_jwks() -> Value {
    json!({"keys": [
        public_jwk(OTHER_RSA, Algorithm::RS256, &json!({"kid": "enc1", "use": "enc", "alg": "RSA-OAEP"})),
        {"kid": "pq", "kty": "AKP", "alg": "ML-DSA-44", "use": "sig", "pub": "AAAA"},
        {"kid": "broken", "kty": "RSA", "alg": "RS256", "use": "sig", "n": "!", "e": "AQAB"},
        public_jwk(RSA, Algorithm::RS256, &json!({"kid": "k1", "use": "sig"})),
    ]})
}
