//! `tokenscope token PROFILE`: the access token and one newline on stdout.

use serde_json::json;

use super::args::TokenArguments;
use super::asking::asking;
use super::output::print;
use super::{Exit, fail};
use crate::config::Changes;
use crate::engine::{Engine, HeldToken, TokenAsk};
use crate::oauth::ScopeSet;

pub async fn run(engine: &Engine, arguments: &TokenArguments) -> anyhow::Result<Exit> {
    let scopes: ScopeSet = arguments.scope.iter().flat_map(|text| text.split_whitespace()).collect();
    let ask = TokenAsk {
        profile: arguments.profile.clone(),
        environment: None,
        changes: Changes { scopes: (!arguments.scope.is_empty()).then_some(scopes), ..Changes::default() },
        fresh: false,
    };
    let got = asking(engine, async || engine.token_to_pass_on(ask.clone(), arguments.min_ttl).await).await;
    let held = match got {
        Ok(held) => held,
        Err(failure) => return Ok(fail(&failure)),
    };
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
