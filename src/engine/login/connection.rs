//! One connection of a browser: reads a request within bounds, and writes a page. Everything that is no answer to a login
//! is answered here.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::page::{DONE, Page, REFUSED};

/// A longer head is no browser's.
const LONGEST: usize = 16 * 1024;

/// How many headers are read.
const HEADERS: usize = 64;

/// How long a request may take to come, and a page to go.
const LIMIT: Duration = Duration::from_secs(10);

/// What a login expects to be asked for.
#[derive(Clone, Debug)]
pub(super) struct Own {
    /// The path of the redirect address.
    pub(super) path: String,
    /// The names under which this program may be asked, each with its port.
    pub(super) hosts: Vec<String>,
}

/// What came of a connection.
pub(super) enum Came {
    /// An answer to a login: it waits for a page.
    Hit(Hit),
    /// The last page was shown; there is nothing left to wait for.
    LastPage,
    /// Something else, which was dealt with.
    Nothing,
}

/// A browser that asked for the redirect address.
pub(super) struct Hit {
    stream: TcpStream,
    /// What follows the question mark.
    pub(super) query: String,
}

impl Hit {
    /// Answers the browser.
    pub(super) async fn answer(self, page: Page) -> Came {
        write(self.stream, &page).await;
        Came::Nothing
    }
}

/// Reads what a browser wants, and answers at once what is not for the login to decide.
pub(super) async fn serve(mut stream: TcpStream, own: Own) -> Came {
    let Ok(Some(head)) = timeout(LIMIT, head(&mut stream)).await else {
        return Came::Nothing;
    };
    match wanted(&head, &own) {
        Ok(query) => Came::Hit(Hit { stream, query }),
        Err(page) => {
            write(stream, &page).await;
            if matches!(page, Page::Done | Page::Refused) { Came::LastPage } else { Came::Nothing }
        }
    }
}

/// The head of the request; none when the connection breaks off or it is too long.
async fn head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut read = Vec::new();
    let mut chunk = [0; 2048];
    loop {
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        read.extend_from_slice(chunk.get(..count)?);
        if read.windows(4).any(|four| four == b"\r\n\r\n") {
            return Some(read);
        }
        if read.len() > LONGEST {
            return Some(Vec::new());
        }
    }
}

/// The query of an answer to a login, or the page for everything else.
fn wanted(head: &[u8], own: &Own) -> Result<String, Page> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    if head.is_empty() || !request.parse(head).is_ok_and(|status| status.is_complete()) {
        return Err(Page::NotARequest);
    }
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let (host, another) = (hosts.next(), hosts.next());
    let is_own = host.is_some_and(|host| own.hosts.iter().any(|own| own.as_bytes().eq_ignore_ascii_case(host.value)));
    // A page elsewhere could have its own name lead here: what it asks is none of ours.
    if !is_own || another.is_some() {
        return Err(Page::OtherHost);
    }
    if request.method != Some("GET") {
        return Err(Page::NotGet);
    }
    let target = request.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        path if path == own.path => Ok(query.to_owned()),
        DONE => Err(Page::Done),
        REFUSED => Err(Page::Refused),
        _ => Err(Page::NotFound),
    }
}

async fn write(mut stream: TcpStream, page: &Page) {
    let sending = async {
        stream.write_all(page.response().as_bytes()).await?;
        stream.shutdown().await?;
        // Closing with something unread would reset the connection before the page is read.
        let mut rest = [0; 1024];
        while stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    // A browser that went away, or never closes, gets no more than this.
    let _ = timeout(Duration::from_secs(2), sending).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(head: &str) -> Result<String, Page> {
        let own = Own { path: "/callback".into(), hosts: vec!["127.0.0.1:17801".into(), "localhost:17801".into()] };
        wanted(head.as_bytes(), &own)
    }

    #[test]
    fn only_a_get_of_the_redirect_address_is_an_answer() {
        let get = |target: &str| ask(&format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:17801\r\n\r\n"));
        assert_eq!(get("/callback?code=c&state=s"), Ok("code=c&state=s".into()));
        assert_eq!(get("/callback"), Ok(String::new()));
        assert_eq!(get("/callback/x"), Err(Page::NotFound));
        assert_eq!(get("/favicon.ico"), Err(Page::NotFound));
        assert_eq!(get("/done"), Err(Page::Done));
        assert_eq!(ask("POST /callback?code=c HTTP/1.1\r\nHost: localhost:17801\r\n\r\n"), Err(Page::NotGet));
    }

    #[test]
    fn another_host_name_is_turned_away() {
        for hosts in [
            "Host: evil.example:17801\r\n",
            "Host: 127.0.0.1\r\n",
            "Host: 127.0.0.1:17801.evil.example\r\n",
            "",
            "Host: 127.0.0.1:17801\r\nHost: evil.example\r\n",
        ] {
            assert_eq!(ask(&format!("GET /callback?code=c HTTP/1.1\r\n{hosts}\r\n")), Err(Page::OtherHost), "{hosts}");
        }
        assert!(ask("GET /callback HTTP/1.1\r\nhost: LOCALHOST:17801\r\n\r\n").is_ok());
    }

    #[test]
    fn what_is_no_request_is_told_so() {
        for head in ["", "\r\n\r\n", "\u{16}\u{3}\u{1}\r\n\r\n", "GET\r\n\r\n"] {
            assert_eq!(ask(head), Err(Page::NotARequest), "{head:?}");
        }
    }
}
