//! Why a token lacks a scope: nobody asked, the provider does not know it, it is not assigned to the client, or the person
//! may not have it. From here that can only be inferred, so every sentence says "likely" where it guesses.
//!
//! Pure: no network, files, clock or terminal.

use crate::jwt::Holder;
use crate::oauth::ScopeSet;

/// What likely happened to a scope that is not in the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeFate {
    /// Nobody asked for it, and the provider may well grant it: asking helps.
    NotAsked,
    /// The provider's list of scopes does not have it. Some scopes are hidden from that list.
    Unlisted {
        /// Whether it was asked for.
        asked: bool,
    },
    /// It was asked for, and the answer came without it and without an error.
    LeftOut,
}

/// What likely happened to this scope; `supported` is the provider's `scopes_supported` (RFC 8414 section 2), when known.
pub fn scope_fate(scope: &str, asked: &ScopeSet, supported: Option<&[String]>) -> ScopeFate {
    let asked = asked.contains(scope);
    let listed = supported.is_none_or(|supported| supported.iter().any(|listed| listed == scope));
    match (asked, listed) {
        (_, false) => ScopeFate::Unlisted { asked },
        (false, true) => ScopeFate::NotAsked,
        (true, true) => ScopeFate::LeftOut,
    }
}

/// What is known of the token and its provider.
#[derive(Clone, Copy, Debug)]
pub struct ScopeCase<'a> {
    /// The client it was issued to.
    pub client: &'a str,
    /// Whose it is, when it says so.
    pub holder: Option<&'a Holder>,
    /// Whether the provider is a Keycloak.
    pub is_keycloak: bool,
}

impl ScopeFate {
    /// What likely happened to these scopes and what to do, in a few sentences.
    pub fn advice(self, scopes: &ScopeSet, case: ScopeCase<'_>) -> String {
        let ScopeCase { client, is_keycloak, .. } = case;
        let assign = format!("Clients → {client} → Client scopes → Add client scope");
        match self {
            Self::NotAsked if is_keycloak => {
                "It was not asked for: add it to the profile's scopes. Likely it is optional, \
                                              which comes only when asked for."
                    .to_owned()
            }
            Self::NotAsked => "It was not asked for: add it to the profile's scopes.".to_owned(),
            Self::Unlisted { asked } => {
                let asked = if asked { "It was asked for, and" } else { "It was not asked for, and" };
                format!(
                    "{asked} likely the provider does not know it: its discovery document does not list it (some scopes are \
                     hidden there). Check the spelling, or have it created (Keycloak: Client scopes → Create client scope \
                     → {scopes}; then {assign} → Optional)."
                )
            }
            Self::LeftOut if is_keycloak => format!(
                "It was asked for and not granted, though Keycloak refuses a scope that is not assigned to the client \
                 (invalid_scope). Likely {} lacks the roles it is tied to (Client scopes → {scopes} → Scope), or it is kept \
                 out of the token (Settings → Include in token scope: On).",
                who(case)
            ),
            Self::LeftOut => format!(
                "It was asked for and not granted: likely it is not assigned to {client}, which the provider's administrator \
                 can do (Keycloak: {assign}), or {} may not have it.",
                who(case)
            ),
        }
    }

    /// In a few words, for a table.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotAsked => "likely optional: ask for it",
            Self::Unlisted { .. } => "likely unknown to the provider",
            Self::LeftOut => "asked for and left out",
        }
    }
}

fn who(case: ScopeCase<'_>) -> String {
    match case.holder {
        Some(Holder::Person { name: Some(name), .. }) => name.clone(),
        Some(Holder::Client(_)) => format!("the service account of {}", case.client),
        _ => "the person".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fate_is_told_apart() {
        let asked = ScopeSet::parse("a b");
        let listed = ["a".to_owned(), "c".to_owned()];
        for (scope, supported, fate) in [
            ("a", Some(listed.as_slice()), ScopeFate::LeftOut),
            ("b", Some(&listed), ScopeFate::Unlisted { asked: true }),
            ("c", Some(&listed), ScopeFate::NotAsked),
            ("d", Some(&listed), ScopeFate::Unlisted { asked: false }),
            ("A", Some(&listed), ScopeFate::Unlisted { asked: false }),
            ("a", None, ScopeFate::LeftOut),
            ("d", None, ScopeFate::NotAsked),
        ] {
            assert_eq!(scope_fate(scope, &asked, supported), fate, "{scope}");
        }
    }

    #[test]
    fn each_fate_has_a_remedy_of_its_own() {
        let scopes = ScopeSet::parse("orders");
        let alice = Holder::Person { name: Some("alice".into()), client: None };
        let service = Holder::Client(Some("c1".into()));
        let told = |fate: ScopeFate, holder: Option<&Holder>, is_keycloak: bool| {
            fate.advice(&scopes, ScopeCase { client: "c1", holder, is_keycloak })
        };
        for (sentence, words) in [
            (told(ScopeFate::NotAsked, None, true), "optional"),
            (told(ScopeFate::NotAsked, None, false), "add it to the profile's scopes"),
            (told(ScopeFate::Unlisted { asked: true }, None, true), "Create client scope → orders"),
            (told(ScopeFate::Unlisted { asked: false }, None, true), "It was not asked for"),
            (told(ScopeFate::LeftOut, Some(&alice), true), "Likely alice lacks the roles"),
            (told(ScopeFate::LeftOut, Some(&service), true), "the service account of c1 lacks the roles"),
            (told(ScopeFate::LeftOut, None, false), "not assigned to c1"),
        ] {
            assert!(sentence.contains(words), "{sentence} should say {words}");
        }
    }
}
