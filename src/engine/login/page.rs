//! The few pages that a browser is shown when it comes back: plain HTML without scripts, nothing of the address in it.
//!
//! Imports nothing of this crate.

/// What a browser is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// On to another page, whose address holds no code.
    GoTo(&'static str),
    /// The login is done.
    Done,
    /// The authorization server said no.
    Refused,
    /// It is no answer to the login that waits, and why.
    NotOurs(String),
    /// The login is over already.
    Late,
    /// Another host name than this machine's.
    OtherHost,
    /// Nothing is here.
    NotFound,
    /// Another method than GET.
    NotGet,
    /// It cannot be read as a request.
    NotARequest,
}

/// The paths of the pages that the browser is sent on to.
pub(super) const DONE: &str = "/done";
pub(super) const REFUSED: &str = "/refused";

impl Page {
    fn status(&self) -> &'static str {
        match self {
            Self::GoTo(_) => "303 See Other",
            Self::Done | Self::Refused => "200 OK",
            Self::NotOurs(_) | Self::OtherHost | Self::NotARequest => "400 Bad Request",
            Self::Late => "410 Gone",
            Self::NotFound => "404 Not Found",
            Self::NotGet => "405 Method Not Allowed",
        }
    }

    fn words(&self) -> (&'static str, String) {
        let words = |title, text: &str| (title, text.to_owned());
        match self {
            Self::GoTo(_) => words("One moment", "On to the next page."),
            Self::Done => words("Logged in", "tokenscope has it, back in the terminal. You may close this page."),
            Self::Refused => {
                words("No login", "The login was refused. The terminal says why. You may close this page.")
            }
            Self::NotOurs(why) => ("This is not the answer tokenscope waits for", format!("{}.", capital(why))),
            Self::Late => words(
                "This login is over",
                "tokenscope has an answer already and waits for no other. You may close this page.",
            ),
            Self::OtherHost => words(
                "Not at this name",
                "tokenscope waits here for a login and answers at 127.0.0.1, [::1] and localhost only.",
            ),
            Self::NotFound => words("Nothing here", "tokenscope waits here for a login, and for nothing else."),
            Self::NotGet => words("Not in this way", "tokenscope waits here for a browser that asks with GET."),
            Self::NotARequest => words("Not understood", "tokenscope waits here for a browser."),
        }
    }

    /// The whole response as it goes over the wire.
    pub(super) fn response(&self) -> String {
        let (title, text) = self.words();
        let (title, text) = (escaped(title), escaped(&text));
        let body = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} - tokenscope</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{text}</p>\n</main>\n</body>\n</html>\n"
        );
        let more = match self {
            Self::GoTo(path) => format!("Location: {path}\r\n"),
            Self::NotGet => "Allow: GET\r\n".to_owned(),
            _ => String::new(),
        };
        format!(
            "HTTP/1.1 {}\r\n{more}Content-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'\r\n\r\n{body}",
            self.status(),
            body.len()
        )
    }
}

const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:34rem;margin:15vh auto;\
                     padding:0 1rem}";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_in_is_never_markup() {
        let page = Page::NotOurs("the issuer <script>alert(1)</script>".into()).response();
        assert!(page.starts_with("HTTP/1.1 400 Bad Request\r\n") && !page.contains("<script>"), "{page}");
        assert!(page.contains("The issuer &lt;script&gt;"), "{page}");
    }

    #[test]
    fn the_length_is_that_of_the_body() {
        for page in [Page::Done, Page::GoTo(DONE), Page::NotGet] {
            let text = page.response();
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{text}");
        }
    }
}
