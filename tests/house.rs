//! The house keeps its order: which room may import which, and which names pure code may not speak.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

/// For each room of the explorer, the rooms it may import besides itself.
const MAY_IMPORT: [(&str, &[&str]); 8] = [
    ("exchange", &[]),
    ("jwt", &["exchange"]),
    ("oauth", &["jwt", "exchange"]),
    ("config", &["oauth", "jwt", "exchange"]),
    ("audit", &["config", "oauth", "jwt", "exchange"]),
    ("engine", &["audit", "config", "oauth", "jwt", "exchange"]),
    ("cli", &["engine", "audit", "config", "oauth", "jwt", "exchange"]),
    ("tui", &["engine", "audit", "config", "oauth", "jwt", "exchange"]),
];

/// Rooms whose code is functions from values to values.
const PURE: [&str; 5] = ["exchange", "jwt", "oauth", "config", "audit"];

/// What pure code may not name: network, terminal, files, clock.
const FORBIDDEN: [&str; 11] = [
    "tokio",
    "reqwest",
    "hyper",
    "rustls",
    "ratatui",
    "crossterm",
    "std::fs",
    "std::env",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The lines of code, without comments.
fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn nothing_points_back_up() {
    let mut seen = 0;
    for (room, may) in MAY_IMPORT {
        for path in sources(&root().join("src").join(room)) {
            for line in code(&path) {
                for (start, _) in line.match_indices("crate::") {
                    let named: String = line
                        .split_at(start + "crate::".len())
                        .1
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || *c == '_')
                        .collect();
                    let is_room = MAY_IMPORT.iter().any(|(other, _)| *other == named);
                    assert!(
                        !is_room || named == room || may.contains(&named.as_str()),
                        "{}: {room} may not import {named}: {line}",
                        path.display()
                    );
                    seen += usize::from(is_room);
                }
            }
        }
    }
    assert!(seen > 50, "only {seen} imports were seen: does this test still look at anything?");
}

#[test]
fn pure_rooms_name_no_network_terminal_file_or_clock() {
    for room in PURE {
        for path in sources(&root().join("src").join(room)) {
            for line in code(&path) {
                let word = FORBIDDEN.iter().find(|word| line.contains(*word));
                assert_eq!(word, None, "{}: {line}", path.display());
            }
        }
    }
}

#[test]
fn only_the_demo_names_the_server_and_only_its_arguments_the_command_line() {
    let allowed = ["src/engine/demo/mod.rs", "src/engine/demo/start.rs", "src/cli/args.rs", "src/cli/serve.rs"];
    for path in sources(&root().join("src")) {
        let place = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let names = code(&path).iter().any(|line| line.contains("tokenscope_server"));
        assert!(!names || allowed.contains(&place.as_str()), "{place} names the server crate");
    }
}

#[test]
fn only_one_folder_names_the_http_client() {
    let (mut seen, folder) = (0, root().join("src/engine/http"));
    for path in sources(&root().join("src")) {
        let names = |line: &String| ["reqwest", "hyper", "rustls"].iter().any(|word| line.contains(word));
        let line = code(&path).into_iter().find(names);
        seen += usize::from(line.is_some());
        assert!(line.is_none() || path.starts_with(&folder), "{}: {line:?}", path.display());
    }
    assert!(seen > 3, "only {seen} files name it: does this test still look at anything?");
}

#[test]
fn only_two_folders_read_certificates() {
    let allowed = ["src/engine/http", "src/jwt/keys"].map(|folder| root().join(folder));
    for path in sources(&root().join("src")) {
        let line = code(&path).into_iter().find(|line| line.contains("x509_parser"));
        assert!(
            line.is_none() || allowed.iter().any(|folder| path.starts_with(folder)),
            "{}: {line:?}",
            path.display()
        );
    }
}

#[test]
fn only_the_runner_and_the_demo_spawn_tasks() {
    // The clipboard starts tmux: a program, no task.
    let allowed = ["src/tui/runner.rs", "src/engine/demo/start.rs", "src/tui/clipboard.rs"];
    for path in sources(&root().join("src")) {
        let place = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        let spawns = code(&path).iter().any(|line| {
            ["tokio::spawn", "runtime.spawn", "handle.spawn", "spawn_blocking(", "JoinSet"]
                .iter()
                .any(|word| line.contains(word))
        });
        assert!(!spawns || allowed.contains(&place.as_str()), "{place} spawns a task");
    }
}

#[test]
fn every_file_begins_with_its_purpose_and_stays_readable() {
    let folders = ["src", "server/src", "screenshots/src"];
    for path in folders.iter().flat_map(|folder| sources(&root().join(folder))) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
        let lines = text.lines().count();
        assert!(lines <= 500, "{} has {lines} lines: split it by meaning", path.display());
    }
}
