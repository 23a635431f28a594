//! Carries out what `update` asked for: each effect a task that ends in exactly one message, unless it is cancelled.
//!
//! The only file of the explorer that starts tasks.

use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::AbortHandle;

use super::body::Body;
use super::effect::SignBy;
use super::message::Message;
use super::state::{Level, RunId};
use super::{clipboard, inspecting, new_file, signals, terminal};
use crate::config::edit::Edit;
use crate::config::pasted::Pasted;
use crate::config::{Addition, Connection};
use crate::engine::{
    Engine, Failure, HeldToken, KeysFrom, LoginAsk, LoginInput, PolicyAsk, ProbeAsk, ProviderOf, Reloaded, SavePlan,
    TokenAct, TokenAsk, Which,
};
use crate::exchange::Secret;
use crate::jwt::{Draft, Token};

/// A file has come to rest when nothing happened to it for so long.
const REST: Duration = Duration::from_millis(60);

/// What runs, by number.
pub(super) struct Runner {
    engine: Engine,
    runtime: Handle,
    messages: UnboundedSender<Message>,
    tasks: HashMap<RunId, AbortHandle>,
    /// The logins that wait, and how to tell them what the person did.
    logins: HashMap<RunId, UnboundedSender<LoginInput>>,
    panic_once: bool,
}

impl Runner {
    /// Nothing runs yet. `panic_once`: the first task panics, to see that the screen stays.
    pub(super) fn new(engine: Engine, runtime: Handle, messages: UnboundedSender<Message>, panic_once: bool) -> Self {
        Self { engine, runtime, messages, tasks: HashMap::new(), logins: HashMap::new(), panic_once }
    }

    /// Sees to it that the program ends when it is told to, even if the loop cannot hear it.
    pub(super) fn keep_watch(&self) {
        self.runtime.spawn(signals::last_resort(terminal::give_back));
    }

    /// Starts what need not stand before the first frame: notices are passed on, the bundled server starts.
    pub(super) fn warm_up(&self) {
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        self.runtime.spawn(async move {
            let mut notices = engine.take_notices();
            while let Some(notice) = notices.recv().await {
                let standing = Box::new(engine.standing());
                if messages.send(Message::Notice { notice, standing }).is_err() {
                    return;
                }
            }
        });
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        self.runtime.spawn(async move {
            let failure = match guarded(engine.warm_up()).await {
                Ok(()) => return,
                Err(failure) => failure,
            };
            _ = messages.send(Message::Said(Level::Error, sentences(&failure)));
        });
    }

    /// Gets a token.
    pub(super) fn fetch(&mut self, run: RunId, ask: TokenAsk) {
        let engine = self.engine.clone();
        self.start(run, async move { engine.token(ask).await }, move |result| Message::Token { run, result });
    }

    /// Lets a person log in, and passes on what is to be shown meanwhile.
    pub(super) fn login(&mut self, run: RunId, ask: LoginAsk) {
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        let (told, mut steps) = mpsc::unbounded_channel();
        let (input, inputs) = mpsc::unbounded_channel();
        self.logins.retain(|_, input| !input.is_closed());
        self.logins.insert(run, input);
        let work = async move {
            // Ends when the login does: then nobody tells anything any more.
            let pass_on = async {
                while let Some(step) = steps.recv().await {
                    _ = messages.send(Message::Login { run, step });
                }
            };
            tokio::join!(engine.login(ask, told, inputs), pass_on).0
        };
        self.start(run, work, move |result| Message::Token { run, result });
    }

    /// Tells a login that waits what the person did.
    pub(super) fn login_input(&self, run: RunId, input: LoginInput) {
        if let Some(login) = self.logins.get(&run) {
            _ = login.send(input);
        }
    }

    /// Does something with a token at its provider.
    pub(super) fn act(&mut self, run: RunId, act: TokenAct, which: Which, held: Arc<HeldToken>) {
        let engine = self.engine.clone();
        let work = async move { engine.act(act, which, held).await };
        self.start(run, work, move |result| Message::Acted { run, result });
    }

    /// Asks a profile's provider about a token from anywhere.
    pub(super) fn introspect(&mut self, run: RunId, profile: String, environment: Option<String>, token: Arc<Token>) {
        let engine = self.engine.clone();
        let work = async move { engine.introspect(&profile, environment.as_deref(), &token).await };
        self.start(run, work, move |result| Message::Acted { run, result });
    }

    /// Ends a profile's login.
    pub(super) fn log_out(&mut self, run: RunId, profile: String) {
        let engine = self.engine.clone();
        let work = async move { engine.logout(&profile).await };
        self.start(run, work, move |result| Message::LoggedOut { run, result });
    }

    /// Calls an endpoint, and makes its body ready to be shown.
    pub(super) fn probe(&mut self, run: RunId, ask: ProbeAsk) {
        let engine = self.engine.clone();
        let work = async move {
            let answer = engine.probe(ask).await?;
            let body = answer.exchange.response().map(Body::of).unwrap_or_default();
            Ok((Arc::new(answer), Arc::new(body)))
        };
        self.start(run, work, move |result| Message::Answer { run, result });
    }

    /// Holds a token against keys.
    pub(super) fn verify(&mut self, run: RunId, token: Arc<Token>, from: KeysFrom, ask: PolicyAsk) {
        let engine = self.engine.clone();
        let work = async move { Ok(inspecting::judge(&engine, &token, &from, &ask).await) };
        self.start(run, work, move |result| {
            let result = result.unwrap_or_else(|fault| Err(sentences(&fault)));
            Message::Judged { run, result }
        });
    }

    /// Gets what an issuer says of itself.
    pub(super) fn provider_page(&mut self, run: RunId, of: ProviderOf) {
        let engine = self.engine.clone();
        let work = async move { engine.provider_page(&of).await.map(Arc::new) };
        self.start(run, work, move |result| Message::ProviderPage {
            run,
            result: result.map_err(|failure| sentences(&failure)),
        });
    }

    /// Signs a draft, off the thread that draws: making a key takes its time.
    pub(super) fn sign(&self, run: RunId, draft: Draft, by: SignBy) {
        let engine = self.engine.clone();
        self.aside(move || Message::Signed { run, result: inspecting::sign(&engine, draft, by) });
    }

    /// Reads a token out of a file.
    pub(super) fn read_token(&self, path: PathBuf) {
        self.aside(move || inspecting::read(&path));
    }

    fn start<T: Send + 'static>(
        &mut self,
        run: RunId,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
        message: impl FnOnce(Result<T, Failure>) -> Message + Send + 'static,
    ) {
        let panics = std::mem::take(&mut self.panic_once);
        let messages = self.messages.clone();
        let task = self.runtime.spawn(async move {
            let result = guarded(async move {
                if panics {
                    asked_panic("task");
                }
                work.await
            })
            .await;
            _ = messages.send(message(result));
        });
        self.tasks.retain(|_, task| !task.is_finished());
        self.tasks.insert(run, task.abort_handle());
    }

    /// Drops an effect where it stands.
    pub(super) fn cancel(&mut self, run: RunId) {
        self.logins.remove(&run);
        if let Some(task) = self.tasks.remove(&run) {
            task.abort();
        }
    }

    /// Hands text to tmux, off the thread that draws.
    /// `instead` says what else there is, when tmux does not take it.
    pub(super) fn copy_through_tmux(&self, what: String, text: Secret, instead: String) {
        self.say(move || clipboard::through_tmux(&what, &text, &instead));
    }

    /// Writes a new file in the current folder.
    pub(super) fn write(&self, what: String, name: String, text: Secret) {
        self.say(move || match new_file::write(&name, &text) {
            Ok(path) => (Level::Done, format!("Wrote {what} to ./{path}, readable by you alone.")),
            Err(error) => (Level::Error, format!("{name} could not be written here: {error}.")),
        });
    }

    /// Has the bundled server sign with a new key.
    pub(super) fn rotate_keys(&self) {
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        self.runtime.spawn(async move {
            let (level, said) = match guarded(engine.rotate_keys()).await {
                Ok(()) => (Level::Done, "The bundled server signs with a new key now; new tokens show it.".to_owned()),
                Err(failure) => (Level::Error, sentences(&failure)),
            };
            _ = messages.send(Message::Said(level, said));
        });
    }

    /// Lets another environment hold.
    pub(super) fn choose_environment(&self, name: String) {
        let engine = self.engine.clone();
        self.aside(move || Message::Environment(engine.choose_environment(&name).map(Box::new)));
    }

    /// Keeps the person's yes to a file.
    pub(super) fn trust(&self, digest: String) {
        let engine = self.engine.clone();
        self.aside(move || Message::Trusted(engine.trust_reviewed(&digest)));
    }

    /// Finds out what saving would write.
    pub(super) fn plan_save(&self, edits: Vec<Edit>) {
        let engine = self.engine.clone();
        self.aside(move || Message::Planned(engine.plan_save(edits)));
    }

    /// Writes what was planned.
    pub(super) fn save(&self, plan: SavePlan) {
        let engine = self.engine.clone();
        self.aside(move || Message::Saved(engine.save(plan)));
    }

    /// Finds the authorization server that was meant, and tells each address before it is asked.
    pub(super) fn introduce(&mut self, run: RunId, pasted: Pasted, connection: Connection) {
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        let work = async move {
            let tell = |url: &str| _ = messages.send(Message::Asking { run, url: url.to_owned() });
            Ok(engine.introduce(&pasted, &connection, tell).await)
        };
        self.start(run, work, move |result| {
            let result = result.unwrap_or_else(|fault| Err(fault.into()));
            Message::Introduced { run, result: result.map(Box::new) }
        });
    }

    /// Uses an addition in this session.
    pub(super) fn add(&self, addition: Addition, secret: Option<Secret>, save: bool) {
        let engine = self.engine.clone();
        self.aside(move || {
            let profile = addition.profile.as_ref().map(|profile| profile.name.clone());
            let result = engine.add_for_session(addition, secret).map(Box::new);
            Message::Added { profile, save, result }
        });
    }

    /// Puts secrets that were given for what is saved by now into the keyring.
    pub(super) fn keep_given_secrets(&self) {
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        self.runtime.spawn(async move {
            for kept in engine.keep_given_secrets().await {
                let (level, said) = match kept {
                    Ok(place) => (Level::Done, format!("The secret is kept in {place}.")),
                    Err(failure) => (Level::Error, sentences(&failure)),
                };
                _ = messages.send(Message::Said(level, said));
            }
        });
    }

    /// Finds out whether there is a keyring.
    pub(super) fn look_for_keyring(&self) {
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        self.runtime.spawn(async move {
            let there = engine.has_keyring().await;
            _ = messages.send(Message::Keyring(there));
        });
    }

    /// Keeps a client secret for this run.
    pub(super) fn give_secret(&self, profile: &str, secret: Secret) {
        self.engine.give_secret(profile, secret);
    }

    /// Keeps a person's password for this run.
    pub(super) fn give_password(&self, profile: &str, secret: Secret) {
        self.engine.give_password(profile, secret);
    }

    /// Reads the files again each time they change, once the change has come to rest: editors write in several steps.
    pub(super) fn watch(&self) {
        let (tell, mut changes) = mpsc::unbounded_channel();
        let (engine, messages) = (self.engine.clone(), self.messages.clone());
        self.runtime.spawn(async move {
            // Held as long as this task lives: when it is dropped, nothing is told any more.
            let first = tell.clone();
            let _watch = match engine.watch(move || _ = tell.send(())) {
                Ok(watch) => watch,
                Err(reason) => {
                    let text = format!("Changes of profiles.toml are not noticed: {reason}. Start again to use them.");
                    _ = messages.send(Message::Said(Level::Warning, text));
                    return;
                }
            };
            // What changed before the watch began was told to nobody.
            _ = first.send(());
            drop(first);
            while changes.recv().await.is_some() {
                while let Ok(Some(())) = tokio::time::timeout(REST, changes.recv()).await {}
                let engine = engine.clone();
                let Ok(reloaded) = tokio::task::spawn_blocking(move || engine.reload()).await else { continue };
                if !matches!(reloaded, Reloaded::Unchanged) && messages.send(Message::Reloaded(reloaded)).is_err() {
                    return;
                }
            }
        });
    }

    /// Does what blocks on another thread; its message comes when it is done.
    fn aside(&self, work: impl FnOnce() -> Message + Send + 'static) {
        let messages = self.messages.clone();
        self.runtime.spawn_blocking(move || _ = messages.send(work()));
    }

    fn say(&self, work: impl FnOnce() -> (Level, String) + Send + 'static) {
        self.aside(move || {
            let (level, text) = work();
            Message::Said(level, text)
        });
    }
}

/// The work's outcome; a panic in it becomes a failure.
async fn guarded<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match AssertUnwindSafe(work).catch_unwind().await {
        Ok(result) => result,
        Err(panic) => Err(Failure::Fault { message: words_of(panic.as_ref()) }),
    }
}

/// What happened and what to do, in one text.
fn sentences(failure: &Failure) -> String {
    std::iter::once(failure.to_string()).chain(failure.advice()).collect::<Vec<_>>().join(". ")
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

/// The panic that `TOKENSCOPE_PANIC` asks for in debug builds.
#[allow(clippy::panic, reason = "it exists to see that the terminal survives one")]
pub(super) fn asked_panic(place: &str) {
    panic!("asked for by TOKENSCOPE_PANIC={place}");
}
