//! `tokenscope probe PROFILE [ENDPOINT]..`: calls endpoints, shows the answers and why a call was refused.

use std::fmt::Write as _;

use futures_util::{StreamExt as _, stream};

use super::args::ProbeArguments;
use super::asking::asking;
use super::output::{self, Paint, body_text, complain, print};
use super::row::{Row, expected, expected_in_words};
use super::{Exit, fail};
use crate::audit::{Basis, Class, Diagnosis, Judgement, Relation, judge};
use crate::config::{Changes, Expect, Profile, Profiles};
use crate::engine::{Answer, EndpointId, Engine, Failure, ProbeAsk, SendAs, TokenAsk, Weight, endpoints_named};
use crate::jwt::shown;

/// One call: what was to be called, and what came of it.
struct Called {
    id: EndpointId,
    outcome: Result<Answer, Failure>,
}

pub async fn run(engine: &Engine, arguments: &ProbeArguments) -> anyhow::Result<Exit> {
    // Getting the token first makes one failure of it, not one for each endpoint, and says early what is misspelt.
    let ask =
        TokenAsk { profile: arguments.profile.clone(), environment: None, changes: Changes::default(), fresh: false };
    let token = asking(engine, async || engine.token(ask.clone()).await).await;
    if let Err(failure) = &token
        && failure.weight() == Weight::Configuration
    {
        return Ok(fail(failure));
    }
    let profiles = engine.profiles();
    let Some(profile) = profiles.profile(&arguments.profile) else { return Ok(Exit::Usage) };
    let mut ids = match endpoints_named(&profiles, profile, &arguments.endpoints) {
        Ok(ids) => ids,
        Err(failure) => return Ok(fail(&failure)),
    };
    if arguments.endpoints.is_empty() && !arguments.r#unsafe {
        ids.retain(|id| method_and_url(&profiles, id).is_some_and(|(safe, ..)| safe));
    }
    let calls: Vec<Called> = stream::iter(ids)
        .map(|id| async {
            let public = is_public(&profiles, &id);
            let outcome = match &token {
                Err(failure) if !public => Err(failure.clone()),
                _ => {
                    let send_as = if public { SendAs::Nothing } else { SendAs::Profile };
                    engine.probe(probe_ask(arguments, id.clone(), send_as)).await
                }
            };
            Called { outcome: outcome.map(|answer| held_against(answer, arguments.expect, &profiles)), id }
        })
        .buffered(8)
        .collect()
        .await;
    if let Err(failure) = &token
        && !failure.is_meant_for(profile)
    {
        complain(&output::failure(failure, Paint::for_stderr()));
    }
    let exit = calls.iter().fold(Exit::Fine, |worst, call| worse(worst, exit_of(call, arguments.expect, profile)));
    if arguments.json {
        let rows: Vec<Row> = calls.into_iter().map(|call| as_row(call, arguments, &profiles)).collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&rows)?))?;
    } else {
        for call in &calls {
            print(&for_people(call, arguments, &profiles, Paint::for_stdout()))?;
        }
    }
    Ok(exit)
}

fn probe_ask(arguments: &ProbeArguments, endpoint: EndpointId, send_as: SendAs) -> ProbeAsk {
    ProbeAsk {
        profile: arguments.profile.clone(),
        environment: None,
        changes: Changes::default(),
        endpoint,
        send_as,
        unsafe_allowed: arguments.r#unsafe,
    }
}

fn is_public(profiles: &Profiles, id: &EndpointId) -> bool {
    let api = profiles.apis.iter().find(|api| api.name == id.api);
    api.and_then(|api| api.endpoints.iter().find(|endpoint| endpoint.name == id.endpoint))
        .is_some_and(crate::config::Endpoint::is_public)
}

/// Whether the method is safe, the method, and the address.
fn method_and_url(profiles: &Profiles, id: &EndpointId) -> Option<(bool, String, String)> {
    let api = profiles.apis.iter().find(|api| api.name == id.api)?;
    let endpoint = api.endpoints.iter().find(|endpoint| endpoint.name == id.endpoint)?;
    Some((endpoint.is_safe(), endpoint.method.clone(), format!("{}{}", api.base_url, endpoint.path)))
}

/// 0 when it answered 2xx or as `--expect` says, else 1; 3 on no answer.
fn exit_of(call: &Called, expect: Option<Expect>, profile: &Profile) -> Exit {
    let answer = match &call.outcome {
        Ok(answer) => answer,
        Err(failure) if failure.is_meant_for(profile) && expect.is_none_or(|what| what == Expect::Deny) => {
            return Exit::Fine;
        }
        Err(failure) => return failure.weight().into(),
    };
    let Some(status) = answer.exchange.status() else { return Exit::NoAnswer };
    let fine = match expect {
        None => (200..300).contains(&status),
        Some(_) => answer.judgement.as_expected == Some(true),
    };
    if fine { Exit::Fine } else { Exit::No }
}

/// The answer, judged by `--expect` where that was given, whatever the file says.
fn held_against(mut answer: Answer, expect: Option<Expect>, profiles: &Profiles) -> Answer {
    if let Some(what) = expect {
        let met = answer.exchange.status().is_some_and(|status| as_asked(&answer, what, status, profiles));
        let class = answer.judgement.class;
        let expected = Some((what, Basis::Declared));
        answer.judgement = Judgement { expected, class, as_expected: Some(met), warning: None };
    }
    answer
}

/// Whether the answer is what `--expect` says.
fn as_asked(answer: &Answer, what: Expect, status: u16, profiles: &Profiles) -> bool {
    let api = profiles.apis.iter().find(|api| api.name == answer.endpoint.api);
    let endpoint = api.and_then(|api| api.endpoints.iter().find(|endpoint| endpoint.name == answer.endpoint.endpoint));
    match (what, endpoint) {
        (Expect::Status(due), _) => status == due,
        (_, Some(endpoint)) => judge(Some((what, Basis::Declared)), endpoint, status).as_expected == Some(true),
        (_, None) => false,
    }
}

/// Wrong usage first, then no answer, then a no.
fn worse(one: Exit, other: Exit) -> Exit {
    let rank = |exit| match exit {
        Exit::Fine => 0,
        Exit::No => 1,
        Exit::NoAnswer => 2,
        Exit::Usage => 3,
        Exit::Cancelled | Exit::Program(_) => 4,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn as_row(call: Called, arguments: &ProbeArguments, profiles: &Profiles) -> Row {
    match call.outcome {
        Ok(answer) => Row::answered(answer, arguments.body),
        Err(failure) => {
            let (_, method, url) = method_and_url(profiles, &call.id).unwrap_or_default();
            let env = profiles.environment.clone();
            let row = Row::not_sent(&arguments.profile, env, &call.id.endpoint, &method, &url, &failure);
            let meant = profiles.profile(&arguments.profile).is_some_and(|profile| failure.is_meant_for(profile));
            match arguments.expect {
                None if meant => row.refused_as_meant(),
                None => row,
                Some(what) => Row {
                    expected: Some(expected(what)),
                    basis: Some(Basis::Declared),
                    as_expected: Some(meant && what == Expect::Deny),
                    ..row
                },
            }
        }
    }
}

fn for_people(call: &Called, arguments: &ProbeArguments, profiles: &Profiles, paint: Paint) -> String {
    let mut out = String::new();
    let answer = match &call.outcome {
        Ok(answer) => answer,
        Err(failure) => {
            let (_, method, url) = method_and_url(profiles, &call.id).unwrap_or_default();
            let _ = writeln!(out, "{}  {method} {url}", paint.bold(&call.id.endpoint));
            let said = match failure {
                Failure::Unsafe { method, .. } => {
                    format!("{method} may change something, so it is sent only with --unsafe")
                }
                other => shown(&other.to_string(), 300),
            };
            let meant = profiles.profile(&arguments.profile).is_some_and(|profile| failure.is_meant_for(profile));
            let _ = match (meant, arguments.expect) {
                (true, None | Some(Expect::Deny)) => {
                    writeln!(out, "  {}, as expected  no token: {said}\n", paint.good("REFUSED"))
                }
                (true, Some(what)) => {
                    let asked = expected_in_words(what);
                    let word = paint.bad("REFUSED");
                    writeln!(out, "  {word}, not as expected ({asked} was asked for)  no token: {said}\n")
                }
                (false, _) => writeln!(out, "  {}: {said}\n", paint.warn("not sent")),
            };
            return out;
        }
    };
    let exchange = &answer.exchange;
    let token = answer.token.as_ref().map_or_else(
        || "without a token".to_owned(),
        |held| format!("as {} {}", held.profile, held.token.fingerprint()),
    );
    let request = &exchange.request;
    let _ = writeln!(out, "{}  {} {}, {token}", paint.bold(&answer.endpoint.endpoint), request.method, request.url);
    let took = exchange.took();
    match &exchange.outcome {
        Ok(response) => {
            let _ = writeln!(
                out,
                "  {}  {}, {took}, {} B",
                verdict(answer, arguments.expect, paint),
                response.status,
                response.body.len()
            );
        }
        Err(error) => {
            let error_text = shown(&error.to_string(), 400);
            let _ = writeln!(out, "  {}  {error_text}", paint.bad("NO ANSWER"));
            let _ = writeln!(out, "  {} {}", paint.warn("hint:"), shown(&error.advice(), 400));
        }
    }
    for note in &exchange.notes {
        let _ = writeln!(out, "  {}", paint.dim(&format!("note: {}", shown(note, 400))));
    }
    if let Some(diagnosis) = &answer.diagnosis {
        out.push_str(&diagnosed(diagnosis, paint));
    }
    if let Some(body) = Row::body_of(answer, arguments.body).filter(|body| !body.is_empty()) {
        let _ = writeln!(out, "{}", indent(&body_text(&laid_out(body))));
    }
    out.push('\n');
    out
}

/// The headline: what the API did, and whether that was to be expected.
fn verdict(answer: &Answer, asked: Option<Expect>, paint: Paint) -> String {
    if let Some(what) = asked {
        return verdict_as_asked(answer, what, paint);
    }
    let expected = answer.judgement.expected.map(|(what, _)| expected_in_words(what)).unwrap_or_default();
    let (word, as_expected) = match (answer.judgement.class, answer.judgement.as_expected) {
        (Some(Class::Allowed), Some(false)) => return paint.bad(&format!("LET THROUGH, should be {expected}")),
        (Some(Class::Allowed), as_expected) => (paint.good("ALLOWED"), as_expected),
        (Some(Class::Denied), Some(true)) => (paint.good("REFUSED"), Some(true)),
        (Some(Class::Denied), as_expected) => (paint.bad("REFUSED"), as_expected),
        (Some(Class::Inconclusive), _) => return paint.warn("INCONCLUSIVE"),
        (None, _) => return paint.bad("NO ANSWER"),
    };
    match as_expected {
        Some(true) => format!("{word}, as expected"),
        Some(false) => format!("{word}, not as expected"),
        None => word,
    }
}

/// The headline where `--expect` says what should come.
fn verdict_as_asked(answer: &Answer, what: Expect, paint: Paint) -> String {
    let met = answer.judgement.as_expected == Some(true);
    let word = match answer.judgement.class {
        Some(Class::Allowed) => "ALLOWED",
        Some(Class::Denied) => "REFUSED",
        Some(Class::Inconclusive) => "INCONCLUSIVE",
        None => "NO ANSWER",
    };
    if met {
        format!("{}, as expected", paint.good(word))
    } else {
        format!("{}, not as expected ({} was asked for)", paint.bad(word), expected_in_words(what))
    }
}

fn diagnosed(diagnosis: &Diagnosis, paint: Paint) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "  {}, {}: {}", paint.bold(diagnosis.cause.name()), diagnosis.confidence, diagnosis.summary);
    let _ = writeln!(out, "  {} {}", paint.warn("do:"), diagnosis.advice);
    let rows: Vec<Vec<String>> = diagnosis
        .evidence
        .iter()
        .map(|row| {
            let relation = match row.relation {
                Relation::Equal => "=",
                Relation::Differs => "≠",
                Relation::Ok => "ok",
                Relation::Unknown => "?",
            };
            vec![row.item.clone(), row.token.clone(), relation.to_owned(), row.expected.clone(), row.source.clone()]
        })
        .collect();
    out.push_str(&output::table(&rows, "    "));
    if let Some(said) = &diagnosis.said {
        let _ = writeln!(out, "    {} {said}", paint.dim("API said"));
    }
    out
}

/// JSON that is too long for a line, member by member; anything else as it is.
fn laid_out(body: String) -> String {
    const LINE: usize = 100;
    match serde_json::from_str::<serde_json::Value>(&body) {
        Ok(value) if body.len() > LINE => format!("{value:#}"),
        _ => body,
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
