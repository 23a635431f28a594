//! Bad values in profiles, and what is said about each.

use pretty_assertions::assert_eq;

use super::{BEFORE, CLIENT, problems, table};
use crate::config::parse;

#[test]
fn profiles() {
    let rows: &[(&str, &str)] = &[
        ("client_idd = 'x'", "9:1 unknown key `client_idd` in [profiles.x] | did you mean `client_id`?"),
        ("secrets = 'x'", "9:1 unknown key `secrets` in [profiles.x]"),
        ("scope = ['a']", "9:1 unknown key `scope` in [profiles.x] | did you mean `scopes`?"),
        ("issuer = 'x'", "9:1 unknown key `issuer` in [profiles.x] | it belongs in [providers.NAME]"),
        ("title = \"a\\u0007\"", "9:9 `title` in [profiles.x]: the value holds a control character"),
        (
            "scopes = 'a b'",
            "9:10 `scopes` in [profiles.x]: expected a list, found a string | write a list: scopes = [\"a\", \"b\"]",
        ),
        ("scopes = ['a', 1]", "9:16 `scopes` in [profiles.x]: expected a string, found an integer"),
        (
            "granted = ['a b']",
            "9:12 `granted` in [profiles.x]: `a b` is several scopes in one | write each as its own: \"a\", \"b\"",
        ),
        (
            "auth = 'client_secret_basic'",
            "9:8 `auth` in [profiles.x]: unknown value `client_secret_basic` | did you mean `basic`?",
        ),
        (
            "auth = 'magic'",
            "9:8 `auth` in [profiles.x]: unknown value `magic` | there are `basic`, `basic-raw`, `post`, `none`",
        ),
        (
            "auth = 'private_key_jwt'",
            "9:8 `auth` in [profiles.x]: this version cannot authenticate a client by `private_key_jwt` yet",
        ),
        (
            "grant = 'token_exchange'",
            "9:9 `grant` in [profiles.x]: this version cannot get a token by `token_exchange` yet",
        ),
        (
            "grant = 'client-credentials'",
            "9:9 `grant` in [profiles.x]: unknown value `client-credentials` | did you mean `client_credentials`?",
        ),
        (
            "params = { scope = 'a' }",
            "9:12 `params` in [profiles.x]: `scope` has a key of its own | say it as `scopes`",
        ),
        ("params = { a = 1 }", "9:16 `params` in [profiles.x]: expected a string, found an integer"),
        ("params = ['a']", "9:10 `params` in [profiles.x]: expected a table, found a list"),
        ("apis = ['A', 'a']", "9:9 `apis` in [profiles.x]: there is no API `A` | did you mean `a`?"),
        ("apis = ['b']", "9:9 `apis` in [profiles.x]: the API `b` trusts the provider `other`, not `p`"),
        (
            "expect_token = 'refuse'",
            "9:16 `expect_token` in [profiles.x]: `refuse` is neither \"granted\" nor \"refused\" | did you mean `refused`?",
        ),
        ("remember = true", "9:12 warning: `remember` in [profiles.x] is not used by the grant client_credentials"),
        ("username = 'a'", "9:12 warning: `username` in [profiles.x] is not used by the grant client_credentials"),
        ("auth = 'none'", "8:17 warning: `client_secret` in [profiles.x] is not used, since auth = \"none\""),
    ];
    for (line, expected) in rows {
        let text = format!("{BEFORE}{CLIENT}{line}\n");
        assert_eq!(problems(&text), [*expected], "{line}");
        let disabled = parse(&text).profiles.profiles[0].disabled.clone();
        assert_eq!(disabled.is_some(), !expected.contains("warning"), "{line}: {disabled:?}");
    }
}

#[test]
fn profiles_as_a_whole() {
    table(&[
        (
            "[profiles.x]\nprovider = 'q'",
            &[
                "5:11 [profiles.x] has no `client_id` | add client_id = \"...\"",
                "5:11 [profiles.x] has no `client_secret` | add client_secret = { env = \"VARIABLE\" }, or auth = \"none\" for a client without a secret",
                "6:12 `provider` in [profiles.x]: there is no provider `q` | there are `p`, `other`",
            ],
        ),
        (
            "[profiles.x]\nclient_id = 'c'\nauth = 'none'",
            &["5:11 [profiles.x] has no `provider` | add provider = \"NAME\""],
        ),
        (
            "[profiles.'x y']\nprovider = 'p'\nclient_id = 'c'\nauth = 'none'",
            &[
                "5:11 `x y` cannot be a name | a name is letters, digits, - and _, begins with a letter or digit, and has 64 at most",
            ],
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'password'\nredirect_uri = 'http://h/cb'",
            &[
                "5:11 [profiles.x] has no `username`, which the legacy grant password needs | add username = \"...\"",
                "5:11 [profiles.x] has no `password`, which the legacy grant password needs | add password = { prompt = true }",
            ],
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'authorization_code'\nauth = 'post'\nredirect_uri = 'http://h/cb#x'\nparams = { state = 'x', redirect_uri = 'y' }",
            &[
                "5:11 [profiles.x] has no `client_secret` | add client_secret = { env = \"VARIABLE\" }, or auth = \"none\" for a client without a secret",
                "10:16 `redirect_uri` in [profiles.x]: a redirect address has no fragment | such as http://127.0.0.1:17801/callback, as it is registered with the provider",
                "11:12 `params` in [profiles.x]: `state` is made by tokenscope for each login",
                "11:25 `params` in [profiles.x]: `redirect_uri` has a key of its own | say it as `redirect_uri`",
            ],
        ),
        (
            "[profiles.x]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'device_code'\nredirect_uri = 'http://h/cb'\npassword = {}",
            &[
                "10:12 `password` of [profiles.x] must name one source | such as { env = \"VARIABLE\" }",
                "10:12 warning: `password` in [profiles.x] is not used by the grant device_code",
            ],
        ),
        ("[profiles]\nx = 'y'\n# [profiles.", &["6:1 [profiles.x]: expected a table, found a string"]),
    ]);
}

#[test]
fn secrets() {
    for (value, expected) in [
        (
            "''",
            "8:17 `client_secret` in [profiles.x]: the value is empty | a client without a secret says auth = \"none\" instead",
        ),
        ("5", "8:17 `client_secret` in [profiles.x]: expected a string or { env = \"VARIABLE\" }, found an integer"),
        ("{}", "8:17 `client_secret` of [profiles.x] must name one source | such as { env = \"VARIABLE\" }"),
        ("{ env = '' }", "8:25 `env` in `client_secret` of [profiles.x]: the value is empty"),
        (
            "{ env = 'hunter2=' }",
            "8:25 `env` in `client_secret` of [profiles.x]: this cannot be the name of a variable",
        ),
        ("{ envv = 'A' }", "8:19 unknown key `envv` in `client_secret` of [profiles.x] | did you mean `env`?"),
        ("{ file = '' }", "8:26 `file` in `client_secret` of [profiles.x]: the value is empty"),
        (
            "{ command = [] }",
            "8:29 `command` in `client_secret` of [profiles.x]: the list is empty | name the program and its arguments: command = [\"pass\", \"show\", \"shop\"]",
        ),
        (
            "{ command = 'pass show' }",
            "8:29 `command` in `client_secret` of [profiles.x]: expected a list, found a string | write a list: command = [\"pass\", \"show\"]",
        ),
        ("{ keyring = 5 }", "8:29 `keyring` in `client_secret` of [profiles.x]: expected a string, found an integer"),
        (
            "{ prompt = false }",
            "8:28 `prompt` in `client_secret` of [profiles.x]: only true means something here | leave it out, or say where it comes from",
        ),
        (
            "{ env = 'A', file = 'b' }",
            "8:17 `client_secret` of [profiles.x] must name one source | such as { env = \"VARIABLE\" }",
        ),
        (
            "{ by_env = {} }",
            "8:19 `client_secret` in [profiles.x]: `by_env` chooses by environment, and the file has none | add [environments.NAME] for each",
        ),
    ] {
        let text = format!("{BEFORE}{}", CLIENT.replace("'s'", value));
        assert_eq!(problems(&text), [expected], "{value}");
        assert!(parse(&text).profiles.profiles[0].disabled.is_some(), "{value}");
    }
}
