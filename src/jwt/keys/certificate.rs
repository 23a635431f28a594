//! What the certificate of a key says: whose it is, how long it is good, and whether it is of that key.
//!
//! Pure: "now" is handed in. Imports only the `jwt` module's own files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::{Key, der, jwk, public};
use crate::jwt::shown;
use crate::jwt::times::in_words;

/// A longer certificate is not read.
const LONGEST: usize = 12 << 10;

/// A certificate of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateRow {
    /// Whose it is; safe to show.
    pub subject: String,
    /// From when on it is good.
    #[serde(serialize_with = "as_text")]
    pub begins: Option<Timestamp>,
    /// Until when it is good.
    #[serde(serialize_with = "as_text")]
    pub ends: Option<Timestamp>,
    /// Whether it is of this very key (RFC 7517 section 4.7 says it must be).
    pub same_key: bool,
}

#[allow(clippy::ref_option, reason = "serde hands it over so")]
fn as_text<S: serde::Serializer>(instant: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    instant.map(|instant| instant.to_string()).serialize(serializer)
}

/// The first certificate of an `x5c`, which is of the key itself (RFC 7517 section 4.7), or why there is none.
pub(super) fn of_x5c(x5c: &Value, key: Option<&Key>) -> Result<CertificateRow, &'static str> {
    let encoded = x5c.as_array().ok_or("it is not a list")?.first().ok_or("the list is empty")?;
    let encoded = encoded.as_str().ok_or("the first one is not text")?;
    let der =
        BASE64_STANDARD.decode(encoded.as_bytes()).map_err(|_| "it is not base64, which it is without PEM borders")?;
    of_der(&der, key)
}

/// A certificate in DER, held against the key that it should be of.
pub(super) fn of_der(der: &[u8], key: Option<&Key>) -> Result<CertificateRow, &'static str> {
    if der.len() > LONGEST {
        return Err("it is too long");
    }
    let (_, read) = Some(der)
        .filter(|der| der::is_shallow(der))
        .and_then(|der| X509Certificate::from_der(der).ok())
        .ok_or("it is no X.509 certificate in DER")?;
    let certified = public::jwk_of(read.public_key()).and_then(|jwk| jwk::read(&jwk).ok());
    let thumbprint = |key: &Key| key.thumbprint.clone();
    let time = |second: i64| Timestamp::from_second(second).ok();
    Ok(CertificateRow {
        subject: shown(&read.subject().to_string(), 120),
        begins: time(read.validity().not_before.timestamp()),
        ends: time(read.validity().not_after.timestamp()),
        same_key: key.is_some_and(|key| certified.as_ref().and_then(thumbprint) == thumbprint(key)),
    })
}

/// What is odd about a key's certificate; nothing when it has none.
pub(super) fn remarks(certificate: Option<&Result<CertificateRow, &'static str>>, now: Timestamp) -> Vec<String> {
    match certificate {
        Some(Ok(certificate)) => certificate.remarks(now),
        Some(Err(why)) => vec![format!("its certificate (x5c) cannot be read: {why}")],
        None => Vec::new(),
    }
}

impl CertificateRow {
    fn remarks(&self, now: Timestamp) -> Vec<String> {
        let mut remarks = Vec::new();
        if let Some(ends) = self.ends.filter(|ends| *ends <= now) {
            remarks.push(format!("its certificate ended {}; few readers look at that", in_words(now, ends)));
        }
        if let Some(begins) = self.begins.filter(|begins| *begins > now) {
            remarks.push(format!("its certificate begins only {}", in_words(now, begins)));
        }
        if !self.same_key {
            remarks.push("its certificate is of another key".to_owned());
        }
        remarks
    }
}
