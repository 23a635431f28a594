//! The machine, tested by messages in and effects out: no runtime, no terminal, no wait.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod acts;
pub(crate) mod add;
mod calls;
mod elsewhere;
mod form;
mod inspect;
mod inspect_more;
mod late;
mod login;
mod mouse;
mod pasted;
mod popups;
mod screen;
mod session;
mod table;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use jiff::Timestamp;
use serde_json::json;

use super::update;
use crate::audit::{Cause, Confidence, Diagnosis, Remedy, expect, judge};
use crate::config::{Changes, Profiles, parse};
use crate::engine::{Answer, EndpointId, Failure, HeldToken, ProbeAsk, SendAs, TokenAsk};
use crate::exchange::{Completeness, Exchange, Request, Response, Secret, Text};
use crate::jwt::{Token, Verdict};
use crate::oauth::{Granted, ScopeSet, TokenRefusal};
use crate::tui::body::Body;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::state::{Look, Origin, Popup, RunId, Size, State};

/// The demo profiles and, as a fourth endpoint, one whose method may change something.
const PROFILES: &str = concat!(
    include_str!("../../../../profiles.toml"),
    "\n[[apis.demo.endpoints]]\nname = \"orders\"\nmethod = \"POST\"\npath = \"/api/orders\"\nrequires = \"token\"\n"
);

/// The explorer's machine with a hand on its keys.
pub(crate) struct Explorer {
    pub(crate) state: State,
    tokens: u64,
}

impl Explorer {
    pub(crate) fn demo() -> Self {
        let parsed = parse(PROFILES);
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
        Self::over(parsed.profiles)
    }

    pub(crate) fn over(profiles: Profiles) -> Self {
        let origin = Origin { label: "the built-in demo".into(), ..Origin::default() };
        let now = "2026-11-23T22:00:00Z".parse().unwrap();
        let size = Size { width: 120, height: 36 };
        Self { state: State::new(Arc::new(profiles), origin, Look::default(), now, size), tokens: 0 }
    }

    /// Presses keys, named as in the table of actions; returns the last one's effects.
    pub(crate) fn press(&mut self, keys: &str) -> Vec<Effect> {
        keys.split(' ').fold(Vec::new(), |_, key| self.send(Message::Key(self::key(key))))
    }

    pub(crate) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.send(Message::Key(KeyEvent::from(KeyCode::Char(c))));
        }
    }

    pub(crate) fn send(&mut self, message: Message) -> Vec<Effect> {
        update(&mut self.state, message)
    }

    pub(crate) fn later(&mut self, seconds: i64) {
        self.state.now = self.state.now.checked_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
    }

    /// `t`, and a token that lives five minutes comes.
    pub(crate) fn fetch_token(&mut self) -> Arc<HeldToken> {
        let effects = self.press("t");
        let (run, ask) = fetched(&effects).unwrap();
        let token = self.grant(&ask);
        self.send(Message::Token { run, result: Ok(Arc::clone(&token)) });
        token
    }

    /// A token as the provider would grant it: every scope asked for.
    pub(crate) fn grant(&mut self, ask: &TokenAsk) -> Arc<HeldToken> {
        self.tokens += 1;
        let place = self.state.views.iter().position(|view| view.name == ask.profile).unwrap();
        let asked = ask.changes.scopes.clone().unwrap_or_else(|| self.state.profiles.profiles[place].scopes.clone());
        let mut held = token(&ask.profile, &asked, self.tokens, self.state.now, 300);
        if let Some(held) = Arc::get_mut(&mut held) {
            held.changes = ask.changes.clone();
        }
        held
    }

    /// Answers a call as the bundled API would.
    pub(crate) fn answer(&mut self, run: RunId, ask: &ProbeAsk, status: u16) -> Vec<Effect> {
        let view = self.state.views.iter().find(|view| view.name == ask.profile).unwrap();
        let held = match &ask.send_as {
            SendAs::Profile => view.token.held.clone(),
            SendAs::Token(held) => Some(Arc::clone(held)),
            SendAs::Nothing => None,
        };
        let answer = answer(&self.state, ask, held, status);
        let body = Body::of(answer.exchange.response().unwrap());
        self.send(Message::Answer { run, result: Ok((Arc::new(answer), Arc::new(body))) })
    }

    /// Selects the profile of this name with `]`.
    pub(crate) fn select(&mut self, name: &str) {
        while self.state.view().unwrap().name != name {
            self.press("]");
        }
    }

    pub(crate) fn last_words(&self) -> String {
        self.state.log.entries().next_back().map(|entry| entry.text.clone()).unwrap_or_default()
    }

    pub(crate) fn popup(&self) -> Option<&Popup> {
        self.state.popups.last()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.state.shown_answer()?.exchange.status()
    }
}

/// A key by its name in the table of actions.
pub(crate) fn key(name: &str) -> KeyEvent {
    if let Some(letter) = name.strip_prefix("Ctrl-") {
        let letter = letter.chars().next().unwrap().to_ascii_lowercase();
        return KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
    }
    KeyEvent::from(match name {
        "Tab" => KeyCode::Tab,
        "Shift-Tab" => KeyCode::BackTab,
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        "Backspace" => KeyCode::Backspace,
        one => KeyCode::Char(one.chars().next().unwrap()),
    })
}

pub(crate) fn fetched(effects: &[Effect]) -> Option<(RunId, TokenAsk)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Fetch { run, ask } => Some((*run, ask.clone())),
        _ => None,
    })
}

pub(crate) fn probed(effects: &[Effect]) -> Vec<(RunId, ProbeAsk)> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Probe { run, ask } => Some((*run, ask.clone())),
            _ => None,
        })
        .collect()
}

pub(crate) fn cancelled(effects: &[Effect]) -> Vec<RunId> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Cancel(run) => Some(*run),
            _ => None,
        })
        .collect()
}

pub(crate) fn id(endpoint: &str) -> EndpointId {
    EndpointId { api: "demo".into(), endpoint: endpoint.into() }
}

/// A signed-looking token; nobody checks its signature here.
pub(crate) fn token(profile: &str, asked: &ScopeSet, number: u64, now: Timestamp, life: i64) -> Arc<HeldToken> {
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let scope = asked.with(&ScopeSet::parse("profile email"));
    let text = format!(
        "{}.{}.c2lnbmF0dXJl",
        part(json!({"alg": "RS256", "typ": "JWT", "kid": "7Qx2"})),
        part(json!({
            "exp": now.as_second() + life, "iat": now.as_second(), "jti": number.to_string(),
            "iss": "http://localhost:8001/realms/myorg", "azp": "testapiclient1", "scope": scope.to_string(),
        })),
    );
    let secret = Secret::new(text);
    Arc::new(HeldToken {
        profile: profile.to_owned(),
        provider: "demo".to_owned(),
        environment: None,
        token: Token::of(&secret),
        granted: Granted {
            access_token: secret,
            token_type: Some("Bearer".into()),
            expires_in: u64::try_from(life).ok(),
            scope: Some(scope),
            refresh_token: None,
            id_token: None,
            remarks: Vec::new(),
        },
        asked: asked.clone(),
        changes: Changes::default(),
        received: now,
        exchange: Some(Arc::new(exchange(Request::new("POST", "http://localhost:8001/token"), 200, "{}", now))),
        verdict: Verdict { valid: Some(true), checks: Vec::new(), key: None, changes_at: None },
        keys_fetched: Some(now),
        before: None,
        which: crate::engine::Which::Access,
        gained: crate::engine::Gained::ClientCredentials,
        id_token: None,
    })
}

pub(crate) fn exchange(request: Request, status: u16, body: &str, now: Timestamp) -> Exchange {
    Exchange {
        request,
        outcome: Ok(Response {
            status,
            headers: vec![("content-type".into(), "application/json".into())],
            body: body.into(),
            completeness: Completeness::Whole,
        }),
        started: now,
        elapsed: Duration::from_millis(3),
        to_head: None,
        notes: Vec::new(),
    }
}

fn answer(state: &State, ask: &ProbeAsk, held: Option<Arc<HeldToken>>, status: u16) -> Answer {
    let profile = state.profiles.profile(&ask.profile).unwrap();
    let (api, endpoint) = state
        .profiles
        .endpoints_of(profile)
        .find(|(api, endpoint)| api.name == ask.endpoint.api && endpoint.name == ask.endpoint.endpoint)
        .unwrap();
    let mut request = Request::new(&endpoint.method, format!("{}{}", api.base_url, endpoint.path));
    if let Some(held) = &held {
        request = request.header("Authorization", Text::bearer(&held.granted.access_token));
    }
    let missing = ScopeSet::parse("test_api_access");
    let diagnosis = (status == 403).then(|| Diagnosis {
        cause: Cause::MissingScope,
        confidence: Confidence::Certain,
        summary: "The API wants the scope test_api_access.".into(),
        advice: "Ask for it.".into(),
        evidence: Vec::new(),
        said: None,
        also: Vec::new(),
        ruled_out: Vec::new(),
        remedy: Some(Remedy::AskForScopes(missing)),
    });
    Answer {
        profile: ask.profile.clone(),
        environment: ask.environment.clone(),
        endpoint: ask.endpoint.clone(),
        exchange: Arc::new(exchange(request, status, r#"{"message":"hello"}"#, state.now)),
        token: held,
        judgement: judge(expect(endpoint, profile, None), endpoint, status),
        diagnosis,
        at: state.now,
    }
}

pub(crate) fn refused(now: Timestamp) -> Failure {
    Failure::TokenRefused {
        exchange: Arc::new(exchange(
            Request::new("POST", "http://localhost:8001/token"),
            401,
            r#"{"error":"unauthorized_client"}"#,
            now,
        )),
        refusal: TokenRefusal::Refused {
            status: 401,
            error: "unauthorized_client".into(),
            description: Some("Invalid client or Invalid client credentials".into()),
            uri: None,
        },
        advice: vec!["Check client_secret.".into()],
    }
}
