//! `tokenscope matrix`: profiles against endpoints, expected against actual.

use std::fmt::Write as _;

use super::args::{MatrixArguments, MatrixFormat};
use super::asking::ask_ahead;
use super::output::{Paint, complain, print, table};
use super::row::{Row, expected_in_words};
use super::{Exit, fail};
use crate::audit::Class;
use crate::engine::{Cell, Engine, Failure};
use crate::jwt::shown;

pub async fn run(engine: &Engine, arguments: &MatrixArguments) -> anyhow::Result<Exit> {
    ask_ahead(engine, &arguments.profile).await;
    let cells = match engine.matrix(&arguments.profile).await {
        Ok(cells) => cells,
        Err(failure) => return Ok(fail(&failure)),
    };
    let exit = exit_of(&cells, arguments.strict);
    match arguments.format {
        MatrixFormat::Json => {
            let rows: Vec<Row> = cells.into_iter().map(|cell| as_row(cell, arguments.strict)).collect();
            print(&format!("{}\n", serde_json::to_string_pretty(&rows)?))?;
        }
        MatrixFormat::Table => {
            print(&for_people(&cells, arguments.strict))?;
            complain(&remarks(&cells, arguments.strict));
        }
    }
    Ok(exit)
}

/// 1 when an allow or deny cell, or one whose token was refused, is not as expected; else 3 when one is inconclusive.
fn exit_of(cells: &[Cell], strict: bool) -> Exit {
    let (mut no, mut inconclusive) = (false, false);
    for cell in cells {
        match &cell.outcome {
            Ok(answer) => match answer.judgement.class {
                Some(Class::Allowed | Class::Denied) => no |= as_expected(cell, strict) == Some(false),
                // An expectation that names this very status makes it conclusive.
                Some(Class::Inconclusive) => inconclusive |= as_expected(cell, strict) != Some(true),
                None => inconclusive = true,
            },
            Err(Failure::TokenRefused { refusal: crate::oauth::TokenRefusal::Refused { status, .. }, .. })
                if *status < 500 =>
            {
                no |= !cell.refused_as_meant;
            }
            Err(_) => inconclusive = true,
        }
    }
    match (no, inconclusive) {
        (true, _) => Exit::No,
        (false, true) => Exit::NoAnswer,
        (false, false) => Exit::Fine,
    }
}

fn as_expected(cell: &Cell, strict: bool) -> Option<bool> {
    match &cell.outcome {
        Ok(answer) if strict && answer.judgement.warning.is_some() => Some(false),
        Ok(answer) => answer.judgement.as_expected,
        Err(_) => Some(cell.refused_as_meant),
    }
}

fn as_row(cell: Cell, strict: bool) -> Row {
    let met = as_expected(&cell, strict);
    match cell.outcome {
        Ok(answer) => Row { as_expected: met, ..Row::answered(answer, false) },
        Err(failure) => {
            let row = Row::not_sent(
                &cell.profile,
                cell.environment.clone(),
                &cell.endpoint.endpoint,
                &cell.method,
                &cell.url,
                &failure,
            );
            if cell.refused_as_meant { row.refused_as_meant() } else { row }
        }
    }
}

/// Profiles down, endpoints across.
fn for_people(cells: &[Cell], strict: bool) -> String {
    let mut columns: Vec<String> = Vec::new();
    let mut rows: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for cell in cells {
        let column = format!("{}/{}", cell.endpoint.api, cell.endpoint.endpoint);
        if !columns.contains(&column) {
            columns.push(column.clone());
        }
        let text = cell_text(cell, strict);
        match rows.iter_mut().find(|(profile, _)| *profile == cell.profile) {
            Some((_, row)) => row.push((column, text)),
            None => rows.push((cell.profile.clone(), vec![(column, text)])),
        }
    }
    let one_api = columns
        .iter()
        .filter_map(|column| column.split_once('/'))
        .map(|(api, _)| api)
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        < 2;
    let title = |column: &String| {
        if one_api {
            column.split_once('/').map_or(column.clone(), |(_, name)| name.to_owned())
        } else {
            column.clone()
        }
    };
    let mut lines = vec![std::iter::once(String::new()).chain(columns.iter().map(title)).collect::<Vec<_>>()];
    for (profile, row) in rows {
        let text = |column: &String| {
            row.iter().find(|(at, _)| at == column).map_or_else(String::new, |(_, text)| text.clone())
        };
        lines.push(std::iter::once(profile.clone()).chain(columns.iter().map(text)).collect());
    }
    let mut out = table(&lines, "");
    let (met, unmet, open) = count(cells, strict);
    let _ = write!(out, "\n{} calls: {met} as expected", cells.len());
    for (number, words) in [(unmet, "not as expected"), (open, "without an expectation")] {
        if number > 0 {
            let _ = write!(out, ", {number} {words}");
        }
    }
    out.push('\n');
    out
}

fn cell_text(cell: &Cell, strict: bool) -> String {
    let what = match &cell.outcome {
        Ok(answer) => answer.exchange.status().map_or_else(|| "no answer".to_owned(), |status| status.to_string()),
        Err(Failure::TokenRefused { .. }) => "no token".to_owned(),
        Err(_) => "not sent".to_owned(),
    };
    let wanted = match &cell.outcome {
        Ok(answer) => answer.judgement.expected.map(|(what, _)| expected_in_words(what)),
        Err(_) => None,
    };
    match (as_expected(cell, strict), wanted) {
        (Some(true), _) => format!("{what} ✔"),
        (Some(false), Some(wanted)) => format!("{what} ✘ expected {wanted}"),
        (Some(false), None) => format!("{what} ✘"),
        (None, _) => what,
    }
}

fn count(cells: &[Cell], strict: bool) -> (usize, usize, usize) {
    let number = |wanted: Option<bool>| cells.iter().filter(|cell| as_expected(cell, strict) == wanted).count();
    (number(Some(true)), number(Some(false)), number(None))
}

/// What is not as expected, and what gave a warning, one line each; every failure once.
fn remarks(cells: &[Cell], strict: bool) -> String {
    let paint = Paint::for_stderr();
    let mut out = String::new();
    let mut said: Vec<String> = Vec::new();
    for cell in cells {
        let place = format!("{} at {}", cell.profile, cell.endpoint.endpoint);
        match &cell.outcome {
            Ok(answer) => {
                if let Some(warning) = &answer.judgement.warning {
                    let _ = writeln!(out, "{} {place}: {warning}", paint.warn("warning:"));
                }
                if let (Some(false), Some(diagnosis)) = (as_expected(cell, strict), &answer.diagnosis) {
                    let _ = writeln!(
                        out,
                        "{} {place}: {}: {} {}",
                        paint.bad("refused:"),
                        diagnosis.cause,
                        diagnosis.summary,
                        diagnosis.advice
                    );
                }
                if let Err(error) = &answer.exchange.outcome {
                    let _ = writeln!(out, "{} {place}: {error}. {}", paint.bad("no answer:"), error.advice());
                }
            }
            Err(failure) if !cell.refused_as_meant => {
                let line = format!("{}: {}", cell.profile, shown(&failure.to_string(), 300));
                if !said.contains(&line) {
                    let _ = writeln!(out, "{} {line}", paint.bad("no token:"));
                    said.push(line);
                }
            }
            Err(_) => {}
        }
    }
    out
}
