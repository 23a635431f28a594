//! A look at a discovery document: what it offers as a table, and what is wrong or odd about it.
//!
//! Pure: no network, files, clock or terminal.

use serde::Serialize;
use serde_json::Value;
use url::{Host, Url};

use super::{Issuer, Metadata};
use crate::jwt::{KeyRow, Severity, shown};

/// Something found in a discovery document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct DocumentFinding {
    /// A stable id.
    pub id: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What was found, with the value concerned; safe to show.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
    /// Where it is written that this matters.
    pub reference: &'static str,
}

/// One list of a document.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Offer {
    /// What the list is of, in words.
    pub of: &'static str,
    /// The document's member.
    pub member: &'static str,
    /// What it lists; none when the document does not say. Foreign text.
    pub values: Option<Vec<String>>,
}

/// The lists that people look for, in this order.
const LISTS: [(&str, &str); 9] = [
    ("grants", "grant_types_supported"),
    ("response types", "response_types_supported"),
    ("client authentication", "token_endpoint_auth_methods_supported"),
    ("PKCE methods", "code_challenge_methods_supported"),
    ("ID token algorithms", "id_token_signing_alg_values_supported"),
    ("client assertion algorithms", "token_endpoint_auth_signing_alg_values_supported"),
    ("DPoP algorithms", "dpop_signing_alg_values_supported"),
    ("scopes", "scopes_supported"),
    ("claims", "claims_supported"),
];

/// Members that must be there (RFC 8414 section 2, OpenID Connect Discovery section 3).
const REQUIRED: [&str; 4] = ["authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported"];

/// Algorithms that clients sign assertions with: none of these lists may have `none` (RFC 8414 section 2).
const ASSERTION_ALGORITHMS: [&str; 3] = [
    "token_endpoint_auth_signing_alg_values_supported",
    "revocation_endpoint_auth_signing_alg_values_supported",
    "introspection_endpoint_auth_signing_alg_values_supported",
];

/// What the document offers.
pub fn offers(metadata: &Metadata) -> Vec<Offer> {
    LISTS.into_iter().map(|(of, member)| Offer { of, member, values: list(metadata, member) }).collect()
}

fn list(metadata: &Metadata, member: &str) -> Option<Vec<String>> {
    let items = metadata.document.get(member)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// Checks the document that was asked for under this issuer.
pub fn check_document(asked: &Issuer, metadata: &Metadata) -> Vec<DocumentFinding> {
    let mut found = Vec::new();
    let mut note = |id, severity, message: String, remedy, reference| {
        found.push(DocumentFinding { id, severity, message, remedy, reference });
    };
    let issuer = metadata.issuer.as_str();
    let cut = |text: &str| shown(text, 120);
    if metadata.issuer != *asked {
        let message = format!("It names the issuer {}, not {}.", cut(issuer), cut(asked.as_str()));
        note(
            "issuer-other",
            Severity::Error,
            message,
            "Use the issuer exactly as the document spells it, or set the server's public address.",
            "RFC 8414 3.3",
        );
    }
    let own = Url::parse(issuer).ok();
    match &own {
        Some(url) if url.query().is_some() || url.fragment().is_some() => note(
            "issuer-with-query",
            Severity::Error,
            format!("The issuer {} has a query or a fragment.", cut(issuer)),
            "An issuer is a bare address.",
            "RFC 8414 2",
        ),
        Some(url) if is_in_clear(url) => note(
            "issuer-not-https",
            Severity::Warning,
            format!("The issuer {} is not https.", cut(issuer)),
            "Put the server behind TLS: whoever is on the way can give other keys.",
            "RFC 8414 2",
        ),
        Some(_) => {}
        None => note(
            "issuer-no-address",
            Severity::Error,
            format!("The issuer {} is no address.", cut(issuer)),
            "An issuer is an https address.",
            "RFC 8414 2",
        ),
    }
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| !metadata.document.contains_key(*name)).collect();
    if !missing.is_empty() {
        note(
            "member-missing",
            Severity::Warning,
            format!("It lacks {}.", missing.join(", ")),
            "Fine for a server that has no such thing; clients may stumble.",
            "RFC 8414 2",
        );
    }
    for finding in endpoints(metadata, own.as_ref()) {
        found.push(finding);
    }
    found.extend(lists(metadata));
    found
}

/// Checks the keys that the document leads to, beyond what each row says of itself.
pub fn check_keys(rows: &[KeyRow]) -> Vec<DocumentFinding> {
    let name = |row: &KeyRow| shown(row.kid.as_deref().unwrap_or("without a kid"), 60);
    let leaks: Vec<String> = rows.iter().filter(|row| row.leaks).take(8).map(name).collect();
    if leaks.is_empty() {
        return Vec::new();
    }
    let secret_beside = rows.iter().any(|row| row.kty.as_deref() == Some("oct"))
        && rows.iter().any(|row| row.kty.as_deref().is_some_and(|kty| kty != "oct"));
    let refused =
        if secret_beside { " Verifying refuses the whole set, since it mixes secrets and public keys." } else { "" };
    vec![DocumentFinding {
        id: "secret-published",
        severity: Severity::Error,
        message: format!("The key set gives away what signs: {}.{refused}", leaks.join(", ")),
        remedy: "Take it out and replace it at once: whoever read it can make tokens.",
        reference: "RFC 7517 9.2",
    }]
}

/// Findings about the addresses it names.
fn endpoints(metadata: &Metadata, own: Option<&Url>) -> Vec<DocumentFinding> {
    let mut found = Vec::new();
    let (mut elsewhere, mut in_clear, mut container) = (Vec::new(), Vec::new(), Vec::new());
    let addresses = metadata.document.iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    for (name, value) in addresses.take(64) {
        let name = shown(name, 60);
        let Some(url) = value.as_str().and_then(|text| Url::parse(text).ok()) else {
            found.push(DocumentFinding {
                id: "endpoint-no-address",
                severity: Severity::Error,
                message: format!("{name} is {}, no address.", shown(&value.to_string(), 80)),
                remedy: "Every endpoint is a whole https address.",
                reference: "RFC 8414 2",
            });
            continue;
        };
        let host = shown(url.host_str().unwrap_or("(none)"), 80);
        if is_in_clear(&url) {
            in_clear.push(format!("{name} ({host})"));
        }
        match own {
            Some(own) if own.host() != url.host() && is_of_containers(own) != is_of_containers(&url) => {
                container.push(format!("{name} ({host})"));
            }
            Some(own) if own.host() != url.host() => elsewhere.push(format!("{name} ({host})")),
            _ => {}
        }
    }
    let own = shown(own.and_then(Url::host_str).unwrap_or_default(), 80);
    let mut note = |names: &[String], id, severity, rest: String, remedy, reference| {
        if !names.is_empty() {
            let message = format!("{}{rest}", names.join(", "));
            found.push(DocumentFinding { id, severity, message, remedy, reference });
        }
    };
    note(
        &in_clear,
        "endpoint-not-https",
        Severity::Warning,
        ": not https.".to_owned(),
        "Put the server behind TLS: secrets and tokens go there.",
        "RFC 8414 2",
    );
    note(
        &container,
        "endpoint-in-container",
        Severity::Warning,
        format!(": one of these names and the issuer's, {own}, is known only inside a container network."),
        "Set the server's public address (Keycloak: KC_HOSTNAME), or reach it under the same name from everywhere.",
        "Keycloak",
    );
    note(
        &elsewhere,
        "endpoint-elsewhere",
        Severity::Info,
        format!(": another host than the issuer's, {own}."),
        "Make sure that these hosts are the provider's, too.",
        "RFC 8414 6.2",
    );
    found
}

/// Findings about what it offers.
fn lists(metadata: &Metadata) -> Vec<DocumentFinding> {
    let has =
        |member: &str, value: &str| list(metadata, member).is_some_and(|values| values.iter().any(|v| v == value));
    let mut found = Vec::new();
    let mut note = |id, severity, message: &str, remedy, reference| {
        found.push(DocumentFinding { id, severity, message: message.to_owned(), remedy, reference });
    };
    if has("id_token_signing_alg_values_supported", "none") {
        note(
            "none-offered",
            Severity::Warning,
            "It offers ID tokens with alg none: not signed at all.",
            "Turn it off; clients must never accept one that came through the browser.",
            "RFC 8725 3.2",
        );
    }
    let unsigned: Vec<&str> = ASSERTION_ALGORITHMS.into_iter().filter(|member| has(member, "none")).collect();
    if !unsigned.is_empty() {
        note(
            "none-for-clients",
            Severity::Error,
            &format!("It takes client assertions with alg none: {}.", unsigned.join(", ")),
            "Take none out: anyone could write such an assertion.",
            "RFC 8414 2",
        );
    }
    if has("grant_types_supported", "password") {
        note(
            "password-grant-offered",
            Severity::Info,
            "It offers the password grant.",
            "Turn it off where nobody needs it: programs should not see passwords.",
            "RFC 9700 2.4",
        );
    }
    if has("grant_types_supported", "implicit") || has("response_types_supported", "token") {
        note(
            "implicit-grant-offered",
            Severity::Info,
            "It offers the implicit grant: tokens in addresses.",
            "Use the code flow with PKCE.",
            "RFC 9700 2.1.2",
        );
    }
    if metadata.document.contains_key("authorization_endpoint") && !has("code_challenge_methods_supported", "S256") {
        note(
            "no-pkce",
            Severity::Info,
            "It does not say that it supports PKCE with S256.",
            "Where it does all the same, clients may use it; else turn it on.",
            "RFC 9700 2.1.1",
        );
    }
    found
}

fn is_in_clear(url: &Url) -> bool {
    url.scheme() != "https" && !is_this_machine(url)
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A name as container networks give it: one word, or Docker's own.
fn is_of_containers(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name != "localhost" && (!name.contains('.') || name.ends_with(".docker.internal")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::exchange::{Completeness, Response};
    use crate::jwt::key_rows;
    use crate::oauth::read_document;

    fn document(over: &Value) -> Metadata {
        let mut document = json!({
            "issuer": "https://id.example", "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token", "jwks_uri": "https://id.example/keys",
            "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": ["authorization_code"],
        });
        for (name, value) in over.as_object().unwrap() {
            document[name] = value.clone();
        }
        document.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let body = document.to_string().into();
        read_document("u", &Response { status: 200, headers: Vec::new(), body, completeness: Completeness::Whole })
            .unwrap()
    }

    fn ids(asked: &str, over: &Value) -> Vec<&'static str> {
        check_document(&Issuer::new(asked), &document(over)).iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn each_thing_wrong_is_found_and_nothing_else() {
        let own = "https://id.example";
        assert_eq!(ids(own, &json!({})), Vec::<&str>::new());
        for (asked, over, id) in [
            ("https://id.example/", json!({}), "issuer-other"),
            ("http://id.example", json!({"issuer": "http://id.example"}), "issuer-not-https"),
            ("https://id.example?a", json!({"issuer": "https://id.example?a"}), "issuer-with-query"),
            ("id", json!({"issuer": "id"}), "issuer-no-address"),
            (own, json!({"jwks_uri": null}), "member-missing"),
            (own, json!({"jwks_uri": 7}), "endpoint-no-address"),
            (own, json!({"token_endpoint": "http://id.example/token"}), "endpoint-not-https"),
            (own, json!({"jwks_uri": "https://keys.example/keys"}), "endpoint-elsewhere"),
            (own, json!({"token_endpoint": "https://keycloak:8080/token"}), "endpoint-in-container"),
            (own, json!({"id_token_signing_alg_values_supported": ["RS256", "none"]}), "none-offered"),
            (own, json!({"token_endpoint_auth_signing_alg_values_supported": ["RS256", "none"]}), "none-for-clients"),
            (own, json!({"introspection_endpoint_auth_signing_alg_values_supported": ["none"]}), "none-for-clients"),
            (own, json!({"grant_types_supported": ["password"]}), "password-grant-offered"),
            (own, json!({"response_types_supported": ["code", "token"]}), "implicit-grant-offered"),
            (own, json!({"code_challenge_methods_supported": ["plain"]}), "no-pkce"),
        ] {
            assert_eq!(ids(asked, &over), [id], "{over}");
        }
        // Docker: the issuer is localhost, as the browser sees it, the rest as the containers do.
        let local = json!({
            "issuer": "http://localhost:8080", "authorization_endpoint": "http://localhost:8080/auth",
            "token_endpoint": "https://host.docker.internal/token", "jwks_uri": "http://localhost:8080/keys",
        });
        assert_eq!(ids("http://localhost:8080", &local), ["endpoint-in-container"]);
    }

    #[test]
    fn what_signs_and_is_published_is_found() {
        let found = |keys: Value| {
            let rows = key_rows(json!({ "keys": keys }).to_string().as_bytes(), jiff::Timestamp::UNIX_EPOCH).unwrap();
            check_keys(&rows)
        };
        let public =
            json!({"kty": "OKP", "crv": "Ed25519", "kid": "p", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
        let mut private = public.clone();
        private["d"] = json!("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let secret = json!({"kty": "oct", "kid": "s\u{1b}", "k": "AAAA"});
        assert_eq!(found(json!([public])), []);
        let one = found(json!([public, private]));
        assert_eq!((one[0].id, one[0].severity), ("secret-published", Severity::Error));
        assert_eq!(one[0].message, "The key set gives away what signs: p.");
        let two = found(json!([secret, public]));
        assert!(
            two[0].message.starts_with("The key set gives away what signs: s\\u{1b}. Verifying refuses the whole set")
        );
        assert!(!two[0].message.contains("AAAA"));
    }

    #[test]
    fn what_it_offers_is_a_table() {
        let offers = offers(&document(&json!({})));
        assert_eq!(offers.first().unwrap().values.as_deref(), Some(&["authorization_code".to_owned()][..]));
        assert_eq!(offers.iter().filter(|offer| offer.values.is_some()).count(), 3);
    }
}
