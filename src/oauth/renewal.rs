//! Renewal as a state machine of two steps: how a due token is replaced, and what a refused refresh token means (RFC 6749
//! section 6, RFC 9700 section 4.14).
//!
//! Pure: no network, files, clock or terminal.

use super::{Grant, TokenRefusal};

/// How a token is got when the one in hand will not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// By the refresh token.
    Refresh,
    /// By the grant itself: nobody is needed for it.
    Anew,
    /// A person has to log in.
    Person,
}

impl Renewal {
    /// The first step. A new token that is expressly asked for is got by the grant itself where nobody is needed for it.
    pub fn first(grant: Grant, has_refresh_token: bool, fresh: bool) -> Self {
        match (has_refresh_token, grant.needs_person()) {
            (true, true) => Self::Refresh,
            (true, false) if !fresh => Self::Refresh,
            (_, false) => Self::Anew,
            (false, true) => Self::Person,
        }
    }

    /// What follows when the refresh token did not bring one; none: the provider is out of order, the refresh token may
    /// still be good, and what it said is all there is to tell.
    pub fn after_refusal(grant: Grant, refusal: &TokenRefusal) -> Option<Self> {
        match refusal {
            TokenRefusal::Refused { status: 500.., .. } | TokenRefusal::Unusable { .. } => None,
            // The client is refused, not the refresh token: a login would meet the same.
            TokenRefusal::Refused { error, .. } if error == "invalid_client" || error == "unauthorized_client" => None,
            TokenRefusal::Refused { .. } if grant.needs_person() => Some(Self::Person),
            TokenRefusal::Refused { .. } => Some(Self::Anew),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_goes_first_where_there_is_one() {
        for (grant, has, fresh, first) in [
            (Grant::ClientCredentials, false, false, Renewal::Anew),
            (Grant::ClientCredentials, true, false, Renewal::Refresh),
            (Grant::ClientCredentials, true, true, Renewal::Anew),
            (Grant::Password, true, false, Renewal::Refresh),
            (Grant::Password, false, false, Renewal::Anew),
            (Grant::AuthorizationCode, true, false, Renewal::Refresh),
            (Grant::AuthorizationCode, true, true, Renewal::Refresh),
            (Grant::AuthorizationCode, false, true, Renewal::Person),
            (Grant::DeviceCode, false, false, Renewal::Person),
        ] {
            assert_eq!(Renewal::first(grant, has, fresh), first, "{grant:?} {has} {fresh}");
        }
    }

    #[test]
    fn a_refresh_token_that_is_revoked_leads_to_a_person_or_to_the_grant() {
        let refused =
            |status, error: &str| TokenRefusal::Refused { status, error: error.into(), description: None, uri: None };
        let revoked = refused(400, "invalid_grant");
        assert_eq!(Renewal::after_refusal(Grant::AuthorizationCode, &revoked), Some(Renewal::Person));
        assert_eq!(Renewal::after_refusal(Grant::ClientCredentials, &revoked), Some(Renewal::Anew));
        for other in [refused(503, "temporarily_unavailable"), refused(401, "invalid_client")] {
            assert_eq!(Renewal::after_refusal(Grant::DeviceCode, &other), None);
        }
        let nonsense = TokenRefusal::Unusable { status: 502, reason: String::new() };
        assert_eq!(Renewal::after_refusal(Grant::Password, &nonsense), None);
    }
}
