//! The parameters of a request to the token endpoint: read once, bounded, in order.

use zeroize::Zeroizing;

use super::error::OAuthError;

/// Keycloak's bound on one parameter, in characters.
const LONGEST_VALUE: usize = 4000;

/// Form parameters (RFC 6749 appendix B). Control characters are gone from the values.
pub(super) struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Reads a form-encoded body.
    pub(super) fn parse(body: &[u8]) -> Self {
        let without_controls = |value: &str| value.chars().filter(|c| !c.is_control()).collect();
        let pairs = form_urlencoded::parse(body);
        Self(pairs.map(|(name, value)| (name.into_owned(), Zeroizing::new(without_controls(&value)))).collect())
    }

    /// The first value of a parameter; an empty one is a value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Refuses parameters that come twice or are too long.
    pub(super) fn check(&self) -> Result<(), OAuthError> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            return Err(OAuthError::bad_request("invalid_request", "duplicated parameter"));
        }
        match self.0.iter().find(|(_, value)| value.chars().count() > LONGEST_VALUE) {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().filter(|c| !c.is_control()).take(64).collect();
                let text = format!("The size of OIDC parameter '{name}' is longer than allowed.");
                Err(OAuthError::bad_request("invalid_request", text))
            }
        }
    }
}
