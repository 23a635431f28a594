//! Which redirect addresses a client may use (RFC 6749 section 3.1.2.3): the registered ones, letter by letter.
//!
//! One exception: the port of a loopback IP may vary where none is registered (RFC 8252 section 7.3), because a
//! program on somebody's machine takes the port that is free. `localhost` is a name and no exception.

/// The loopback IPs as they stand in an address.
const LOOPBACK: [&str; 2] = ["http://127.0.0.1", "http://[::1]"];

/// Whether `requested` is one of the `registered` addresses.
pub(super) fn is_registered(registered: &[String], requested: &str) -> bool {
    registered.iter().any(|one| one == requested || is_same_but_for_the_port(one, requested))
}

fn is_same_but_for_the_port(registered: &str, requested: &str) -> bool {
    LOOPBACK.iter().any(|host| {
        let rests = registered.strip_prefix(host).zip(requested.strip_prefix(host));
        let with_port = rests.and_then(|(path, rest)| rest.strip_prefix(':').map(|rest| (path, rest)));
        with_port.is_some_and(|(path, rest)| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let (port, after) = rest.split_at(digits);
            // What is registered without a port goes on with its path at once, or ends.
            (path.is_empty() || path.starts_with(['/', '?']))
                && after == path
                && port.parse::<u16>().is_ok_and(|port| port != 0)
        })
    })
}

/// Whether an address can be compared at all: absolute, without a wildcard, a fragment or characters that would end a
/// header field.
pub(super) fn is_plain(address: &str) -> bool {
    let printable = address.bytes().all(|byte| byte.is_ascii_graphic());
    printable && !address.contains(['*', '#']) && url::Url::parse(address).is_ok()
}

#[cfg(test)]
mod tests {
    use super::is_registered;

    #[test]
    fn addresses_match_letter_by_letter_but_for_a_loopback_port() {
        let registered =
            ["http://127.0.0.1/callback", "http://[::1]/callback", "https://app.example/cb?a=b", "http://localhost/cb"]
                .map(str::to_owned);
        for (requested, taken) in [
            ("http://127.0.0.1/callback", true),
            ("http://127.0.0.1:1/callback", true),
            ("http://127.0.0.1:65535/callback", true),
            ("http://[::1]:8400/callback", true),
            ("https://app.example/cb?a=b", true),
            ("http://localhost/cb", true),
            ("", false),
            ("http://127.0.0.1:/callback", false),
            ("http://127.0.0.1:0/callback", false),
            ("http://127.0.0.1:65536/callback", false),
            ("http://127.0.0.1:99999999999999999999/callback", false),
            ("http://127.0.0.1:+80/callback", false),
            ("http://127.0.0.1:80@evil.example/callback", false),
            ("http://127.0.0.1:80.evil.example/callback", false),
            ("http://127.0.0.1.evil.example/callback", false),
            ("http://127.0.0.1@evil.example/callback", false),
            ("http://127.0.0.1:8400/callback/", false),
            ("http://127.0.0.1:8400/callback?x=y", false),
            ("http://127.0.0.1:8400/callback#x", false),
            ("http://127.0.0.1:8400/x/../callback", false),
            ("http://127.0.0.1:8400/Callback", false),
            ("http://127.0.0.1:8400", false),
            ("http://127.0.0.2:8400/callback", false),
            ("http://127.1:8400/callback", false),
            ("https://127.0.0.1:8400/callback", false),
            ("HTTP://127.0.0.1:8400/callback", false),
            ("http://localhost:8400/cb", false),
            ("https://app.example:443/cb?a=b", false),
            ("https://app.example/cb?a=b&c=d", false),
            ("http://127.0.0.1:84 00/callback", false),
            (" http://127.0.0.1/callback", false),
        ] {
            assert_eq!(is_registered(&registered, requested), taken, "{requested}");
        }
    }

    #[test]
    fn a_registered_port_is_part_of_the_address() {
        let registered = ["http://127.0.0.1:8400/callback".to_owned()];
        assert!(is_registered(&registered, "http://127.0.0.1:8400/callback"));
        assert!(!is_registered(&registered, "http://127.0.0.1:8401/callback"));
        assert!(!is_registered(&["http://127.0.0.1.evil.example/".to_owned()], "http://127.0.0.1:1.evil.example/"));
    }
}
