//! What an authorization server is and offers, in words.

use url::Url;

use super::Introduction;
use crate::jwt::shown;

/// How much of a foreign name is shown.
const NAME: usize = 80;
/// How many names of a list are shown.
const SHOWN: usize = 6;

/// The grants, as people say them; those left out say nothing of how a token is first got.
const GRANTS: [(&str, &str); 10] = [
    ("client_credentials", "client credentials"),
    ("authorization_code", "authorization code"),
    ("urn:ietf:params:oauth:grant-type:device_code", "device"),
    ("password", "password"),
    ("implicit", "implicit"),
    ("refresh_token", "refresh"),
    ("urn:ietf:params:oauth:grant-type:token-exchange", "token exchange"),
    ("urn:ietf:params:oauth:grant-type:jwt-bearer", "JWT bearer"),
    ("urn:openid:params:grant-type:ciba", "CIBA"),
    ("urn:ietf:params:oauth:grant-type:uma-ticket", "UMA"),
];

impl Introduction {
    /// What it is: `Keycloak realm shop at kc.example.com`.
    pub fn headline(&self) -> String {
        let at = host(self.issuer.as_str());
        let endpoint = self.metadata.token_endpoint.as_deref().unwrap_or_default();
        let path = self.issuer.as_str().split("/realms/").nth(1);
        let realm = path.map(|rest| rest.split('/').next().unwrap_or_default());
        let name = host_name(self.issuer.as_str());
        match realm {
            Some(realm) if endpoint.contains("/protocol/openid-connect/") => {
                format!("Keycloak realm {} at {at}", shown(realm, NAME))
            }
            _ if name.ends_with("microsoftonline.com") || name == "sts.windows.net" => {
                format!("Entra ID tenant at {at}")
            }
            _ if name.ends_with(".auth0.com") => format!("Auth0 tenant {at}"),
            _ if name.ends_with(".okta.com") || name.ends_with(".oktapreview.com") => {
                format!("Okta authorization server at {at}")
            }
            _ if self.metadata.document.contains_key("userinfo_endpoint") => format!("OpenID provider at {at}"),
            _ => format!("OAuth 2.0 authorization server at {at}"),
        }
    }

    /// What it offers, a line each: grants, signatures, scopes.
    pub fn offers(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.push(match self.metadata.grants() {
            Some(grants) => format!("offers {}", in_words(&grants)),
            None => "does not say which grants it offers".to_owned(),
        });
        if let Some(mut algorithms) = self.metadata.signing_algorithms().filter(|all| !all.is_empty()) {
            // Their order says nothing; the usual ones first.
            let rank =
                |name: &str| ["RS256", "ES256", "PS256", "EdDSA"].iter().position(|usual| *usual == name).unwrap_or(9);
            algorithms.sort_by_key(|name| rank(name));
            lines.push(format!("signs with {}", few(&algorithms)));
        }
        if let Some(scopes) = self.metadata.scopes_supported.as_ref().filter(|scopes| !scopes.is_empty()) {
            lines.push(format!("scopes {}", few(scopes)));
        }
        lines
    }
}

/// The grants as people say them, those this program is about first.
fn in_words(grants: &[String]) -> String {
    let known = GRANTS.iter().filter(|(name, _)| grants.iter().any(|grant| grant == name)).map(|(_, words)| *words);
    let more = grants.iter().filter(|grant| GRANTS.iter().all(|(name, _)| grant.as_str() != *name)).count();
    let mut words: Vec<String> = known.map(str::to_owned).collect();
    if more > 0 {
        words.push(format!("{more} more"));
    }
    if words.is_empty() { "no grant".to_owned() } else { words.join(", ") }
}

/// The first few of a list of names.
fn few(names: &[String]) -> String {
    let mut shown_names: Vec<String> = names.iter().take(SHOWN).map(|name| shown(name, NAME)).collect();
    if names.len() > SHOWN {
        shown_names.push(format!("{} more", names.len() - SHOWN));
    }
    shown_names.join(", ")
}

/// Scheme, host and port.
pub(super) fn origin(url: &str) -> String {
    Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

/// Host and, when it is not the scheme's own, port.
pub(super) fn host(url: &str) -> String {
    let Ok(url) = Url::parse(url) else { return shown(url, NAME) };
    match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}

/// The host's name alone.
pub(super) fn host_name(url: &str) -> String {
    Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
