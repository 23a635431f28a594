//! How two spellings of an issuer differ, in words, and what mends it: the commonest trouble with a provider in a
//! container or behind a proxy.
//!
//! Pure: no network, files, clock or terminal.

/// What sets two issuers apart. They compare byte for byte (RFC 8414 section 3.3), so each of these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerDifference {
    /// The slash at the end.
    Slash,
    /// Capital letters.
    Case,
    /// `http` and `https`.
    Scheme,
    /// The port.
    Port,
    /// The host's name, all else alike: one server under two names.
    Host,
    /// The `/auth` that Keycloak had before `/realms` until version 17.
    AuthPrefix,
    /// The realm, on the same server.
    Realm,
    /// More than one of these.
    Other,
}

/// An address taken apart; the parts as spelt.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        // The colons of an IPv6 address stand between brackets.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        Some(Self { scheme, host, port, path })
    }

    /// The port, also when it is left out.
    fn port(self) -> &'a str {
        self.port.unwrap_or(if self.scheme == "https" { "443" } else { "80" })
    }

    /// Scheme, host and port, as a provider's public name is set.
    fn origin(self) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", self.scheme, self.host)
    }

    fn is_this_machine(self) -> bool {
        matches!(self.host, "localhost" | "127.0.0.1" | "[::1]")
    }
}

impl IssuerDifference {
    /// What sets the two apart; none when they are the same.
    pub fn between(found: &str, trusted: &str) -> Option<Self> {
        if found == trusted {
            return None;
        }
        if found.trim_end_matches('/') == trusted.trim_end_matches('/') {
            return Some(Self::Slash);
        }
        if found.eq_ignore_ascii_case(trusted) {
            return Some(Self::Case);
        }
        let (Some(one), Some(other)) = (Parts::of(found), Parts::of(trusted)) else { return Some(Self::Other) };
        let (same_host, same_path) = (one.host == other.host, one.path == other.path);
        let auth_apart =
            one.path.strip_prefix("/auth") == Some(other.path) || other.path.strip_prefix("/auth") == Some(one.path);
        Some(match (one.scheme == other.scheme, same_host, one.port() == other.port(), same_path) {
            // With the scheme the port nearly always changes too.
            (false, true, _, true) => Self::Scheme,
            (true, true, false, true) => Self::Port,
            (_, false, _, true) if !one.path.is_empty() => Self::Host,
            (true, true, true, false) if auth_apart => Self::AuthPrefix,
            (true, true, true, false) if one.path.contains("/realms/") && other.path.contains("/realms/") => {
                Self::Realm
            }
            _ => Self::Other,
        })
    }

    /// The likely reason, and the setting that mends it; `found` is what came, `trusted` what was expected.
    pub fn advice(self, found: &str, trusted: &str) -> String {
        let (one, other) = (Parts::of(found), Parts::of(trusted));
        let origin = other.map(Parts::origin).unwrap_or_default();
        match self {
            Self::Slash => {
                "They differ only by the last slash. It must match exactly: spell it the same on both sides \
                            (Keycloak's issuer has none at its end, Auth0's has one)."
                    .to_owned()
            }
            Self::Case => {
                "They differ only in capital letters. They must match exactly: spell it the same on both sides."
                    .to_owned()
            }
            Self::Scheme => format!(
                "They differ in http and https: behind a proxy that ends TLS, Keycloak must be told what the outside sees \
                 (--proxy-headers=xforwarded or KC_PROXY_HEADERS, and the proxy must send X-Forwarded-Proto), or given its \
                 public name: KC_HOSTNAME={origin}."
            ),
            Self::Port => format!(
                "They differ in the port: one seen from outside, such as a published container port, and one from inside. \
                 Give Keycloak its public name: KC_HOSTNAME={origin} (--hostname), or have the proxy send X-Forwarded-Port."
            ),
            Self::Host => {
                let inside = one.is_some_and(Parts::is_this_machine) != other.is_some_and(Parts::is_this_machine);
                let inside = if inside { " (localhost in a container is the container itself)" } else { "" };
                format!(
                    "It looks like the same server under two names{inside}; Keycloak writes the one it was reached by. Give it \
                     one public name: KC_HOSTNAME={origin} (--hostname), with --hostname-backchannel-dynamic=true for \
                     containers that reach it by another. Or fetch the token through the name the API trusts."
                )
            }
            Self::AuthPrefix => {
                "They differ in the /auth before /realms, which Keycloak had until version 17 and has with \
                                 --http-relative-path=/auth (KC_HTTP_RELATIVE_PATH): use the spelling of the discovery \
                                 document everywhere."
                    .to_owned()
            }
            Self::Realm => {
                "It is another realm of the same server: check the realm in the profile's issuer.".to_owned()
            }
            Self::Other => "It is another realm or environment: check the profile's provider.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::IssuerDifference::{AuthPrefix, Case, Host, Other, Port, Realm, Scheme, Slash};
    use super::*;

    #[test]
    fn each_difference_has_its_name_and_its_remedy() {
        let trusted = "http://localhost:8080/realms/shop";
        for (found, difference, words) in [
            (trusted, None, ""),
            ("http://localhost:8080/realms/shop/", Some(Slash), "last slash"),
            ("http://localhost:8080/realms/Shop", Some(Case), "capital letters"),
            ("https://localhost:8443/realms/shop", Some(Scheme), "KC_PROXY_HEADERS"),
            ("http://localhost:18080/realms/shop", Some(Port), "KC_HOSTNAME=http://localhost:8080 "),
            ("http://keycloak:8080/realms/shop", Some(Host), "the container itself"),
            ("http://keycloak/realms/shop", Some(Host), "two names"),
            ("https://id.example/realms/shop", Some(Host), "--hostname-backchannel-dynamic"),
            ("http://localhost:8080/auth/realms/shop", Some(AuthPrefix), "KC_HTTP_RELATIVE_PATH"),
            ("http://localhost:8080/realms/other", Some(Realm), "another realm"),
            ("http://keycloak:8080/realms/other", Some(Other), "another realm"),
            ("shop", Some(Other), "check the profile"),
            ("", Some(Other), "check the profile"),
        ] {
            assert_eq!(IssuerDifference::between(found, trusted), difference, "{found}");
            let advice = difference.map(|difference| difference.advice(found, trusted)).unwrap_or_default();
            assert!(advice.contains(words), "{found}: {advice}");
        }
    }

    #[test]
    fn what_is_left_out_is_filled_in_and_brackets_are_kept() {
        let two = IssuerDifference::between("https://h:443/r", "https://h/r");
        assert_eq!(two, Some(Other), "byte for byte they differ, though they lead to the same place");
        assert_eq!(IssuerDifference::between("http://[::1]:80/r", "http://[::1]:81/r"), Some(Port));
        assert_eq!(IssuerDifference::between("http://[::1]/r", "http://h/r"), Some(Host));
    }
}
