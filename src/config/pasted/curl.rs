//! A curl command: a token request, or a call of an API.
//!
//! Pure. Imports the siblings above it and `exchange`, `oauth` of this crate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;
use zeroize::Zeroizing;

use super::{NotUnderstood, Pasted, PastedCall, address, document, known, shell, value};
use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Grant, ScopeSet};

/// How far from the start of a text its `curl` may stand.
const LEAD: usize = 80;

/// curl's options that take an argument and mean nothing here, as one letter or in full.
const TAKES_ARGUMENT: [&str; 38] = [
    "A",
    "b",
    "c",
    "C",
    "D",
    "E",
    "e",
    "F",
    "K",
    "m",
    "o",
    "P",
    "Q",
    "r",
    "t",
    "T",
    "w",
    "y",
    "Y",
    "z",
    "cert",
    "key",
    "cookie",
    "cookie-jar",
    "user-agent",
    "referer",
    "output",
    "write-out",
    "max-time",
    "connect-timeout",
    "retry",
    "form",
    "cert-type",
    "key-type",
    "pass",
    "connect-to",
    "interface",
    "retry-delay",
];

/// The text from its `curl` on, when it is a curl command: behind a prompt, a variable that takes the result, `sudo`.
pub(super) fn command_in(text: &str) -> Option<&str> {
    text.match_indices("curl").take_while(|(at, _)| *at <= LEAD).find_map(|(at, _)| {
        let before = text.get(..at)?;
        let after = text.get(at + 4..)?;
        let after = after.strip_prefix(".exe").unwrap_or(after);
        let begins = before.is_empty() || before.ends_with([' ', '\n', '\t', '(', '`', '/', '\\', '=', '"']);
        let ends = after.starts_with(char::is_whitespace) || after.starts_with(['\\', '^']);
        (begins && ends && !before.contains("://")).then(|| text.get(at..)).flatten()
    })
}

/// What a curl command says.
#[derive(Default)]
struct Command {
    url: Option<String>,
    method: Option<String>,
    fields: Vec<(String, Zeroizing<String>)>,
    has_body: bool,
    in_query: bool,
    user: Option<Zeroizing<String>>,
    basic: Option<Zeroizing<String>>,
    bearer: bool,
    pasted: Pasted,
}

/// Reads a curl command.
pub(super) fn read(text: &str) -> Result<Pasted, NotUnderstood> {
    let mut command = Command::default();
    let mut words = shell::words(text).into_iter().skip(1);
    while let Some(word) = words.next() {
        if let Some(long) = word.strip_prefix("--") {
            let (name, own) = match long.split_once('=') {
                Some((name, argument)) => (name, Some(argument)),
                None => (long, None),
            };
            command.option(name, own, &mut words);
        } else if let Some(short) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            command.letters(short, &mut words);
        } else if command.url.is_none() {
            command.url = Some(word.to_string());
        }
    }
    command.finish()
}

impl Command {
    /// A cluster of one-letter options: the first that takes an argument takes the rest of the word, or the next one.
    fn letters(&mut self, letters: &str, words: &mut impl Iterator<Item = Zeroizing<String>>) {
        for (at, letter) in letters.char_indices() {
            let rest = letters.get(at + letter.len_utf8()..).unwrap_or_default();
            let own = (!rest.is_empty()).then_some(rest);
            let name = match letter {
                'X' => "request",
                'd' => "data",
                'u' => "user",
                'H' => "header",
                'x' => "proxy",
                'k' => "insecure",
                'G' => "get",
                'I' => "head",
                letter if TAKES_ARGUMENT.iter().any(|name| name.chars().eq([letter])) => {
                    if own.is_none() {
                        words.next();
                    }
                    return;
                }
                _ => continue,
            };
            let takes = !matches!(name, "insecure" | "get" | "head");
            self.option(name, own.filter(|_| takes), words);
            if takes {
                return;
            }
        }
    }

    fn option(&mut self, name: &str, own: Option<&str>, words: &mut impl Iterator<Item = Zeroizing<String>>) {
        let mut argument = || match own {
            Some(own) => Zeroizing::new(own.to_owned()),
            None => words.next().unwrap_or_default(),
        };
        match name {
            "request" => self.method = Some(argument().to_ascii_uppercase()),
            "url" => self.url = Some(argument().to_string()),
            "get" => self.in_query = true,
            "head" => self.method = Some("HEAD".to_owned()),
            "data" | "data-raw" | "data-ascii" | "data-binary" | "json" => self.data(&argument()),
            "data-urlencode" => self.urlencode(&argument()),
            "user" => self.user = Some(argument()),
            "header" => self.header(&argument()),
            "oauth2-bearer" => {
                argument();
                self.bearer = true;
            }
            "insecure" => {
                self.pasted.insecure = true;
                self.pasted.remark("It said -k: that no certificate is checked (insecure).");
            }
            "cacert" | "capath" => self.pasted.ca = Some(argument().to_string()),
            "proxy" | "socks5" | "socks5-hostname" | "preproxy" => {
                argument();
                self.pasted.remark("Its proxy was left out: `proxy` on the provider in profiles.toml says one.");
            }
            "resolve" => {
                argument();
                self.pasted.remark("Its --resolve was left out: names are looked up as everywhere.");
            }
            other if TAKES_ARGUMENT.contains(&other) => _ = argument(),
            _ => {}
        }
    }

    fn data(&mut self, text: &str) {
        self.has_body = true;
        if text.starts_with('@') {
            self.pasted.remark("The file its body was read from is not read here.");
        } else if text.trim_start().starts_with('{') {
            self.fields.extend(document::members(text));
        } else {
            let pairs = form_urlencoded::parse(text.as_bytes());
            self.fields.extend(pairs.map(|(name, content)| (name.into_owned(), Zeroizing::new(content.into_owned()))));
        }
    }

    fn urlencode(&mut self, text: &str) {
        self.has_body = true;
        match text.split_once('=') {
            Some((name, content)) if !name.is_empty() && !name.contains('@') => {
                self.fields.push((name.to_owned(), Zeroizing::new(content.to_owned())));
            }
            _ if text.contains('@') => self.pasted.remark("The file its body was read from is not read here."),
            _ => {}
        }
    }

    fn header(&mut self, line: &str) {
        let Some((name, content)) = line.split_once(':') else { return };
        if !name.trim().eq_ignore_ascii_case("authorization") {
            return;
        }
        let content = content.trim();
        let (scheme, credentials) = content.split_once(' ').unwrap_or((content, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            let decoded = STANDARD.decode(credentials.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            match decoded {
                Some(pair) => self.basic = Some(Zeroizing::new(pair)),
                None => self.pasted.remark("Its Basic credentials could not be read."),
            }
        } else if scheme.eq_ignore_ascii_case("bearer") {
            self.bearer = true;
        }
    }

    fn field(&self, name: &str) -> Option<&Zeroizing<String>> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, content)| content)
    }

    fn finish(mut self) -> Result<Pasted, NotUnderstood> {
        let Some(url) = self.url.take() else {
            return Err(NotUnderstood::other("the curl command names no address"));
        };
        let parsed = Url::parse(&url).or_else(|_| Url::parse(&format!("http://{url}")));
        let path: Vec<String> = match &parsed {
            Ok(url) => {
                url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned).collect()
            }
            Err(_) => Vec::new(),
        };
        let asks_token = self.field("grant_type").is_some()
            || ((self.has_body || self.user.is_some() || self.basic.is_some()) && known::is_endpoint(&path));
        if asks_token { self.token_request(&url) } else { self.call(&url) }
    }

    fn token_request(mut self, url: &str) -> Result<Pasted, NotUnderstood> {
        let mut pasted = address::read(url)?.after(std::mem::take(&mut self.pasted));
        "a curl command, a token request".clone_into(&mut pasted.what);
        if pasted.token_endpoint.is_none() {
            pasted.token_endpoint = url.split(['?', '#']).next().filter(|url| url.contains("://")).map(str::to_owned);
        }
        if let Some(scope) = self.field("scope") {
            pasted.scopes = ScopeSet::parse(scope);
        }
        if let Some(value::Value::Plain(audience)) = self.field("audience").map(|text| value::meaning(text)) {
            pasted.audience = Some(audience.to_owned());
        }
        if let Some(grant) = self.field("grant_type").filter(|grant| grant.as_str() != Grant::ClientCredentials.name())
        {
            pasted.remark(format!(
                "It asks with the grant {}; this version asks with client_credentials.",
                super::super::names::shown(grant)
            ));
        }
        self.credentials(&mut pasted);
        for (name, _) in &self.fields {
            let known = ["grant_type", "scope", "audience", "client_id", "client_secret"];
            if !known.contains(&name.as_str()) {
                pasted.remark(format!("Its parameter {} was left out.", super::super::names::shown(name)));
            }
        }
        Ok(pasted)
    }

    /// The client and how it authenticates.
    fn credentials(&self, pasted: &mut Pasted) {
        let pair = |pair: &Zeroizing<String>| {
            let (id, secret) = pair.split_once(':').unwrap_or((pair, ""));
            (Zeroizing::new(id.to_owned()), Zeroizing::new(secret.to_owned()))
        };
        let header = self.user.as_ref().or(self.basic.as_ref()).map(pair);
        let body = self.field("client_id").cloned();
        let (id, secret, auth) = match (header, self.field("client_secret").cloned()) {
            (Some((id, secret)), _) => {
                // Form-encoded when that is what was sent; curl itself sends both parts as they are.
                let encoded = self.user.is_none() && secret.contains('%');
                let plain = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>() == text;
                if encoded {
                    (decoded(&id), Some(decoded(&secret)), ClientAuth::Basic)
                } else if plain(&id) && plain(&secret) {
                    (id, Some(secret), ClientAuth::Basic)
                } else {
                    (id, Some(secret), ClientAuth::BasicRaw)
                }
            }
            (None, Some(secret)) => (body.unwrap_or_default(), Some(secret), ClientAuth::Post),
            (None, None) => (body.unwrap_or_default(), None, ClientAuth::None),
        };
        take_client(pasted, &id, secret.as_ref());
        if pasted.secret.is_some() || pasted.secret_env.is_some() {
            pasted.auth = Some(auth);
        }
    }

    fn call(mut self, text: &str) -> Result<Pasted, NotUnderstood> {
        let address = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let url = Url::parse(&address).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        let Some(url) = url.filter(|_| !text.contains(['$', '{'])) else {
            return Err(NotUnderstood::other("the address in the curl command is no http or https address"));
        };
        let mut pasted = std::mem::take(&mut self.pasted);
        "a curl command, a call of an API".clone_into(&mut pasted.what);
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let sends = if self.has_body && !self.in_query { "POST" } else { "GET" };
        if self.bearer {
            pasted.remark("The token in it was not kept: one of your own is got instead.");
        }
        if self.has_body {
            pasted.remark("The body it sends was left out: this version sends none.");
        }
        pasted.call = Some(PastedCall {
            base_url: format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default()),
            method: self.method.unwrap_or_else(|| sends.to_owned()),
            path: format!("{}{query}", url.path()),
            with_token: self.bearer,
        });
        Ok(pasted)
    }
}

/// Takes client and secret, as far as they are meant.
pub(super) fn take_client(pasted: &mut Pasted, id: &str, secret: Option<&Zeroizing<String>>) {
    if let value::Value::Plain(id) = value::meaning(id) {
        pasted.client_id = Some(ClientId::new(id));
    }
    match secret.map(|secret| value::meaning(secret)) {
        Some(value::Value::Plain(_)) => pasted.secret = secret.map(|secret| Secret::new(secret.as_str())),
        Some(value::Value::Variable(name)) => pasted.secret_env = Some(name.to_owned()),
        Some(value::Value::Blank) | None => {}
    }
}

fn decoded(text: &str) -> Zeroizing<String> {
    // As a form would have it: one value.
    let pair = Zeroizing::new(format!("v={}", text.replace('&', "%26")));
    let mut values = form_urlencoded::parse(pair.as_bytes());
    Zeroizing::new(values.next().map(|(_, content)| content.into_owned()).unwrap_or_default())
}
