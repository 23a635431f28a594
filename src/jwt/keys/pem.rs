//! PEM (RFC 7468): public keys, certificates, and the public part of private keys.
//!
//! Pure: imports only the `jwt` module's own files.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use zeroize::Zeroizing;

use super::{Key, jwk};
use crate::jwt::shown;

/// A longer block is not read: the largest key accepted is well below, and DER nests as deep as it is long.
const LONGEST_BLOCK: usize = 12 << 10;

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
    let public = match block.label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => public_part(block.text.as_bytes()),
        "PRIVATE KEY" | "RSA PRIVATE KEY" => public_part_of_private(block.text.as_bytes()),
        "EC PRIVATE KEY" => {
            return Err("an EC key in this form is not read: openssl pkcs8 -topk8 -nocrypt turns it into one that is"
                .to_owned());
        }
        "ENCRYPTED PRIVATE KEY" => return Err("the key is encrypted; give its public key instead".to_owned()),
        other => return Err(format!("a {} is no key to verify with", shown(other, 40))),
    };
    let public = public.ok_or("no RSA, P-256, P-384 or Ed25519 key can be read from it")?;
    // One way in for all keys: the same bounds and checks as for a JWK.
    let mut value = serde_json::to_value(&public).map_err(|error| error.to_string())?;
    if let Some(members) = value.as_object_mut() {
        members.remove("alg");
    }
    jwk::read(&value).map_err(|skipped| skipped.reason)
}

type Read<K> = fn(&[u8]) -> jsonwebtoken::errors::Result<K>;

fn public_part(pem: &[u8]) -> Option<Jwk> {
    let ways: [Read<DecodingKey>; 3] = [DecodingKey::from_rsa_pem, DecodingKey::from_ec_pem, DecodingKey::from_ed_pem];
    ways.into_iter().find_map(|way| Jwk::from_decoding_key(&way(pem).ok()?, None).ok())
}

fn public_part_of_private(pem: &[u8]) -> Option<Jwk> {
    let pem = Zeroizing::new(pem.to_vec());
    let ways: [(Read<EncodingKey>, Algorithm); 4] = [
        (EncodingKey::from_rsa_pem, Algorithm::RS256),
        (EncodingKey::from_ec_pem, Algorithm::ES256),
        (EncodingKey::from_ec_pem, Algorithm::ES384),
        (EncodingKey::from_ed_pem, Algorithm::EdDSA),
    ];
    ways.into_iter().find_map(|(way, algorithm)| Jwk::from_encoding_key(&way(&pem).ok()?, algorithm).ok())
}
