//! PEM (RFC 7468): public keys, certificates, and the public part of private keys.
//!
//! Pure: imports only the `jwt` module's own files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use zeroize::Zeroizing;

use super::{Key, SigningKey, SigningKeyError, jwk, public};
use crate::jwt::shown;

/// A longer block is not read: the largest key accepted is well below.
const LONGEST_BLOCK: usize = 12 << 10;

/// Certificates nest about ten deep.
const DEEPEST: usize = 32;

/// One block of a PEM text.
pub(super) struct Block<'a> {
    /// The word after `BEGIN`, such as `PUBLIC KEY`.
    pub(super) label: &'a str,
    /// The block with its two border lines.
    text: &'a str,
}

/// The blocks, in order. Text between them is skipped.
pub(super) fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, from) = rest.split_at_checked(rest.find("-----BEGIN ")?)?;
        let label = from.strip_prefix("-----BEGIN ")?.split("-----").next()?;
        let closing = format!("-----END {label}-----");
        let end = from.find(&closing).map_or(from.len(), |start| start + closing.len());
        let (block, after) = from.split_at_checked(end)?;
        rest = after;
        Some(Block { label, text: block })
    })
}

/// Reads one block, or says why it cannot be used. Of a private key it is the public part.
pub(super) fn read(block: &Block<'_>) -> Result<Key, String> {
    let way = match block.label {
        "PUBLIC KEY" => public::jwk_of_spki,
        "RSA PUBLIC KEY" => public::jwk_of_pkcs1,
        "CERTIFICATE" => |der: &[u8]| public::jwk_of(X509Certificate::from_der(der).ok()?.1.public_key()),
        label if label.ends_with("PRIVATE KEY") => {
            return match private(block) {
                Ok(key) => Ok(key.verifying().clone()),
                Err(error) => Err(error.to_string()),
            };
        }
        other => return Err(format!("a {} is no key to verify with", shown(other, 40))),
    };
    let public = way(&block.der()?);
    let public = public.ok_or("no RSA, P-256, P-384, P-521, secp256k1 or Ed25519 key can be read from it")?;
    // One way in for all keys: the same bounds and checks as for a JWK.
    jwk::read(&public).map_err(|skipped| skipped.reason)
}

/// The one private key among the blocks of a text.
pub(super) fn private_blocks(text: &str) -> Result<SigningKey, SigningKeyError> {
    let unusable = |reason: &str| Err(SigningKeyError::Unusable(reason.to_owned()));
    // OpenSSL writes a block with the curve's name before the key itself.
    let mut private: Vec<Block<'_>> =
        blocks(text).take(LONGEST_BLOCK).filter(|block| block.label.ends_with("PRIVATE KEY")).take(2).collect();
    match (private.pop(), private.pop()) {
        (Some(block), None) => self::private(&block),
        (Some(_), Some(_)) => unusable("there is more than one private key in it; give the one to sign with"),
        _ => unusable("there is no private key in it; a public key or a certificate cannot sign"),
    }
}

/// Reads a block with a private key.
fn private(block: &Block<'_>) -> Result<SigningKey, SigningKeyError> {
    let way = match block.label {
        "PRIVATE KEY" => SigningKey::from_pkcs8,
        "RSA PRIVATE KEY" => SigningKey::from_pkcs1,
        "EC PRIVATE KEY" => SigningKey::from_ec,
        "ENCRYPTED PRIVATE KEY" => {
            let reason = "the key is encrypted; openssl pkey -in FILE writes it without the password";
            return Err(SigningKeyError::Unusable(reason.to_owned()));
        }
        other => return Err(SigningKeyError::Unusable(format!("a {} is not read here", shown(other, 40)))),
    };
    way(&block.der().map_err(SigningKeyError::Unusable)?)
}

impl Block<'_> {
    /// What the block holds. DER that nests too deep goes no further: some of those who read it recurse.
    fn der(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        if self.text.len() > LONGEST_BLOCK {
            return Err(format!("the block is {} bytes long; at most {LONGEST_BLOCK} are read", self.text.len()));
        }
        let lines = || self.text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        if lines().any(|line| line.starts_with("Proc-Type:") && line.contains("ENCRYPTED")) {
            return Err("the key is encrypted; openssl pkey -in FILE writes it without the password".to_owned());
        }
        let encoded = Zeroizing::new(lines().filter(|line| !line.contains(':')).collect::<String>());
        let der = BASE64_STANDARD.decode(encoded.as_bytes()).map(Zeroizing::new);
        let der = der.map_err(|_| "what stands in the block is not base64".to_owned())?;
        if is_shallow(&der) { Ok(der) } else { Err("what stands in the block is no DER, or nests too deep".to_owned()) }
    }
}

/// Whether this is DER (X.690) with no more than [`DEEPEST`] values inside one another.
pub(super) fn is_shallow(der: &[u8]) -> bool {
    let mut ends = Vec::new();
    let mut at = 0;
    while at < der.len() {
        while ends.last() == Some(&at) {
            ends.pop();
        }
        let Some((constructed, start, end)) = value_at(der, at) else { return false };
        if end > ends.last().copied().unwrap_or(der.len()) || ends.len() >= DEEPEST {
            return false;
        }
        if constructed && start < end {
            ends.push(end);
            at = start;
        } else {
            at = end;
        }
    }
    !der.is_empty()
}

/// Of the value that begins here: whether it holds others, where its content begins and where it ends.
fn value_at(der: &[u8], at: usize) -> Option<(bool, usize, usize)> {
    let (tag, length) = (*der.get(at)?, *der.get(at + 1)?);
    // No key or certificate has a tag number above 30 or a length of more than two bytes.
    let (start, length) = match length {
        _ if tag & 0x1f == 0x1f => return None,
        0..=0x7f => (at + 2, usize::from(length)),
        0x81 => (at + 3, usize::from(*der.get(at + 2)?)),
        0x82 => (at + 4, usize::from(u16::from_be_bytes([*der.get(at + 2)?, *der.get(at + 3)?]))),
        _ => return None,
    };
    Some((tag & 0x20 != 0, start, start + length))
}
