//! A terminal's screen as a PNG: each cell to SVG, and the SVG drawn with a font that comes along.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use resvg::{tiny_skia, usvg};
use vt100::{Cell, Color, Screen};

/// Font size, and the cell that goes with it in DejaVu Sans Mono, in pixels.
const SIZE: f32 = 16.0;
const WIDTH: f32 = 9.632;
const HEIGHT: f32 = 18.625;
/// Around the screen.
const MARGIN: f32 = 14.0;
/// Pictures are drawn this much larger, so that they are sharp on fine displays.
const SCALE: f32 = 1.5;

/// What a terminal's colours look like.
pub struct Palette {
    /// Whether the background is light.
    pub light: bool,
    pub ground: &'static str,
    pub text: &'static str,
    /// The sixteen: black, red, green, yellow, blue, magenta, cyan, white, and their bright sisters.
    pub sixteen: [&'static str; 16],
}

/// A dark terminal.
pub const DARK: Palette = Palette {
    light: false,
    ground: "#16181d",
    text: "#d7dae0",
    sixteen: [
        "#2a2d35", "#e5656f", "#8ec07c", "#e0af68", "#7aa2f7", "#c099e0", "#6cc4d1", "#c8ccd4", "#6b7280", "#ff7b85",
        "#a8d699", "#f0c584", "#94b8ff", "#d4b3f0", "#86d9e6", "#ffffff",
    ],
};

/// A light terminal.
pub const LIGHT: Palette = Palette {
    light: true,
    ground: "#fbfbf9",
    text: "#24272e",
    sixteen: [
        "#24272e", "#b3261e", "#2e7d32", "#8a5a00", "#1a56c4", "#7b2fa8", "#0b7285", "#d6d8dc", "#6b7280", "#c62828",
        "#388e3c", "#a66d00", "#2962d9", "#8e3fbf", "#0c8599", "#ffffff",
    ],
};

/// Draws the screen into a file.
pub fn save(screen: &Screen, palette: &Palette, path: &Path) -> anyhow::Result<()> {
    let mut fonts = usvg::fontdb::Database::new();
    fonts.load_font_data(dejavu::sans_mono::regular().to_vec());
    fonts.load_font_data(dejavu::sans_mono::bold().to_vec());
    let options = usvg::Options { fontdb: Arc::new(fonts), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(&svg(screen, palette), &options).context("the drawing is no SVG")?;
    let size = tree.size().to_int_size().scale_by(SCALE).context("the picture has no size")?;
    let mut pixels = tiny_skia::Pixmap::new(size.width(), size.height()).context("the picture has no size")?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.save_png(path).with_context(|| format!("{} cannot be written", path.display()))
}

fn svg(screen: &Screen, palette: &Palette) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let (width, height) = (f32::from(columns) * WIDTH + 2.0 * MARGIN, f32::from(rows) * HEIGHT + 2.0 * MARGIN);
    let mut out = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' font-family='DejaVu Sans Mono' \
         font-size='{SIZE}'><rect width='100%' height='100%' rx='8' fill='{}'/>",
        palette.ground
    );
    for row in 0..rows {
        for column in 0..columns {
            if let Some(cell) = screen.cell(row, column) {
                let (x, y) = (MARGIN + f32::from(column) * WIDTH, MARGIN + f32::from(row) * HEIGHT);
                draw(cell, x, y, palette, &mut out);
            }
        }
    }
    out.push_str("</svg>");
    out
}

fn draw(cell: &Cell, x: f32, y: f32, palette: &Palette, out: &mut String) {
    let (mut text, mut ground) = (colour(cell.fgcolor(), palette, palette.text), colour(cell.bgcolor(), palette, ""));
    if cell.inverse() {
        let lit = if ground.is_empty() { palette.ground.to_owned() } else { ground };
        (text, ground) = (lit, text);
    }
    let width = if cell.is_wide() { 2.0 * WIDTH } else { WIDTH };
    if !ground.is_empty() {
        let _ = write!(out, "<rect x='{x}' y='{y}' width='{}' height='{HEIGHT}' fill='{ground}'/>", width + 0.3);
    }
    let contents = cell.contents().trim();
    if contents.is_empty() {
        return;
    }
    let weight = if cell.bold() { " font-weight='bold'" } else { "" };
    let faint = if cell.dim() { " opacity='0.6'" } else { "" };
    let baseline = y + SIZE * 0.93;
    let _ = write!(out, "<text x='{x}' y='{baseline}' fill='{text}'{weight}{faint}>{}</text>", escaped(contents));
    if cell.underline() {
        let _ = write!(out, "<rect x='{x}' y='{}' width='{width}' height='1' fill='{text}'/>", baseline + 2.0);
    }
}

fn colour(colour: Color, palette: &Palette, default: &str) -> String {
    match colour {
        Color::Default => default.to_owned(),
        Color::Idx(index) => match palette.sixteen.get(usize::from(index)) {
            Some(colour) => (*colour).to_owned(),
            None => indexed(index),
        },
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
    }
}

/// The 6 x 6 x 6 cube and the greys of a 256-colour terminal.
fn indexed(index: u8) -> String {
    if index >= 232 {
        let grey = 8 + (index - 232) * 10;
        return format!("#{grey:02x}{grey:02x}{grey:02x}");
    }
    let level = |part: u8| if part == 0 { 0 } else { 55 + part * 40 };
    let cube = index.saturating_sub(16);
    format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
