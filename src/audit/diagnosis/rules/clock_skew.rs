//! The clocks of provider, API and this machine disagree, and a good token is refused for it.

use jiff::Timestamp;

use super::Finding;
use crate::audit::diagnosis::clocks::Clocks;
use crate::audit::diagnosis::evidence::quoted;
use crate::audit::diagnosis::{Confidence, Evidence, Remedy};
use crate::jwt::Token;
use crate::jwt::times::{in_words, span_in_words};

/// What APIs say of a token from the future.
const SAYINGS: [&str; 7] = [
    "not yet valid",
    "in the future",
    "not valid for another",
    "not valid before",
    "before it is valid",
    "used before",
    "clock",
];

/// RFC 7519 sections 4.1.4 to 4.1.6, held against each clock that shows itself.
pub fn check(evidence: &Evidence<'_>) -> Option<Finding> {
    // A 403 comes after the token was taken for good.
    let token = evidence.token.filter(|_| evidence.response().is_some_and(|response| response.status == 401))?;
    let clocks = Clocks::of(evidence);
    let said = SAYINGS.iter().any(|saying| evidence.reason().contains(saying));
    let (confidence, happened) = from_the_future(token, &clocks, said)
        .or_else(|| ended_too_early(token, &clocks))
        .or_else(|| sent_too_late(token, &clocks))
        .or_else(|| only_said(evidence).filter(|_| said))?;
    let off = clocks.who_is_off();
    let summary = match &off {
        Some(off) => format!("{happened}: {off}."),
        None => format!("{happened}."),
    };
    Some(Finding {
        confidence,
        summary,
        advice: advice(off.as_deref()),
        evidence: clocks.rows(),
        remedy: (token.expires_at().is_some_and(|end| end <= clocks.api.unwrap_or(clocks.here)))
            .then_some(Remedy::NewToken),
    })
}

/// The token begins, or was issued, after what the API's clock shows.
fn from_the_future(token: &Token, clocks: &Clocks, said: bool) -> Option<(Confidence, String)> {
    let judge = clocks.api.unwrap_or(clocks.here);
    let late = |at: &Timestamp| clocks.is_after(*at, judge);
    let (claim, at) = match (token.not_before().filter(late), token.issued_at().filter(late)) {
        (Some(begin), _) => ("nbf", begin),
        (None, Some(issued)) => ("iat", issued),
        (None, None) => return None,
    };
    let confidence = match (said, clocks.api, claim) {
        (true, ..) | (false, Some(_), "nbf") => Confidence::Certain,
        // Not every API looks at iat.
        (false, Some(_), _) => Confidence::VeryLikely,
        (false, None, _) => Confidence::Possible,
    };
    let whose = if clocks.api.is_some() { "the API's clock" } else { "this machine's clock" };
    let ahead = span_in_words((at.as_second() - judge.as_second()).unsigned_abs());
    Some((confidence, format!("The token comes from the future: its {claim} is {ahead} ahead of {whose}")))
}

/// The token has ended by the API's clock, and lives by the clock of the provider that wrote its end.
fn ended_too_early(token: &Token, clocks: &Clocks) -> Option<(Confidence, String)> {
    let (end, api, provider) = (token.expires_at()?, clocks.api?, clocks.provider?);
    ends_early(end, clocks).then(|| {
        let (ended, ends) = (in_words(api, end), in_words(provider, end));
        (Confidence::Certain, format!("By the API's clock the token ended {ended}, by its provider's it ends {ends}"))
    })
}

/// Whether the end has come for the API alone.
pub(super) fn ends_early(end: Timestamp, clocks: &Clocks) -> bool {
    let (Some(api), Some(provider)) = (clocks.api, clocks.provider) else { return false };
    end <= api && end > provider && clocks.is_after(api, provider)
}

/// The token has ended, and this machine's clock does not show it: it was taken for one that lives.
fn sent_too_late(token: &Token, clocks: &Clocks) -> Option<(Confidence, String)> {
    let (end, api) = (token.expires_at()?, clocks.api?);
    (end <= api && end > clocks.here && clocks.is_after(api, clocks.here)).then(|| {
        let ends = in_words(clocks.here, end);
        (Confidence::VeryLikely, format!("The token was sent because by this machine's clock it ends {ends}"))
    })
}

fn only_said(evidence: &Evidence<'_>) -> Option<(Confidence, String)> {
    let text = evidence.description()?;
    let text = quoted(text.trim_end_matches('.'));
    Some((Confidence::VeryLikely, format!("The API takes the token for one from the future. It said: {text}")))
}

fn advice(off: Option<&str>) -> String {
    let what = match off {
        Some(off) if off.starts_with("this machine") => "Set this machine's clock (switch its time synchronisation on)",
        Some(off) if off.starts_with("the provider") && off.contains("which agree") => {
            "The provider's operator must set its clock (time synchronisation; containers take the host's)"
        }
        Some(off) if off.starts_with("the API") && off.contains("which agree") => {
            "The API's owner must set its clock (time synchronisation; containers take the host's)"
        }
        Some(_) => "Set the clock that is wrong (time synchronisation; containers take the host's)",
        None => "Compare the clocks of the API's host and of the provider",
    };
    format!("{what}. For differences of seconds a small leeway in the API is enough.")
}
