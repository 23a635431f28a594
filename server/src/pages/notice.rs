//! Pages that only say something, and the one that carries an answer to a client.

use maud::html;

use super::Page;

/// A page without a choice.
pub(crate) struct Notice<'a> {
    pub title: &'a str,
    pub text: &'a str,
    /// What the person can do next.
    pub advice: &'a str,
    /// Whether something went wrong.
    pub failed: bool,
}

impl Notice<'_> {
    pub(crate) fn page(&self) -> Page {
        let body = html! {
            h1 { (self.title) }
            @if self.failed {
                p #kc-error-message .error role="alert" { (self.text) }
            } @else {
                p role="status" { (self.text) }
            }
            p .soft { (self.advice) }
        };
        Page::new(self.title, body)
    }
}

/// An answer that a form carries to the client (OAuth 2.0 Form Post Response Mode). Without scripts a person presses the
/// button.
pub(crate) struct FormPost<'a> {
    pub redirect_uri: &'a str,
    pub parameters: &'a [(&'static str, String)],
}

impl FormPost<'_> {
    pub(crate) fn page(&self) -> Page {
        let body = html! {
            h1 { "Back to the application" }
            form method="post" action=(self.redirect_uri) {
                @for (name, value) in self.parameters { input type="hidden" name=(name) value=(value); }
                div .actions { button type="submit" autofocus { "Go on" } }
            }
        };
        Page::new("Back to the application", body).leading_to(self.redirect_uri)
    }
}
