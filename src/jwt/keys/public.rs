//! A public key in other forms: read out of DER (X.509, PKCS #1), written as PEM, and its thumbprint.
//!
//! Pure: imports only the `jwt` module's own files.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::signature::{ED25519, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::{PublicKey, RSAPublicKey};
use x509_parser::x509::SubjectPublicKeyInfo;

use super::curve::{CURVES, Curve};
use super::{Key, KeyType};
use crate::jwt::decode::decode_leniently;

/// The SHA-256 thumbprint (RFC 7638 section 3) of the members, which stand in the order it wants; none without members.
pub(super) fn thumbprint(members: &[(&'static str, String)]) -> Option<String> {
    if members.is_empty() {
        return None;
    }
    // The values are base64url and names: nothing in them is to be escaped.
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    let json = format!("{{{}}}", members.join(","));
    Some(BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, json.as_bytes())))
}

/// The JWK of a `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7), which is what PEM calls a public key.
pub(super) fn jwk_of_spki(der: &[u8]) -> Option<Value> {
    let (_, spki) = SubjectPublicKeyInfo::from_der(der).ok()?;
    jwk_of(&spki)
}

/// The JWK of a public key as a certificate or PEM holds it.
pub(super) fn jwk_of(spki: &SubjectPublicKeyInfo<'_>) -> Option<Value> {
    const ED25519_OID: &str = "1.3.101.112";
    if spki.algorithm.algorithm.to_id_string() == ED25519_OID {
        return Some(json!({"kty": "OKP", "crv": "Ed25519", "x": b64(&spki.subject_public_key.data)}));
    }
    match spki.parsed().ok()? {
        PublicKey::RSA(key) => Some(jwk_of_rsa(&key)),
        PublicKey::EC(point) => {
            let oid = spki.algorithm.parameters.as_ref()?.as_oid().ok()?.to_id_string();
            let curve = CURVES.iter().find(|curve| curve.oid == oid)?;
            jwk_of_point(curve, point.data())
        }
        _ => None,
    }
}

/// The JWK of an RSA key as PKCS #1 writes it (RFC 8017 appendix A.1.1).
pub(super) fn jwk_of_pkcs1(der: &[u8]) -> Option<Value> {
    let (_, key) = RSAPublicKey::from_der(der).ok()?;
    Some(jwk_of_rsa(&key))
}

fn jwk_of_rsa(key: &RSAPublicKey<'_>) -> Value {
    json!({"kty": "RSA", "n": b64(key.modulus), "e": b64(key.exponent)})
}

/// The JWK of an uncompressed point.
pub(super) fn jwk_of_point(curve: &Curve, point: &[u8]) -> Option<Value> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(curve.length)?;
    Some(json!({"kty": "EC", "crv": curve.name, "x": b64(x), "y": b64(y)}))
}

impl Key {
    /// The public key as PEM (RFC 7468 section 13); none of a secret.
    pub fn pem(&self) -> Option<String> {
        let member = |wanted: &str| {
            let (_, value) = self.members.iter().find(|(name, _)| *name == wanted)?;
            decode_leniently(value).ok()
        };
        let der: PublicKeyX509Der<'_> = match self.kty {
            KeyType::Secret => return None,
            KeyType::Rsa => RsaPublicKeyComponents { n: member("n")?, e: member("e")? }.as_der().ok()?,
            KeyType::Ed25519 => UnparsedPublicKey::new(&ED25519, member("x")?).parse().ok()?.as_der().ok()?,
            kty => {
                let point = [&[4][..], &member("x")?, &member("y")?].concat();
                UnparsedPublicKey::new(Curve::of(kty)?.checks, point).parse().ok()?.as_der().ok()?
            }
        };
        Some(pem("PUBLIC KEY", der.as_ref()))
    }
}

/// DER as PEM, in lines of 64 letters (RFC 7468 section 2).
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    let encoded = BASE64_STANDARD.encode(der);
    let mut out = format!("-----BEGIN {label}-----\n");
    for (index, letter) in encoded.chars().enumerate() {
        if index > 0 && index % 64 == 0 {
            out.push('\n');
        }
        out.push(letter);
    }
    out + "\n-----END " + label + "-----\n"
}

fn b64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
