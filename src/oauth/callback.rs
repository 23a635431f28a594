//! What a browser brings back from the authorization endpoint (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207).
//!
//! Pure: no network, files, clock or terminal.

use super::{Issuer, same_bytes};
use crate::exchange::Secret;

/// What the answer must have.
#[derive(Clone, Debug)]
pub struct CallbackExpected {
    /// The `state` that was sent.
    pub state: String,
    /// Who was asked.
    pub issuer: Issuer,
    /// Whether its metadata promises the `iss` parameter (RFC 9207 section 3).
    pub names_issuer: bool,
}

/// An answer to this login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callback {
    /// A code, good for one token request.
    Code(Secret),
    /// The authorization server said no, word for word.
    Refused {
        /// The `error` parameter.
        error: String,
        /// The `error_description` parameter.
        description: Option<String>,
    },
}

/// What came is no answer that counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallbackFault {
    /// It has no `state`: it answers no login of this program.
    #[error("an answer without state came back; it does not belong to this login and was not used")]
    NoState,
    /// It has another `state`: it answers another login, or somebody made it up.
    #[error("an answer with another state came back; it belongs to another login and was not used")]
    OtherState,
    /// A parameter stands there twice (RFC 6749 section 3.1 forbids it).
    #[error("an answer with {0} given twice came back and was not used")]
    Repeated(&'static str),
    /// Neither code nor error.
    #[error("an answer with neither code nor error came back; log in again in the browser")]
    NoCode,
    /// It comes from another authorization server (RFC 9207 section 2.4): its code must not be sent to ours.
    #[error("the answer comes from the issuer {found}, not from {expected}")]
    OtherIssuer {
        /// Who was asked.
        expected: Issuer,
        /// Who answered; none when it does not say, though the metadata promises it.
        found: String,
    },
}

impl CallbackFault {
    /// Whether the answer belongs to this login, so that no better one will come.
    pub fn ends_the_login(&self) -> bool {
        matches!(self, Self::OtherIssuer { .. })
    }
}

const KNOWN: [&str; 5] = ["state", "iss", "error", "error_description", "code"];

/// Reads the query of a redirect. Nothing but `state` is looked at before `state` is right.
pub fn read_callback(query: &str, expected: &CallbackExpected) -> Result<Callback, CallbackFault> {
    let mut found: [Option<String>; KNOWN.len()] = Default::default();
    let mut repeated = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        for (known, slot) in KNOWN.iter().zip(&mut found) {
            if *known == name {
                if slot.is_some() {
                    repeated = repeated.or(Some(*known));
                }
                *slot = Some(value.to_string());
            }
        }
    }
    let [state, issuer, error, description, code] = found;
    match state {
        None => return Err(CallbackFault::NoState),
        Some(state) if !same_bytes(&state, &expected.state) => return Err(CallbackFault::OtherState),
        Some(_) => {}
    }
    if let Some(name) = repeated {
        return Err(CallbackFault::Repeated(name));
    }
    let other = |found: String| Err(CallbackFault::OtherIssuer { expected: expected.issuer.clone(), found });
    match issuer {
        Some(issuer) if issuer != expected.issuer.as_str() => return other(issuer),
        None if expected.names_issuer => return other("one it does not name, though its metadata promises iss".into()),
        _ => {}
    }
    match (error, code) {
        (Some(error), _) => Ok(Callback::Refused { error, description }),
        (None, Some(code)) if !code.is_empty() => Ok(Callback::Code(Secret::new(code))),
        (None, _) => Err(CallbackFault::NoCode),
    }
}

/// The query in what a person pasted: a whole address, or the part from the question mark on, or without it.
pub fn pasted_query(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'', '<', '>']);
    let query = text.split_once('?').map_or(text, |(_, query)| query);
    query.split('#').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn read(query: &str, names_issuer: bool) -> Result<Callback, CallbackFault> {
        let issuer = Issuer::new("http://a/realms/x");
        read_callback(query, &CallbackExpected { state: "s1".into(), issuer, names_issuer })
    }

    #[test]
    fn a_code_comes_with_the_right_state() {
        let code = Callback::Code(Secret::new("c d"));
        assert_eq!(read("state=s1&code=c+d&session_state=x", false), Ok(code.clone()));
        assert_eq!(read("code=c%20d&iss=http%3A%2F%2Fa%2Frealms%2Fx&state=s1", true), Ok(code));
    }

    #[test]
    fn what_answers_no_login_of_ours_is_told_apart() {
        use CallbackFault::{NoCode, NoState, OtherState, Repeated};
        for (query, fault) in [
            ("", NoState),
            ("code=c", NoState),
            ("state=s2&code=c", OtherState),
            ("state=&code=c", OtherState),
            ("state=s1&state=s2&code=c", OtherState),
            ("state=s2&error=access_denied", OtherState),
            ("state=s1&state=s1&code=c", Repeated("state")),
            ("state=s1&code=c&code=d", Repeated("code")),
            ("state=s1", NoCode),
            ("state=s1&code=", NoCode),
        ] {
            assert_eq!(read(query, false), Err(fault), "{query}");
        }
    }

    #[test]
    fn another_issuer_ends_it_also_when_it_says_no() {
        for query in ["state=s1&code=c&iss=http://b", "state=s1&error=e&iss=http://a/realms/x/"] {
            let fault = read(query, false).unwrap_err();
            assert!(fault.ends_the_login(), "{fault}");
        }
        assert!(matches!(read("state=s1&code=c", true), Err(CallbackFault::OtherIssuer { .. })));
    }

    #[test]
    fn a_no_is_kept_word_for_word() {
        let refused = Callback::Refused { error: "access_denied".into(), description: Some("User said no".into()) };
        assert_eq!(read("error=access_denied&error_description=User+said+no&state=s1", false), Ok(refused));
    }

    #[test]
    fn a_paste_may_be_a_part_of_the_address() {
        for text in [
            " http://127.0.0.1:17801/callback?code=c&state=s#_=_ \n",
            "'/callback?code=c&state=s'",
            "?code=c&state=s",
            "code=c&state=s",
        ] {
            assert_eq!(pasted_query(text), "code=c&state=s", "{text}");
        }
    }
}
