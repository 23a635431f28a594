//! A login that waits for a person: in the browser, or with a code on another device.

use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Style};

use super::form::dots;
use super::lists;
use crate::engine::qr::{self, Filled};
use crate::engine::{LoginStep, LoginWay};
use crate::jwt::times::countdown;
use crate::tui::rows::{self, Row};
use crate::tui::state::{Login, Popup, State, Target};
use crate::tui::text::{Strip, wrap};
use crate::tui::theme::Role;
use crate::tui::widgets::{self, Canvas, Column, Table, large};

/// Columns that the login in a browser would like.
const COLUMNS: usize = 92;
/// Columns of what stands beside a QR code, where there is room.
const BESIDE: usize = 44;
/// Blanks between the code and the QR code.
const GAP: usize = 2;
/// Columns before the field: as before the values above it.
const INDENT: usize = 15;
/// Lines of a code that is too long for large letters.
const MOST: usize = 4;
/// Columns of a countdown and the blank before it.
const COUNTDOWN: usize = 8;

const ROWS: &[Column] = &[Column::new(Role::Name, 14), Column::new(Role::Text, 4_000)];

/// Draws it; returns where the terminal's cursor belongs when its field has the keys.
pub(super) fn draw(canvas: &mut Canvas<'_>, state: &State, screen: Rect, popup: &Popup) -> Option<Position> {
    let Popup::Login(login) = popup else { return None };
    match &login.step {
        Some(LoginStep::Device { user_code, verification_uri, complete, interval, polls, .. }) => {
            let address = complete.as_deref().unwrap_or(verification_uri);
            let code = Code { letters: user_code, page: verification_uri, address, interval: *interval, polls: *polls };
            device(canvas, screen, login, &code);
            None
        }
        _ => browser(canvas, state, screen, login, &rows::popup(state, popup)),
    }
}

/// What stands in the frame: the title, and the keys that apply.
fn frame(login: &Login) -> (String, String) {
    let mut keys = match login.way() {
        Some(LoginWay::Browser) => "o open   y copy".to_owned(),
        Some(LoginWay::Device) => "o open   y copy   c copy code".to_owned(),
        None => String::new(),
    };
    let mut add = |words: &str| {
        keys.push_str(if keys.is_empty() { "" } else { "   " });
        keys.push_str(words);
    };
    if login.typing {
        return (title(login), "Enter hands it on   Esc leaves the field".to_owned());
    }
    if login.offers_device() {
        add("d code");
    }
    if login.instead {
        add("b browser");
    }
    if login.way() == Some(LoginWay::Browser) {
        add("Tab field");
    }
    add("Esc cancels");
    (title(login), keys)
}

fn title(login: &Login) -> String {
    format!("Log in as {}", login.profile)
}

/// The words in lines of so many columns, and at the right of the first how long there is.
fn headline(canvas: &Canvas<'_>, login: &Login, role: Role, words: &str, columns: usize) -> Vec<Strip> {
    let lines = wrap(words, columns.saturating_sub(COUNTDOWN));
    let mut lines: Vec<Strip> = lines.into_iter().map(|line| canvas.strip().text(role, line)).collect();
    if let (Some(ends), Some(first)) = (login.ends(), lines.first_mut()) {
        let left = ends.as_second() - canvas.now.as_second();
        let role = if left <= 30 { Role::Warn } else { Role::Calm };
        *first = first.clone().flush_right(canvas.strip().text(role, countdown(left.max(0))), columns);
    }
    lines
}

fn browser(canvas: &mut Canvas<'_>, state: &State, screen: Rect, login: &Login, rows: &[Row]) -> Option<Position> {
    let columns = COLUMNS.min(usize::from(screen.width).saturating_sub(6));
    let (role, words) = match &login.step {
        Some(LoginStep::Browser { opened: Ok(()), .. }) => {
            (Role::Title, format!("The browser shows the login of {}.", provider(state, login)))
        }
        Some(LoginStep::Browser { opened: Err(why), .. }) => {
            (Role::Warn, format!("No browser was opened ({why}): open the address yourself."))
        }
        Some(LoginStep::Exchanging) => (Role::Accent, "Signed in; the token is being got…".to_owned()),
        _ => (Role::Accent, "The login is being prepared…".to_owned()),
    };
    let mut head = headline(canvas, login, role, &words, columns);
    if !rows.is_empty() {
        head.push(canvas.strip());
    }
    let waits = login.way() == Some(LoginWay::Browser);
    let field = if waits { field(canvas, login, columns) } else { Field::default() };
    let measured = Table::of(ROWS, 1).measure(rows, columns, canvas.theme);
    let text: usize = rows.iter().map(|row| measured.unfolded(row, columns).len()).sum();
    let (title, keys) = frame(login);
    let lines = head.len() + text + field.lines.len();
    let area = widgets::popup(canvas, screen, widgets::Popup { title: &title, keys: &keys, columns, lines });
    let height = usize::from(area.height);
    let [above, below] = [head.len().min(height), field.lines.len()];
    canvas.put_all(area, 0, head);
    let room = height.saturating_sub(above + below);
    let middle = part(area, above, room);
    lists::text(canvas, middle, rows, Table::of(ROWS, 1), login.list.cursor);
    let foot = part(area, height.saturating_sub(below), below);
    canvas.put_all(foot, 0, field.lines);
    if waits {
        canvas.note(foot, 1, 1, Target::Field(0));
    }
    let x = field.cursor.and_then(|column| u16::try_from(column).ok())?;
    (foot.height > 1 && x < foot.width).then(|| Position::new(foot.x + x, foot.y + 1))
}

/// Lines of an area, from so many below its top.
fn part(area: Rect, from: usize, lines: usize) -> Rect {
    let [from, lines] = [from, lines].map(|number| u16::try_from(number).unwrap_or(0));
    Rect { y: area.y + from, height: lines, ..area }.intersection(area)
}

fn provider<'a>(state: &'a State, login: &Login) -> &'a str {
    state.profiles.profile(&login.profile).map_or("the provider", |profile| profile.provider.as_str())
}

/// The field for the address that the browser ended at, with a line above and one below it.
#[derive(Default)]
struct Field {
    lines: Vec<Strip>,
    cursor: Option<usize>,
}

fn field(canvas: &Canvas<'_>, login: &Login, columns: usize) -> Field {
    let (dots, cursor) = dots(canvas, &login.pasted, columns.saturating_sub(INDENT));
    let (mark, label) = if login.typing { ("▸", Role::Title) } else { (" ", Role::Name) };
    let line = canvas.strip().cell(label, "ended at", INDENT - 2).text(Role::Accent, mark).gap(1).then(dots);
    let mut lines = vec![canvas.strip(), line];
    let (role, words) = match &login.error {
        Some(error) => (Role::Bad, format!("✖ {error}")),
        None => (Role::Muted, "If the browser cannot come back here, paste the address it ended at.".to_owned()),
    };
    let hint = wrap(&words, columns).into_iter().take(3);
    lines.extend(hint.map(|line| canvas.strip().text(role, line)));
    Field { lines, cursor: login.typing.then_some(INDENT + cursor) }
}

/// What a login on another device has to show.
struct Code<'a> {
    letters: &'a str,
    /// Where it is typed.
    page: &'a str,
    /// The address of the QR code: with the code in it, when there is such a one.
    address: &'a str,
    interval: u64,
    polls: u32,
}

fn device(canvas: &mut Canvas<'_>, screen: Rect, login: &Login, code: &Code<'_>) {
    let room = usize::from(screen.width).saturating_sub(6);
    let height = usize::from(screen.height).saturating_sub(4);
    let letters = letters(canvas, code.letters, room);
    let least = letters.iter().map(Strip::width).max().unwrap_or(0).max(20);
    let qr = qr(canvas, code.address);
    let wide = qr.first().map_or(0, Strip::width);
    let fits = wide > 0 && least + GAP + wide <= room && qr.len() <= height;
    let left = if fits { BESIDE.max(least).min(room - GAP - wide) } else { (BESIDE + 20).max(least).min(room) };
    let mut lines = beside(canvas, login, code, letters, left);
    if fits && code.address != code.page {
        lines.push(canvas.strip());
        let words = "The QR code leads there with the code filled in.";
        lines.extend(wrap(words, left).into_iter().map(|line| canvas.strip().text(Role::Muted, line)));
    }
    if !fits {
        lines.extend(left_out(canvas, left, &qr, wide, least));
    }
    let columns = if fits { left + GAP + wide } else { left };
    let (title, keys) = frame(login);
    let wanted = if fits { lines.len().max(qr.len()) } else { lines.len() };
    let area = widgets::popup(canvas, screen, widgets::Popup { title: &title, keys: &keys, columns, lines: wanted });
    // Where there is hardly room, the blank lines go first.
    while lines.len() > usize::from(area.height) {
        let Some(blank) = lines.iter().rposition(|line| line.width() == 0) else { break };
        lines.remove(blank);
    }
    canvas.put_all(area, 0, lines);
    if fits {
        let [from, wide] = [columns - wide, wide].map(|number| u16::try_from(number).unwrap_or(0));
        let place = Rect { x: area.x + from, width: wide, ..area }.intersection(area);
        canvas.put_all(place, 0, qr);
    }
}

/// What stands to the left of the QR code: what to do, where, the code, and how it goes.
fn beside(canvas: &Canvas<'_>, login: &Login, code: &Code<'_>, letters: Vec<Strip>, columns: usize) -> Vec<Strip> {
    let mut lines = headline(canvas, login, Role::Title, "On any device, open", columns);
    let uri = wrap(code.page, columns).into_iter();
    lines.extend(uri.map(|line| canvas.strip().text(Role::Text, line)));
    lines.push(canvas.strip());
    lines.push(canvas.strip().text(Role::Title, "and enter the code"));
    lines.push(canvas.strip());
    lines.extend(letters);
    lines.push(canvas.strip());
    let asked = match code.polls {
        0 => "Asked".to_owned(),
        1 => "Asked once,".to_owned(),
        many => format!("Asked {many} times,"),
    };
    let words = format!("{asked} every {} s; no answer yet.", code.interval);
    lines.extend(wrap(&words, columns).into_iter().map(|line| canvas.strip().text(Role::Muted, line)));
    for remark in login.remarks.iter().rev().take(2).rev() {
        lines.extend(wrap(remark, columns).into_iter().map(|line| canvas.strip().text(Role::Warn, line)));
    }
    lines
}

/// The code as large as there is room for, and under large letters once more as it is typed.
fn letters(canvas: &Canvas<'_>, code: &str, room: usize) -> Vec<Strip> {
    let large = large(code, canvas.theme.ascii).unwrap_or_default();
    let wide = large.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    if wide == 0 || wide > room {
        let spaced: String = code.chars().flat_map(|letter| [letter, ' ']).collect();
        let lines = wrap(spaced.trim_end(), room).into_iter().take(MOST);
        return lines.map(|line| canvas.strip().text(Role::Accent, line)).collect();
    }
    let mut lines: Vec<Strip> = large.into_iter().map(|line| canvas.strip().text(Role::Accent, line)).collect();
    lines.push(canvas.strip().text(Role::Muted, code));
    lines
}

/// The QR code, dark on light whatever the terminal's colours are. An ASCII terminal has no squares to draw it with.
fn qr(canvas: &Canvas<'_>, address: &str) -> Vec<Strip> {
    if canvas.theme.ascii {
        return Vec::new();
    }
    let (filled, style) = if canvas.theme.colour {
        (Filled::Dark, Style::new().fg(Color::Black).bg(Color::White))
    } else {
        (Filled::Light, Style::new())
    };
    let lines = qr::lines(address, filled, false).unwrap_or_default();
    lines.into_iter().map(|line| canvas.strip().styled(style, line)).collect()
}

/// Why there is no QR code.
fn left_out(canvas: &Canvas<'_>, columns: usize, qr: &[Strip], wide: usize, least: usize) -> Vec<Strip> {
    let words = if canvas.theme.ascii {
        "No QR code: with --ascii there are no squares to draw it with.".to_owned()
    } else if qr.is_empty() {
        "No QR code: the address is too long for one.".to_owned()
    } else {
        format!("The QR code needs a terminal of {} x {}.", least + GAP + wide + 6, qr.len() + 4)
    };
    wrap(&words, columns).into_iter().map(|line| canvas.strip().text(Role::Muted, line)).collect()
}

/// Before a token goes to an API that is not for APIs: why that is a mistake.
pub(super) fn mistaken(canvas: &mut Canvas<'_>, screen: Rect, popup: &Popup) {
    let Popup::Mistaken { warning, endpoint, token } = popup else { return };
    let columns = 68.min(usize::from(screen.width).saturating_sub(6));
    let mut lines: Vec<Strip> =
        wrap(warning, columns).into_iter().map(|line| canvas.strip().text(Role::Warn, line)).collect();
    lines.push(canvas.strip());
    let words = format!(
        "Send {} to {} all the same, to see whether it is refused?",
        token.token.fingerprint(),
        endpoint.endpoint
    );
    lines.extend(wrap(&words, columns).into_iter().map(|line| canvas.strip().text(Role::Text, line)));
    let title = format!("Send the {}?", crate::tui::state::name_of(token.which));
    let keys = "Enter sends   Esc does not";
    let area = widgets::popup(canvas, screen, widgets::Popup { title: &title, keys, columns, lines: lines.len() });
    canvas.put_all(area, 0, lines);
}
