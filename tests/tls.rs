//! TLS with certificates of a private authority: each thing that can be wrong with one has its own words, and the same
//! settings hold for discovery, key set, token and API.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::sync::Arc;

use support::odd::{Odd, profiles};
use support::secure::{Authority, Identity, Secure};
use support::{Ended, Place};
use tokenscope::config::{Changes, Connection, Provider};
use tokenscope::engine::{
    Answer, Choice, EndpointId, Engine, Failure, HeldToken, Places, ProbeAsk, SendAs, Source, TokenAsk,
};
use tokenscope::exchange::{NoAnswer, TlsFault};
use tokenscope::jwt::Outcome;

/// From long ago until long after.
const GOOD: (i32, i32) = (2020, 2100);

/// An engine that reaches this provider and API, with these settings for both.
fn engine(url: &str, settings: &dyn Fn(&mut Connection), provider: &dyn Fn(&mut Provider)) -> Engine {
    let place =
        Place::with(&profiles(url, url).replace("timeout = 1", "timeout = 8").replace("timeout = 2", "timeout = 8"));
    let mut source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    source.profiles.providers.iter_mut().for_each(|one| {
        settings(&mut one.connection);
        provider(one);
    });
    source.profiles.apis.iter_mut().for_each(|api| settings(&mut api.connection));
    Engine::new(source)
}

async fn token(engine: &Engine) -> Result<Arc<HeldToken>, Failure> {
    engine.token(TokenAsk { profile: "odd".into(), environment: None, changes: Changes::default(), fresh: true }).await
}

async fn probe(engine: &Engine, endpoint: &str) -> Answer {
    let ask = ProbeAsk {
        profile: "odd".into(),
        environment: None,
        changes: Changes::default(),
        endpoint: EndpointId { api: "odd".into(), endpoint: endpoint.into() },
        send_as: SendAs::Profile,
        unsafe_allowed: false,
    };
    engine.probe(ask).await.unwrap()
}

/// What the API call came to, when it was no answer.
async fn call(engine: &Engine) -> NoAnswer {
    probe(engine, "open").await.exchange.outcome.clone().unwrap_err()
}

/// Discovery, keys, token and API, all over this connection.
async fn all_calls_pass(engine: &Engine) {
    let held = token(engine).await.unwrap_or_else(|failure| panic!("{failure}"));
    let signature = held.verdict.checks.iter().find(|check| check.name.to_string() == "signature").unwrap();
    assert_eq!(signature.outcome, Outcome::Pass, "the keys were not had: {}", signature.detail);
    let answer = probe(engine, "guarded").await;
    assert_eq!(answer.exchange.response().expect("an answer").body, b"the API");
}

/// Discovery, the token endpoint given by hand, the key set given by hand and the API all fail, and in these words.
async fn all_calls_fail(url: &str, settings: &dyn Fn(&mut Connection), words: &[&str]) -> NoAnswer {
    let by_hand = |path: &str| format!("{url}{path}");
    let discovery = token(&engine(url, settings, &|_| {})).await.unwrap_err();
    let by_hand = token(&engine(url, settings, &|one| one.token_endpoint = Some(by_hand("/token")))).await.unwrap_err();
    let answer = call(&engine(url, settings, &|_| {})).await;
    for said in [discovery.to_string(), by_hand.to_string(), answer.to_string()] {
        for words in words {
            assert!(said.contains(words), "{said}\nshould say {words}");
        }
    }
    assert_eq!(discovery.advice(), [answer.advice()]);
    answer
}

fn trusting(place: &Place, pem: &str) -> impl Fn(&mut Connection) + use<> {
    let path = place.path().join("ca.pem");
    std::fs::write(&path, pem).unwrap();
    move |connection| connection.ca = Some(path.display().to_string())
}

fn as_it_is(_: &mut Connection) {}

#[tokio::test]
async fn a_private_authority_is_trusted_by_file_and_by_folder() {
    let authority = Authority::new("Private CA");
    let server = Secure::serve(authority.issue_good(&["localhost"]).config()).await;
    let place = Place::with("");
    all_calls_pass(&engine(&server.url(), &trusting(&place, &authority.pem), &|_| {})).await;

    let folder = place.path().join("certs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("README"), "not a certificate").unwrap();
    std::fs::write(folder.join("other.pem"), Authority::new("Another CA").pem).unwrap();
    std::fs::write(folder.join("private.crt"), &authority.pem).unwrap();
    let by_folder = |connection: &mut Connection| connection.ca = Some(folder.display().to_string());
    all_calls_pass(&engine(&server.url(), &by_folder, &|_| {})).await;
}

#[tokio::test]
async fn the_file_names_them_relative_to_itself() {
    let authority = Authority::new("Private CA");
    let server = Secure::serve(authority.issue_good(&["localhost"]).config()).await;
    let text = profiles(&server.url(), &server.url()).replace("timeout = ", "ca = \"certs\"\ntimeout = 1");
    let place = Place::with(&text);
    std::fs::create_dir(place.path().join("certs")).unwrap();
    std::fs::write(place.path().join("certs/ca.pem"), &authority.pem).unwrap();
    let source = Source::load(&Choice::File(place.profiles()).into(), &Places::default()).unwrap();
    assert!(source.problems.is_empty(), "{:?}", source.problems);
    all_calls_pass(&Engine::new(source)).await;
}

#[tokio::test]
async fn an_unknown_issuer_is_named_with_the_certificate_and_what_to_write() {
    let authority = Authority::new("Private CA");
    let server = Secure::serve(authority.issue_good(&["localhost"]).config()).await;
    let words =
        [&format!("no TLS connection to localhost:{}", server.port), "CN=the server, is issued by CN=Private CA"];
    let answer = all_calls_fail(&server.url(), &as_it_is, &words).await;
    assert!(answer.advice().contains("`ca = \"issuer.pem\"`"), "{}", answer.advice());
    // Trusting somebody else does not help.
    let place = Place::with("");
    let settings = trusting(&place, &Authority::new("Another CA").pem);
    all_calls_fail(&server.url(), &settings, &["is issued by CN=Private CA"]).await;
}

#[tokio::test]
async fn a_certificate_out_of_its_time_says_its_dates() {
    let authority = Authority::new("Private CA");
    let place = Place::with("");
    let settings = trusting(&place, &authority.pem);
    let ended = Secure::serve(authority.issue(&["localhost"], (2019, 2020)).config()).await;
    all_calls_fail(&ended.url(), &settings, &["CN=the server, ended 2020-01-01 00:00 UTC; it is now 2"]).await;
    let early = Secure::serve(authority.issue(&["localhost"], (2099, 2100)).config()).await;
    let answer = all_calls_fail(&early.url(), &settings, &["begins only 2099-01-01 00:00 UTC"]).await;
    assert!(answer.advice().contains("clock"), "{}", answer.advice());
}

#[tokio::test]
async fn a_certificate_for_another_name_says_both() {
    let authority = Authority::new("Private CA");
    let place = Place::with("");
    let settings = trusting(&place, &authority.pem);
    let server =
        Secure::serve(authority.issue_good(&["api.example.test", "*.example.test", "10.0.0.1"]).config()).await;
    let words = ["its certificate is for api.example.test, *.example.test, 10.0.0.1, not for localhost"];
    all_calls_fail(&server.url(), &settings, &words).await;
}

#[tokio::test]
async fn a_self_signed_certificate_is_told_from_an_unknown_issuer_and_can_be_trusted_itself() {
    let place = Place::with("");
    for is_authority in [false, true] {
        let identity = Identity::self_signed(&["localhost"], is_authority, GOOD);
        let server = Secure::serve(identity.config()).await;
        let answer = all_calls_fail(&server.url(), &as_it_is, &["CN=the server, is signed by itself"]).await;
        assert!(answer.advice().contains("`ca = \"server.pem\"`"), "{}", answer.advice());
        all_calls_pass(&engine(&server.url(), &trusting(&place, &identity.pem), &|_| {})).await;

        // Its name and its time count all the same.
        let identity = Identity::self_signed(&["api.example.test"], is_authority, GOOD);
        let server = Secure::serve(identity.config()).await;
        let settings = trusting(&place, &identity.pem);
        all_calls_fail(&server.url(), &settings, &["is for api.example.test, not for localhost"]).await;
        let identity = Identity::self_signed(&["localhost"], is_authority, (2019, 2020));
        let server = Secure::serve(identity.config()).await;
        all_calls_fail(&server.url(), &trusting(&place, &identity.pem), &["ended 2020-01-01"]).await;
    }
}

#[tokio::test]
async fn insecure_takes_any_certificate_and_says_so_and_only_where_it_stands() {
    let server = Secure::serve(Authority::new("Private CA").issue(&["elsewhere.test"], (2019, 2020)).config()).await;
    let both = engine(&server.url(), &|connection| connection.insecure = true, &|_| {});
    all_calls_pass(&both).await;
    let notes = probe(&both, "open").await.exchange.notes.clone();
    assert!(notes.iter().any(|note| note == "no certificate was checked (insecure = true)"), "{notes:?}");

    let provider_alone = engine(&server.url(), &as_it_is, &|one| one.connection.insecure = true);
    token(&provider_alone).await.unwrap();
    assert!(matches!(call(&provider_alone).await, NoAnswer::Tls { fault: TlsFault::Expired { .. }, .. }));
}

#[tokio::test]
async fn the_wrong_scheme_is_found_out_both_ways() {
    let plain = Odd::api(200, "text/plain", "hello").await;
    let url = format!("https://localhost:{}", plain.port);
    let answer = all_calls_fail(&url, &as_it_is, &["the server speaks plain HTTP there"]).await;
    assert!(answer.advice().contains(&format!("http://localhost:{}", plain.port)), "{}", answer.advice());

    let server = Secure::serve(Authority::new("Private CA").issue_good(&["localhost"]).config()).await;
    let url = format!("http://localhost:{}", server.port);
    let answer = all_calls_fail(&url, &as_it_is, &["speaks TLS, and was asked in plain HTTP"]).await;
    assert!(answer.advice().contains(&format!("https://localhost:{}", server.port)), "{}", answer.advice());
}

#[tokio::test]
async fn a_server_that_demands_a_client_certificate_is_understood_in_either_version() {
    let authority = Authority::new("Private CA");
    let place = Place::with("");
    let settings = trusting(&place, &authority.pem);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let identity = authority.issue_good(&["localhost"]);
        let server = Secure::serve(identity.config_demanding(&authority, version)).await;
        all_calls_fail(&server.url(), &settings, &["the server demands a client certificate"]).await;
    }
}

#[tokio::test]
async fn what_else_answers_in_place_of_tls_is_told_apart() {
    for (bytes, words) in [
        (b"SSH-2.0-OpenSSH_9.6\r\n".as_slice(), "is not TLS; it began with `SSH-2.0-OpenSSH_9.6`"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07", "is not TLS"),
        (b"\x15\x03\x03\x00\x02\x02\x28", "no way of TLS is known to both sides"),
        (b"\x15\x03\x03\x00\x02\x02\x46", "no way of TLS is known to both sides"),
        (b"\x15\x03\x03\x00\x02\x02\x70", "the server knows no site of the name localhost"),
        (b"", "in the middle of the handshake"),
    ] {
        let odd = Odd::says(bytes).await;
        all_calls_fail(&format!("https://localhost:{}", odd.port), &as_it_is, &[words]).await;
    }
}

#[tokio::test]
async fn a_silent_server_is_said_to_be_waited_for_in_the_handshake() {
    let odd = Odd::silent().await;
    let settings = |connection: &mut Connection| connection.timeout = Some(1);
    let words = ["did not answer within 1 s (connected, waiting for the TLS handshake)"];
    all_calls_fail(&format!("https://localhost:{}", odd.port), &settings, &words).await;
}

#[tokio::test]
async fn a_changed_file_is_noticed_at_the_next_call_also_by_open_connections() {
    let (authority, other) = (Authority::new("Private CA"), Authority::new("Another CA"));
    let server = Secure::serve(authority.issue_good(&["localhost"]).config()).await;
    let place = Place::with("");
    let engine = engine(&server.url(), &trusting(&place, &authority.pem), &|_| {});
    assert_eq!(probe(&engine, "open").await.exchange.status(), Some(200));
    let _ = trusting(&place, &format!("# the wrong one\n{}", other.pem));
    assert!(matches!(call(&engine).await, NoAnswer::Tls { fault: TlsFault::UntrustedIssuer(_), .. }));
    let _ = trusting(&place, &format!("{}{}", other.pem, authority.pem));
    assert_eq!(probe(&engine, "open").await.exchange.status(), Some(200));
    std::fs::remove_file(place.path().join("ca.pem")).unwrap();
    assert!(matches!(call(&engine).await, NoAnswer::Authorities { .. }));
}

#[tokio::test]
async fn a_file_that_is_no_certificate_says_what_it_is_and_which_part() {
    let good = Authority::new("Private CA");
    let cut = good.pem.lines().take(3).collect::<Vec<_>>().join("\n");
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let place = Place::with("");
    let server = "https://localhost:9";
    for (text, words) in [
        (String::new(), "it is empty"),
        ("hello".into(), "no block that begins with -----BEGIN CERTIFICATE-----"),
        (format!("{}{cut}\n", good.pem), "block 2: its line -----END …----- is missing"),
        (good.pem.replace("MII", "!!!"), "block 1: what stands between BEGIN and END is not Base64"),
        (
            "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n".into(),
            "block 1 is no usable certificate",
        ),
        (key, "it holds a private key, and no certificate"),
    ] {
        let answer = call(&engine(server, &trusting(&place, &text), &|_| {})).await;
        assert!(answer.to_string().contains("ca.pem cannot be used: "), "{answer}");
        assert!(answer.to_string().contains(words), "{answer}\nshould say {words}");
    }
    std::fs::write(place.path().join("ca.der"), &good.certificate).unwrap();
    for (name, words) in [
        ("ca.der", "it is DER, not PEM"),
        ("none.pem", "No such file"),
        ("empty", "no file in this folder"),
        ("/dev/null", "it is neither a file nor a folder"),
    ] {
        std::fs::create_dir_all(place.path().join("empty")).unwrap();
        let path = place.path().join(name).display().to_string();
        let answer = call(&engine(server, &|connection| connection.ca = Some(path.clone()), &|_| {})).await;
        assert!(answer.to_string().contains(words), "{answer}\nshould say {words}");
    }
}

/// `SSL_CERT_FILE` and `SSL_CERT_DIR` name the system's roots where there is no store of the platform.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn the_systems_roots_can_be_named_by_the_environment_and_may_be_none_at_all() {
    let authority = Authority::new("Private CA");
    let server = Secure::serve(authority.issue_good(&["localhost"]).config()).await;
    let place = Place::with(&profiles(&server.url(), &server.url()));
    let roots = place.path().join("roots.pem");
    std::fs::write(&roots, &authority.pem).unwrap();
    let run = |file: &std::path::Path| {
        let mut command = place.command(&["probe", "odd", "guarded"]);
        command.env("SSL_CERT_FILE", file).env("SSL_CERT_DIR", "/nonexistent");
        Ended::of(&command.output().unwrap())
    };
    run(&roots).code(0).says("200");
    run(std::path::Path::new("/nonexistent")).code(3).says("this machine has no root certificates");
}
