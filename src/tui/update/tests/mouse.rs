//! Clicks and the wheel, where the last frame showed things.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::Explorer;
use crate::tui::action::{Action, TABLE, footer};
use crate::tui::draw::paint;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Hit, Pane, Popup, Target, TokenTab};

fn frame(explorer: &mut Explorer) {
    let mut terminal = Terminal::new(TestBackend::new(120, 36)).unwrap();
    terminal.draw(|frame| explorer.state.saw_for_test(frame)).unwrap();
}

/// Draws a frame and points at this in it.
fn at(explorer: &mut Explorer, target: Target, kind: MouseEventKind) -> Vec<Effect> {
    frame(explorer);
    let area = explorer.state.seen.area(target).expect("it is shown");
    explorer.send(Message::Mouse(MouseEvent { kind, column: area.x, row: area.y, modifiers: KeyModifiers::NONE }))
}

impl crate::tui::state::State {
    /// Draws, and takes in what stands where.
    pub(super) fn saw_for_test(&mut self, frame: &mut ratatui::Frame<'_>) {
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
    assert!(explorer.popup().is_none(), "but it closes it");
}

#[test]
fn the_wheel_moves_a_long_list_and_not_its_selection() {
    let mut explorer = Explorer::over(many_profiles(1_000));
    at(&mut explorer, Target::Pane(Pane::Profiles), MouseEventKind::ScrollDown);
    frame(&mut explorer);
    assert_eq!((explorer.state.selected, explorer.state.seen.top(Pane::Profiles)), (0, 3));
    assert!(at(&mut explorer, Target::Row(Pane::Profiles, 12), CLICK).is_empty());
    assert_eq!(explorer.state.selected, 12);
    frame(&mut explorer);
    assert_eq!(explorer.state.seen.top(Pane::Profiles), 3, "the rows stay under the pointer");
    // A key follows the selection again.
    explorer.press("G");
    frame(&mut explorer);
    assert!(explorer.state.seen.area(Target::Row(Pane::Profiles, 999)).is_some());
}

/// A file of so many profiles of one provider.
fn many_profiles(count: usize) -> crate::config::Profiles {
    let profile = |number| {
        let name = format!("[profiles.client-{number}]\ntitle = \"漢字 {number}\"\n");
        format!("{name}provider = \"p\"\nclient_id = \"c{number}\"\nclient_secret = \"s\"\n")
    };
    let profiles: String = (0..count).map(profile).collect::<Vec<_>>().concat();
    let text = format!("[providers.p]\nissuer = \"http://localhost:1/realms/p\"\n{profiles}");
    crate::config::parse(&text).profiles
}

#[test]
fn a_double_click_is_enter() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    assert!(at(&mut explorer, Target::Row(Pane::Endpoints, 1), CLICK).is_empty());
    explorer.later(1);
    assert!(at(&mut explorer, Target::Row(Pane::Endpoints, 1), CLICK).is_empty(), "too late for a double click");
    assert_eq!(super::probed(&at(&mut explorer, Target::Row(Pane::Endpoints, 1), CLICK)).len(), 1);
    explorer.press("p");
    at(&mut explorer, Target::PopupRow(2), CLICK);
    assert!(explorer.popup().is_some() && explorer.state.selected == 0);
    at(&mut explorer, Target::PopupRow(2), CLICK);
    assert!(explorer.popup().is_none() && explorer.state.selected == 2);
}

#[test]
fn what_names_a_key_is_that_key() {
    let mut explorer = Explorer::demo();
    assert!(super::fetched(&at(&mut explorer, Target::Action(Action::NewToken), CLICK)).is_some());
    at(&mut explorer, Target::Action(Action::NextProfile), CLICK);
    assert_eq!(explorer.state.selected, 1);
    at(&mut explorer, Target::Action(Action::Help), CLICK);
    assert!(matches!(explorer.popup(), Some(Popup::Help(_))));
    at(&mut explorer, Target::Key("Esc"), CLICK);
    at(&mut explorer, Target::Marks, CLICK);
    assert!(matches!(explorer.popup(), Some(Popup::Explain(_))));
    explorer.press("Esc y");
    explorer.state.views[1].token.held = explorer.state.views[0].token.held.clone();
    explorer.press("Esc [");
    explorer.fetch_token();
    explorer.press("y");
    assert!(matches!(at(&mut explorer, Target::PopupRow(0), CLICK)[..], [Effect::Copy { .. }]));
    assert!(explorer.popup().is_none());
}

/// Everything that stands on the screen with its key or its name can be clicked, and does what its key does.
#[test]
fn every_key_of_the_footer_can_be_clicked() {
    let mut explorer = Explorer::demo();
    explorer.fetch_token();
    frame(&mut explorer);
    let seen: Vec<_> = explorer.state.seen.targets().collect();
    let mut shown = 0;
    for (_, row) in footer(&explorer.state) {
        shown += usize::from(seen.contains(&Target::Action(row.action)));
    }
    assert!(shown >= 6, "{seen:?}");
    for action in [Action::Palette, Action::Help, Action::PickProfile, Action::NextProfile] {
        assert!(seen.contains(&Target::Action(action)), "{action:?} stands there and cannot be clicked");
    }
    for target in seen {
        let mut explorer = Explorer::demo();
        explorer.fetch_token();
        at(&mut explorer, target, CLICK);
    }
}

/// And what has no place on the screen is found by its name.
#[test]
fn every_action_is_reached_by_key_or_palette() {
    for row in TABLE {
        let mut explorer = Explorer::demo();
        explorer.press(":");
        let keyless = explorer.state.keys.keys(row.action).is_empty();
        explorer.type_text(row.name);
        let Some(Popup::Palette(palette)) = explorer.popup() else { panic!("no palette") };
        let found = palette.hits.iter().any(|found| found.hit == Hit::Action(row.action));
        assert!(found || !keyless, "{} is out of reach", row.name);
    }
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
