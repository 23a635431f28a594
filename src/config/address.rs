//! Addresses as they stand in the file: whether they are what they must be, and whether they lead off this machine.
//!
//! Pure. Imports the sibling that spells out text; nothing else of this crate.

use url::{Host, Url};

use super::names::shown;

/// The longest address that is taken, in bytes.
pub(super) const LONGEST: usize = 4 * 1024;

/// What an address may have behind its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Query {
    /// A query is allowed: RFC 6749 section 3.2 lets an endpoint have one.
    Allowed,
    /// It is not: something is appended to the address (RFC 8414 section 2).
    Refused,
}

/// What is wrong with the text as an absolute http or https address; none when nothing is.
pub(super) fn fault(text: &str, query: Query) -> Option<String> {
    if text.len() > LONGEST {
        return Some(format!("an address of {} bytes is too long; {LONGEST} are the most", text.len()));
    }
    // What the parser would quietly drop or turn round must not make an address look like another.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Some(format!("`{}` has white space, a control character or a backslash in it", safe(text)));
    }
    let Some(url) = parse(text) else {
        return Some(format!("`{}` is not an absolute http or https address", safe(text)));
    };
    if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
        return Some("an address must not hold a user or password".to_owned());
    }
    if url.fragment().is_some() {
        return Some(format!("`{}` has a fragment (`#`)", safe(text)));
    }
    if query == Query::Refused && url.query().is_some() {
        return Some(format!("`{}` has a query (`?`)", safe(text)));
    }
    None
}

/// What is wrong with the text as the address of a proxy; none when nothing is. Repeats nothing of it.
pub(super) fn proxy_fault(text: &str) -> Option<&'static str> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Some("the value has white space, a control character or a backslash in it");
    }
    let Some((scheme, _)) = text.split_once("://") else { return Some("the value is not the address of a proxy") };
    if !["http", "https", "socks5", "socks5h"].contains(&scheme) {
        return Some("the scheme of a proxy is http, https, socks5 or socks5h");
    }
    let Ok(url) = Url::parse(text) else { return Some("the value is not the address of a proxy") };
    if url.host_str().is_none_or(str::is_empty) {
        return Some("the address of the proxy has no host");
    }
    let bare = ["", "/"].contains(&url.path()) && url.query().is_none() && url.fragment().is_none();
    (!bare).then_some("the address of a proxy ends with its port")
}

/// Whether the address leads to this machine and nowhere else: `localhost`, a name under `.localhost` (RFC 6761 section
/// 6.3), 127.0.0.0/8 or `[::1]`, over http or https.
///
/// The host is the one that an HTTP client following the URL standard connects to; one with a user before an `@` is
/// never taken for loopback.
pub fn is_loopback(url: &str) -> bool {
    let Some(url) = parse(url) else { return false };
    if !url.username().is_empty() || url.password().is_some() {
        return false;
    }
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The address taken apart, when it is absolute and http or https, with `://` as it should be.
fn parse(text: &str) -> Option<Url> {
    let (scheme, _) = text.split_once("://")?;
    let url = Url::parse(text).ok()?;
    (["http", "https"].contains(&url.scheme()) && scheme.eq_ignore_ascii_case(url.scheme()) && url.has_host())
        .then_some(url)
}

/// The part between `://` and the path.
fn authority(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// The address as it may be put before people: without what may be a password, or in a query a token.
fn safe(text: &str) -> String {
    if let Some((_, host)) = text.rsplit_once('@') {
        return format!("***@{}", shown(host));
    }
    text.split_once(['?', '#']).map_or_else(|| shown(text), |(start, _)| format!("{}…", shown(start)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_not_fooled() {
        for yes in [
            "http://localhost",
            "http://LOCALHOST:8001/realms/myorg",
            "https://auth.localhost/x",
            "http://127.0.0.1:80",
            "http://127.9.8.7/",
            "http://[::1]:8001/a@b",
            "http://2130706433/",
            "http://0x7f.1/",
        ] {
            assert!(is_loopback(yes), "{yes}");
        }
        for no in [
            "",
            "localhost",
            "//localhost",
            "http:localhost",
            "http:/localhost",
            "ftp://localhost",
            "file://localhost/x",
            "http://localhost@evil.example/",
            "http://localhost:80@evil.example/",
            "http://me@localhost/",
            "http://localhost.evil.example",
            "http://evillocalhost",
            "http://127.0.0.1.evil.example",
            "http://128.0.0.1",
            "http://0.0.0.0",
            "http://[::]",
            "http://[::ffff:10.0.0.1]",
            "http://[::1",
            "http://evil.example/localhost",
            "http://evil.example?@localhost",
            "http://evil.example#localhost",
            "http://evil.example\\@localhost",
            "http://ⓛocalhost.example",
            " javascript://localhost",
        ] {
            assert!(!is_loopback(no), "{no}");
        }
    }

    #[test]
    fn faults_name_what_is_wrong_and_no_password() {
        assert_eq!(fault("https://login.example.com/realms/shop/", Query::Refused), None);
        assert_eq!(fault("https://login.example.com/token?tenant=1", Query::Allowed), None);
        for (text, part) in [
            ("", "not an absolute"),
            ("login.example.com", "not an absolute"),
            ("http:/x", "not an absolute"),
            ("http://", "not an absolute"),
            ("ftp://x", "not an absolute"),
            ("http://x:99999", "not an absolute"),
            ("http://a b", "white space"),
            ("http://a\\b", "backslash"),
            ("http://a/?x=hunter2", "has a query"),
            ("http://a/#hunter2", "has a fragment"),
            ("http://me:hunter2@a", "user or password"),
            ("http://@a", "user or password"),
            ("me:hunter2@a", "not an absolute"),
        ] {
            let fault = fault(text, Query::Refused).unwrap_or_default();
            assert!(fault.contains(part), "{text}: {fault}");
            assert!(!fault.contains("hunter2"), "{fault}");
        }
    }
}
