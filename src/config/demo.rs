//! The demo profiles that are built into the binary: the profiles.toml at the root of the repository.
//!
//! Pure. Imports siblings only.

use super::{Profiles, parse};

/// The text of the demo profiles.
pub const DEMO_TEXT: &str = include_str!("../../profiles.toml");

/// The demo profiles.
pub fn demo() -> Profiles {
    parse(DEMO_TEXT).profiles
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::config::{ExpectToken, Layers, Requirement, SecretSource, trust};

    #[test]
    fn the_demo_is_sound_and_stays_on_this_machine() {
        let parsed = parse(DEMO_TEXT);
        let problems: Vec<_> =
            parsed.problems.iter().map(|problem| problem.render(|_| ("profiles.toml", DEMO_TEXT))).collect();
        assert_eq!(problems, [""; 0]);
        assert!(trust::facts(&Layers { shared: DEMO_TEXT.as_bytes(), ..Layers::default() }).is_empty());
    }

    #[test]
    fn the_demo_says_what_it_should() {
        let demo = demo();
        let names: Vec<_> = demo.profiles.iter().map(|profile| profile.name.as_str()).collect();
        assert_eq!(names, ["tester", "tester-no-scope", "other-client", "short-lived", "wrong-secret", "alice"]);
        let tester = demo.first().unwrap();
        assert_eq!((tester.name.as_str(), tester.title.as_str()), ("tester", "Tester"));
        assert_eq!(tester.client_id.as_str(), "testapiclient1");
        assert!(matches!(&tester.secret, Some(SecretSource::Literal(secret)) if secret.reveal() == "demo-secret"));
        assert_eq!(tester.scopes.to_string(), "test_api_access");
        assert_eq!(demo.profile("wrong-secret").unwrap().expect_token, ExpectToken::Refused);
        let provider = demo.provider("demo").unwrap();
        assert_eq!((provider.issuer.as_str(), provider.embedded), ("http://localhost:8001/realms/myorg", true));
        let endpoints: Vec<_> = demo
            .endpoints_of(tester)
            .map(|(api, endpoint)| {
                (format!("{} {}{}", endpoint.method, api.base_url, endpoint.path), endpoint.requires.clone())
            })
            .collect();
        assert_eq!(
            endpoints,
            [
                ("GET http://localhost:50100/api/public".to_owned(), Some(Requirement::Nothing)),
                ("GET http://localhost:50100/api/private".to_owned(), Some(Requirement::Token)),
                (
                    "GET http://localhost:50100/api/private-scoped".to_owned(),
                    Some(Requirement::Scopes(["test_api_access"].iter().collect()))
                ),
            ]
        );
    }
}
