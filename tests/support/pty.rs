//! The real binary in a pseudo-terminal: what it writes goes through a terminal emulator, keys go in as bytes.

use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{MouseProtocolMode, Parser, Screen};

/// Nothing takes so long, also on a busy machine; who waits longer fails.
const DEADLINE: Duration = Duration::from_secs(30);

struct Seen {
    parser: Parser,
    sent: Vec<u8>,
    ended: bool,
}

/// A program in a terminal.
pub struct Pty {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    reader: Option<JoinHandle<()>>,
    before: String,
}

impl Pty {
    /// Starts the command, with its folder and its changes of the environment, in a terminal of this size.
    pub fn start(command: &Command, width: u16, height: u16) -> Self {
        let size = PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let before = format!("{:?}", pair.master.get_termios().unwrap());
        let mut builder = CommandBuilder::new(command.get_program());
        builder.args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            builder.cwd(folder);
        }
        builder.env("TERM", "xterm-256color");
        for name in ["TMUX", "EDITOR", "VISUAL"] {
            builder.env_remove(name);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => builder.env(name, value),
                None => builder.env_remove(name),
            }
        }
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let size = (NonZeroU16::new(height).unwrap(), NonZeroU16::new(width).unwrap());
        let parser = Parser::new(size.0, size.1, 0);
        let seen = Arc::new((Mutex::new(Seen { parser, sent: Vec::new(), ended: false }), Condvar::new()));
        let mut output = pair.master.try_clone_reader().unwrap();
        let reader = std::thread::spawn({
            let seen = Arc::clone(&seen);
            move || {
                let mut buffer = vec![0; 65_536];
                loop {
                    // A terminal whose last program is gone reads as an error on Linux.
                    let count = output.read(&mut buffer).unwrap_or(0);
                    let mut locked = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
                    locked.parser.process(buffer.get(..count).unwrap());
                    locked.sent.extend_from_slice(buffer.get(..count).unwrap());
                    locked.ended = count == 0;
                    seen.1.notify_all();
                    if count == 0 {
                        return;
                    }
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self { seen, master: pair.master, keys, child, reader: Some(reader), before }
    }

    /// Gives the terminal another size.
    pub fn resize(&self, width: u16, height: u16) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.parser.set_size(NonZeroU16::new(height).unwrap(), NonZeroU16::new(width).unwrap());
        self.master.resize(PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 }).unwrap();
    }

    /// Sends bytes as the keyboard would.
    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits until the screen is so; fails, showing the screen, when it does not come to be.
    #[track_caller]
    pub fn wait_for(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        let end = Instant::now() + DEADLINE;
        let mut seen = self.seen.0.lock().unwrap();
        while !is_so(seen.parser.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            let over = left.is_zero() || seen.ended;
            assert!(!over, "{what} did not come; the screen:\n{}", seen.parser.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until these words are on the screen.
    #[track_caller]
    pub fn wait_for_text(&self, words: &str) {
        self.wait_for(words, |screen| screen.contents().contains(words));
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.seen.0.lock().unwrap().parser.screen().contents()
    }

    /// How many bytes came from the program so far.
    pub fn bytes(&self) -> usize {
        self.seen.0.lock().unwrap().sent.len()
    }

    /// Every byte that came from the program so far.
    pub fn sent(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().sent.clone()
    }

    /// Sends a signal by its name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Whether the terminal works as it did before the program: cooked, not raw.
    pub fn is_cooked(&self) -> bool {
        format!("{:?}", self.master.get_termios().unwrap()) == self.before
    }

    /// Waits for the end; the exit code.
    #[track_caller]
    pub fn wait(&mut self) -> u32 {
        let end = Instant::now() + DEADLINE;
        let mut seen = self.seen.0.lock().unwrap();
        while !seen.ended {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it did not end; the screen:\n{}", seen.parser.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
        drop(seen);
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.child.wait().unwrap().exit_code()
    }

    /// Fails unless everything the explorer switches on is on, at the latest when it has been read.
    #[track_caller]
    pub fn assert_taken(&self) {
        self.wait_for("everything to be switched on", |screen| {
            let taken = screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste();
            taken && screen.mouse_protocol_mode() != MouseProtocolMode::None
        });
        assert!(!self.is_cooked(), "raw mode is on");
    }

    /// Fails unless all of it is off again, and returns what then stands on the normal screen.
    #[track_caller]
    pub fn assert_given_back(&self) -> String {
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.parser.screen();
        assert!(!screen.alternate_screen(), "still on the alternate screen");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), MouseProtocolMode::None, "the mouse is still captured");
        let text = screen.contents();
        drop(seen);
        assert!(self.is_cooked(), "raw mode is still on");
        text
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        _ = self.child.kill();
    }
}
