//! PEM (RFC 7468): public keys, certificates, and the public part of private keys.
//!
//! Pure: imports only the `jwt` module's own files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use zeroize::Zeroizing;

use super::{Key, jwk};
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

/// Reads one block, or says why it cannot be used.
pub(super) fn read(block: &Block<'_>) -> Result<Key, String> {
    if block.text.len() > LONGEST_BLOCK {
        return Err(format!("the block is {} bytes long; at most {LONGEST_BLOCK} are read", block.text.len()));
    }
    let way = match block.label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => public_part,
        "PRIVATE KEY" | "RSA PRIVATE KEY" => public_part_of_private,
        "EC PRIVATE KEY" => {
            return Err(
                "an EC key in this form is not read: openssl pkcs8 -topk8 -nocrypt makes one that is".to_owned()
            );
        }
        "ENCRYPTED PRIVATE KEY" => return Err("the key is encrypted; give its public key instead".to_owned()),
        other => return Err(format!("a {} is no key to verify with", shown(other, 40))),
    };
    let pem = block.rewritten()?;
    let public = way(pem.as_bytes()).ok_or("no RSA, P-256, P-384 or Ed25519 key can be read from it")?;
    // One way in for all keys: the same bounds and checks as for a JWK.
    let mut value = serde_json::to_value(&public).map_err(|error| error.to_string())?;
    if let Some(members) = value.as_object_mut() {
        members.remove("alg");
    }
    jwk::read(&value).map_err(|skipped| skipped.reason)
}

impl Block<'_> {
    /// The block written anew around DER that was looked through: the library reads nested DER by recursion, so how
    /// deep it may nest is decided here.
    fn rewritten(&self) -> Result<Zeroizing<String>, String> {
        let lines = self.text.lines().map(str::trim).filter(|line| !line.starts_with("-----") && !line.contains(':'));
        let encoded = Zeroizing::new(lines.collect::<String>());
        let der = BASE64_STANDARD.decode(encoded.as_bytes()).map(Zeroizing::new);
        let der = der.map_err(|_| "what stands in the block is not base64".to_owned())?;
        if !is_shallow(&der) {
            return Err("what stands in the block is no DER, or nests too deep".to_owned());
        }
        Ok(Zeroizing::new(format!("-----BEGIN {0}-----\n{1}\n-----END {0}-----\n", self.label, encoded.as_str())))
    }
}

/// Whether this is DER (X.690) with no more than [`DEEPEST`] values inside one another.
fn is_shallow(der: &[u8]) -> bool {
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

type Read<K> = fn(&[u8]) -> jsonwebtoken::errors::Result<K>;

fn public_part(pem: &[u8]) -> Option<Jwk> {
    let ways: [Read<DecodingKey>; 3] = [DecodingKey::from_rsa_pem, DecodingKey::from_ec_pem, DecodingKey::from_ed_pem];
    ways.into_iter().find_map(|way| Jwk::from_decoding_key(&way(pem).ok()?, None).ok())
}

fn public_part_of_private(pem: &[u8]) -> Option<Jwk> {
    let ways: [(Read<EncodingKey>, Algorithm); 4] = [
        (EncodingKey::from_rsa_pem, Algorithm::RS256),
        (EncodingKey::from_ec_pem, Algorithm::ES256),
        (EncodingKey::from_ec_pem, Algorithm::ES384),
        (EncodingKey::from_ed_pem, Algorithm::EdDSA),
    ];
    ways.into_iter().find_map(|(way, algorithm)| Jwk::from_encoding_key(&way(pem).ok()?, algorithm).ok())
}
