//! What stands in the popup of a login that waits for the browser, row by row: the address, what to do when nothing comes
//! back, what came that did not count.
//!
//! Pure.

use super::{Row, Tone};
use crate::engine::LoginStep;
use crate::tui::state::{Login, State};

/// So many of the newest remarks are shown.
const REMARKS: usize = 4;
/// From so many rows of the terminal on, the address stands there in full: it can be selected with the mouse.
const TALL: u16 = 34;
/// Of a longer address so many letters stand there otherwise.
const ADDRESS: usize = 88;

/// The rows: name and text, or text alone.
pub(super) fn rows(state: &State, login: &Login) -> Vec<Row> {
    let mut rows = remarks(login);
    let Some(LoginStep::Browser { url, redirect_uri, registered, forward, .. }) = &login.step else { return rows };
    rows.push(Row::new(["address".to_owned(), address(url, state.size.height)]));
    rows.push(Row::new(["comes back to".to_owned(), redirect_uri.clone()]));
    if let Some(command) = forward {
        rows.push(Row::text(""));
        rows.push(Row::new(["over SSH", command]).tone(Tone::Good));
        rows.push(Row::new(["", "Run that on your own machine first: it leads the browser's answer here."]));
    }
    rows.push(Row::text(""));
    rows.extend(complaint(state, login, registered));
    rows
}

/// What came besides, the newest last.
pub(super) fn remarks(login: &Login) -> Vec<Row> {
    let from = login.remarks.len().saturating_sub(REMARKS);
    let newest = login.remarks.iter().skip(from);
    newest.map(|remark| Row::new(["note", remark]).tone(Tone::Warning)).collect()
}

/// The browser alone hears of a redirect address that is not registered: what its page says, and what to do.
fn complaint(state: &State, login: &Login, registered: &[String]) -> Vec<Row> {
    let client = state.profiles.profile(&login.profile).map_or("the client", |profile| profile.client_id.as_str());
    let mut rows = vec![
        Row::text("The browser says \"Invalid parameter: redirect_uri\"?").tone(Tone::Heading),
        Row::text("Then nothing comes back here, ever. Have these registered for the client, and begin again:"),
    ];
    rows.extend(registered.iter().map(|address| Row::text(format!("  {address}"))));
    rows.push(Row::text(format!("In Keycloak: Clients → {client} → Settings → Valid redirect URIs.")));
    rows
}

/// The address, in full where there is room.
fn address(url: &str, height: u16) -> String {
    let length = url.chars().count();
    if height >= TALL || length <= ADDRESS + 30 {
        return url.to_owned();
    }
    let start: String = url.chars().take(ADDRESS).collect();
    format!("{start}… {} more; y copies all", length - ADDRESS)
}
