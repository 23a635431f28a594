//! A login in the browser as a state machine: what comes back goes in, what is to be done comes out (RFC 6749 section
//! 4.1, RFC 8252).
//!
//! Waiting goes on until an answer with the right `state` comes, or time is up; after that every further answer is told
//! that it comes late.
//!
//! Pure: time and randomness are handed in.

use jiff::{SignedDuration, Timestamp};

use super::{
    Callback, CallbackExpected, CallbackFault, Issuer, RANDOM, code_challenge, code_verifier, pasted_query,
    read_callback, unguessable,
};
use crate::exchange::Secret;

/// How long a browser may take.
pub const BROWSER_LIMIT: SignedDuration = SignedDuration::from_mins(5);

/// A login that waits for a browser.
#[derive(Debug)]
pub struct BrowserLogin {
    expected: CallbackExpected,
    nonce: String,
    verifier: Secret,
    ends: Timestamp,
    waits: bool,
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum BrowserEvent<'a> {
    /// A browser asked for the redirect address with this query.
    Hit(&'a str),
    /// A person pasted this.
    Pasted(&'a str),
    /// Time went by.
    Clock,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserEffect {
    /// Answer the browser.
    Reply(BrowserReply),
    /// Tell the person; waiting goes on.
    Remark(String),
    /// Get the token for this code.
    Exchange(Secret),
    /// The login is over without a token.
    End(BrowserEnd),
}

/// What a browser is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserReply {
    /// It is taken: on to a page whose address holds no code.
    Taken,
    /// The authorization server said no; on to a page that says so.
    Refused,
    /// It is no answer to this login: status 400, and why.
    NotOurs(String),
    /// The login is over already.
    Late,
}

/// How a login ends without a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BrowserEnd {
    /// The authorization server, or the person there, said no.
    Refused {
        /// The `error` parameter.
        error: String,
        /// The `error_description` parameter.
        description: Option<String>,
    },
    /// The answer comes from another authorization server.
    OtherIssuer(CallbackFault),
    /// Nobody came back in time.
    TimeOut,
}

impl BrowserLogin {
    /// A login of this issuer that begins now.
    pub fn new(issuer: Issuer, names_issuer: bool, random: [[u8; RANDOM]; 3], now: Timestamp) -> Self {
        let [state, nonce, verifier] = random;
        Self {
            expected: CallbackExpected { state: unguessable(state), issuer, names_issuer },
            nonce: unguessable(nonce),
            verifier: code_verifier(verifier),
            ends: now.checked_add(BROWSER_LIMIT).unwrap_or(Timestamp::MAX),
            waits: true,
        }
    }

    /// The `state` to send.
    pub fn state(&self) -> &str {
        &self.expected.state
    }

    /// The `nonce` to send.
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The `code_challenge` to send.
    pub fn challenge(&self) -> String {
        code_challenge(&self.verifier)
    }

    /// What the token request has to show.
    pub fn verifier(&self) -> &Secret {
        &self.verifier
    }

    /// When waiting ends.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Whether it still waits.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// What follows from this.
    pub fn on(&mut self, event: BrowserEvent<'_>, now: Timestamp) -> Vec<BrowserEffect> {
        if !self.waits {
            return match event {
                BrowserEvent::Hit(_) => vec![BrowserEffect::Reply(BrowserReply::Late)],
                BrowserEvent::Pasted(_) | BrowserEvent::Clock => Vec::new(),
            };
        }
        match event {
            BrowserEvent::Clock if now < self.ends => Vec::new(),
            BrowserEvent::Clock => {
                self.waits = false;
                vec![BrowserEffect::End(BrowserEnd::TimeOut)]
            }
            BrowserEvent::Hit(query) => {
                let (reply, effect) = self.take(query, self.expected.names_issuer);
                vec![BrowserEffect::Reply(reply), effect]
            }
            // Who pastes code and state alone leaves out what else there was.
            BrowserEvent::Pasted(text) => {
                vec![self.take(pasted_query(text), self.expected.names_issuer && text.contains('?')).1]
            }
        }
    }

    fn take(&mut self, query: &str, names_issuer: bool) -> (BrowserReply, BrowserEffect) {
        let answer = read_callback(query, &CallbackExpected { names_issuer, ..self.expected.clone() });
        self.waits = answer.as_ref().is_err_and(|fault| !fault.ends_the_login());
        match answer {
            Ok(Callback::Code(code)) => (BrowserReply::Taken, BrowserEffect::Exchange(code)),
            Ok(Callback::Refused { error, description }) => {
                (BrowserReply::Refused, BrowserEffect::End(BrowserEnd::Refused { error, description }))
            }
            Err(fault) if fault.ends_the_login() => {
                (BrowserReply::NotOurs(fault.to_string()), BrowserEffect::End(BrowserEnd::OtherIssuer(fault)))
            }
            Err(fault) => (BrowserReply::NotOurs(fault.to_string()), BrowserEffect::Remark(fault.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn login() -> BrowserLogin {
        BrowserLogin::new(Issuer::new("http://a"), false, [[1; RANDOM], [2; RANDOM], [3; RANDOM]], NOW)
    }

    fn good(login: &BrowserLogin) -> String {
        format!("code=c&state={}", login.state())
    }

    #[test]
    fn a_code_with_the_right_state_is_exchanged() {
        let mut login = login();
        let query = good(&login);
        let effects = login.on(BrowserEvent::Hit(&query), NOW);
        let exchange = BrowserEffect::Exchange(Secret::new("c"));
        assert_eq!(effects, [BrowserEffect::Reply(BrowserReply::Taken), exchange]);
    }

    #[test]
    fn a_second_hit_and_a_late_clock_change_nothing() {
        let mut login = login();
        let query = good(&login);
        login.on(BrowserEvent::Hit(&query), NOW);
        let late = [BrowserEffect::Reply(BrowserReply::Late)];
        assert_eq!(login.on(BrowserEvent::Hit(&query), NOW), late);
        assert_eq!(login.on(BrowserEvent::Hit("state=wrong"), NOW), late);
        assert_eq!(login.on(BrowserEvent::Pasted(&query), NOW), []);
        assert_eq!(login.on(BrowserEvent::Clock, Timestamp::MAX), []);
    }

    #[test]
    fn after_a_wrong_state_waiting_goes_on() {
        let mut login = login();
        for query in ["", "code=c", "code=c&state=other", "error=access_denied&state=other"] {
            let effects = login.on(BrowserEvent::Hit(query), NOW);
            let [BrowserEffect::Reply(BrowserReply::NotOurs(_)), BrowserEffect::Remark(_)] = effects.as_slice() else {
                unreachable!("{effects:?}");
            };
            assert!(login.waits());
        }
        let no_code = format!("state={}", login.state());
        assert_eq!(login.on(BrowserEvent::Hit(&no_code), NOW).len(), 2);
        let query = good(&login);
        assert!(login.on(BrowserEvent::Hit(&query), NOW).contains(&BrowserEffect::Exchange(Secret::new("c"))));
    }

    #[test]
    fn a_no_ends_it() {
        let mut login = login();
        let query = format!("error=access_denied&state={}", login.state());
        let end = BrowserEnd::Refused { error: "access_denied".into(), description: None };
        let effects = login.on(BrowserEvent::Hit(&query), NOW);
        assert_eq!(effects, [BrowserEffect::Reply(BrowserReply::Refused), BrowserEffect::End(end)]);
        assert!(!login.waits());
    }

    #[test]
    fn another_issuer_ends_it_and_its_code_is_not_used() {
        let mut login = login();
        let query = format!("{}&iss=http://b", good(&login));
        let effects = login.on(BrowserEvent::Hit(&query), NOW);
        assert!(matches!(effects.last(), Some(BrowserEffect::End(BrowserEnd::OtherIssuer(_)))), "{effects:?}");
        assert!(!login.waits());
    }

    #[test]
    fn time_is_up_after_five_minutes() {
        let mut login = login();
        let end = NOW + BROWSER_LIMIT;
        assert_eq!(login.on(BrowserEvent::Clock, end - SignedDuration::from_secs(1)), []);
        assert_eq!(login.on(BrowserEvent::Clock, end), [BrowserEffect::End(BrowserEnd::TimeOut)]);
        let query = good(&login);
        assert_eq!(login.on(BrowserEvent::Hit(&query), end), [BrowserEffect::Reply(BrowserReply::Late)]);
    }

    #[test]
    fn a_paste_is_as_good_as_a_hit() {
        let mut login = login();
        assert!(matches!(login.on(BrowserEvent::Pasted("hello"), NOW).as_slice(), [BrowserEffect::Remark(_)]));
        let pasted = format!("http://127.0.0.1:17801/callback?{}", good(&login));
        assert_eq!(login.on(BrowserEvent::Pasted(&pasted), NOW), [BrowserEffect::Exchange(Secret::new("c"))]);
    }

    #[test]
    fn code_and_state_alone_may_be_pasted_also_where_the_issuer_is_promised() {
        let promised =
            || BrowserLogin::new(Issuer::new("http://a"), true, [[1; RANDOM], [2; RANDOM], [3; RANDOM]], NOW);
        let mut login = promised();
        let query = good(&login);
        assert_eq!(login.on(BrowserEvent::Pasted(&query), NOW), [BrowserEffect::Exchange(Secret::new("c"))]);
        let mut login = promised();
        let whole = format!("http://127.0.0.1:17801/callback?{query}");
        assert!(matches!(login.on(BrowserEvent::Pasted(&whole), NOW).as_slice(), [BrowserEffect::End(_)]));
        assert!(matches!(promised().on(BrowserEvent::Hit(&query), NOW).as_slice(), [_, BrowserEffect::End(_)]));
    }

    #[test]
    fn each_random_value_has_its_own_use() {
        let login = login();
        let all = [login.state(), login.nonce(), login.verifier().reveal(), &login.challenge()];
        for (at, one) in all.iter().enumerate() {
            assert!(one.len() == 43 && !all.iter().skip(at + 1).any(|other| other == one));
        }
        assert!(!format!("{login:?}").contains(login.verifier().reveal()));
    }
}
