//! `[providers.NAME]`: an authorization server. And how to connect, which APIs say in the same words.
//!
//! Pure. Imports siblings, `oauth` and `exchange`.

use std::ops::Range;

use super::address::{self, Query};
use super::reader::{Section, Text};
use super::{Connection, Provider, Proxy};
use crate::exchange::Secret;
use crate::oauth::{Issuer, ServerEndpoint};

/// Headers that are not for the file to set: the token goes in one, the others belong to the connection.
const RESERVED_HEADERS: [&str; 4] = ["authorization", "content-length", "transfer-encoding", "connection"];

/// Reads one provider; the error is why it cannot be used.
pub(super) fn read(name: &str, at: &Range<usize>, mut section: Section<'_, '_, '_>) -> Result<Provider, String> {
    let issuer = section.needed("issuer", "\"https://...\"");
    let embedded = section.flag("embedded");
    if let Some(issuer) = &issuer {
        check_address(&mut section, "issuer", issuer, Query::Refused);
        check_embedded(&mut section, embedded, issuer);
    }
    let connection = connection(&mut section, issuer.as_ref());
    let mut endpoint = |key| {
        let text = section.text(key)?;
        check_address(&mut section, key, &text, Query::Allowed);
        Some(text.0.to_owned())
    };
    let (token_endpoint, jwks_uri) = (endpoint("token_endpoint"), endpoint("jwks_uri"));
    let endpoints =
        ServerEndpoint::ALL.into_iter().filter_map(|which| Some((which, endpoint(which.name())?))).collect();
    let place = section.notes.place(at.start);
    if let Some(failure) = section.finish() {
        return Err(failure);
    }
    let issuer = Issuer::new(issuer.map(|(text, _)| text).unwrap_or_default());
    Ok(Provider { name: name.to_owned(), issuer, embedded, token_endpoint, jwks_uri, endpoints, connection, place })
}

/// Reports an address that is not what it must be.
pub(super) fn check_address(section: &mut Section<'_, '_, '_>, key: &str, (text, span): &Text<'_>, query: Query) {
    if let Some(fault) = address::fault(text, query) {
        let hint =
            fault.contains("not an absolute").then(|| "such as https://login.example.com/realms/shop".to_owned());
        section.wrong(key, span, &fault, hint);
    }
}

/// Reports a bundled server that is to play a part elsewhere.
pub(super) fn check_embedded(section: &mut Section<'_, '_, '_>, embedded: bool, (address, _): &Text<'_>) {
    if embedded && !(address::is_loopback(address) && address.starts_with("http://")) {
        let hint = "such as http://localhost:8001; or leave `embedded` out".to_owned();
        let what = "the bundled server can only be at an http address on this machine";
        section.wrong("embedded", &section.span_of("embedded"), what, Some(hint));
    }
}

/// Reads how to connect to a server at this address.
pub(super) fn connection(section: &mut Section<'_, '_, '_>, address: Option<&Text<'_>>) -> Connection {
    let plaintext = section.flag("plaintext");
    let timeout = section.number("timeout", 1..=600, "a number of seconds").map(u64::from);
    if let Some((address, span)) = address
        && address.starts_with("http://")
        && !address::is_loopback(address)
        && !plaintext
        && !section.has_failed()
    {
        let what = format!("{}: no secret or token is sent over plain http beyond this machine", section.label());
        section.warn(span, what, Some("use https, or add plaintext = true if this is meant".to_owned()));
    }
    let ca = section.text("ca").map(|(path, _)| path.to_owned());
    let insecure = section.flag("insecure");
    if insecure && ca.is_some() {
        let what = format!("`ca` in {} is not used, since insecure = true", section.label());
        section.warn(&section.span_of("ca"), what, None);
    }
    Connection { plaintext, timeout, headers: headers(section), ca, insecure, proxy: proxy(section) }
}

/// How to get there. The value may hold a password, so it is never repeated.
fn proxy(section: &mut Section<'_, '_, '_>) -> Option<Proxy> {
    let (text, span) = section.text("proxy")?;
    if text == "none" {
        return Some(Proxy::Direct);
    }
    if let Some(fault) = address::proxy_fault(text) {
        let hint = "such as http://proxy.example.com:3128 or socks5h://127.0.0.1:1080, or \"none\"".to_owned();
        section.wrong("proxy", &span, fault, Some(hint));
        return None;
    }
    Some(Proxy::Through(Secret::new(text)))
}

fn headers(section: &mut Section<'_, '_, '_>) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    for ((name, span), value) in section.entries("headers") {
        if !is_token(name) {
            let what = format!("`{}` is not the name of a header", super::names::shown(name));
            section.wrong("headers", &span, &what, None);
        } else if RESERVED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            section.wrong("headers", &span, &format!("`{name}` cannot be set here"), None);
        }
        if let Some((value, _)) = section.as_text("headers", value) {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    headers
}

/// Whether this is a `token` of RFC 9110 section 5.6.2: the name of a header or a method.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}
