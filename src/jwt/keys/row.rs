//! A key set as a table: every key as it is published, whether a signature can be held against it, and if not, why.
//!
//! Pure: "now" is handed in. Imports only the `jwt` module's own files.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::read::{NO_PLACE, jwks};
use super::{CertificateRow, Key, KeySetError, KeyType, SkippedKey, certificate, jwk};

/// The members that are of a private key or a secret (RFC 7518 sections 6.2.2, 6.3.2, 6.4.1, and `priv` of kty AKP).
const PRIVATE_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// One key of a published set.
#[derive(Clone, Debug, Serialize)]
pub struct KeyRow {
    /// `kid` as spelt: show it through [`shown`](crate::jwt::shown).
    pub kid: Option<String>,
    /// `kty` as spelt.
    pub kty: Option<String>,
    /// `crv` as spelt.
    pub crv: Option<String>,
    /// `alg` as spelt.
    pub alg: Option<String>,
    /// `use` as spelt.
    #[serde(rename = "use")]
    pub use_: Option<String>,
    /// RSA modulus or curve in bits, when the key can be read.
    pub size_bits: Option<usize>,
    /// The SHA-256 thumbprint (RFC 7638), when the key can be read.
    pub thumbprint: Option<String>,
    /// What its certificate (`x5c`, RFC 7517 section 4.7) says.
    pub certificate: Option<CertificateRow>,
    /// Why no signature can be held against it; none when it can. Safe to show.
    pub unusable: Option<String>,
    /// What is odd about it all the same. Safe to show.
    pub remarks: Vec<String>,
    /// Whether it is a private key or a shared secret, for everybody to read.
    #[serde(skip)]
    pub leaks: bool,
    /// The key itself, to be copied; also of one that is for encryption.
    #[serde(skip)]
    pub key: Option<Key>,
}

/// The keys of a published set, in order.
pub fn key_rows(json: &[u8], now: Timestamp) -> Result<Vec<KeyRow>, KeySetError> {
    let mut rows: Vec<KeyRow> =
        jwks(json)?.into_iter().map(|jwk| jwk.map_or_else(|skipped| unread(*skipped), |jwk| row(&jwk, now))).collect();
    let mut seen = std::collections::HashSet::new();
    for row in &mut rows {
        match &row.kid {
            Some(kid) if !seen.insert(kid.clone()) => row.remarks.push("another key has this kid".to_owned()),
            None if row.unusable.is_none() => {
                row.remarks.push("it has no kid: a token that names one cannot mean it".to_owned());
            }
            _ => {}
        }
    }
    Ok(rows)
}

/// A key that is no readable JSON.
fn unread(key: SkippedKey) -> KeyRow {
    KeyRow {
        kid: key.kid,
        kty: key.kty,
        crv: None,
        alg: key.alg,
        use_: key.use_,
        size_bits: None,
        thumbprint: None,
        certificate: None,
        unusable: Some(key.reason),
        remarks: Vec::new(),
        leaks: false,
        key: None,
    }
}

fn row(value: &Value, now: Timestamp) -> KeyRow {
    let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let (key, unusable) = match jwk::read(value) {
        Ok(key) if key.kty == KeyType::Secret => (None, Some(NO_PLACE.to_owned())),
        Ok(key) => (Some(key), None),
        Err(skipped) => (as_mere_key(value), Some(skipped.reason)),
    };
    let certificate = value.get("x5c").map(|x5c| certificate::of_x5c(x5c, key.as_ref()));
    let mut remarks = certificate::remarks(certificate.as_ref(), now);
    let private: Vec<&str> = PRIVATE_MEMBERS.into_iter().filter(|name| value.get(name).is_some()).collect();
    if !private.is_empty() {
        let names = private.join(", ");
        remarks.insert(0, format!("the private part is published ({names}): whoever reads this can sign"));
    }
    KeyRow {
        kid: text("kid"),
        kty: text("kty"),
        crv: text("crv"),
        alg: text("alg"),
        use_: text("use"),
        size_bits: key.as_ref().map(|key| key.size_bits),
        thumbprint: key.as_ref().and_then(|key| key.thumbprint.clone()),
        certificate: certificate.and_then(Result::ok),
        unusable,
        remarks,
        leaks: !private.is_empty(),
        key,
    }
}

/// The key without what it says about its purpose.
fn as_mere_key(value: &Value) -> Option<Key> {
    let mut mere = value.as_object()?.clone();
    for name in ["alg", "use", "key_ops"] {
        mere.remove(name);
    }
    jwk::read(&Value::Object(mere)).ok().filter(|key| key.kty != KeyType::Secret)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test may stop at the first surprise"
    )]
    use jsonwebtoken::Algorithm;
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::jwt::testing::{OTHER_RSA, RSA, keycloak_jwks, now, public_jwk};

    fn x5c(pem: &str) -> String {
        pem.lines().filter(|line| !line.starts_with("-----")).collect()
    }

    #[test]
    fn every_key_is_told_with_why_it_cannot_be_used() {
        let rows = key_rows(keycloak_jwks().to_string().as_bytes(), now()).unwrap();
        let told: Vec<_> =
            rows.iter().map(|row| (row.kid.as_deref().unwrap(), row.size_bits, row.unusable.as_deref())).collect();
        assert_eq!(
            told,
            [
                ("enc1", Some(2048), Some("use is enc: it is for encryption, not for signatures")),
                ("pq", None, Some("kty AKP is not known here")),
                ("broken", None, Some("n is not base64url")),
                ("k1", Some(2048), None),
            ]
        );
        assert!(rows[0].thumbprint.is_some() && rows[3].key.as_ref().unwrap().pem().is_some());
    }

    #[test]
    fn certificates_are_held_against_their_key_and_the_time() {
        let certificate = x5c(include_str!("../testdata/rsa.crt.pem"));
        let own = public_jwk(RSA, Algorithm::RS256, &json!({"kid": "a", "x5c": [certificate]}));
        let other = public_jwk(OTHER_RSA, Algorithm::RS256, &json!({"kid": "a", "x5c": [certificate]}));
        let rows = key_rows(json!({"keys": [own, other]}).to_string().as_bytes(), now()).unwrap();
        let read = rows[0].certificate.clone().unwrap();
        assert!(read.same_key && read.begins < read.ends, "{read:?}");
        assert!(rows[1].remarks.contains(&"its certificate is of another key".to_owned()), "{:?}", rows[1].remarks);
        assert!(rows[1].remarks.contains(&"another key has this kid".to_owned()));
        for (x5c, words) in [
            (json!(["AAAA"]), "no X.509 certificate in DER"),
            (json!("zzz"), "it is not a list"),
            (json!([]), "the list is empty"),
            (json!([7]), "the first one is not text"),
            (json!(["-----BEGIN CERTIFICATE-----"]), "not base64"),
            (json!(["A".repeat(20_000)]), "too long"),
        ] {
            let broken = public_jwk(RSA, Algorithm::RS256, &json!({"kid": "a", "x5c": x5c}));
            let rows = key_rows(broken.to_string().as_bytes(), now()).unwrap();
            let [remark] = rows[0].remarks.as_slice() else { panic!("{x5c}: {:?}", rows[0]) };
            assert!(remark.starts_with("its certificate (x5c) cannot be read") && remark.contains(words), "{remark}");
            assert!(rows[0].unusable.is_none(), "the key is sound");
        }
        let late = read.ends.unwrap();
        let rows = key_rows(json!({"keys": [own]}).to_string().as_bytes(), late).unwrap();
        assert_eq!(rows[0].remarks, ["its certificate ended now; few readers look at that"]);
    }

    #[test]
    fn what_should_not_be_published_is_said() {
        let private = json!({"kty": "OKP", "crv": "Ed25519", "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let rows =
            key_rows(json!({"keys": [private, {"kty": "oct", "k": "AAAA"}, {"kty": "RSA", "p": "AAAA", "q": "AAAA"}, {"kty": "AKP", "alg": "ML-DSA-44", "priv": "AAAA"}]}).to_string().as_bytes(), now()).unwrap();
        for row in &rows {
            assert!(row.leaks && row.remarks[0].contains("private part is published"), "{row:?}");
        }
        assert!(rows[2].remarks[0].contains("(p, q)") && rows[3].remarks[0].contains("(priv)"), "{rows:?}");
        assert!(rows[1].unusable.as_deref().unwrap().contains("no place"));
        let written = serde_json::to_string(&rows).unwrap();
        assert!(!written.contains("nWGx") && !written.contains("AAAA"), "{written}");
    }
}
