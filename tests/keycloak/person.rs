//! A person in front of a browser: follows redirects, keeps cookies, fills in the forms that a page has.

use std::collections::BTreeMap;

use crate::http::{Answer, Request, Server};

/// What the person does when asked for consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    Give,
    Refuse,
}

pub struct Person<'a> {
    server: &'a Server,
    cookies: BTreeMap<String, String>,
    name: &'a str,
    consent: Consent,
}

impl<'a> Person<'a> {
    /// With an empty browser. The demo people's passwords are their names.
    pub fn new(server: &'a Server, name: &'a str, consent: Consent) -> Self {
        Self { server, cookies: BTreeMap::new(), name, consent }
    }

    /// Opens an address and does what the pages ask, until there is nothing more to do on this server.
    pub async fn open(&mut self, address: &str) -> Answer {
        let mut request = Request::get(&self.server.target(address).expect("an address of this server"));
        for _ in 0..12 {
            let answer = self.send(request).await;
            let onward = answer.header("location").and_then(|address| self.server.target(address));
            if let Some(target) = onward {
                request = Request::get(&target);
                continue;
            }
            match self.fill_in(&answer.body) {
                Some(filled) => request = filled,
                None => return answer,
            }
        }
        panic!("{} has been led around in circles from {address}", self.name);
    }

    async fn send(&mut self, request: Request) -> Answer {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header("accept", "text/html");
        if !cookies.is_empty() {
            request = request.header("cookie", &cookies.join("; "));
        }
        // As a browser does with a form.
        if request.method == "POST" {
            request = request.header("origin", &self.server.origin());
        }
        let answer = self.server.send(&request).await;
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| name == "set-cookie") {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).unwrap();
            if value.is_empty() || cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.into(), value.into());
            }
        }
        answer
    }

    /// The request that the page's form makes, when it asks for a password, for consent, or whether the device's code
    /// that it shows is right.
    fn fill_in(&self, page: &str) -> Option<Request> {
        let tags = tags(page);
        let form = tags.iter().find(|tag| tag.name == "form" && tag.get("method").eq_ignore_ascii_case("post"))?;
        let inputs: Vec<&Tag> = tags.iter().filter(|tag| ["input", "button"].contains(&tag.name.as_str())).collect();
        let wants_password = inputs.iter().any(|input| input.get("type") == "password");
        let buttons: Vec<&&Tag> =
            inputs.iter().filter(|input| input.get("type") == "submit" && !input.get("name").is_empty()).collect();
        let goes_on = inputs.iter().any(|input| input.get("type") == "text" && !input.get("value").is_empty());
        if !wants_password && !goes_on && buttons.len() < 2 {
            return None;
        }
        let mut body = form_urlencoded::Serializer::new(String::new());
        for input in &inputs {
            match (input.get("type"), input.get("name")) {
                (_, "") => {}
                ("hidden", name) => drop(body.append_pair(name, input.get("value"))),
                ("text", name) if goes_on => drop(body.append_pair(name, input.get("value"))),
                ("text" | "password", name) => drop(body.append_pair(name, self.name)),
                _ => {}
            }
        }
        if !wants_password && !goes_on {
            // First comes what goes on, last what does not.
            let pressed = if self.consent == Consent::Give { buttons.first() } else { buttons.last() }?;
            body.append_pair(pressed.get("name"), pressed.get("value"));
        }
        Some(Request::form(&self.server.target(form.get("action"))?, body.finish()))
    }
}

struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

/// The tags of a page, as far as forms need them.
fn tags(page: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    for part in page.split('<').skip(1) {
        let (inside, _) = part.split_once('>').unwrap_or((part, ""));
        let (name, mut rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        let mut attributes = BTreeMap::new();
        while let Some((before, after)) = rest.split_once("=\"") {
            let Some((value, after)) = after.split_once('"') else { break };
            let attribute = before.split_whitespace().last().unwrap_or_default();
            attributes.insert(attribute.to_ascii_lowercase(), unescaped(value));
            rest = after;
        }
        found.push(Tag { name: name.to_ascii_lowercase(), attributes });
    }
    found
}

fn unescaped(value: &str) -> String {
    let named = [("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    named.iter().fold(value.to_owned(), |text, (name, character)| text.replace(name, character))
}
