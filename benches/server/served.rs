//! The real program, serving on ports of its own choice, and the requests it is sent.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use anyhow::Context as _;
use tempfile::TempDir;

use super::load::Connection;
use super::report::process::Process;

const FORM: &str =
    "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret&scope=test_api_access";

/// `tokenscope serve`, until this is dropped.
pub struct Served {
    child: Child,
    /// Held open: the program may still have something to say.
    _said: BufReader<ChildStdout>,
    _keys: TempDir,
    pub authorization: SocketAddr,
    pub api: SocketAddr,
    token_path: String,
}

impl Served {
    pub fn start() -> anyhow::Result<Self> {
        let keys = tempfile::tempdir()?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_tokenscope"))
            .args(["serve", "--auth-port", "0", "--api-port", "0", "--keys"])
            .arg(keys.path().join("keys.json"))
            .current_dir(keys.path())
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .context("the program does not start")?;
        let mut said = BufReader::new(child.stdout.take().context("the program has no stdout")?);
        let mut urls = Vec::new();
        // The token endpoint's line comes first, the API's lines after.
        while urls.len() < 2 {
            let mut line = String::new();
            if said.read_line(&mut line)? == 0 {
                child.wait()?;
                anyhow::bail!("the program ended before it said what it serves");
            }
            urls.extend(url_of(&line, if urls.is_empty() { "tokens" } else { "GET" }));
        }
        let [(authorization, token_path), (api, _)] =
            <[_; 2]>::try_from(urls).map_err(|_| anyhow::anyhow!("no two addresses"))?;
        Ok(Self { child, _said: said, _keys: keys, authorization, api, token_path })
    }

    pub fn process(&self) -> Process {
        Process(self.child.id())
    }

    /// A GET of the API, with a token.
    pub fn get(&self, path: &str, token: &str) -> Vec<u8> {
        format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n", self.api).into_bytes()
    }

    /// A request for a token.
    pub fn token_request(&self) -> Arc<[u8]> {
        let (path, host, length) = (&self.token_path, self.authorization, FORM.len());
        let kind = "application/x-www-form-urlencoded";
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{FORM}"
        )
        .into_bytes()
        .into()
    }

    /// Gets one token.
    pub async fn token(&self) -> anyhow::Result<String> {
        let mut connection = Connection::open(self.authorization).await?;
        token_in(connection.exchange(&self.token_request()).await?)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It keeps nothing that must be saved.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The access token in an answer of the token endpoint.
pub fn token_in(body: &[u8]) -> anyhow::Result<String> {
    let answer: serde_json::Value = serde_json::from_slice(body)?;
    let token = answer.get("access_token").and_then(serde_json::Value::as_str);
    Ok(token.context("an answer without access_token")?.to_owned())
}

/// Address and path of the URL in a line that begins with this word.
fn url_of(line: &str, word: &str) -> Option<(SocketAddr, String)> {
    let rest = line.trim().strip_prefix(word)?.trim();
    let url = url::Url::parse(rest.split_whitespace().next()?).ok()?;
    Some((SocketAddr::from(([127, 0, 0, 1], url.port()?)), url.path().to_owned()))
}
