//! Environments: variables, choices by environment, which is begun with, and what is said when they are wrong.

use pretty_assertions::assert_eq;

use super::{layered, problems_of};
use crate::config::{Layers, Parsed, Proxy, Requirement, SecretSource, environment_names, parse, parse_layers};

/// Everything that can depend on the environment does.
const ALL: &str = r#"
default_profile = { by_env = { dev = "me", prod = "batch" } }

[environments.prod]
vars = { kc = "https://login.example.com", realm = "shop", tenant = "7", scope = "read" }
protected = true

[environments.dev]
vars = { kc = "http://localhost:8001", realm = "dev", tenant = "0", scope = "write" }

[providers.shop]
issuer = "{kc}/realms/{realm}"
timeout = { by_env = { prod = 30, dev = 1 } }
insecure = { by_env = { prod = false, dev = true } }
proxy = { by_env = { prod = "http://proxy.{realm}.example:3128", dev = "none" } }
headers = { X-Tenant = "{tenant}", X-Brace = "{{tenant}}{ {\"a\":{}}" }

[apis.orders]
provider = "shop"
base_url = { by_env = { prod = "https://api.example.com", dev = "http://localhost:5000" } }
endpoints = { by_env = { prod = [{ name = "a", path = "/a" }], dev = [{ name = "a", path = "/{tenant}/a" }, { name = "b", path = "/b", requires = { by_env = { prod = "none", dev = ["{scope}"] } }, allow = [{ by_env = { prod = 201, dev = 202 } }] }] } }

[profiles.me]
provider = "shop"
client_id = "{realm}-client"
client_secret = { by_env = { prod = { env = "{realm}_SECRET" }, dev = "{realm}" } }
scopes = ["{scope}", { by_env = { prod = "p", dev = "d" } }]
params = { by_env = { prod = { a = "1" }, dev = {} } }

[profiles.batch]
provider = "shop"
client_id = "batch"
client_secret = { command = ["pass", "{realm}/secret"] }
"#;

fn in_environment(text: &str, environment: Option<&str>) -> Parsed {
    parse_layers(&Layers { shared: text.as_bytes(), ..Layers::default() }, environment)
}

#[test]
fn every_value_is_that_of_the_environment() {
    assert_eq!(problems_of(&in_environment(ALL, None)), [""; 0]);
    let dev = in_environment(ALL, None).profiles;
    assert_eq!(dev.environment.as_deref(), Some("dev"), "the first that is not protected");
    assert_eq!(dev.default_profile.as_deref(), Some("me"));
    let shop = dev.provider("shop").unwrap();
    assert_eq!(shop.issuer.as_str(), "http://localhost:8001/realms/dev");
    assert_eq!(shop.connection.timeout, Some(1));
    assert!(shop.connection.insecure);
    assert_eq!(shop.connection.proxy, Some(Proxy::Direct));
    let headers: Vec<_> = shop.connection.headers.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(headers, ["0", "{tenant}{ {\"a\":{}}"]);
    let api = &dev.apis[0];
    assert_eq!(api.base_url, "http://localhost:5000");
    assert_eq!(api.endpoints.iter().map(|endpoint| endpoint.path.as_str()).collect::<Vec<_>>(), ["/0/a", "/b"]);
    assert!(matches!(&api.endpoints[1].requires, Some(Requirement::Scopes(scopes)) if scopes.to_string() == "write"));
    assert_eq!(api.endpoints[1].allow, [202]);
    let me = dev.profile("me").unwrap();
    assert_eq!((me.client_id.as_str(), me.scopes.to_string().as_str()), ("dev-client", "write d"));
    assert!(me.params.is_empty());
    let Some(SecretSource::Literal(secret)) = &me.secret else { panic!("{:?}", me.secret) };
    assert_eq!(secret.reveal(), "{realm}", "a literal secret is taken as it is");

    let prod = in_environment(ALL, Some("prod")).profiles;
    assert_eq!(prod.environment.as_deref(), Some("prod"));
    assert_eq!(prod.default_profile.as_deref(), Some("batch"));
    assert_eq!(prod.provider("shop").unwrap().issuer.as_str(), "https://login.example.com/realms/shop");
    let Some(Proxy::Through(proxy)) = &prod.provider("shop").unwrap().connection.proxy else { panic!("no proxy") };
    assert_eq!(proxy.reveal(), "http://proxy.shop.example:3128");
    assert_eq!(prod.apis[0].endpoints.len(), 1);
    assert_eq!(prod.profile("me").unwrap().secret, Some(SecretSource::Env("shop_SECRET".to_owned())));
    assert_eq!(prod.profile("me").unwrap().params, [("a".to_owned(), "1".to_owned())]);
    let command = Some(SecretSource::Command(vec!["pass".to_owned(), "shop/secret".to_owned()]));
    assert_eq!(prod.profile("batch").unwrap().secret, command);
}

#[test]
fn the_environments_are_listed_with_their_protection() {
    let names = environment_names(&Layers { shared: ALL.as_bytes(), ..Layers::default() });
    let names: Vec<_> = names.iter().map(|one| (one.name.as_str(), one.protected, one.place.line)).collect();
    assert_eq!(names, [("prod", true, 4), ("dev", false, 8)]);
    let parsed = in_environment(ALL, Some("prod"));
    assert!(parsed.profiles.current_environment().unwrap().protected);
    assert_eq!(parsed.profiles.environments.len(), 2);
}

#[test]
fn without_an_environment_what_needs_one_says_so() {
    let all_protected = ALL.replace("[environments.dev]", "[environments.dev]\nprotected = true");
    for (text, environment) in [(all_protected.as_str(), None), (ALL, Some("staging"))] {
        let parsed = in_environment(text, environment);
        assert_eq!(parsed.profiles.environment, None);
        let me = parsed.profiles.profile("me").unwrap();
        let why = me.disabled.as_deref().unwrap();
        assert!(why.contains("depends on the environment, and none is chosen"), "{why}");
        let hints: Vec<_> = parsed.problems.iter().filter_map(|problem| problem.hint.as_deref()).collect();
        assert!(hints.contains(&"choose one with --env: prod, dev"), "{hints:?}");
    }
    let parsed = in_environment(
        "[environments.prod]\nprotected = true\n[providers.p]\nissuer = 'http://localhost'\n[profiles.x]\nprovider = 'p'\nclient_id = 'c'\nclient_secret = 's'\n",
        None,
    );
    assert_eq!(problems_of(&parsed), [""; 0], "what depends on nothing needs no environment");
}

/// What stands before each bad piece: an environment of each kind and a provider, five lines.
const BEFORE: &str = "environments.dev.vars = { host = 'localhost', port = '1' }\n\
                      environments.prod = { vars = { host = 'localhost', name = 'x' }, protected = true }\n\
                      providers.p.issuer = 'http://localhost'\n\
                      profiles.x = { provider = 'p', client_id = 'c', client_secret = 's' }\n";

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn what_is_wrong_says_where_and_in_which_environment() {
    for (bad, expected) in [
        (
            "providers.q.issuer = 'http://{hots}'",
            &[
                "5:30 `issuer` in [providers.q]: there is no variable `hots` | did you mean `{host}`? add hots to the environment's vars, or write {{hots}} for the braces themselves",
            ][..],
        ),
        (
            "providers.q.issuer = 'http://{host}:{port}'",
            &[
                "5:37 `issuer` in [providers.q]: there is no variable `port` (in the environment `prod`) | add port to the environment's vars, or write {{port}} for the braces themselves",
            ],
        ),
        (
            "providers.q.issuer = { by_env = { dev = 'http://localhost', prd = 'http://localhost' } }",
            &["5:61 `issuer` in [providers.q]: there is no environment `prd` | did you mean `prod`?"],
        ),
        (
            "providers.q.issuer = { by_env = { dev = 'http://localhost' } }",
            &["5:24 `issuer` in [providers.q]: `by_env` has no value for the environment `prod` | add prod = .. to it"],
        ),
        (
            "providers.q.issuer = { by_env = { dev = 'http://localhost', prod = 'localhost' } }",
            &[
                "5:68 `issuer` in [providers.q]: `localhost` is not an absolute http or https address (in the environment `prod`) | such as https://login.example.com/realms/shop",
            ],
        ),
        (
            "providers.q.issuer = { by_env = 'x' }",
            &[
                "5:24 `issuer` in [providers.q]: `by_env` must be a table with a value for each environment | such as { by_env = { dev = \"..\", prod = \"..\" } }",
            ],
        ),
        (
            "providers.q.issuer = { by_env = { dev = 'http://localhost', prod = 'http://localhost' }, also = 1 }",
            &["5:90 `issuer` in [providers.q]: `also` cannot stand beside `by_env`"],
        ),
        (
            "providers.q = { by_env = { dev = { issuer = 'http://localhost' }, prod = { issuer = 5 } } }",
            &["5:85 `issuer` in [providers.q]: expected a string, found an integer (in the environment `prod`)"],
        ),
        (
            "providers.q = { by_env = { dev = { issuer = 'http://localhost' } } }",
            &["5:17 [providers.q]: `by_env` has no value for the environment `prod` | add prod = .. to it"],
        ),
        (
            "providers.q = { issuer = 'http://localhost', timeout = { by_env = { dev = 0, prod = 1 } } }",
            &["5:75 `timeout` in [providers.q]: 0 is not a number of seconds from 1 to 600 (in the environment `dev`)"],
        ),
        (
            "providers.q = { issuer = 'http://localhost', insecure = '{host}' }",
            &["5:57 `insecure` in [providers.q]: expected true or false, found a string"],
        ),
        (
            "apis.a = { provider = 'p', base_url = 'http://localhost', endpoints = [{ by_env = { dev = { name = 'a', path = '/a' } } }] }",
            &["5:74 `endpoints` in [apis.a]: `by_env` has no value for the environment `prod` | add prod = .. to it"],
        ),
        (
            "apis.a = { provider = { by_env = { dev = 'p', prod = 'q' } }, base_url = 'http://localhost' }",
            &["5:54 `provider` in [apis.a]: there is no provider `q` (in the environment `prod`) | there is only `p`"],
        ),
        ("environments.stage = 5", &["5:14 [environments.stage]: expected a table, found an integer"]),
        (
            "environments.'a b' = {}",
            &[
                "5:14 `a b` cannot be a name | a name is letters, digits, - and _, begins with a letter or digit, and has 64 at most",
            ],
        ),
        (
            "environments.stage.protectd = true",
            &["5:20 unknown key `protectd` in [environments.stage] | did you mean `protected`?"],
        ),
        (
            "environments.stage.protected = 'yes'",
            &["5:32 `protected` in [environments.stage]: expected true or false, found a string"],
        ),
        (
            "environments.stage.vars = { 'a b' = 'x' }",
            &[
                "5:29 `a b` cannot be the name of a variable | a name is letters, digits, - and _, begins with a letter or digit, and has 64 at most",
            ],
        ),
        (
            "environments.stage.vars = { a = 5 }",
            &["5:33 `vars` in [environments.stage]: expected a string, found an integer"],
        ),
        (
            "environments.stage.vars = { a = '{b}' }",
            &["5:33 `vars` in [environments.stage]: `a` holds the variable `{b}`, and a variable cannot hold another"],
        ),
    ] {
        let expected: Vec<_> = expected
            .iter()
            .map(|line| {
                line.replace(
                    "`a b` cannot be the name of a variable",
                    "`vars` in [environments.stage]: `a b` cannot be the name of a variable",
                )
            })
            .collect();
        let found = problems_of(&in_environment(&format!("{BEFORE}{bad}\n"), None));
        assert_eq!(found, expected, "{bad}");
    }
}

#[test]
fn a_bad_value_for_another_environment_disables_nothing_here() {
    let text = format!(
        "{BEFORE}profiles.y = {{ provider = 'p', client_id = 'c', client_secret = 's', auth = {{ by_env = {{ dev = 'post', prod = 'psot' }} }} }}\n"
    );
    assert_eq!(in_environment(&text, None).profiles.profile("y").unwrap().disabled, None);
    assert!(in_environment(&text, Some("prod")).profiles.profile("y").unwrap().disabled.is_some());
    assert_eq!(in_environment(&text, None).problems.len(), 1);
}

#[test]
fn a_choice_may_be_written_in_any_style() {
    let text = format!(
        "{BEFORE}[providers.q.issuer.by_env]\ndev = 'http://localhost:1'\nprod = 'http://localhost:2'\n[providers.r]\nissuer.by_env.dev = 'http://localhost:3'\nissuer.by_env.prod = 'http://localhost:{{port}}'\n"
    );
    let parsed = in_environment(&text, None);
    assert_eq!(parsed.profiles.provider("q").unwrap().issuer.as_str(), "http://localhost:1");
    assert_eq!(parsed.profiles.provider("r").unwrap().issuer.as_str(), "http://localhost:3");
    assert_eq!(problems_of(&parsed).len(), 1, "{:?}", problems_of(&parsed));
}

#[test]
fn environments_without_end_are_refused() {
    let many: Vec<_> = (0..40).map(|at| format!("[environments.e{at}]\n")).collect();
    let parsed = in_environment(&many.concat(), None);
    assert_eq!(parsed.profiles.environments.len(), 32);
    assert!(problems_of(&parsed).contains(&"33:15 there are more than 32 environments".to_owned()));
}

#[test]
fn a_variable_may_come_from_the_file_of_this_machine() {
    let parsed = layered(ALL, "[environments.dev]\nvars = { kc = \"http://localhost:9\" }\n", "");
    assert_eq!(parsed.profiles.provider("shop").unwrap().issuer.as_str(), "http://localhost:9/realms/dev");
    assert_eq!(parse(ALL).profiles.provider("shop").unwrap().issuer.as_str(), "http://localhost:8001/realms/dev");
}
