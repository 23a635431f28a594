//! The real binary while it waits for a person: what it says on stderr, line by line.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStderr, Command, Stdio};

/// The binary while it waits for a person.
pub struct Waiting {
    pub child: Child,
    err: BufReader<ChildStderr>,
}

impl Waiting {
    pub fn begin(mut command: Command) -> Self {
        command.env_remove("BROWSER").env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("SSH_CONNECTION");
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let err = BufReader::new(child.stderr.take().unwrap());
        Self { child, err }
    }

    /// Reads on until a line holds this; gives that line and everything before it.
    pub fn until(&mut self, words: &str) -> (String, String) {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.err.read_line(&mut line).unwrap(), 0, "no {words:?} in\n{all}");
            if line.contains(words) {
                return (line.trim().to_owned(), all);
            }
            all.push_str(&line);
        }
    }

    /// The device page's address with the code in it.
    pub fn device_address(&mut self) -> String {
        let (address, _) = self.until("/device");
        let _ = self.until("type the code");
        let _ = self.until("");
        let (code, _) = self.until("-");
        format!("{address}?user_code={code}")
    }

    /// Its exit code, what it wrote to stdout, and the rest of what it said.
    pub fn end(mut self) -> (Option<i32>, String, String) {
        let (mut out, mut err) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        self.err.read_to_string(&mut err).unwrap();
        (self.child.wait().unwrap().code(), out, err)
    }
}
