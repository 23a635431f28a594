//! `tokenscope token PROFILE`: the access token and one newline on stdout.

use jiff::Timestamp;
use serde_json::json;

use super::args::TokenArguments;
use super::login::token_or_login;
use super::output::{Paint, complain, print};
use super::{Exit, fail};
use crate::config::Changes;
use crate::engine::{Engine, HeldToken, TokenAsk};
use crate::jwt::counted;
use crate::oauth::ScopeSet;

pub async fn run(engine: &Engine, arguments: &TokenArguments) -> anyhow::Result<Exit> {
    let scopes: ScopeSet = arguments.scope.iter().flat_map(|text| text.split_whitespace()).collect();
    let ask = TokenAsk {
        profile: arguments.profile.clone(),
        environment: None,
        changes: Changes { scopes: (!arguments.scope.is_empty()).then_some(scopes), ..Changes::default() },
        fresh: false,
    };
    let got = token_or_login(engine, &ask, arguments.min_ttl, arguments.login, true).await;
    let held = match got {
        Ok(held) => held,
        Err(failure) => return Ok(fail(&failure)),
    };
    warn_if_short(&held, arguments.min_ttl);
    let raw = held.token.raw().reveal();
    if arguments.json {
        print(&format!("{:#}\n", as_json(&held)))?;
    } else if arguments.header {
        print(&format!("Authorization: Bearer {raw}\n"))?;
    } else {
        print(&format!("{raw}\n"))?;
    }
    Ok(Exit::Fine)
}

/// A new token can still have fewer seconds than `--min-ttl` asks for: how long it lives is the provider's to say.
pub fn warn_if_short(held: &HeldToken, min_ttl: Option<u64>) {
    let (Some(wanted), Some(left)) = (min_ttl, held.seconds_left(Timestamp::now())) else { return };
    // A second may have passed on the way.
    if i64::try_from(wanted).unwrap_or(i64::MAX) > left.saturating_add(1) {
        let left = counted(usize::try_from(left).unwrap_or(0), "second", "seconds");
        complain(&format!(
            "{} the token has {left} left, fewer than --min-ttl {wanted} asks for; the provider gives none that lives longer\n",
            Paint::for_stderr().warn("warning:")
        ));
    }
}

/// The documented members, in this order.
fn as_json(held: &HeldToken) -> serde_json::Value {
    json!({
        "profile": held.profile,
        "access_token": held.token.raw().reveal(),
        "token_type": held.granted.token_type,
        "expires_in": held.granted.expires_in,
        "scope": held.granted.scope.as_ref().map(ToString::to_string),
        "claims": held.token.claims(),
    })
}
