//! Clicks and the wheel, where the last frame showed things.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Explorer;
use crate::tui::draw::paint;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Pane, Popup, Target, TokenTab};

/// Draws a frame and points at this in it.
fn at(explorer: &mut Explorer, target: Target, kind: MouseEventKind) -> Vec<Effect> {
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
    let area = explorer.state.seen.area(target).expect("it is shown");
    explorer.send(Message::Mouse(MouseEvent { kind, column: area.x, row: area.y, modifiers: KeyModifiers::NONE }))
}

impl crate::tui::state::State {
    fn saw_for_test(&mut self, frame: &mut ratatui::Frame<'_>) {
        let seen = paint(self, self.now, frame);
        self.saw(seen);
    }
}

const CLICK: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

#[test]
fn a_click_selects_and_sends_nothing() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    assert!(at(&mut explorer, Target::Row(Pane::Endpoints, 2), CLICK).is_empty());
    assert_eq!((explorer.state.focus, explorer.state.endpoint), (Pane::Endpoints, 2));
    assert!(at(&mut explorer, Target::Row(Pane::Profiles, 1), CLICK).is_empty());
    assert_eq!((explorer.state.focus, explorer.state.selected), (Pane::Profiles, 1));
    at(&mut explorer, Target::Pane(Pane::Answer), CLICK);
    assert_eq!(explorer.state.focus, Pane::Answer);
}

#[test]
fn a_click_opens_a_tab_and_a_second_one_unfolds_a_row() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    at(&mut explorer, Target::Row(Pane::Token, 3), CLICK);
    assert_eq!(explorer.state.token_view.cursor, 3);
    at(&mut explorer, Target::Row(Pane::Token, 3), CLICK);
    assert!(explorer.state.token_view.unfolded.contains(&3));
    at(&mut explorer, Target::Tab(Pane::Token, 3), CLICK);
    assert_eq!((explorer.state.focus, explorer.state.token_tab), (Pane::Token, TokenTab::Header));
}

#[test]
fn the_wheel_scrolls_what_it_is_over() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    at(&mut explorer, Target::Pane(Pane::Token), MouseEventKind::ScrollDown);
    assert_eq!((explorer.state.token_view.cursor, explorer.state.focus), (3, Pane::Profiles));
    at(&mut explorer, Target::Pane(Pane::Profiles), MouseEventKind::ScrollDown);
    assert_eq!(explorer.state.selected, 0);
    explorer.press("?");
    at(&mut explorer, Target::Pane(Pane::Token), MouseEventKind::ScrollDown);
    assert!(matches!(explorer.popup(), Some(Popup::Help(list)) if list.cursor == 3));
    at(&mut explorer, Target::Row(Pane::Profiles, 1), CLICK);
    assert_eq!(explorer.state.selected, 0, "a click does not go through a popup");
}

#[test]
fn a_frame_begins_where_the_last_one_did() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    explorer.state.size = crate::tui::state::Size { width: 90, height: 16 };
    let mut terminal = Terminal::new(TestBackend::new(90, 16)).unwrap();
    explorer.press("Tab Tab G");
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
    let top = explorer.state.token_view.top;
    assert!(top > 0);
    explorer.press("Up");
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
    assert_eq!(explorer.state.token_view.top, top, "the rows stay where they are while the cursor is among them");
}
