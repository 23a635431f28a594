//! profiles.local.toml over profiles.toml, and over both what a session added.

use pretty_assertions::assert_eq;

use super::{layered, problems_of};
use crate::config::{Layer, Layers, Place, SecretSource, environment_names, parse, parse_layers};

const SHARED: &str = r#"
default_profile = "me"
[environments.dev]
vars = { host = "localhost", port = "1" }
[providers.shop]
issuer = "http://{host}:{port}"
timeout = 5
headers = { A = "1", B = "2" }
[apis.orders]
provider = "shop"
base_url = "http://localhost:2"
endpoints = [{ name = "a", path = "/a", requires = ["x"] }, { name = "b", path = "/b" }]
[profiles.me]
provider = "shop"
client_id = "me"
client_secret = { env = "ME" }
scopes = ["x", "y"]
"#;

#[test]
fn tables_merge_and_all_else_is_replaced() {
    let local = r#"
[environments.dev]
vars = { port = "9" }
[environments.test]
vars = { host = "localhost", port = "3" }
[providers.shop]
timeout = 7
headers = { B = "3", C = "4" }
[apis.orders]
endpoints = [{ name = "b", path = "/bb" }, { name = "c", path = "/c" }, { name = "a", requires = { roles = ["r"] } }]
[profiles.me]
client_secret = { file = "secret.txt" }
scopes = ["z"]
[profiles.more]
provider = "shop"
client_id = "more"
client_secret = "s"
"#;
    let parsed = layered(SHARED, local, "");
    assert_eq!(problems_of(&parsed), [""; 0]);
    let profiles = &parsed.profiles;
    let shop = profiles.provider("shop").unwrap();
    assert_eq!(shop.issuer.as_str(), "http://localhost:9");
    assert_eq!(shop.connection.timeout, Some(7));
    let headers: Vec<_> = shop.connection.headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(headers, ["A=1", "B=3", "C=4"]);
    let endpoints: Vec<_> =
        profiles.apis[0].endpoints.iter().map(|endpoint| (endpoint.name.as_str(), endpoint.path.as_str())).collect();
    assert_eq!(endpoints, [("a", "/a"), ("b", "/bb"), ("c", "/c")]);
    let me = profiles.profile("me").unwrap();
    assert_eq!(me.secret, Some(SecretSource::File("secret.txt".to_owned())), "a secret has one source");
    assert_eq!(me.scopes.to_string(), "z");
    let names: Vec<_> = profiles.profiles.iter().map(|profile| profile.name.as_str()).collect();
    assert_eq!(names, ["me", "more"]);
    assert_eq!((me.place.layer, me.place.line), (Layer::Shared, 13));
    let more = profiles.profile("more").unwrap();
    assert_eq!(more.place, Place { layer: Layer::Local, line: 14, column: 11 });
    let layers = Layers { shared: SHARED.as_bytes(), local: Some(local.as_bytes()), session: None };
    let names: Vec<_> = environment_names(&layers).into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["dev", "test"]);
}

#[test]
fn a_choice_by_environment_is_merged_with_one_and_replaced_by_anything_else() {
    let shared = "environments = { dev = {}, prod = {} }\nproviders.p.issuer.by_env = { dev = 'http://localhost:1', prod = 'http://localhost:2' }\nprofiles.x = { provider = 'p', client_id = 'c', client_secret = 's' }\n";
    let issuer = |local: &str| {
        let parsed = layered(shared, local, "");
        assert_eq!(problems_of(&parsed), [""; 0]);
        parsed.profiles.provider("p").unwrap().issuer.as_str().to_owned()
    };
    assert_eq!(issuer("providers.p.issuer.by_env.dev = 'http://localhost:3'"), "http://localhost:3");
    assert_eq!(issuer("providers.p.issuer.by_env.prod = 'http://localhost:3'"), "http://localhost:1");
    assert_eq!(issuer("providers.p.issuer = 'http://localhost:4'"), "http://localhost:4");
}

#[test]
fn what_a_session_added_lies_over_both() {
    let session = "[profiles.new]\nprovider = \"shop\"\nclient_id = \"new\"\nclient_secret = { prompt = true }\n";
    let parsed = layered(SHARED, "[profiles.me]\nscopes = []\n", session);
    assert_eq!(problems_of(&parsed), [""; 0]);
    let new = parsed.profiles.profile("new").unwrap();
    assert_eq!((new.place.layer, new.secret.clone()), (Layer::Session, Some(SecretSource::Prompt)));
    assert!(parsed.profiles.profile("me").unwrap().scopes.is_empty());
}

#[test]
fn what_lies_below_adds_nothing_to_what_a_session_added() {
    let session = "[providers.corp]\nissuer = \"https://login.corp.example\"\n";
    let below = "[providers.corp]\ntoken_endpoint = \"https://evil.example/t\"\nheaders = { X = \"y\" }\n";
    for (shared, local) in [(below, ""), ("", below)] {
        let parsed = layered(shared, local, session);
        let corp = parsed.profiles.provider("corp").unwrap();
        assert_eq!(corp.issuer.as_str(), "https://login.corp.example");
        assert!(corp.token_endpoint.is_none() && corp.connection.headers.is_empty());
    }
}

#[test]
fn a_problem_is_shown_in_the_file_it_is_in() {
    let local = "# mine\n[profiles.me]\ntitel = \"Me\"\nclient_secret = \"hunter2\"\nprovider = \"shpo\"\n";
    let parsed = layered(SHARED, local, "[profiles.new]\nprovider = 5\n");
    let named = |layer| match layer {
        Layer::Shared => ("profiles.toml", SHARED),
        Layer::Local => ("profiles.local.toml", local),
        Layer::Session => ("added in this session", "[profiles.new]\nprovider = 5\n"),
    };
    let rendered: Vec<_> = parsed.problems.iter().map(|problem| problem.render(named)).collect();
    insta::assert_snapshot!(rendered.join("\n\n"), @r#"
    profiles.local.toml:3:1: unknown key `titel` in [profiles.me]
      3 | titel = ***
        | ^^^^^
      did you mean `title`?

    profiles.local.toml:5:12: `provider` in [profiles.me]: there is no provider `shpo`
      5 | provider = "shpo"
        |            ^^^^^^
      did you mean `shop`?

    added in this session:1:11: [profiles.new] has no `client_id`
      1 | [profiles.new]
        |           ^^^
      add client_id = "..."

    added in this session:1:11: [profiles.new] has no `client_secret`
      1 | [profiles.new]
        |           ^^^
      add client_secret = { env = "VARIABLE" }, or auth = "none" for a client without a secret

    added in this session:2:12: `provider` in [profiles.new]: expected a string, found an integer
      2 | provider = 5
        |            ^
    "#);
}

#[test]
fn a_text_that_is_no_toml_leaves_nothing_in_force() {
    for (shared, local, session) in [("a =", "", ""), ("", "\na =", ""), ("", "", "a =")] {
        let parsed = layered(shared, local, session);
        assert!(!parsed.readable && parsed.profiles.profiles.is_empty());
        assert_eq!(parsed.problems.len(), 1);
    }
    let parsed = layered(SHARED, "\n[profiles", "");
    assert_eq!(parsed.problems[0].place, Place { layer: Layer::Local, line: 2, column: 10 });
    let layers = Layers { shared: SHARED.as_bytes(), local: Some(b"# \xff"), session: None };
    let parsed = parse_layers(&layers, None);
    assert!(!parsed.readable);
    assert_eq!(parsed.problems[0].place, Place { layer: Layer::Local, line: 1, column: 3 });
    assert!(parse(SHARED).readable);
    assert!(parse("providers = 5").readable, "wrong, but TOML");
}
