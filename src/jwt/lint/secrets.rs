//! Rules about secrets and keys: guessable ones, short ones, and such as stand in the claims for all to read.
//!
//! Pure: imports only the `jwt` module's own files.

use jiff::Timestamp;
use jsonwebtoken::{DecodingKey, crypto};
use serde_json::Value;

use crate::jwt::algorithm::{Means, Named, named};
use crate::jwt::decode::{Kind, Token};
use crate::jwt::keys::{KeySet, KeyType};
use crate::jwt::shown;

/// Secrets out of tutorials, READMEs and debuggers, and what people type when nothing occurs to them.
static GUESSED: [&str; 46] = [
    "",
    "secret",
    "your-256-bit-secret",
    "your-384-bit-secret",
    "your-512-bit-secret",
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "a-valid-string-secret-that-is-at-least-384-bits-long",
    "your_jwt_secret",
    "your-secret-key",
    "your_secret_key",
    "your-secret",
    "my-secret",
    "my_secret",
    "mysecret",
    "mysecretkey",
    "my_secret_key",
    "secretkey",
    "secret_key",
    "secret-key",
    "SECRET_KEY",
    "supersecret",
    "super-secret",
    "supersecretkey",
    "super-secret-key",
    "jwt",
    "jwtsecret",
    "jwt_secret",
    "jwt-secret",
    "JWT_SECRET",
    "jwt-secret-key",
    "shhhhh",
    "keyboard cat",
    "AllYourBase",
    "s3cr3t",
    "password",
    "Password1",
    "changeme",
    "change-me",
    "default",
    "test",
    "key",
    "admin",
    "token",
    "123456",
    "12345678",
];

/// How many values of the claims are looked at.
const MOST_VALUES: usize = 2_000;

/// Names of claims that a secret stands under, in small letters without separators.
static SECRET_NAMES: [&str; 20] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "clientsecret",
    "sharedsecret",
    "apikey",
    "apisecret",
    "secretkey",
    "privatekey",
    "accesskey",
    "accesstoken",
    "refreshtoken",
    "creditcard",
    "creditcardnumber",
    "cardnumber",
    "cvv",
    "pin",
    "ssn",
];

/// How secrets begin that say what they are.
static SECRET_STARTS: [&str; 8] = ["AKIA", "ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "-----BEGIN "];

pub(super) fn guessable(token: &Token, _: Timestamp) -> Option<String> {
    let Named::Checkable(Means::Library(algorithm), KeyType::Secret) = named(token.alg()?) else { return None };
    let (input, signature) = (token.signing_input()?, token.signature_text()?);
    let opens = |secret: &&&str| {
        let key = DecodingKey::from_secret(secret.as_bytes());
        crypto::verify(signature, input.as_bytes(), &key, algorithm).unwrap_or(false)
    };
    let secret = GUESSED.iter().find(opens)?;
    Some(match *secret {
        "" => "It is signed with an empty secret: anyone can make such tokens.".to_owned(),
        secret => format!("It is signed with the secret \"{secret}\", which everybody tries first."),
    })
}

pub(super) fn short_rsa(token: &Token, _: Timestamp) -> Option<String> {
    let (Named::Checkable(_, KeyType::Rsa), Kind::Jws(jws)) = (named(token.alg()?), token.kind()) else { return None };
    // An RSA signature is as long as the modulus (RFC 8017 section 8). Much less is no RSA signature at all.
    let bits = jws.signature.len() * 8;
    (512..2_048).contains(&bits).then(|| format!("The signature has {bits} bits, and so has the RSA key: too few."))
}

pub(super) fn short_secret(token: &Token, keys: &KeySet, _: Timestamp) -> Option<String> {
    let alg = token.alg()?;
    let Named::Checkable(_, KeyType::Secret) = named(alg) else { return None };
    let wanted: usize = alg.strip_prefix("HS")?.parse().ok()?;
    let short = keys.keys.iter().find(|key| key.kty == KeyType::Secret && key.size_bits < wanted)?;
    Some(format!("The secret has {} bits; {alg} wants at least {wanted}.", short.size_bits))
}

pub(super) fn in_claims(token: &Token, _: Timestamp) -> Option<String> {
    let mut found = Vec::new();
    let mut left = MOST_VALUES;
    let top = token.claims()?.iter();
    for (name, value) in top {
        look(name, value, &mut left, &mut found);
    }
    (!found.is_empty()).then(|| {
        let names = found.iter().take(4).map(|path| shown(path, 60)).collect::<Vec<_>>().join(", ");
        format!("The claims seem to hold a secret ({names}): whoever sees the token can read them.")
    })
}

fn look(path: &str, value: &Value, left: &mut usize, found: &mut Vec<String>) {
    let Some(rest) = left.checked_sub(1) else { return };
    *left = rest;
    let name = path.rsplit('.').next().unwrap_or(path);
    let plain: String = name.chars().take(40).filter(char::is_ascii_alphanumeric).collect();
    let named_so = SECRET_NAMES.contains(&plain.to_ascii_lowercase().as_str());
    match value {
        Value::String(text) if named_so && !text.is_empty() => found.push(path.to_owned()),
        Value::Number(_) if named_so => found.push(path.to_owned()),
        Value::String(text) if looks_secret(text) => found.push(path.to_owned()),
        Value::Object(members) => {
            for (name, value) in members {
                look(&format!("{path}.{name}"), value, left, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| look(path, item, left, found)),
        _ => {}
    }
}

fn looks_secret(text: &str) -> bool {
    let start = SECRET_STARTS.iter().find(|start| text.starts_with(**start));
    start.is_some_and(|start| !start.starts_with('-') || text.contains("PRIVATE KEY-----"))
}
