//! The question before a host is asked for keys.

use ratatui::layout::Rect;

use crate::engine::KeysFrom;
use crate::tui::state::{Consent, Wanted};
use crate::tui::text::wrap;
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

pub(super) fn draw(canvas: &mut Canvas<'_>, screen: Rect, consent: &Consent) {
    let columns = 68.min(usize::from(screen.width).saturating_sub(6));
    let strip = || canvas.strip();
    let mut lines = vec![strip().text(Role::Title, &consent.host).cut(columns), strip()];
    lines.extend(wrap(&consent.url, columns).into_iter().take(4).map(|line| strip().text(Role::Muted, line)));
    lines.push(strip());
    let words = match &consent.wanted {
        Wanted::Keys(KeysFrom::Jwks(_), _) => {
            "No profile names this address. Its host would learn that you ask for keys, not the token."
        }
        _ => {
            "No profile names this issuer. Its host would learn that you ask for its keys, not the token. Its discovery \
             document may name another host for them, which is asked too."
        }
    };
    lines.extend(wrap(words, columns).into_iter().map(|line| strip().text(Role::Text, line)));
    let wants = widgets::Popup {
        title: "Ask this host for keys?",
        keys: "Enter asks it   Esc does not",
        columns,
        lines: lines.len(),
    };
    let area = widgets::popup(canvas, screen, wants);
    canvas.put_all(area, 0, lines);
}
