//! What changes while the program runs, on real files: trust and every way around it, hot reload, environments, saving.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use tokenscope::config::edit::Edit;
use tokenscope::config::{Addition, Changes, Layer, NewProfile};
use tokenscope::engine::{
    Ask, Choice, Engine, Failure, Places, Reloaded, SaveError, Source, SourceError, TokenAsk, Trust, TrustError,
    TrustStore,
};
use tokenscope::exchange::Secret;
use tokenscope::oauth::{ClientAuth, ClientId, ScopeSet};

/// Stays on this machine, and nobody listens there.
const LOCAL: &str = r#"
# A comment that stays.
[providers.here]
issuer = "http://localhost:9/realms/here"   # and so does this one
[apis.here]
provider = "here"
base_url = "http://127.0.0.1:9"
[[apis.here.endpoints]]
name = "one"
path = "/one"
[profiles.me]
provider = "here"
client_id = "me"
client_secret = "in-the-file"
scopes = ["a"]
"#;

/// A folder one stands in, with a profiles.toml that came with it.
struct Folder {
    folder: tempfile::TempDir,
}

impl Folder {
    fn with(text: &str) -> Self {
        let folder = Self { folder: tempfile::tempdir().unwrap() };
        folder.write("profiles.toml", text);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self) -> String {
        std::fs::read_to_string(self.path("profiles.toml")).unwrap()
    }

    fn places(&self) -> Places {
        let store = Some(TrustStore::open(&self.path("data")));
        Places { folder: self.folder.path().to_owned(), store, ..Places::default() }
    }

    fn source(&self) -> Source {
        Source::load(&Ask::default(), &self.places()).unwrap()
    }

    fn engine(&self) -> Engine {
        Engine::new(self.source())
    }

    /// A program that leaves a trace, and the TOML that has it run.
    fn command(&self) -> (PathBuf, String) {
        let trace = self.path("it-ran");
        let command = format!(r#"{{ command = ["touch", "{}"] }}"#, trace.display());
        (trace, command)
    }
}

async fn token(engine: &Engine) -> Failure {
    let ask = TokenAsk { profile: "me".into(), environment: None, changes: Changes::default(), fresh: true };
    engine.token(ask).await.unwrap_err()
}

fn is_unreviewed(engine: &Engine) -> bool {
    engine.source().trust.unreviewed().is_some()
}

fn local_only(folder: &Folder) -> Engine {
    let engine = folder.engine();
    assert_eq!(engine.source().trust, Trust::LocalOnly);
    engine
}

#[tokio::test]
async fn a_command_that_came_with_the_folder_runs_only_after_a_yes_to_exactly_it() {
    let folder = Folder::with("");
    let (trace, command) = folder.command();
    folder.write("profiles.toml", &LOCAL.replace("\"in-the-file\"", &command));
    let engine = folder.engine();
    assert!(matches!(token(&engine).await, Failure::Untrusted { .. }));
    assert!(!trace.exists());
    let digest = engine.source().trust.unreviewed().unwrap().digest();
    // A yes to something else than what is there now counts for nothing.
    assert!(matches!(engine.trust_reviewed("another"), Err(TrustError::Changed { .. })));
    assert!(is_unreviewed(&engine));
    assert!(matches!(engine.trust_reviewed(&digest), Ok(Reloaded::Swapped(_))));
    assert_eq!(engine.source().trust, Trust::Reviewed);
    token(&engine).await;
    assert!(trace.exists(), "now it runs");
    // The next start remembers it.
    assert_eq!(folder.source().trust, Trust::Reviewed);
}

#[tokio::test]
async fn whatever_a_pull_puts_into_the_file_while_it_is_open_is_not_done() {
    let folder = Folder::with("");
    let (trace, command) = folder.command();
    let secret = "\"in-the-file\"";
    let hostile = [
        ("a command", LOCAL.replace(secret, &command)),
        ("a variable", LOCAL.replace(secret, r#"{ env = "HOME" }"#)),
        ("a file", LOCAL.replace(secret, r#"{ file = "/etc/hostname" }"#)),
        ("a keyring entry", LOCAL.replace(secret, r#"{ keyring = "bank" }"#)),
        ("another issuer", LOCAL.replace("localhost:9/", "login.example/")),
        ("another API", LOCAL.replace("127.0.0.1:9", "collect.example")),
        ("a token endpoint", LOCAL.replace("[apis.here]", "token_endpoint = \"http://collect.example/\"\n[apis.here]")),
        ("a proxy", LOCAL.replace("[apis.here]", "proxy = \"http://collect.example:3128\"\n[apis.here]")),
        (
            "an environment",
            format!("[environments.x]\nvars = {{ h = \"collect.example\" }}\n{}", LOCAL.replace("127.0.0.1:9", "{h}")),
        ),
    ];
    for (what, text) in hostile {
        folder.write("profiles.toml", LOCAL);
        let engine = local_only(&folder);
        folder.write("profiles.toml", &text);
        assert!(matches!(engine.reload(), Reloaded::Swapped(_)), "{what}");
        assert!(is_unreviewed(&engine), "{what}");
        assert!(matches!(token(&engine).await, Failure::Untrusted { .. }), "{what}");
        assert!(!trace.exists(), "{what}");
        // Taken back, it is as harmless as before.
        folder.write("profiles.toml", LOCAL);
        engine.reload();
        assert_eq!(engine.source().trust, Trust::LocalOnly, "{what}");
    }
}

#[tokio::test]
async fn the_overlay_is_looked_at_like_the_file() {
    let folder = Folder::with(LOCAL);
    let (trace, command) = folder.command();
    let engine = local_only(&folder);
    folder.write("profiles.local.toml", &format!("[profiles.me]\nclient_secret = {command}\n"));
    engine.reload();
    assert!(is_unreviewed(&engine));
    assert!(matches!(token(&engine).await, Failure::Untrusted { .. }));
    assert!(!trace.exists());
    // Also when it lies there from the start.
    assert!(folder.source().trust.unreviewed().is_some());
}

#[tokio::test]
async fn a_yes_ends_when_what_was_reviewed_changes_and_survives_everything_else() {
    let text = LOCAL.replace("localhost:9/", "login.example/");
    let folder = Folder::with(&text);
    let engine = folder.engine();
    let digest = engine.source().trust.unreviewed().unwrap().digest();
    engine.trust_reviewed(&digest).unwrap();
    folder.write("profiles.toml", &format!("# reworded\n{}", text.replace("[\"a\"]", "[\"a\", \"b\"]")));
    assert!(matches!(engine.reload(), Reloaded::Swapped(_)));
    assert_eq!(engine.source().trust, Trust::Reviewed);
    folder.write("profiles.toml", &text.replace("login.example", "login.evil.example"));
    engine.reload();
    assert!(is_unreviewed(&engine));
    assert!(matches!(token(&engine).await, Failure::Untrusted { .. }));
}

#[test]
fn a_file_the_person_names_is_trusted_and_so_is_one_for_this_run() {
    let folder = Folder::with(&LOCAL.replace("localhost:9/", "login.example/"));
    let named = Source::load(&Choice::File(folder.path("profiles.toml")).into(), &folder.places()).unwrap();
    assert_eq!(named.trust, Trust::Named);
    let ask = Ask { trust: true, ..Ask::default() };
    assert_eq!(Source::load(&ask, &folder.places()).unwrap().trust, Trust::Named);
    assert!(folder.source().trust.unreviewed().is_some());
}

#[test]
fn a_file_that_cannot_be_used_leaves_the_last_good_one_in_force() {
    let folder = Folder::with(LOCAL);
    let engine = folder.engine();
    assert!(matches!(engine.reload(), Reloaded::Unchanged));
    for broken in ["x = = 1\n", "", "# nothing\n"] {
        folder.write("profiles.toml", broken);
        let Reloaded::Broken { problems } = engine.reload() else { panic!("{broken}") };
        assert!(problems[0].contains("profiles.toml"), "{problems:?}");
        assert!(engine.profiles().profile("me").is_some());
    }
    std::fs::remove_file(folder.path("profiles.toml")).unwrap();
    assert!(matches!(engine.reload(), Reloaded::Broken { .. }));
    assert!(engine.profiles().profile("me").is_some());
    // Mended, it is said to be, though nothing differs from what held.
    folder.write("profiles.toml", LOCAL);
    assert!(matches!(engine.reload(), Reloaded::Swapped(_)));
    assert!(matches!(engine.reload(), Reloaded::Unchanged));
}

fn with_environments() -> String {
    let text = LOCAL.replace("localhost:9/realms/here", "{host}/realms/here");
    format!(
        "[environments.prod]\nprotected = true\nvars = {{ host = \"127.0.0.1:8\" }}\n\
         [environments.dev]\nvars = {{ host = \"localhost:9\" }}\n{text}"
    )
}

#[tokio::test]
async fn environments_are_chosen_by_name_and_a_protected_one_never_by_itself() {
    let folder = Folder::with(&with_environments());
    let engine = folder.engine();
    assert_eq!(engine.profiles().environment.as_deref(), Some("dev"), "the first that is not protected");
    let issuer = |engine: &Engine| engine.profiles().providers[0].issuer.to_string();
    assert_eq!(issuer(&engine), "http://localhost:9/realms/here");
    let wrong = engine.choose_environment("prd").unwrap_err();
    assert_eq!(wrong.to_string().split_once(" has ").unwrap().1, "no environment prd; there are prod, dev");
    assert_eq!(wrong.advice(), "Did you mean --env prod?");
    engine.choose_environment("prod").unwrap();
    assert_eq!(issuer(&engine), "http://127.0.0.1:8/realms/here");
    // What was meant for the other one is not sent here.
    let ask =
        TokenAsk { profile: "me".into(), environment: Some("dev".into()), changes: Changes::default(), fresh: true };
    assert!(matches!(engine.token(ask).await, Err(Failure::OtherEnvironment { .. })));
    // It stays through a reload; when it is gone, the usual one holds.
    folder.write("profiles.toml", &format!("# reworded\n{}", with_environments()));
    engine.reload();
    assert_eq!(engine.profiles().environment.as_deref(), Some("prod"));
    folder.write("profiles.toml", &with_environments().replace("environments.prod", "environments.live"));
    engine.reload();
    assert_eq!(engine.profiles().environment.as_deref(), Some("dev"));
    let ask = Ask { environment: Some("nowhere".into()), ..Ask::default() };
    assert!(matches!(Source::load(&ask, &folder.places()), Err(SourceError::NoEnvironment { .. })));
    folder.write("profiles.toml", LOCAL);
    let error = Source::load(&ask, &folder.places()).unwrap_err();
    assert!(error.to_string().ends_with("no environment nowhere; it has none at all"), "{error}");
}

#[tokio::test]
async fn a_secret_given_in_one_environment_or_for_one_server_goes_to_no_other() {
    let text = with_environments().replace("\"in-the-file\"", "{ prompt = true }");
    let folder = Folder::with(&text);
    let engine = folder.engine();
    let is_wanted = async |engine: &Engine| matches!(token(engine).await, Failure::SecretWanted { .. });
    assert!(is_wanted(&engine).await);
    engine.give_secret("me", Secret::new("for dev"));
    assert!(!is_wanted(&engine).await);
    engine.choose_environment("prod").unwrap();
    assert!(is_wanted(&engine).await, "prod was given none");
    engine.choose_environment("dev").unwrap();
    assert!(!is_wanted(&engine).await, "dev still has its own");
    folder.write("profiles.toml", &text.replace("localhost:9", "localhost:7"));
    engine.reload();
    assert!(is_wanted(&engine).await, "it was not given for this server");
}

#[tokio::test]
async fn a_secret_is_not_given_to_another_server_by_way_of_an_environment_that_comes_and_goes() {
    let text = LOCAL.replace("\"in-the-file\"", "{ prompt = true }");
    let with_dev = format!("[environments.dev]\n{text}");
    let folder = Folder::with(&text);
    let engine = folder.engine();
    engine.give_secret("me", Secret::new("for one server"));
    assert!(!matches!(token(&engine).await, Failure::SecretWanted { .. }));
    for (changed, environment) in [(with_dev, Some("dev")), (text.replace("localhost:9", "localhost:7"), None)] {
        folder.write("profiles.toml", &changed);
        engine.reload();
        assert_eq!(engine.profiles().environment.as_deref(), environment);
        assert!(matches!(token(&engine).await, Failure::SecretWanted { .. }), "{environment:?}");
    }
}

#[test]
fn naming_a_file_does_not_name_the_one_beside_it() {
    let folder = Folder::with(&LOCAL.replace("localhost:9/", "login.example/"));
    let choice = Choice::File(folder.path("profiles.toml"));
    let load =
        |trust| Source::load(&Ask { choice: choice.clone(), trust, environment: None }, &folder.places()).unwrap();
    folder.write("profiles.local.toml", "[profiles.me]\nscopes = [\"mine\"]\n");
    assert_eq!(load(false).trust, Trust::Named, "it does nothing that the named file does not");
    let (_, command) = folder.command();
    folder.write("profiles.local.toml", &format!("[profiles.me]\nclient_secret = {command}\n"));
    assert_eq!(load(true).trust, Trust::Named, "--trust is said of both");
    let engine = Engine::new(load(false));
    let facts = engine.source().trust.unreviewed().cloned().unwrap();
    let all: Vec<_> = facts.iter().map(ToString::to_string).collect();
    assert!(all.iter().any(|fact| fact.contains("touch")) && all.iter().any(|fact| fact.contains("login.example")));
    engine.trust_reviewed(&facts.digest()).unwrap();
    assert_eq!(engine.source().trust, Trust::Reviewed);
    assert_eq!(load(false).trust, Trust::Reviewed);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_device_in_the_place_of_a_file_is_not_waited_for() {
    let folder = Folder::with(LOCAL);
    let engine = folder.engine();
    let local = folder.path("profiles.local.toml");
    let is_refused = |engine: &Engine| {
        let Reloaded::Broken { problems } = engine.reload() else { panic!("it was read") };
        assert!(problems[0].contains("it is no ordinary file"), "{problems:?}");
    };
    assert!(std::process::Command::new("mkfifo").arg(&local).status().unwrap().success());
    let (tell, told) = mpsc::channel();
    let opened = engine.clone();
    std::thread::spawn(move || {
        is_refused(&opened);
        tell.send(()).unwrap();
    });
    told.recv_timeout(Duration::from_secs(20)).unwrap();
    std::fs::remove_file(&local).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &local).unwrap();
    is_refused(&engine);
    assert!(matches!(engine.save(engine.plan_save(other_scopes()).unwrap()), Err(SaveError::Unreadable { .. })));
    assert_eq!(folder.read(), LOCAL);
    std::fs::remove_file(&local).unwrap();
    assert!(matches!(engine.reload(), Reloaded::Swapped(_)));
}

fn other_scopes() -> Vec<Edit> {
    let changes = Changes { scopes: Some(ScopeSet::parse("a b")), ..Changes::default() };
    vec![Edit::Change { profile: "me".into(), changes }]
}

#[test]
fn saving_keeps_comments_order_and_mode_and_follows_a_link() {
    let folder = Folder::with("");
    folder.write("real.toml", LOCAL);
    std::fs::remove_file(folder.path("profiles.toml")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::os::unix::fs::symlink("real.toml", folder.path("profiles.toml")).unwrap();
        std::fs::set_permissions(folder.path("real.toml"), std::fs::Permissions::from_mode(0o640)).unwrap();
    }
    let engine = folder.engine();
    let plan = engine.plan_save(other_scopes()).unwrap();
    let signs: String = plan.diff.iter().map(|line| line.sign).filter(|sign| *sign != ' ').collect();
    assert_eq!(signs, "-+");
    assert_eq!(folder.read(), LOCAL, "a plan writes nothing");
    let saved = engine.save(plan).unwrap();
    assert!(matches!(saved.reloaded, Reloaded::Swapped(_)));
    assert_eq!(folder.read(), LOCAL.replace("[\"a\"]", "[\"a\", \"b\"]"));
    assert_eq!(engine.profiles().profile("me").unwrap().scopes, ScopeSet::parse("a b"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert!(folder.path("profiles.toml").is_symlink());
        assert_eq!(std::fs::metadata(folder.path("real.toml")).unwrap().permissions().mode() & 0o777, 0o640);
    }
    let left: Vec<_> =
        std::fs::read_dir(folder.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{left:?}");
}

#[test]
fn a_file_that_changed_or_went_meanwhile_is_left_alone() {
    let folder = Folder::with(LOCAL);
    let engine = folder.engine();
    let plan = engine.plan_save(other_scopes()).unwrap();
    let theirs = format!("{LOCAL}\n# by another hand\n");
    folder.write("profiles.toml", &theirs);
    assert!(matches!(engine.save(plan), Err(SaveError::Changed { .. })));
    assert_eq!(folder.read(), theirs);
    // Planned anew, both are in it.
    engine.save(engine.plan_save(other_scopes()).unwrap()).unwrap();
    assert!(folder.read().contains("# by another hand") && folder.read().contains("\"b\""));
    let plan = engine.plan_save(vec![Edit::Change { profile: "me".into(), changes: Changes::default() }]).unwrap();
    std::fs::remove_file(folder.path("profiles.toml")).unwrap();
    assert!(matches!(engine.save(plan), Err(SaveError::Gone { .. })));
    assert!(matches!(engine.plan_save(other_scopes()), Err(SaveError::Gone { .. })));
    assert!(!folder.path("profiles.toml").exists());
}

#[test]
fn what_belongs_to_the_demo_is_not_forced_into_a_file_of_its_own() {
    let folder = Folder::with(LOCAL);
    let demo = Engine::new(Source::demo());
    let changes = Changes { scopes: Some(ScopeSet::parse("a b")), ..Changes::default() };
    let edits = vec![Edit::Change { profile: "tester".into(), changes }];
    let error = demo.plan_save_in(Some(folder.path("profiles.toml")), edits).unwrap_err();
    assert!(matches!(error, SaveError::OtherFile { .. }), "{error:?}");
    assert!(error.to_string().contains("knows nothing of them ([profiles.tester] is not in this file)"), "{error}");
    assert!(error.advice().contains("without --demo"), "{}", error.advice());
}

#[test]
fn saving_does_not_say_yes_to_what_another_hand_wrote() {
    let folder = Folder::with("");
    let (_, command) = folder.command();
    let hostile = LOCAL.replace("\"in-the-file\"", &command);
    let reviewed = LOCAL.replace("localhost:9/", "login.example/");
    for good in [LOCAL, &reviewed] {
        folder.write("profiles.toml", good);
        let engine = folder.engine();
        if let Some(digest) = engine.source().trust.unreviewed().map(tokenscope::config::trust::Facts::digest) {
            engine.trust_reviewed(&digest).unwrap();
        }
        // It changed on disk, and the program has not read it yet: the plan is made on what is there now.
        folder.write("profiles.toml", &hostile);
        let error = engine.save(engine.plan_save(other_scopes()).unwrap()).unwrap_err();
        assert!(
            matches!(error, SaveError::Unseen { .. }) && error.to_string().contains("changed meanwhile"),
            "{error}"
        );
        assert_eq!(folder.read(), hostile);
        // The same by way of the file beside it.
        folder.write("profiles.toml", good);
        folder.write("profiles.local.toml", &format!("[profiles.me]\nclient_secret = {command}\n"));
        let plan = engine.plan_save(other_scopes()).unwrap();
        assert!(matches!(engine.save(plan), Err(SaveError::Unseen { .. })));
        assert_eq!(folder.read(), good);
        assert!(folder.source().trust.unreviewed().is_some());
        std::fs::remove_file(folder.path("profiles.local.toml")).unwrap();
        // What the person trusts is saved, and goes on to be trusted.
        engine.save(engine.plan_save(other_scopes()).unwrap()).unwrap();
        assert!(!is_unreviewed(&engine) && folder.source().trust.unreviewed().is_none());
        // Seen as what it is, it is saved, and is as unreviewed as before.
        folder.write("profiles.toml", &hostile);
        engine.reload();
        engine.save(engine.plan_save(other_scopes()).unwrap()).unwrap();
        assert!(is_unreviewed(&engine) && folder.source().trust.unreviewed().is_some());
    }
}

#[test]
fn what_is_added_is_in_use_at_once_and_in_the_file_when_saved() {
    let folder = Folder::with(LOCAL);
    let engine = folder.engine();
    let profile = NewProfile {
        name: "new".into(),
        title: None,
        provider: "here".into(),
        client_id: ClientId::new("new-client"),
        secret: None,
        grant: tokenscope::oauth::Grant::default(),
        auth: ClientAuth::None,
        scopes: ScopeSet::empty(),
        audience: None,
    };
    let addition = Addition { profile: Some(profile), ..Addition::default() };
    engine.add_for_session(addition.clone(), None).unwrap();
    let layer = |engine: &Engine| engine.profiles().profile("new").map(|profile| profile.place.layer);
    assert_eq!(layer(&engine), Some(Layer::Session));
    assert_eq!(folder.read(), LOCAL);
    assert!(engine.add_for_session(addition, None).is_err(), "its name is taken");
    // A reload leaves it there, and so does another environment.
    folder.write("profiles.toml", &format!("{LOCAL}# more\n"));
    engine.reload();
    assert_eq!(layer(&engine), Some(Layer::Session));
    engine.save(engine.plan_save(Vec::new()).unwrap()).unwrap();
    assert_eq!(layer(&engine), Some(Layer::Shared));
    assert!(folder.read().contains("new-client") && folder.read().contains("# A comment that stays."));
}

/// Told of a change within a time that nothing takes.
fn is_told(told: &mpsc::Receiver<()>) {
    told.recv_timeout(Duration::from_secs(20)).unwrap();
    while told.recv_timeout(Duration::from_millis(100)).is_ok() {}
}

fn replace(from: &Path, to: &Path, text: &str) {
    std::fs::write(from, text).unwrap();
    std::fs::rename(from, to).unwrap();
}

#[test]
fn changes_are_told_however_they_are_made() {
    let folder = Folder::with(LOCAL);
    let engine = folder.engine();
    let (tell, told) = mpsc::channel();
    let _watch = engine.watch(move || _ = tell.send(())).unwrap().unwrap();
    folder.write("profiles.toml", &format!("{LOCAL}# one\n"));
    is_told(&told);
    // Editors put another file in its place, again and again.
    for text in ["# two\n", "# three\n"] {
        replace(&folder.path("new"), &folder.path("profiles.toml"), &format!("{LOCAL}{text}"));
        is_told(&told);
    }
    folder.write("profiles.local.toml", "");
    is_told(&told);
    std::fs::remove_file(folder.path("profiles.toml")).unwrap();
    is_told(&told);
    folder.write("profiles.toml", LOCAL);
    is_told(&told);
}
