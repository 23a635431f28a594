//! The claims of an access token whose signature is good: who it is for, how long, what it allows.

use jiff::Timestamp;
use jsonwebtoken::Algorithm;
use serde_json::{Map, Value};

use super::{
    decision::Policy,
    object::{Member, Object},
    refusal::Refusal,
};

/// How far ahead `iat` may be, in seconds: clocks differ.
const CLOCK_DIFFERENCE: f64 = 60.0;
/// The end of the year 9999. A later time is a mistake or a trick.
const LATEST_TIME: f64 = 253_402_300_799.0;

/// Who is asking, as a checked access token says.
#[derive(Debug, Clone)]
pub struct Principal {
    /// As JSON text: thousands of principals are remembered, and a tree of values is many times as large.
    claims: Box<str>,
    subject: Option<String>,
    client: Option<String>,
    times: Times,
    /// Names with one space between.
    scopes: Box<str>,
}

/// When the token may be used, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
struct Times {
    expires: f64,
    not_before: Option<f64>,
    issued: Option<f64>,
}

impl Principal {
    /// Checks the claims of a verified token, given as its payload.
    pub(super) fn from_payload(payload: Vec<u8>, policy: &Policy, now: u64) -> Result<Self, Refusal> {
        let malformed = || Refusal::Malformed("its claims are not a JSON object in base64url");
        let text = String::from_utf8(payload).map_err(|_| malformed())?;
        let mut principal = Self::check(&Object::parse(&text).ok_or_else(malformed)?, policy, now)?;
        principal.claims = text.into();
        Ok(principal)
    }

    fn check(claims: &Object<'_>, policy: &Policy, now: u64) -> Result<Self, Refusal> {
        check_kind(claims)?;
        check_issuer(claims, &policy.issuer)?;
        let times = Times::read(claims)?;
        times.check(policy.leeway, now)?;
        check_audience(claims, policy.audience.as_deref())?;
        let named = |claim: &str| claims.text(claim).map(str::to_owned);
        Ok(Self {
            subject: named("sub"),
            client: named("azp").or_else(|| named("client_id")),
            times,
            scopes: scopes(claims),
            claims: Box::default(),
        })
    }

    /// Whether the token may (still) be used at `now`, seconds since 1970.
    pub(super) fn check_time(&self, policy: &Policy, now: u64) -> Result<(), Refusal> {
        self.times.check(policy.leeway, now)
    }

    /// The `sub` claim.
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The client that the token was issued to: `azp`, else `client_id`.
    pub fn client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    /// The granted scopes (RFC 6749 section 3.3).
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether exactly this scope was granted.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// All claims, read anew at each call.
    pub fn claims(&self) -> Map<String, Value> {
        // They were read once already, or there would be no principal.
        serde_json::from_str(&self.claims).unwrap_or_default()
    }
}

/// Refuses JWTs that the same issuer signs for other purposes (RFC 8725 section 3.11), and tokens
/// bound to a key whose proof nobody checks here (RFC 7800).
fn check_kind(claims: &Object<'_>) -> Result<(), Refusal> {
    match claims.text("typ") {
        Some("ID") => return Err(Refusal::TokenKind("an ID token")),
        Some("Refresh" | "Offline") => return Err(Refusal::TokenKind("a refresh token")),
        Some("Logout") => return Err(Refusal::TokenKind("a logout token")),
        _ => {}
    }
    // Where nothing says what it is: claims that only these have (OpenID Connect Core 3.1.3.6 and 3.3.2.11, RFC 8417).
    if claims.get("at_hash").or_else(|| claims.get("c_hash")).is_some() {
        return Err(Refusal::TokenKind("an ID token"));
    }
    if claims.get("events").is_some() {
        return Err(Refusal::TokenKind("a logout token or another security event"));
    }
    if claims.get("cnf").is_some() {
        return Err(Refusal::TokenKind("a token bound to a key (cnf), which a bearer cannot prove to have"));
    }
    Ok(())
}

fn check_issuer(claims: &Object<'_>, expected: &str) -> Result<(), Refusal> {
    match claims.get("iss") {
        None => Err(Refusal::MissingClaim("iss")),
        Some(Member::Text(found)) if found == expected => Ok(()),
        Some(Member::Text(found)) => {
            Err(Refusal::Issuer { found: found.clone().into_owned(), expected: expected.to_owned() })
        }
        Some(_) => Err(Refusal::BadClaim { claim: "iss", expected: "a string" }),
    }
}

fn check_audience(claims: &Object<'_>, expected: Option<&str>) -> Result<(), Refusal> {
    let Some(expected) = expected else {
        return Ok(());
    };
    let found = match claims.get("aud") {
        None => return Err(Refusal::MissingClaim("aud")),
        Some(Member::Text(one)) => one == expected,
        Some(Member::List(several)) => several.iter().any(|one| one.text() == Some(expected)),
        Some(_) => {
            return Err(Refusal::BadClaim { claim: "aud", expected: "a string or an array" });
        }
    };
    if found { Ok(()) } else { Err(Refusal::Audience { expected: expected.to_owned() }) }
}

/// The `scope` claim: names with spaces between, or an array of them. Of another type it grants nothing.
fn scopes(claims: &Object<'_>) -> Box<str> {
    match claims.get("scope") {
        Some(Member::Text(text)) => joined(text.split_ascii_whitespace()),
        // A name has no space in it: one that has is none, and not two.
        Some(Member::List(names)) => {
            joined(names.iter().filter_map(Member::text).filter(|name| !name.contains(char::is_whitespace)))
        }
        _ => Box::default(),
    }
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> Box<str> {
    names.collect::<Vec<_>>().join(" ").into()
}

impl Times {
    fn read(claims: &Object<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            expires: number(claims, "exp")?.ok_or(Refusal::MissingClaim("exp"))?,
            not_before: number(claims, "nbf")?,
            issued: number(claims, "iat")?,
        })
    }

    fn check(self, leeway: u64, now: u64) -> Result<(), Refusal> {
        let (now, leeway) = (as_time(now), as_time(leeway));
        if now >= self.expires + leeway {
            return Err(Refusal::Expired { ago: distance(now, self.expires), at: date(self.expires) });
        }
        if let Some(begin) = self.not_before.filter(|begin| *begin > now + leeway) {
            return Err(Refusal::NotYetValid { remaining: distance(begin, now), at: date(begin) });
        }
        let latest_issue = now + leeway.max(CLOCK_DIFFERENCE);
        if let Some(issued) = self.issued.filter(|issued| *issued > latest_issue) {
            return Err(Refusal::IssuedInFuture { ahead: distance(issued, now), at: date(issued) });
        }
        Ok(())
    }
}

/// A claim of the type `NumericDate` (RFC 7519 section 2): a JSON number, not absurdly large.
fn number(claims: &Object<'_>, claim: &'static str) -> Result<Option<f64>, Refusal> {
    match claims.get(claim) {
        None => Ok(None),
        Some(Member::Number(time)) if time.abs() <= LATEST_TIME => Ok(Some(*time)),
        Some(Member::Number(_)) => Err(Refusal::BadClaim { claim, expected: "a time before the year 10000" }),
        Some(_) => Err(Refusal::BadClaim { claim, expected: "a number" }),
    }
}

/// Seconds as a float; exact for any time that can occur.
fn as_time(seconds: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which is in 285 million years")]
    let time = seconds as f64;
    time
}

/// Whole seconds from `earlier` to `later`.
fn distance(later: f64, earlier: f64) -> u64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole seconds, clamped to 0")]
    let seconds = (later - earlier).max(0.0) as u64;
    seconds
}

/// A time as a date, for the message.
fn date(time: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "bounded by LATEST_TIME")]
    let seconds = time as i64;
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |date| date.to_string())
}

/// The algorithms that are accepted unless told otherwise: all that need no shared secret.
pub(super) const PUBLIC_KEY_ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7519 sections 4.1.4 and 4.1.5: to the second, and by the leeway and no more.
    #[test]
    fn times_count_to_the_second() {
        for (claims, leeway, first, last) in [
            (r#""exp": 1000"#, 0, 0, 999),
            (r#""exp": 1000"#, 30, 0, 1029),
            (r#""exp": 5000, "nbf": 1000"#, 0, 1000, 4999),
            (r#""exp": 5000, "nbf": 1000"#, 30, 970, 5029),
            (r#""exp": 5000, "iat": 1000"#, 0, 940, 4999),
            (r#""exp": 5000, "iat": 1000"#, 90, 910, 5089),
        ] {
            let policy = Policy { leeway, ..Policy::new("i") };
            let passes = |now: u64| {
                let payload = format!(r#"{{ "iss": "i", {claims} }}"#);
                Principal::from_payload(payload.into_bytes(), &policy, now).is_ok()
            };
            assert!(passes(first) && passes(last), "{claims} with {leeway}");
            assert!(!passes(last + 1) && (first == 0 || !passes(first - 1)), "{claims} with {leeway}");
        }
    }
}
