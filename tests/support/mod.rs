//! What the tests of the whole program share: a folder of its own for each, with profiles on ports the system chose.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test file uses its part of this, and a test may stop at the first surprise"
)]

pub mod browser;
pub mod odd;
pub mod proxies;
#[cfg(unix)]
pub mod pty;
pub mod secure;
pub mod waiting;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use tempfile::TempDir;

/// What the environment may say of proxies.
pub const PROXY_VARIABLES: [&str; 8] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

/// A folder with a profiles.toml like the shipped one, on ports of its own, and the environment to run in.
pub struct Place {
    folder: TempDir,
    pub auth_port: u16,
    pub api_port: u16,
}

impl Place {
    /// The demo's profiles on free ports.
    pub fn demo() -> Self {
        let [auth_port, api_port] = free_ports();
        let place = Self { folder: tempfile::tempdir().unwrap(), auth_port, api_port };
        place.write(
            tokenscope::config::DEMO_TEXT
                .replace("localhost:8001", &format!("localhost:{auth_port}"))
                .replace("localhost:50100", &format!("localhost:{api_port}")),
        );
        place
    }

    /// A folder whose profiles.toml says this.
    pub fn with(text: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), auth_port: 0, api_port: 0 };
        place.write(text);
        place
    }

    pub fn write(&self, text: impl AsRef<[u8]>) {
        std::fs::write(self.profiles(), text).unwrap();
    }

    pub fn profiles(&self) -> PathBuf {
        self.folder.path().join("profiles.toml")
    }

    pub fn keys(&self) -> PathBuf {
        self.folder.path().join("keys.json")
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that ends with the login session.
    pub fn runtime(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// The real binary in this place, cut off from the settings of the machine it runs on.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokenscope"));
        command.args(arguments).current_dir(self.path());
        command.env("TOKENSCOPE_PROFILES", self.profiles()).env("TOKENSCOPE_KEYS", self.keys());
        for name in PROXY_VARIABLES.into_iter().chain(["NO_COLOR", "SSL_CERT_FILE", "SSL_CERT_DIR"]) {
            command.env_remove(name);
        }
        // Nothing of the person's own is read or written, and no keyring of theirs is asked.
        command.env("HOME", self.path().join("home")).env("XDG_RUNTIME_DIR", self.runtime());
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "TOKENSCOPE_ENV"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(arguments).output().unwrap())
    }
}

/// How a run ended and what it wrote.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Fails, showing both streams, unless it ended so.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Fails unless stdout or stderr says these words.
    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words) || self.err.contains(words), "no {words:?} in\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

/// Ports that nobody listens on, on either family, and that no other test of this process was given.
pub fn free_ports<const N: usize>() -> [u16; N] {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    std::array::from_fn(|_| {
        loop {
            let held = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = held.local_addr().unwrap().port();
            let is_taken = |error: std::io::Error| error.kind() == std::io::ErrorKind::AddrInUse;
            if !TcpListener::bind(("::1", port)).is_err_and(is_taken) && given.insert(port) {
                return port;
            }
        }
    })
}
