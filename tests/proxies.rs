//! Proxies: by the file and by the environment, with and without a password, and never for this machine. The names of
//! these tests are known to the proxies alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use support::odd::{Odd, profiles};
use support::proxies::{Manner, Proxy};
use support::secure::{Authority, Secure};
use support::{Ended, Place};
use tokenscope::config::{Changes, Connection, Proxy as Setting};
use tokenscope::engine::{Choice, EndpointId, Engine, Places, ProbeAsk, SendAs, Source};
use tokenscope::exchange::{Exchange, Secret};

/// What no output may ever hold.
const PASSWORD: &str = "hunter2";

/// `user:hunter2` as HTTP has it.
const BASIC: &str = "Basic dXNlcjpodW50ZXIy";

/// Calls the API with this setting for it.
async fn call(url: &str, settings: impl Fn(&mut Connection)) -> Exchange {
    let place = Place::with(&profiles("http://127.0.0.1:9", url));
    let mut source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    source.profiles.apis.iter_mut().for_each(|api| settings(&mut api.connection));
    let ask = ProbeAsk {
        profile: "odd".into(),
        environment: None,
        changes: Changes::default(),
        endpoint: EndpointId { api: "odd".into(), endpoint: "open".into() },
        send_as: SendAs::Profile,
        unsafe_allowed: false,
    };
    let exchange = Engine::new(source).probe(ask).await.unwrap().exchange;
    assert!(!format!("{exchange:?}").contains(PASSWORD), "{exchange:?}");
    exchange.as_ref().clone()
}

async fn by(proxy: &str, url: &str) -> Exchange {
    call(url, |connection| connection.proxy = Some(Setting::Through(Secret::new(proxy)))).await
}

/// What it came to when there was no answer, with what to do.
fn said(exchange: &Exchange) -> String {
    let error = exchange.outcome.as_ref().expect_err("no answer");
    format!("{error}\n{}", error.advice())
}

/// Whether the name was looked up here in vain: a resolver says so, or is itself not to be reached.
fn is_unknown_here(said: &str, host: &str) -> bool {
    said.contains(&format!("no address is known for the name {host}"))
        || said.contains("(waiting for the address behind the name)")
}

#[tokio::test]
async fn plain_http_goes_by_either_kind_and_says_by_which() {
    let api = Odd::api(200, "text/plain", "hello").await;
    let url = format!("http://api.example.test:{}", api.port);
    let http = Proxy::http(Manner::Opens).await;
    let exchange = by(&format!("http://127.0.0.1:{}", http.port), &url).await;
    assert_eq!(exchange.status(), Some(200), "{:?}", exchange.outcome);
    assert_eq!(exchange.notes, [format!("by the proxy http://127.0.0.1:{} (profiles.toml)", http.port)]);
    assert_eq!(http.asked(), [format!("GET {url}/open")]);

    let socks = Proxy::socks(Manner::Opens).await;
    let exchange = by(&format!("socks5h://127.0.0.1:{}", socks.port), &url).await;
    assert_eq!(exchange.status(), Some(200), "{:?}", exchange.outcome);
    assert_eq!(socks.asked(), [format!("api.example.test:{}", api.port)]);
    // socks5 looks names up here, where nobody knows this one.
    let exchange = by(&format!("socks5://127.0.0.1:{}", socks.port), &url).await;
    assert!(is_unknown_here(&said(&exchange), "api.example.test"), "{}", said(&exchange));
    assert_eq!(socks.asked().len(), 1);
}

#[tokio::test]
async fn https_goes_through_a_tunnel_and_the_servers_certificate_is_checked_behind_it() {
    let authority = Authority::new("Private CA");
    let server = Secure::serve(authority.issue_good(&["api.example.test"]).config()).await;
    let place = Place::with("");
    let ca = place.path().join("ca.pem");
    std::fs::write(&ca, &authority.pem).unwrap();
    let url = format!("https://api.example.test:{}", server.port);
    let (http, socks) = (Proxy::http(Manner::Opens).await, Proxy::socks(Manner::Opens).await);
    for proxy in [format!("http://127.0.0.1:{}", http.port), format!("socks5h://localhost:{}", socks.port)] {
        let exchange = call(&url, |connection| {
            connection.proxy = Some(Setting::Through(Secret::new(proxy.as_str())));
            connection.ca = Some(ca.display().to_string());
        });
        let exchange = exchange.await;
        assert_eq!(exchange.status(), Some(200), "{proxy}: {:?}", exchange.outcome);
        let untrusted = said(&by(&proxy, &url).await);
        assert!(untrusted.contains("no TLS connection to api.example.test"), "{untrusted}");
    }
    assert_eq!(http.asked()[0], format!("CONNECT api.example.test:{}", server.port));
}

#[tokio::test]
async fn a_proxy_reached_by_tls_must_be_trusted_itself() {
    let authority = Authority::new("Private CA");
    let server = Secure::serve(authority.issue_good(&["api.example.test"]).config()).await;
    let plain = Odd::api(200, "text/plain", "hello").await;
    let proxy = Proxy::https(Manner::Wants(BASIC), authority.issue_good(&["localhost"]).config()).await;
    let place = Place::with("");
    let ca = place.path().join("ca.pem");
    std::fs::write(&ca, &authority.pem).unwrap();
    let setting = format!("https://user:hunter2@localhost:{}", proxy.port);
    for url in [format!("https://api.example.test:{}", server.port), format!("http://api.example.test:{}", plain.port)]
    {
        let exchange = call(&url, |connection| {
            connection.proxy = Some(Setting::Through(Secret::new(setting.as_str())));
            connection.ca = Some(ca.display().to_string());
        });
        let exchange = exchange.await;
        assert_eq!(exchange.status(), Some(200), "{url}: {:?}", exchange.outcome);
        let untrusted = said(&by(&setting, &url).await);
        let words =
            format!("the proxy https://localhost:{0} gave no way to {1}", proxy.port, &url[url.find("api").unwrap()..]);
        assert!(untrusted.contains(&words), "{untrusted}\nshould say {words}");
        assert!(untrusted.contains("is issued by CN=Private CA"), "{untrusted}");
    }
    assert_eq!(proxy.asked().len(), 2);
}

#[tokio::test]
async fn a_password_gets_through_and_is_shown_nowhere() {
    let api = Odd::api(200, "text/plain", "hello").await;
    let url = format!("http://api.example.test:{}", api.port);
    let http = Proxy::http(Manner::Wants(BASIC)).await;
    let socks = Proxy::socks(Manner::Wants("user:hunter2")).await;
    for proxy in [
        format!("http://user:hunter2@127.0.0.1:{}", http.port),
        format!("socks5h://user:hunter2@127.0.0.1:{}", socks.port),
    ] {
        let exchange = by(&proxy, &url).await;
        assert_eq!(exchange.status(), Some(200), "{:?}", exchange.outcome);
        assert!(exchange.notes[0].contains("://127.0.0.1:"), "{:?}", exchange.notes);
    }
    // Without one, or with a wrong one, that is said: for plain HTTP, a tunnel, and SOCKS.
    let tunnel = url.replace("http", "https");
    for (proxy, url, words) in [
        (format!("http://127.0.0.1:{}", http.port), &url, "it wants a user and password (407)"),
        (format!("http://127.0.0.1:{}", http.port), &tunnel, "it wants a user and password (407)"),
        (format!("http://user:hunter2x@127.0.0.1:{}", http.port), &url, "it does not take the user and password"),
        (format!("http://user:hunter2x@127.0.0.1:{}", http.port), &tunnel, "it does not take the user and password"),
        (format!("socks5h://127.0.0.1:{}", socks.port), &url, "it wants a user and password"),
        (format!("socks5h://user:hunter2x@127.0.0.1:{}", socks.port), &url, "the user and password are wrong"),
    ] {
        let said = said(&by(&proxy, url).await);
        assert!(said.contains("the proxy ") && said.contains(words), "{said}\nshould say {words}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[tokio::test]
async fn a_failure_of_the_proxy_is_told_from_one_of_the_server() {
    let dead = "http://127.0.0.1:9".to_owned();
    let forbids = Proxy::http(Manner::Answers("403 Forbidden")).await;
    let cannot = Proxy::http(Manner::Answers("502 Bad Gateway")).await;
    let hostile = Proxy::http(Manner::Answers("403 \x1b[2Jno")).await;
    let silent = Proxy::http(Manner::Silent).await;
    let socks = Proxy::socks(Manner::Answers("5")).await;
    let ssh = Odd::says(b"SSH-2.0-x\r\n").await;
    let http = |port: u16| format!("http://127.0.0.1:{port}");
    for (proxy, words) in [
        (dead, "http://127.0.0.1:9 gave no way to api.example.test:443: nothing listens at 127.0.0.1:9"),
        (http(forbids.port), "it answered 403 Forbidden"),
        (http(cannot.port), "it answered 502 Bad Gateway"),
        (http(hostile.port), "what it answered is not HTTP"),
        (http(silent.port), "did not answer within 2 s (waiting for the proxy to open the way)"),
        (http(ssh.port), "what it answered is not HTTP"),
        (format!("socks5h://127.0.0.1:{}", socks.port), "the server refused the connection"),
        (format!("socks5h://127.0.0.1:{}", ssh.port), "what it answered is not SOCKS 5"),
        ("ftp://127.0.0.1:1".to_owned(), "the setting `proxy` cannot be used"),
    ] {
        let said = said(&by(&proxy, "https://api.example.test").await);
        assert!(said.contains(words), "{said}\nshould say {words}");
        assert!(!said.contains('\x1b'));
    }
    // The server behind a tunnel is one that does not speak TLS.
    let api = Odd::api(200, "text/plain", "hello").await;
    let opens = Proxy::http(Manner::Opens).await;
    let said = said(&by(&http(opens.port), &format!("https://api.example.test:{}", api.port)).await);
    assert!(said.contains("the server speaks plain HTTP there"), "{said}");
}

#[tokio::test]
async fn this_machine_is_never_reached_by_a_proxy() {
    let api = Odd::api(200, "text/plain", "hello").await;
    let proxy = Proxy::http(Manner::Answers("403 Forbidden")).await;
    for host in ["127.0.0.1", "localhost", "api.localhost"] {
        let exchange = by(&format!("http://127.0.0.1:{}", proxy.port), &format!("http://{host}:{}", api.port)).await;
        assert_eq!(exchange.status(), Some(200), "{host}: {:?}", exchange.outcome);
    }
    assert!(proxy.asked().is_empty());
}

/// Runs `probe odd open` against this address, with these variables.
fn run(url: &str, variables: &[(&str, &str)]) -> Ended {
    let place = Place::with(&profiles("http://127.0.0.1:9", url));
    let mut command = place.command(&["probe", "odd", "open", "--json"]);
    command.envs(variables.iter().copied());
    let ended = Ended::of(&command.output().unwrap());
    assert!(!ended.out.contains(PASSWORD) && !ended.err.contains(PASSWORD), "{ended:?}");
    ended
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_names_proxies_in_either_case_and_what_goes_without() {
    let api = Odd::api(200, "text/plain", "hello").await;
    let port = api.port;
    let url = format!("http://api.example.test:{port}");
    let http = Proxy::http(Manner::Wants(BASIC)).await;
    let through = format!("http://user:hunter2@127.0.0.1:{}", http.port);
    let mut calls = 0;
    for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
        run(&url, &[(name, &through)]).code(0);
        calls += 1;
        assert_eq!(http.asked().len(), calls, "{name}");
    }
    for name in ["HTTPS_PROXY", "https_proxy"] {
        run(&url.replace("http", "https"), &[(name, &through)]).code(3).says("the server speaks plain HTTP there");
        calls += 1;
        assert_eq!(http.asked().last().unwrap(), &format!("CONNECT api.example.test:{port}"), "{name}");
    }
    for without in ["api.example.test", "example.test", ".example.test", "*", "other.test, api.example.test"] {
        for name in ["NO_PROXY", "no_proxy"] {
            let ended = run(&url, &[("HTTP_PROXY", &through), (name, without)]).code(3);
            assert!(is_unknown_here(&ended.out, "api.example.test"), "{ended:?}");
        }
    }
    run(&url, &[("HTTP_PROXY", &through), ("NO_PROXY", "other.test,ample.test")]).code(0);
    run(&format!("http://x.localhost:{port}"), &[("ALL_PROXY", "http://127.0.0.1:9")]).code(0);
    run(&url, &[("HTTP_PROXY", "socks4://user:hunter2@127.0.0.1:9")])
        .code(3)
        .says("only http, https, socks5 and socks5h");
    assert_eq!(http.asked().len(), calls + 1);
}

#[tokio::test]
async fn none_in_the_file_goes_straight() {
    // Nobody but a proxy knows the name: that it is looked up here shows that none is asked.
    let exchange = call("http://api.example.test", |connection| connection.proxy = Some(Setting::Direct)).await;
    assert!(is_unknown_here(&said(&exchange), "api.example.test"), "{}", said(&exchange));
}
