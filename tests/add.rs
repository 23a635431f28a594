//! Adding a provider of one's own, headless and in the explorer: against a second bundled server on ports the system
//! chose, from an address to an answer of its API and a file on disk.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use support::pty::Pty;
use support::{Ended, Place};

const CLIENT: &str = "testapiclient1";
const SECRET: &str = "demo-secret";

/// A bundled server in a process of its own.
struct Server {
    child: Child,
    issuer: String,
    api: String,
}

impl Server {
    fn start(place: &Place) -> Self {
        let mut command = place.command(&["serve", "--auth-port", "0", "--api-port", "0"]);
        command.arg("--keys").arg(place.path().join("other-keys.json"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (mut issuer, mut api) = (None, None);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while issuer.is_none() || api.is_none() {
            let line = lines.next().expect("the server says where it is").unwrap();
            let address = line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned);
            match address {
                Some(address) if address.contains("/realms/") => issuer = issuer.or(Some(address)),
                Some(address) => api = api.or(Some(address)),
                None => {}
            }
        }
        std::thread::spawn(move || lines.for_each(drop));
        let api = api.unwrap();
        let origin = api.find("/api").map_or(api.as_str(), |at| api.split_at(at).0).trim_end_matches('/').to_owned();
        Self { child, issuer: issuer.unwrap(), api: origin }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// The command on a machine on which nothing was ever configured.
fn fresh(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.command(arguments);
    let home = place.path().join("home");
    std::fs::create_dir_all(&home).unwrap();
    command.env_remove("TOKENSCOPE_PROFILES").env("HOME", &home).current_dir(&home);
    command.env("XDG_CONFIG_HOME", home.join("config")).env("XDG_DATA_HOME", home.join("data"));
    command.env("XDG_STATE_HOME", home.join("state")).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.env("SHOP_SECRET", SECRET);
    command
}

/// The text with one blank wherever there are some.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn configured(place: &Place) -> PathBuf {
    place.path().join("home/config/tokenscope/profiles.toml")
}

fn run(place: &Place, arguments: &[&str], input: &str) -> Ended {
    let mut command = fresh(place, arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that refuses its arguments does not read.
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ended::of(&child.wait_with_output().unwrap())
}

#[test]
fn headless_from_an_address_to_an_answer() {
    let place = Place::demo();
    let server = Server::start(&place);
    let admin = server.issuer.replace("/realms/myorg", "/admin/master/console/#/myorg");
    let ended = run(
        &place,
        &[
            "add",
            &admin,
            "--client-id",
            CLIENT,
            "--secret-env",
            "SHOP_SECRET",
            "--api",
            &server.api,
            "--path",
            "/api/private",
            "--name",
            "me",
            "--yes",
        ],
        "",
    );
    let ended = ended.code(0).says("Keycloak realm myorg").says("client credentials").says("tokenscope probe me");
    assert!(words(&ended.out).contains("+ client_secret = { env = \"SHOP_SECRET\" }"), "{}", ended.out);
    run(&place, &["probe", "me"], "").code(0).says("200");
    run(&place, &["check"], "").code(0);
}

#[test]
fn a_pasted_curl_command_is_all_it_takes() {
    let place = Place::demo();
    let server = Server::start(&place);
    let curl = format!(
        "curl -X POST {}/protocol/openid-connect/token \\\n  -u '{CLIENT}:{SECRET}' \\\n  -d grant_type=client_credentials -d scope=test_api_access",
        server.issuer
    );
    // Where the secret goes must be said.
    run(&place, &["add", "-", "--yes"], &curl).code(2).says("where its secret is kept");
    let dry = run(&place, &["add", "-", "--secret-in-file", "--dry-run"], &curl).code(0);
    assert!(!format!("{}{}", dry.out, dry.err).contains(SECRET), "{dry:?}");
    assert!(!configured(&place).exists());
    run(&place, &["add", "-", "--secret-prompt"], &curl).code(2).says("--yes");
    let ended = run(&place, &["add", "-", "--secret-in-file", "--yes", "--name", "me"], &curl).code(0);
    assert!(!format!("{}{}", ended.out, ended.err).contains(SECRET), "{ended:?}");
    let file = std::fs::read_to_string(configured(&place)).unwrap();
    assert!(words(&file).contains("scopes = [\"test_api_access\"]"), "{file}");
    let token = run(&place, &["token", "me", "--json"], "").code(0).json();
    assert!(token.get("scope").unwrap().as_str().unwrap().contains("test_api_access"), "{token}");
}

#[test]
fn another_client_and_another_file() {
    let place = Place::demo();
    let server = Server::start(&place);
    let add = |name: &str, more: &[&str]| {
        let mut arguments =
            vec!["add", server.issuer.as_str(), "--client-id", CLIENT, "--secret-stdin", "--yes", "--name", name];
        arguments.extend(more);
        run(&place, &arguments, SECRET)
    };
    add("one", &[]).code(0);
    add("two", &[]).code(0);
    add("two", &[]).code(2).says("two-2 is free");
    let file = std::fs::read_to_string(configured(&place)).unwrap();
    assert_eq!(file.matches("[providers.").count(), 1, "{file}");
    let other = place.path().join("other.toml");
    add("three", &["--to", other.to_str().unwrap()]).code(0).says("--profiles");
    run(&place, &["--profiles", other.to_str().unwrap(), "token", "three"], "").code(0);
}

/// A limit on the size of files fails a write in its middle, as a full disk does.
#[test]
fn a_write_that_fails_in_its_middle_leaves_the_old_file() {
    let place = Place::demo();
    let server = Server::start(&place);
    let file = place.path().join("other.toml");
    let old = format!("# {}\n", "mine ".repeat(400));
    std::fs::write(&file, &old).unwrap();
    let add = ["add", &server.issuer, "--client-id", CLIENT, "--secret-env", "SHOP_SECRET", "--yes", "--name", "me"];
    let limited = |blocks: u8| {
        let program = fresh(&place, &[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        shell.arg(program.get_program()).args(add).arg("--to").arg(&file);
        shell.env_clear().envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(place.path().join("home"));
        Ended::of(&shell.stdin(Stdio::null()).output().unwrap())
    };
    limited(1).code(2).says("other.toml").says("too large");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), old);
    let beside = std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = beside.filter(|name| name.to_string_lossy().contains(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
    limited(200).code(0);
    assert!(std::fs::read_to_string(&file).unwrap().contains("[profiles.me]"));
}

#[test]
fn what_is_missing_is_named_when_nobody_can_be_asked() {
    let place = Place::demo();
    let server = Server::start(&place);
    run(&place, &["add"], "").code(2).says("the address is missing");
    run(&place, &["add", &server.issuer], "").code(2).says("--client-id").says("--secret-env");
    run(&place, &["add", &server.issuer, "--client-id", CLIENT, "--secret-prompt", "--api", "x"], "")
        .code(2)
        .says("--api");
    run(&place, &["add", "what is this"], "").code(2).says("neither an address");
    run(&place, &["add", "http://127.0.0.1:9/realms/x"], "").code(3).says("nothing listens");
    assert!(!configured(&place).exists());
}

/// As a terminal says that text was pasted; without that, an Enter so soon behind it would be part of the paste.
fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

/// The whole of it in the explorer: `+`, the address, the client, its API; 1 calls it; Ctrl-S writes the file.
#[test]
fn in_the_explorer_from_plus_to_a_saved_file() {
    let place = Place::demo();
    let server = Server::start(&place);
    // The demo on ports of its own would clash with a demo that runs elsewhere on this machine.
    let command = fresh(&place, &["--demo"]);
    let mut pty = Pty::start(&command, 120, 36);
    pty.wait_for_text("NO TOKEN YET");
    pty.press("+");
    pty.wait_for_text("An issuer, realm, admin-console");
    pty.press(&pasted(&server.issuer));
    pty.press("\r");
    pty.wait_for_text("Keycloak realm myorg");
    pty.wait_for_text("client credentials");
    pty.press(&pasted(CLIENT));
    pty.press("\t");
    pty.press(&pasted(SECRET));
    pty.wait_for_text("11 characters");
    // On past authentication, whether a person logs in, scopes and audience to the API.
    pty.press("\t\t\t\t\t\t");
    pty.press(&pasted(&format!("{}/api/private", server.api)));
    pty.wait_for_text("One path of it");
    pty.press("\r");
    pty.wait_for_text("testapiclient1* @ myorg");
    pty.wait_for_text("VERIFIED signature");
    pty.press("1");
    pty.wait_for_text("200 ");
    pty.wait_for_text("ALLOWED");
    pty.press("\x13");
    pty.wait_for_text("[providers.myorg]");
    pty.press("\r");
    // On the bottom line another message may have taken the place of "Saved in" by now.
    let path = configured(&place);
    pty.wait_for("the file", |_| std::fs::read_to_string(&path).is_ok_and(|text| text.contains("[providers.myorg]")));
    pty.wait_for("the popup to close", |screen| !screen.contents().contains("Enter writes it"));
    let file = std::fs::read_to_string(&path).unwrap();
    assert!(file.contains(&server.issuer) && words(&file).contains("prompt = true"), "{file}");
    assert!(!file.contains(SECRET), "{file}");
    assert!(!String::from_utf8_lossy(&pty.sent()).contains(SECRET));
    pty.press("q");
    pty.wait();
}

/// A curl command with a secret is pasted: nothing of the secret is shown, and it is used.
#[test]
fn in_the_explorer_from_a_pasted_command() {
    let place = Place::demo();
    let server = Server::start(&place);
    let mut pty = Pty::start(&fresh(&place, &["--demo"]), 80, 24);
    pty.wait_for_text("NO TOKEN YET");
    pty.press("+");
    pty.wait_for_text("An issuer, realm");
    let endpoint = format!("{}/protocol/openid-connect/token", server.issuer);
    pty.press(&format!(
        "\x1b[200~curl -u '{CLIENT}:{SECRET}' \\\n -d grant_type=client_credentials {endpoint}\x1b[201~"
    ));
    pty.wait_for_text("client testapiclient1");
    pty.press("\r");
    pty.wait_for_text("Keycloak realm myorg");
    pty.press("\r");
    pty.wait_for_text("testapiclient1*");
    pty.wait_for_text("VERIFIED signature");
    assert!(!String::from_utf8_lossy(&pty.sent()).contains(SECRET));
    pty.press("q");
    pty.wait();
}
