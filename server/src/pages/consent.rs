//! The page that asks whether a client may have what it wants.

use maud::html;

use super::{Page, visit_field};

/// What the consent page shows.
pub(crate) struct Consent<'a> {
    pub client: &'a str,
    pub person: &'a str,
    pub action: &'a str,
    pub visit: &'a str,
    /// What the client wants, in words.
    pub wanted: &'a [String],
    /// The code that a device shows, where one asks.
    pub user_code: Option<&'a str>,
}

impl Consent<'_> {
    pub(crate) fn page(&self) -> Page {
        let title = format!("Grant access to {}?", self.client);
        let body = html! {
            h1 { (title) }
            p .soft { "You are signed in as " (self.person) "." }
            @if let Some(code) = self.user_code {
                p { "A device asks for this. Go on only if it is yours and shows the code " code { (code) } "." }
            }
            @if self.wanted.is_empty() {
                p { "It wants to know who you are." }
            } @else {
                p { "It wants:" }
                ul { @for wanted in self.wanted { li { (wanted) } } }
            }
            form #kc-oauth method="post" action=(self.action) {
                (visit_field(self.visit))
                div .actions {
                    button #kc-login type="submit" name="accept" value="yes" { "Yes, grant" }
                    button #kc-cancel .second type="submit" name="cancel" value="no" { "No" }
                }
            }
        };
        Page::new(title, body)
    }
}
