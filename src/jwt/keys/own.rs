//! Whether what stands where a shared secret is wanted is a key of its own: PEM, DER, a JWK or an SSH key, also in base64
//! or in hexadecimal digits. Anyone may know a public key, so nothing that is signed with it as a secret proves anything
//! (RFC 8725 section 2.1).
//!
//! Pure: imports only the `jwt` module's own files.

use std::collections::BTreeSet;

use aws_lc_rs::signature::UnparsedPublicKey;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::curve::{CURVES, Curve};
use super::{KeySet, der, public, secret};
use crate::jwt::decode::decode_leniently;

/// Base64 and hexadecimal digits are undone so many times.
const MOST_LAYERS: usize = 4;

/// What a key is to be given as.
const GIVE_IT: &str = "give it as a key";

/// How the algorithms of SSH keys begin (RFC 4253 section 6.6, RFC 5656, RFC 8709), and the `kty` of such keys; empty where
/// there is none.
const SSH_KEYS: [(&str, &str); 6] = [
    ("ssh-rsa", "RSA"),
    ("ssh-ed25519", "OKP"),
    ("ssh-", ""),
    ("ecdsa-sha2-", "EC"),
    ("sk-ssh-", ""),
    ("sk-ecdsa-", ""),
];

/// A key in the place of a secret.
pub(super) struct OwnKey {
    /// In what form, with its article.
    form: &'static str,
    /// What to do with it.
    remedy: &'static str,
    /// Its `kty`, where that is known and the only one.
    pub(super) kty: Option<String>,
}

impl OwnKey {
    fn pem(form: &'static str, pem: &str) -> Self {
        let set = KeySet::from_pem(pem).unwrap_or_default();
        Self { form, remedy: GIVE_IT, kty: single(set.keys.iter().map(|key| key.kty.kty())) }
    }

    fn jwk(types: &BTreeSet<String>) -> Self {
        Self { form: "a JWK", remedy: GIVE_IT, kty: single(types.iter().map(String::as_str)) }
    }

    fn ssh(kty: &str) -> Self {
        let remedy = "ssh-keygen -e -m PKCS8 -f FILE writes its public part as PEM, to be given as a key";
        Self { form: "an SSH key", remedy, kty: single(std::iter::once(kty)) }
    }

    /// Why it is no secret, of what stands under this name.
    pub(super) fn refused(&self, name: &str) -> String {
        format!("{name} is {}, not a shared secret: {}", self.form, self.remedy)
    }
}

/// The `kty`, when all keys but secrets are of the same.
fn single<'a>(types: impl Iterator<Item = &'a str>) -> Option<String> {
    let types: BTreeSet<&str> = types.filter(|kty| ["RSA", "EC", "OKP"].contains(kty)).collect();
    types.first().filter(|_| types.len() == 1).map(|kty| (*kty).to_owned())
}

/// The key that these bytes are; none when they may be a secret.
pub(super) fn key_in(bytes: &[u8]) -> Option<OwnKey> {
    within(bytes, MOST_LAYERS)
}

fn within(bytes: &[u8], layers: usize) -> Option<OwnKey> {
    if let Some(label) = der::label(bytes) {
        return Some(OwnKey::pem("a key in DER", &Zeroizing::new(public::pem(label, bytes))));
    }
    if is_point(bytes) {
        let form = "the bare point of an EC public key";
        return Some(OwnKey { form, remedy: GIVE_IT, kty: Some("EC".to_owned()) });
    }
    // Of UTF-16 the letters of ASCII are left.
    let text = Zeroizing::new(String::from_utf8_lossy(bytes).replace('\0', ""));
    if let Some(types) = jwk_types(&text) {
        return Some(OwnKey::jwk(&types));
    }
    if text.contains("-----BEGIN") || text.contains("-----END") {
        return Some(OwnKey::pem("a PEM key", &text));
    }
    if let Some(kty) = ssh_blob(bytes).or_else(|| ssh_line(&text)) {
        return Some(OwnKey::ssh(kty));
    }
    let layers = layers.checked_sub(1)?;
    // As PEM has it between its borders, however the lines are broken, and as JSON and .env files quote it.
    let letters = Zeroizing::new(text.replace("\\n", "").replace("\\r", ""));
    let is_noise = |c: &char| c.is_whitespace() || ['"', '\'', '\\', '\u{feff}'].contains(c);
    let letters = Zeroizing::new(letters.chars().filter(|c| !is_noise(c)).collect::<String>());
    let digits = Zeroizing::new(letters.trim_start_matches("0x").replace(':', ""));
    let decoded = [decode_leniently(&letters).ok(), secret::hex(&digits)];
    decoded.into_iter().flatten().filter(|bytes| !bytes.is_empty()).find_map(|bytes| {
        let bytes = Zeroizing::new(bytes);
        within(&bytes, layers)
    })
}

/// Whether the bytes are an uncompressed point on a curve (SEC 1 section 2.3.3), which bytes at random never are.
fn is_point(bytes: &[u8]) -> bool {
    let on_curve = |curve: &Curve| {
        bytes.len() == 2 * curve.length + 1 && UnparsedPublicKey::new(curve.checks, bytes).parse().is_ok()
    };
    bytes.first() == Some(&4) && CURVES.iter().any(on_curve)
}

/// Whether the text is JSON with the members of a JWK, which is never read for the PEM within it.
pub(super) fn is_jwk(text: &str) -> bool {
    jwk_types(text).is_some()
}

/// The `kty`s of the JWKs in a JSON text, usable or not, in a set, a list or alone; none when there are none.
fn jwk_types(text: &str) -> Option<BTreeSet<String>> {
    let json = text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    if !json.starts_with(['{', '[']) {
        return None;
    }
    let mut types = BTreeSet::new();
    match serde_json::from_str::<Value>(json) {
        Ok(value) => add_types(&value, &mut types),
        // Cut off, too deep, or with something behind it: whoever made it meant a key all the same.
        Err(_) => types.extend(type_by(|name| json.contains(&format!("\"{name}\""))).map(str::to_owned)),
    }
    (!types.is_empty()).then_some(types)
}

/// The JSON reader has bounded how deep this goes.
fn add_types(value: &Value, types: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            types.extend(type_of(members));
            members.values().for_each(|member| add_types(member, types));
        }
        Value::Array(items) => items.iter().for_each(|item| add_types(item, types)),
        _ => {}
    }
}

fn type_of(members: &Map<String, Value>) -> Option<String> {
    let said = members.get("kty").and_then(Value::as_str);
    said.or_else(|| type_by(|name| members.contains_key(name))).map(str::to_owned)
}

/// What type of key an object with such members is (RFC 7517 section 5, RFC 7518 section 6); empty when that is not known.
fn type_by(has: impl Fn(&str) -> bool) -> Option<&'static str> {
    if has("kty") || has("keys") {
        Some("")
    } else if has("n") && has("e") {
        Some("RSA")
    } else if has("x") && has("y") {
        Some("EC")
    } else if has("x") && has("crv") {
        Some("OKP")
    } else {
        None
    }
}

/// The `kty` of a key as `authorized_keys` and `.pub` files have it, or as RFC 4716 writes it.
fn ssh_line(text: &str) -> Option<&'static str> {
    if text.contains("---- BEGIN SSH2 ") {
        return Some("");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).find_map(|pair| match pair {
        [name, blob] if blob.starts_with("AAAA") => ssh_type(name),
        _ => None,
    })
}

/// The `kty` of a key as SSH itself writes it: the algorithm's name stands first, behind its length in four bytes.
fn ssh_blob(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"openssh-key-v1\0") {
        return Some("");
    }
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let name = rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    ssh_type(std::str::from_utf8(name).ok()?)
}

fn ssh_type(name: &str) -> Option<&'static str> {
    SSH_KEYS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, kty)| *kty)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may stop at the first surprise"
    )]
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use jsonwebtoken::Algorithm;
    use serde_json::json;

    use super::*;
    use crate::exchange::Secret;
    use crate::jwt::keys::SigningKey;
    use crate::jwt::testing::{RSA, RSA_PUBLIC, public_jwk};

    const SSH_ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO35dp43DpZy90w2RChyUp0v8+54jaSi12vgg426E4VD";
    const SSH_P256: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFNakc7o/VAaEkjC8NzQKn6s/uUdjW8GZGTgIuRm6abA1sQqwkoaIJvlB3Bdg+D6DKdM1NUvrwB1VTlA5pkDq5Q= me@here";
    const POINT: &str = "BFNakc7o/VAaEkjC8NzQKn6s/uUdjW8GZGTgIuRm6abA1sQqwkoaIJvlB3Bdg+D6DKdM1NUvrwB1VTlA5pkDq5Q=";
    /// `SubjectPublicKeyInfo` of keys that nothing can be held against here.
    const ED448: &str = "MEMwBQYDK2VxAzoARY9eDTb65yGuK1A8dab+vdo58K5pNcWaB55r/A+iJBa/D57JDhMlz+47QQrzqTcZafWTvuFnjp8A";
    const X25519: &str = "MCowBQYDK2VuAyEAz3QWhRiu02Ucex2ih5fmsbr4BLkV0OGds5ELQKxuank=";
    const BRAINPOOL: &str = "MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABJGqVmOcgvHD7R6Fh/Les9f8u2Kxpiv0xcxNmxR2spK9Wg30EGc6W6qgZB5WM1jFFfjFqIvVhwilPawU+JonTLg=";

    /// The text itself, and all that it may be hidden in.
    fn forms(text: &str) -> Vec<String> {
        let hex = text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        vec![
            text.to_owned(),
            format!("text:{text}"),
            format!("\u{feff} {text}\n"),
            format!("b64:{}", BASE64_STANDARD.encode(text)),
            BASE64_URL_SAFE_NO_PAD.encode(text),
            format!("hex:{hex}"),
            hex,
        ]
    }

    fn refused(text: &str) -> (String, Option<String>) {
        match secret::bytes(text) {
            Err(refusal) => (refusal.reason, refusal.kty),
            Ok(_) => panic!("taken for a secret: {text}"),
        }
    }

    #[test]
    fn a_key_is_known_in_every_form() {
        let small = include_str!("../testdata/rsa1024.pub.pem");
        let body: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with("-----")).collect();
        let lines: String = RSA_PUBLIC.split_inclusive('\n').filter(|line| !line.starts_with("-----")).collect();
        let der = BASE64_STANDARD.decode(&body).unwrap();
        let digits = der.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>();
        let pem_of = |body: &str| format!("x\n-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----");
        let jwk = |over: serde_json::Value| public_jwk(RSA, Algorithm::RS256, &over).to_string();
        let nameless = jwk(json!({})).replace("\"kty\":\"RSA\",", "").replace(",\"kty\":\"RSA\"", "");
        assert!(!nameless.contains("kty"), "{nameless}");
        let mixed = format!("{{\"keys\":[{},{{\"kty\":\"oct\",\"k\":\"AAAA\"}}]}}", jwk(json!({})));
        for (text, form, kty) in [
            (RSA_PUBLIC, "a PEM key", Some("RSA")),
            (RSA, "a PEM key", Some("RSA")),
            (&format!("hello\n{small}"), "a PEM key", None),
            (&pem_of(ED448), "a PEM key", None),
            (&pem_of(BRAINPOOL), "a PEM key", None),
            (&body, "a key in DER", Some("RSA")),
            (&lines, "a key in DER", Some("RSA")),
            (&lines.replace('\n', "\\n"), "a key in DER", Some("RSA")),
            (&digits.concat(), "a key in DER", Some("RSA")),
            (&digits.join(":"), "a key in DER", Some("RSA")),
            (ED448, "a key in DER", None),
            (X25519, "a key in DER", None),
            (BRAINPOOL, "a key in DER", None),
            (POINT, "the bare point of an EC public key", Some("EC")),
            (SSH_ED25519, "an SSH key", Some("OKP")),
            (SSH_P256, "an SSH key", Some("EC")),
            (&format!("restrict,pty {SSH_ED25519}"), "an SSH key", Some("OKP")),
            (SSH_ED25519.split_once(' ').unwrap().1, "an SSH key", Some("OKP")),
            (&jwk(json!({})), "a JWK", Some("RSA")),
            (&jwk(json!({"use": "enc"})), "a JWK", Some("RSA")),
            (&jwk(json!({"alg": "RSA-OAEP"})), "a JWK", Some("RSA")),
            (&format!("[{}]", jwk(json!({}))), "a JWK", Some("RSA")),
            (&nameless, "a JWK", Some("RSA")),
            (&mixed, "a JWK", Some("RSA")),
            (r#"{"x":"AA","y":"AA"}"#, "a JWK", Some("EC")),
            (r#"{"kty":"oct","k":"AAAA"}"#, "a JWK", None),
            (r#"{"kty":"RSA","n":"#, "a JWK", None),
        ] {
            for written in forms(text) {
                let (reason, found) = refused(&written);
                assert!(reason.starts_with(&format!("this is {form}, not a shared secret: ")), "{written}: {reason}");
                assert_eq!(found.as_deref(), kty, "{written}");
                assert!(SigningKey::from_secret(&Secret::new(written.as_str())).is_err(), "signs with {written}");
            }
            let oct = json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(text)}).to_string();
            let set = KeySet::from_file_contents(oct.as_bytes()).unwrap();
            assert!(set.keys.is_empty() && set.skipped[0].reason.starts_with(&format!("k is {form}")), "{set:?}");
            assert!(SigningKey::from_contents(oct.as_bytes()).is_err());
        }
        assert!(refused(SSH_P256).0.contains("ssh-keygen -e -m PKCS8"));
    }

    #[test]
    fn an_ordinary_secret_stays_one() {
        let made: Vec<String> = ["HS256", "HS384", "HS512"]
            .iter()
            .cycle()
            .take(60)
            .map(|alg| SigningKey::generate(alg).unwrap().saved().reveal().to_owned())
            .collect();
        let plain: Vec<String> = made.iter().map(|text| text.replace("b64:", "")).collect();
        let others = [
            "your-256-bit-secret",
            "MIIB is how it begins",
            "MCowBQYDK2VuAyEA",
            "0123456789abcdef0123456789abcdef",
            "30820122300d06092a864886f70d0101",
            "{\"secret\":\"x\"}",
            "[1,2,3]",
            "{not JSON}",
            "ssh-rsa is no key alone",
            "AAAA AAAA",
            "b64:MAYCAQECAQ==",
            "b64:MAA=",
        ];
        for text in made.iter().chain(&plain).map(String::as_str).chain(others) {
            assert!(secret::bytes(text).is_ok(), "{text}: {:?}", secret::bytes(text));
        }
    }
}
