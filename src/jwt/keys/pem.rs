//! PEM (RFC 7468): public keys, certificates, and the public part of private keys.
//!
//! Pure: imports only the `jwt` module's own files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use zeroize::Zeroizing;

use super::{Key, SigningKey, SigningKeyError, certificate, der, jwk, public};
use crate::jwt::shown;

/// A longer block is not read: the largest key accepted is well below.
const LONGEST_BLOCK: usize = 12 << 10;

/// What is said of a key behind a password, and what to do.
const ENCRYPTED: &str = "the key is encrypted; openssl pkey -in FILE writes it without the password";

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
    let der = block.der()?;
    let public = way(&der).ok_or("no RSA, P-256, P-384, P-521, secp256k1 or Ed25519 key can be read from it")?;
    // One way in for all keys: the same bounds and checks as for a JWK.
    let key = jwk::read(&public).map_err(|skipped| skipped.reason)?;
    let certificate = (block.label == "CERTIFICATE").then(|| certificate::of_der(&der, Some(&key)));
    Ok(Key { certificate, ..key })
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
            return Err(SigningKeyError::Unusable(ENCRYPTED.to_owned()));
        }
        other => return Err(SigningKeyError::Unusable(format!("a {} is not read here", shown(other, 40)))),
    };
    way(&block.der().map_err(SigningKeyError::Unusable)?)
}

impl Block<'_> {
    /// What the block holds, however its lines are broken: on one line, with the two letters `\n` for each line break as
    /// in JSON and `.env` files, or with carriage returns alone. DER that nests too deep goes no further.
    fn der(&self) -> Result<Zeroizing<Vec<u8>>, String> {
        if self.text.len() > LONGEST_BLOCK {
            return Err(format!("the block is {} bytes long; at most {LONGEST_BLOCK} are read", self.text.len()));
        }
        // Behind the label; what stands before and behind the dashes is of the border lines.
        let body = Zeroizing::new(self.text.split("-----").nth(2).unwrap_or_default().replace("\\r", "\n"));
        let body = Zeroizing::new(body.replace("\\n", "\n"));
        if body.contains("Proc-Type:") && body.contains("ENCRYPTED") {
            return Err(ENCRYPTED.to_owned());
        }
        let lines = body.split(['\n', '\r']).filter(|line| !line.contains(':'));
        // A slash may be written as \/ in JSON.
        let letters = lines.flat_map(str::chars).filter(|c| !c.is_whitespace() && *c != '\\');
        let encoded = Zeroizing::new(letters.collect::<String>());
        let der = BASE64_STANDARD.decode(encoded.as_bytes()).map(Zeroizing::new);
        let der = der.map_err(|_| "what stands in the block is not base64".to_owned())?;
        if der::is_shallow(&der) {
            Ok(der)
        } else {
            Err("what stands in the block is no DER, or nests too deep".to_owned())
        }
    }
}
