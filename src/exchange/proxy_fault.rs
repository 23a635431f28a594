//! What went wrong at a proxy, told from what goes wrong at the server behind it.
//!
//! Pure: no network, files, clock or terminal.

use thiserror::Error;

/// Why a proxy gave no way to the server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProxyFault {
    /// There is no connection to the proxy itself.
    #[error("{reason}")]
    OutOfReach {
        /// Why, in the words of a failed connection.
        reason: String,
    },
    /// It wants to know who asks.
    #[error("{}", if *sent { "it does not take the user and password it was given (407)" } else { "it wants a user and password (407)" })]
    WantsLogin {
        /// Whether a user was named.
        sent: bool,
    },
    /// It answered that it will not, or cannot.
    #[error("it answered {status}{}", if reason.is_empty() { String::new() } else { format!(" {reason}") })]
    Refuses {
        /// The HTTP status of its answer.
        status: u16,
        /// The words beside it.
        reason: String,
    },
    /// A SOCKS proxy that answered that it will not, or cannot.
    #[error("it answered: {said}")]
    Socks {
        /// The reply (RFC 1928 section 6).
        said: &'static str,
    },
    /// What it answered is no answer of such a proxy.
    #[error("what it answered is not {protocol}")]
    Nonsense {
        /// What was expected.
        protocol: &'static str,
    },
}

impl ProxyFault {
    /// What to do about it, one sentence.
    pub fn advice(&self) -> String {
        match self {
            Self::OutOfReach { .. } => {
                "Check the proxy's address; `proxy = \"none\"` on that provider or API goes straight.".into()
            }
            Self::WantsLogin { sent: false } => {
                "Give it a user: `proxy = \"http://user:password@host:port\"`, or in the environment.".into()
            }
            Self::WantsLogin { sent: true } => "Correct the user and password of the proxy.".into(),
            Self::Refuses { status: 502..=504, .. } | Self::Socks { .. } => {
                "Check the server's name: it is the proxy that looks it up and connects; else ask the proxy's operator."
                    .into()
            }
            Self::Refuses { .. } => {
                "Ask the proxy's operator to allow that host; NO_PROXY or `proxy = \"none\"` goes straight.".into()
            }
            Self::Nonsense { .. } => "Check the proxy's port and scheme: http, https, socks5 or socks5h.".into(),
        }
    }
}
