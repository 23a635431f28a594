//! The page that asks whether somebody really wants to sign out.

use maud::html;

use super::{Page, visit_field};

/// What the page shows.
pub(crate) struct Logout<'a> {
    pub realm: &'a str,
    pub action: &'a str,
    pub visit: &'a str,
}

impl Logout<'_> {
    pub(crate) fn page(&self) -> Page {
        let title = format!("Sign out of {}?", self.realm);
        let body = html! {
            h1 { (title) }
            p { "You will have to sign in again the next time." }
            form method="post" action=(self.action) {
                (visit_field(self.visit))
                div .actions { button #kc-logout type="submit" name="confirmLogout" { "Sign out" } }
            }
        };
        Page::new(title, body)
    }
}
