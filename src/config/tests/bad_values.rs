//! Bad values: each wrong thing that can stand at the top level, in a provider, an API or an endpoint, and what is
//! said about it.

use super::{BEFORE, CLIENT, problems, table};

#[test]
fn the_top_level() {
    table(&[
        ("", &[]),
        ("profile = 'x'", &["5:1 unknown key `profile` in the top level | did you mean `profiles`?"]),
        ("client_id = 'x'", &["5:1 unknown key `client_id` in the top level | it belongs in [profiles.NAME]"]),
        ("colour = 1", &["5:1 unknown key `colour` in the top level"]),
        (
            "default_profile = 'z'",
            &["5:19 `default_profile` in the top level: there is no profile `z` | there is only `x`"],
        ),
        ("default_profile = ['x']", &["5:19 `default_profile` in the top level: expected a string, found a list"]),
        (
            "environments.dev = { vars = {}, protectd = true }",
            &["5:33 unknown key `protectd` in [environments.dev] | did you mean `protected`?"],
        ),
    ]);
    assert_eq!(
        problems("apis = []\nprofiles = 3"),
        [
            "1:8 `apis` in the top level: expected a table, found a list",
            "2:12 `profiles` in the top level: expected a table, found an integer",
        ]
    );
}

#[test]
fn providers() {
    table(&[
        ("[providers.q]", &["5:12 [providers.q] has no `issuer` | add issuer = \"https://...\""]),
        ("[providers.q]\nisuer = 'x'", &["6:1 unknown key `isuer` in [providers.q] | did you mean `issuer`?"]),
        ("[providers.q]\nissuer = ''", &["6:10 `issuer` in [providers.q]: the value is empty"]),
        (
            "[providers.q]\nissuer = 'login.example.com'",
            &[
                "6:10 `issuer` in [providers.q]: `login.example.com` is not an absolute http or https address | such as https://login.example.com/realms/shop",
            ],
        ),
        (
            "[providers.q]\nissuer = 'https://x?a=hunter2'",
            &["6:10 `issuer` in [providers.q]: `https://x…` has a query (`?`)"],
        ),
        (
            "[providers.q]\nissuer = 'https://x#a'",
            &["6:10 `issuer` in [providers.q]: `https://x…` has a fragment (`#`)"],
        ),
        (
            "[providers.q]\nissuer = 'https://me:hunter2@x'",
            &["6:10 `issuer` in [providers.q]: an address must not hold a user or password"],
        ),
        (
            "[providers.q]\nissuer = 'https://{kc}/'",
            &[
                "6:19 `issuer` in [providers.q]: `{kc}` is a variable, and the file has no environment that sets it | add [environments.NAME] with vars = { kc = \"..\" }, or write {{kc}} for the braces themselves",
            ],
        ),
        (
            "[providers.q]\nissuer = { by_env = { dev = 'x' } }",
            &[
                "6:12 `issuer` in [providers.q]: `by_env` chooses by environment, and the file has none | add [environments.NAME] for each",
            ],
        ),
        (
            "[providers.q]\nissuer = 'http://login.lan'",
            &[
                "6:10 warning: [providers.q]: no secret or token is sent over plain http beyond this machine | use https, or add plaintext = true if this is meant",
            ],
        ),
        (
            "[providers.q]\nissuer = 'https://x'\nembedded = true",
            &[
                "7:12 `embedded` in [providers.q]: the bundled server can only be at an http address on this machine | such as http://localhost:8001; or leave `embedded` out",
            ],
        ),
        (
            "[providers.q]\nissuer = 'https://x'\ntimeout = 0\nembedded = 'yes'\njwks_uri = '/keys'",
            &[
                "7:11 `timeout` in [providers.q]: 0 is not a number of seconds from 1 to 600",
                "8:12 `embedded` in [providers.q]: expected true or false, found a string",
                "9:12 `jwks_uri` in [providers.q]: `/keys` is not an absolute http or https address | such as https://login.example.com/realms/shop",
            ],
        ),
        (
            "[providers.q]\nissuer = 'https://x'\ntimeout = 601",
            &["7:11 `timeout` in [providers.q]: 601 is not a number of seconds from 1 to 600"],
        ),
        (
            "[providers.q]\nissuer = 'https://x'\ntimeout = 1.5",
            &["7:11 `timeout` in [providers.q]: expected an integer, found a float"],
        ),
        (
            "[providers.q]\nissuer = 'https://x'\nheaders = { authorization = 'x', 'a b' = 'x', c = \"x\\ny\" }",
            &[
                "7:13 `headers` in [providers.q]: `authorization` cannot be set here",
                "7:34 `headers` in [providers.q]: `a b` is not the name of a header",
                "7:51 `headers` in [providers.q]: the value holds a control character",
            ],
        ),
        (
            "[providers.q]\nissuer = 'https://x'\nca = 'x'\ninsecure = true\nproxy = 'hunter2'\nuserinfo_endpoint = 'x'\nprotected = true",
            &[
                "7:6 warning: `ca` in [providers.q] is not used, since insecure = true",
                "9:9 `proxy` in [providers.q]: the value is not the address of a proxy | such as http://proxy.example.com:3128 or socks5h://127.0.0.1:1080, or \"none\"",
                "10:21 `userinfo_endpoint` in [providers.q]: `x` is not an absolute http or https address | such as https://login.example.com/realms/shop",
                "11:1 unknown key `protected` in [providers.q] | it belongs in [environments.NAME]",
            ],
        ),
        (
            "[providers.'a b']\nissuer = 'https://x'",
            &[
                "5:12 `a b` cannot be a name | a name is letters, digits, - and _, begins with a letter or digit, and has 64 at most",
            ],
        ),
        ("providers.q = 1", &["5:11 [providers.q]: expected a table, found an integer"]),
    ]);
}

#[test]
fn apis_and_endpoints() {
    let endpoint =
        |lines: &str| format!("[apis.c]\nprovider = 'p'\nbase_url = 'http://localhost'\n[[apis.c.endpoints]]\n{lines}");
    table(&[
        (
            "[apis.c]",
            &[
                "5:7 [apis.c] has no `provider` | add provider = \"NAME\"",
                "5:7 [apis.c] has no `base_url` | add base_url = \"https://...\"",
            ],
        ),
        (
            "[apis.c]\nprovider = 'othre'\nbase_url = 'http://localhost/?x'\nissuer = 'x'",
            &[
                "6:12 `provider` in [apis.c]: there is no provider `othre` | did you mean `other`?",
                "7:12 `base_url` in [apis.c]: `http://localhost/…` has a query (`?`)",
                "8:1 unknown key `issuer` in [apis.c] | it belongs in [providers.NAME]",
            ],
        ),
        (
            "[apis.c]\nprovider = 'p'\nbase_url = 'http://localhost'\nendpoints = 'x'",
            &["8:13 `endpoints` in [apis.c]: expected a list of tables, found a string"],
        ),
        (
            "[apis.c]\nprovider = 'p'\nbase_url = 'http://localhost'\nendpoints = ['x']",
            &["8:14 `endpoints` in [apis.c]: expected a table, found a string | write [[apis.NAME.endpoints]]"],
        ),
        (
            &endpoint("method = 'G T'"),
            &[
                "8:1 [[apis.c.endpoints]] has no `name` | add name = \"...\"",
                "8:1 [[apis.c.endpoints]] has no `path` | add path = \"/...\"",
                "9:10 `method` in [[apis.c.endpoints]]: `G T` is not an HTTP method",
            ],
        ),
        (
            &endpoint("name = 'a/b'\npath = 'http://x/y'\nheaders = {}"),
            &[
                "9:8 `name` in [[apis.c.endpoints]]: `a/b` cannot be a name | a name is letters, digits, - and _, begins with a letter or digit, and has 64 at most",
                "10:8 `path` in [[apis.c.endpoints]]: `http://x/y` does not begin with a slash | only the path goes here, the rest is the API's base_url",
                "11:1 `headers` in [[apis.c.endpoints]] is not supported by this version yet",
            ],
        ),
        (
            &endpoint("name = 'e'\npath = '/a#b'"),
            &["10:8 `path` in [[apis.c.endpoints]]: `/a#b` has white space, a backslash or a `#` in it"],
        ),
        (
            &endpoint("name = 'e'\npath = \"/a\\u001b[2J\""),
            &["10:8 `path` in [[apis.c.endpoints]]: the value holds a control character"],
        ),
        (
            &endpoint("name = 'e'\npath = '/'\n[[apis.c.endpoints]]\nname = 'e'\npath = '/'"),
            &[
                "12:8 `name` in [[apis.c.endpoints]]: the endpoint on line 8 is called `e` already | give it a name of its own",
            ],
        ),
        (
            &endpoint("name = 'e'\npath = '/'\nallow = [99, 200, '3']\ndeny = [200]"),
            &[
                "11:10 `allow` in [[apis.c.endpoints]]: 99 is not a status code from 100 to 599",
                "11:19 `allow` in [[apis.c.endpoints]]: expected an integer, found a string",
                "12:8 `deny` in [[apis.c.endpoints]]: 200 is in `allow` too",
            ],
        ),
        (
            &endpoint("name = 'e'\npath = '/'\nexpect = { y = 'allow', x = 'alow' }"),
            &[
                "11:12 `expect` in [[apis.c.endpoints]]: there is no profile `y` | there is only `x`",
                "11:29 `expect` in [[apis.c.endpoints]]: `alow` is neither \"allow\" nor \"deny\" nor a status code | did you mean `allow`?",
            ],
        ),
        (
            &endpoint("name = 'e'\npath = '/'\nexpect = { x = 600 }"),
            &["11:16 `expect` in [[apis.c.endpoints]]: 600 is not a status code from 100 to 599"],
        ),
        (
            &endpoint("name = 'e'\npath = '/'\nexpect = { x = true }"),
            &[
                "11:16 `expect` in [[apis.c.endpoints]]: expected \"allow\", \"deny\" or a status code, found true or false",
            ],
        ),
    ]);
}

#[test]
fn requires() {
    let rows: &[(&str, &str)] = &[
        ("'admin'", "`admin` is neither \"none\" nor \"token\" | for a scope write [\"admin\"]"),
        ("'tokn'", "`tokn` is neither \"none\" nor \"token\" | did you mean `token`?"),
        ("[]", "the list is empty | write \"token\" for any valid token, or \"none\""),
        ("true", "expected \"none\", \"token\" or a list of scopes, found true or false"),
        ("['a b']", "`a b` is several scopes in one | write each as its own: \"a\", \"b\""),
        ("['']", "the value is empty"),
        ("['é']", "`é` holds a character that no scope may have (RFC 6749 section 3.3)"),
    ];
    let text = |value: &str| {
        format!(
            "{BEFORE}{CLIENT}[[apis.c.endpoints]]\nname = 'e'\npath = '/'\nrequires = {value}\n[apis.c]\nprovider='p'\nbase_url='http://localhost'\n"
        )
    };
    for (value, expected) in rows {
        let found = problems(&text(value));
        let [one] = found.as_slice() else { panic!("{value}: {found:?}") };
        assert_eq!(
            one.split_once(" `requires` in [[apis.c.endpoints]]: ").map(|(_, rest)| rest),
            Some(*expected),
            "{value}"
        );
    }
    for (value, expected) in [
        ("{}", "12:12 `requires` of [[apis.c.endpoints]] must be one of any_scope = [..] and roles = [..]"),
        (
            "{ any_scope = ['a'], roles = ['b'] }",
            "12:12 `requires` of [[apis.c.endpoints]] must be one of any_scope = [..] and roles = [..]",
        ),
        ("{ any_scope = [] }", "12:12 `requires` of [[apis.c.endpoints]]: the list is empty"),
        ("{ role = ['a'] }", "12:14 unknown key `role` in `requires` of [[apis.c.endpoints]] | did you mean `roles`?"),
        (
            "{ roles = 'a' }",
            "12:22 `roles` in `requires` of [[apis.c.endpoints]]: expected a list, found a string | write a list: roles = [\"a\"]",
        ),
        (
            "{ by_env = {} }",
            "12:14 `requires` in [[apis.c.endpoints]]: `by_env` chooses by environment, and the file has none | add [environments.NAME] for each",
        ),
    ] {
        assert_eq!(problems(&text(value)), [expected], "{value}");
    }
}
