//! What a discovery document and the way to it come to: the remarks, and what discovery would not find again.

use std::sync::Arc;

use url::Url;

use super::{Introduction, Remark, words};
use crate::config::is_loopback;
use crate::config::pasted::{Candidate, Reading, same_host};
use crate::exchange::Exchange;
use crate::jwt::shown;
use crate::oauth::Metadata;

/// How much of a foreign name is shown.
const NAME: usize = 200;

/// The introduction of a server that answered, with a remark on how its address was read.
pub(super) fn as_found(candidate: &Candidate, metadata: Metadata, exchange: Arc<Exchange>) -> Introduction {
    let issuer = metadata.issuer.clone();
    let mut remarks = Vec::new();
    let at = words::host(candidate.issuer.as_str());
    match candidate.reading {
        Reading::AsGiven | Reading::Within => {}
        Reading::AuthAdded => remarks.push(Remark::note(format!(
            "The /auth before /realms was missing: {at} has it, as Keycloak before 17 does, so the issuer is {issuer}."
        ))),
        Reading::AuthDropped => remarks.push(Remark::note(format!(
            "The /auth before /realms is superfluous: {at} has none, as Keycloak 17 and later, so the issuer is {issuer}."
        ))),
        Reading::Https => remarks.push(Remark::note(format!("{at} was found over https, so the issuer is {issuer}."))),
        Reading::Http => remarks.push(Remark::note(format!("{at} speaks plain http, so the issuer is {issuer}."))),
        Reading::HostAlone => remarks.push(Remark::note(format!(
            "Nothing was found at the path; the host itself is an issuer: {issuer}."
        ))),
    }
    let spelt = candidate.issuer.as_str();
    let given = matches!(candidate.reading, Reading::AsGiven | Reading::Within);
    if given && issuer.as_str() != spelt && issuer.as_str().trim_end_matches('/') == spelt.trim_end_matches('/') {
        let how = if issuer.as_str().ends_with('/') { "with a slash at the end" } else { "without a slash at the end" };
        remarks.push(Remark::note(format!("It spells its issuer {how}, and that counts: {issuer} is taken.")));
    }
    let mut met = Introduction { issuer, token_endpoint: None, jwks_uri: None, metadata, remarks, exchange };
    offers(&mut met);
    met
}

/// Remarks on what it offers, or does not.
fn offers(met: &mut Introduction) {
    if met.metadata.grants().is_some_and(|grants| !grants.iter().any(|grant| grant == "client_credentials")) {
        met.remarks.push(Remark::warning(
            "It does not list client credentials among its grants, and that is how this version gets tokens.",
        ));
    }
    let known = ["client_secret_basic", "client_secret_post", "none"];
    if met.metadata.authentication().is_some_and(|ways| !ways.iter().any(|way| known.contains(&way.as_str()))) {
        met.remarks.push(Remark::warning(
            "It takes no client secret, only signed assertions or certificates, which this version cannot do.",
        ));
    }
    if met.metadata.jwks_uri.is_none() {
        met.remarks.push(Remark::note("It publishes no keys, so signatures cannot be verified."));
    }
}

/// It calls itself something else on the same host, and that name works.
pub(super) fn calls_itself(asked: &str, named: &str) -> Remark {
    Remark::note(format!("It was asked as {asked} and calls itself {}, which is taken.", shown(named, NAME)))
}

/// It calls itself by a name that leads elsewhere, or nowhere: its own name goes into the file, because it goes into the
/// tokens, and token endpoint and keys are given by hand at the address that answered.
pub(super) fn by_hand(met: &mut Introduction, asked: &str) {
    let named = shown(met.issuer.as_str(), NAME);
    let here = words::host(asked);
    met.token_endpoint = met.metadata.token_endpoint.as_deref().map(|url| at_origin(url, asked));
    met.jwks_uri = met.metadata.jwks_uri.as_deref().map(|url| at_origin(url, asked));
    let one_is_local = is_loopback(asked) != is_loopback(met.issuer.as_str());
    let why = if one_is_local && !words::host_name(met.issuer.as_str()).contains('.') {
        " That is the name by which containers see it."
    } else {
        ""
    };
    met.remarks.push(Remark::warning(format!(
        "It was asked as {asked} and calls itself {named}.{why} Its tokens will say so too, and an API that expects the \
         other name refuses them. Token and keys are got from {here}, by hand; better is one name everywhere \
         (Keycloak: KC_HOSTNAME)."
    )));
}

/// The address at the origin of another, unless it is on that host already.
fn at_origin(url: &str, other: &str) -> String {
    if same_host(url, other) {
        return url.to_owned();
    }
    let (Ok(mut moved), Ok(origin)) = (Url::parse(url), Url::parse(other)) else { return url.to_owned() };
    // Setting what came out of another parsed address cannot fail for http and https.
    _ = moved.set_scheme(origin.scheme());
    _ = moved.set_host(origin.host_str());
    _ = moved.set_port(origin.port());
    moved.to_string()
}

/// A token endpoint on another host than the one that was typed is said: the secret goes there.
pub(super) fn tokens_elsewhere(met: &mut Introduction, asked: &str) {
    let Some(url) = met.tokens_from().map(|url| shown(url, NAME)) else { return };
    if !same_host(&url, asked) {
        let host = words::host(&url);
        met.remarks
            .push(Remark::warning(format!("Tokens are got from {host}, as its document says: the secret goes there.")));
    }
    if url.starts_with("http://") && asked.starts_with("https://") {
        met.remarks.push(Remark::warning(format!("Its document names a token endpoint over plain http: {url}.")));
    }
}
