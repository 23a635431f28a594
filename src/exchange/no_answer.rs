//! Why a request got no answer, in words a person can act on.
//!
//! Pure: no network, files, clock or terminal.

use std::time::Duration;

use thiserror::Error;

use super::{ProxyFault, TlsFault};

/// No HTTP response came back.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoAnswer {
    /// The address cannot be used at all.
    #[error("{url} is no usable address: {reason}")]
    BadAddress {
        /// As spelt, without a user or password.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header or method that HTTP does not allow.
    #[error("the request cannot be sent: {reason}")]
    BadRequest {
        /// What is wrong with it.
        reason: String,
    },
    /// The name does not resolve.
    #[error("no address is known for the name {host} ({said})")]
    NameNotFound {
        /// The name looked up.
        host: String,
        /// What the resolver said.
        said: String,
    },
    /// Nothing listens there.
    #[error("nothing listens at {address} ({})", refused(address, tried))]
    Refused {
        /// Host and port.
        address: String,
        /// Each address behind the name that refused.
        tried: Vec<String>,
    },
    /// The host cannot be reached.
    #[error("{address} cannot be reached: {detail}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system said of each address tried.
        detail: String,
    },
    /// The certificates named by `ca` cannot be used.
    #[error("the certificates to trust in {path} cannot be used: {reason}")]
    Authorities {
        /// The file or folder.
        path: String,
        /// Which part of it is wrong, and how.
        reason: String,
    },
    /// The TLS handshake failed.
    #[error("no TLS connection to {address}: {fault}")]
    Tls {
        /// Host and port.
        address: String,
        /// What was wrong.
        fault: TlsFault,
    },
    /// The server wanted TLS and was asked in plain HTTP.
    #[error("{address} speaks TLS, and was asked in plain HTTP")]
    SpeaksTls {
        /// Host and port.
        address: String,
    },
    /// What came is not HTTP.
    #[error("what answers at {address} is not HTTP/1.1{}", said.as_ref().map_or(String::new(), |said| format!("; it began with `{said}`")))]
    NotHttp {
        /// Host and port.
        address: String,
        /// How it began, shortened, when that is known.
        said: Option<String>,
    },
    /// The response's head is longer than any should be.
    #[error("{address} answered with headers that are too many or too long to be read")]
    HeadTooLarge {
        /// Host and port.
        address: String,
    },
    /// The setting that names a proxy cannot be used.
    #[error("the setting `proxy` cannot be used: {reason}")]
    BadProxy {
        /// What is wrong with it; never the setting itself, which may hold a password.
        reason: String,
    },
    /// The proxy, not the server, is what failed.
    #[error("the proxy {proxy} gave no way to {address}: {fault}")]
    Proxy {
        /// The proxy, without user or password.
        proxy: String,
        /// Host and port of the server.
        address: String,
        /// What the proxy did.
        fault: ProxyFault,
    },
    /// The deadline came first.
    #[error("{address} did not answer within {} s ({phase})", after.as_secs())]
    TimedOut {
        /// Host and port.
        address: String,
        /// How long was waited.
        after: Duration,
        /// What was being waited for.
        phase: Phase,
    },
    /// The connection ended in the middle.
    #[error("the connection to {address} broke off: {detail}")]
    BrokenOff {
        /// Host and port.
        address: String,
        /// How.
        detail: String,
    },
    /// A secret or token would have gone over plain HTTP to another machine.
    #[error("{url} is plain http to another machine, so no secret or token is sent there")]
    PlainText {
        /// The address refused.
        url: String,
    },
    /// The person cancelled it.
    #[error("cancelled")]
    Cancelled,
}

/// What was being waited for when the deadline came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The addresses behind the name.
    Name,
    /// The TCP connection.
    Connect,
    /// The proxy, to open the way.
    Proxy,
    /// The TLS handshake.
    Tls,
    /// The response head.
    Head,
    /// The response body.
    Body,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Name => "waiting for the address behind the name",
            Self::Connect => "waiting for the connection",
            Self::Proxy => "waiting for the proxy to open the way",
            Self::Tls => "connected, waiting for the TLS handshake",
            Self::Head => "connected, waiting for the response",
            Self::Body => "waiting for the rest of the body",
        })
    }
}

impl NoAnswer {
    /// Whether it looks as if the server had just gone away.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::BrokenOff { .. })
    }

    /// What to do about it, one sentence.
    pub fn advice(&self) -> String {
        match self {
            Self::BadAddress { .. } => {
                "Correct the address in profiles.toml: it begins with http:// or https:// and a host name.".into()
            }
            Self::BadRequest { .. } => {
                "Look for line breaks or control characters in the header values of profiles.toml.".into()
            }
            Self::NameNotFound { host, .. } => {
                format!("Check the spelling of {host}, and that this machine's DNS or VPN knows it.")
            }
            Self::Refused { address, .. } => {
                format!("Start the server, or correct the port: nothing answers at {address}.")
            }
            Self::Unreachable { .. } => "Check the network or VPN of this machine.".into(),
            Self::Authorities { .. } => {
                "Let `ca` name a PEM file, or a folder of them: text between BEGIN CERTIFICATE and END CERTIFICATE."
                    .into()
            }
            Self::Tls { address, fault } => fault.advice(address),
            Self::SpeaksTls { address } => format!("Write https://{address} in the address."),
            Self::NotHttp { .. } => "Check the port: another protocol is spoken there.".into(),
            Self::HeadTooLarge { .. } => "Ask its operator: no client reads headers of that size.".into(),
            Self::BadProxy { .. } => {
                "Write `proxy = \"http://host:port\"`, or https, socks5 or socks5h, or `proxy = \"none\"`.".into()
            }
            Self::Proxy { fault, .. } => fault.advice(),
            Self::TimedOut { phase, .. } => phase.advice().into(),
            Self::BrokenOff { .. } => {
                "Try again; if it stays so, a proxy or a port of another protocol may be in between.".into()
            }
            Self::PlainText { .. } => {
                "Use https, or say `plaintext = true` on that provider or API if you accept that anyone on the way can \
                 read it."
                    .into()
            }
            Self::Cancelled => "Nothing was changed; send it again when you like.".into(),
        }
    }
}

impl Phase {
    fn advice(self) -> &'static str {
        match self {
            Self::Name => "Check that this machine's DNS answers, and its VPN.",
            Self::Connect => {
                "Check the host and port, and whether a firewall or a missing VPN swallows the connection."
            }
            Self::Proxy => "Check the proxy, or go straight with `proxy = \"none\"`.",
            Self::Tls => "Check that the port speaks TLS: write http:// if it does not.",
            Self::Head | Self::Body => {
                "Try again; if it stays silent, ask its operator, or raise `timeout` in profiles.toml."
            }
        }
    }
}

/// How it was refused: by the addresses behind a name, when they say more than the name itself.
fn refused(address: &str, tried: &[String]) -> String {
    match tried {
        [] => "connection refused".to_owned(),
        [one] if one == address => "connection refused".to_owned(),
        tried => format!("refused by {}", tried.join(" and ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_each_address_behind_a_name() {
        let refused = |address: &str, tried: &[&str]| {
            NoAnswer::Refused { address: address.into(), tried: tried.iter().map(ToString::to_string).collect() }
                .to_string()
        };
        assert_eq!(refused("127.0.0.1:80", &["127.0.0.1:80"]), "nothing listens at 127.0.0.1:80 (connection refused)");
        assert_eq!(
            refused("localhost:80", &["[::1]:80", "127.0.0.1:80"]),
            "nothing listens at localhost:80 (refused by [::1]:80 and 127.0.0.1:80)"
        );
    }
}
