//! Quotes a line of profiles.toml without the secrets in it, whether the file is valid TOML or not.
//!
//! What may be seen is listed, not what may not: the value of a key that is not in the table of words, or is marked
//! there as one that may hold a secret, is masked to the end of its line, and so is every line it runs on over.
//! Comments, lines inside multi-line strings and lines that are neither a header nor begin with a key are masked too.
//! Imports the sibling table of words; nothing else of this crate.

use super::words;

/// What stands for a part that is not shown.
pub(super) const MASK: &str = "***";

/// A line as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    /// Its text, without a comment, and with `***` for the part that is masked.
    pub(super) text: String,
    /// How many characters stand before the masked part, when there is one.
    pub(super) masked_from: Option<usize>,
}

/// The line of this number, from 1; none when the text has no such line.
pub(super) fn line(text: &str, number: usize) -> Option<Quoted> {
    scanned(text).nth(number.checked_sub(1)?).map(|(line, shown)| {
        let (start, rest) = line.split_at_checked(shown).unwrap_or(("", line));
        if rest.is_empty() || rest.starts_with('#') {
            return Quoted { text: start.trim_end().to_owned(), masked_from: None };
        }
        Quoted { text: format!("{start}{MASK}"), masked_from: Some(start.chars().count()) }
    })
}

/// All lines, for a person who looks at the whole: where a comment stands can be seen, and not what it says.
pub(super) fn lines(text: &str) -> Vec<String> {
    scanned(text)
        .map(|(line, shown)| {
            let (start, rest) = line.split_at_checked(shown).unwrap_or(("", line));
            match rest {
                "" => start.to_owned(),
                rest if rest.starts_with('#') => format!("{start}# …"),
                _ => format!("{start}{MASK}"),
            }
        })
        .collect()
}

/// Each line, and how many bytes of it may be shown.
fn scanned(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut scan = Scan::default();
    text.split('\n').map(move |line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let shown = scan.line(line);
        (line, shown.min(userinfo(line).unwrap_or(shown)))
    })
}

/// What the keys around a key say about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    /// It is in the value of a key that may be quoted: so may it, unless it is called a secret.
    Open,
    /// It is in that of a secret: where that comes from may be quoted.
    Source,
    /// It is in that of a key that may not be quoted: no more may it.
    Hidden,
}

impl Within {
    /// Within the value of this key, which stands in what may be quoted; none when it is not known to be masked.
    fn masked(key: &str) -> Option<Self> {
        if words::SECRETS.contains(&key) {
            return Some(Self::Source);
        }
        (words::is_masked(key) || sounds_secret(key)).then_some(Self::Hidden)
    }

    /// What is said of a key behind these dotted ones.
    fn behind(path: Option<Self>, key: &str) -> Option<Self> {
        path.map_or_else(|| Self::masked(key), |_| Some(Self::Hidden))
    }
}

/// Where the reading stands between two lines.
#[derive(Default)]
struct Scan {
    /// The delimiter of a multi-line string that is not closed yet.
    quote: Option<&'static str>,
    /// The brackets that are open: its kind, and what the keys in it may show.
    open: Vec<(char, Within)>,
    /// Whether the value that is being read is masked.
    masked: bool,
    /// What the value that is being read says about keys within it.
    within: Option<Within>,
    /// What the header above says about the keys under it.
    section: Option<Within>,
}

impl Scan {
    /// Reads one line; gives how many bytes of it may be shown.
    fn line(&mut self, line: &str) -> usize {
        let mut cut = None;
        let mut at = 0;
        if let Some(delimiter) = self.quote {
            cut = Some(0);
            match line.find(delimiter) {
                Some(end) => {
                    self.quote = None;
                    at = end + delimiter.len();
                }
                None => return 0,
            }
        } else if self.open.is_empty() {
            self.masked = false;
            self.within = None;
            at = header(line);
            if at > 0 {
                let name = line.get(..at).unwrap_or_default().trim().trim_matches(['[', ']']);
                let keys = name.split('.').map(|key| key.trim().trim_matches(['"', '\'']));
                self.section = keys.fold(None, Within::behind);
            }
            let rest = line.get(at..).unwrap_or_default();
            if !begins_with_key(rest) {
                cut = Some(at + known_start(rest));
            }
        } else if self.masked {
            cut = Some(0);
        }
        let rest = line.get(at..).unwrap_or_default();
        let inner = self.values(rest).map(|inner| inner + at);
        cut.or(inner).unwrap_or(line.len())
    }

    /// Reads keys and values; gives where the part begins that may not be shown.
    fn values(&mut self, line: &str) -> Option<usize> {
        let mut cut = None;
        let mut key = "";
        let mut path = None;
        let mut at = 0;
        while let Some(c) = line.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = line.get(at..).unwrap_or_default();
            let mut step = c.len_utf8();
            match c {
                '#' => return cut.or(Some(at)),
                '"' | '\'' => {
                    step = self.string(rest);
                    key = rest.get(1..step.saturating_sub(1)).unwrap_or_default();
                    if rest.get(step..).is_some_and(|next| next.trim_start().starts_with('.')) {
                        path = Within::behind(path, key);
                    }
                    if self.quote.is_some() {
                        // The rest of this line is inside the string.
                        return cut.or(Some(at));
                    }
                    if rest.get(step..).is_some_and(|rest| rest.starts_with(|c| is_bare(c) || c == '"' || c == '\'')) {
                        // The quotes are not where they were meant to be.
                        cut = cut.or(Some(at));
                    }
                }
                '=' => {
                    self.assign(key, path.take(), line.get(at + 1..).unwrap_or_default());
                    if self.masked {
                        cut = cut.or(Some(at + 1 + spaces(line.get(at + 1..).unwrap_or_default())));
                    }
                }
                '[' | '{' => {
                    path = None;
                    self.open.push((c, self.within.unwrap_or(Within::Hidden)));
                }
                ']' | '}' => {
                    path = None;
                    self.close();
                }
                ',' => path = None,
                c if is_bare(c) => {
                    step = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
                    key = rest.get(..step).unwrap_or_default();
                    let next = rest.get(step..).unwrap_or_default().trim_start();
                    if next.starts_with('.') {
                        path = Within::behind(path, key);
                    }
                    if sounds_secret(key) && !next.starts_with(['=', '.']) {
                        cut = cut.or(Some(at + step));
                    }
                }
                _ => {}
            }
            at += step;
        }
        cut
    }

    /// A string begins: how long it is on this line. One that is not closed ends with the line, unless it is of the
    /// kind that runs on.
    fn string(&mut self, rest: &str) -> usize {
        for delimiter in ["\"\"\"", "'''"] {
            if let Some(inner) = rest.strip_prefix(delimiter) {
                if let Some(end) = inner.find(delimiter) {
                    return end + 2 * delimiter.len();
                }
                self.quote = Some(delimiter);
                return rest.len();
            }
        }
        let mut escaped = false;
        let quote = rest.chars().next().unwrap_or('"');
        for (at, c) in rest.char_indices().skip(1) {
            if c == quote && !escaped {
                return at + 1;
            }
            escaped = quote == '"' && c == '\\' && !escaped;
        }
        rest.len()
    }

    /// A key was read and `=`: what may be seen of the value that follows.
    fn assign(&mut self, key: &str, path: Option<Within>, value: &str) {
        if self.open.last().is_some_and(|(bracket, _)| *bracket == '[') {
            // No key stands in a list: it was never closed, and this is a line of its own.
            self.open.clear();
            self.masked = false;
        }
        let around = path.or(self.open.last().map(|(_, within)| *within)).or(self.section);
        let masked = Within::masked(key);
        let (shown, within) = match around {
            None if words::is_open(key) => (true, Within::Open),
            Some(Within::Open) => (masked.is_none(), masked.unwrap_or(Within::Open)),
            Some(Within::Source) => (["env", "file", "keyring", "prompt"].contains(&key), Within::Hidden),
            Some(Within::Hidden) | None => (false, masked.unwrap_or(Within::Hidden)),
        };
        // A table is not masked as a whole: its keys decide.
        self.masked |= !shown && !value.trim_start().starts_with('{');
        self.within = Some(if ["providers", "apis", "profiles"].contains(&key) { Within::Hidden } else { within });
    }

    /// A bracket closes.
    fn close(&mut self) {
        self.open.pop();
        self.within = self.open.last().map(|(_, within)| *within);
    }
}

/// Where a value begins that looks like an address with a user and password before the `@`.
fn userinfo(line: &str) -> Option<usize> {
    let at = line.rfind('@')?;
    let before = line.get(..at)?;
    let start = before.rfind(['"', '\'']).map_or(0, |quote| quote + 1);
    before.get(start..)?.contains(':').then_some(start)
}

/// How long the table header at the start of the line is, as far as it is one; zero when there is none.
fn header(line: &str) -> usize {
    let start = line.trim_start();
    let Some(mut rest) = start.strip_prefix("[[").or_else(|| start.strip_prefix('[')) else { return 0 };
    while let Some(after) = after_simple_key(rest.trim_start()) {
        rest = after;
        match after.trim_start().strip_prefix('.') {
            Some(next) => rest = next,
            None => break,
        }
    }
    let closed = rest.trim_start();
    rest = closed.strip_prefix("]]").or_else(|| closed.strip_prefix(']')).unwrap_or(rest);
    line.len() - rest.len()
}

/// Whether the line is empty, a comment, or begins with `key =`, `"key" =` or `key.key =`.
fn begins_with_key(line: &str) -> bool {
    let mut rest = line.trim_start();
    if rest.is_empty() || rest.starts_with('#') {
        return true;
    }
    loop {
        let Some(after) = after_simple_key(rest) else { return false };
        let after = after.trim_start();
        match after.strip_prefix('.') {
            Some(next) => rest = next.trim_start(),
            None => return after.starts_with('='),
        }
    }
}

/// What follows one bare or quoted key; none when there is no such key.
fn after_simple_key(text: &str) -> Option<&str> {
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (key, after) = text.get(1..)?.split_once(quote)?;
        // A key with escapes in it is not worth more care.
        return (!key.is_empty() && !key.contains('\\')).then_some(after);
    }
    let after = text.trim_start_matches(is_bare);
    (after.len() < text.len()).then_some(after)
}

/// How long the first word of a broken line is, when it is a known one: only that is shown.
fn known_start(line: &str) -> usize {
    let start = spaces(line);
    let rest = line.get(start..).unwrap_or_default();
    let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
    let known = rest.get(..end).is_some_and(|word| words::WORDS.iter().any(|known| known.key == word));
    if known { start + end } else { 0 }
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}

/// Whether a key inside an open value speaks of something to be hidden.
fn sounds_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["secret", "password", "passphrase", "assertion", "authorization", "cookie", "api-key", "api_key", "apikey"]
        .iter()
        .any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_at(text: &str, number: usize) -> String {
        line(text, number).map(|quoted| quoted.text).unwrap_or_default()
    }

    #[test]
    fn what_may_be_secret_is_masked() {
        for (text, shown) in [
            (r#"client_secret = "hunter2" # was hunter1"#, "client_secret = ***"),
            (r#"client_secert = "hunter2""#, "client_secert = ***"),
            (r#""client_secret"="hunter2""#, r#""client_secret"=***"#),
            (r#"[client_secret = "hunter2""#, "[client_secret***"),
            (r#"["client_secret = "hunter2""#, r#"["client_secret = "***"#),
            (r#"env = "client_secret = "hunter2""#, "env = ***"),
            (r#"[[apis."a b".endpoints]] # x"#, r#"[[apis."a b".endpoints]]"#),
            ("[profiles.tester", "[profiles.tester"),
            (r#"'client_secret = "hunter2""#, "***"),
            (r#"'a = "' = "hunter2""#, r#"'a = "' = ***"#),
            (r#"profiles.x.client_secret = "hunter2""#, "profiles.x.client_secret = ***"),
            (r#"client_secret "hunter2""#, "client_secret***"),
            (r#"client_secret: "hunter2""#, "client_secret***"),
            (r#"client_secret: a = "hunter2""#, "client_secret***"),
            ("client_secret = hunter2 = x", "client_secret = ***"),
            ("hunter2", "***"),
            ("  hunter2\"", "***"),
            (r#"client_secret = { env = "SHOP" }"#, r#"client_secret = { env = "SHOP" }"#),
            (r#"password = { env = "SHOP" }"#, r#"password = { env = "SHOP" }"#),
            (r#"password = "hunter2""#, "password = ***"),
            (r#"params = { password = "hunter2" }"#, "params = { password = ***"),
            (
                r#"client_secret = { env = "SHOP", value = "hunter2" }"#,
                r#"client_secret = { env = "SHOP", value = ***"#,
            ),
            (r#"client_secret = { command = ["pass", "hunter2"] }"#, "client_secret = { command = ***"),
            (r#"params = { audience = "a", x = "hunter2" }"#, "params = { audience = ***"),
            (r#"params = { env = "hunter2" }"#, "params = { env = ***"),
            (r#"params.title = "hunter2""#, "params.title = ***"),
            (r#"profiles.x.params.title = "hunter2""#, "profiles.x.params.title = ***"),
            (r#"client_secret.env = "SHOP""#, r#"client_secret.env = "SHOP""#),
            (r#"client_secret.by_env.env = "hunter2""#, "client_secret.by_env.env = ***"),
            (r#"client_secret = { by_env = { env = "hunter2" } }"#, "client_secret = { by_env = { env = ***"),
            (r#"issuer = { by_env = { dev = "http://x" } }"#, r#"issuer = { by_env = { dev = "http://x" } }"#),
            (r#"vars = { kc = "hunter2" }"#, "vars = { kc = ***"),
            (r#"endpoints = [{ name = "a", body = "hunter2" }]"#, r#"endpoints = [{ name = "a", body = ***"#),
            (r#"proxy = "http://me:hunter2@proxy""#, "proxy = ***"),
            (r#"headers = { X-Key = "hunter2" }"#, "headers = { X-Key = ***"),
            (r#"expect = { tester = "allwo" }"#, r#"expect = { tester = "allwo" }"#),
            (r#"[profiles.tester] client_secret = "hunter2""#, "[profiles.tester] client_secret = ***"),
            (
                r#"profiles = { t = { provider = "d", client_secret = "hunter2" } }"#,
                "profiles = { t = { provider = ***",
            ),
            (r#"title = "a = b" # hunter2"#, r#"title = "a = b""#),
            (r#"issuer = "http://x" "#, r#"issuer = "http://x""#),
            (r#"issuer = "http://me:hunter2@host/""#, r#"issuer = "***"#),
            (r#"client_id = "me@example.com""#, r#"client_id = "me@example.com""#),
            ("# client_secret = \"hunter2\"", ""),
            ("", ""),
        ] {
            assert_eq!(shown_at(text, 1), shown, "{text}");
        }
    }

    #[test]
    fn a_secret_over_several_lines_is_masked_on_each() {
        let text = "client_secret = \"\"\"\nhunter2\n\"\"\"\ntitle = \"x\"\n";
        let lines: Vec<_> = (1..=4).map(|number| shown_at(text, number)).collect();
        assert_eq!(lines, ["client_secret = ***", "***", "***", "title = \"x\""]);
        let never_closed = "title = 'x'\nclient_secret = '''\nhunter2\ntitle = \"x\"\n";
        assert_eq!(shown_at(never_closed, 4), "***");
        let list = "params = [\n  \"hunter2\",\n]\ntitle = \"x\"";
        let lines: Vec<_> = (1..=4).map(|number| shown_at(list, number)).collect();
        assert_eq!(lines, ["params = ***", "***", "***", "title = \"x\""]);
    }

    #[test]
    fn what_stands_under_the_header_of_something_masked_is_masked() {
        for (header, key, shown) in [
            ("[profiles.x.params]", "title", "title = ***"),
            ("[profiles.x.\"params\"]", "title", "title = ***"),
            ("[profiles.x . params]", "title", "title = ***"),
            ("[apis.x.headers]", "name", "name = ***"),
            ("[environments.dev.vars]", "issuer", "issuer = ***"),
            ("[profiles.x.client_secret]", "env", "env = \"hunter2\""),
            ("[profiles.x.client_secret]", "value", "value = ***"),
            ("[profiles.x.client_secret.by_env]", "env", "env = ***"),
            ("[profiles.x]", "title", "title = \"hunter2\""),
        ] {
            assert_eq!(shown_at(&format!("{header}\n{key} = \"hunter2\""), 2), shown, "{header}");
        }
        let after = "[profiles.x.params]\na = \"hunter2\"\n[profiles.y]\ntitle = \"y\"";
        assert_eq!(shown_at(after, 4), "title = \"y\"");
    }

    #[test]
    fn all_lines_show_where_a_comment_stands() {
        let text = "# hunter2\ntitle = \"x\"  # hunter2\nclient_secret = \"hunter2\" # x\n";
        assert_eq!(lines(text), ["# …", "title = \"x\"  # …", "client_secret = ***", ""]);
    }

    #[test]
    fn a_list_that_is_not_closed_hides_nothing_after_it_and_shows_no_secret() {
        let text = "scopes = [\"a\"\nclient_secert = \"hunter2\"\nissuer = \"x\"";
        assert_eq!(shown_at(text, 2), "client_secert = ***");
        assert_eq!(shown_at(text, 3), "issuer = \"x\"");
    }
}
