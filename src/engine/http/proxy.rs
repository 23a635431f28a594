//! Which way a call goes: straight, or through the proxy that the file or the environment names.

use std::sync::OnceLock;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::config::Proxy;
use crate::exchange::{NoAnswer, Secret};

/// What the environment says of proxies: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in capitals or small
/// letters, read as curl reads them; on macOS and Windows also the system's settings.
#[derive(Default)]
pub(super) struct Environment(OnceLock<Matcher>);

impl Environment {
    /// The proxy for this address; none to go straight. What the file says wins over the environment.
    pub(super) fn choose(&self, setting: Option<&Proxy>, to: &Uri) -> Result<Option<Through>, NoAnswer> {
        match setting {
            Some(Proxy::Direct) => Ok(None),
            Some(Proxy::Through(address)) => {
                let bad = |reason: &str| NoAnswer::BadProxy { reason: reason.to_owned() };
                let intercept = Matcher::builder().all(address.reveal()).build().intercept(to);
                let intercept = intercept.ok_or_else(|| bad("it is no address of a proxy"))?;
                Through::of(&intercept, Origin::File).map(Some).map_err(bad)
            }
            None => {
                let Some(intercept) = self.0.get_or_init(Matcher::from_system).intercept(to) else { return Ok(None) };
                let bad = |reason: &str| NoAnswer::BadProxy { reason: format!("that of the environment: {reason}") };
                Through::of(&intercept, Origin::Environment).map(Some).map_err(bad)
            }
        }
    }
}

/// A proxy to go through.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Through {
    pub(super) kind: Kind,
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) login: Option<Login>,
    origin: Origin,
}

/// What is spoken with a proxy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Http,
    Https,
    /// SOCKS 5; names are looked up here, or (`socks5h`) there.
    Socks {
        resolves: bool,
    },
}

/// Who a proxy is told to be asked by.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Basic(Secret),
    Password { user: Secret, password: Secret },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    File,
    Environment,
}

impl Through {
    fn of(intercept: &Intercept, origin: Origin) -> Result<Self, &'static str> {
        let uri = intercept.uri();
        let (kind, port) = match uri.scheme_str() {
            Some("http") | None => (Kind::Http, 80),
            Some("https") => (Kind::Https, 443),
            Some("socks5") => (Kind::Socks { resolves: false }, 1080),
            Some("socks5h") => (Kind::Socks { resolves: true }, 1080),
            Some(_) => return Err("only http, https, socks5 and socks5h are spoken"),
        };
        let login = match (intercept.basic_auth(), intercept.raw_auth()) {
            (Some(value), _) => value.to_str().ok().map(|value| Login::Basic(Secret::new(value))),
            (None, Some((user, password))) => {
                // RFC 1929: a length is one byte.
                if user.len() > 255 || password.len() > 255 {
                    return Err("its user or password is longer than 255 bytes, which SOCKS cannot say");
                }
                Some(Login::Password { user: Secret::new(user), password: Secret::new(password) })
            }
            (None, None) => None,
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or("it names no host")?.to_owned();
        Ok(Self { kind, host, port: uri.port_u16().unwrap_or(port), login, origin })
    }

    /// Whether HTTP is spoken with it.
    pub(super) fn is_http(&self) -> bool {
        matches!(self.kind, Kind::Http | Kind::Https)
    }

    /// The value of `Proxy-Authorization`.
    pub(super) fn basic(&self) -> Option<HeaderValue> {
        let Some(Login::Basic(value)) = &self.login else { return None };
        let mut value = HeaderValue::from_str(value.reveal()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// Host and port.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// As people may see it: without user and password.
    pub(super) fn shown(&self) -> String {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::Https => "https",
            Kind::Socks { resolves: false } => "socks5",
            Kind::Socks { resolves: true } => "socks5h",
        };
        format!("{scheme}://{}", self.place())
    }

    /// What an exchange says of it.
    pub(super) fn note(&self) -> String {
        let origin = match self.origin {
            Origin::File => "profiles.toml",
            Origin::Environment => "the environment",
        };
        format!("by the proxy {} ({origin})", self.shown())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    fn through(address: &str) -> Result<Option<Through>, NoAnswer> {
        let to = Uri::from_static("https://api.example.test/");
        Environment::default().choose(Some(&Proxy::Through(Secret::new(address))), &to)
    }

    #[test]
    fn a_setting_is_read_and_shown_without_its_password() {
        for (text, shown) in [
            ("http://proxy.example", "http://proxy.example:80"),
            ("https://user:hunter2@proxy.example:3129/", "https://proxy.example:3129"),
            ("socks5://proxy.example", "socks5://proxy.example:1080"),
            ("socks5h://u:hunter2@[::1]:9", "socks5h://[::1]:9"),
        ] {
            let through = through(text).unwrap().unwrap();
            assert_eq!(through.shown(), shown);
            assert_eq!(through.login.is_some(), text.contains('@'));
        }
    }

    #[test]
    fn a_setting_that_is_no_proxy_is_an_error_without_its_text() {
        for text in ["socks4://u:hunter2@proxy.example", "ftp://u:hunter2@proxy.example", "u:hunter2 @", ""] {
            let error = through(text).map(|_| ()).unwrap_err();
            assert!(matches!(error, NoAnswer::BadProxy { .. }), "{text}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
