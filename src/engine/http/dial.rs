//! A TCP connection to a host: its name looked up, each of its addresses tried, and what was tried written down.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

use crate::exchange::{NoAnswer, Phase};

/// How long one address may stay silent before the next is tried beside it (RFC 8305 section 5).
const PATIENCE: Duration = Duration::from_millis(250);

/// More addresses of one name are not tried.
const MOST: usize = 16;

/// When a connection must be there.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    pub(super) fn after(limit: Duration) -> Self {
        Self { at: Instant::now() + limit, limit }
    }

    /// Waits no longer than that.
    pub(super) async fn wait<T>(
        self,
        address: &str,
        phase: Phase,
        work: impl Future<Output = T>,
    ) -> Result<T, NoAnswer> {
        let timed_out = |_| NoAnswer::TimedOut { address: address.to_owned(), after: self.limit, phase };
        timeout_at(self.at, work).await.map_err(timed_out)
    }
}

/// A connection, and a note when not the first address took it.
pub(super) async fn dial(host: &str, port: u16, deadline: Deadline) -> Result<(TcpStream, Option<String>), NoAnswer> {
    let place = format!("{host}:{port}");
    let addresses = deadline.wait(&place, Phase::Name, addresses(host, port)).await??;
    let mut failed = Vec::new();
    let connecting = first_to_answer(addresses, &mut failed);
    let connected = deadline.wait(&place, Phase::Connect, connecting).await?;
    match connected {
        Some((stream, address)) => {
            // Small requests must not wait for one another; a system that refuses this only makes them slower.
            let _ = stream.set_nodelay(true);
            Ok((stream, note(&failed, address)))
        }
        None => Err(none_answered(place, &failed)),
    }
}

/// The addresses behind a host.
///
/// `localhost` and names under it are this machine, whatever a resolver would say (RFC 6761 section 6.3). Both families:
/// a server may listen on one alone.
pub(super) async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, NoAnswer> {
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost") {
        return Ok([IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)]
            .map(|address| SocketAddr::new(address, port))
            .to_vec());
    }
    let unknown = |said: String| NoAnswer::NameNotFound { host: host.to_owned(), said };
    let found = tokio::net::lookup_host((host, port)).await.map_err(|error| {
        let text = error.to_string();
        unknown(text.strip_prefix("failed to lookup address information: ").unwrap_or(&text).to_owned())
    })?;
    let found: Vec<SocketAddr> = found.collect();
    if found.is_empty() { Err(unknown("the name has no address".to_owned())) } else { Ok(by_turns(found)) }
}

/// The families by turns, beginning with that of the first, so that one that leads nowhere does not use up the time.
fn by_turns(found: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let six = found.first().is_some_and(SocketAddr::is_ipv6);
    let (mut first, mut second): (std::collections::VecDeque<_>, std::collections::VecDeque<_>) =
        found.into_iter().partition(|address| address.is_ipv6() == six);
    let mut out = Vec::new();
    while out.len() < MOST && !(first.is_empty() && second.is_empty()) {
        out.extend(first.pop_front());
        out.extend(second.pop_front());
    }
    out
}

/// Tries one after the other, the next as soon as one has failed or stayed silent for a while. Those that failed are
/// written down.
async fn first_to_answer(
    addresses: Vec<SocketAddr>,
    failed: &mut Vec<(SocketAddr, io::Error)>,
) -> Option<(TcpStream, SocketAddr)> {
    let mut waiting = addresses.into_iter();
    let mut running = FuturesUnordered::new();
    loop {
        let next = waiting.next();
        let more = next.is_some();
        running.extend(next.map(|address| async move { (address, TcpStream::connect(address).await) }));
        if running.is_empty() {
            return None;
        }
        tokio::select! {
            Some((address, result)) = running.next() => match result {
                Ok(stream) => return Some((stream, address)),
                Err(error) => failed.push((address, error)),
            },
            () = sleep(PATIENCE), if more => {}
        }
    }
}

/// What to say when an address failed before another answered. A family this machine does not have is no news.
fn note(failed: &[(SocketAddr, io::Error)], answered: SocketAddr) -> Option<String> {
    let of_note = failed.iter().filter(|(_, error)| !is_missing_family(error));
    let said: Vec<String> = of_note.map(|(address, error)| format!("{address} {}", in_words(error))).collect();
    (!said.is_empty()).then(|| format!("{}, {answered} answered", said.join(", ")))
}

fn none_answered(place: String, failed: &[(SocketAddr, io::Error)]) -> NoAnswer {
    let refused = failed.iter().filter(|(_, error)| error.kind() == ErrorKind::ConnectionRefused);
    let tried: Vec<String> = refused.map(|(address, _)| address.to_string()).collect();
    if !tried.is_empty() {
        return NoAnswer::Refused { address: place, tried };
    }
    let said: Vec<String> = failed.iter().map(|(address, error)| format!("{address} {}", in_words(error))).collect();
    NoAnswer::Unreachable { address: place, detail: said.join(", ") }
}

fn is_missing_family(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::AddrNotAvailable | ErrorKind::Unsupported)
}

fn in_words(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => "refused".to_owned(),
        ErrorKind::HostUnreachable => "is a host no way leads to".to_owned(),
        ErrorKind::NetworkUnreachable => "is in a network no way leads to".to_owned(),
        ErrorKind::AddrNotAvailable => "is of a family this machine does not have".to_owned(),
        ErrorKind::TimedOut => "did not answer".to_owned(),
        ErrorKind::PermissionDenied => "may not be connected to (a firewall?)".to_owned(),
        _ => format!("failed: {error}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn families_take_turns() {
        let list = |text: &[&str]| text.iter().map(|one| one.parse().unwrap()).collect::<Vec<SocketAddr>>();
        assert_eq!(
            by_turns(list(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"])),
            list(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"])
        );
        assert_eq!(by_turns(list(&["1.1.1.1:1", "[::1]:1"])), list(&["1.1.1.1:1", "[::1]:1"]));
    }
}
