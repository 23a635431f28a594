//! What a file would make the program run, read and send: wherever it hides, and that a change of it is seen.

use pretty_assertions::assert_eq;

use crate::config::trust::{FactKind, Facts, facts};
use crate::config::{DEMO_TEXT, Layers};

fn of(text: &str) -> Facts {
    facts(&Layers { shared: text.as_bytes(), ..Layers::default() })
}

fn said(text: &str) -> Vec<String> {
    of(text).iter().map(ToString::to_string).collect()
}

/// Nothing to tell of, so that what is added is all there is.
const LOCAL: &str =
    "[providers.p]\nissuer = 'http://localhost:1'\n[apis.a]\nprovider = 'p'\nbase_url = 'http://127.0.0.1:2'\n";
const CLIENT: &str = "[profiles.x]\nprovider = 'p'\nclient_id = 'c'\n";

#[test]
fn a_file_that_stays_here_has_none() {
    assert!(of(DEMO_TEXT).is_empty());
    assert!(of(&format!("{LOCAL}{CLIENT}client_secret = '{{literal}}'\nparams = {{ a = 'b' }}\n")).is_empty());
    assert!(of("").is_empty() && of("not toml").is_empty());
}

#[test]
fn each_kind_is_told() {
    for (text, expected) in [
        (
            "[providers.q]\nissuer = 'https://login.example.com/realms/shop'",
            "providers.q: sends to https://login.example.com/realms/shop",
        ),
        (
            "[providers.q]\nissuer = 'http://localhost'\ntoken_endpoint = 'https://evil.example/t'",
            "providers.q: sends to https://evil.example/t",
        ),
        (
            "[providers.q]\nissuer = 'http://localhost'\njwks_uri = 'https://evil.example/k'",
            "providers.q: sends to https://evil.example/k",
        ),
        (
            "[profiles.y]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'authorization_code'\nremember = true",
            "profiles.y: reads the keyring's entry for its refresh token, for http://localhost:1",
        ),
        (
            "[profiles.y]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'authorization_code'\nredirect_uri = 'https://app.example/cb'",
            "profiles.y: sends to https://app.example/cb",
        ),
        (
            "[profiles.y]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'password'\nusername = 'a'\npassword = { env = 'PW' }",
            "profiles.y: reads the variable PW, for http://localhost:1",
        ),
        (
            "[providers.q]\nissuer = 'http://localhost'\ndevice_authorization_endpoint = 'https://evil.example/d'",
            "providers.q: sends to https://evil.example/d",
        ),
        (
            "[providers.q]\nissuer = 'http://localhost'\nproxy = 'http://me:hunter2@proxy.example:3128'",
            "providers.q: sends through the proxy http://***@proxy.example:3128",
        ),
        (
            "[providers.q]\nissuer = 'http://localhost'\nca = '/etc/ca.pem'",
            "providers.q: trusts the certificates in /etc/ca.pem",
        ),
        ("[providers.q]\nissuer = 'http://localhost'\ninsecure = true", "providers.q: checks no certificate"),
        (
            "[providers.q]\nissuer = 'http://localhost'\nplaintext = true",
            "providers.q: sends secrets and tokens over plain http",
        ),
        ("[apis.b]\nprovider = 'p'\nbase_url = 'https://api.example.com'", "apis.b: sends to https://api.example.com"),
        (
            "[apis.b]\nprovider = 'p'\nbase_url = 'http://localhost'\nproxy = 'socks5h://127.0.0.1:1080'",
            "apis.b: sends through the proxy socks5h://127.0.0.1:1080",
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_secret = { env = 'HOME' }",
            "profiles.x: reads the variable HOME, for http://localhost:1",
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_secret = { file = '~/.ssh/id' }",
            "profiles.x: reads the file ~/.ssh/id, for http://localhost:1",
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_secret = { keyring = 'shop' }",
            "profiles.x: reads the keyring's entry shop, for http://localhost:1",
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_secret = { command = ['sh', '-c', \"rm -rf ~ # it's\\u001b[2J\", ''] }",
            "profiles.x: runs the command sh -c 'rm -rf ~ # it'\\''s␛[2J' '', for http://localhost:1",
        ),
    ] {
        assert_eq!(said(&format!("{LOCAL}{text}\n")), [expected], "{text}");
    }
}

#[test]
fn a_long_command_is_told_to_its_end() {
    let text = format!("{LOCAL}{CLIENT}client_secret = {{ command = ['pass', '{}', 'the-end'] }}\n", "a".repeat(5_000));
    assert!(said(&text)[0].contains("the-end"));
}

#[test]
fn hidden_places_are_looked_into() {
    let environments = "[environments.dev]\nvars = { h = 'localhost' }\n[environments.prod]\nvars = { h = 'evil.example' }\nprotected = true\n";
    for (what, text, expected) in [
        (
            "a variable of an environment that is not chosen",
            format!("{environments}{LOCAL}[apis.b]\nprovider='p'\nbase_url = 'https://{{h}}/x'\n"),
            "https://evil.example/x",
        ),
        (
            "a choice for an environment that is not chosen",
            format!(
                "{environments}{LOCAL}{CLIENT}client_secret = {{ by_env = {{ dev = 's', prod = {{ command = ['evil'] }} }} }}\n"
            ),
            "evil",
        ),
        (
            "a whole section for another environment",
            format!(
                "{environments}[providers.p.by_env]\ndev = {{ issuer = 'http://localhost' }}\nprod = {{ issuer = 'https://evil.example' }}\n"
            ),
            "https://evil.example",
        ),
        (
            "a choice for an environment that is not there",
            format!(
                "{environments}{LOCAL}{CLIENT}client_secret = {{ by_env = {{ stage = {{ command = ['evil'] }} }} }}\n"
            ),
            "evil",
        ),
        (
            "a choice in a file without environments",
            format!("{LOCAL}{CLIENT}client_secret.by_env.any.env = 'EVIL'\n"),
            "EVIL",
        ),
        (
            "a word of a command",
            format!("{environments}{LOCAL}{CLIENT}client_secret = {{ command = ['curl', 'https://{{h}}'] }}\n"),
            "curl https://evil.example",
        ),
        (
            "a profile that is disabled",
            format!("{LOCAL}{CLIENT}nonsense = 1\nclient_secret = {{ command = ['evil'] }}\n"),
            "evil",
        ),
        (
            "a provider that cannot be used",
            format!("{LOCAL}[providers.q]\nissuer = 'https://evil.example'\nnonsense = 1\n"),
            "https://evil.example",
        ),
        ("an address that is none", format!("{LOCAL}[providers.q]\nissuer = 'evil'\n"), "evil"),
        (
            "two sources at once",
            format!("{LOCAL}{CLIENT}client_secret = {{ env = 'A', command = ['evil'] }}\n"),
            "evil",
        ),
        (
            "a flag by environment",
            format!(
                "{environments}{LOCAL}[apis.b]\nprovider='p'\nbase_url='http://localhost'\ninsecure.by_env = {{ dev = false, prod = true }}\n"
            ),
            "",
        ),
    ] {
        let found: Vec<_> = of(&text).iter().map(|fact| fact.text.clone()).collect();
        assert!(found.contains(&expected.to_owned()), "{what}: {found:?}");
    }
}

#[test]
fn what_lies_over_the_file_counts_as_well() {
    let shared = format!("{LOCAL}{CLIENT}client_secret = 's'\n");
    let over = |local: &str| facts(&Layers { shared: shared.as_bytes(), local: Some(local.as_bytes()), session: None });
    assert!(over("").is_empty());
    let kinds = |facts: &Facts| facts.iter().map(|fact| fact.kind).collect::<Vec<_>>();
    assert_eq!(kinds(&over("[profiles.x]\nclient_secret = { command = ['evil'] }")), [FactKind::Command]);
    assert_eq!(kinds(&over("[providers.p]\nissuer = 'https://evil.example'")), [FactKind::Host]);
    assert_eq!(kinds(&over("[providers.p]\nproxy = 'http://evil.example:1'")), [FactKind::Proxy]);
    let session =
        facts(&Layers { session: Some("[providers.p]\nissuer = 'https://evil.example'"), ..Layers::default() });
    assert_eq!(kinds(&session), [FactKind::Host]);
}

#[test]
fn headers_and_parameters_take_nothing_from_this_machine() {
    let text = format!(
        "{LOCAL}headers = {{ X = '{{HOME}}', Y = '$HOME' }}\n{CLIENT}client_secret = 's'\nparams = {{ a = '{{HOME}}', b = '$(id)' }}\n"
    );
    let parsed = crate::config::parse(&text);
    // `{HOME}` is a variable of the file, and there is none of this name.
    assert_eq!(parsed.problems.len(), 2, "{:?}", parsed.problems);
    assert!(of(&text).is_empty());
    let table = format!("{LOCAL}{CLIENT}client_secret = 's'\nparams = {{ a = {{ env = 'HOME' }} }}\n");
    assert_eq!(crate::config::parse(&table).problems.len(), 1);
}

#[test]
fn the_digest_is_that_of_the_facts_and_of_nothing_else() {
    let text = format!(
        "{LOCAL}[providers.q]\nissuer = 'https://login.example.com'\n[apis.b]\nprovider = 'q'\nbase_url = 'https://api.example.com'\n[profiles.y]\nprovider = 'q'\nclient_id = 'y'\nclient_secret = {{ command = ['pass', 'shop'] }}\nscopes = ['a']\n"
    );
    let digest = of(&text).digest();
    assert_eq!(digest.len(), 64);
    assert!(digest.chars().all(|c| c.is_ascii_hexdigit()));
    for (from, to) in
        [("scopes = ['a']", "scopes = ['b']\ntitle = 'Y' # why"), ("client_id = 'y'", "client_id = 'z'"), (LOCAL, "")]
    {
        assert_eq!(of(&text.replace(from, to)).digest(), digest, "{to}");
    }
    let mut seen = std::collections::HashSet::from([digest]);
    for (from, to) in [
        ("https://login.example.com", "https://login.evil.example"),
        ("https://login.example.com", "https://login.example.com/realms/other"),
        ("https://login.example.com", "http://login.example.com"),
        ("https://api.example.com", "https://api.evil.example"),
        ("'pass', 'shop'", "'pass', 'bank'"),
        ("'pass', 'shop'", "'pass shop'"),
        ("'pass', 'shop'", "'pass', 'shop', ''"),
        ("{ command = ['pass', 'shop'] }", "{ env = 'SHOP' }"),
        // The same words and hosts, in other company.
        ("[profiles.y]\nprovider = 'q'", "[profiles.y]\nprovider = 'p'"),
        ("[apis.b]\nprovider = 'q'", "[apis.b]\nprovider = 'p'"),
        ("[profiles.y]", "[profiles.z]"),
        ("client_id = 'y'", "client_id = 'y'\n[providers.r]\nissuer = 'http://localhost'\nproxy = 'http://a:b@c:1'"),
        ("client_id = 'y'", "client_id = 'y'\n[providers.r]\nissuer = 'http://localhost'\nproxy = 'http://a:d@c:1'"),
    ] {
        let changed = text.replacen(from, to, 1);
        // What follows an inserted section would be in it.
        let changed =
            if to.contains("[providers.r]") { format!("{text}{}\n", to.split_once('\n').unwrap().1) } else { changed };
        assert!(seen.insert(of(&changed).digest()), "{from} -> {to}");
    }
}

#[test]
fn no_fact_shows_the_password_of_a_proxy() {
    let text = "[providers.p]\nissuer = 'http://localhost'\nproxy = 'http://me:hunter2@proxy.example:1'\n";
    assert!(!format!("{:?}", of(text)).contains("hunter2"));
}

#[test]
fn what_a_person_is_asked_for_and_what_is_no_name_are_told() {
    let abroad = "[providers.q]\nissuer = 'https://login.example.com'\n";
    let asks = |provider: &str| {
        format!(
            "{LOCAL}{abroad}[profiles.x]\nprovider = '{provider}'\nclient_id = 'c'\nclient_secret = {{ prompt = true }}\n"
        )
    };
    assert!(said(&asks("q")).contains(&"profiles.x: asks for its secret, for https://login.example.com".to_owned()));
    assert_eq!(said(&asks("p")).len(), 1, "what stays here is not told");
    assert_ne!(of(&asks("q")).digest(), of(&asks("p")).digest());
    for text in ["S3CR=ET", "S3CR\\u0000ET"] {
        let facts = of(&format!("{LOCAL}{CLIENT}client_secret = {{ env = \"{text}\" }}\n"));
        assert_eq!(facts.iter().map(|fact| fact.text.as_str()).collect::<Vec<_>>(), ["***"]);
        assert!(!format!("{facts:?}").contains("S3CR"), "{facts:?}");
    }
    let cached = format!("{LOCAL}{CLIENT}client_secret = 's'\ntoken_cache = 'keyring'\n");
    assert_eq!(said(&cached), ["profiles.x: reads the keyring's entry for its tokens, for http://localhost:1"]);
}
