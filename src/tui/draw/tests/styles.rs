//! The words that carry meaning look as they mean, and without colour something else than colour tells them apart.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use super::stage::Stage;

/// The style of the first place where the words stand.
fn style_of(buffer: &Buffer, words: &str) -> Style {
    let width = buffer.area.width;
    for y in 0..buffer.area.height {
        let line: Vec<&str> = (0..width).map(|x| buffer[(x, y)].symbol()).collect();
        if let Some(at) = line.concat().find(words) {
            let x = line.concat()[..at].chars().count();
            return buffer[(u16::try_from(x).unwrap(), y)].style();
        }
    }
    panic!("{words} is not on the screen");
}

fn colour_of(stage: &mut Stage, words: &str) -> Option<Color> {
    style_of(&stage.draw(120, 36), words).fg
}

#[test]
fn good_bad_and_doubtful_have_their_colours() {
    let mut stage = Stage::new();
    stage.press("] 3");
    assert_eq!(colour_of(&mut stage, "VERIFIED"), Some(Color::Green));
    assert_eq!(colour_of(&mut stage, "NOT CHECKED"), Some(Color::Yellow));
    assert_eq!(colour_of(&mut stage, "REFUSED, as expected"), Some(Color::Green));
    assert_eq!(colour_of(&mut stage, "≠"), Some(Color::Red));
    assert_eq!(colour_of(&mut stage, "! Keycloak's own"), Some(Color::Yellow));
    stage.wait(301);
    assert_eq!(colour_of(&mut stage, "FAILED"), Some(Color::Red));
    assert_eq!(colour_of(&mut stage, "○ ended"), Some(Color::Yellow));
}

#[test]
fn what_is_not_as_expected_is_red() {
    let mut stage = Stage::new();
    stage.server.status = Some(200);
    stage.press("] 3");
    assert_eq!(colour_of(&mut stage, "LET THROUGH, should be refused"), Some(Color::Red));
    stage.server.status = Some(403);
    stage.press("[ 2");
    assert_eq!(colour_of(&mut stage, "REFUSED, not as expected"), Some(Color::Red));
    stage.server.status = Some(404);
    stage.press("2");
    assert_eq!(colour_of(&mut stage, "INCONCLUSIVE 404"), Some(Color::Red));
}

#[test]
fn the_three_parts_of_a_raw_token_differ() {
    let mut stage = Stage::new();
    stage.press("t Tab Tab Right Right Right Right v");
    let buffer = stage.draw(120, 36);
    let [header, payload, signature] = ["eyJhbGci", "eyJleHAi", "c2lnbmF0"].map(|start| style_of(&buffer, start).fg);
    assert!(header != payload && payload != signature && header != signature, "{header:?} {payload:?} {signature:?}");
}

#[test]
fn the_pane_and_the_tab_that_are_open_stand_out() {
    let mut stage = Stage::new();
    stage.press("t Tab Tab");
    let buffer = stage.draw(120, 36);
    assert_ne!(style_of(&buffer, "Token "), style_of(&buffer, "Profiles "));
    assert_ne!(style_of(&buffer, "Claims"), style_of(&buffer, "Header"));
}

#[test]
fn without_colour_no_cell_has_one_and_the_marks_remain() {
    let mut stage = Stage::new();
    stage.state.look.colour = false;
    stage.press("t [ t ] ] 3 Tab Tab");
    let buffer = stage.draw(120, 36);
    for cell in &buffer.content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{:?}", cell.symbol());
    }
    assert!(style_of(&buffer, "REFUSED, as expected").add_modifier.contains(Modifier::BOLD));
    assert_ne!(style_of(&buffer, "Token "), style_of(&buffer, "Profiles "));
    assert_ne!(style_of(&buffer, "Claims"), style_of(&buffer, "Header"));
    stage.press("p");
    assert!(style_of(&stage.draw(120, 36), "▸ tester-no-scope       Tester").add_modifier.contains(Modifier::REVERSED));
}

#[test]
fn what_is_looked_for_is_marked_itself_and_nothing_else() {
    let mut stage = Stage::new();
    let buffer = stage.press("t Tab Tab / i s s").draw(120, 36);
    let row =
        (0..36).find(|y| (0..120).map(|x| buffer[(x, *y)].symbol()).collect::<String>().contains("iss  ")).unwrap();
    let marked: String = (0..120)
        .filter(|x| buffer[(*x, row)].modifier.contains(Modifier::UNDERLINED))
        .map(|x| buffer[(x, row)].symbol())
        .collect();
    assert!(!marked.is_empty() && marked.replace("iss", "").is_empty(), "{marked:?}");
}

#[test]
fn the_letters_typed_in_the_palette_are_marked() {
    let mut stage = Stage::new();
    stage.press(": z m Down");
    let buffer = stage.draw(120, 36);
    let style = style_of(&buffer, "zoom ");
    assert!(style.add_modifier.contains(Modifier::UNDERLINED), "{style:?}");
}

#[test]
fn a_token_has_the_three_colours_that_people_know_and_a_verdict_its_own() {
    let mut stage = Stage::new();
    stage.press("t J v");
    let buffer = stage.draw(120, 36);
    let parts = ["eyJhbGciOiJSUzI1NiIsInR5cCI6Ik", "eyJleHAiOjE3OTU0NzEx"].map(|words| style_of(&buffer, words).fg);
    assert_eq!(parts, [Some(Color::Red), Some(Color::Magenta)]);
    stage.press("z Tab Tab");
    let buffer = stage.draw(120, 36);
    assert_eq!(style_of(&buffer, "c2lnbmF0").fg, Some(Color::Blue));
    stage.press("z");
    let buffer = stage.draw(120, 36);
    for (words, colour) in [("VALID", Color::Green), ("✔ pass", Color::Green)] {
        assert_eq!(style_of(&buffer, words).fg, Some(colour), "{words}");
    }
    stage.wait(400);
    let buffer = stage.draw(120, 36);
    for (words, colour) in [("NOT VALID", Color::Red), ("✖ FAIL", Color::Red), ("ended", Color::Yellow)] {
        assert_eq!(style_of(&buffer, words).fg, Some(colour), "{words}");
    }
    assert!(style_of(&buffer, "Inspect").add_modifier.contains(Modifier::BOLD));
    assert!(style_of(&buffer, "Explore").add_modifier.contains(Modifier::DIM));
}
