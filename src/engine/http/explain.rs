//! Sorts the HTTP client's errors by their cause: by the types of the errors beneath, not by their texts.

use std::error::Error as StdError;
use std::io::{self, ErrorKind};

use hyper_util::client::legacy::Error;
use hyper_util::client::legacy::connect::Connected;
use url::Url;

use super::connector::Failed;
use super::link::Facts;
use super::tls_fault;
use crate::exchange::{NoAnswer, TlsFault};

/// What a failed call came to.
pub(super) struct Explained {
    pub(super) answer: NoAnswer,
    pub(super) notes: Vec<String>,
}

/// What went wrong.
pub(super) fn explain(error: &Error, url: &Url, place: &str) -> Explained {
    if let Some(failed) = causes(error).find_map(|cause| cause.downcast_ref::<Failed>()) {
        return Explained { answer: failed.answer.clone(), notes: failed.notes.clone() };
    }
    let facts = error.connect_info().and_then(facts);
    let notes = facts.as_ref().map(|facts| facts.notes.to_vec()).unwrap_or_default();
    Explained { answer: after_connecting(error, facts.as_ref(), url, place), notes }
}

fn after_connecting(error: &Error, facts: Option<&Facts>, url: &Url, place: &str) -> NoAnswer {
    let address = place.to_owned();
    let host = url.host_str().unwrap_or_default();
    let asked = facts.map(|facts| facts.asked.clone()).unwrap_or_default();
    let tls = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>()).find_map(tls_fault::inner);
    if let Some(tls) = tls {
        return NoAnswer::Tls { address, fault: tls_fault::of(tls, &asked, host) };
    }
    let Some(hyper) = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>()) else {
        return NoAnswer::BrokenOff { address, detail: innermost(error) };
    };
    let broken = hyper.is_incomplete_message() || hyper.is_closed() || hyper.is_canceled() || is_cut(hyper);
    if broken && asked.get() {
        return NoAnswer::Tls { address, fault: TlsFault::ClientCertificate };
    }
    if hyper.is_parse_too_large() {
        return NoAnswer::HeadTooLarge { address };
    }
    if hyper.is_parse() || hyper.is_parse_status() {
        return match facts.map(|facts| &facts.first) {
            Some(first) if url.scheme() == "http" && first.are_tls() => NoAnswer::SpeaksTls { address },
            Some(first) if !first.are_http() => NoAnswer::NotHttp { address, said: first.said() },
            _ => NoAnswer::NotHttp { address, said: None },
        };
    }
    let detail = if broken { "it ended before a whole answer had come".to_owned() } else { innermost(error) };
    NoAnswer::BrokenOff { address, detail }
}

/// Whether the other side cut the connection.
fn is_cut(error: &hyper::Error) -> bool {
    let io = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|io| {
        matches!(
            io.kind(),
            ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        )
    })
}

fn facts(connected: &Connected) -> Option<Facts> {
    let mut extensions = http::Extensions::new();
    connected.get_extras(&mut extensions);
    extensions.remove()
}

/// The error and everything beneath it.
fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn StdError + 'static)| (*error).source())
}

/// The innermost cause in its own words: the outer ones only say that a request failed.
pub(super) fn innermost(error: &(dyn StdError + 'static)) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}
