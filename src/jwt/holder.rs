//! Whose token it is: a client's own, with nobody behind it, or a person's.
//!
//! Pure: imports only the `jwt` module's own files.

use std::fmt;

use serde_json::Value;

use super::decode::Token;
use super::{TokenUse, shown};

/// How much of a name is told.
const NAME: usize = 80;

/// Where the client stands that a token was issued to, the first that is there counts.
const CLIENT_CLAIMS: [&str; 5] = ["azp", "client_id", "cid", "appid", "clientId"];

/// Where a person's name stands, the first that is there counts.
const PERSON_CLAIMS: [&str; 7] =
    ["preferred_username", "upn", "unique_name", "username", "cognito:username", "email", "name"];

/// Claims that come of a person's login and nothing else.
const LOGIN_CLAIMS: [&str; 7] = ["sid", "session_state", "auth_time", "amr", "nonce", "at_hash", "given_name"];

/// What Keycloak calls the account of a client.
const SERVICE_ACCOUNT: &str = "service-account-";

/// Whose token it is, as far as it says; names are safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Holder {
    /// The client itself, as with client credentials: no person is behind it.
    Client(Option<String>),
    /// A person, who logged in by way of a client.
    Person {
        /// The name that is for showing.
        name: Option<String>,
        /// The client.
        client: Option<String>,
    },
}

/// One line, to stand by itself.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(None) => f.write_str("a client's own token, no person is behind it"),
            Self::Client(Some(client)) => {
                write!(f, "a client's own token (service account of {client}), no person is behind it")
            }
            Self::Person { name, client } => {
                match name {
                    Some(name) => write!(f, "a person's token: {name}")?,
                    None => f.write_str("the token of a person whom it does not name")?,
                }
                client.as_ref().map_or(Ok(()), |client| write!(f, ", who logged in by way of {client}"))
            }
        }
    }
}

impl Token {
    /// The client that it was issued to, as spelt.
    pub fn client(&self) -> Option<&str> {
        self.claim_str(self.client_claim()?)
    }

    /// The claim that names the client.
    pub fn client_claim(&self) -> Option<&'static str> {
        CLIENT_CLAIMS.into_iter().find(|name| self.claim_str(name).is_some())
    }

    /// Whose token it is; none when nothing in it says so.
    pub fn holder(&self) -> Option<Holder> {
        self.claims()?;
        let client = self.client().map(|client| shown(client, NAME));
        if self.is_of_a_client() {
            let account = || Some(shown(self.claim_str("preferred_username")?.strip_prefix(SERVICE_ACCOUNT)?, NAME));
            return Some(Holder::Client(client.or_else(account)));
        }
        let named = PERSON_CLAIMS.iter().find_map(|name| self.claim_str(name)).filter(|name| !name.is_empty());
        // Okta's subject is the person's address.
        let name = named.or_else(|| self.claim_str("sub").filter(|sub| sub.contains('@')));
        let logged_in = LOGIN_CLAIMS.iter().any(|name| self.claim(name).is_some()) || self.token_kind() == TokenUse::Id;
        (name.is_some() || logged_in).then(|| Holder::Person { name: name.map(|name| shown(name, NAME)), client })
    }

    /// What providers write into the token of a client that asked for itself.
    fn is_of_a_client(&self) -> bool {
        let text = |name: &str| self.claim_str(name).unwrap_or_default();
        let grant = text("jti").split_once(':').and_then(|(letters, _)| letters.get(4..));
        // Keycloak.
        text("preferred_username").starts_with(SERVICE_ACCOUNT)
            || grant == Some("cc")
            || self.claim("clientHost").is_some()
            // Auth0, Entra.
            || text("gty") == "client-credentials"
            || text("idtyp") == "app"
            // Okta, Hydra, Spring, node oidc-provider: RFC 9068 section 2.2.
            || self.claim("sub").and_then(Value::as_str).is_some_and(|sub| Some(sub) == self.client())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::jwt::testing::{keycloak_claims, unsigned};

    #[test]
    fn a_clients_own_token_is_told_from_a_persons() {
        let client = |name: &str| Some(Holder::Client(Some(name.to_owned())));
        let person = |name: Option<&str>, client: Option<&str>| {
            Some(Holder::Person { name: name.map(str::to_owned), client: client.map(str::to_owned) })
        };
        for (claims, holder) in [
            (keycloak_claims().to_string().as_str(), client("testapiclient1")),
            (r#"{"preferred_username":"service-account-orders"}"#, client("orders")),
            (r#"{"jti":"trrtcc:1","azp":"c1"}"#, client("c1")),
            (r#"{"gty":"client-credentials","azp":"c1","sub":"c1@clients"}"#, client("c1")),
            (r#"{"idtyp":"app","appid":"c1"}"#, client("c1")),
            (r#"{"sub":"c1","cid":"c1","scp":["a"]}"#, client("c1")),
            (r#"{"jti":"onrtac:1","preferred_username":"alice","azp":"spa"}"#, person(Some("alice"), Some("spa"))),
            (r#"{"sid":"s","azp":"spa","sub":"u1"}"#, person(None, Some("spa"))),
            (r#"{"upn":"a@example.com"}"#, person(Some("a@example.com"), None)),
            (r#"{"typ":"ID","sub":"u1"}"#, person(None, None)),
            (r#"{"sub":"u1","azp":"c1"}"#, None),
            ("{}", None),
        ] {
            assert_eq!(unsigned(claims).holder(), holder, "{claims}");
        }
        assert_eq!(Token::read("opaque").holder(), None);
    }

    #[test]
    fn it_is_said_in_one_line_that_is_safe() {
        let lines: Vec<String> = [
            json!({"jti": "trrtcc:1", "azp": "c\u{1b}1"}),
            json!({"preferred_username": "alice", "azp": "spa"}),
            json!({"sid": "s"}),
        ]
        .iter()
        .filter_map(|claims| Some(unsigned(&claims.to_string()).holder()?.to_string()))
        .collect();
        assert_eq!(
            lines,
            [
                "a client's own token (service account of c\\u{1b}1), no person is behind it",
                "a person's token: alice, who logged in by way of spa",
                "the token of a person whom it does not name",
            ]
        );
    }
}
