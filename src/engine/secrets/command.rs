//! `{ command = [..] }`: runs a program that prints the secret, such as a password manager.
//!
//! No shell: the arguments go as they stand. The program gets no input and a process group of its own; the group is
//! killed when it takes too long and when nobody waits for it any more. What it prints never reaches a message; of its
//! error output the first line does, and only when it failed without printing anything, so that nothing it may have said
//! of the secret is repeated.
//!
//! Imports `exchange` and `jwt` of this crate.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use zeroize::Zeroizing;

use super::Missing;
use super::text::{Wrong, secret};
use crate::exchange::Secret;
use crate::jwt::shown;

/// How long a program may take: a password manager may have to be asked over the network.
pub const DEADLINE: Duration = Duration::from_secs(10);

/// A secret longer than this is something else.
const BOUND: usize = 16 * 1024;

/// How much of the error output is kept, and how much of its first line is shown.
const COMPLAINT: usize = 1024;
const SHOWN: usize = 200;

/// How long to wait for what is still in the pipe when the program has ended; a program it left behind may hold it open.
const REST: Duration = Duration::from_millis(100);

/// What a program did.
struct Ran {
    status: ExitStatus,
    out: Pipe,
    err: Pipe,
}

/// Runs the program in the folder and takes the one line it prints.
pub async fn run(words: &[String], folder: &Path, deadline: Duration) -> Result<Secret, Missing> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Missing::new("the command is empty", "Write { command = [\"PROGRAM\", \"ARGUMENT\"] }."));
    };
    let mut command = Command::new(place_of(program, folder));
    command.args(arguments).current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = command.spawn().map_err(|error| not_started(program, &error))?;
    let ran = match tokio::time::timeout(deadline, ran(child)).await {
        Ok(Ok(ran)) => ran,
        Ok(Err(error)) => return Err(not_started(program, &error)),
        Err(_) => {
            let seconds = deadline.as_secs();
            return Err(Missing::new(
                format!("the command {} did not end within {seconds} s and was stopped", shown(program, SHOWN)),
                "It gets no input: unlock or log in to it first, then try again.",
            ));
        }
    };
    judge(program, &ran)
}

/// A program given by a path is looked for from the folder of the file that names it.
fn place_of(program: &str, folder: &Path) -> std::path::PathBuf {
    if program.contains(std::path::is_separator) { folder.join(program) } else { program.into() }
}

async fn ran(mut child: Child) -> io::Result<Ran> {
    let mut group = Group::of(&child);
    let (mut out, mut err) = (Pipe::new(BOUND + 1), Pipe::new(COMPLAINT));
    let mut stdout = child.stdout.take();
    let mut stderr = child.stderr.take();
    let status = loop {
        tokio::select! {
            biased;
            () = out.fill(&mut stdout), if stdout.is_some() => {}
            () = err.fill(&mut stderr), if stderr.is_some() => {}
            status = child.wait() => break status?,
        }
        if out.is_full() {
            // It goes on printing: whatever it is, it is no secret. Dropping the group ends it.
            return Ok(Ran { status: ExitStatus::default(), out, err });
        }
    };
    while stdout.is_some() && tokio::time::timeout(REST, out.fill(&mut stdout)).await.is_ok() {}
    while stderr.is_some() && tokio::time::timeout(REST, err.fill(&mut stderr)).await.is_ok() {}
    group.let_go();
    Ok(Ran { status, out, err })
}

fn judge(program: &str, ran: &Ran) -> Result<Secret, Missing> {
    let name = shown(program, SHOWN);
    if ran.out.is_full() {
        return Err(Missing::new(
            format!("the command {name} prints more than {BOUND} bytes"),
            "It should print the secret alone.",
        ));
    }
    if !ran.status.success() {
        let how = how_it_ended(ran.status);
        // With output there may be a secret in it, and the error output may speak of it.
        let said = if ran.out.bytes.is_empty() { ran.err.first_line() } else { None };
        return Err(Missing::new(
            match said {
                Some(line) => format!("the command {name} {how}: {line}"),
                None => format!("the command {name} {how}"),
            },
            "Run it in a shell and see what it needs.",
        ));
    }
    secret(&ran.out.bytes).map_err(|wrong| match wrong {
        Wrong::Empty => Missing::new(
            format!("the command {name} printed nothing"),
            "It should print the secret on its standard output, in one line.",
        ),
        Wrong::Lines(count) => Missing::new(
            format!("the command {name} printed {count} lines, where one is expected"),
            "Have it print the secret alone, for instance with an option that picks one field.",
        ),
        other => Missing::new(
            format!("what the command {name} printed {other}"),
            "It should print the secret as plain text, without colours.",
        ),
    })
}

fn how_it_ended(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return format!("was ended by signal {signal}");
    }
    format!("ended with exit code {}", status.code().unwrap_or(-1))
}

fn not_started(program: &str, error: &io::Error) -> Missing {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "there is no such program".to_owned(),
        io::ErrorKind::PermissionDenied => "it may not be run".to_owned(),
        _ => error.to_string(),
    };
    Missing::new(
        format!("the command {} did not start: {reason}", shown(program, SHOWN)),
        "Install it, or name it by its path. No shell is involved: the first word is the program.",
    )
}

/// The start of what came through a pipe, in a buffer that never grows and is wiped.
struct Pipe {
    bytes: Zeroizing<Vec<u8>>,
    room: usize,
    /// Where each part of it arrives.
    part: Zeroizing<Vec<u8>>,
}

impl Pipe {
    fn new(room: usize) -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(room)), room, part: Zeroizing::new(vec![0; 4096]) }
    }

    /// Reads once; the pipe is gone when it has ended. What does not fit is thrown away.
    async fn fill(&mut self, pipe: &mut Option<impl AsyncRead + Unpin>) {
        let Some(open) = pipe else { return };
        match open.read(&mut self.part).await {
            Ok(count) if count > 0 => {
                let fits = count.min(self.room - self.bytes.len());
                self.bytes.extend_from_slice(self.part.get(..fits).unwrap_or_default());
            }
            _ => *pipe = None,
        }
    }

    fn is_full(&self) -> bool {
        self.bytes.len() >= self.room
    }

    /// The first line that says something, safe to show.
    fn first_line(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(shown(line, SHOWN))
    }
}

/// The program's process group: killed when this is dropped, with every process that is still in it.
struct Group(#[cfg(unix)] Option<rustix::process::Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        #[cfg(unix)]
        return Self(child.id().and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?)));
        #[cfg(not(unix))]
        {
            let _ = child;
            Self()
        }
    }

    /// The program has ended by itself: what it left running, such as an agent, is its own business.
    fn let_go(&mut self) {
        #[cfg(unix)]
        {
            self.0 = None;
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0 {
            // It may have ended in this moment.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use std::time::Instant;

    use super::*;

    async fn shell(script: &str) -> Result<String, String> {
        let words = ["sh", "-c", script].map(str::to_owned);
        let folder = tempfile::tempdir().unwrap();
        match run(&words, folder.path(), Duration::from_secs(20)).await {
            Ok(secret) => Ok(secret.reveal().to_owned()),
            Err(missing) => Err(missing.reason),
        }
    }

    #[tokio::test]
    async fn it_prints_one_line() {
        assert_eq!(shell("echo 'p+ / %&:é'").await.unwrap(), "p+ / %&:é");
        assert_eq!(shell("printf p").await.unwrap(), "p");
        assert_eq!(shell("echo chatter >&2; echo p").await.unwrap(), "p");
    }

    #[tokio::test]
    async fn it_does_something_else() {
        for (script, words) in [
            ("exit 0", "printed nothing"),
            ("echo the-secret >&2", "printed nothing"),
            ("echo; true", "printed nothing"),
            ("echo one; echo two", "printed 2 lines"),
            ("printf '\\033[31mred'", "has the control character U+001B"),
            ("printf 'caf\\351'", "is not UTF-8"),
            ("echo no vault here >&2; exit 4", "ended with exit code 4: no vault here"),
            ("printf 'a\\033]0;x\\007b' >&2; exit 4", "ended with exit code 4: a\\u{1b}]0;x\\u{7}b"),
            ("kill -9 $$", "was ended by signal 9"),
            ("yes", "prints more than 16384 bytes"),
        ] {
            let reason = shell(script).await.unwrap_err();
            assert!(reason.contains(words), "{script}: {reason}");
            assert!(!reason.contains("the-secret"), "{reason}");
        }
        // What it printed before it failed may be the secret, and its complaint may repeat it.
        let reason = shell("echo the-secret; echo cannot use the-secret >&2; exit 3").await.unwrap_err();
        assert_eq!(reason, "the command sh ended with exit code 3");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there() {
        let missing = run(&["no-such-program-here".into()], Path::new("."), DEADLINE).await.unwrap_err();
        assert!(missing.reason.contains("no-such-program-here did not start: there is no such program"));
        let missing = run(&["/dev/null".into()], Path::new("/"), DEADLINE).await.unwrap_err();
        assert!(missing.reason.contains("may not be run"), "{}", missing.reason);
    }

    #[tokio::test]
    async fn a_program_by_its_path_is_looked_for_beside_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("vault"), "#!/bin/sh\necho \"$1 in $(pwd)\"\n").unwrap();
        let script = folder.path().join("vault");
        std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        let words = ["./vault".to_owned(), "$HOME; x".to_owned()];
        let secret = run(&words, folder.path(), Duration::from_secs(20)).await.unwrap();
        let real = folder.path().canonicalize().unwrap();
        assert_eq!(secret.reveal(), format!("$HOME; x in {}", real.display()));
    }

    /// A script that says its own process id and that of a child of its own, and then waits for ever.
    const FAMILY: &str = "sleep 1000 & echo $$ $! > family; wait";

    /// Waits until the family has said who it is.
    async fn family(folder: &Path) -> Vec<i32> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let said = std::fs::read_to_string(folder.join("family")).unwrap_or_default();
            if said.ends_with('\n') {
                return said.split_whitespace().map(|id| id.parse().unwrap()).collect();
            }
            assert!(Instant::now() < end, "it did not begin");
            tokio::task::yield_now().await;
        }
    }

    /// Waits until none of them runs; one that nobody has collected yet does not run.
    async fn gone(ids: &[i32]) {
        let runs = |id: &i32| {
            let status = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            !status.is_empty() && !status.contains(") Z ")
        };
        let end = Instant::now() + Duration::from_secs(20);
        while ids.iter().any(runs) {
            assert!(Instant::now() < end, "still running");
            tokio::task::yield_now().await;
        }
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn what_hangs_is_stopped_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let words = ["sh", "-c", FAMILY].map(str::to_owned);
        let (ended, ids) = tokio::join!(run(&words, folder.path(), Duration::from_secs(1)), family(folder.path()));
        assert!(ended.unwrap_err().reason.contains("did not end within 1 s"));
        assert_eq!(ids.len(), 2);
        gone(&ids).await;
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn cancelling_stops_it_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let words = ["sh", "-c", FAMILY].map(str::to_owned);
        let ids = tokio::select! {
            _ = run(&words, folder.path(), Duration::from_mins(1)) => Vec::new(),
            ids = family(folder.path()) => ids,
        };
        assert_eq!(ids.len(), 2);
        gone(&ids).await;
    }

    #[tokio::test]
    async fn an_agent_that_it_leaves_behind_holds_nothing_up() {
        let began = Instant::now();
        assert_eq!(shell("sleep 15 & echo p").await.unwrap(), "p");
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
