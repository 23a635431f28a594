//! The login page.

use maud::html;

use super::{Page, visit_field};

/// What the login page shows.
pub(crate) struct Login<'a> {
    pub realm: &'a str,
    pub client: &'a str,
    /// Where the form goes.
    pub action: &'a str,
    pub visit: &'a str,
    /// What was typed before, or the request's `login_hint`.
    pub username: &'a str,
    pub error: Option<&'a str>,
    pub people: &'a [DemoPerson],
}

/// Somebody whose password everybody may know.
pub(crate) struct DemoPerson {
    pub name: String,
    pub username: String,
    pub password: String,
}

impl Login<'_> {
    pub(crate) fn page(&self) -> Page {
        let failed = self.error.is_some();
        // The first field to be filled in; after an error the one that it is about.
        let at_password = failed || !self.username.is_empty();
        let body = html! {
            h1 { "Sign in to " (self.realm) }
            p .soft { (self.client) " asks you to sign in." }
            @if let Some(error) = self.error {
                p #login-error .error role="alert" { (error) }
            }
            form #kc-form-login method="post" action=(self.action) {
                (visit_field(self.visit))
                label for="username" { "User name or e-mail" }
                input #username type="text" name="username" value=(self.username) autocomplete="username"
                    autocapitalize="none" spellcheck="false" required autofocus[!at_password]
                    aria-invalid=[failed.then_some("true")] aria-describedby=[failed.then_some("login-error")];
                label for="password" { "Password" }
                input #password type="password" name="password" autocomplete="current-password" required
                    autofocus[at_password]
                    aria-invalid=[failed.then_some("true")] aria-describedby=[failed.then_some("login-error")];
                div .actions { button #kc-login type="submit" name="login" { "Sign in" } }
            }
            @if !self.people.is_empty() {
                h2 { "People of this demo" }
                table {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "User name" } th scope="col" { "Password" } } }
                    tbody {
                        @for person in self.people {
                            tr { td { (person.name) } td { code { (person.username) } } td { code { (person.password) } } }
                        }
                    }
                }
            }
        };
        Page::new(format!("Sign in to {}", self.realm), body)
    }
}
