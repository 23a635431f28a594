//! A form: labels in one column, fields in the next, what is wrong under the field it is about, and in a place of its own
//! what the focused field is for.

use ratatui::layout::{Position, Rect};
use tui_input::Input;

use crate::jwt::counted;
use crate::tui::state::{Field, Form, Level, Masked, Target, Value};
use crate::tui::text::{Strip, split_at_width, visible, width, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas};

/// Columns a form would like.
const COLUMNS: usize = 76;
/// Labels are never wider than this.
const LABEL: usize = 22;
/// Lines kept for what the focused field is for, so that nothing jumps when it changes.
const HINT: usize = 2;

/// Draws the form; returns where the terminal's cursor belongs.
pub(super) fn draw(canvas: &mut Canvas<'_>, screen: Rect, form: &Form) -> Option<Position> {
    let room = COLUMNS.min(usize::from(screen.width).saturating_sub(6));
    let about = about(canvas, form, room);
    let layout = Layout::of(form, room);
    let blocks = blocks(canvas, form, &layout);
    let fields: usize = blocks.iter().map(|block| block.lines.len()).sum();
    let lines = about.len() + usize::from(!about.is_empty()) + fields + 1 + HINT;
    let keys = keys(form);
    let wants = widgets::Popup { title: &form.title, keys: &keys, columns: room, lines };
    let area = widgets::popup(canvas, screen, wants);
    let height = usize::from(area.height);
    // Where there is hardly room, the fields need it most, then their hint, then what stands above.
    let hint = if height >= fields.min(3) + 1 + HINT { 1 + HINT } else { 0 };
    let above = height.saturating_sub(fields + hint).min(about.len() + usize::from(!about.is_empty()));
    canvas.put_all(area, 0, about.into_iter().take(above));
    let rows = height.saturating_sub(above + hint);
    let from = u16::try_from(above).unwrap_or(0);
    let middle = Rect { y: area.y + from, height: u16::try_from(rows).unwrap_or(0), ..area }.intersection(area);
    let cursor = fields_in(canvas, middle, blocks, form.focus);
    if hint > 0 {
        hint_of(canvas, area, height - HINT, form);
    }
    cursor.filter(|_| form.busy.is_none())
}

fn keys(form: &Form) -> String {
    if form.busy.is_some() {
        return "Esc stops waiting".to_owned();
    }
    let mut keys = format!("Enter {}", form.enter);
    if let Some(save) = &form.save {
        keys.push_str("   Ctrl-S ");
        keys.push_str(save);
    }
    keys.push_str("   Esc closes");
    if form.fields.iter().filter(|field| field.visible).count() > 1 {
        keys.push_str("   Tab next field");
    }
    keys
}

fn about(canvas: &Canvas<'_>, form: &Form, room: usize) -> Vec<Strip> {
    let lines = form.about.iter().flat_map(|(level, text)| {
        let role = match level {
            Level::Info => Role::Text,
            Level::Done => Role::Good,
            Level::Warning => Role::Warn,
            Level::Error => Role::Bad,
        };
        wrap(text, room).into_iter().map(move |line| (role, line))
    });
    lines.map(|(role, line)| canvas.strip().text(role, line)).collect()
}

/// Where labels end and fields begin.
struct Layout {
    label: usize,
    value: usize,
}

impl Layout {
    fn of(form: &Form, room: usize) -> Self {
        let labels = form.fields.iter().filter(|field| field.visible).map(|field| width(&visible(&field.label)));
        let label = labels.max().unwrap_or(0).min(LABEL).min(room / 3);
        // The mark of the focus, the label, two blanks.
        Self { label, value: room.saturating_sub(2 + label + 2) }
    }

    /// Columns before a field's value.
    fn indent(&self) -> usize {
        2 + self.label + 2
    }
}

/// A field as drawn: its line, what is wrong with it, and how far from the left its cursor stands.
struct Block {
    place: usize,
    lines: Vec<Strip>,
    cursor: Option<usize>,
}

fn blocks(canvas: &Canvas<'_>, form: &Form, layout: &Layout) -> Vec<Block> {
    let shown = form.fields.iter().enumerate().filter(|(_, field)| field.visible);
    shown.map(|(place, field)| block(canvas, field, place, place == form.focus, layout)).collect()
}

fn block(canvas: &Canvas<'_>, field: &Field, place: usize, here: bool, layout: &Layout) -> Block {
    let (value, cursor) = match &field.value {
        Value::Text(input) => text(canvas, input, here, layout.value),
        Value::Masked(masked) => dots(canvas, masked, layout.value),
        Value::Choice { options, chosen } => (choice(canvas, options, *chosen, here, layout.value), 0),
        Value::Toggle(on) => {
            let options = ["yes".to_owned(), "no".to_owned()];
            (choice(canvas, &options, usize::from(!*on), here, layout.value), 0)
        }
    };
    let is_text = matches!(field.value, Value::Text(_) | Value::Masked(_));
    let (mark, label) = if here { ("▸ ", Role::Title) } else { ("  ", Role::Name) };
    let line = canvas.strip().text(Role::Accent, mark).cell(label, &field.label, layout.label).gap(2).then(value);
    let mut lines = vec![line];
    if let Some(error) = &field.error {
        let wrapped = wrap(error, layout.value.saturating_sub(2)).into_iter().enumerate();
        lines.extend(wrapped.map(|(nth, text)| {
            let mark = if nth == 0 { "✖ " } else { "  " };
            canvas.strip().gap(layout.indent()).text(Role::Bad, mark).text(Role::Bad, text)
        }));
    }
    Block { place, lines, cursor: (here && is_text).then_some(layout.indent() + cursor) }
}

/// The text of a field, moved so that the cursor is seen, and where that is. What is left of the field is shown as room.
fn text(canvas: &Canvas<'_>, input: &Input, here: bool, columns: usize) -> (Strip, usize) {
    let room = columns.saturating_sub(1);
    let before: String = input.value().chars().take(input.cursor()).collect();
    let before = if here { width(&visible(&before)) } else { 0 };
    let text = visible(input.value()).into_owned();
    let (skipped, seen) = split_at_width(&text, before.saturating_sub(room));
    let (seen, rest) = split_at_width(seen, room);
    let cursor = before.saturating_sub(width(skipped)).min(room);
    let strip = canvas.strip().text(Role::Text, seen);
    let strip = if rest.is_empty() { strip } else { strip.text(Role::Muted, "…") };
    (under(canvas, strip, columns), cursor)
}

/// Dots for a secret: how long it is, no more.
pub(super) fn dots(canvas: &Canvas<'_>, masked: &Masked, columns: usize) -> (Strip, usize) {
    let count = format!(" {}", counted(masked.len(), "character", "characters"));
    let room = columns.saturating_sub(width(&count) + 1);
    let dots = canvas.strip().text(Role::Text, "•".repeat(masked.len().min(room)));
    let strip = under(canvas, dots, columns.saturating_sub(width(&count)));
    let strip = if masked.is_empty() { strip } else { strip.text(Role::Muted, count) };
    (strip, masked.cursor().min(room))
}

/// The rest of a field as a line to write on.
fn under(canvas: &Canvas<'_>, strip: Strip, columns: usize) -> Strip {
    let rest = columns.saturating_sub(strip.width());
    strip.then(canvas.strip().text(Role::Muted, "_".repeat(rest)))
}

/// All options with the chosen one marked; only that one where there is no room for all.
fn choice(canvas: &Canvas<'_>, options: &[String], chosen: usize, here: bool, columns: usize) -> Strip {
    let mut all = canvas.strip();
    for (place, option) in options.iter().enumerate() {
        let (mark, role) = match (place == chosen, here) {
            (true, true) => ("● ", Role::Accent),
            (true, false) => ("● ", Role::Text),
            _ => ("○ ", Role::Muted),
        };
        all = all.gap(if place == 0 { 0 } else { 3 }).text(role, mark).text(role, option);
    }
    if all.width() <= columns {
        return all;
    }
    let role = if here { Role::Accent } else { Role::Text };
    let option = options.get(chosen).map_or("", String::as_str);
    let line = canvas.strip().text(Role::Muted, "‹ ").text(role, option).text(Role::Muted, " ›");
    line.text(Role::Muted, format!("  {} of {}", chosen + 1, options.len()))
}

/// Draws the fields so that the focused one is seen; returns where the cursor is.
fn fields_in(canvas: &mut Canvas<'_>, area: Rect, blocks: Vec<Block>, focus: usize) -> Option<Position> {
    let height = usize::from(area.height);
    let before: usize = blocks.iter().take_while(|block| block.place != focus).map(|block| block.lines.len()).sum();
    let own = blocks.iter().find(|block| block.place == focus).map_or(1, |block| block.lines.len());
    let top = (before + own).saturating_sub(height).min(before);
    let (mut line, mut cursor) = (0_usize, None);
    for block in blocks {
        for (nth, strip) in block.lines.into_iter().enumerate() {
            if let Some(at) = line.checked_sub(top).filter(|at| *at < height) {
                canvas.put(area, at, strip);
                canvas.note(area, at, 1, Target::Field(block.place));
                if nth == 0
                    && let Some(column) = block.cursor
                {
                    let place = (u16::try_from(column).ok(), u16::try_from(at).ok());
                    if let (Some(x), Some(y)) = place {
                        cursor = Some(Position::new(area.x + x, area.y + y)).filter(|_| x < area.width);
                    }
                }
            }
            line += 1;
        }
    }
    cursor
}

/// What the focused field is for; while something is under way, that.
fn hint_of(canvas: &mut Canvas<'_>, area: Rect, from: usize, form: &Form) {
    let (role, text) = match (&form.busy, form.fields.get(form.focus)) {
        (Some(busy), _) => (Role::Accent, format!("… {busy}")),
        (None, Some(field)) => (Role::Muted, field.hint.clone()),
        (None, None) => return,
    };
    let lines: Vec<Strip> = wrap(&text, usize::from(area.width))
        .into_iter()
        .take(HINT)
        .map(|line| canvas.strip().text(role, line))
        .collect();
    canvas.put_all(area, from, lines);
}
