//! Draws the pictures of the README: drives the real explorer on the real bundled server in a pseudo-terminal, and
//! saves what is on the screen. Run from the checkout:
//!
//! ```sh
//! cargo run -p screenshots
//! ```
//!
//! The picture of a real Keycloak is drawn when `TOKENSCOPE_KEYCLOAK` names the issuer of one, and then that one alone:
//!
//! ```sh
//! tests/keycloak/run with -- cargo run -p screenshots
//! ```

mod picture;
mod terminal;

use std::num::NonZeroU16;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use picture::{DARK, LIGHT, Palette};
use portable_pty::CommandBuilder;
use terminal::Terminal;
use tokenscope::engine::{Choice, Engine, Places, Source};
use tokenscope::tui::settings::file::Loaded;
use tokenscope::tui::{self, Options};

/// The argument with which this program starts itself as the explorer.
const EXPLORER: &str = "--as-explorer";

/// A picture: what to press, what to wait for, and what to call it.
struct Scene {
    name: &'static str,
    size: (NonZeroU16, NonZeroU16),
    palette: Palette,
    /// Keys, and the words that show that they have done their work.
    steps: &'static [(&'static str, &'static str)],
}

/// Columns and rows.
const WIDE: (NonZeroU16, NonZeroU16) = (columns_or_rows(120), columns_or_rows(36));
const SMALL: (NonZeroU16, NonZeroU16) = (columns_or_rows(80), columns_or_rows(24));

const fn columns_or_rows(number: u16) -> NonZeroU16 {
    match NonZeroU16::new(number) {
        Some(number) => number,
        None => NonZeroU16::MIN,
    }
}

const SCENES: [Scene; 12] = [
    Scene { name: "first-look", size: WIDE, palette: DARK, steps: &[("", "? help")] },
    Scene {
        name: "allowed",
        size: WIDE,
        palette: DARK,
        steps: &[("", "? help"), ("t", "VERIFIED"), ("1", "200"), ("2", "200"), ("3", "private-scoped, as")],
    },
    Scene {
        name: "refused",
        size: WIDE,
        palette: DARK,
        steps: &[
            ("", "? help"),
            ("t", "VERIFIED"),
            ("123", "private-scoped, as"),
            ("]", "no scope"),
            ("12", "200"),
            ("3", "missing-scope"),
        ],
    },
    Scene {
        name: "wrong-secret",
        size: WIDE,
        palette: DARK,
        steps: &[("", "? help"), ("]]]]t", "unauthorized_client")],
    },
    Scene {
        name: "add",
        size: WIDE,
        palette: DARK,
        steps: &[
            ("", "? help"),
            ("t", "VERIFIED"),
            ("+", "Address"),
            ("\x1b[200~http://localhost:8001/admin/master/console/#/myorg\x1b[201~", "#/myorg"),
            ("\r", "It offers"),
            ("\x1b[200~orders-reader\x1b[201~", "orders-reader"),
        ],
    },
    Scene {
        name: "login",
        size: WIDE,
        palette: DARK,
        steps: &[("", "? help"), ("t", "VERIFIED"), ("[", "○ login"), ("2", "comes back to")],
    },
    Scene {
        name: "device",
        size: WIDE,
        palette: DARK,
        steps: &[("", "? help"), ("t", "VERIFIED"), ("[", "○ login"), ("D", "and enter the code")],
    },
    Scene {
        name: "inspect",
        size: WIDE,
        palette: DARK,
        steps: &[("", "? help"), ("t", "VERIFIED"), ("J", "VALID"), ("K", "Verify with"), ("\r", "is valid")],
    },
    Scene { name: "provider", size: WIDE, palette: DARK, steps: &[("", "? help"), ("A", "The document of")] },
    Scene {
        name: "make",
        size: WIDE,
        palette: DARK,
        steps: &[("", "? help"), ("t", "VERIFIED"), ("J", "VALID"), ("S", "Make a token"), ("x", "claims, line")],
    },
    Scene { name: "small", size: SMALL, palette: DARK, steps: &[("", "? help"), ("]3", "missing-scope")] },
    Scene {
        name: "light",
        size: WIDE,
        palette: LIGHT,
        steps: &[("", "? help"), ("123", "private-scoped, as"), ("]3", "missing-scope")],
    },
];

/// Names the issuer of a running Keycloak that has server/realm.json as its realm.
const ISSUER: &str = "TOKENSCOPE_KEYCLOAK";

/// Alice's token, of a real Keycloak, and what the bundled API behind it says to it.
const KEYCLOAK: Scene = Scene {
    name: "keycloak",
    size: WIDE,
    palette: DARK,
    steps: &[("", "? help"), ("t", "VERIFIED"), ("3", "ALLOWED")],
};

/// No browser takes part in a picture, so her password does.
const ALICE: &str = r#"client_id = "demo-legacy"
grant = "password"
username = "alice"
password = "alice""#;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    match arguments.next() {
        Some(argument) if argument == EXPLORER => explorer(arguments.next()),
        Some(folder) => draw_all(Path::new(&folder)),
        None => draw_all(&PathBuf::from(env!("CARGO_MANIFEST_DIR"))),
    }
}

/// The explorer on the built-in demo, as `tokenscope --demo` opens it, or on this file.
fn explorer(profiles: Option<String>) -> anyhow::Result<()> {
    let source = match profiles {
        Some(file) => Source::load(&Choice::File(file.into()).into(), &Places::default())?,
        None => Source::demo(),
    };
    let options = Options { profile: None, ascii: false, colour: true, config: Loaded::default() };
    tui::run(&Engine::new(source), &options)?;
    Ok(())
}

fn draw_all(folder: &Path) -> anyhow::Result<()> {
    let keys = tempfile::tempdir()?;
    if let Ok(issuer) = std::env::var(ISSUER) {
        let file = keys.path().join("profiles.toml");
        std::fs::write(&file, at_keycloak(&issuer)?)?;
        return draw(&KEYCLOAK, keys.path(), Some(&file), &folder.join("keycloak.png")).context("the picture keycloak");
    }
    for scene in &SCENES {
        let path = folder.join(scene.name).with_extension("png");
        draw(scene, keys.path(), None, &path).with_context(|| format!("the picture {}", scene.name))?;
    }
    Ok(())
}

/// The demo with this issuer, which need not be started, and with alice first. The API has a port of its own: at the usual
/// one there may be one for tokens of the demo.
fn at_keycloak(issuer: &str) -> anyhow::Result<String> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let text = tokenscope::config::DEMO_TEXT.replace("http://localhost:8001/realms/myorg", issuer);
    let text = text.replacen("embedded = true", "embedded = false", 1);
    let text = text.replace("client_id = \"demo-login\"\ngrant = \"authorization_code\"", ALICE);
    let text = text.replace("localhost:50100", &format!("localhost:{port}"));
    Ok(text.replace("default_profile = \"tester\"", "default_profile = \"alice\""))
}

fn draw(scene: &Scene, keys: &Path, profiles: Option<&Path>, path: &Path) -> anyhow::Result<()> {
    let mut command = CommandBuilder::new(std::env::current_exe()?);
    command.arg(EXPLORER);
    command.args(profiles);
    command.env("TOKENSCOPE_KEYS", keys.join("keys.json"));
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    command.env("COLORFGBG", if scene.palette.light { "0;15" } else { "15;0" });
    command.env_remove("NO_COLOR");
    // A browser that does nothing, so that none is opened while pictures are taken.
    command.env("BROWSER", "true");
    command.env_remove("SSH_CONNECTION");
    let mut terminal = Terminal::start(command, scene.size.0, scene.size.1)?;
    for (keys, words) in scene.steps {
        terminal.press(keys)?;
        terminal.wait(words)?;
    }
    terminal.look(|screen| picture::save(screen, &scene.palette, path))?;
    terminal.leave()
}
