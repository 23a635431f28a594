//! People log in, against the bundled server over real HTTP: by a browser that comes back, by a code on another device;
//! their tokens are renewed, asked about and ended. And all that may go wrong on the way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use support::browser::{Browser, Page, raw};
use support::{Place, free_ports};
use tokenscope::config::Changes;
use tokenscope::engine::{
    Choice, Engine, Failure, Gained, HeldToken, LoginAsk, LoginInput, LoginStep, LoginWay, Places, ProbeAsk, SendAs,
    Source, TokenAct, TokenAsk, Weight, Which, endpoints_named,
};
use tokenscope::exchange::Secret;
use tokenscope::jwt::Outcome;
use tokio::sync::mpsc;
use url::Url;

/// The demo on free ports, with alice's browser coming back to a free port as well.
fn place() -> (Place, u16) {
    let (place, [port]) = (Place::demo(), free_ports());
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    let alice = "[profiles.alice]";
    assert!(text.contains(alice), "the demo has no alice");
    let comes_back = format!("{alice}\nredirect_uri = \"http://127.0.0.1:{port}/callback\"\n");
    place.write(text.replace(alice, &comes_back));
    (place, port)
}

fn engine(place: &Place) -> Engine {
    Engine::new(Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap())
}

fn login_ask(way: LoginWay) -> LoginAsk {
    LoginAsk {
        profile: "alice".into(),
        environment: None,
        changes: Changes::default(),
        way: Some(way),
        open_browser: false,
    }
}

fn token_ask(fresh: bool) -> TokenAsk {
    TokenAsk { profile: "alice".into(), environment: None, changes: Changes::default(), fresh }
}

/// A login under way, as a face has it.
struct UnderWay {
    task: tokio::task::JoinHandle<Result<Arc<HeldToken>, Failure>>,
    steps: mpsc::UnboundedReceiver<LoginStep>,
    person: mpsc::UnboundedSender<LoginInput>,
}

impl UnderWay {
    fn begin(engine: &Engine, way: LoginWay) -> Self {
        let ((told, steps), (person, input)) = (mpsc::unbounded_channel(), mpsc::unbounded_channel());
        let engine = engine.clone();
        let task = tokio::spawn(async move { engine.login(login_ask(way), told, input).await });
        Self { task, steps, person }
    }

    /// The next thing to show; when the login ends instead, how.
    async fn step(&mut self) -> LoginStep {
        let step = tokio::time::timeout(Duration::from_secs(30), self.steps.recv()).await.unwrap();
        match step {
            Some(step) => step,
            None => panic!("the login ended: {:?}", (&mut self.task).await.unwrap().map(|_| ())),
        }
    }

    async fn url(&mut self) -> String {
        let step = self.step().await;
        let LoginStep::Browser { url, opened, .. } = step else { panic!("{step:?}") };
        assert!(opened.is_err(), "no browser is opened in a test");
        url
    }

    async fn remark(&mut self) -> String {
        let step = self.step().await;
        let LoginStep::Remark(words) = step else { panic!("{step:?}") };
        words
    }

    async fn end(self) -> Result<Arc<HeldToken>, Failure> {
        tokio::time::timeout(Duration::from_secs(30), self.task).await.unwrap().unwrap()
    }
}

/// Does what blocks while the server and the login go on.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

async fn browse(url: String, agrees: bool) -> Page {
    aside(move || Browser::default().log_in(&url, "alice", agrees)).await
}

/// Where the browser would be sent back to, had it gone there.
async fn sent_back_to(url: String, start: &str) -> String {
    let mut browser = Browser { stops_at: Some(start.to_owned()), ..Browser::default() };
    aside(move || browser.log_in(&url, "alice", true)).await.url.into()
}

async fn logged_in(engine: &Engine) -> Arc<HeldToken> {
    let mut login = UnderWay::begin(engine, LoginWay::Browser);
    let page = browse(login.url().await, true).await;
    assert_eq!(page.title(), "Logged in - tokenscope");
    login.end().await.unwrap()
}

fn callback(port: u16, query: &str, host: &str) -> (u16, String, String) {
    raw(
        &format!("127.0.0.1:{port}"),
        &format!("GET /callback?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    )
}

fn parameter(url: &str, name: &str) -> String {
    Url::parse(url).unwrap().query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned()
}

#[track_caller]
fn failed(result: Result<Arc<HeldToken>, Failure>) -> (String, Vec<String>, Weight) {
    match result {
        Err(failure @ Failure::LoginFailed { .. }) => (failure.to_string(), failure.advice(), failure.weight()),
        other => panic!("{:?}", other.map(|_| ())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_logs_in_and_the_token_is_in_hand() {
    let (place, port) = place();
    let engine = engine(&place);
    let before = engine.token(token_ask(false)).await.unwrap_err();
    assert!(matches!(&before, Failure::LoginNeeded { why: None, .. }), "{before:?}");
    assert_eq!(before.weight(), Weight::Configuration);

    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    let url = login.url().await;
    let page = browse(url.clone(), true).await.says("You may close this page");
    assert_eq!((page.url.path(), page.url.query()), ("/done", None), "no code in the address bar");
    assert_eq!(login.step().await, LoginStep::Exchanging);
    let held = login.end().await.unwrap();
    assert_eq!(held.gained, Gained::Browser);
    assert_eq!(held.verdict.valid, Some(true), "{:?}", held.verdict);
    assert!(held.scopes().contains("test_api_access") && held.granted.remarks.is_empty(), "{:?}", held.granted.remarks);
    let id = held.id_token.as_ref().unwrap();
    assert_eq!(id.verdict.valid, Some(true), "{:?}", id.verdict);
    assert!(id.also.iter().all(|check| check.outcome == Outcome::Pass), "{:?}", id.also);
    assert_eq!(id.token.claim_str("nonce"), Some(parameter(&url, "nonce").as_str()));

    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "it still listens");
    assert_eq!(engine.token(token_ask(false)).await.unwrap().token.fingerprint(), held.token.fingerprint());
    let profiles = engine.profiles();
    let scoped = endpoints_named(&profiles, profiles.profile("alice").unwrap(), &["private-scoped".into()]).unwrap();
    let ask = |send_as| ProbeAsk {
        profile: "alice".into(),
        environment: None,
        changes: Changes::default(),
        endpoint: scoped.first().unwrap().clone(),
        send_as,
        unsafe_allowed: false,
    };
    assert_eq!(engine.probe(ask(SendAs::Profile)).await.unwrap().exchange.status(), Some(200));
    // The ID token is for nobody but the client.
    let id = held.piece(Which::Id).unwrap();
    assert!(id.warning().is_some() && held.warning().is_none());
    assert_eq!(engine.probe(ask(SendAs::Token(id))).await.unwrap().exchange.status(), Some(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_count_is_answered_and_waiting_goes_on() {
    let (place, port) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    let url = login.url().await;
    let host = format!("127.0.0.1:{port}");
    // One that says nothing holds up nobody.
    let mut silent = TcpStream::connect(&host).unwrap();
    silent.write_all(b"GET /callback?sta").unwrap();
    let ask = move |query: &'static str, host: String| aside(move || callback(port, query, &host));
    for (query, says) in [("code=stolen", "without state"), ("code=stolen&state=wrong", "another state")] {
        let (status, _, body) = ask(query, host.clone()).await;
        assert!(status == 400 && body.contains(says) && !body.contains("stolen"), "{status} {body}");
        assert!(login.remark().await.contains(says));
    }
    let (status, head, _) = ask("code=c", format!("evil.example:{port}")).await;
    assert!(status == 400 && head.contains("Content-Security-Policy: default-src 'none'"), "{status} {head}");
    let own = host.clone();
    let icon = move || raw(&own, &format!("GET /favicon.ico HTTP/1.1\r\nHost: {own}\r\n\r\n"));
    assert_eq!(aside(icon).await.0, 404);
    let (state, own) = (parameter(&url, "state"), host.clone());
    let issuer = engine.profiles().provider("demo").unwrap().issuer.to_string();
    let no_code = aside(move || callback(port, &format!("state={state}&iss={issuer}"), &own)).await;
    assert!(no_code.0 == 400 && login.remark().await.contains("neither code nor error"));
    browse(url, true).await.says("You may close this page");
    assert_eq!(login.end().await.unwrap().gained, Gained::Browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_on_the_consent_page_is_a_no() {
    let (place, _) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    let page = browse(login.url().await, false).await.says("The terminal says why");
    assert_eq!((page.url.path(), page.url.query()), ("/refused", None));
    let (reason, advice, weight) = failed(login.end().await);
    assert!(reason.contains("access_denied") && advice.first().unwrap().contains("agree"), "{reason} {advice:?}");
    assert_eq!(weight, Weight::No);
    // Nothing is lost: the next login is as good as any.
    logged_in(&engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_issuer_ends_the_login_and_its_code_is_not_used() {
    let (place, port) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    let state = parameter(&login.url().await, "state");
    let query = format!("code=c&state={state}&iss=http%3A%2F%2Flocalhost%2Frealms%2Fother");
    let (status, ..) = aside(move || callback(port, &query, &format!("127.0.0.1:{port}"))).await;
    assert_eq!(status, 400);
    let (reason, advice, _) = failed(login.end().await);
    assert!(reason.contains("http://localhost/realms/other, not from") && reason.contains("was not used"), "{reason}");
    assert!(advice.first().unwrap().contains("write the issuer in profiles.toml"), "{advice:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paste_is_as_good_as_the_browser() {
    let (place, port) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    let url = login.url().await;
    login.person.send(LoginInput::Pasted(Secret::new("what is this?"))).unwrap();
    assert!(login.remark().await.contains("without state"));
    // The browser stands on another machine, where nothing listens on that port.
    let elsewhere = url.replace(&format!("127.0.0.1%3A{port}"), "127.0.0.1%3A9");
    let came = sent_back_to(elsewhere, "http://127.0.0.1:9/").await;
    assert!(came.starts_with("http://127.0.0.1:9/callback?"), "{came}");
    login.person.send(LoginInput::Pasted(Secret::new(came))).unwrap();
    // The redirect address of the token request is another one, and the provider says so.
    let failure = login.end().await.unwrap_err();
    assert!(failure.to_string().contains("redirect_uri"), "{failure}");
    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    let url = login.url().await;
    let came = sent_back_to(url, "http://127.0.0.1:").await;
    login.person.send(LoginInput::Pasted(Secret::new(came))).unwrap();
    assert_eq!(login.end().await.unwrap().gained, Gained::Browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_is_dropped_leaves_nothing() {
    let (place, port) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Browser);
    login.url().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    login.task.abort();
    assert!(login.task.await.unwrap_err().is_cancelled());
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "it still listens");
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_ports_are_named_with_what_to_do() {
    let (place, port) = place();
    let _taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (reason, advice, weight) = failed(UnderWay::begin(&engine(&place), LoginWay::Browser).end().await);
    assert!(reason.contains(&format!("port {port} of redirect_uri cannot be had")), "{reason}");
    assert!(advice.first().unwrap().contains("--device") && weight == Weight::Configuration, "{advice:?}");
    // The program's own three; one that cannot be had here is somebody else's, which comes to the same.
    let _own: Vec<_> = [17801, 17802, 17803].map(|port| TcpListener::bind(("127.0.0.1", port))).into_iter().collect();
    let own = Place::demo();
    let (reason, ..) = failed(UnderWay::begin(&engine(&own), LoginWay::Browser).end().await);
    assert!(reason.contains("17801, 17802 and 17803 are taken"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn renewal_is_by_the_refresh_token_and_never_twice_at_once() {
    let (place, _) = place();
    let engine = engine(&place);
    let first = logged_in(&engine).await;
    let second = engine.token(token_ask(true)).await.unwrap();
    assert!(matches!(second.gained, Gained::Renewed { .. }), "{:?}", second.gained);
    assert_eq!(second.before, Some(first.token.fingerprint()));
    assert_ne!(second.token.fingerprint(), first.token.fingerprint());
    let (id, before) = (second.id_token.as_ref().unwrap(), first.id_token.as_ref().unwrap());
    assert_eq!(id.token.claim_str("sub"), before.token.claim_str("sub"));
    assert!(second.granted.refresh_token.is_some());
    // A renewal asks for nothing a person would have to agree to.
    let request = &second.exchange.as_ref().unwrap().request;
    let form = request.form.as_ref().unwrap();
    assert!(form.iter().any(|(name, value)| name == "grant_type" && value.shown() == "refresh_token"), "{form:?}");
    assert!(!format!("{second:?}").contains(second.granted.refresh_token.as_ref().unwrap().reveal()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_refresh_token_asks_for_a_login_in_the_providers_words() {
    let (place, _) = place();
    let engine = engine(&place);
    let held = logged_in(&engine).await;
    let acted = engine.act(TokenAct::Revoke, Which::Refresh, Arc::clone(&held)).await.unwrap();
    assert!(acted.ok, "{acted:?}");
    // The token in hand is shown and sent as before.
    assert_eq!(engine.token(token_ask(false)).await.unwrap().token.fingerprint(), held.token.fingerprint());
    let failure = engine.token(token_ask(true)).await.unwrap_err();
    let Failure::LoginNeeded { why: Some(why), exchange: Some(_), .. } = &failure else { panic!("{failure:?}") };
    assert!(why.contains("invalid_grant"), "{why}");
    assert_eq!(engine.token(token_ask(false)).await.unwrap().token.fingerprint(), held.token.fingerprint());
    // It is not tried a second time.
    let again = engine.token(token_ask(true)).await.unwrap_err();
    assert!(matches!(&again, Failure::LoginNeeded { exchange: None, .. }), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_says_of_a_token_is_explained() {
    let (place, _) = place();
    let engine = engine(&place);
    let held = logged_in(&engine).await;
    let act = async |act, which| engine.act(act, which, Arc::clone(&held)).await.unwrap();
    let person = act(TokenAct::UserInfo, Which::Access).await;
    assert!(person.ok && person.summary.contains("alice"), "{person:?}");
    assert!(person.claims.unwrap().contains_key("sub"));
    let asked = act(TokenAct::Introspect, Which::Access).await;
    assert!(!asked.ok && asked.remarks.first().unwrap().contains("public client"), "{asked:?}");
    let ended = act(TokenAct::EndSession, Which::Refresh).await;
    assert!(ended.ok && ended.exchange.status() == Some(204), "{ended:?}");
    let person = act(TokenAct::UserInfo, Which::Access).await;
    assert!(!person.ok && person.remarks.first().unwrap().contains("session is over"), "{person:?}");

    let ask = TokenAsk { profile: "tester".into(), ..token_ask(false) };
    let own = engine.token(ask).await.unwrap();
    let active = engine.act(TokenAct::Introspect, Which::Access, Arc::clone(&own)).await.unwrap();
    assert!(active.exchange.status() == Some(200) && (active.ok || active.remarks.len() == 2), "{active:?}");
    let nobody = engine.act(TokenAct::UserInfo, Which::Access, Arc::clone(&own)).await.unwrap();
    assert!(!nobody.ok && nobody.summary.contains("Missing openid scope"), "{nobody:?}");
    assert!(nobody.remarks.first().unwrap().contains("scope openid"), "{nobody:?}");
    let none = engine.act(TokenAct::EndSession, Which::Access, own).await.unwrap_err();
    assert!(matches!(none, Failure::NotPossible { .. }), "{none:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_session_and_forgets_the_token() {
    let (place, _) = place();
    let engine = engine(&place);
    let held = logged_in(&engine).await;
    let done = engine.logout("alice").await.unwrap();
    assert!(done.was_in && done.failures.is_empty() && done.acts.iter().all(|act| act.ok), "{done:?}");
    let gone = engine.token(token_ask(false)).await.unwrap_err();
    assert!(matches!(gone, Failure::LoginNeeded { why: None, .. }), "{gone:?}");
    let person = engine.act(TokenAct::UserInfo, Which::Access, held).await.unwrap();
    assert_eq!(person.exchange.status(), Some(401));
    assert!(!engine.logout("alice").await.unwrap().was_in);
}

async fn device_code(login: &mut UnderWay) -> String {
    let step = login.step().await;
    let LoginStep::Device { user_code, complete, polls: 0, .. } = step else { panic!("{step:?}") };
    let complete = complete.unwrap();
    assert!(complete.contains(&user_code), "{complete}");
    complete
}

/// Opens the address with the code in it, as a phone does that saw the QR code.
async fn on_another_device(url: String, agrees: bool) -> Page {
    aside(move || {
        let mut browser = Browser::default();
        let mut page = browser.open(&url);
        if !page.body.contains("name=\"password\"") {
            page = browser.submit(&page, &[]);
        }
        let page = browser.submit(&page, &[("username", "alice"), ("password", "alice")]);
        browser.consent(page, agrees)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_on_another_device_brings_the_token() {
    let (place, _) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Device);
    let url = device_code(&mut login).await;
    on_another_device(url, true).await;
    let held = login.end().await.unwrap();
    assert_eq!(held.gained, Gained::Device);
    let id = held.id_token.as_ref().unwrap();
    assert!(id.also.iter().all(|check| check.outcome != Outcome::Fail), "{:?}", id.also);
    assert!(matches!(engine.token(token_ask(true)).await.unwrap().gained, Gained::Renewed { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_on_another_device_is_a_no() {
    let (place, _) = place();
    let engine = engine(&place);
    let mut login = UnderWay::begin(&engine, LoginWay::Device);
    let url = device_code(&mut login).await;
    on_another_device(url, false).await;
    let (reason, _, weight) = failed(login.end().await);
    assert!(reason.contains("refused on the other device") && weight == Weight::No, "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_grant_asks_for_the_password_and_says_what_is_wrong_with_it() {
    let (place, _) = place();
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    place.write(format!(
        "{text}\n[profiles.legacy]\nprovider = \"demo\"\nclient_id = \"demo-legacy\"\ngrant = \"password\"\nusername = \"bob\"\n\
         password = {{ prompt = true }}\nscopes = [\"openid\"]\n"
    ));
    let engine = engine(&place);
    let ask = TokenAsk { profile: "legacy".into(), ..token_ask(false) };
    let wanted = engine.token(ask.clone()).await.unwrap_err();
    assert!(matches!(&wanted, Failure::PasswordWanted { username, .. } if username == "bob"), "{wanted:?}");
    engine.give_password("legacy", Secret::new("wrong"));
    let refused = engine.token(ask.clone()).await.unwrap_err();
    assert!(matches!(&refused, Failure::TokenRefused { .. }), "{refused:?}");
    assert!(refused.advice().first().unwrap().contains("The password of bob"), "{:?}", refused.advice());
    // What was refused is asked for anew.
    assert!(matches!(engine.token(ask.clone()).await.unwrap_err(), Failure::PasswordWanted { .. }));
    engine.give_password("legacy", Secret::new("bob"));
    let held = engine.token(ask.clone()).await.unwrap();
    assert_eq!((held.gained, held.token.claim_str("preferred_username")), (Gained::Password, Some("bob")));
    assert!(matches!(engine.token(TokenAsk { fresh: true, ..ask }).await.unwrap().gained, Gained::Password));
}
