//! A line of tabs.

use crate::tui::text::Strip;
use crate::tui::theme::Role;

/// The tabs' titles with two blanks between; the open one stands out by more than colour.
pub fn tabs<S: AsRef<str>>(empty: &Strip, titles: impl IntoIterator<Item = (S, bool)>) -> Strip {
    let mut out = empty.clone();
    for (title, open) in titles {
        let gap = if out.width() == 0 { 0 } else { 2 };
        out = out.gap(gap).text(if open { Role::TabActive } else { Role::Tab }, title);
    }
    out
}
