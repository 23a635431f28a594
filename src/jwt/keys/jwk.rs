//! One JSON Web Key (RFC 7517): checked member by member, so that a refusal names what is wrong.
//!
//! Pure: imports only the `jwt` module's own files.

use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde_json::Value;
use zeroize::Zeroizing;

use super::curve::Curve;
use super::{Fault, Key, KeyType, Material, SkippedKey, certificate, own, public};
use crate::jwt::algorithm::{Named, named};
use crate::jwt::decode::decode_leniently;
use crate::jwt::shown;

/// What the library verifies with: RSA keys of other sizes are refused by it.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// Why a key cannot be used.
struct Refusal {
    fault: Fault,
    reason: String,
}

/// What is wrong in a member makes the key unreadable.
impl From<String> for Refusal {
    fn from(reason: String) -> Self {
        Self { fault: Fault::Unreadable, reason }
    }
}

/// The key is readable, and for something else.
fn unfit<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal { fault: Fault::Unfit, reason: reason.into() })
}

/// Reads one key, or says why it cannot be used.
pub(super) fn read(jwk: &Value) -> Result<Key, Box<SkippedKey>> {
    read_members(jwk).map_err(|Refusal { fault, reason }| {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str).map(str::to_owned);
        let (kid, kty, alg, use_) = (text("kid"), text("kty"), text("alg"), text("use"));
        Box::new(SkippedKey { kid, kty, alg, use_, fault, reason, given: false })
    })
}

/// A shared secret as a key.
pub(super) fn secret(bytes: &[u8]) -> Key {
    new_key(KeyType::Secret, bytes.len() * 8, Material::Library(DecodingKey::from_secret(bytes)), Vec::new())
}

fn read_members(jwk: &Value) -> Result<Key, Refusal> {
    if !jwk.is_object() {
        return Err("it is not a JSON object".to_owned().into());
    }
    check_purpose(jwk)?;
    let key = match text(jwk, "kty")? {
        Some("RSA") => rsa(jwk)?,
        Some("EC") => ec(jwk)?,
        Some("OKP") => okp(jwk)?,
        Some("oct") => {
            let bytes = Zeroizing::new(bytes(jwk, "k")?);
            if bytes.is_empty() {
                return Err("k is empty".to_owned().into());
            }
            if let Some(key) = own::key_in(&bytes) {
                return unfit(key.refused("k"));
            }
            secret(&bytes)
        }
        Some(other) => return unfit(format!("kty {} is not known here", shown(other, 40))),
        None => return Err("kty is missing".to_owned().into()),
    };
    let alg = text(jwk, "alg")?;
    if let Some(alg) = alg {
        match named(alg) {
            Named::Checkable(_, wanted) if wanted == key.kty => {}
            Named::Checkable(_, wanted) => {
                return unfit(format!("alg {alg} goes with {wanted}, the key is {}", key.kty));
            }
            Named::NotCheckable => return unfit(format!("alg {alg} cannot be checked here")),
            Named::Unsigned | Named::Unknown => {
                return unfit(format!("alg {} is no signature algorithm", shown(alg, 40)));
            }
        }
    }
    let owned = |name: &str| Ok::<_, Refusal>(text(jwk, name)?.map(str::to_owned));
    let certificate = jwk.get("x5c").map(|x5c| certificate::of_x5c(x5c, Some(&key)));
    Ok(Key { certificate, kid: owned("kid")?, alg: owned("alg")?, use_: owned("use")?, ..key })
}

/// `use` must be `sig` and `key_ops` must have `verify`, when they are there (RFC 7517 sections 4.2, 4.3). A private key
/// or a secret may say `sign` instead: it is taken for what checks its own signatures.
fn check_purpose(jwk: &Value) -> Result<(), Refusal> {
    match text(jwk, "use")? {
        None | Some("sig") => {}
        Some("enc") => return unfit("use is enc: it is for encryption, not for signatures"),
        Some(other) => return unfit(format!("use is {}, not sig", shown(other, 40))),
    }
    let signs = jwk.get("d").is_some() || jwk.get("k").is_some();
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) => {
            let allows = |wanted: &str| operations.iter().any(|operation| operation.as_str() == Some(wanted));
            if allows("verify") || (signs && allows("sign")) { Ok(()) } else { unfit("key_ops does not have verify") }
        }
        Some(_) => Err("key_ops is not a list".to_owned().into()),
    }
}

fn rsa(jwk: &Value) -> Result<Key, String> {
    let (modulus, exponent) = (bytes(jwk, "n")?, bytes(jwk, "e")?);
    let modulus = without_leading_zeros(&modulus);
    let exponent = without_leading_zeros(&exponent);
    let bits = modulus.len() * 8 - modulus.first().map_or(0, |first| first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        let wanted = format!("at least {} and at most {}", RSA_BITS.start(), RSA_BITS.end());
        return Err(format!("the RSA modulus has {bits} bits; {wanted} are accepted"));
    }
    let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
    if !odd(modulus) || !odd(exponent) || exponent == [1] || exponent.len() > 4 {
        return Err("n and e are no RSA public key".to_owned());
    }
    RsaPublicKeyComponents { n: modulus, e: exponent }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .map_err(|_| "n and e are no RSA public key".to_owned())?;
    let members = vec![("e", b64(exponent)), ("kty", "RSA".to_owned()), ("n", b64(modulus))];
    let material = Material::Library(DecodingKey::from_rsa_raw_components(modulus, exponent));
    Ok(new_key(KeyType::Rsa, bits, material, members))
}

fn ec(jwk: &Value) -> Result<Key, Refusal> {
    let Some(name) = text(jwk, "crv")? else { return Err("crv is missing".to_owned().into()) };
    let Some(curve) = Curve::named(name) else {
        return unfit(format!("the curve {} cannot be checked here", shown(name, 40)));
    };
    let (x, y) = (coordinate(jwk, "x", curve)?, coordinate(jwk, "y", curve)?);
    // An uncompressed point, SEC 1 section 2.3.3.
    let point = [&[4][..], &x, &y].concat();
    if UnparsedPublicKey::new(curve.checks, &point).parse().is_err() {
        return Err("x and y are no point on the curve".to_owned().into());
    }
    let members = vec![("crv", curve.name.to_owned()), ("kty", "EC".to_owned()), ("x", b64(&x)), ("y", b64(&y))];
    let material = match curve.kty {
        KeyType::P521 | KeyType::Secp256k1 => Material::Point(point),
        _ => Material::Library(DecodingKey::from_ec_der(&point)),
    };
    Ok(new_key(curve.kty, curve.bits, material, members))
}

fn coordinate(jwk: &Value, name: &str, curve: &Curve) -> Result<Vec<u8>, String> {
    let coordinate = bytes(jwk, name)?;
    if coordinate.len() == curve.length {
        Ok(coordinate)
    } else {
        Err(format!("{name} has {} bytes; the curve has {}", coordinate.len(), curve.length))
    }
}

fn okp(jwk: &Value) -> Result<Key, Refusal> {
    match text(jwk, "crv")? {
        Some("Ed25519") => {}
        // It serves EdDSA as Ed25519 does (RFC 8037 section 3.1), only not here.
        Some("Ed448") => return Err("the curve Ed448 cannot be checked here".to_owned().into()),
        Some(other) => return unfit(format!("the curve {} cannot be checked here", shown(other, 40))),
        None => return Err("crv is missing".to_owned().into()),
    }
    let public = bytes(jwk, "x")?;
    if public.len() != 32 {
        return Err(format!("x has {} bytes; Ed25519 has 32", public.len()).into());
    }
    if is_of_small_order(&public) {
        return Err("x is a point of small order: a signature that holds with it proves nothing".to_owned().into());
    }
    UnparsedPublicKey::new(&ED25519, &public).parse().map_err(|_| "x is no Ed25519 public key".to_owned())?;
    let members = vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", b64(&public))];
    Ok(new_key(KeyType::Ed25519, 256, Material::Library(DecodingKey::from_ed_der(&public)), members))
}

/// Whether the Ed25519 point (RFC 8032 section 5.1.2) is one of the eight whose order divides the cofactor 8 (section 5.1),
/// in any encoding: with such a key anyone can make a signature of anything.
fn is_of_small_order(public: &[u8]) -> bool {
    // Their y: 0, 1, the two of order 8, -1, and p and p + 1, which mean 0 and 1 to readers that reduce.
    const SMALL: [&str; 7] = [
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
        "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
        "7P_______________________________________38",
        "7f_______________________________________38",
        "7v_______________________________________38",
    ];
    let mut y = public.to_vec();
    // The highest bit is the sign of x.
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    SMALL.contains(&b64(&y).as_str())
}

/// A key with nothing said about its name and purpose.
fn new_key(kty: KeyType, size_bits: usize, material: Material, members: Vec<(&'static str, String)>) -> Key {
    let thumbprint = public::thumbprint(&members);
    Key {
        kid: None,
        alg: None,
        kty,
        use_: None,
        thumbprint,
        size_bits,
        given: false,
        members,
        material,
        certificate: None,
    }
}

fn b64(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// The string member, none when absent.
pub(super) fn text<'a>(jwk: &'a Value, name: &str) -> Result<Option<&'a str>, String> {
    match jwk.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("{name} is not a string")),
    }
}

/// The bytes of a base64url member; padding and the standard alphabet are let pass.
pub(super) fn bytes(jwk: &Value, name: &str) -> Result<Vec<u8>, String> {
    let encoded = text(jwk, name)?.ok_or_else(|| format!("{name} is missing"))?;
    decode_leniently(encoded).map_err(|_| format!("{name} is not base64url"))
}

pub(super) fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}
