//! The token had ended when the API looked at it.

use super::{Finding, clock_skew};
use crate::audit::diagnosis::clocks::Clocks;
use crate::audit::diagnosis::evidence::row;
use crate::audit::diagnosis::{Confidence, Evidence, Relation, Remedy};
use crate::jwt::times;

/// RFC 7519 section 4.1.4, held against the API's own clock where it shows one.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    let exp = evidence.token?.expires_at()?;
    let (clock, source) = evidence.api_clock();
    let said = evidence.reason().contains("expired");
    let over = exp <= clock;
    // Where it lives by the clock of the provider that wrote its end, it has not ended: the clocks are the cause.
    if !over && !said || clock_skew::ends_early(exp, &Clocks::of(evidence)) {
        return None;
    }
    let lived = evidence.token?.issued_at().map(|iat| exp.as_second() - iat.as_second());
    let when = times::in_words(clock, exp);
    let summary = if over {
        format!("The token ran out {when}.")
    } else {
        format!("The API says the token has expired, but by {source} it ends {when}: the clocks disagree.")
    };
    let advice = match lived {
        Some(seconds @ 0..=60) if over => {
            format!("Get a new one; it lives only {seconds} s, so send right after fetching.")
        }
        _ if over => "Get a new one.".to_owned(),
        _ => "Compare the clocks of this machine and of the API's host; a new token may work for a moment.".to_owned(),
    };
    Some(Finding {
        confidence: if over { Confidence::Certain } else { Confidence::VeryLikely },
        summary,
        advice,
        evidence: vec![row("exp", exp.to_string(), Relation::Differs, format!("after {clock}"), source)],
        remedy: Some(Remedy::NewToken),
    })
}
