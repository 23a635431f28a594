//! What is known of addresses: the names of endpoints, and how the well-known providers build theirs.
//!
//! Pure. Imports `oauth` of this crate, nothing else.

use url::Url;

use crate::oauth::Issuer;

/// The last part of a path that is an endpoint of an authorization server.
const ENDPOINTS: [&str; 22] = [
    "token",
    "tokens",
    "authorize",
    "authorization",
    "auth",
    "login",
    "logout",
    "certs",
    "jwks",
    "jwks.json",
    "keys",
    "userinfo",
    "introspect",
    "introspection",
    "revoke",
    "revocation",
    "device",
    "device_authorization",
    "devicecode",
    "token.oauth2",
    "authorization.oauth2",
    "oauth-token",
];

/// Parts of a path that stand between an issuer and its endpoints.
const BETWEEN: [&str; 9] = ["oauth", "oauth2", "connect", "v1", "v2", "v2.0", "as", "protocol", "openid-connect"];

/// Whether the path ends in an endpoint.
pub(super) fn is_endpoint(segments: &[String]) -> bool {
    // `/auth` alone is where Keycloak before 17 stands.
    let old_keycloak = segments.len() == 1 && segments.first().is_some_and(|only| only == "auth");
    !old_keycloak && segments.last().is_some_and(|last| ENDPOINTS.contains(&last.as_str()))
}

/// The paths that may be the issuer's, of a path that ends in an endpoint: without what usually stands between, then
/// each one longer, and the host alone last.
pub(super) fn paths_before(segments: &[String]) -> Vec<&[String]> {
    let Some((_, full)) = segments.split_last() else { return Vec::new() };
    let mut short = full;
    while let Some((last, before)) = short.split_last()
        && (BETWEEN.contains(&last.as_str()) || last == ".well-known")
    {
        short = before;
    }
    let mut paths = vec![short];
    paths.extend((short.len()..=full.len()).rev().filter_map(|length| full.get(..length)));
    paths.push(&[]);
    paths.dedup();
    paths
}

/// What is known of a provider by its host and path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// What it is, in words.
    pub(super) what: &'static str,
    /// The issuers in the order to be tried.
    pub(super) issuers: Vec<String>,
    /// The issuer stands on another host.
    pub(super) instead: Option<&'static str>,
    /// What is worth knowing.
    pub(super) remark: Option<&'static str>,
}

/// The provider at this address, when its kind tells its issuers from its endpoints.
pub(super) fn provider(host: &str, origin: &str, segments: &[String]) -> Option<Known> {
    let under = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let first = segments.first().map(String::as_str);
    if ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"].contains(&host) {
        return Some(entra(origin, first, segments));
    }
    if ["oauth2.googleapis.com", "www.googleapis.com"].contains(&host) {
        return Some(Known {
            what: "a Google address",
            instead: Some("https://accounts.google.com"),
            ..Known::default()
        });
    }
    if ["okta.com", "oktapreview.com", "okta-emea.com"].into_iter().any(under) {
        return Some(okta(origin, segments));
    }
    if under("auth0.com") && (segments.is_empty() || is_endpoint(segments)) {
        let remark = "Auth0 wants an audience, else its tokens are of no use for an API.";
        let issuers = vec![format!("{origin}/")];
        return Some(Known { what: "an Auth0 address", issuers, remark: Some(remark), instead: None });
    }
    if under("amazoncognito.com") {
        let remark =
            "The issuer of a Cognito pool is https://cognito-idp.REGION.amazonaws.com/POOL; its domain says neither.";
        return Some(Known { what: "an address of a Cognito domain", remark: Some(remark), ..Known::default() });
    }
    None
}

fn entra(origin: &str, tenant: Option<&str>, segments: &[String]) -> Known {
    let Some(tenant) = tenant else {
        let remark = "The tenant is missing: https://login.microsoftonline.com/TENANT/v2.0";
        return Known { what: "an Entra ID address", remark: Some(remark), ..Known::default() };
    };
    let old = segments.get(1).is_some_and(|part| part == "oauth2") && segments.get(2).is_none_or(|part| part != "v2.0");
    let remark = if ["common", "organizations", "consumers"].contains(&tenant) {
        "An application's own token needs the tenant's id or name, where this has common, organizations or consumers."
    } else if old {
        "This is the old (v1) endpoint; the issuer of v2.0 is tried first."
    } else {
        "Entra ID wants one scope, the API's, with /.default at its end."
    };
    let issuers = vec![format!("{origin}/{tenant}/v2.0"), format!("{origin}/{tenant}")];
    Known { what: "an Entra ID address", issuers, remark: Some(remark), instead: None }
}

fn okta(origin: &str, segments: &[String]) -> Known {
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let server = match parts.as_slice() {
        ["oauth2", id, ..] if *id != "v1" => Some(format!("{origin}/oauth2/{id}")),
        _ => None,
    };
    let named = server.is_some();
    let own = server.unwrap_or_else(|| format!("{origin}/oauth2/default"));
    let remark = (!named).then_some(
        "Okta's own server gives tokens for Okta alone; the one for APIs of yours is /oauth2/default, which is tried first.",
    );
    let issuers = if named { vec![own] } else { vec![own, origin.to_owned()] };
    Known { what: "an Okta address", issuers, remark, instead: None }
}

/// A name for the provider, a slug: the realm, else what the host is called.
pub(super) fn suggested_name(issuer: &Issuer) -> String {
    let Ok(url) = Url::parse(issuer.as_str()) else { return "provider".to_owned() };
    let segments: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let realm = segments.iter().position(|part| *part == "realms").and_then(|at| segments.get(at + 1));
    let host = url.host_str().unwrap_or_default();
    let name = match realm {
        Some(realm) => (*realm).to_owned(),
        None if host.parse::<std::net::Ipv4Addr>().is_ok() || host.starts_with('[') => "provider".to_owned(),
        None => telling_label(host).to_owned(),
    };
    slug(&name)
}

/// The part of a host's name that tells whose it is: not `login`, `www` or the ending.
fn telling_label(host: &str) -> &str {
    let common = ["login", "auth", "sso", "id", "idp", "www", "accounts", "account", "identity", "oauth", "keycloak"];
    let labels: Vec<&str> = host.split('.').collect();
    let before_ending = labels.get(..labels.len().saturating_sub(1)).filter(|rest| !rest.is_empty()).unwrap_or(&labels);
    before_ending.iter().find(|label| !common.contains(label)).or(labels.first()).copied().unwrap_or("provider")
}

fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(48) {
        if c.is_ascii_alphanumeric() || c == '-' || c == '_' {
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if out.is_empty() { "provider".to_owned() } else { out.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_realm_or_the_host() {
        for (issuer, name) in [
            ("https://login.example.com/realms/shop", "shop"),
            ("https://login.example.com/realms/My%20Shop", "my-20shop"),
            ("https://login.example.com", "example"),
            ("https://acme.eu.auth0.com/", "acme"),
            ("http://localhost:8001", "localhost"),
            ("https://auth.dev", "auth"),
            ("http://127.0.0.1:8080/x", "provider"),
            ("https://[::1]/", "provider"),
            ("nonsense", "provider"),
        ] {
            assert_eq!(suggested_name(&Issuer::new(issuer)), name, "{issuer}");
        }
    }
}
