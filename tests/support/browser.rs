//! A browser without a screen: keeps cookies, follows redirects, fills in the forms of the login pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use url::Url;

/// What came back last.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: u16,
    pub url: Url,
    pub head: String,
    pub body: String,
}

impl Page {
    pub fn title(&self) -> &str {
        between(&self.body, "<title>", "</title>").unwrap_or_default()
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.body.contains(words), "no {words:?} at {} ({}):\n{}", self.url, self.status, self.body);
        self
    }

    /// The address that the form sends to, and its fields with what stands in them.
    fn form(&self) -> (Url, BTreeMap<String, String>) {
        let form = between(&self.body, "<form", "</form>").unwrap_or_else(|| panic!("no form in {self:?}"));
        let action = attribute(form.split('>').next().unwrap(), "action").unwrap_or_default();
        let inputs = form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap_or_default());
        let fields =
            inputs.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())));
        (self.url.join(&action).unwrap(), fields.collect())
    }
}

#[derive(Default)]
pub struct Browser {
    /// Goes to no address that begins so.
    pub stops_at: Option<String>,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    /// Opens the address and follows where it leads.
    pub fn open(&mut self, url: &str) -> Page {
        self.follow("GET", &Url::parse(url).unwrap(), None)
    }

    /// Fills in the form of the page and sends it.
    pub fn submit(&mut self, page: &Page, fill: &[(&str, &str)]) -> Page {
        let (action, mut fields) = page.form();
        fields.extend(fill.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        self.follow("POST", &action, Some(&body))
    }

    /// Logs in with a password that is the name, as those of the demo are, and answers the question for consent.
    pub fn log_in(&mut self, url: &str, name: &str, agrees: bool) -> Page {
        let page = self.open(url);
        let page = self.submit(&page, &[("username", name), ("password", name)]);
        self.consent(page, agrees)
    }

    /// Answers the question for consent, when that is what the page asks.
    pub fn consent(&mut self, page: Page, agrees: bool) -> Page {
        if !page.body.contains("name=\"accept\"") {
            return page;
        }
        self.submit(&page, &[if agrees { ("accept", "yes") } else { ("cancel", "no") }])
    }

    fn follow(&mut self, method: &str, url: &Url, body: Option<&str>) -> Page {
        let (mut method, mut url, mut body) = (method, url.clone(), body);
        for _ in 0..10 {
            let page = self.ask(method, &url, body);
            let Some(target) = header(&page.head, "location").filter(|_| (300..400).contains(&page.status)) else {
                return page;
            };
            url = url.join(target).unwrap();
            if self.stops_at.as_ref().is_some_and(|start| url.as_str().starts_with(start)) {
                return Page { url, ..page };
            }
            (method, body) = ("GET", None);
        }
        panic!("{url} leads round and round");
    }

    fn ask(&mut self, method: &str, url: &Url, body: Option<&str>) -> Page {
        let host = format!("{}:{}", url.host_str().unwrap(), url.port_or_known_default().unwrap());
        let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
        let origin = format!("{}://{host}", url.scheme());
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        if !cookies.is_empty() {
            write!(head, "Cookie: {}\r\n", cookies.join("; ")).unwrap();
        }
        if let Some(body) = body {
            let length = body.len();
            write!(
                head,
                "Origin: {origin}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"
            )
            .unwrap();
        }
        let (status, head, body) = raw(&host, &format!("{head}\r\n{}", body.unwrap_or_default()));
        for cookie in head.lines().filter(|line| line.to_ascii_lowercase().starts_with("set-cookie:")) {
            let pair = cookie.split_once(':').unwrap().1.split(';').next().unwrap().trim();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        Page { status, url: url.clone(), head, body }
    }
}

/// Sends these bytes and reads all that comes back.
pub fn raw(host: &str, request: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(host).unwrap_or_else(|error| panic!("{host}: {error}"));
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no HTTP: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, head.to_owned(), body.to_owned())
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let of = |line: &'a str| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name));
    head.lines().find_map(of).map(|(_, value)| value.trim())
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(inside, _)| inside)
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let value = between(tag, &format!(" {name}=\""), "\"")?;
    Some(value.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'"))
}
