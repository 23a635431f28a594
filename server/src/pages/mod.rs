//! The pages that a person sees: plain HTML without scripts, that works at 320 pixels, with a screen reader and in the dark.
//!
//! Pure: from values to markup, and everything that comes from outside is escaped by the template. Must never import
//! `authorization`, `realm` or `resource`. Field and button names are those of Keycloak's pages, so that what drives a
//! browser through the one drives it through the other.

mod consent;
mod device;
mod login;
mod logout;
mod notice;
mod style;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};

pub(crate) use consent::Consent;
pub(crate) use device::EnterCode;
pub(crate) use login::{DemoPerson, Login};
pub(crate) use logout::Logout;
pub(crate) use notice::{FormPost, Notice};

/// A page, ready to be sent.
pub(crate) struct Page {
    title: String,
    body: Markup,
    /// Where the page's form may lead, beside this server: browsers judge the redirects that follow, too.
    leads_to: Option<String>,
}

impl Page {
    fn new(title: impl Into<String>, body: Markup) -> Self {
        Self { title: title.into(), body, leads_to: None }
    }

    /// The form may lead to this address in the end.
    pub(crate) fn leading_to(mut self, address: &str) -> Self {
        self.leads_to = form_source(address);
        self
    }

    /// The page with its status and headers.
    pub(crate) fn respond(self, status: StatusCode) -> Response {
        let document = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) }
                    (style::element())
                }
                body { main { (self.body) } }
            }
        };
        let targets = self.leads_to.map(|target| format!(" {target}")).unwrap_or_default();
        let policy = format!(
            "default-src 'none'; style-src '{}'; form-action 'self'{targets}; frame-ancestors 'none'; base-uri 'none'",
            style::hash()
        );
        let policy = HeaderValue::try_from(policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"));
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        ];
        (status, headers, document.into_string()).into_response()
    }
}

/// An address as a source of a content security policy: its origin, or its scheme where there is no such thing as an
/// origin that the policy could name (an IPv6 address, a program's own scheme).
fn form_source(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    match url.host() {
        Some(url::Host::Domain(_) | url::Host::Ipv4(_)) if url.origin().is_tuple() => {
            Some(url.origin().ascii_serialization())
        }
        _ => Some(format!("{}:", url.scheme())),
    }
}

/// The hidden field that ties a form to the browser it was shown in.
fn visit_field(visit: &str) -> Markup {
    html! { input type="hidden" name="visit" value=(visit); }
}

#[cfg(test)]
mod tests {
    use super::form_source;

    #[test]
    fn a_form_may_lead_to_the_clients_origin_and_nowhere_else() {
        for (address, source) in [
            ("http://127.0.0.1:8400/callback?x=y", Some("http://127.0.0.1:8400")),
            ("https://app.example/cb", Some("https://app.example")),
            ("http://[::1]:8400/callback", Some("http:")),
            ("com.example.app:/callback", Some("com.example.app:")),
            ("; script-src *", None),
        ] {
            assert_eq!(form_source(address).as_deref(), source, "{address}");
        }
    }
}
