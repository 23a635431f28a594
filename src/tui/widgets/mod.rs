//! The pieces that screens are put together from: rules with titles, tabs, the life bar, rows with columns, popups.
//!
//! Pure: they write into a buffer what they are handed.

mod canvas;
mod columns;
mod letters;
mod life;
mod popup;
mod rule;
mod tabs;

pub use canvas::Canvas;
pub use columns::{Column, Measured, Table, visible_rows};
pub use letters::large;
pub use life::life_bar;
pub use popup::{Popup, popup};
pub use rule::rule;
pub use tabs::tabs;
