//! Whether a profiles.toml that merely lay in the folder may be acted on without a look: what it would make the program
//! run, read and send, in whichever environment, all layers together.
//!
//! Looked up in the tree of the file, not in the model: a part that is disabled, or a value for an environment that is
//! not chosen, is one edit away from counting. Pure. Imports siblings, and a digest.

use std::collections::HashSet;
use std::fmt::{self, Write as _};

use aws_lc_rs::digest::{SHA256, digest};
use toml::de::{DeTable, DeValue};

use super::address::{LONGEST, is_loopback};
use super::environments;
use super::layers::{Laid, Layers};
use super::names::spelt_out;
use super::notes::Notes;
use super::resolve::{self, Faults, Room};
use super::words::SECRETS;

/// The keys of a provider that hold addresses.
const ADDRESSES: [&str; 9] = [
    "issuer",
    "token_endpoint",
    "jwks_uri",
    "authorization_endpoint",
    "device_authorization_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "userinfo_endpoint",
    "end_session_endpoint",
];

/// Those of them to which a client sends its secret, besides the token endpoint.
const AUTHENTICATED: [&str; 4] =
    ["device_authorization_endpoint", "introspection_endpoint", "revocation_endpoint", "end_session_endpoint"];

/// More addresses than these are not one provider's: no value that can be used has them.
const MOST: usize = 64;

/// What a part of the file does that a person should know of first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FactKind {
    /// It runs a command.
    Command,
    /// It reads an environment variable.
    Variable,
    /// It reads a file.
    File,
    /// It reads an entry of the keyring.
    Keyring,
    /// It asks a person for a secret that goes to another machine.
    Prompt,
    /// It sends to a host that is not this machine.
    Host,
    /// It sends through a proxy.
    Proxy,
    /// It trusts further certificates.
    Ca,
    /// It trusts any certificate.
    Insecure,
    /// It sends secrets and tokens over plain HTTP.
    Plaintext,
    /// It sends a header of its own to another machine, such as one that a server takes for its own name.
    Header,
}

/// One such thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Which part of the file: `profiles.tester`.
    pub subject: String,
    /// What it does.
    pub kind: FactKind,
    /// What exactly, in full, control characters spelt out: the command with every argument, the name, the address.
    pub text: String,
    /// For a secret: the addresses that it would go to.
    pub goes_to: Vec<String>,
    /// Byte for byte what makes this fact this one.
    exact: Vec<String>,
}

/// One sentence without a full stop.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, kind, text, .. } = self;
        match kind {
            FactKind::Command => write!(f, "{subject}: runs the command {text}"),
            FactKind::Variable => write!(f, "{subject}: reads the variable {text}"),
            FactKind::File => write!(f, "{subject}: reads the file {text}"),
            FactKind::Keyring => write!(f, "{subject}: reads the keyring's entry {text}"),
            FactKind::Prompt => write!(f, "{subject}: asks for its secret"),
            FactKind::Host => write!(f, "{subject}: sends to {text}"),
            FactKind::Proxy => write!(f, "{subject}: sends through the proxy {text}"),
            FactKind::Ca => write!(f, "{subject}: trusts the certificates in {text}"),
            FactKind::Insecure => write!(f, "{subject}: checks no certificate"),
            FactKind::Plaintext => write!(f, "{subject}: sends secrets and tokens over plain http"),
            FactKind::Header => write!(f, "{subject}: sends the header {text}"),
        }?;
        if !self.goes_to.is_empty() {
            write!(f, ", for {}", self.goes_to.join(" and "))?;
        }
        Ok(())
    }
}

/// All of them, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    facts: Vec<Fact>,
    known: HashSet<Vec<String>>,
}

impl Facts {
    /// In the order of the file: providers, APIs, profiles.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Fact> {
        self.facts.iter()
    }

    /// Whether the file stays on this machine and takes nothing from it.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// The SHA-256 of all facts in hexadecimal digits. Their order does not count, nor does anything else in the file.
    pub fn digest(&self) -> String {
        let mut all: Vec<_> = self.facts.iter().map(|fact| &fact.exact).collect();
        all.sort();
        let mut canonical = Vec::new();
        for exact in all {
            canonical.extend((exact.len() as u64).to_be_bytes());
            for part in exact {
                canonical.extend((part.len() as u64).to_be_bytes());
                canonical.extend(part.as_bytes());
            }
        }
        sha256(&canonical)
    }

    /// Takes note of a fact. `binds` is what else it consists of: should that change, the fact is another.
    fn add(&mut self, kind: FactKind, subject: &str, words: &[&str], binds: &[String]) {
        let mut exact = vec![format!("{kind:?}"), subject.to_owned(), words.len().to_string()];
        // A proxy may hold a password, a header anything.
        // What cannot name a variable is perhaps the secret itself.
        let no_name = kind == FactKind::Variable && words.iter().any(|word| word.contains(['=', '\0']));
        let hidden = no_name || matches!(kind, FactKind::Proxy | FactKind::Header);
        exact.extend(words.iter().map(|word| if hidden { sha256(word.as_bytes()) } else { (*word).to_owned() }));
        exact.extend(binds.iter().cloned());
        if self.known.insert(exact.clone()) {
            let text = match kind {
                _ if no_name => "***".to_owned(),
                FactKind::Command => command(words),
                FactKind::Proxy => without_password(&words.join(" ")),
                FactKind::Header => format!("{}: ***", spelt_out(words.first().unwrap_or(&""))),
                _ => spelt_out(&words.join(" ")),
            };
            let secret = matches!(
                kind,
                FactKind::Command | FactKind::Variable | FactKind::File | FactKind::Keyring | FactKind::Prompt
            );
            let goes_to = if secret { binds.iter().map(|address| spelt_out(address)).collect() } else { Vec::new() };
            self.facts.push(Fact { subject: spelt_out(subject), kind, text, goes_to, exact });
        }
    }
}

/// What these files would make the program do, over all environments.
pub fn facts(layers: &Layers<'_>) -> Facts {
    let laid = Laid::of(layers);
    let mut notes = Notes::on(&laid.texts, Faults::new());
    let settings = environments::read(&laid.root, &mut notes);
    let mut facts = Facts::default();
    if !resolve::depends(&laid.root) {
        collect(&laid.root, &mut facts);
        return facts;
    }
    let mut chosen: Vec<_> = settings.iter().map(Some).collect();
    if chosen.is_empty() {
        chosen.push(None);
    }
    let mut room = Room::default();
    for chosen in chosen {
        let (tree, _) = resolve::resolve(&laid.root, &settings, chosen, &laid.texts, &mut room);
        collect(&tree, &mut facts);
        // Such a file is not in force, see `parse_layers`: there is nothing to review.
        if room.exceeded {
            break;
        }
    }
    facts
}

fn collect(root: &DeTable<'_>, facts: &mut Facts) {
    let group = |name: &str| root.get(name).and_then(|group| group.get_ref().as_table());
    let items = |name: &'static str| {
        let items = group(name).into_iter().flatten();
        items.filter_map(move |(key, value)| {
            Some((key.get_ref().as_ref(), format!("{name}.{}", key.get_ref()), value.get_ref().as_table()?))
        })
    };
    for (_, subject, provider) in items("providers") {
        for key in ADDRESSES {
            hosts(provider, key, &subject, &[], facts);
        }
        headers(provider, &ADDRESSES, &subject, facts);
        connection(provider, &subject, facts);
    }
    for (_, subject, api) in items("apis") {
        // An API that begins to trust another provider gets other tokens.
        let provider: Vec<_> = texts(api, "provider").into_iter().map(str::to_owned).collect();
        hosts(api, "base_url", &subject, &provider, facts);
        headers(api, &["base_url"], &subject, facts);
        connection(api, &subject, facts);
    }
    for (_, subject, profile) in items("profiles") {
        let providers = texts(profile, "provider");
        let provider = providers.first().and_then(|name| group("providers")?.get(*name)?.get_ref().as_table());
        let address = |key| provider.map(|provider| texts(provider, key)).unwrap_or_default();
        let by_hand = address("token_endpoint");
        let mut goes_to = if by_hand.is_empty() { address("issuer") } else { by_hand };
        // The client authenticates there as well.
        goes_to.extend(AUTHENTICATED.iter().flat_map(|key| address(key)));
        // Not an address that could be used, and many profiles may name its provider.
        goes_to.retain(|address| address.len() <= LONGEST);
        let goes_to: Vec<_> = goes_to.into_iter().take(MOST).map(str::to_owned).collect();
        if texts(profile, "token_cache").contains(&"keyring") {
            facts.add(FactKind::Keyring, &subject, &["for its tokens"], &goes_to);
        }
        if profile.get("remember").is_some_and(|value| may_be_true(value.get_ref())) {
            facts.add(FactKind::Keyring, &subject, &["for its refresh token"], &goes_to);
        }
        // The code of a login goes there by way of the browser.
        hosts(profile, "redirect_uri", &subject, &goes_to, facts);
        for key in SECRETS {
            secret(profile.get(key).map(toml::Spanned::get_ref), &subject, &goes_to, facts);
        }
    }
}

/// Where a secret comes from.
fn secret(value: Option<&DeValue<'_>>, subject: &str, goes_to: &[String], facts: &mut Facts) {
    let Some(DeValue::Table(table)) = value else { return };
    for (key, kind) in [("env", FactKind::Variable), ("file", FactKind::File), ("keyring", FactKind::Keyring)] {
        for text in texts(table, key) {
            facts.add(kind, subject, &[text], goes_to);
        }
    }
    let command = texts(table, "command");
    if !command.is_empty() {
        facts.add(FactKind::Command, subject, &command, goes_to);
    }
    let asks = table.get("prompt").is_some_and(|value| may_be_true(value.get_ref()));
    if asks && goes_to.iter().any(|address| !is_loopback(address)) {
        facts.add(FactKind::Prompt, subject, &[], goes_to);
    }
    // What could not be resolved holds a source for each environment.
    for choice in table.get("by_env").and_then(|choices| choices.get_ref().as_table()).into_iter().flatten() {
        secret(Some(choice.1.get_ref()), subject, goes_to, facts);
    }
}

fn hosts(table: &DeTable<'_>, key: &str, subject: &str, binds: &[String], facts: &mut Facts) {
    for address in texts(table, key).into_iter().filter(|address| !is_loopback(address)) {
        facts.add(FactKind::Host, subject, &[address], binds);
    }
}

/// The headers that are sent to another machine: with one a server can be made to answer as somebody else would, or to
/// name other addresses in its discovery document.
fn headers(table: &DeTable<'_>, addresses: &[&str], subject: &str, facts: &mut Facts) {
    let abroad = addresses.iter().any(|key| texts(table, key).into_iter().any(|address| !is_loopback(address)));
    let headers = table.get("headers").and_then(|headers| headers.get_ref().as_table()).filter(|_| abroad);
    for name in headers.into_iter().flat_map(|headers| headers.keys()) {
        let values = headers.map(|headers| texts(headers, name.get_ref())).unwrap_or_default();
        for value in values {
            facts.add(FactKind::Header, subject, &[name.get_ref(), value], &[]);
        }
    }
}

/// How to connect, as providers and APIs say it.
fn connection(table: &DeTable<'_>, subject: &str, facts: &mut Facts) {
    for proxy in texts(table, "proxy").into_iter().filter(|proxy| *proxy != "none") {
        facts.add(FactKind::Proxy, subject, &[proxy], &[]);
    }
    for path in texts(table, "ca") {
        facts.add(FactKind::Ca, subject, &[path], &[]);
    }
    for (key, kind) in [("insecure", FactKind::Insecure), ("plaintext", FactKind::Plaintext)] {
        if table.get(key).is_some_and(|value| may_be_true(value.get_ref())) {
            facts.add(kind, subject, &[], &[]);
        }
    }
}

/// All texts in the value of a key: of what could not be resolved, those of every environment.
fn texts<'t>(table: &'t DeTable<'_>, key: &str) -> Vec<&'t str> {
    fn of<'t>(value: &'t DeValue<'_>, found: &mut Vec<&'t str>) {
        match value {
            DeValue::String(text) => found.push(text),
            DeValue::Array(list) => list.iter().for_each(|value| of(value.get_ref(), found)),
            DeValue::Table(table) => table.values().for_each(|value| of(value.get_ref(), found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    if let Some(value) = table.get(key) {
        of(value.get_ref(), &mut found);
    }
    found
}

fn may_be_true(value: &DeValue<'_>) -> bool {
    match value {
        DeValue::Boolean(flag) => *flag,
        DeValue::Table(table) => table.values().any(|value| may_be_true(value.get_ref())),
        _ => false,
    }
}

/// The address of a proxy as it may be put before people.
fn without_password(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((start, host)) => {
            let scheme = start.split_once("://").map_or("", |(scheme, _)| scheme);
            spelt_out(&format!("{scheme}://***@{host}"))
        }
        None => spelt_out(address),
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut out = String::new();
    for byte in digest(&SHA256, bytes).as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// A command with every argument, quoted where it would not be seen where one ends.
fn command(words: &[&str]) -> String {
    let plain = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./:=@%+,".contains(c));
    let quoted = words.iter().map(|word| {
        let shown = spelt_out(word);
        if plain(word) { shown } else { format!("'{}'", shown.replace('\'', "'\\''")) }
    });
    quoted.collect::<Vec<_>>().join(" ")
}
