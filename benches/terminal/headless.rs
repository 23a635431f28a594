//! Commands without a screen, from exec to their end, beside a program that writes one line and what the network takes.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::place;
use super::report::spread::Spread;
use super::report::{Budget, Cell, Section};
use super::support::Place;

const FORM: &str =
    "grant_type=client_credentials&client_id=testapiclient1&client_secret=demo-secret&scope=test_api_access";
const REALM: &str = "/realms/myorg";

/// `decode` and `token`, so many runs each.
pub async fn measure(runs: usize) -> anyhow::Result<Section> {
    let place = place::without_server();
    let _server = Server::start(&place)?;
    let token = place.run(&["token", "tester"]).code(0).out;
    std::fs::write(place.path().join("token"), token.trim())?;
    let (mut one_line, mut decode, mut get_token, mut network) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let itself = std::env::current_exe()?;
    for _ in 0..runs {
        one_line.push(to_its_end(Command::new(&itself).arg(super::ONE_LINE))?);
        decode.push(to_its_end(&mut place.command(&["decode", "@token"]))?);
        get_token.push(to_its_end(&mut place.command(&["token", "tester"]))?);
        network.push(token_by_hand(place.auth_port).await?);
    }
    let [one_line, decode, get_token, network] =
        [one_line, decode, get_token, network].map(|times| Spread::of_times(&times));
    let mut section = Section::new("commands, exec to their end", &["what", "min", "median", "p90", "beside (budget)"]);
    let times = |times: &Spread| [0.0, 0.5, 0.9].map(|share| Cell::number(times.at(share), "ms"));
    let mut row = |what: &str, spread: &Spread, judged| section.row(what, times(spread).into_iter().chain([judged]));
    row("a program that writes one line", &one_line, Cell::Nothing);
    row("discovery and token request alone, no program", &network, Cell::Nothing);
    row("tokenscope decode", &decode, Cell::judged(decode.median(), "ms", Budget::AtMost(3.0)));
    let own = get_token.median() - network.median();
    row("tokenscope token", &get_token, Cell::judged(own, "ms without network", Budget::AtMost(10.0)));
    Ok(section)
}

fn to_its_end(command: &mut Command) -> anyhow::Result<Duration> {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let began = Instant::now();
    let status = command.status()?;
    let time = began.elapsed();
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(time)
}

/// What `token` sends, sent with nothing around it: the discovery document, then the token request.
async fn token_by_hand(port: u16) -> anyhow::Result<Duration> {
    let discovery = format!("GET {REALM}/.well-known/openid-configuration HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    let token = format!(
        "POST {REALM}/protocol/openid-connect/token HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{FORM}",
        FORM.len(),
    );
    let began = Instant::now();
    let mut stream = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).await?;
    stream.set_nodelay(true)?;
    stream.write_all(discovery.as_bytes()).await?;
    let mut received = vec![0; 64 * 1024];
    // The document fits into one read on loopback; its end is not needed to send the next request.
    let length = stream.read(&mut received).await?;
    ensure!(received.get(..length).unwrap_or_default().starts_with(b"HTTP/1.1 200"), "no discovery document");
    stream.write_all(token.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let time = began.elapsed();
    ensure!(String::from_utf8_lossy(&answer).contains("access_token"), "no token");
    Ok(time)
}

/// `tokenscope serve` at the place's ports, until this is dropped.
struct Server(Child);

impl Server {
    fn start(place: &Place) -> anyhow::Result<Self> {
        let [auth_port, api_port] = [place.auth_port, place.api_port].map(|port| port.to_string());
        let arguments = ["serve", "--auth-port", &auth_port, "--api-port", &api_port];
        let child = place.command(&arguments).stdout(Stdio::null()).spawn().context("the program does not start")?;
        let mut server = Self(child);
        let deadline = Instant::now() + Duration::from_secs(20);
        // It listens on the API's port first and makes its keys before it answers on the other.
        while std::net::TcpStream::connect(("127.0.0.1", place.auth_port)).is_err() {
            if server.0.try_wait()?.is_some() || Instant::now() > deadline {
                bail!("the server does not come up");
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It keeps one_line that must be saved.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
