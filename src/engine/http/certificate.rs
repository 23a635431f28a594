//! Reads out of a server's certificate what a message about it needs. Nothing is judged here.

use std::net::IpAddr;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{ASN1Time, FromDer as _, GeneralName, X509Certificate};

use crate::exchange::Certificate;
use crate::jwt::shown;

/// More of a certificate's names are not kept.
const NAMES: usize = 50;

/// A longer name is cut.
const LONGEST: usize = 120;

/// What the certificate says; nothing when it cannot be read.
pub(super) fn facts(der: &CertificateDer<'_>) -> Certificate {
    let Ok((_, read)) = X509Certificate::from_der(der) else { return Certificate::default() };
    let names = read.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().filter_map(name).take(NAMES).collect());
    Certificate {
        subject: shown(&read.subject().to_string(), LONGEST),
        issuer: shown(&read.issuer().to_string(), LONGEST),
        names: names.unwrap_or_default(),
        begins: time(read.validity().not_before),
        ends: time(read.validity().not_after),
    }
}

/// Whether the certificate names itself as its issuer.
pub(super) fn names_itself(der: &CertificateDer<'_>) -> bool {
    X509Certificate::from_der(der).is_ok_and(|(_, read)| read.subject().as_raw() == read.issuer().as_raw())
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(shown(name, LONGEST)),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(IpAddr::from);
            four.or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from)).ok().map(|address| address.to_string())
        }
        _ => None,
    }
}

fn time(time: ASN1Time) -> Option<Timestamp> {
    Timestamp::from_second(time.timestamp()).ok()
}
