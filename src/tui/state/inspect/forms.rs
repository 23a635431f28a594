//! The forms of the Inspect screen.
//!
//! Values only.

/// What a form of this screen is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InspectForm {
    /// Another token, or the file it is in.
    PutIn,
    /// What to verify with.
    Keys,
    /// What to sign with.
    Sign,
}
