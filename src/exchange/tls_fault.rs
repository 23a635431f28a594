//! What went wrong in a TLS handshake, by kind, with the certificate concerned.
//!
//! Pure: no network, files, clock or terminal.

use jiff::Timestamp;
use thiserror::Error;

/// What a server's certificate says of itself, as far as a message needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, such as `CN=api.example.com`.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The names and addresses it is good for.
    pub names: Vec<String>,
    /// From when.
    pub begins: Option<Timestamp>,
    /// Until when.
    pub ends: Option<Timestamp>,
}

impl Certificate {
    /// How people are told which one it is: its subject, else the names it is for.
    fn shown(&self) -> String {
        match (self.subject.as_str(), self.names.first()) {
            ("", Some(name)) => name.clone(),
            ("", None) => "that names nobody".to_owned(),
            (subject, _) => subject.to_owned(),
        }
    }
}

/// Why there is no TLS connection.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TlsFault {
    /// Issued by somebody this machine does not trust.
    #[error("its certificate, {}, is issued by {}, whom this machine does not trust", .0.shown(), or_nobody(&.0.issuer))]
    UntrustedIssuer(Box<Certificate>),
    /// Signed with its own key, and not among the trusted ones.
    #[error("its certificate, {}, is signed by itself and not trusted here", .0.shown())]
    SelfSigned(Box<Certificate>),
    /// A certificate of a CA, shown as a server's.
    #[error("its certificate, {}, is that of an issuer (CA:TRUE) and not trusted here as a server's", .0.shown())]
    IsAuthority(Box<Certificate>),
    /// Its time is over.
    #[error("its certificate, {}, ended {}; it is now {}", certificate.shown(), day(certificate.ends), day(Some(*now)))]
    Expired {
        /// The certificate.
        certificate: Box<Certificate>,
        /// The time of this machine.
        now: Timestamp,
    },
    /// Its time has not come.
    #[error("its certificate, {}, begins only {}; it is now {}", certificate.shown(), day(certificate.begins), day(Some(*now)))]
    NotYetValid {
        /// The certificate.
        certificate: Box<Certificate>,
        /// The time of this machine.
        now: Timestamp,
    },
    /// For another name.
    #[error("its certificate is for {}, not for {asked}", listed(&certificate.names))]
    WrongName {
        /// The host in the address.
        asked: String,
        /// The certificate.
        certificate: Box<Certificate>,
    },
    /// Wrong in another way.
    #[error("its certificate, {}, {reason}", certificate.shown())]
    BadCertificate {
        /// The certificate.
        certificate: Box<Certificate>,
        /// How.
        reason: String,
    },
    /// The server does not serve this name.
    #[error("the server knows no site of the name {asked}")]
    UnknownName {
        /// The host in the address.
        asked: String,
    },
    /// Plain HTTP is spoken at that port.
    #[error("the server speaks plain HTTP there")]
    PlainHttp,
    /// Something else is spoken at that port.
    #[error("what answers there is not TLS{}", said.as_ref().map_or(String::new(), |said| format!("; it began with `{said}`")))]
    NotTls {
        /// How it began, shortened, when it can be shown.
        said: Option<String>,
    },
    /// Server and client have no version or cipher in common.
    #[error("no way of TLS is known to both sides ({detail}); this program speaks TLS 1.2 and 1.3")]
    Mismatch {
        /// What the library said.
        detail: String,
    },
    /// The server wants to see a certificate of the client.
    #[error("the server demands a client certificate")]
    ClientCertificate,
    /// The connection ended in the middle of the handshake.
    #[error("the server ended the connection in the middle of the handshake")]
    BrokenOff,
    /// The system has no root certificates.
    #[error("this machine has no root certificates to check it with")]
    NoRoots,
    /// Anything else, in the library's words.
    #[error("{detail}")]
    Other {
        /// What the library said.
        detail: String,
    },
}

impl TlsFault {
    /// What to do about it, one sentence.
    pub fn advice(&self, address: &str) -> String {
        match self {
            Self::UntrustedIssuer(_) => {
                "If you know that issuer, name its certificate on that provider or API: `ca = \"issuer.pem\"`.".into()
            }
            Self::SelfSigned(_) | Self::IsAuthority(_) => {
                "If it is yours, name it on that provider or API: `ca = \"server.pem\"`; `insecure = true` checks nothing."
                    .into()
            }
            Self::Expired { .. } => "Have it renewed; if it should still be good, check this machine's clock.".into(),
            Self::NotYetValid { .. } => "Check this machine's clock; if it is right, ask who issued it.".into(),
            Self::WrongName { .. } => {
                "Write one of its names in the address, or have it issued for the name you use.".into()
            }
            Self::BadCertificate { .. } => "Ask its operator for a certificate that is in order.".into(),
            Self::UnknownName { .. } => "Check the host name in the address.".into(),
            Self::PlainHttp => format!("Write http://{address} in the address, or take the port that speaks TLS."),
            Self::NotTls { .. } => "Check the port: another protocol is spoken there.".into(),
            Self::Mismatch { .. } => "Ask its operator to allow TLS 1.2 or 1.3 with current ciphers.".into(),
            Self::ClientCertificate => {
                "tokenscope sends none; ask its operator for a way in without mutual TLS.".into()
            }
            Self::BrokenOff => "Check that the port speaks TLS, and whether a firewall cuts it off.".into(),
            Self::NoRoots => {
                "Install the system's ca-certificates, or name the issuer's: `ca = \"issuer.pem\"`.".into()
            }
            Self::Other { .. } => "Check that the port speaks TLS, and try again.".into(),
        }
    }
}

/// A time as people write it down in certificates: UTC, to the minute.
fn day(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "at another time".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

fn or_nobody(name: &str) -> &str {
    if name.is_empty() { "nobody named" } else { name }
}

/// The first few of the names.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 4;
    match names.get(..SHOWN) {
        Some(first) if names.len() > SHOWN => format!("{} and {} more", first.join(", "), names.len() - SHOWN),
        _ if names.is_empty() => "no name at all".to_owned(),
        _ => names.join(", "),
    }
}
