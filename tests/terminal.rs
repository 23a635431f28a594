//! The explorer as people have it: the real binary in a pseudo-terminal, with the real bundled servers. However it ends,
//! the terminal is as it was before.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may stop at the first surprise, and says when it is skipped"
)]

mod support;

use std::process::Command;

use support::Place;
use support::pty::Pty;

fn opened_by(command: &Command) -> Pty {
    let pty = Pty::start(command, 120, 36);
    pty.wait_for_text("NO TOKEN YET");
    pty.assert_taken();
    pty
}

fn opened(place: &Place) -> Pty {
    opened_by(&place.command(&[]))
}

/// With what `TOKENSCOPE_PANIC` asks for.
fn asking_for(place: &Place, what: &str) -> Command {
    let mut command = place.command(&[]);
    command.env("TOKENSCOPE_PANIC", what).env("RUST_BACKTRACE", "0");
    command
}

#[test]
fn fetch_look_inside_call_be_refused_mend_it_leave() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.wait_for_text("testapiclient1");
    pty.press("3");
    pty.wait_for("the answer of the scoped endpoint", |screen| {
        let text = screen.contents();
        text.contains("ALLOWED, as expected") && text.contains("Your access token has the scope test_api_acc")
    });
    pty.press("]");
    pty.wait_for_text("tester-no-scope @ myorg");
    pty.press("3");
    pty.wait_for("the refusal and its reason", |screen| {
        let text = screen.contents();
        text.contains("REFUSED, as expected")
            && text.contains("missing-scope, certain")
            && text.contains("The API wants the scope test_api_access; this token has profile email.")
    });
    pty.press("f");
    pty.wait_for("the answer after the remedy", |screen| {
        let text = screen.contents();
        text.contains("as tester-no-scope") && text.contains("ALLOWED") && text.contains("200 ")
    });
    // The session's edit is marked.
    pty.wait_for_text("tester-no-scope* @ myorg");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    let left = pty.assert_given_back();
    assert_eq!(left.trim(), "", "nothing is left on the normal screen");
}

#[test]
fn a_wrong_secret_is_refused_in_the_provider_s_own_words() {
    let place = Place::demo();
    let mut pty = opened_by(&place.command(&["--profile", "wrong-secret"]));
    pty.press("t");
    pty.wait_for_text("unauthorized_client");
    pty.wait_for_text("Invalid client or Invalid client credentials");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn ctrl_c_leaves_when_nothing_runs() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("\x03");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn signals_give_the_terminal_back() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130)] {
        let place = Place::demo();
        let mut pty = opened(&place);
        pty.signal(name);
        assert_eq!(pty.wait(), code, "SIG{name}");
        pty.assert_given_back();
    }
}

#[test]
fn an_error_gives_the_terminal_back_and_is_said_afterwards() {
    let place = Place::demo();
    let mut pty = opened_by(&asking_for(&place, "error"));
    pty.press("f");
    assert_eq!(pty.wait(), 3);
    assert!(pty.assert_given_back().contains("error: the terminal took no more output"));
}

#[test]
fn a_panic_while_drawing_gives_the_terminal_back_and_is_said_afterwards() {
    let place = Place::demo();
    let mut pty = Pty::start(&asking_for(&place, "draw"), 120, 36);
    assert_eq!(pty.wait(), 101);
    let left = pty.assert_given_back();
    assert!(left.contains("asked for by TOKENSCOPE_PANIC=draw"), "{left}");
}

#[test]
fn a_panic_in_update_gives_the_terminal_back_and_is_said_afterwards() {
    let place = Place::demo();
    let mut pty = opened_by(&asking_for(&place, "update"));
    pty.press("t");
    assert_eq!(pty.wait(), 101);
    let left = pty.assert_given_back();
    assert!(left.contains("asked for by TOKENSCOPE_PANIC=update"), "{left}");
}

#[test]
fn a_panic_in_an_effect_becomes_a_message_and_the_screen_stays() {
    let place = Place::demo();
    let mut pty = opened_by(&asking_for(&place, "task"));
    pty.press("t");
    pty.wait_for_text("a fault in tokenscope itself");
    pty.assert_taken();
    assert!(!pty.text().contains("panicked at"), "{}", pty.text());
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_again() {
    let place = Place::demo();
    let explorer = place.command(&[]);
    let mut shell = Command::new("sh");
    let job = format!(
        "set -m; '{}'; echo stopped; read line; fg >/dev/null; echo ended $?",
        env!("CARGO_BIN_EXE_tokenscope")
    );
    shell.arg("-c").arg(job).current_dir(place.path());
    for (name, value) in explorer.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let mut pty = opened_by(&shell);
    pty.press("\x1a");
    pty.wait_for("the shell", |screen| screen.contents().contains("stopped") && !screen.alternate_screen());
    pty.assert_given_back();
    pty.press("\n");
    pty.wait_for("the explorer again", |screen| {
        // The text alone says nothing: the emulator remembers what stood on that screen before.
        let taken = screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste();
        taken && screen.contents().contains("NO TOKEN YET")
    });
    pty.assert_taken();
    pty.press("q");
    pty.wait_for_text("ended 0");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn the_editor_gets_the_terminal_the_file_and_the_line() {
    let place = Place::demo();
    let mut command = place.command(&["--profile", "other-client"]);
    let script = place.path().join("editor");
    std::fs::write(&script, "#!/bin/sh\necho editing \"$@\"\nread line\n").unwrap();
    command.env("EDITOR", format!("sh {}", script.display()));
    let mut pty = opened_by(&command);
    pty.press("e");
    let line =
        tokenscope::config::DEMO_TEXT.lines().position(|line| line.starts_with("[profiles.other-client]")).unwrap();
    pty.wait_for_text(&format!("editing +{}", line + 1));
    pty.assert_given_back();
    pty.press("\n");
    pty.wait_for_text("is as it was");
    pty.assert_taken();
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn any_size_is_borne_and_nothing_is_lost() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    for (width, height) in [(1, 1), (20, 5), (300, 80), (59, 15), (1, 60), (200, 1)] {
        pty.resize(width, height);
        pty.press("zz");
    }
    pty.resize(20, 5);
    pty.wait_for_text("60 x 16");
    pty.resize(80, 24);
    pty.wait_for_text("VERIFIED");
    pty.resize(120, 36);
    pty.wait_for_text("Endpoints ─ demo");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
    pty.assert_given_back();
}

#[test]
fn a_paste_is_no_row_of_keys() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("\x1b[200~q\nd\nt\x1b[201~");
    pty.wait_for_text("and paste it there");
    pty.assert_taken();
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

/// As from a terminal that does not say where a paste begins.
#[test]
fn lines_that_come_at_once_are_a_paste_too() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("quit\rtwo lines, and more\rt\r");
    pty.wait_for_text("and paste it there");
    pty.assert_taken();
    assert!(pty.text().contains("NO TOKEN YET"), "no key of it was pressed:\n{}", pty.text());
    pty.press("\x1b[B\x1b[B");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn keys_and_colours_come_from_config_toml() {
    let place = Place::demo();
    let config = place.path().join("config.toml");
    let text = "ascii = true\nmouse = false\n[keys]\nnew-token = \"F5\"\nzoom = \"t\"\nhelp = \"x\"\n";
    std::fs::write(&config, text).unwrap();
    let mut command = place.command(&[]);
    command.env("TOKENSCOPE_CONFIG", &config);
    let mut pty = Pty::start(&command, 120, 36);
    pty.wait_for_text("F5  get one");
    pty.wait_for_text("config.toml:6:8: `x` cannot be help");
    assert!(pty.text().is_ascii(), "{}", pty.text());
    pty.press("\x1b[15~");
    pty.wait_for_text("VERIFIED signature");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

/// A server of tmux of its own, ended with the test.
struct Tmux(String);

impl Tmux {
    fn run(&self, arguments: &[&str]) -> String {
        let mut tmux = Command::new("tmux");
        let out = tmux.args(["-L", &self.0, "-f", "/dev/null"]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    #[track_caller]
    fn wait_for(&self, arguments: &[&str], words: &str) -> String {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            let text = self.run(arguments);
            if text.contains(words) {
                return text;
            }
            assert!(std::time::Instant::now() < end, "{words} did not come:\n{text}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        self.run(&["kill-server"]);
    }
}

#[test]
fn in_tmux_the_token_goes_through_its_buffer() {
    if Command::new("tmux").arg("-V").output().is_err() {
        eprintln!("SKIPPED: there is no tmux here, so copying through it was not tried");
        return;
    }
    let place = Place::demo();
    let tmux = Tmux(format!("tokenscope-test-{}", std::process::id()));
    let explorer = place.command(&[]);
    let mut words = vec!["new-session", "-d", "-x", "120", "-y", "36", "-c", place.path().to_str().unwrap()];
    let set: Vec<String> = explorer
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_str()?, value?.to_str()?)))
        .collect();
    for pair in &set {
        words.extend(["-e", pair]);
    }
    words.push(env!("CARGO_BIN_EXE_tokenscope"));
    words.extend(explorer.get_args().map(|argument| argument.to_str().unwrap()));
    tmux.run(&words);
    let screen = ["capture-pane", "-p"];
    tmux.wait_for(&screen, "NO TOKEN YET");
    tmux.run(&["send-keys", "t"]);
    tmux.wait_for(&screen, "VERIFIED signature");
    tmux.run(&["send-keys", "y", "t"]);
    let text = tmux.wait_for(&screen, "to tmux (load-buffer -w)");
    assert!(!text.contains("opied"), "{text}");
    let copied = tmux.run(&["show-buffer"]);
    assert!(copied.starts_with("eyJ") && copied.trim_end().split('.').count() == 3, "{copied}");
}

#[test]
fn a_tmux_that_is_not_there_is_said() {
    let place = Place::demo();
    let mut command = place.command(&[]);
    command.env("TMUX", "/nowhere,1,0").env("PATH", place.path());
    let mut pty = opened_by(&command);
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.press("yh");
    pty.wait_for_text("There is no program tmux, though $TMUX is set; y w writes a file");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn an_editor_that_fails_or_is_missing_leaves_the_explorer_as_it_was() {
    for (editor, said) in [
        ("no-such-editor --wait", "The editor no-such-editor did not start"),
        ("false", "The editor false ended with exit status: 1"),
        ("true", "is as it was"),
        ("'unended quote", "did not start"),
    ] {
        let place = Place::demo();
        let mut command = place.command(&[]);
        command.env("EDITOR", editor);
        let mut pty = opened_by(&command);
        pty.press("e");
        pty.wait_for_text(said);
        pty.assert_taken();
        pty.press("q");
        assert_eq!(pty.wait(), 0, "{editor}");
        pty.assert_given_back();
    }
}

#[test]
fn text_is_offered_to_the_clipboard_and_nothing_is_claimed() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.press("yj");
    pty.wait_for_text("clipboard (OSC 52)");
    assert!(!pty.text().contains("opied"));
    pty.press("yw");
    pty.wait_for_text("Wrote the token");
    let written = std::fs::metadata(place.path().join("tester.jwt")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&written.permissions()) & 0o777, 0o600);
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn without_a_terminal_it_says_so() {
    support::Ended::of(&Place::demo().command(&[]).output().unwrap()).code(2).says("needs a terminal");
}

#[test]
fn a_profile_that_is_not_there_is_named() {
    let place = Place::demo();
    let mut pty = Pty::start(&place.command(&["--profile", "testr"]), 120, 36);
    assert_eq!(pty.wait(), 2);
    assert!(pty.assert_given_back().contains("there is no profile testr"));
}

#[test]
fn the_palette_rotates_the_keys_of_the_bundled_server() {
    let place = Place::demo();
    let mut pty = opened(&place);
    pty.press("t");
    pty.wait_for_text("VERIFIED signature");
    pty.press(":rotate\r");
    pty.wait_for_text("signs with a new key now");
    pty.press("t");
    pty.wait_for_text("before #");
    pty.wait_for_text("VERIFIED signature");
    pty.press("q");
    assert_eq!(pty.wait(), 0);
}

/// As when a terminal's window is closed, or the connection to it breaks.
#[test]
fn a_terminal_that_goes_away_takes_the_program_with_it() {
    use std::io::Read as _;
    use std::time::{Duration, Instant};

    use portable_pty::{CommandBuilder, PtySize, native_pty_system};

    let place = Place::demo();
    let pair = native_pty_system().openpty(PtySize { rows: 36, cols: 120, pixel_width: 0, pixel_height: 0 }).unwrap();
    let command = place.command(&[]);
    let mut builder = CommandBuilder::new(command.get_program());
    builder.env("TERM", "xterm-256color");
    builder.cwd(place.path());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => builder.env(name, value),
            None => builder.env_remove(name),
        }
    }
    let mut child = pair.slave.spawn_command(builder).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("help") {
        let mut bytes = [0; 4096];
        let count = reader.read(&mut bytes).unwrap();
        seen.extend_from_slice(bytes.get(..count).unwrap());
    }
    drop(reader);
    drop(pair.master);
    let deadline = Instant::now() + Duration::from_secs(20);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("it went on without a terminal");
        }
        std::thread::yield_now();
    }
}
