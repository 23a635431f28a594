//! Listening on loopback, on both address families.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::net::TcpListener;

/// How often a port that the system chose for one family may be taken on the other.
const ATTEMPTS: usize = 16;

/// Listens on 127.0.0.1 and `[::1]` at the same port; 0 lets the system choose one. A family that
/// the machine lacks is left out.
///
/// # Errors
/// A port that is taken on either family is an error that names it; so is a machine without loopback.
pub async fn bind_loopback(port: u16) -> io::Result<Vec<TcpListener>> {
    let mut attempt = 0;
    loop {
        match bind_both(port).await {
            Err(error) if port == 0 && error.kind() == io::ErrorKind::AddrInUse && attempt < ATTEMPTS => {
                attempt += 1;
            }
            result => return result,
        }
    }
}

async fn bind_both(port: u16) -> io::Result<Vec<TcpListener>> {
    let mut listeners: Vec<TcpListener> = Vec::new();
    for family in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
        // The second family gets the port that the first one has.
        let port = match listeners.first() {
            Some(first) => first.local_addr()?.port(),
            None => port,
        };
        let address = SocketAddr::new(family, port);
        match TcpListener::bind(address).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if is_missing_family(&error) => {}
            Err(error) => return Err(named(address, &error)),
        }
    }
    if listeners.is_empty() {
        let text = "this machine has no loopback address, neither 127.0.0.1 nor [::1]";
        return Err(io::Error::new(io::ErrorKind::AddrNotAvailable, text));
    }
    Ok(listeners)
}

fn is_missing_family(error: &io::Error) -> bool {
    // The address family's own error has no kind of its own in the standard library.
    const NOT_SUPPORTED_ON_LINUX: i32 = 97;
    const NOT_SUPPORTED_ON_MACOS: i32 = 47;
    matches!(error.kind(), io::ErrorKind::AddrNotAvailable | io::ErrorKind::Unsupported)
        || matches!(error.raw_os_error(), Some(NOT_SUPPORTED_ON_LINUX | NOT_SUPPORTED_ON_MACOS))
}

fn named(address: SocketAddr, error: &io::Error) -> io::Error {
    let port = address.port();
    let text = match error.kind() {
        io::ErrorKind::AddrInUse => format!("port {port} is taken by another program ({address})"),
        io::ErrorKind::PermissionDenied => {
            format!("port {port} may not be used by this user ({address})")
        }
        _ => format!("cannot listen on {address}: {error}"),
    };
    io::Error::new(error.kind(), text)
}
