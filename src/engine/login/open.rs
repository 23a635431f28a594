//! Opens a browser on this machine, where there is a screen for one, and says why not where there is none.
//!
//! No shell is involved, and nothing but http and https is opened.

use std::env;
use std::path::Path;
use std::time::Duration;

use webbrowser::{Browser, BrowserOptions};

use crate::engine::aside::aside;

/// How long starting a browser may take.
const LIMIT: Duration = Duration::from_secs(5);

/// Browsers that would take the terminal.
const IN_TERMINAL: [&str; 7] = ["browsh", "elinks", "links", "links2", "lynx", "w3m", "www-browser"];

/// Opens the address; else why not, in words.
pub(super) async fn open(url: &str) -> Result<(), String> {
    let said = Surroundings::here();
    if let Some(reason) = said.why_not() {
        return Err(reason);
    }
    let url = url.to_owned();
    let opening = move || webbrowser::open_browser_with_options(Browser::Default, &url, &BrowserOptions::new());
    match aside(LIMIT, opening).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("no browser could be opened: {error}")),
        Err(_) => Err("the browser did not start in time".to_owned()),
    }
}

/// Over SSH: the command on the person's own machine that leads the browser's answer here.
pub(super) fn forward(port: u16) -> Option<String> {
    Surroundings::here().forward(port)
}

/// What the environment says of the screen.
#[derive(Clone, Debug, Default)]
struct Surroundings {
    browser: Option<String>,
    ssh: Option<String>,
    display: bool,
}

impl Surroundings {
    fn here() -> Self {
        let text = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
        let needs_display = cfg!(all(unix, not(target_os = "macos")));
        Self {
            browser: text("BROWSER"),
            ssh: text("SSH_CONNECTION"),
            display: !needs_display || text("DISPLAY").or(text("WAYLAND_DISPLAY")).is_some(),
        }
    }

    fn why_not(&self) -> Option<String> {
        if let Some(browser) = &self.browser {
            // Who names one knows where it opens: editors that work over SSH set it to one on the person's own machine.
            let program = browser.split([':', ' ']).next().unwrap_or_default();
            let name = Path::new(program).file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let takes_terminal = IN_TERMINAL.contains(&name);
            return takes_terminal.then(|| format!("$BROWSER is {name}, which would take this terminal"));
        }
        if self.ssh.is_some() {
            return Some("this is an SSH session, so a browser would open on the wrong machine".to_owned());
        }
        (!self.display).then(|| "there is no display here".to_owned())
    }

    fn forward(&self, port: u16) -> Option<String> {
        // client address, client port, server address, server port
        let host = self.ssh.as_ref()?.split_whitespace().nth(2).unwrap_or("HOST").to_owned();
        Some(format!("ssh -L {port}:127.0.0.1:{port} {host}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(browser: Option<&str>, ssh: bool, display: bool) -> Surroundings {
        let ssh = ssh.then(|| "192.0.2.7 51234 192.0.2.9 22".to_owned());
        Surroundings { browser: browser.map(str::to_owned), ssh, display }
    }

    #[test]
    fn no_browser_opens_where_nobody_sees_it() {
        assert_eq!(with(None, false, true).why_not(), None);
        assert!(with(None, false, false).why_not().is_some_and(|why| why.contains("no display")));
        assert!(with(None, true, true).why_not().is_some_and(|why| why.contains("SSH")));
        assert_eq!(with(Some("/opt/helper.sh"), true, false).why_not(), None);
        assert!(with(Some("/usr/bin/w3m:firefox"), false, true).why_not().is_some_and(|why| why.contains("w3m")));
    }

    #[test]
    fn over_ssh_there_is_a_command_to_forward_the_answer() {
        assert_eq!(with(None, true, false).forward(17801).as_deref(), Some("ssh -L 17801:127.0.0.1:17801 192.0.2.9"));
        assert_eq!(with(None, false, true).forward(17801), None);
    }
}
