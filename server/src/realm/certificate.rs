//! The certificate of a signing key (RFC 7517 section 4.7): signed by the key itself, so it proves nothing. It is there
//! because Keycloak's key sets have one and some libraries want it.
//!
//! The same key always has the same certificate: serial number and dates follow from nothing else.

use aws_lc_rs::{
    digest,
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use rcgen::{
    CertificateParams, DistinguishedName, DnType, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey,
};

use super::KeyError;

/// A key pair as the certificate's maker wants it.
struct Signer<'a>(&'a KeyPair);

impl PublicKeyData for Signer<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl SigningKey for Signer<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map(|()| signature).map_err(|_| rcgen::Error::RemoteKeyError)
    }
}

/// The certificate in base64 (DER, RFC 7517 section 4.7: not base64url).
pub(super) fn self_signed(pair: &KeyPair) -> Result<String, KeyError> {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = DistinguishedName::new();
    parameters.distinguished_name.push(DnType::CommonName, "tokenscope");
    let certificate = parameters.self_signed(&Signer(pair)).map_err(|_| KeyError::Library("make a certificate"))?;
    Ok(STANDARD.encode(certificate.der()))
}

/// SHA-1 and SHA-256 over the certificate (RFC 7517 sections 4.8 and 4.9), base64url.
pub(super) fn thumbprints(certificate: &str) -> [String; 2] {
    let der = STANDARD.decode(certificate).unwrap_or_default();
    [&digest::SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA256].map(|hash| URL_SAFE_NO_PAD.encode(digest::digest(hash, &der)))
}
