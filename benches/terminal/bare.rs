//! The least that a ratatui program on tokio does: draw a paragraph, wait for a key, draw again.
//!
//! The bench starts itself once more to be this program, so both are built from the same lock file.

use std::time::Instant;

use crossterm::event::{Event, EventStream, KeyCode};
use futures_util::StreamExt as _;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::widgets::Paragraph;

/// Stands in the last row as soon as a frame is whole.
pub const FOOTER: &str = "q quit";

pub fn run() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut terminal = ratatui::try_init()?;
    let ended = runtime.block_on(async {
        let mut input = EventStream::new();
        let mut presses = 0_u32;
        let began = Instant::now();
        terminal.draw(|frame| draw(frame, presses, began))?;
        while let Some(event) = input.next().await {
            match event? {
                Event::Key(key) if key.code == KeyCode::Char('q') => break,
                Event::Key(_) => presses += 1,
                _ => {}
            }
            terminal.draw(|frame| draw(frame, presses, began))?;
        }
        anyhow::Ok(())
    });
    ratatui::restore();
    ended
}

/// What the footer says after so many key presses.
pub fn presses(count: u32) -> String {
    format!("{count} keys pressed")
}

/// The text changes with each key, as a page that is turned does.
fn draw(frame: &mut Frame<'_>, count: u32, began: Instant) {
    let [body, footer] = Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]).areas(frame.area());
    let line =
        |row| format!("Line {} of a text that fills the screen from left to right and top to bottom.", row + count);
    let text = (0..u32::from(body.height)).map(line).collect::<Vec<_>>().join("\n");
    frame.render_widget(Paragraph::new(text), body);
    let seconds = began.elapsed().as_secs();
    frame.render_widget(Paragraph::new(format!(" {}   {seconds} s   {FOOTER}", presses(count))), footer);
}
