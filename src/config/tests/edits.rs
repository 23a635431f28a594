//! Edits of profiles.toml: what is written, how it looks, and why something is not written.

use pretty_assertions::assert_eq;

use crate::config::edit::{Edit, EditError, apply, apply_under, diff};
use crate::config::{
    Addition, Changes, DEMO_TEXT, NewApi, NewEndpoint, NewProfile, NewProvider, NewSecret, Requirement, free_name,
    parse,
};
use crate::exchange::Secret;
use crate::oauth::{ClientAuth, ClientId, Issuer, ScopeSet};

fn scopes(profile: &str, scopes: &str) -> Edit {
    let changes = Changes { scopes: Some(ScopeSet::parse(scopes)), ..Changes::default() };
    Edit::Change { profile: profile.to_owned(), changes }
}

fn audience(profile: &str, audience: Option<&str>) -> Edit {
    let changes = Changes { audience: Some(audience.map(str::to_owned)), ..Changes::default() };
    Edit::Change { profile: profile.to_owned(), changes }
}

fn params(profile: &str, params: &[(&str, &str)]) -> Edit {
    let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Edit::Change { profile: profile.to_owned(), changes: Changes { params: Some(params), ..Changes::default() } }
}

fn addition() -> Addition {
    Addition {
        provider: Some(NewProvider {
            name: "shop".to_owned(),
            issuer: Issuer::new("https://login.example.com/realms/shop"),
            plaintext: false,
            insecure: false,
            ca: Some("ca.pem".to_owned()),
            token_endpoint: None,
            jwks_uri: None,
        }),
        api: Some(NewApi {
            name: "orders".to_owned(),
            provider: "shop".to_owned(),
            base_url: "https://orders.example.com".to_owned(),
            audience: None,
            plaintext: false,
            endpoints: vec![NewEndpoint {
                name: "orders".to_owned(),
                method: "POST".to_owned(),
                path: "/orders/{id}".to_owned(),
                requires: Some(Requirement::AnyScope(ScopeSet::parse("a b"))),
            }],
        }),
        profile: Some(NewProfile {
            name: "shop-batch".to_owned(),
            title: None,
            provider: "shop".to_owned(),
            client_id: ClientId::new("batch \"7\""),
            secret: Some(NewSecret::Keyring("shop-batch".to_owned())),
            grant: crate::oauth::Grant::default(),
            auth: ClientAuth::Post,
            scopes: ScopeSet::parse("orders:read"),
            audience: None,
        }),
    }
}

/// A sound file around what is in question.
fn file(profile: &str) -> String {
    format!("[providers.p]\nissuer = \"http://localhost\"\n\n{profile}")
}

const CLIENT: &str = "[profiles.me]\nprovider = \"p\"\nclient_id = \"c\"\nclient_secret = \"s\"\n";

/// What the edit makes of the lines of a profile.
fn edited(profile: &str, edit: Edit) -> String {
    let text = apply(&file(profile), &[edit]).unwrap();
    text.strip_prefix(&file("")).unwrap().to_owned()
}

#[test]
fn a_value_is_changed_where_it_stands() {
    for (before, edit, after) in [
        ("scopes = [\"a\", \"b\"]  # why\n", scopes("me", "a c"), "scopes = [\"a\", \"c\"]  # why\n"),
        ("scopes   =   [ 'a' ]\ntitle = \"x\"\n", scopes("me", "a b"), "scopes   =   [ 'a', \"b\" ]\ntitle = \"x\"\n"),
        ("scopes = [\"a\"]\n", scopes("me", ""), "scopes = []\n"),
        ("scopes = []\n", scopes("me", "a"), "scopes = [\"a\"]\n"),
        (
            "scopes = [\n  \"a\",  # the first\n  \"b\",\n]\n",
            scopes("me", "a b c"),
            "scopes = [\n  \"a\",  # the first\n  \"b\",\n  \"c\",\n]\n",
        ),
        (
            "scopes = [\n  \"a\",  # the first\n  \"b\",  # the second\n]\n",
            scopes("me", "a b c"),
            "scopes = [\n  \"a\",  # the first\n  \"b\",  # the second\n  \"c\",\n]\n",
        ),
        (
            "scopes = [\n  \"a\",  # the first\n  \"b\",  # the second\n  \"c\",\n]\n",
            scopes("me", "a c"),
            "scopes = [\n  \"a\",  # the first\n  # the second\n  \"c\",\n]\n",
        ),
        (
            "scopes = [\n  \"a\",\n  \"b\" # last\n]\n",
            scopes("me", "a b c"),
            "scopes = [\n  \"a\",\n  \"b\", # last\n  \"c\"\n]\n",
        ),
        ("scopes = [\n  # both\n  \"a\",\n  \"b\",\n]\n", scopes("me", ""), "scopes = [\n  # both\n]\n"),
        ("audience = 'a' # why\n", audience("me", Some("b")), "audience = \"b\" # why\n"),
        ("audience = 'a'\ntitle = \"x\"\n", audience("me", None), "title = \"x\"\n"),
        ("audience = 'a' # why\ntitle = \"x\"\n", audience("me", None), "# why\ntitle = \"x\"\n"),
        ("# above\naudience = 'a'\n", audience("me", None), "# above\n"),
        ("audience = '''\na'''\n# below\n", audience("me", None), "# below\n"),
        ("", audience("me", Some("{x} \"y\"")), "audience = '{{x}} \"y\"'\n"),
        ("", audience("me", None), ""),
        ("", params("me", &[("a", "1"), ("b c", "2")]), "params = { a = \"1\", \"b c\" = \"2\" }\n"),
        ("params = { a = \"1\", b = \"2\" } # why\n", params("me", &[("b", "2")]), "params = { b = \"2\" } # why\n"),
        ("params = { a = \"1\", b = \"2\" }\n", params("me", &[("a", "1")]), "params = { a = \"1\" }\n"),
        (
            "params = { a = '1', b = '2' }\n",
            params("me", &[("a", "1"), ("b", "3"), ("c", "4")]),
            "params = { a = '1', b = \"3\", c = \"4\" }\n",
        ),
        ("params = { a = \"1\" }\ntitle = \"x\"\n", params("me", &[]), "title = \"x\"\n"),
        ("params = {}\n", params("me", &[("a", "1")]), "params = { a = \"1\" }\n"),
        (
            "params.a = \"1\"\nparams.b = \"2\"\n",
            params("me", &[("b", "3"), ("c", "4")]),
            "params.b = \"3\"\nparams.c = \"4\"\n",
        ),
        (
            "[profiles.me.params]\na = \"1\" # why\n",
            params("me", &[("b", "2")]),
            "[profiles.me.params]\n# why\nb = \"2\"\n",
        ),
        ("[profiles.me.params]\n# none\n", params("me", &[("b", "2")]), "[profiles.me.params]\nb = \"2\"\n# none\n"),
        (
            "params = { # these\n  a = \"1\", # one\n  b = \"2\", # two\n}\n",
            params("me", &[("a", "1")]),
            "params = { # these\n  a = \"1\", # one\n  # two\n}\n",
        ),
    ] {
        assert_eq!(edited(&format!("{CLIENT}{before}"), edit), format!("{CLIENT}{after}"), "{before}");
    }
}

#[test]
fn a_new_key_is_written_in_the_style_of_the_others() {
    for (before, after) in [
        (
            "[profiles.me]\nprovider      = \"p\"\nclient_id     = \"c\"\nclient_secret = \"s\"  # of the demo\n\n# The end.\n",
            "[profiles.me]\nprovider      = \"p\"\nclient_id     = \"c\"\nclient_secret = \"s\"  # of the demo\nscopes        = [\"a\"]\n\n# The end.\n",
        ),
        (
            "  [profiles.me]\n  provider = \"p\"\n  client_id = \"c\"\n  client_secret = \"s\"",
            "  [profiles.me]\n  provider = \"p\"\n  client_id = \"c\"\n  client_secret = \"s\"\n  scopes = [\"a\"]",
        ),
        (
            "[profiles]\nme = { provider = \"p\", client_id = \"c\", client_secret = \"s\" }\n",
            "[profiles]\nme = { provider = \"p\", client_id = \"c\", client_secret = \"s\", scopes = [\"a\"] }\n",
        ),
        (
            "[profiles]\nme.provider = \"p\"\nme.client_id = \"c\"\nme . client_secret = \"s\"\n[apis]\n",
            "[profiles]\nme.provider = \"p\"\nme.client_id = \"c\"\nme . client_secret = \"s\"\nme . scopes = [\"a\"]\n[apis]\n",
        ),
        (
            "[profiles.me]\nprovider = \"p\"\nclient_id = \"c\"\nclient_secret = \"s\"\n[profiles.me.params]\nx = \"y\"\n",
            "[profiles.me]\nprovider = \"p\"\nclient_id = \"c\"\nclient_secret = \"s\"\nscopes = [\"a\"]\n[profiles.me.params]\nx = \"y\"\n",
        ),
        (
            "[profiles.\"me\"]\r\nprovider = \"p\"\r\nclient_id = \"c\"\r\nclient_secret = \"s\"\r\n",
            "[profiles.\"me\"]\r\nprovider = \"p\"\r\nclient_id = \"c\"\r\nclient_secret = \"s\"\r\nscopes = [\"a\"]\r\n",
        ),
    ] {
        assert_eq!(edited(before, scopes("me", "a")), after);
    }
    let dotted = "providers.p.issuer = 'http://localhost'\nprofiles.me.provider = 'p'\nprofiles.me.client_id = 'c'\nprofiles.me.client_secret = 's'\n";
    assert_eq!(apply(dotted, &[scopes("me", "a")]).unwrap(), format!("{dotted}profiles.me.scopes = [\"a\"]\n"));
    let inline = "profiles = { me = { provider = 'p', client_id = 'c', client_secret = 's' } }\nproviders = { p = { issuer = 'http://localhost' } }";
    assert_eq!(apply(inline, &[scopes("me", "a")]).unwrap(), inline.replace("'s' }", "'s', scopes = [\"a\"] }"));
}

#[test]
fn new_sections_look_as_if_written_by_hand() {
    let written = apply(DEMO_TEXT, &[Edit::Add(addition())]).unwrap();
    let added = written.strip_prefix(DEMO_TEXT).unwrap();
    insta::assert_snapshot!(added, @r#"

    [providers.shop]
    issuer = "https://login.example.com/realms/shop"
    ca     = "ca.pem"

    [apis.orders]
    provider = "shop"
    base_url = "https://orders.example.com"

    [[apis.orders.endpoints]]
    name     = "orders"
    method   = "POST"
    path     = "/orders/{{id}}"
    requires = { any_scope = ["a", "b"] }

    [profiles.shop-batch]
    provider      = "shop"
    client_id     = 'batch "7"'
    client_secret = { keyring = "shop-batch" }
    auth          = "post"
    scopes        = ["orders:read"]
    "#);
    let parsed = parse(&written);
    assert_eq!(parsed.problems, []);
    assert_eq!(parsed.profiles.apis[1].endpoints[0].path, "/orders/{id}");
    assert_eq!(parsed.profiles.profile("shop-batch").unwrap().client_id.as_str(), "batch \"7\"");
    // An empty file, one without a last newline, one that ends in blank lines, one of Windows.
    for text in ["", "# mine", "# mine\n\n\n", "# mine\r\n"] {
        let written = apply(text, &[Edit::Add(addition())]).unwrap();
        let start = if text.is_empty() { "[providers.shop]\n" } else { "# mine\n\n[providers.shop]\n" };
        assert!(written.replace("\r\n", "\n").starts_with(start), "{written}");
        assert_eq!(written.matches("\r\n").count() > 0, text.contains('\r'));
        assert!(written.ends_with('\n') && !written.ends_with("\n\n"));
    }
}

#[test]
fn a_file_in_braces_is_extended_in_braces() {
    let text = "profiles = { me = { provider = 'p', client_id = 'c', client_secret = 's' } } # mine\nproviders = { p = { issuer = 'http://localhost' } }\napis = {}\n";
    let written = apply(text, &[Edit::Add(addition())]).unwrap();
    insta::assert_snapshot!(written, @r#"
    profiles = { me = { provider = 'p', client_id = 'c', client_secret = 's' }, shop-batch = { provider = "shop", client_id = 'batch "7"', client_secret = { keyring = "shop-batch" }, auth = "post", scopes = ["orders:read"] } } # mine
    providers = { p = { issuer = 'http://localhost' }, shop = { issuer = "https://login.example.com/realms/shop", ca = "ca.pem" } }
    apis = { orders = { provider = "shop", base_url = "https://orders.example.com", endpoints = [{ name = "orders", method = "POST", path = "/orders/{{id}}", requires = { any_scope = ["a", "b"] } }] } }
    "#);
}

#[test]
fn every_kind_of_secret_is_written_and_a_literal_one_is_shown_nowhere_else() {
    for (secret, written) in [
        (NewSecret::Literal(Secret::new("+ / % & : é {x} \"'\n")), "client_secret = "),
        (NewSecret::Env("A".into()), "client_secret = { env = \"A\" }"),
        (NewSecret::File("~/x".into()), "client_secret = { file = \"~/x\" }"),
        (NewSecret::Prompt, "client_secret = { prompt = true }"),
    ] {
        let mut addition = addition();
        addition.profile.as_mut().unwrap().secret = Some(secret.clone());
        let text = apply("", &[Edit::Add(addition.clone())]).unwrap();
        assert!(text.contains(written), "{text}");
        let read = parse(&text).profiles.profile("shop-batch").unwrap().secret.clone().unwrap();
        if let NewSecret::Literal(secret) = secret {
            assert_eq!(read, crate::config::SecretSource::Literal(secret));
            assert!(!format!("{addition:?}").contains('é'));
            let shown: String = diff("", &text).iter().map(|line| line.text.clone()).collect();
            assert!(shown.contains("client_secret = ***") && !shown.contains('é'), "{shown}");
        }
    }
}

#[test]
fn what_cannot_be_written_says_where_and_what_to_do() {
    let environments = "[environments.dev]\nvars = { s = \"a\" }\n";
    for (profile, edit, expected) in [
        ("", scopes("me", "a"), "[profiles.me] is not in this file"),
        (
            "[profiles.me]\nscopes = { by_env = { dev = [\"a\"] } }\n",
            scopes("me", "b"),
            "line 7: `scopes` of [profiles.me] is chosen by environment: edit it there yourself",
        ),
        (
            "[profiles.me]\nscopes = [\"{s}\"]\n",
            scopes("me", "b"),
            "line 7: `scopes` of [profiles.me] holds the variable {s}: edit it there yourself",
        ),
        (
            "[profiles.me]\nparams = { a = \"1\", b = \"{s}\" }\n",
            params("me", &[]),
            "line 7: `params` of [profiles.me] holds the variable {s}: edit it there yourself",
        ),
        (
            "[profiles.me]\naudience.by_env.dev = \"a\"\n",
            audience("me", None),
            "line 7: `audience` of [profiles.me] is chosen by environment: edit it there yourself",
        ),
        (
            "[profiles.me.by_env]\ndev = { provider = \"p\" }\n",
            audience("me", None),
            "line 6: `audience` of [profiles.me] is chosen by environment: edit it there yourself",
        ),
        (
            "[profiles.me.apis]\n",
            scopes("me", "a"),
            "line 6: [profiles.me] cannot be changed by the program: edit `scopes` there yourself",
        ),
    ] {
        let text = format!("{environments}{}", file(profile));
        let error = apply(&text, &[edit]).unwrap_err();
        assert_eq!(error.to_string(), expected, "{profile}");
    }
    assert_eq!(apply("a =", &[]).unwrap_err().to_string(), "it is not TOML (line 1): mend that first");
    let taken = addition();
    let text = apply("", &[Edit::Add(taken.clone())]).unwrap();
    assert_eq!(apply(&text, &[Edit::Add(taken)]).unwrap_err(), EditError::Taken { section: "providers.shop".into() });
    let mut bad = addition();
    bad.provider.as_mut().unwrap().name = "my shop".into();
    assert!(matches!(apply("", &[Edit::Add(bad)]), Err(EditError::NoName { .. })));
    let mut bad = addition();
    bad.api.as_mut().unwrap().provider = "shpo".into();
    let error = apply("", &[Edit::Add(bad)]).unwrap_err().to_string();
    assert_eq!(error, "`provider` in [apis.orders]: there is no provider `shpo`");
    let error = apply(&file(CLIENT), &[scopes("me", "a\u{e9}")]).unwrap_err();
    assert!(matches!(error, EditError::NotSound { .. }), "{error}");
}

#[test]
fn what_the_file_of_this_machine_says_is_not_written_below_it() {
    let text = file(&format!("{CLIENT}scopes = [\"a\"]\n"));
    let local = "# mine\n[profiles.me]\nscopes = [\"b\"]\n";
    let error = apply_under(&text, Some(local.as_bytes()), &[scopes("me", "c")]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "profiles.local.toml line 3 says `scopes` of [profiles.me] for this machine: edit it there"
    );
    let written = apply_under(&text, Some(local.as_bytes()), &[audience("me", Some("x"))]).unwrap();
    assert_eq!(written, format!("{text}audience = \"x\"\n"));
    // A provider that only the other file has.
    let local = "[providers.mine]\nissuer = \"http://localhost:3\"\n";
    let mut addition = addition();
    addition.provider = None;
    addition.api = None;
    addition.profile.as_mut().unwrap().provider = "mine".into();
    assert!(apply_under(&text, Some(local.as_bytes()), &[Edit::Add(addition.clone())]).is_ok());
    assert!(apply(&text, &[Edit::Add(addition)]).is_err());
}

#[test]
fn several_edits_go_in_one_after_the_other() {
    let edits =
        [Edit::Add(addition()), scopes("shop-batch", "x"), scopes("tester", "y"), audience("tester", Some("z"))];
    let parsed = parse(&apply(DEMO_TEXT, &edits).unwrap());
    assert_eq!(parsed.profiles.profile("shop-batch").unwrap().scopes.to_string(), "x");
    assert_eq!(parsed.profiles.profile("tester").unwrap().audience.as_deref(), Some("z"));
}

#[test]
fn a_byte_order_mark_stays() {
    let text = format!("\u{feff}{}", file(CLIENT));
    assert_eq!(apply(&text, &[scopes("me", "a")]).unwrap(), format!("{text}scopes = [\"a\"]\n"));
}

#[test]
fn the_difference_is_shown_without_secrets() {
    let after = apply(DEMO_TEXT, &[scopes("tester", "test_api_access profile")]).unwrap();
    let lines: Vec<_> = diff(DEMO_TEXT, &after).iter().map(|line| format!("{} {}", line.sign, line.text)).collect();
    assert_eq!(
        lines,
        [
            "  client_id = \"testapiclient1\"",
            "  client_secret = ***",
            "- scopes = [\"test_api_access\"]",
            "+ scopes = [\"test_api_access\", \"profile\"]",
            "  ",
            "  [profiles.tester-no-scope]            # …",
        ]
    );
    let both = apply(&after, &[scopes("short-lived", "")]).unwrap();
    assert!(diff(DEMO_TEXT, &both).iter().any(|line| line.text == "…"));
    assert_eq!(diff(DEMO_TEXT, DEMO_TEXT), []);
}

#[test]
fn a_name_is_made_a_slug_and_its_own() {
    let profiles = parse(DEMO_TEXT).profiles;
    for (wish, name) in [
        ("shop", "shop"),
        ("My Shop (日本) é!", "my-shop"),
        ("demo", "demo-2"),
        ("tester", "tester-2"),
        ("日本", "new"),
        ("", "new"),
        ("--a__b--", "a__b"),
        (&"x".repeat(200), &"x".repeat(64)),
    ] {
        assert_eq!(free_name(&profiles, wish), name);
    }
    let long = parse(&format!("[profiles.{}]\n", "x".repeat(64))).profiles;
    assert_eq!(free_name(&long, &"x".repeat(64)), format!("{}-2", "x".repeat(57)));
}
