//! The loop: keys first, then messages for a few milliseconds at most, then a frame if something changed.
//!
//! Nothing here ticks: it waits for a key, a message, a signal, or the moment at which the screen looks different by
//! itself.

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use thiserror::Error;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::action::Action;
use super::alarm::Alarm;
use super::clipboard::{self, Way};
use super::effect::Effect;
use super::input::Input;
use super::message::Message;
use super::runner::{Runner, asked_panic};
use super::settings::file::Loaded;
use super::signals::{self, Signals};
use super::state::{Level, Origin, Size, State};
use super::terminal::Screen;
use super::update::update;
use super::{draw, editor, wake};
use crate::engine::{Engine, time_zone};
use crate::exchange::Secret;

/// At most sixty frames a second.
const FRAME: Duration = Duration::from_millis(16);
/// Messages that are waiting are taken in for so long before a frame is drawn.
const DRAIN: Duration = Duration::from_millis(4);
/// How long running work may take to end with the program.
const FAREWELL: Duration = Duration::from_millis(500);

/// How the explorer opens.
#[derive(Clone, Debug)]
pub struct Options {
    /// The profile to begin with; the file's own choice unless given.
    pub profile: Option<String>,
    /// Only ASCII characters.
    pub ascii: bool,
    /// Colours; off with `NO_COLOR`.
    pub colour: bool,
    /// What `config.toml` says.
    pub config: Loaded,
}

/// How the explorer ended, with the terminal as it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The user left.
    Quit,
    /// A signal of this number came: the exit code is 128 and that.
    Signal(i32),
}

/// The explorer could not go on. The terminal is as it was before.
#[derive(Debug, Error)]
pub enum Error {
    /// There is no terminal to draw on.
    #[error("the explorer needs a terminal: {0}; `tokenscope --help` lists the commands that do without")]
    NoTerminal(io::Error),
    /// The terminal took no more output.
    #[error("the terminal took no more output: {0}")]
    Output(io::Error),
    /// The terminal gave no more input.
    #[error("the terminal gave no more input: {0}")]
    Input(io::Error),
    /// The runtime or the signals could not be set up.
    #[error("the system did not give what the explorer needs: {0}")]
    System(io::Error),
    /// No profile of the name asked for.
    #[error("there is no profile {0}; `tokenscope check` lists those there are")]
    UnknownProfile(String),
}

/// Runs the explorer until the user leaves or a signal comes.
pub fn run(engine: &Engine, options: &Options) -> Result<Ended, Error> {
    let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("effects").enable_all().build();
    let runtime = runtime.map_err(Error::System)?;
    // The loop waits on this thread alone: a countdown wakes one thread a second, not those of the effects too.
    let own = Builder::new_current_thread().enable_all().build().map_err(Error::System)?;
    let state = open(engine, options)?;
    let ended = {
        let screen = Screen::take(state.mouse).map_err(Error::NoTerminal)?;
        let (sender, messages) = mpsc::unbounded_channel();
        let runner = Runner::new(engine.clone(), runtime.handle().clone(), sender, asked("task"));
        runner.keep_watch();
        own.block_on(Explorer { state, screen, runner, messages, asked: Asked::now() }.until_it_ends())
    };
    runtime.block_on(async { _ = tokio::time::timeout(FAREWELL, engine.shut_down()).await });
    runtime.shutdown_background();
    ended
}

fn open(engine: &Engine, options: &Options) -> Result<State, Error> {
    let standing = engine.standing();
    let origin = Origin::of(&standing.source);
    let (width, height) = crossterm::terminal::size().unwrap_or((80, 24));
    let settings = &options.config.settings;
    let look = settings.look(options.ascii, !options.colour);
    let mut state = State::new(standing.profiles, origin, look, Timestamp::now(), Size { width, height });
    state.turn = standing.turn;
    state.zone = time_zone();
    state.keys = settings.keys.clone();
    state.mouse = !settings.no_mouse;
    if let Some(name) = &options.profile {
        let place = state.views.iter().position(|view| view.name == *name);
        state.selected = place.ok_or_else(|| Error::UnknownProfile(name.clone()))?;
    }
    let mistakes = state.origin.problems.clone();
    complain(&mut state, &mistakes, &standing.source.label);
    complain(&mut state, &options.config.problems, "config.toml");
    Ok(state)
}

/// Puts a file's mistakes among the messages: each by its first line, and last how many there are.
fn complain(state: &mut State, mistakes: &[String], label: &str) {
    for mistake in mistakes.iter().take(20) {
        state.log.say(state.now, Level::Error, mistake.lines().next().unwrap_or_default());
    }
    if mistakes.len() > 1 {
        let words = format!("{} mistakes in {label}: {} shows them.", mistakes.len(), state.key(Action::Messages));
        state.log.say(state.now, Level::Warning, words);
    }
}

/// Whether `TOKENSCOPE_PANIC` asks for a panic at this place; debug builds alone honour it.
fn asked(place: &str) -> bool {
    cfg!(debug_assertions) && std::env::var_os("TOKENSCOPE_PANIC").is_some_and(|value| value == place)
}

/// What `TOKENSCOPE_PANIC` asks of the loop.
#[derive(Clone, Copy)]
struct Asked {
    draw: bool,
    update: bool,
    error: bool,
}

impl Asked {
    fn now() -> Self {
        Self { draw: asked("draw"), update: asked("update"), error: asked("error") }
    }
}

struct Explorer {
    state: State,
    screen: Screen,
    runner: Runner,
    messages: UnboundedReceiver<Message>,
    asked: Asked,
}

/// What the loop woke up for.
enum Woken {
    Input(io::Result<Message>),
    Message(Message),
    Signal(i32),
    Time,
}

impl Explorer {
    async fn until_it_ends(mut self) -> Result<Ended, Error> {
        let mut signals = Signals::listen().map_err(Error::System)?;
        let mut input = Input::listen();
        let mut alarm = Alarm::new();
        self.draw()?;
        let mut drawn = Instant::now();
        let (mut changed, mut ticked) = (false, false);
        self.runner.warm_up();
        self.runner.watch();
        loop {
            if changed && drawn.elapsed() >= FRAME {
                self.draw()?;
                changed = false;
                // The frame of a countdown's second makes no key wait for the next one.
                if !ticked {
                    drawn = Instant::now();
                }
            }
            let wait = if changed { Some(FRAME.saturating_sub(drawn.elapsed())) } else { self.until_wake() };
            let woken = tokio::select! {
                biased;
                event = input.next() => Woken::Input(event),
                number = signals.next() => Woken::Signal(number),
                Some(message) = self.messages.recv() => Woken::Message(message),
                () = alarm.ring(wait) => Woken::Time,
            };
            let time_alone = matches!(woken, Woken::Time);
            let effects = match woken {
                Woken::Signal(number) => return Ok(Ended::Signal(number)),
                Woken::Time if changed => continue,
                Woken::Time => self.take(Message::Wake),
                Woken::Message(message) => self.take(message),
                Woken::Input(message) => self.take(message.map_err(Error::Input)?),
            };
            (changed, ticked) = (true, time_alone);
            let mut outside = self.carry_out(effects)?;
            outside.extend(self.drain(&mut input).await?);
            for effect in outside {
                // Another program reads the terminal meanwhile: our reader must let go of it.
                input.let_go();
                self.step_outside(effect, &mut signals)?;
                input.listen_again();
            }
            if self.state.quitting {
                return Ok(Ended::Quit);
            }
        }
    }

    /// Takes in what is waiting already, keys first, for a few milliseconds at most.
    async fn drain(&mut self, input: &mut Input) -> Result<Vec<Effect>, Error> {
        let began = Instant::now();
        let mut outside = Vec::new();
        while began.elapsed() < DRAIN && !self.state.quitting && outside.is_empty() {
            let message = match input.waiting().await.map_err(Error::Input)? {
                Some(message) => message,
                None => match self.messages.try_recv() {
                    Ok(message) => message,
                    Err(_) => break,
                },
            };
            let effects = self.take(message);
            outside.extend(self.carry_out(effects)?);
        }
        Ok(outside)
    }

    fn take(&mut self, message: Message) -> Vec<Effect> {
        if self.asked.update && matches!(message, Message::Key(_)) {
            asked_panic("update");
        }
        self.state.now = Timestamp::now();
        update(&mut self.state, message)
    }

    fn draw(&mut self) -> Result<(), Error> {
        if self.asked.error && self.state.log.entries().len() > 0 {
            return Err(Error::Output(io::Error::other("asked for by TOKENSCOPE_PANIC=error")));
        }
        self.state.now = Timestamp::now();
        let (state, asked) = (&self.state, self.asked.draw);
        let painted = self.screen.draw(|frame| {
            if asked {
                asked_panic("draw");
            }
            draw::paint(state, state.now, frame)
        });
        self.state.saw(painted.map_err(Error::Output)?);
        Ok(())
    }

    /// Carries effects out; hands back those that need the terminal for themselves.
    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<Vec<Effect>, Error> {
        let mut outside = Vec::new();
        for effect in effects {
            match effect {
                Effect::Fetch { run, ask } => self.runner.fetch(run, ask),
                Effect::Login { run, ask } => self.runner.login(run, ask),
                Effect::LoginInput { run, input } => self.runner.login_input(run, input),
                Effect::Act { run, act, which, held } => self.runner.act(run, act, which, held),
                Effect::Introspect { run, profile, environment, token } => {
                    self.runner.introspect(run, profile, environment, token);
                }
                Effect::LogOut { run, profile } => self.runner.log_out(run, profile),
                Effect::Probe { run, ask } => self.runner.probe(run, ask),
                Effect::Verify { run, token, from, ask } => self.runner.verify(run, token, from, ask),
                Effect::ProviderPage { run, of } => self.runner.provider_page(run, of),
                Effect::Sign { run, draft, by } => self.runner.sign(run, draft, by),
                Effect::ReadToken { path } => self.runner.read_token(path),
                Effect::RotateKeys => self.runner.rotate_keys(),
                Effect::Cancel(run) => self.runner.cancel(run),
                Effect::Write { what, name, text } => self.runner.write(what, name, text),
                Effect::Copy { what, text } => self.copy(what, text),
                Effect::ChooseEnvironment(name) => self.runner.choose_environment(name),
                Effect::Trust { digest } => self.runner.trust(digest),
                Effect::PlanSave(edits) => self.runner.plan_save(edits),
                Effect::Save(plan) => self.runner.save(plan),
                Effect::Introduce { run, pasted, connection } => self.runner.introduce(run, *pasted, *connection),
                Effect::Add { addition, secret, save } => self.runner.add(*addition, secret, save),
                Effect::KeepGivenSecrets => self.runner.keep_given_secrets(),
                Effect::LookForKeyring => self.runner.look_for_keyring(),
                Effect::Watch => self.runner.watch(),
                Effect::GiveSecret { profile, secret } => self.runner.give_secret(&profile, secret),
                Effect::GivePassword { profile, secret } => self.runner.give_password(&profile, secret),
                Effect::Mouse(capture) => self.screen.mouse(capture).map_err(Error::Output)?,
                Effect::Quit => self.state.quitting = true,
                Effect::Edit { .. } | Effect::EditText { .. } | Effect::Suspend => outside.push(effect),
            }
        }
        Ok(outside)
    }

    /// Offers text to the clipboard, by the way there is here.
    fn copy(&mut self, what: String, text: Secret) {
        let instead = format!("{} {} writes a file", self.state.key(Action::Copy), self.state.key(Action::CopyFile));
        match clipboard::way() {
            Way::Tmux => self.runner.copy_through_tmux(what, text, instead),
            Way::Osc52(through) => {
                let (level, said) = clipboard::through_terminal(self.screen.out(), through, &what, &text, &instead);
                self.state.log.say(self.state.now, level, said);
            }
        }
    }

    /// Leaves the screen for an editor or the shell, and comes back.
    fn step_outside(&mut self, effect: Effect, signals: &mut Signals) -> Result<(), Error> {
        let mouse = self.state.mouse;
        let said = match effect {
            Effect::Edit { path, line } => {
                let edited = self.screen.lend(mouse, || editor::open(&path, line)).map_err(Error::Output)?;
                signals.forget_interrupt();
                Some(edited)
            }
            Effect::EditText { text } => {
                let edited = self.screen.lend(mouse, || editor::edit(&text)).map_err(Error::Output)?;
                signals.forget_interrupt();
                match edited {
                    Ok(text) => {
                        self.take(Message::Edited(text));
                        None
                    }
                    Err(said) => Some(said),
                }
            }
            _ => {
                let stopped = self.screen.lend(mouse, signals::stop).map_err(Error::Output)?;
                stopped.err().map(|error| (Level::Error, format!("The program could not be stopped: {error}.")))
            }
        };
        self.state.now = Timestamp::now();
        if let Some((level, text)) = said {
            self.state.log.say(self.state.now, level, text);
        }
        // The terminal may have another size now.
        if let Ok((width, height)) = crossterm::terminal::size() {
            self.state.size = Size { width, height };
        }
        Ok(())
    }

    fn until_wake(&self) -> Option<Duration> {
        let until = wake::next(&self.state)?.duration_since(Timestamp::now());
        // A little late rather than early: the shown second must have changed.
        Some(Duration::try_from(until).unwrap_or_default() + Duration::from_millis(1))
    }
}
