//! Takes what was sent in secret out of a refusal: some providers send back what they were sent, and what they say is shown,
//! copied and written to logs.
//!
//! Pure: imports `config`, `oauth` and `exchange`.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use zeroize::Zeroizing;

use crate::config::Profile;
use crate::exchange::{Response, Secret};
use crate::oauth::TokenRefusal;

const INSTEAD: &str = "***";

/// What RFC 6749 section 5.2 says `error` can be. These are told from one another by the program.
const CODES: [&str; 6] = [
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// Every way in which a secret may have been sent, the longest first.
pub struct Sent(Vec<Zeroizing<String>>);

/// A secret shorter than this stands in many words by chance: it is taken out only where it stands alone.
const SHORT: usize = 6;

/// Where the secret stands in the text.
fn places<'a>(text: &'a str, form: &'a str) -> impl Iterator<Item = usize> + 'a {
    let alone = move |at: &usize| {
        let (before, after) = (text.get(..*at).unwrap_or_default(), text.get(at + form.len()..).unwrap_or_default());
        !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
    };
    text.match_indices(form).map(|(at, _)| at).filter(move |at| form.len() >= SHORT || alone(at))
}

fn without(text: &str, form: &str) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for at in places(text, form) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(INSTEAD);
        from = at + form.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

impl Sent {
    /// The secret that was just sent for this client.
    pub fn new(profile: &Profile, secret: Option<&Secret>) -> Self {
        let Some(secret) = secret.filter(|secret| !secret.is_empty()) else { return Self(Vec::new()) };
        let encoded = |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let (id, raw) = (profile.client_id.as_str(), secret.reveal());
        let mut forms = vec![
            raw.to_owned(),
            encoded(raw),
            encoded(raw).replace('+', "%20"),
            serde_json::Value::from(raw).to_string().trim_matches('"').to_owned(),
        ];
        for pair in [format!("{id}:{raw}"), format!("{}:{}", encoded(id), encoded(raw))] {
            let pair = Zeroizing::new(pair);
            forms.extend([STANDARD.encode(pair.as_bytes()), STANDARD_NO_PAD.encode(pair.as_bytes())]);
        }
        let mut forms: Vec<_> = forms.into_iter().filter(|form| !form.is_empty()).map(Zeroizing::new).collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        Self(forms)
    }

    /// And something else that was sent and must not be seen: a password, a code, a refresh token.
    #[must_use]
    pub fn and(mut self, secret: Option<&Secret>) -> Self {
        let Some(secret) = secret.filter(|secret| !secret.is_empty()) else { return self };
        let encoded: String = form_urlencoded::byte_serialize(secret.reveal().as_bytes()).collect();
        self.0.extend([secret.reveal().to_owned(), encoded].map(Zeroizing::new));
        self.0.sort_by_key(|form| std::cmp::Reverse(form.len()));
        self
    }

    fn out_of(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, form| without(&text, form))
    }

    fn is_in(&self, text: &str) -> bool {
        self.0.iter().any(|form| places(text, form).next().is_some())
    }

    /// The refusal without it.
    pub fn out_of_refusal(&self, refusal: TokenRefusal) -> TokenRefusal {
        match refusal {
            TokenRefusal::Refused { status, error, description, uri } => TokenRefusal::Refused {
                status,
                error: if CODES.contains(&error.as_str()) { error } else { self.out_of(&error) },
                description: description.map(|text| self.out_of(&text)),
                uri: uri.map(|text| self.out_of(&text)),
            },
            TokenRefusal::Unusable { status, reason } => {
                TokenRefusal::Unusable { status, reason: self.out_of(&reason) }
            }
        }
    }

    /// The response of a refusal without it; the same response, byte for byte, when it is not in it.
    pub fn out_of_response(&self, response: &mut Response) {
        for (_, value) in response.headers.iter_mut().filter(|(_, value)| self.is_in(value)) {
            *value = self.out_of(value);
        }
        let body = String::from_utf8_lossy(&response.body);
        if self.is_in(&body) {
            response.body = self.out_of(&body).into_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_secret_is_taken_out_where_it_stands_alone() {
        for (text, form, expected) in [
            ("client a: secret=a, \"a\" is a bad one", "a", "client ***: secret=***, \"***\" is *** bad one"),
            ("an Apache", "a", "an Apache"),
            ("pass:pass-word", "pass", "***:***-word"),
            ("xs3cretx", "s3cret", "x***x"),
            ("äa aä a", "a", "äa aä ***"),
        ] {
            assert_eq!(without(text, form), expected);
        }
    }
}
