//! The endpoints that the selected profile sees, in the order of the number keys.
//!
//! Values only.

use super::{Call, State};
use crate::config::{Api, Endpoint};
use crate::engine::EndpointId;

/// One endpoint, with its API.
#[derive(Clone, Copy, Debug)]
pub struct EndpointView<'a> {
    /// The API it belongs to.
    pub api: &'a Api,
    /// The endpoint itself.
    pub endpoint: &'a Endpoint,
}

impl EndpointView<'_> {
    /// Its names.
    pub fn id(&self) -> EndpointId {
        EndpointId { api: self.api.name.clone(), endpoint: self.endpoint.name.clone() }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("{}{}", self.api.base_url, self.endpoint.path)
    }

    /// The host and port it goes to, for questions that name them.
    pub fn host(&self) -> String {
        host_of(&self.api.base_url)
    }
}

/// The host and port of an address, for questions that name them.
pub fn host_of(address: &str) -> String {
    let parsed = url::Url::parse(address).ok();
    let host = parsed.and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(url.port().map_or_else(|| host.clone(), |port| format!("{host}:{port}")))
    });
    host.unwrap_or_else(|| address.to_owned())
}

impl State {
    /// The endpoints of the selected profile; their place is the number key less one.
    pub fn endpoints(&self) -> Vec<EndpointView<'_>> {
        self.profile().map_or_else(Vec::new, |profile| {
            self.profiles.endpoints_of(profile).map(|(api, endpoint)| EndpointView { api, endpoint }).collect()
        })
    }

    /// The endpoints of the profile at this place, by name.
    pub fn endpoints_of(&self, place: usize) -> impl Iterator<Item = EndpointId> {
        let profile = self.profiles.profiles.get(place).into_iter();
        let all = profile.flat_map(|profile| self.profiles.endpoints_of(profile));
        all.map(|(api, endpoint)| EndpointView { api, endpoint }.id())
    }

    /// The endpoint at this place.
    pub fn endpoint_at(&self, place: usize) -> Option<EndpointView<'_>> {
        self.profile()
            .and_then(|profile| self.profiles.endpoints_of(profile).nth(place))
            .map(|(api, endpoint)| EndpointView { api, endpoint })
    }

    /// The selected endpoint.
    pub fn selected_endpoint(&self) -> Option<EndpointView<'_>> {
        self.endpoint_at(self.endpoint)
    }

    /// The selected endpoint's call as the selected profile: what the answer pane shows.
    pub fn selected_call(&self) -> Option<&Call> {
        self.view()?.call(&self.selected_endpoint()?.id())
    }
}
