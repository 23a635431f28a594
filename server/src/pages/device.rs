//! The page where a person types the code that a device shows (RFC 8628 section 3.3).

use maud::html;

use super::{Page, visit_field};

/// What the page shows.
pub(crate) struct EnterCode<'a> {
    pub action: &'a str,
    pub visit: &'a str,
    /// The code, when it came with the address.
    pub code: &'a str,
    pub error: Option<&'a str>,
}

impl EnterCode<'_> {
    pub(crate) fn page(&self) -> Page {
        let failed = self.error.is_some();
        let described = if failed { "code-error code-hint" } else { "code-hint" };
        let body = html! {
            h1 { "Connect a device" }
            @if let Some(error) = self.error {
                p #code-error .error role="alert" { (error) }
            }
            form #kc-user-verify-device-user-code-form method="post" action=(self.action) {
                (visit_field(self.visit))
                label for="device-user-code" { "Code" }
                input #device-user-code .code type="text" name="device_user_code" value=(self.code) required autofocus
                    autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="20"
                    aria-invalid=[failed.then_some("true")] aria-describedby=(described);
                p #code-hint .soft { "It stands on your device and looks like BCDF-GHJK. Go on only if the device is yours." }
                div .actions { button #kc-login type="submit" { "Go on" } }
            }
        };
        Page::new("Connect a device", body)
    }
}
