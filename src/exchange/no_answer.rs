//! Why a request got no answer, in words a person can act on.
//!
//! Pure: no network, files, clock or terminal.

use std::time::Duration;

use thiserror::Error;

/// No HTTP response came back.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoAnswer {
    /// The address cannot be used at all.
    #[error("{url} is no usable address: {reason}")]
    BadAddress {
        /// As spelt.
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
    #[error("no address is known for the name {host}")]
    NameNotFound {
        /// The name looked up.
        host: String,
    },
    /// Nothing listens there.
    #[error("nothing listens at {address} (connection refused)")]
    Refused {
        /// Host and port.
        address: String,
    },
    /// The host cannot be reached.
    #[error("{address} cannot be reached: {detail}")]
    Unreachable {
        /// Host and port.
        address: String,
        /// What the system said.
        detail: String,
    },
    /// The TLS handshake failed.
    #[error("no TLS connection to {address}: {detail}")]
    Tls {
        /// Host and port.
        address: String,
        /// What the TLS library said.
        detail: String,
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
    /// The connection ended in the middle, or what came was not HTTP.
    #[error("the connection to {address} broke off: {detail}")]
    BrokenOff {
        /// Host and port.
        address: String,
        /// What the library said.
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
    /// The connection, with TLS.
    Connect,
    /// The response head.
    Head,
    /// The response body.
    Body,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connect => "waiting for the connection",
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
            Self::BadAddress { .. } => "Correct the address in profiles.toml: it begins with http:// or https:// and a host name.".into(),
            Self::BadRequest { .. } => "Look for line breaks or control characters in the header values of profiles.toml.".into(),
            Self::NameNotFound { host } => format!("Check the spelling of {host}, and that this machine's DNS or VPN knows it."),
            Self::Refused { address } => format!("Start the server, or correct the port: nothing answers at {address}."),
            Self::Unreachable { .. } => "Check the network or VPN of this machine.".into(),
            Self::Tls { .. } => "Check that the port speaks TLS, and that this machine trusts the certificate's issuer.".into(),
            Self::TimedOut { .. } => "Try again; if it stays silent, ask its operator, or raise `timeout` in profiles.toml.".into(),
            Self::BrokenOff { .. } => "Try again; if it stays so, a proxy or a port of another protocol may be in between.".into(),
            Self::PlainText { .. } => "Use https, or say `plaintext = true` on that provider or API if you accept that anyone on the way can read it.".into(),
            Self::Cancelled => "Nothing was changed; send it again when you like.".into(),
        }
    }
}
