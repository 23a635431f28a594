//! What a call is expected to come to, and whether it did.
//!
//! Pure: no network, files, clock or terminal.

use serde::Serialize;

use crate::config::{Endpoint, Expect, ExpectToken, Profile, Requirement};
use crate::oauth::ScopeSet;

/// Where an expectation comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// The endpoint's `expect` names this profile.
    Declared,
    /// From `requires` and what the token was granted.
    Derived,
}

/// What a call is expected to come to; none when nobody said and nothing follows.
pub type Expectation = Option<(Expect, Basis)>;

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// 2xx, or a status the endpoint lists under `allow`.
    Allowed,
    /// 401 or 403, or a status the endpoint lists under `deny`.
    Denied,
    /// Anything else: neither.
    Inconclusive,
}

impl Class {
    /// The class of a status at this endpoint.
    pub fn of(status: u16, endpoint: &Endpoint) -> Self {
        if endpoint.allow.contains(&status) {
            Self::Allowed
        } else if endpoint.deny.contains(&status) {
            Self::Denied
        } else {
            match status {
                200..300 => Self::Allowed,
                401 | 403 => Self::Denied,
                _ => Self::Inconclusive,
            }
        }
    }
}

/// A call held against its expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What was expected, and on what basis.
    pub expected: Expectation,
    /// What came; none without an answer.
    pub class: Option<Class>,
    /// Whether it is as expected; none when nothing was expected.
    pub as_expected: Option<bool>,
    /// What is not quite right though it is as expected, such as a 401 where 403 was due.
    pub warning: Option<String>,
}

/// What this endpoint should answer this profile, whose token carries these scopes and roles.
///
/// `granted` is none when the profile has no token; endpoints that are called without one do not care.
pub fn expect(endpoint: &Endpoint, profile: &Profile, granted: Option<Permissions<'_>>) -> Expectation {
    if let Some((_, declared)) = endpoint.expect.iter().find(|(name, _)| *name == profile.name) {
        return Some((*declared, Basis::Declared));
    }
    let derived = |allow: bool| Some((if allow { Expect::Allow } else { Expect::Deny }, Basis::Derived));
    let requires = endpoint.requires.as_ref()?;
    if *requires == Requirement::Nothing {
        return derived(true);
    }
    if profile.expect_token == ExpectToken::Refused {
        return derived(false);
    }
    let granted = granted?;
    match requires {
        Requirement::Nothing | Requirement::Token => derived(true),
        Requirement::Scopes(scopes) => derived(granted.scopes.missing(scopes).is_empty()),
        Requirement::AnyScope(scopes) => derived(scopes.iter().any(|scope| granted.scopes.contains(scope))),
        Requirement::Roles(roles) => derived(roles.iter().all(|role| granted.roles.contains(role))),
    }
}

/// What a token carries.
#[derive(Clone, Copy, Debug)]
pub struct Permissions<'a> {
    /// Its scopes.
    pub scopes: &'a ScopeSet,
    /// Its roles, from whatever claim.
    pub roles: &'a [String],
}

/// Holds a status against the expectation.
pub fn judge(expected: Expectation, endpoint: &Endpoint, status: u16) -> Judgement {
    let class = Class::of(status, endpoint);
    let mut warning = None;
    let as_expected = expected.map(|(what, _)| match what {
        Expect::Allow => class == Class::Allowed,
        Expect::Deny => {
            // Nobody says which of the two was due, unless the requirement does: a valid token without the scope is 403.
            class == Class::Denied
        }
        Expect::Status(due) if due == status => true,
        Expect::Status(due @ (401 | 403)) if matches!(status, 401 | 403) => {
            warning = Some(format!("{status} where {due} was due"));
            true
        }
        Expect::Status(_) => false,
    });
    if let (None, Some(true), Some((Expect::Deny, Basis::Derived)), 401, Some(Requirement::Scopes(_))) =
        (&warning, as_expected, expected, status, &endpoint.requires)
    {
        warning = Some("401 where 403 was due: the token is valid, it only lacks the scope".to_owned());
    }
    Judgement { expected, class: Some(class), as_expected, warning }
}
