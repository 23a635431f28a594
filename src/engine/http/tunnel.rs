//! Asks a proxy to open the way to a server: CONNECT (RFC 9110 section 9.3.6) or SOCKS 5 (RFC 1928, RFC 1929).

use std::net::IpAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use zeroize::Zeroizing;

use super::link::Stream;
use super::proxy::{Login, Through};
use crate::exchange::ProxyFault;
use crate::jwt::shown;

/// A longer head of an answer to CONNECT is no answer.
const HEAD: usize = 16 * 1024;

/// The words beside a status are cut to this.
const REASON: usize = 60;

/// Asks an HTTP proxy for a tunnel to `place`.
pub(super) async fn connect(stream: &mut dyn Stream, place: &str, proxy: &Through) -> Result<(), ProxyFault> {
    let login = match &proxy.login {
        Some(Login::Basic(value)) => Zeroizing::new(format!("Proxy-Authorization: {}\r\n", value.reveal())),
        _ => Zeroizing::new(String::new()),
    };
    let agent = concat!("tokenscope/", env!("CARGO_PKG_VERSION"));
    let request = Zeroizing::new(format!(
        "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {agent}\r\n{}\r\n",
        login.as_str()
    ));
    let head = async {
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        read_head(stream).await
    };
    let nonsense = || ProxyFault::Nonsense { protocol: "HTTP" };
    let head = head.await.map_err(|error| out_of_reach(&error))?.ok_or_else(nonsense)?;
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut answer = httparse::Response::new(&mut headers);
    answer.parse(&head).map_err(|_| nonsense())?;
    match answer.code.ok_or_else(nonsense)? {
        200..=299 => Ok(()),
        407 => Err(ProxyFault::WantsLogin { sent: proxy.login.is_some() }),
        status => Err(ProxyFault::Refuses { status, reason: shown(answer.reason.unwrap_or_default(), REASON) }),
    }
}

/// Everything up to the empty line, byte by byte: what comes after it is no longer the proxy's. None when there is no
/// end to it.
async fn read_head(stream: &mut dyn Stream) -> std::io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    while head.len() < HEAD {
        head.push(stream.read_u8().await?);
        if head.ends_with(b"\r\n\r\n") {
            return Ok(Some(head));
        }
        // What does not begin like HTTP need not be read to its end, which may never come.
        if !head.starts_with(b"HTTP/") && !b"HTTP/".starts_with(&head) {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Asks a SOCKS 5 proxy for a connection to the host, by address when one is given.
pub(super) async fn socks(
    stream: &mut dyn Stream,
    (host, address, port): (&str, Option<IpAddr>, u16),
    proxy: &Through,
) -> Result<(), ProxyFault> {
    let nonsense = ProxyFault::Nonsense { protocol: "SOCKS 5" };
    let login = match &proxy.login {
        Some(Login::Password { user, password }) => Some((user, password)),
        _ => None,
    };
    let greeting: &[u8] = if login.is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    let [version, method] = ask(stream, greeting).await?;
    match (version, method, login) {
        (5, 0, _) => {}
        (5, 2, Some((user, password))) => {
            let mut message = Zeroizing::new(vec![1]);
            for part in [user, password] {
                message.push(u8::try_from(part.reveal().len()).map_err(|_| nonsense.clone())?);
                message.extend_from_slice(part.reveal().as_bytes());
            }
            let [_, status] = ask(stream, &message).await?;
            if status != 0 {
                return Err(ProxyFault::Socks { said: "the user and password are wrong" });
            }
        }
        (5, _, None) => return Err(ProxyFault::Socks { said: "it wants a user and password" }),
        (5, _, Some(_)) => return Err(ProxyFault::Socks { said: "it takes no user and password" }),
        _ => return Err(nonsense),
    }
    let mut request = vec![5, 1, 0];
    match address {
        Some(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Some(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        None => {
            let too_long = || ProxyFault::Socks { said: "the server's name is longer than 255 bytes" };
            request.extend([3, u8::try_from(host.len()).map_err(|_| too_long())?]);
            request.extend(host.as_bytes());
        }
    }
    request.extend(port.to_be_bytes());
    let [version, reply, _, kind] = ask(stream, &request).await?;
    if version != 5 {
        return Err(nonsense);
    }
    if reply != 0 {
        return Err(ProxyFault::Socks { said: in_words(reply) });
    }
    // The address it connects from, which nobody needs.
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(stream.read_u8().await.map_err(|error| out_of_reach(&error))?),
        _ => return Err(nonsense),
    };
    let mut bound = vec![0; length + 2];
    stream.read_exact(&mut bound).await.map_err(|error| out_of_reach(&error))?;
    Ok(())
}

/// Sends a message and reads an answer of known length.
async fn ask<const N: usize>(stream: &mut dyn Stream, message: &[u8]) -> Result<[u8; N], ProxyFault> {
    let mut answer = [0; N];
    let asking = async {
        stream.write_all(message).await?;
        stream.flush().await?;
        stream.read_exact(&mut answer).await
    };
    asking.await.map_err(|error| out_of_reach(&error))?;
    Ok(answer)
}

/// The reply of a SOCKS proxy (RFC 1928 section 6).
fn in_words(reply: u8) -> &'static str {
    match reply {
        2 => "its rules do not allow that server",
        3 => "no way leads to the server's network",
        4 => "it cannot reach the server",
        5 => "the server refused the connection",
        6 => "the server is too far away",
        7 => "it does not connect to servers",
        8 => "it cannot use that kind of address",
        _ => "it failed",
    }
}

fn out_of_reach(error: &std::io::Error) -> ProxyFault {
    let reason = match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "it ended the connection without an answer".to_owned(),
        _ => format!("its connection broke off: {error}"),
    };
    ProxyFault::OutOfReach { reason }
}
