//! A login on another device as a state machine: when to poll, and what each answer means (RFC 8628 sections 3.4 and 3.5).
//!
//! Pure: time is handed in.

use jiff::{SignedDuration, Timestamp};

use super::{DeviceAuthorization, Granted, TokenRefusal};
use crate::exchange::Secret;

/// How much longer one waits after `slow_down`, in seconds.
const SLOWER: u64 = 5;

/// How often in a row the wait is doubled when nothing comes back.
const DOUBLED: u32 = 3;

/// A login that waits for a person at another device.
#[derive(Debug)]
pub struct DeviceLogin {
    codes: DeviceAuthorization,
    interval: u64,
    ends: Timestamp,
    next: Timestamp,
    polls: u32,
    unanswered: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waits,
    Polls,
    Over,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum DeviceEvent {
    /// Time went by.
    Clock,
    /// The token endpoint answered a poll.
    Answered(Result<Granted, TokenRefusal>),
    /// It did not; why, in words.
    NoAnswer(String),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceEffect {
    /// Ask the token endpoint with this device code.
    Poll(Secret),
    /// Show anew what [`DeviceLogin`] says.
    Show,
    /// Tell the person; waiting goes on.
    Remark(String),
    /// The token is there.
    Got(Box<Granted>),
    /// The login is over without a token.
    End(DeviceEnd),
}

/// How it ends without a token.
#[derive(Clone, Debug, PartialEq)]
pub enum DeviceEnd {
    /// The person said no.
    Denied,
    /// The code ended before the person was done.
    Expired,
    /// The provider refuses for another reason.
    Refused(TokenRefusal),
}

impl DeviceLogin {
    /// A login with these codes, which came just now.
    pub fn new(codes: DeviceAuthorization, now: Timestamp) -> Self {
        let interval = codes.interval;
        let ends = later(now, codes.expires_in);
        let (next, polls, unanswered) = (later(now, interval), 0, 0);
        Self { codes, interval, ends, next, polls, unanswered, state: State::Waits }
    }

    /// The codes.
    pub fn codes(&self) -> &DeviceAuthorization {
        &self.codes
    }

    /// Seconds between two polls now.
    pub fn interval(&self) -> u64 {
        self.interval
    }

    /// When the codes end.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// How often it was asked so far.
    pub fn polls(&self) -> u32 {
        self.polls
    }

    /// When the clock should be looked at next.
    pub fn next(&self) -> Timestamp {
        self.next.min(self.ends)
    }

    /// What follows from this.
    pub fn on(&mut self, event: DeviceEvent, now: Timestamp) -> Vec<DeviceEffect> {
        match (self.state, event) {
            (State::Over, _) | (State::Polls, DeviceEvent::Clock) => Vec::new(),
            (State::Waits, DeviceEvent::Clock) => self.clock(now),
            // An answer to a poll that nobody waits for any more counts all the same: it may be the token.
            (_, DeviceEvent::Answered(answer)) => self.answered(answer, now),
            (_, DeviceEvent::NoAnswer(why)) => {
                self.hiccup(format!("no answer to a poll, it is tried again: {why}"), now)
            }
        }
    }

    fn clock(&mut self, now: Timestamp) -> Vec<DeviceEffect> {
        if now >= self.ends {
            return self.end(DeviceEnd::Expired);
        }
        if now < self.next {
            return Vec::new();
        }
        self.state = State::Polls;
        self.polls = self.polls.saturating_add(1);
        vec![DeviceEffect::Poll(self.codes.device_code.clone())]
    }

    fn answered(&mut self, answer: Result<Granted, TokenRefusal>, now: Timestamp) -> Vec<DeviceEffect> {
        let refusal = match answer {
            Ok(granted) => {
                self.state = State::Over;
                return vec![DeviceEffect::Got(Box::new(granted))];
            }
            Err(refusal) => refusal,
        };
        match &refusal {
            TokenRefusal::Refused { error, .. } => match error.as_str() {
                "authorization_pending" => self.wait(now),
                "slow_down" => {
                    self.interval += SLOWER;
                    self.wait(now)
                }
                "access_denied" => self.end(DeviceEnd::Denied),
                "expired_token" => self.end(DeviceEnd::Expired),
                _ => self.end(DeviceEnd::Refused(refusal)),
            },
            // A gateway that is out of order for a moment says nothing of the login.
            TokenRefusal::Unusable { status: 429 | 500.., reason } => {
                self.hiccup(format!("a poll came to nothing, it is tried again: {reason}"), now)
            }
            TokenRefusal::Unusable { .. } => self.end(DeviceEnd::Refused(refusal)),
        }
    }

    fn wait(&mut self, now: Timestamp) -> Vec<DeviceEffect> {
        self.unanswered = 0;
        self.next = later(now, self.interval);
        self.state = State::Waits;
        vec![DeviceEffect::Show]
    }

    /// Nothing came back: the next poll comes later each time (RFC 8628 section 3.5).
    fn hiccup(&mut self, words: String, now: Timestamp) -> Vec<DeviceEffect> {
        self.unanswered = (self.unanswered + 1).min(DOUBLED);
        self.next = later(now, self.interval.saturating_mul(1 << self.unanswered));
        self.state = State::Waits;
        vec![DeviceEffect::Remark(words), DeviceEffect::Show]
    }

    fn end(&mut self, end: DeviceEnd) -> Vec<DeviceEffect> {
        self.state = State::Over;
        vec![DeviceEffect::End(end)]
    }
}

fn later(now: Timestamp, seconds: u64) -> Timestamp {
    let seconds = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    now.checked_add(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceEvent::{Answered, Clock, NoAnswer};

    fn at(seconds: u64) -> Timestamp {
        later(Timestamp::UNIX_EPOCH, seconds)
    }

    fn login() -> DeviceLogin {
        let codes = DeviceAuthorization {
            device_code: Secret::new("d"),
            user_code: "ABCD-EFGH".into(),
            verification_uri: "http://a/device".into(),
            complete: None,
            expires_in: 60,
            interval: 5,
        };
        DeviceLogin::new(codes, at(0))
    }

    fn no(error: &str) -> DeviceEvent {
        Answered(Err(TokenRefusal::Refused { status: 400, error: error.into(), description: None, uri: None }))
    }

    fn poll() -> Vec<DeviceEffect> {
        vec![DeviceEffect::Poll(Secret::new("d"))]
    }

    #[test]
    fn it_polls_at_the_interval_and_never_twice_at_once() {
        let mut login = login();
        assert_eq!(login.on(Clock, at(4)), []);
        assert_eq!(login.on(Clock, at(5)), poll());
        assert_eq!(login.on(Clock, at(30)), [], "the poll is under way");
        assert_eq!(login.on(no("authorization_pending"), at(6)), [DeviceEffect::Show]);
        assert_eq!((login.on(Clock, at(10)), login.on(Clock, at(11))), (vec![], poll()));
        assert_eq!(login.polls(), 2);
    }

    #[test]
    fn slow_down_makes_the_interval_five_seconds_longer_for_good() {
        let mut login = login();
        login.on(Clock, at(5));
        login.on(no("slow_down"), at(5));
        assert_eq!((login.interval(), login.next()), (10, at(15)));
        login.on(Clock, at(15));
        login.on(no("slow_down"), at(15));
        login.on(Clock, at(30));
        login.on(no("authorization_pending"), at(30));
        assert_eq!((login.interval(), login.next()), (15, at(45)));
    }

    #[test]
    fn a_hiccup_does_not_end_it() {
        let mut login = login();
        login.on(Clock, at(5));
        let effects = login.on(NoAnswer("refused".into()), at(5));
        assert!(matches!(effects.as_slice(), [DeviceEffect::Remark(_), DeviceEffect::Show]), "{effects:?}");
        assert_eq!((login.interval(), login.next()), (5, at(15)), "later, but the interval stays");
        login.on(Clock, at(15));
        login.on(Answered(Err(TokenRefusal::Unusable { status: 502, reason: "html".into() })), at(15));
        assert_eq!(login.next(), at(35));
        assert_eq!(login.on(Clock, at(35)), poll());
        login.on(no("authorization_pending"), at(35));
        assert_eq!(login.next(), at(40));
    }

    #[test]
    fn denial_expiry_and_other_refusals_end_it() {
        for (event, end) in [(no("access_denied"), DeviceEnd::Denied), (no("expired_token"), DeviceEnd::Expired)] {
            let mut login = login();
            login.on(Clock, at(5));
            assert_eq!(login.on(event, at(5)), [DeviceEffect::End(end)]);
            assert_eq!(login.on(Clock, at(10)), [], "it is over");
        }
        let mut login = login();
        login.on(Clock, at(5));
        let effects = login.on(no("invalid_grant"), at(5));
        assert!(matches!(effects.as_slice(), [DeviceEffect::End(DeviceEnd::Refused(_))]));
    }

    #[test]
    fn the_code_ends_by_the_clock_as_well() {
        let mut login = login();
        assert_eq!(login.on(Clock, at(60)), [DeviceEffect::End(DeviceEnd::Expired)]);
        assert_eq!(login.on(no("slow_down"), at(61)), [], "an answer that comes late is dropped");
    }

    #[test]
    fn the_token_ends_it() {
        let mut login = login();
        login.on(Clock, at(5));
        let granted = Granted {
            access_token: Secret::new("t"),
            token_type: None,
            expires_in: None,
            scope: None,
            refresh_token: None,
            id_token: None,
            remarks: Vec::new(),
        };
        assert_eq!(login.on(Answered(Ok(granted.clone())), at(6)), [DeviceEffect::Got(Box::new(granted))]);
        assert_eq!(login.on(no("access_denied"), at(7)), []);
    }
}
