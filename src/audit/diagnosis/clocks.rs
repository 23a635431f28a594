//! Three clocks, each read where it shows itself: this machine's, the API's (its `Date` header), and the provider's (the
//! `Date` header of the token response, or the `iat` of the token in it when that lies ahead).
//!
//! Pure: no network, files, clock or terminal.

use jiff::{SignedDuration, Timestamp};

use super::{Evidence, EvidenceRow, Relation, evidence::row};
use crate::exchange::Exchange;
use crate::jwt::Token;
use crate::jwt::times::span_in_words;

/// Clocks nearer to each other than this many seconds are right: `Date` has whole seconds, and calls take time.
const TOLERATED: i64 = 5;

/// What the clocks showed when the answer was in.
pub struct Clocks {
    /// This machine's.
    pub here: Timestamp,
    /// The API's, when its answer has a readable `Date` header (RFC 9110 section 6.6.1).
    pub api: Option<Timestamp>,
    /// The provider's, when the call that got the token is known.
    pub provider: Option<Timestamp>,
    tolerated: i64,
}

impl Clocks {
    /// Reads them.
    pub fn of(evidence: &Evidence<'_>) -> Self {
        let call = evidence.token_call.filter(|call| call.response().is_some_and(|response| response.status == 200));
        let ahead = call.and_then(|call| provider_ahead(call, evidence));
        let slowest = call.map_or(0, seconds).max(seconds(evidence.exchange));
        Self {
            here: evidence.now,
            api: date(evidence.exchange),
            provider: ahead.and_then(|ahead| evidence.now.checked_add(SignedDuration::from_secs(ahead)).ok()),
            tolerated: TOLERATED + slowest,
        }
    }

    /// Whether the first is ahead of the second by more than what is tolerated.
    pub fn is_after(&self, one: Timestamp, other: Timestamp) -> bool {
        between(one, other) > self.tolerated
    }

    /// Which clock is off, and by how much; none when all agree, or only one is known.
    pub fn who_is_off(&self) -> Option<String> {
        let off = |of: Option<Timestamp>| of.map(|of| between(of, self.here));
        let agree = |seconds: i64| seconds.abs() <= self.tolerated;
        let (api, provider) = ("the API's clock", "the provider's clock");
        match (off(self.api), off(self.provider)) {
            (Some(a), Some(p)) if agree(a) && agree(p) => None,
            (Some(a), Some(p)) if agree(a - p) => {
                Some(told("this machine's clock", -a, "those of the provider and the API, which agree"))
            }
            (Some(a), Some(p)) if agree(p) => {
                Some(told(api, a, "those of the provider and of this machine, which agree"))
            }
            (Some(a), Some(p)) if agree(a) => {
                Some(told(provider, p, "those of the API and of this machine, which agree"))
            }
            (Some(a), Some(p)) => Some(format!(
                "no two clocks agree: {}, {}",
                told(api, a, "this machine's"),
                told(provider, p, "this machine's")
            )),
            (Some(a), None) if !agree(a) => Some(told(api, a, "this machine's; which of them is right cannot be told")),
            (None, Some(p)) if !agree(p) => Some(told(provider, p, "this machine's; the API's clock does not show")),
            _ => None,
        }
    }

    /// What they show, side by side.
    pub fn rows(&self) -> Vec<EvidenceRow> {
        let shown = |at: Option<Timestamp>| at.map_or_else(|| "not known".to_owned(), in_seconds);
        let differs = |at: Option<Timestamp>| match at {
            None => Relation::Unknown,
            Some(at) if between(at, self.here).abs() <= self.tolerated => Relation::Equal,
            Some(_) => Relation::Differs,
        };
        let here = format!("this machine {}", in_seconds(self.here));
        vec![
            row("API's clock", shown(self.api), differs(self.api), here.clone(), "its Date header"),
            row("provider's", shown(self.provider), differs(self.provider), here, "the token response"),
        ]
    }
}

/// By how many seconds the provider's clock is ahead of this machine's.
fn provider_ahead(call: &Exchange, evidence: &Evidence<'_>) -> Option<i64> {
    let received = call.started.checked_add(SignedDuration::try_from(call.elapsed).ok()?).ok()?;
    let by_date = date(call).map(|date| between(date, received));
    let by_issue = evidence.token.and_then(Token::issued_at).map(|issued| between(issued, received));
    match (by_date, by_issue) {
        // What stands in front of a provider may write the Date; an older iat may be of a token that was kept.
        (date, Some(issue)) if issue - date.unwrap_or(0) > TOLERATED => Some(issue),
        (date, _) => date,
    }
}

fn date(exchange: &Exchange) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::parse(exchange.response()?.header("date")?).ok()?;
    Some(date.timestamp())
}

fn seconds(exchange: &Exchange) -> i64 {
    i64::try_from(exchange.elapsed.as_secs()).unwrap_or(i64::MAX / 4)
}

fn between(one: Timestamp, other: Timestamp) -> i64 {
    one.as_second() - other.as_second()
}

fn told(whose: &str, ahead: i64, of: &str) -> String {
    let way = if ahead > 0 { "ahead of" } else { "behind" };
    format!("{whose} is {} {way} {of}", span_in_words(ahead.unsigned_abs()))
}

fn in_seconds(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}
