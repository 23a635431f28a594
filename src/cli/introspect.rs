//! `tokenscope introspect TOKEN`: what a token means and whether it still holds, as its provider says (RFC 7662). The
//! provider sees the token.

use std::collections::HashMap;
use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::asking::asking;
use super::members::members;
use super::output::{Paint, print, wrong_usage};
use super::token_argument::resolve;
use super::{Exit, fail};
use crate::engine::{self, Acted, Engine};
use crate::jwt::{meaning_of_claim, shown};

#[derive(Args, Debug)]
pub struct IntrospectArguments {
    /// - (standard input), @FILE, the name of a profile, or the token itself
    pub token: String,
    /// The profile whose provider is asked, by its client [default: the profile named as TOKEN]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// Print JSON: active, answer, remarks
    #[arg(long)]
    pub json: bool,
}

pub async fn run(engine: &Engine, arguments: &IntrospectArguments) -> anyhow::Result<Exit> {
    let own = || engine.profiles().profile(&arguments.token).map(|profile| profile.name.clone());
    let Some(profile) = arguments.by.clone().or_else(own) else {
        let hint = "--by PROFILE asks the provider of this profile, which then sees the token";
        return Ok(wrong_usage("whom to ask is not said", Some(hint)));
    };
    let token = match resolve(engine, &arguments.token).await? {
        Ok(token) => token,
        Err(exit) => return Ok(exit),
    };
    let acted = match asking(engine, async || engine.introspect(&profile, None, &token).await).await {
        Ok(acted) => acted,
        Err(failure) => return Ok(fail(&failure)),
    };
    if arguments.json {
        let value = json!({ "active": acted.ok, "answer": acted.claims, "remarks": acted.remarks });
        print(&format!("{value:#}\n"))?;
    } else {
        print(&for_people(&acted, Paint::for_stdout()))?;
    }
    // Without a word on the token there is no answer.
    Ok(if acted.ok {
        Exit::Fine
    } else if acted.claims.is_some() {
        Exit::No
    } else {
        Exit::NoAnswer
    })
}

fn for_people(acted: &Acted, paint: Paint) -> String {
    let headline = match (acted.ok, &acted.claims) {
        (true, _) => paint.good("ACTIVE"),
        (false, Some(_)) => paint.bad("NOT ACTIVE"),
        (false, None) => paint.warn("NO WORD"),
    };
    let mut out = format!("{headline}  {}\n", shown(&acted.summary, 1000));
    for remark in &acted.remarks {
        let _ = writeln!(out, "  {}", shown(remark, 1000));
    }
    if let Some(answer) = acted.claims.as_ref().filter(|answer| answer.len() > 1) {
        let meaning = |name: &str| match name {
            "active" => Some("whether it still holds".to_owned()),
            name => meaning_of_claim(name).map(|meaning| meaning.meaning.to_owned()),
        };
        let zone = engine::time_zone();
        let rows = members(answer, &HashMap::new(), meaning, (engine::now(), &zone));
        let _ = write!(out, "\n{}  from {}\n{rows}", paint.bold("Answer"), shown(&acted.exchange.request.url, 300));
    }
    out
}
