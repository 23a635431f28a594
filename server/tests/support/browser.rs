//! A browser as far as the pages need one: it keeps cookies, fills in forms and does not follow redirects.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;

use super::{Answer, Authorization, request};

pub const REDIRECT_URI: &str = "http://127.0.0.1:8400/callback";
/// RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// Form parameters.
pub type Parameters<'a> = &'a [(&'a str, &'a str)];

pub fn encoded(parameters: Parameters<'_>) -> String {
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}

pub struct Browser<'a> {
    pub server: &'a Authorization,
    pub cookies: BTreeMap<String, String>,
}

impl<'a> Browser<'a> {
    pub fn new(server: &'a Authorization) -> Self {
        Self { server, cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    /// Presses a button of the page's form.
    pub async fn submit(&mut self, page: &Answer, parameters: Parameters<'_>) -> Answer {
        let visit = field(page, "visit");
        let mut all = vec![("visit", visit.as_str())];
        all.extend_from_slice(parameters);
        self.send("POST", &action(page), &encoded(&all)).await
    }

    pub async fn send(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let path = path.strip_prefix(&self.origin()).unwrap_or(path);
        let path = if path.starts_with("/realms") { path.to_owned() } else { format!("/realms/myorg/{path}") };
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        if !cookies.is_empty() {
            headers.push(("cookie", &cookies));
        }
        let answer = request(self.server.served.address(), method, &path, &headers, body.as_bytes()).await;
        for cookie in &answer.cookies {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.server.served.port)
    }

    /// An authorization request, with what it has beside client and address.
    pub async fn authorize(&mut self, client: &str, more: Parameters<'_>) -> Answer {
        let mut all = vec![("client_id", client)];
        for default in [("redirect_uri", REDIRECT_URI), ("response_type", "code"), ("state", "st"), ("scope", "openid")]
        {
            if !more.iter().any(|(name, _)| *name == default.0) {
                all.push(default);
            }
        }
        if client == "demo-login" && !more.iter().any(|(name, _)| *name == "code_challenge") {
            all.extend([("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
        }
        // An empty value means: leave it out.
        all.extend(more.iter().filter(|(_, value)| !value.is_empty()));
        self.get(&format!("protocol/openid-connect/auth?{}", encoded(&all))).await
    }

    /// Signs in on the login page.
    pub async fn sign_in(&mut self, page: &Answer, person: &str) -> Answer {
        self.submit(page, &[("username", person), ("password", person)]).await
    }

    /// All the way to a code: signs in and consents where asked.
    pub async fn code(&mut self, client: &str, person: &str, more: Parameters<'_>) -> String {
        let mut answer = self.authorize(client, more).await;
        if answer.status == 200 && text(&answer).contains("name=\"password\"") {
            answer = self.sign_in(&answer, person).await;
        }
        if answer.status == 200 && text(&answer).contains("name=\"accept\"") {
            answer = self.submit(&answer, &[("accept", "yes")]).await;
        }
        parameter(&answer, "code").unwrap_or_else(|| panic!("no code: {} {}", answer.status, text(&answer)))
    }
}

/// The page as text.
pub fn text(page: &Answer) -> String {
    String::from_utf8(page.body.clone()).unwrap()
}

/// Where the page's form goes.
pub fn action(page: &Answer) -> String {
    let text = text(page);
    let after = text.split("action=\"").nth(1).unwrap_or_else(|| panic!("no form: {} {text}", page.status));
    after.split('"').next().unwrap().to_owned()
}

/// The value of a hidden field.
pub fn field(page: &Answer, name: &str) -> String {
    let text = text(page);
    let after = text.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("no {name}: {text}"));
    after.split('"').next().unwrap().to_owned()
}

/// A parameter of the address that the answer redirects to.
pub fn parameter(answer: &Answer, name: &str) -> Option<String> {
    let location = answer.header("location")?;
    let (_, query) = location.split_once(['?', '#'])?;
    form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}
