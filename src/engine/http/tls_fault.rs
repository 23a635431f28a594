//! Sorts the TLS library's errors by their cause.

use std::io;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::{AlertDescription, CertificateError, Error};

use super::certificate::{facts, names_itself};
use super::link::{AskedForCertificate, FirstBytes};
use super::tls::is_authority;
use crate::exchange::{Certificate, TlsFault};

/// The certificates a server showed.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) certificate: CertificateDer<'static>,
    pub(super) chain: Vec<CertificateDer<'static>>,
}

/// Why a handshake failed.
pub(super) fn of_handshake(
    error: &io::Error,
    asked: &AskedForCertificate,
    shown: Option<&Shown>,
    host: &str,
    first: &FirstBytes,
) -> TlsFault {
    let Some(error) = inner(error) else {
        return if asked.get() { TlsFault::ClientCertificate } else { TlsFault::BrokenOff };
    };
    match error {
        Error::InvalidMessage(_) if first.are_http() => TlsFault::PlainHttp,
        Error::InvalidMessage(_) if !first.are_tls() => TlsFault::NotTls { said: first.said() },
        Error::InvalidCertificate(reason) => of_certificate(error, reason, shown, host),
        error => of(error, asked, host),
    }
}

/// What any TLS error means that is not about the server's certificate.
pub(super) fn of(error: &Error, asked: &AskedForCertificate, host: &str) -> TlsFault {
    use AlertDescription as Alert;
    match error {
        Error::AlertReceived(Alert::CertificateRequired) => TlsFault::ClientCertificate,
        Error::AlertReceived(_) if asked.get() => TlsFault::ClientCertificate,
        Error::AlertReceived(Alert::UnrecognisedName) => TlsFault::UnknownName { asked: host.to_owned() },
        Error::AlertReceived(
            Alert::HandshakeFailure
            | Alert::ProtocolVersion
            | Alert::InsufficientSecurity
            | Alert::NoApplicationProtocol,
        )
        | Error::PeerIncompatible(_)
        | Error::NoApplicationProtocol => TlsFault::Mismatch { detail: error.to_string() },
        error => TlsFault::Other { detail: error.to_string() },
    }
}

/// The TLS library's error within one of input and output.
pub(super) fn inner(error: &io::Error) -> Option<&Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref::<Error>())
}

fn of_certificate(error: &Error, reason: &CertificateError, shown: Option<&Shown>, host: &str) -> TlsFault {
    let now = Timestamp::now();
    let certificate = Box::new(shown.map(|shown| facts(&shown.certificate)).unwrap_or_default());
    let by_itself = shown.is_some_and(|shown| names_itself(&shown.certificate));
    let bad = |certificate, reason: &str| TlsFault::BadCertificate { certificate, reason: reason.to_owned() };
    match reason {
        CertificateError::UnknownIssuer if by_itself => TlsFault::SelfSigned(certificate),
        CertificateError::UnknownIssuer => TlsFault::UntrustedIssuer(certificate),
        CertificateError::Other(_) if is_authority(error) && by_itself => TlsFault::SelfSigned(certificate),
        CertificateError::Other(_) if is_authority(error) => TlsFault::IsAuthority(certificate),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            let over = |certificate: &Certificate| certificate.ends.is_some_and(|ends| ends < now);
            TlsFault::Expired { certificate: Box::new(the_one(*certificate, shown, over)), now }
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            let early = |certificate: &Certificate| certificate.begins.is_some_and(|begins| begins > now);
            TlsFault::NotYetValid { certificate: Box::new(the_one(*certificate, shown, early)), now }
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            TlsFault::WrongName { asked: host.to_owned(), certificate }
        }
        CertificateError::Revoked => bad(certificate, "is revoked"),
        CertificateError::BadSignature => bad(certificate, "bears a signature that is not its issuer's"),
        CertificateError::BadEncoding => bad(certificate, "cannot be read"),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            bad(certificate, "is not meant for servers")
        }
        other => bad(certificate, &format!("is refused: {other}")),
    }
}

/// The certificate concerned: the server's own, or one further up when the own is in order.
fn the_one(own: Certificate, shown: Option<&Shown>, concerned: impl Fn(&Certificate) -> bool) -> Certificate {
    if concerned(&own) {
        return own;
    }
    let mut above = shown.into_iter().flat_map(|shown| &shown.chain).map(facts);
    above.find(concerned).unwrap_or(own)
}
