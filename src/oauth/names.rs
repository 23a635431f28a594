//! The identifiers of OAuth 2.0, each a type of its own, compared as spelt.
//!
//! Pure: no network, files, clock or terminal.

use std::fmt;

/// An authorization server's issuer identifier (RFC 8414 section 2). Compared byte for byte: a trailing slash counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Issuer(String);

impl Issuer {
    /// The issuer as spelt.
    pub fn new(spelling: impl Into<String>) -> Self {
        Self(spelling.into())
    }

    /// As spelt.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A client identifier (RFC 6749 section 2.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(String);

impl ClientId {
    /// The identifier as spelt.
    pub fn new(spelling: impl Into<String>) -> Self {
        Self(spelling.into())
    }

    /// As spelt.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of scope values (RFC 6749 section 3.3): each once, in the order they were first named.
///
/// Two sets are equal when they hold the same values, whatever the order.
#[derive(Clone, Debug, Default)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// The set without a scope.
    pub fn empty() -> Self {
        Self::default()
    }

    /// From text separated by white space, as `scope` parameters and claims have it.
    pub fn parse(text: &str) -> Self {
        text.split_whitespace().collect()
    }

    /// Whether the value is in the set, letter for letter.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|held| held == scope)
    }

    /// The values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of `wanted` that are not here.
    #[must_use]
    pub fn missing(&self, wanted: &Self) -> Self {
        wanted.iter().filter(|scope| !self.contains(scope)).collect()
    }

    /// Both together.
    #[must_use]
    pub fn with(&self, more: &Self) -> Self {
        self.iter().chain(more.iter()).collect()
    }
}

impl PartialEq for ScopeSet {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && other.iter().all(|scope| self.contains(scope))
    }
}

impl Eq for ScopeSet {}

impl<S: AsRef<str>> FromIterator<S> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = S>>(scopes: I) -> Self {
        let mut set = Self::default();
        for scope in scopes {
            if !set.contains(scope.as_ref()) {
                set.0.push(scope.as_ref().to_owned());
            }
        }
        set
    }
}

/// The values with one space between them, as the `scope` parameter wants it.
impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_that_keeps_its_order() {
        let set = ScopeSet::parse("profile  email profile");
        assert_eq!(set.to_string(), "profile email");
        assert_eq!(set, ScopeSet::parse("email profile"));
        assert_eq!(set.missing(&ScopeSet::parse("email Email")).to_string(), "Email");
    }

    #[test]
    fn issuers_compare_as_spelt() {
        assert_ne!(Issuer::new("http://a/"), Issuer::new("http://a"));
    }
}
