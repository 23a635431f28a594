//! How much of a token's life is left, as a bar.

use crate::tui::text::Strip;
use crate::tui::theme::Role;

/// `━━━━━━━─────`: the thick part is what is left. A token that lives leaves at least one thick column, one that has
/// ended none.
pub fn life_bar(empty: &Strip, left: i64, lifetime: i64, columns: usize) -> Strip {
    // Wide numbers: a hostile token may claim to live for ever.
    let (left, life) = (i128::from(left.clamp(0, lifetime.max(0))), i128::from(lifetime));
    let whole = i128::try_from(columns).unwrap_or(0);
    let thick = if life > 0 && left > 0 { (left * whole / life).max(1) } else { 0 };
    let thick = usize::try_from(thick).unwrap_or(0).min(columns);
    let role = if left * 5 <= life { Role::Warn } else { Role::Calm };
    empty.clone().text(role, "━".repeat(thick)).text(Role::Muted, "─".repeat(columns - thick))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;

    #[test]
    fn the_bar_shrinks_and_never_lies_at_its_ends() {
        let bar = |left, lifetime| life_bar(&Strip::new(Theme::default()), left, lifetime, 10).plain();
        assert_eq!(bar(300, 300), "━━━━━━━━━━");
        assert_eq!(bar(150, 300), "━━━━━─────");
        assert_eq!(bar(1, 300), "━─────────");
        assert_eq!(bar(0, 300), "──────────");
        assert_eq!(bar(-5, 300), "──────────");
        assert_eq!(bar(5, 0), "──────────");
        assert_eq!(bar(i64::MAX, i64::MAX).chars().count(), 10);
    }
}
