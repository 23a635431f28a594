//! The token as it travels: each part under its name and size. Without revealing, the signature is left out, and of an
//! opaque token everything.
//!
//! Pure.

use super::Row;
use crate::jwt::{Kind, Part};
use crate::tui::action::Action;
use crate::tui::body::size;
use crate::tui::rows::Tone;
use crate::tui::state::{State, Subject};

/// Of a longer part only the start is shown; copying takes all of it.
const MOST: usize = 16_000;

/// Which part of a signed token the row of this index belongs to.
pub fn part_of(index: usize) -> Part {
    match index / 2 {
        0 => Part::Header,
        1 => Part::Payload,
        _ => Part::Signature,
    }
}

pub(super) fn rows(state: &State, subject: &Subject) -> Vec<Row> {
    let (text, revealed) = (subject.token.raw().reveal(), state.is_revealed());
    let key = state.key(Action::Reveal);
    match subject.token.kind() {
        Kind::Jws(_) => {
            let mut parts = text.splitn(3, '.');
            let mut next = || parts.next().unwrap_or_default();
            let (header, payload, signature) = (next(), next(), next());
            let mut rows = part("header", header, start(header)).to_vec();
            rows.extend(part("payload", payload, start(payload)));
            let masked = match signature {
                "" => "‹there is none›".to_owned(),
                some if revealed => start(some),
                _ => format!("‹masked; {key} shows it for 30 s›"),
            };
            rows.extend(part("signature", signature, masked));
            rows
        }
        Kind::Jwe => {
            let names = ["header", "key", "nonce", "content", "check value"];
            let parts = names.into_iter().zip(text.split('.'));
            parts.flat_map(|(name, text)| part(name, text, start(text))).collect()
        }
        Kind::Opaque => {
            let shown = if revealed { start(text) } else { format!("‹masked; {key} shows it for 30 s›") };
            part("opaque", text, shown).to_vec()
        }
    }
}

fn part(name: &str, text: &str, shown: String) -> [Row; 2] {
    [Row::text(format!("{name} · {}", size(text.len()))).tone(Tone::Heading), Row::text(shown)]
}

fn start(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => {
            let rest = size(text.len() - end);
            format!("{}… {rest} more", text.get(..end).unwrap_or_default())
        }
        None => text.to_owned(),
    }
}
