//! Writing into profiles.toml what a person asked to be saved, and nothing else: comments, order, blank lines and style
//! stay as they are.
//!
//! [`apply`] gives the new text, which reads as exactly what was wished, or says why it cannot be written; [`diff`]
//! shows the difference. Pure. Imports siblings, `oauth` and `exchange`.

mod add;
mod change;
mod diff;
mod list;
mod place;
mod proof;

use thiserror::Error;

pub use diff::{DiffLine, diff};

use super::addition::Addition;
use super::{Changes, Place, parse};
use change::Wished;

/// One thing to write.
#[allow(clippy::large_enum_variant, reason = "there are a handful at a time")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Other scopes, audience or parameters for a profile.
    Change {
        /// The profile's name.
        profile: String,
        /// What it is to say.
        changes: Changes,
    },
    /// New sections.
    Add(Addition),
}

/// Why something cannot be written. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EditError {
    /// The text is not TOML.
    #[error("it is not TOML (line {}): mend that first", place.line)]
    NotToml {
        /// Where it stops to be.
        place: Place,
    },
    /// The profile is not in this text.
    #[error("[profiles.{profile}] is not in this file")]
    NoProfile {
        /// Its name.
        profile: String,
    },
    /// The profile stands there in a form in which nothing can be inserted.
    #[error("line {}: [profiles.{profile}] cannot be changed by the program: edit `{key}` there yourself", place.line)]
    ByHand {
        /// Its name.
        profile: String,
        /// What was to be written.
        key: &'static str,
        /// Where.
        place: Place,
    },
    /// The value differs between environments, and which of them is meant is not for the program to guess.
    #[error("line {}: `{key}` of [profiles.{profile}] is chosen by environment: edit it there yourself", place.line)]
    ByEnvironment {
        /// The profile's name.
        profile: String,
        /// What was to be written.
        key: &'static str,
        /// Where it stands.
        place: Place,
    },
    /// The value holds a variable, which writing would turn into a fixed text.
    #[error(
        "line {}: `{key}` of [profiles.{profile}] holds the variable {{{variable}}}: edit it there yourself",
        place.line
    )]
    Variable {
        /// The profile's name.
        profile: String,
        /// What was to be written.
        key: &'static str,
        /// Its name.
        variable: String,
        /// Where it stands.
        place: Place,
    },
    /// The other file is laid over this one there, so that writing would change nothing.
    #[error("profiles.local.toml line {} says `{key}` of [profiles.{profile}] for this machine: edit it there", place.line)]
    Overlaid {
        /// The profile's name.
        profile: String,
        /// What was to be written.
        key: &'static str,
        /// Where it stands.
        place: Place,
    },
    /// The name is taken.
    #[error("there is a [{section}] already: choose another name")]
    Taken {
        /// Such as `providers.shop`.
        section: String,
    },
    /// The name cannot be one.
    #[error("`{name}` cannot be a name: {rule}", rule = super::names::SLUG_RULE)]
    NoName {
        /// As asked for.
        name: String,
    },
    /// With the new text something would be wrong that is not wrong now.
    #[error("{what}")]
    NotSound {
        /// As `tokenscope check` would say it.
        what: String,
    },
    /// What was written would not read as what was wished. Nothing should lead here.
    #[error("the file is written in a way the program cannot extend: edit it yourself")]
    Unwritable,
}

/// The text with the edits in it.
pub fn apply(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    apply_under(text, None, edits)
}

/// The same for a text that profiles.local.toml is laid over: what that file says otherwise is an error, since writing
/// it below would change nothing.
pub fn apply_under(text: &str, local: Option<&[u8]>, edits: &[Edit]) -> Result<String, EditError> {
    readable(text)?;
    // A byte order mark belongs to no line and stays where it is.
    let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mark, _) = text.split_at(text.len() - bare.len());
    let mut edited = bare.to_owned();
    for edit in edits {
        edited = match edit {
            Edit::Add(addition) => add::add(&edited, addition)?,
            Edit::Change { profile, changes } => {
                let wished = Wished { profile, changes };
                if let Some(local) = local {
                    place::check_local(local, &wished)?;
                }
                place::check(&edited, &wished)?;
                change::change(&edited, &wished)?
            }
        };
    }
    let edited = format!("{mark}{}", with_line_ends_of(text, edited));
    proof::check(text, &edited, local, edits)?;
    Ok(edited)
}

/// The text with lines that end as those of the other do, when all of those end alike.
fn with_line_ends_of(text: &str, edited: String) -> String {
    let windows = text.matches("\r\n").count();
    if windows == 0 || windows < text.matches('\n').count() {
        return edited;
    }
    edited.replace("\r\n", "\n").replace('\n', "\r\n")
}

fn readable(text: &str) -> Result<(), EditError> {
    let parsed = parse(text);
    let place = parsed.problems.first().map(|problem| problem.place).unwrap_or_default();
    if parsed.readable { Ok(()) } else { Err(EditError::NotToml { place }) }
}
