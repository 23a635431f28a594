//! profiles.toml as people get it wrong, and as it ships: the real binary, and the demo held against the demo's realm.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use support::{Ended, Place};
use tokenscope::config::{DEMO_TEXT, ExpectToken, SecretSource, demo};
use tokenscope_server::realm::{ClientKind, Realm};

const SHOP: &str = r#"
[providers.shop]
issuer = "http://localhost:8001/realms/shop"
[apis.shop]
provider = "shop"
base_url = "http://localhost:50100"
[profiles.shop]
provider = "shop"
client_id = "shop"
client_secret = { env = "TOKENSCOPE_TEST_SHOP_SECRET" }
"#;

#[test]
fn missing() {
    let place = Place::demo();
    place.run(&["--profiles", "no-such.toml", "check"]).code(2).says("no-such.toml cannot be read").says("--demo");
    // Without a file anywhere the demo in the program serves.
    let mut command = place.command(&["check"]);
    let home = place.path().join("home");
    std::fs::create_dir(&home).unwrap();
    command.env_remove("TOKENSCOPE_PROFILES").env("HOME", &home).env("XDG_CONFIG_HOME", &home).current_dir(&home);
    Ended::of(&command.output().unwrap()).code(0).says("the built-in demo").says("tester-no-scope");
}

#[test]
fn empty() {
    Place::with("").run(&["check"]).code(2).says("profile");
    Place::with("").run(&["token", "tester"]).code(2).says("there is no profile tester");
}

#[test]
fn not_toml() {
    Place::with("[providers.demo\nissuer = 1").run(&["check"]).code(2).says("profiles.toml:1:");
}

#[test]
fn not_utf8() {
    let place = Place::with("");
    place.write(b"default_profile = \"t\xe9ster\"\n");
    place.run(&["check"]).code(2).says("UTF-8").says(":1:21");
}

#[test]
fn unknown_key_unknown_provider_and_a_bad_profile_disables_only_itself() {
    let place = Place::demo();
    let text = std::fs::read_to_string(place.profiles()).unwrap();
    let text = text.replace("client_secret = \"demo-secret-2\"", "client_secrt = \"demo-secret-2\"");
    let text = format!("{text}\n[profiles.lost]\nprovider = \"dmo\"\nclient_id = \"x\"\nclient_secret = \"y\"\n");
    place.write(text);
    let ended = place.run(&["check"]).code(2);
    let ended = ended.says("client_secrt").says("did you mean `client_secret`?").says("did you mean `demo`?");
    assert!(!ended.out.contains("demo-secret-2"), "{}", ended.out);
    place.run(&["token", "other-client"]).code(2).says("cannot be used");
    place.run(&["token", "tester"]).code(0).says("more; `tokenscope check` lists them all");
}

#[test]
fn a_secret_variable_that_is_not_set() {
    let place = Place::with(SHOP);
    place.run(&["token", "shop"]).code(2).says("TOKENSCOPE_TEST_SHOP_SECRET is not set").says("export");
    place.run(&["check"]).code(2).says("is not set");
    let mut command = place.command(&["check"]);
    let ended = Ended::of(&command.env("TOKENSCOPE_TEST_SHOP_SECRET", "found-it").output().unwrap()).code(0);
    assert!(!ended.out.contains("found-it"));
}

#[test]
fn a_file_of_the_folder_that_reaches_beyond_this_machine_sends_nothing_until_it_is_named() {
    let place = Place::with(&SHOP.replace("http://localhost:8001", "https://sso.example"));
    let here = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        let ended = command.env_remove("TOKENSCOPE_PROFILES").env("TOKENSCOPE_TEST_SHOP_SECRET", "s").output().unwrap();
        Ended::of(&ended)
    };
    let ended =
        here(&["token", "shop"]).code(2).says("not trusted yet").says("tokenscope trust ./profiles.toml`, or --trust");
    ended.says("reads the variable TOKENSCOPE_TEST_SHOP_SECRET");
    here(&["check"]).says("sso.example");
    // A literal secret on loopback is the exemption; a variable alone is reason enough.
    place.write(SHOP);
    here(&["token", "shop"]).code(2).says("not trusted yet");
}

#[test]
fn the_shipped_profiles_fit_the_shipped_realm() {
    let (profiles, realm) = (demo(), Realm::built_in());
    assert!(std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/profiles.toml")).unwrap() == DEMO_TEXT);
    assert_eq!(profiles.providers.len(), 1);
    for profile in &profiles.profiles {
        let client =
            realm.client(profile.client_id.as_str()).unwrap_or_else(|| panic!("no client for {}", profile.name));
        match &profile.secret {
            Some(SecretSource::Literal(secret)) => {
                let refused = profile.expect_token == ExpectToken::Refused;
                assert_eq!(client.secret_matches(secret.reveal()), !refused, "{}", profile.name);
            }
            // A person logs in with a client that has none.
            None => assert!(profile.grant.needs_person() && client.kind() == ClientKind::Public, "{}", profile.name),
            Some(_) => panic!("the secret of {} stands elsewhere", profile.name),
        }
        for scope in profile.scopes.iter().filter(|scope| *scope != "openid") {
            assert!(
                client.optional_scopes().any(|optional| optional == scope),
                "{} may not ask for {scope}",
                profile.name
            );
        }
    }
    let other = realm.client("testapiclient2").unwrap();
    assert!(other.optional_scopes().chain(other.default_scopes()).all(|scope| scope != "test_api_access"));
    assert_eq!(realm.client("testapiclient-short").unwrap().access_token_lifespan(), 10);
}

#[test]
fn what_is_wrong_in_the_file_of_this_machine_is_shown_there() {
    let place = Place::demo();
    let local = place.profiles().parent().unwrap().join("profiles.local.toml");
    std::fs::write(&local, "# mine\n[profiles.tester]\ntitel = \"x\"\nclient_secret = \"found-it\"\n").unwrap();
    let ended = place.run(&["check"]).code(2).says("profiles.local.toml:3:1").says("did you mean `title`?");
    assert!(!ended.out.contains("found-it"), "{}", ended.out);
    // A secret of one's own wins over the one all share.
    std::fs::write(&local, "[profiles.tester]\nclient_secret = \"wrong\"\n").unwrap();
    place.run(&["token", "tester"]).code(1).says("unauthorized_client");
    std::fs::write(&local, "[profiles").unwrap();
    place.run(&["check"]).code(2).says("profiles.local.toml:1:10").says("not TOML");
}

#[test]
fn an_environment_is_chosen_and_what_is_wrong_in_another_is_said() {
    let text = DEMO_TEXT.replace("\"http://localhost:8001/realms/myorg\"", "\"{kc}/realms/{realm}\"");
    let environments = "[environments.prod]\nvars = { kc = \"https://login.example.com\" }\nprotected = true\n\
                        [environments.dev]\nvars = { kc = \"http://localhost:8001\", realm = \"myorg\" }\n";
    let place = Place::with(&format!("{text}\n{environments}"));
    let ended = place.run(&["check"]).code(2);
    ended.says("there is no variable `realm` (in the environment `prod`)").says("ready");
    place.run(&["--env", "prod", "token", "tester"]).code(2).says("there is no variable `realm`");
    place.run(&["--env", "stage", "check"]).code(2).says("stage");
}
