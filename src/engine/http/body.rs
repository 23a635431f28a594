//! Reads a body up to the bound and the deadline, and undoes its compression on the way: the bound is on what comes out,
//! since a few bytes can be made to unpack to any length.

use std::io::{self, Write};
use std::time::Instant;

use flate2::write::MultiGzDecoder;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::BODY_BOUND;
use super::explain::innermost;
use crate::exchange::{Completeness, NoAnswer};
use crate::jwt::shown;

/// How a body is encoded (RFC 9110 section 8.4).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Coding {
    /// Not at all.
    Plain,
    /// By gzip, the only way that is asked for.
    Gzip,
    /// Otherwise, so that it is left as it came.
    Other(String),
}

impl Coding {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values =
            headers.get_all(CONTENT_ENCODING).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let names = values.map(|name| String::from_utf8_lossy(name).trim().to_ascii_lowercase());
        let names: Vec<String> = names.filter(|name| !name.is_empty() && name != "identity").take(8).collect();
        match names.as_slice() {
            [] => Self::Plain,
            [one] if one == "gzip" || one == "x-gzip" => Self::Gzip,
            names => Self::Other(names.join(", ")),
        }
    }

    /// What an exchange says of an encoding that nobody asked for.
    pub(super) fn note(&self) -> Option<String> {
        let Self::Other(name) = self else { return None };
        Some(format!("the body is encoded as {}, which was not asked for, and stays as it came", shown(name, 40)))
    }
}

/// All of the body that comes in time and has room.
pub(super) async fn read(
    mut body: Incoming,
    coding: &Coding,
    until: Instant,
    timed_out: impl Fn() -> NoAnswer,
) -> (Vec<u8>, Completeness) {
    let mut sink = match coding {
        Coding::Gzip => Sink::Gzip(Box::new(MultiGzDecoder::new(Bounded::default()))),
        Coding::Plain | Coding::Other(_) => Sink::Plain(Bounded::default()),
    };
    let mut empty = true;
    let completeness = loop {
        let left = until.saturating_duration_since(Instant::now());
        // Looked at by hand as well: a server that is always ready would never let the timer have its turn.
        let frame = match tokio::time::timeout(left, body.frame()).await {
            Ok(frame) if !left.is_zero() => frame,
            _ => break Completeness::BrokenOff(timed_out().to_string()),
        };
        match frame {
            // A body of no bytes, as for HEAD, has nothing to undo.
            None if empty => break Completeness::Whole,
            None => break sink.finish(),
            Some(Err(error)) => break Completeness::BrokenOff(in_words(&error)),
            // Trailers are not shown.
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                empty &= data.is_empty();
                if let Err(end) = sink.take(&data) {
                    break end;
                }
            }
        }
    };
    (sink.into_bytes(), completeness)
}

/// Where a body goes.
enum Sink {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Bounded>>),
}

impl Sink {
    /// Takes the next part; an error is the end of it.
    fn take(&mut self, data: &[u8]) -> Result<(), Completeness> {
        let (result, held) = match self {
            Self::Plain(held) => (held.write_all(data), &*held),
            Self::Gzip(decoder) => {
                let result = decoder.write_all(data);
                (result, decoder.get_ref())
            }
        };
        result.map_err(|error| held.end(&error))
    }

    /// Nothing more will come.
    fn finish(&mut self) -> Completeness {
        match self {
            Self::Gzip(decoder) => match decoder.try_finish() {
                Ok(()) => Completeness::Whole,
                Err(error) => decoder.get_ref().end(&error),
            },
            Self::Plain(_) => Completeness::Whole,
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Plain(held) => held.bytes,
            Self::Gzip(mut decoder) => std::mem::take(&mut decoder.get_mut().bytes),
        }
    }
}

/// Bytes up to the bound; one more is an error.
#[derive(Default)]
struct Bounded {
    bytes: Vec<u8>,
    full: bool,
}

impl Bounded {
    fn end(&self, error: &io::Error) -> Completeness {
        if self.full {
            Completeness::CutAtBound
        } else {
            Completeness::BrokenOff(format!("its gzip encoding cannot be undone: {error}"))
        }
    }
}

impl Write for Bounded {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        let room = BODY_BOUND - self.bytes.len();
        self.bytes.extend_from_slice(data.get(..room).unwrap_or(data));
        if data.len() > room {
            self.full = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn in_words(error: &hyper::Error) -> String {
    if error.is_incomplete_message() || error.is_body_write_aborted() {
        return "the connection ended before the whole body had come".to_owned();
    }
    innermost(error)
}
