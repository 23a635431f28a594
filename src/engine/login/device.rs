//! The login on another device: gets the codes, shows one, and polls with the other.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::browser::failed;
use super::{Login, LoginInput, LoginStep, open, random};
use crate::audit::token_advice;
use crate::engine::tokens::{By, Got, fetch, send_as_client};
use crate::engine::{Failure, Weight};
use crate::exchange::Secret;
use crate::oauth::{
    Client, DeviceAuthorization, DeviceEffect, DeviceEnd, DeviceEvent, DeviceLogin, DeviceRequest, ServerEndpoint,
    TokenBy, code_challenge, code_verifier, read_device_response,
};

impl Login<'_> {
    /// Gets a token by a code that is typed on another device.
    pub(super) async fn by_device(&self, input: &mut mpsc::UnboundedReceiver<LoginInput>) -> Result<Got, Failure> {
        let verifier = code_verifier(random()?);
        let mut login = DeviceLogin::new(self.codes(&verifier).await?, Timestamp::now());
        self.show(&login);
        let mut listens_to_person = true;
        // What the token endpoint gave last: the machine decides on the tokens, the rest goes with them.
        let mut last: Option<Got> = None;
        let mut event = None;
        loop {
            let next = match event.take() {
                Some(event) => event,
                None => {
                    let left = Duration::try_from(login.next().duration_since(Timestamp::now())).unwrap_or_default();
                    tokio::select! {
                        () = sleep(left + Duration::from_millis(1)) => DeviceEvent::Clock,
                        said = input.recv(), if listens_to_person => {
                            match said {
                                Some(LoginInput::OpenAgain) => self.open_page(&login).await,
                                Some(LoginInput::Pasted(_)) => {
                                    self.tell(LoginStep::Remark("there is nothing to paste here: the code is typed on the other device".into()));
                                }
                                None => listens_to_person = false,
                            }
                            continue;
                        }
                    }
                }
            };
            for effect in login.on(next, Timestamp::now()) {
                match effect {
                    DeviceEffect::Poll(code) => event = Some(self.poll(&code, &verifier, &mut last).await?),
                    DeviceEffect::Show => self.show(&login),
                    DeviceEffect::Remark(words) => self.tell(LoginStep::Remark(words)),
                    DeviceEffect::Got(_) => {
                        self.tell(LoginStep::Exchanging);
                        return last.ok_or_else(|| Failure::Fault { message: "a token was lost".to_owned() });
                    }
                    DeviceEffect::End(end) => return Err(self.device_ended(end)),
                }
            }
        }
    }

    async fn codes(&self, verifier: &Secret) -> Result<DeviceAuthorization, Failure> {
        let (wanted, profile) = (self.wanted, self.wanted.profile);
        let which = ServerEndpoint::DeviceAuthorization;
        let endpoint = self.directory.endpoint(self.http, wanted.provider, wanted.reach, which).await?;
        let request = |client: Client<'_>| {
            let (scopes, audience) = (&profile.scopes, profile.audience.as_deref());
            let (params, challenge) = (&profile.params, &code_challenge(verifier));
            DeviceRequest { endpoint: &endpoint, client, scopes, audience, params, challenge }.build()
        };
        let (exchange, read) = send_as_client(self.http, wanted, request, read_device_response).await?;
        read.map_err(|refusal| {
            let advice = token_advice(&refusal, profile);
            Failure::TokenRefused { exchange, refusal, advice }
        })
    }

    async fn poll(&self, code: &Secret, verifier: &Secret, last: &mut Option<Got>) -> Result<DeviceEvent, Failure> {
        match fetch(self.http, self.directory, self.wanted, By::Login(TokenBy::DeviceCode { code, verifier })).await {
            Ok(got) => {
                let granted = got.granted.clone();
                *last = Some(got);
                Ok(DeviceEvent::Answered(Ok(granted)))
            }
            Err(Failure::TokenRefused { refusal, .. }) => Ok(DeviceEvent::Answered(Err(refusal))),
            Err(Failure::NoAnswer { error, .. }) => Ok(DeviceEvent::NoAnswer(error.to_string())),
            // The metadata may have had to be fetched again.
            Err(Failure::Discovery { error, .. }) => Ok(DeviceEvent::NoAnswer(error.to_string())),
            Err(other) => Err(other),
        }
    }

    fn show(&self, login: &DeviceLogin) {
        let codes = login.codes();
        self.tell(LoginStep::Device {
            user_code: codes.user_code.clone(),
            verification_uri: codes.verification_uri.clone(),
            complete: codes.complete.clone(),
            ends: login.ends(),
            interval: login.interval(),
            polls: login.polls(),
        });
    }

    async fn open_page(&self, login: &DeviceLogin) {
        let codes = login.codes();
        let words = match open::open(codes.complete.as_ref().unwrap_or(&codes.verification_uri)).await {
            Ok(()) => "the browser was opened".to_owned(),
            Err(reason) => reason,
        };
        self.tell(LoginStep::Remark(words));
    }

    fn device_ended(&self, end: DeviceEnd) -> Failure {
        let profile = self.wanted.profile;
        match end {
            DeviceEnd::Denied => failed(
                "the login was refused on the other device".to_owned(),
                &["Begin again and agree there; nothing else has changed."],
                Weight::No,
            ),
            DeviceEnd::Expired => failed(
                "the code ended before it was typed and agreed to on the other device".to_owned(),
                &["Begin again: a new code lives as long as the first did."],
                Weight::NoAnswer,
            ),
            DeviceEnd::Refused(refusal) => {
                let (reason, advice) =
                    (format!("the provider ended the login: {refusal}"), token_advice(&refusal, profile));
                let no = matches!(&refusal, crate::oauth::TokenRefusal::Refused { status, .. } if *status < 500);
                let weight = if no { Weight::No } else { Weight::NoAnswer };
                Failure::LoginFailed { reason, advice, weight, exchange: None }
            }
        }
    }
}
