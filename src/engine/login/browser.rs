//! The login in a browser: listens, opens the browser, waits for what comes back, and gets the token for it.

use std::pin::pin;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::listener::{Listener, NoPlace, PORTS, Place, listen, own_addresses};
use super::page::{DONE, Page, REFUSED};
use super::{Login, LoginInput, LoginStep, open, random};
use crate::audit::token_advice;
use crate::engine::tokens::{By, Got, fetch};
use crate::engine::{Failure, Weight};
use crate::exchange::Secret;
use crate::oauth::{
    AuthorizationRequest, BrowserEffect, BrowserEnd, BrowserEvent, BrowserLogin, BrowserReply, ServerEndpoint, TokenBy,
    TokenRefusal,
};

/// How long the browser may take to fetch the last page, once the token is there.
const LAST_PAGE: Duration = Duration::from_secs(1);

/// A login under way.
struct UnderWay {
    machine: BrowserLogin,
    listener: Option<Listener>,
    /// Whether a browser waits for its last page.
    shows: bool,
}

/// What woke the login.
enum Woken {
    Hit(super::connection::Hit),
    Input(Option<LoginInput>),
    Time,
}

impl Login<'_> {
    /// Gets a token by a login in the browser.
    pub(super) async fn by_browser(&self, input: &mut mpsc::UnboundedReceiver<LoginInput>) -> Result<Got, Failure> {
        let (wanted, profile) = (self.wanted, self.wanted.profile);
        // Nobody logs in for nothing: what the token request needs is there first.
        wanted.desk.resolve(profile).await?;
        let which = ServerEndpoint::Authorization;
        let endpoint = self.directory.endpoint(self.http, wanted.provider, wanted.reach, which).await?;
        self.directory.token_endpoint(self.http, wanted.provider, wanted.reach).await?;
        let promises = self.directory.promises(self.http, wanted.provider, wanted.reach).await;
        let place = listen(profile.redirect_uri.as_deref()).await.map_err(|no| no_place(no, promises.device))?;
        let Place { redirect_uri, listener, remark } = place;
        let (issuer, random) = (wanted.provider.issuer.clone(), [random()?, random()?, random()?]);
        let machine = BrowserLogin::new(issuer, promises.names_issuer, random, Timestamp::now());
        let request = AuthorizationRequest {
            endpoint: &endpoint,
            client_id: &profile.client_id,
            redirect_uri: &redirect_uri,
            scopes: &profile.scopes,
            state: machine.state(),
            nonce: machine.nonce(),
            challenge: &machine.challenge(),
            audience: profile.audience.as_deref(),
            params: &profile.params,
        };
        let asks_nonce = request.is_openid();
        let url = request.url().map_err(|wrong| failed(wrong.to_string(), &[BY_HAND], Weight::Configuration))?;
        let registered = profile.redirect_uri.clone().map_or_else(own_addresses, |one| vec![one]);
        let port = url::Url::parse(&redirect_uri).ok().and_then(|uri| uri.port_or_known_default());
        let forward = port.filter(|_| listener.is_some()).and_then(open::forward);
        let mut login = UnderWay { machine, listener, shows: false };
        self.tell(LoginStep::Browser {
            url: url.clone(),
            redirect_uri: redirect_uri.clone(),
            registered,
            opened: self.open(&url).await,
            forward,
            device_offered: promises.device,
            ends: login.machine.ends(),
        });
        if let Some(remark) = remark {
            self.tell(LoginStep::Remark(remark));
        }
        let code = self.wait(&mut login, input, &url).await?;
        self.tell(LoginStep::Exchanging);
        let verifier = login.machine.verifier().clone();
        let by = TokenBy::AuthorizationCode { code: &code, redirect_uri: &redirect_uri, verifier: &verifier };
        let mut got = login.while_serving(fetch(self.http, self.directory, self.wanted, By::Login(by))).await?;
        got.nonce = asks_nonce.then(|| login.machine.nonce().to_owned());
        Ok(got)
    }

    async fn open(&self, url: &str) -> Result<(), String> {
        if self.open_browser { open::open(url).await } else { Err("as asked, no browser was opened".to_owned()) }
    }

    /// Waits for the code.
    async fn wait(
        &self,
        login: &mut UnderWay,
        input: &mut mpsc::UnboundedReceiver<LoginInput>,
        url: &str,
    ) -> Result<Secret, Failure> {
        let mut listens_to_person = true;
        loop {
            let (effects, hit) = match login.woken(input, listens_to_person).await {
                Woken::Hit(hit) => (login.machine.on(BrowserEvent::Hit(&hit.query), Timestamp::now()), Some(hit)),
                Woken::Time => (login.machine.on(BrowserEvent::Clock, Timestamp::now()), None),
                Woken::Input(Some(LoginInput::Pasted(text))) => {
                    (login.machine.on(BrowserEvent::Pasted(text.reveal()), Timestamp::now()), None)
                }
                Woken::Input(Some(LoginInput::OpenAgain)) => {
                    // Asked for expressly, so also where none was to be opened by itself.
                    let words = match open::open(url).await {
                        Ok(()) => "the browser was opened again".to_owned(),
                        Err(reason) => reason,
                    };
                    self.tell(LoginStep::Remark(words));
                    continue;
                }
                Woken::Input(None) => {
                    listens_to_person = false;
                    continue;
                }
            };
            let mut hit = hit;
            for effect in effects {
                match effect {
                    BrowserEffect::Reply(reply) => {
                        if let Some(hit) = hit.take() {
                            login.reply(hit, reply);
                        }
                    }
                    BrowserEffect::Remark(words) => self.tell(LoginStep::Remark(words)),
                    BrowserEffect::Exchange(code) => return Ok(code),
                    BrowserEffect::End(end) => {
                        login.settle().await;
                        return Err(self.ended(end));
                    }
                }
            }
        }
    }

    fn ended(&self, end: BrowserEnd) -> Failure {
        let profile = self.wanted.profile;
        match end {
            BrowserEnd::Refused { error, description } => {
                let out_of_order = matches!(error.as_str(), "server_error" | "temporarily_unavailable");
                let refusal = TokenRefusal::Refused { status: 302, error, description, uri: None };
                Failure::LoginFailed {
                    reason: format!("the login was refused: {refusal}"),
                    advice: token_advice(&refusal, profile),
                    weight: if out_of_order { Weight::NoAnswer } else { Weight::No },
                    exchange: None,
                }
            }
            BrowserEnd::OtherIssuer(fault) => failed(
                format!("{fault}; its code was not used"),
                &[
                    "If both are the same server, write the issuer in profiles.toml as the server spells it; Keycloak: set \
                     --hostname, so that it has one name however it is reached.",
                    "If they are not, somebody led the browser to another server: log in nowhere before this is clear.",
                ],
                Weight::NoAnswer,
            ),
            BrowserEnd::TimeOut => failed(
                "nobody came back from the browser within 5 minutes".to_owned(),
                &[
                    "If the browser complained of the redirect address: it must be registered for the client, letter for \
                     letter (Keycloak: Clients → Settings → Valid redirect URIs → http://127.0.0.1/callback, which stands \
                     for every port).",
                    "Try again, or use --device where the provider offers it.",
                ],
                Weight::NoAnswer,
            ),
        }
    }
}

impl UnderWay {
    async fn woken(&mut self, input: &mut mpsc::UnboundedReceiver<LoginInput>, listens_to_person: bool) -> Woken {
        let left = self.machine.ends().duration_since(Timestamp::now());
        let left = Duration::try_from(left).unwrap_or_default();
        let hit = async {
            match &mut self.listener {
                Some(listener) => listener.hit().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            hit = hit => Woken::Hit(hit),
            said = input.recv(), if listens_to_person => Woken::Input(said),
            // A little later than the end, so that it has come.
            () = sleep(left + Duration::from_millis(1)) => Woken::Time,
        }
    }

    fn reply(&mut self, hit: super::connection::Hit, reply: BrowserReply) {
        let page = match reply {
            BrowserReply::Taken => Page::GoTo(DONE),
            BrowserReply::Refused => Page::GoTo(REFUSED),
            BrowserReply::NotOurs(why) => Page::NotOurs(why),
            BrowserReply::Late => Page::Late,
        };
        self.shows |= matches!(page, Page::GoTo(_));
        if let Some(listener) = &mut self.listener {
            listener.answer(hit, page);
        }
    }

    /// Does the work, while browsers go on to be answered; then sees to it that the last page is shown.
    async fn while_serving<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let done = loop {
            let Some(listener) = &mut self.listener else { break work.await };
            let hit = tokio::select! {
                done = &mut work => break done,
                hit = listener.hit() => hit,
            };
            for effect in self.machine.on(BrowserEvent::Hit(&hit.query), Timestamp::now()) {
                if let BrowserEffect::Reply(reply) = effect {
                    self.reply(hit, reply);
                    break;
                }
            }
        };
        self.settle().await;
        done
    }

    /// Lets the browser have its last page, but not for long.
    async fn settle(&mut self) {
        let Some(listener) = &mut self.listener else { return };
        let _ = timeout(LAST_PAGE, listener.settle(self.shows)).await;
    }
}

const BY_HAND: &str = "Give authorization_endpoint by hand under the provider in profiles.toml.";

fn no_place(no: NoPlace, device: bool) -> Failure {
    let device = if device { " Or use --device, which needs no port." } else { "" };
    match no {
        NoPlace::AllTaken => {
            let [first, second, third] = PORTS;
            failed(
                format!("the ports {first}, {second} and {third} are taken, so no browser can come back here"),
                &[
                    &format!("End one of the programs that have them, or another login that waits.{device}"),
                    "Or give the profile another: redirect_uri = \"http://127.0.0.1:PORT/callback\", registered with the provider.",
                ],
                Weight::Configuration,
            )
        }
        NoPlace::Taken(port, error) => failed(
            format!("port {port} of redirect_uri cannot be had, so no browser can come back here: {error}"),
            &[&format!("End the program that has it, or register another redirect_uri.{device}")],
            Weight::Configuration,
        ),
    }
}

pub(super) fn failed(reason: String, advice: &[&str], weight: Weight) -> Failure {
    let advice = advice.iter().map(|&line| line.to_owned()).collect();
    Failure::LoginFailed { reason, advice, weight, exchange: None }
}
