//! `[apis.NAME]`: a resource server and its endpoints.
//!
//! Pure. Imports siblings only.

use std::collections::HashMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::address::Query;
use super::known::Known;
use super::provider::{check_address, check_embedded, connection};
use super::reader::{Section, Value, type_name};
use super::words::Table;
use super::{Api, Endpoint, endpoint, names};

/// Reads one API; none when it cannot be used. An endpoint that cannot be used is left out.
pub(super) fn read(name: &str, at: &Range<usize>, mut section: Section<'_, '_, '_>, known: &Known<'_>) -> Option<Api> {
    let provider = section.needed("provider", "\"NAME\"");
    if let Some((provider, span)) = &provider {
        known.check_provider(&mut section, provider, span);
    }
    let base_url = section.needed("base_url", "\"https://...\"");
    let embedded = section.flag("embedded");
    if let Some(base_url) = &base_url {
        check_address(&mut section, "base_url", base_url, Query::Refused);
        check_embedded(&mut section, embedded, base_url);
    }
    let connection = connection(&mut section, base_url.as_ref());
    let audience = section.text("audience").map(|(text, _)| text.to_owned());
    let endpoints = endpoints(name, &mut section, known);
    let place = section.notes.place(at.start);
    if section.finish().is_some() {
        return None;
    }
    Some(Api {
        name: name.to_owned(),
        provider: provider?.0.to_owned(),
        base_url: base_url?.0.trim_end_matches('/').to_owned(),
        embedded,
        audience,
        endpoints,
        connection,
        place,
    })
}

fn endpoints(api: &str, section: &mut Section<'_, '_, '_>, known: &Known<'_>) -> Vec<Endpoint> {
    let Some(value) = section.value("endpoints") else { return Vec::new() };
    let DeValue::Array(list) = value.get_ref() else {
        section.mistyped("endpoints", value, "a list of tables");
        return Vec::new();
    };
    let mut endpoints = Vec::new();
    let mut taken = HashMap::new();
    for (at, value) in list.iter().enumerate() {
        if section.is_unresolved("endpoints", value) {
            continue;
        }
        match value.get_ref() {
            DeValue::Table(table) => {
                endpoints.extend(one(api, at, (table, value), section, known, &mut taken));
            }
            other => {
                let what = format!("expected a table, found {}", type_name(other));
                section.wrong("endpoints", &value.span(), &what, Some("write [[apis.NAME.endpoints]]".to_owned()));
            }
        }
    }
    endpoints
}

/// Reads one endpoint, unless its name is taken already.
fn one<'v>(
    api: &str,
    at: usize,
    (table, value): (&'v DeTable<'v>, &'v Value<'v>),
    section: &mut Section<'_, '_, 'v>,
    known: &Known<'_>,
    taken: &mut HashMap<&'v str, usize>,
) -> Option<Endpoint> {
    let label = format!("[[apis.{}.endpoints]]", names::shown(api));
    let name = table.get("name").and_then(|name| name.get_ref().as_str());
    let called = name.map_or_else(|| format!("number {}", at + 1), names::shown);
    let subject = format!("apis.{}.endpoints.{called}", names::shown(api));
    let mut part = Section::open(&mut *section.notes, Table::Endpoint, table, (value.span(), label, Some(subject)));
    if let Some(name) = name {
        let place = part.notes.place(value.span().start);
        if let Some(line) = taken.get(name) {
            let what = format!("the endpoint on line {line} is called `{}` already", names::shown(name));
            part.wrong("name", &part.span_of("name"), &what, Some("give it a name of its own".to_owned()));
        } else {
            taken.insert(name, place.line);
        }
    }
    endpoint::read(part, value.span().start, known)
}
