//! What the file can say, and what the model then holds.

use pretty_assertions::assert_eq;

use crate::config::root::EXAMPLE;
use crate::config::{
    Endpoint, Expect, ExpectToken, Layers, Place, Profiles, Requirement, SecretSource, Severity, parse, trust,
};
use crate::oauth::{ClientAuth, Grant, ScopeSet};

/// A file without anything wrong in it.
fn sound(text: &str) -> Profiles {
    let parsed = parse(text);
    let problems: Vec<_> = parsed.problems.iter().map(|problem| problem.render(|_| ("profiles.toml", text))).collect();
    assert_eq!(problems, [""; 0]);
    parsed.profiles
}

const EVERYTHING: &str = r#"
default_profile = "Web_2"

[providers.shop]
issuer = "https://login.example.com/realms/shop/"
token_endpoint = "https://login.example.com/token?tenant=1"
jwks_uri = "https://keys.example.com/jwks"
timeout = 0x1e
headers = { X-Tenant = "7" }

[providers.near]
issuer = "http://login.lan"
plaintext = true

[apis.orders]
provider = "shop"
base_url = "https://api.example.com/v1//"
audience = "orders-api"
timeout = 1

[[apis.orders.endpoints]]
name = "list"
path = "/orders?open=1"
requires = { any_scope = ["orders:read", "orders:write"] }
expect = { Web_2 = "allow", guest = 403, plain = "deny" }
allow = [304]
deny = [404, 429]

[[apis.orders.endpoints]]
name = "create"
method = "post"
path = "/orders"
requires = { roles = ["clerk", "chief clerk"] }

[[apis.orders.endpoints]]
name = "status"
path = "/"

[apis.stock]
provider = "shop"
base_url = "https://stock.example.com"
endpoints = [{ name = "list-stock", path = "/s", requires = "token" }, { name = "ping", path = "/p", requires = "none" }]

[profiles.Web_2]
title = "Web (日本)"
provider = "shop"
client_id = "web"
client_secret = { env = "SHOP_SECRET" }
grant = "client_credentials"
auth = "post"
scopes = ["orders:read", "orders:read", "profile"]
audience = "orders-api"
params = { resource = "https://api.example.com", claims = "x y" }
apis = ["stock"]
granted = ["orders:read"]

[profiles.guest]
provider = "shop"
client_id = "guest"
auth = "none"
expect_token = "refused"

[profiles.plain]
provider = "near"
client_id = "p"
client_secret = " {x} "
auth = "basic-raw"
expect_token = "granted"
"#;

#[test]
fn everything_that_can_be_said_is_read() {
    let profiles = sound(EVERYTHING);
    let shop = profiles.provider("shop").unwrap();
    assert_eq!(shop.issuer.as_str(), "https://login.example.com/realms/shop/");
    assert_eq!(shop.token_endpoint.as_deref(), Some("https://login.example.com/token?tenant=1"));
    assert_eq!(shop.jwks_uri.as_deref(), Some("https://keys.example.com/jwks"));
    assert_eq!(shop.connection.timeout, Some(30));
    assert_eq!(shop.connection.headers, [("X-Tenant".to_owned(), "7".to_owned())]);
    assert_eq!((shop.embedded, shop.connection.plaintext), (false, false));
    assert_eq!(shop.place, Place { line: 4, column: 12, ..Place::default() });
    assert!(profiles.provider("near").unwrap().connection.plaintext);

    let [orders, stock] = profiles.apis.as_slice() else { panic!("{:?}", profiles.apis) };
    assert_eq!(
        (orders.base_url.as_str(), orders.audience.as_deref()),
        ("https://api.example.com/v1", Some("orders-api"))
    );
    let [list, create, status] = orders.endpoints.as_slice() else { panic!("{:?}", orders.endpoints) };
    assert_eq!((list.path.as_str(), list.method.as_str()), ("/orders?open=1", "GET"));
    assert_eq!(list.requires, Some(Requirement::AnyScope(ScopeSet::parse("orders:read orders:write"))));
    let expected = [("Web_2", Expect::Allow), ("guest", Expect::Status(403)), ("plain", Expect::Deny)];
    assert_eq!(list.expect, expected.map(|(name, expect)| (name.to_owned(), expect)));
    assert_eq!((list.allow.as_slice(), list.deny.as_slice()), ([304].as_slice(), [404, 429].as_slice()));
    assert_eq!(create.method, "POST");
    assert_eq!(create.requires, Some(Requirement::Roles(vec!["clerk".into(), "chief clerk".into()])));
    assert_eq!((status.requires.clone(), status.place), (None, Place { line: 35, column: 1, ..Place::default() }));
    assert_eq!(stock.endpoints.iter().map(Endpoint::is_public).collect::<Vec<_>>(), [false, true]);

    let web = profiles.first().unwrap();
    assert_eq!((web.name.as_str(), web.title.as_str()), ("Web_2", "Web (日本)"));
    assert_eq!(web.secret, Some(SecretSource::Env("SHOP_SECRET".into())));
    assert_eq!((web.grant, web.auth), (Grant::ClientCredentials, ClientAuth::Post));
    assert_eq!(web.scopes.to_string(), "orders:read profile");
    assert_eq!(web.granted, Some(ScopeSet::parse("orders:read")));
    assert_eq!(web.audience.as_deref(), Some("orders-api"));
    assert_eq!(web.params[0], ("resource".to_owned(), "https://api.example.com".to_owned()));
    assert_eq!(
        profiles.endpoints_of(web).map(|(_, endpoint)| endpoint.name.as_str()).collect::<Vec<_>>(),
        ["list-stock", "ping"]
    );
    let guest = profiles.profile("guest").unwrap();
    assert_eq!(
        (guest.title.as_str(), guest.auth, guest.expect_token),
        ("guest", ClientAuth::None, ExpectToken::Refused)
    );
    assert_eq!(profiles.endpoints_of(guest).count(), 5);
    let plain = profiles.profile("plain").unwrap();
    assert_eq!((plain.auth, plain.expect_token), (ClientAuth::BasicRaw, ExpectToken::Granted));
    let Some(SecretSource::Literal(secret)) = &plain.secret else { panic!("{:?}", plain.secret) };
    assert_eq!(secret.reveal(), " {x} ", "a literal secret is taken as it is");
}

#[test]
fn a_file_with_a_byte_order_mark_and_windows_line_ends_is_read() {
    let text = format!("\u{feff}{}", EVERYTHING.replace('\n', "\r\n"));
    assert_eq!(sound(&text).profiles.len(), 3);
}

#[test]
fn the_example_for_an_empty_file_is_a_whole_file_of_four_lines() {
    assert_eq!(sound(EXAMPLE).profiles.len(), 1);
    assert_eq!(EXAMPLE.lines().count(), 4);
}

#[test]
fn a_warning_disables_nothing() {
    let text = demo_with("title = \"Tester\"", "title = \"Tester\"\nremember = true");
    let parsed = parse(&text);
    assert_eq!(parsed.problems.iter().map(|problem| problem.severity).collect::<Vec<_>>(), [Severity::Warning]);
    assert!(parsed.profiles.profiles.iter().all(|profile| profile.disabled.is_none()));
}

#[test]
fn a_bad_profile_disables_only_itself() {
    let text = demo_with("title = \"Tester\"", "title = 5");
    let parsed = parse(&text);
    let disabled: Vec<_> =
        parsed.profiles.profiles.iter().map(|profile| (profile.name.as_str(), profile.disabled.as_deref())).collect();
    assert_eq!(disabled[0], ("tester", Some("`title` in [profiles.tester]: expected a string, found an integer")));
    assert!(disabled[1..].iter().all(|(_, why)| why.is_none()), "{disabled:?}");
    assert_eq!(parsed.profiles.profiles[0].client_id.as_str(), "testapiclient1");
    assert_eq!(parsed.problems[0].subject.as_deref(), Some("profiles.tester"));
}

#[test]
fn a_bad_provider_disables_its_profiles_and_apis() {
    let parsed = parse(&demo_with("embedded = true   ", "insecure = 1   "));
    assert!(parsed.profiles.providers.is_empty() && parsed.profiles.apis.is_empty());
    assert_eq!(parsed.problems.len(), 1, "{:?}", parsed.problems);
    for profile in &parsed.profiles.profiles {
        assert_eq!(
            profile.disabled.as_deref(),
            Some("provider demo: `insecure` in [providers.demo]: expected true or false, found an integer")
        );
    }
}

#[test]
fn a_bad_endpoint_leaves_the_others() {
    let parsed = parse(&demo_with("path = \"/api/private\"", "path = \"api/private\""));
    let names: Vec<_> = parsed.profiles.apis[0].endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
    assert_eq!(names, ["public", "private-scoped"]);
    assert_eq!(parsed.problems[0].subject.as_deref(), Some("apis.demo.endpoints.private"));
}

#[test]
fn an_endpoint_name_that_means_two_things_disables_those_who_see_both() {
    let second = "\n[apis.two]\nprovider = \"demo\"\nbase_url = \"http://localhost:1\"\n\
                  endpoints = [{ name = \"private\", path = \"/x\" }]\n\
                  [profiles.narrow]\nprovider = \"demo\"\nclient_id = \"a\"\nclient_secret = \"b\"\napis = [\"two\"]\n";
    let parsed = parse(&format!("{}{second}", crate::config::DEMO_TEXT));
    assert_eq!(parsed.problems.len(), 1, "{:?}", parsed.problems);
    assert_eq!(
        parsed.problems[0].what,
        "the endpoint name `private` means two things: it is in [apis.demo] and [apis.two]"
    );
    let usable: Vec<_> = parsed.profiles.profiles.iter().filter(|profile| profile.disabled.is_none()).collect();
    assert_eq!(usable.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>(), ["narrow"]);
}

#[test]
fn a_file_that_leads_off_this_machine_or_reads_from_it_says_so() {
    let facts = trust::facts(&Layers { shared: EVERYTHING.as_bytes(), ..Layers::default() });
    let facts: Vec<_> = facts.iter().map(ToString::to_string).collect();
    assert_eq!(
        facts,
        [
            "providers.shop: sends to https://login.example.com/realms/shop/",
            "providers.shop: sends to https://login.example.com/token?tenant=1",
            "providers.shop: sends to https://keys.example.com/jwks",
            "providers.shop: sends the header X-Tenant: ***",
            "providers.near: sends to http://login.lan",
            "providers.near: sends secrets and tokens over plain http",
            "apis.orders: sends to https://api.example.com/v1//",
            "apis.stock: sends to https://stock.example.com",
            "profiles.Web_2: reads the variable SHOP_SECRET, for https://login.example.com/token?tenant=1",
        ]
    );
}

/// The demo with one thing changed.
fn demo_with(from: &str, to: &str) -> String {
    let text = crate::config::DEMO_TEXT;
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn logins_need_no_secret() {
    let text = format!(
        "{}[profiles.a]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'authorization_code'\nremember = true\n\
         redirect_uri = 'http://localhost:3000/cb'\nparams = {{ prompt = 'login' }}\n\
         [profiles.b]\nprovider = 'p'\nclient_id = 'c'\ngrant = 'urn:ietf:params:oauth:grant-type:device_code'\n\
         [profiles.c]\nprovider = 'p'\nclient_id = 'c'\nclient_secret = 's'\ngrant = 'password'\nusername = 'u'\n\
         password = {{ prompt = true }}\n",
        super::BEFORE
    );
    let profiles = sound(&text).profiles;
    let [a, b, c] = profiles.as_slice() else { unreachable!("{profiles:?}") };
    assert_eq!((a.grant, a.auth, a.remember), (Grant::AuthorizationCode, ClientAuth::None, true));
    assert_eq!(a.redirect_uri.as_deref(), Some("http://localhost:3000/cb"));
    assert_eq!((b.grant, b.auth), (Grant::DeviceCode, ClientAuth::None));
    assert_eq!((c.grant, c.auth, c.username.as_deref()), (Grant::Password, ClientAuth::Basic, Some("u")));
    assert_eq!(c.password, Some(SecretSource::Prompt));
}
