//! A request as a curl command line, with `$TOKEN` and `$CLIENT_SECRET` where the secrets stood.
//!
//! Pure: no network, files, clock or terminal.

use super::{Request, Text};

impl Request {
    /// A command that sends the same request. Secrets are left to shell variables, so that the text can be shared.
    pub fn to_curl(&self) -> String {
        let mut parts = vec!["curl".to_owned(), "-i".to_owned()];
        if self.form.is_none() && self.method != "GET" {
            parts.extend(["-X".to_owned(), quote(&self.method)]);
        }
        for (name, value) in &self.headers {
            // curl sets the form's own type.
            if self.form.is_some() && name.eq_ignore_ascii_case("content-type") {
                continue;
            }
            match value {
                Text::Masked { prefix, .. } if prefix.starts_with("Basic ") => {
                    parts.extend(["-H".to_owned(), "\"Authorization: Basic $BASIC\"".to_owned()]);
                }
                Text::Masked { prefix, .. } => parts.extend(["-H".to_owned(), format!("\"{name}: {prefix}$TOKEN\"")]),
                Text::Plain(text) => parts.extend(["-H".to_owned(), quote(&format!("{name}: {text}"))]),
            }
        }
        for (name, value) in self.form.iter().flatten() {
            parts.push("--data-urlencode".to_owned());
            parts.push(match value {
                Text::Masked { .. } => format!("\"{name}=${}\"", name.to_ascii_uppercase()),
                Text::Plain(text) => quote(&format!("{name}={text}")),
            });
        }
        parts.push(quote(&self.url));
        parts.join(" ")
    }
}

/// The word in single quotes, unless it needs none.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Secret;

    #[test]
    fn secrets_become_variables() {
        let request = Request::new("GET", "http://localhost:50100/api/private")
            .header("Authorization", Text::bearer(&Secret::new("a.b.c")));
        assert_eq!(request.to_curl(), "curl -i -H \"Authorization: Bearer $TOKEN\" http://localhost:50100/api/private");
    }

    #[test]
    fn a_form_is_sent_field_by_field() {
        let mut request = Request::new("POST", "http://localhost:8001/token");
        request.form =
            Some(vec![("scope".into(), "a b".into()), ("client_secret".into(), Text::secret(Secret::new("it's")))]);
        assert_eq!(
            request.to_curl(),
            "curl -i --data-urlencode 'scope=a b' --data-urlencode \"client_secret=$CLIENT_SECRET\" http://localhost:8001/token"
        );
    }

    #[test]
    fn quotes_cannot_break_out() {
        assert_eq!(quote("it's $HOME"), r"'it'\''s $HOME'");
    }
}
