//! A horizontal rule that carries a title on the left and a remark on the right.

use crate::tui::text::Strip;
use crate::tui::theme::Role;

/// `─ Title ────────── remark ─`, exactly so many columns wide. What does not fit is cut, the remark first.
pub fn rule(empty: &Strip, title: Strip, remark: Option<Strip>, columns: usize) -> Strip {
    let line = |count: usize| empty.clone().text(Role::Muted, "─".repeat(count));
    if columns < 8 {
        return line(columns);
    }
    let mut out = line(1);
    let room = columns - 4;
    let title = title.cut(room);
    let left = room - title.width();
    if title.width() > 0 {
        out = out.gap(1).then(title).gap(1);
    }
    // A remark is worth showing when at least a word of it fits behind two columns of rule.
    if let Some(remark) = remark.filter(|remark| remark.width() > 0 && left >= 12.min(remark.width() + 4)) {
        let remark = remark.cut(left.saturating_sub(4));
        let dashes = columns.saturating_sub(out.width() + remark.width() + 3);
        return out.then(line(dashes)).gap(1).then(remark).gap(1).then(line(1));
    }
    let dashes = columns.saturating_sub(out.width());
    out.then(line(dashes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tui::theme::Theme;

    fn strip(text: &str) -> Strip {
        Strip::new(Theme::default()).text(Role::Title, text)
    }

    #[test]
    fn a_title_and_a_remark() {
        let empty = Strip::new(Theme::default());
        let text = |columns| rule(&empty, strip("Token"), Some(strip("access · RS256")), columns).plain();
        assert_eq!(text(32), "─ Token ─────── access · RS256 ─");
        assert_eq!(text(24), "─ Token ── access · R… ─");
        assert_eq!(text(14), "─ Token ──────");
    }

    proptest! {
        #[test]
        fn it_has_exactly_its_columns(title in "[a-z漢]{0,20}", remark in "[a-z漢]{0,20}", columns in 0_usize..60) {
            let empty = Strip::new(Theme::default());
            prop_assert_eq!(rule(&empty, strip(&title), Some(strip(&remark)), columns).width(), columns);
        }
    }
}
