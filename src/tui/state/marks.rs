//! What must not be forgotten while the selected profile is on the screen: the marks of the top line.
//!
//! Values only.

use super::State;
use crate::config::{Connection, is_loopback};
use crate::jwt::times::span_in_words;

/// Clocks that differ by more seconds than this are said to.
const APART: i64 = 60;

impl State {
    /// The marks of the selected profile's servers.
    pub fn marks(&self) -> Vec<&'static str> {
        let plain = |(connection, address): &(&Connection, &str)| {
            connection.plaintext && is_plain(address) && !is_loopback(address)
        };
        let servers = self.servers();
        let mut marks = Vec::new();
        if servers.iter().any(plain) {
            marks.push("PLAIN TEXT");
        }
        if servers.iter().any(|(connection, _)| connection.insecure) {
            marks.push("INSECURE TLS");
        }
        marks
    }

    /// How to connect to the selected profile's provider and APIs, each with the addresses called there.
    fn servers(&self) -> Vec<(&Connection, &str)> {
        let Some(profile) = self.profile() else { return Vec::new() };
        let provider = self.profiles.provider(&profile.provider).into_iter().flat_map(|provider| {
            let addresses =
                [Some(provider.issuer.as_str()), provider.token_endpoint.as_deref(), provider.jwks_uri.as_deref()];
            let further = provider.endpoints.iter().map(|(_, address)| address.as_str());
            addresses.into_iter().flatten().chain(further).map(|address| (&provider.connection, address))
        });
        let apis = self.profiles.apis_of(profile).map(|api| (&api.connection, api.base_url.as_str()));
        provider.chain(apis).collect()
    }

    /// By how much this machine's clock differs from that of the server that answered last, when by more than a minute.
    pub fn clock_off(&self) -> Option<String> {
        let exchanges = [self.answer_exchange(), self.token_exchange()];
        let newest = exchanges.into_iter().flatten().max_by_key(|exchange| exchange.started)?;
        let ahead = newest.ahead_of_server()?;
        if ahead.abs() <= APART {
            return None;
        }
        let which = if ahead > 0 { "ahead" } else { "behind" };
        Some(format!("CLOCK {} {which}", span_in_words(ahead.unsigned_abs())))
    }
}

fn is_plain(address: &str) -> bool {
    address.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://"))
}
