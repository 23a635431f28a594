//! `tokenscope add [URL]`: makes a provider known by discovery and writes it, a client of it and an API into profiles.toml.
//!
//! What is found goes to stderr, what is written to stdout. On a terminal what is missing is asked for; without one all
//! must be given.

mod ask;

use std::io::{self, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::Args;
use zeroize::Zeroizing;

use super::Exit;
use super::asking::given;
use super::output::{Paint, complain, print, wrong_usage};
use crate::config::edit::DiffLine;
use crate::config::pasted::{self, Pasted};
use crate::config::{Addition, Connection, Draft, DraftClient, DraftProvider, Keep, NewProvider};
use crate::engine::{Engine, Introduction, Unmet};
use crate::exchange::Secret;
use crate::jwt::shown;
use crate::oauth::{ClientAuth, Grant};

/// How much of a foreign line is printed.
const LINE: usize = 1_000;

#[derive(Args, Debug)]
#[allow(missing_docs, reason = "a doc comment here would become help text")]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own on the command line")]
pub struct AddArguments {
    /// An address of the authorization server: issuer, realm, admin console, .well-known, token endpoint, or a host;
    /// - reads that, a curl command or a keycloak.json from standard input
    pub url: Option<String>,
    /// The client's id
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The secret is in this environment variable
    #[arg(long, value_name = "NAME", group = "kept")]
    pub secret_env: Option<String>,
    /// Keep the secret in the system's keyring
    #[arg(long, group = "kept")]
    pub secret_keyring: bool,
    /// Keep the secret nowhere: it is asked for in each run
    #[arg(long, group = "kept")]
    pub secret_prompt: bool,
    /// Write the secret into the file itself
    #[arg(long, group = "kept")]
    pub secret_in_file: bool,
    /// Read the secret from standard input; it goes into the file unless --secret-keyring keeps it
    #[arg(long, conflicts_with_all = ["secret_env", "secret_prompt"])]
    pub secret_stdin: bool,
    /// How it gets a token: client_credentials, authorization_code (a login in the browser) or device_code
    #[arg(long, value_name = "GRANT", value_parser = grant, default_value = "client_credentials")]
    pub grant: Grant,
    /// How the client authenticates: basic, basic-raw, post, or none for a public client
    #[arg(long, value_name = "HOW", value_parser = authentication)]
    pub auth: Option<ClientAuth>,
    /// The address of an API that takes its tokens
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
    /// One path of that API
    #[arg(long, value_name = "PATH", requires = "api")]
    pub path: Option<String>,
    /// The path is called without a token
    #[arg(long, requires = "api")]
    pub public: bool,
    /// Ask for this scope (repeatable)
    #[arg(long, value_name = "SCOPE")]
    pub scope: Vec<String>,
    /// The audience parameter, for providers that want it
    #[arg(long)]
    pub audience: Option<String>,
    /// The profile's name [default: made from the client's id]
    #[arg(long)]
    pub name: Option<String>,
    /// Trust the certificates in this PEM file or folder besides the system's
    #[arg(long, value_name = "FILE")]
    pub ca: Option<String>,
    /// Check no certificate of the provider
    #[arg(long)]
    pub insecure: bool,
    /// Let secrets and tokens go over plain http to another machine
    #[arg(long)]
    pub plaintext: bool,
    /// Write without asking
    #[arg(long)]
    pub yes: bool,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Write into this profiles.toml; it need not be there yet
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

fn authentication(text: &str) -> Result<ClientAuth, String> {
    let found = ClientAuth::NAMES.iter().find(|(name, _)| *name == text);
    found.map(|(_, auth)| *auth).ok_or_else(|| format!("{text} is none of basic, basic-raw, post and none"))
}

fn grant(text: &str) -> Result<Grant, String> {
    let offered = Grant::NAMES.iter().filter(|(_, grant)| *grant != Grant::Password);
    let found = offered.into_iter().find(|(name, _)| *name == text);
    found
        .map(|(_, grant)| *grant)
        .ok_or_else(|| format!("{text} is none of client_credentials, authorization_code and device_code"))
}

/// What ended the command early; it has been said.
struct Stop(Exit);

pub async fn run(engine: &Engine, arguments: &AddArguments) -> anyhow::Result<Exit> {
    match add(engine, arguments).await {
        Ok(exit) | Err(Stop(exit)) => Ok(exit),
    }
}

async fn add(engine: &Engine, arguments: &AddArguments) -> Result<Exit, Stop> {
    // Only when both ends are a terminal is there somebody to ask.
    let person = io::stdin().is_terminal() && io::stderr().is_terminal();
    let pasted = read(arguments, person)?;
    let connection = Connection {
        ca: arguments.ca.clone().or(pasted.ca.clone()),
        insecure: arguments.insecure || pasted.insecure,
        ..Connection::default()
    };
    let met = introduce(engine, &pasted, &connection).await?;
    tell(&met, &pasted);
    let mut draft = draft(engine, arguments, &pasted, &met, &connection);
    if arguments.secret_stdin
        && let Some(client) = &mut draft.client
    {
        client.secret = Some(given(&client.id).await.ok_or(Stop(Exit::Usage))?);
    }
    if person {
        ask::missing(engine, arguments, &mut draft, &met).await?;
    } else {
        all_given(arguments, &draft)?;
    }
    let addition = draft.addition(&engine.profiles()).map_err(|faults| {
        for fault in faults {
            wrong(&format!("{}: {}", in_words(fault.field), fault.what), None);
        }
        Stop(Exit::Usage)
    })?;
    let secret = draft.client.and_then(|client| client.secret);
    write(engine, arguments, addition, secret, person).await
}

/// What was given as the address: read, and if it names no server, refused.
fn read(arguments: &AddArguments, person: bool) -> Result<Pasted, Stop> {
    let text = match arguments.url.as_deref() {
        Some("-") if arguments.secret_stdin => {
            return Err(refuse("standard input cannot give both the address and the secret", None));
        }
        Some("-") => from_stdin()?,
        Some(url) => Zeroizing::new(url.to_owned()),
        None if person => ask::line("Address of the authorization server", "")?,
        None => {
            let hint = "tokenscope add https://login.example.com/realms/shop, or - to paste on standard input";
            return Err(refuse("the address is missing", Some(hint)));
        }
    };
    let pasted = pasted::read(&text).map_err(|error| refuse(&error.to_string(), Some(error.advice())))?;
    if pasted.names_a_provider() {
        return Ok(pasted);
    }
    let hint = "Give the address of the authorization server; --api takes that of an API.";
    Err(refuse(
        &format!("{} names no authorization server", pasted.what),
        Some(pasted.remarks.first().map_or(hint, |remark| remark)),
    ))
}

fn from_stdin() -> Result<Zeroizing<String>, Stop> {
    let mut bytes = Zeroizing::new(Vec::new());
    let bound = u64::try_from(pasted::LONGEST).unwrap_or(u64::MAX);
    io::stdin()
        .lock()
        .take(bound + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| refuse(&format!("standard input cannot be read: {error}"), None))?;
    Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned()))
}

async fn introduce(engine: &Engine, pasted: &Pasted, connection: &Connection) -> Result<Introduction, Stop> {
    let paint = Paint::for_stderr();
    let asking = |url: &str| complain(&format!("{}\n", paint.dim(&format!("  asking {}", shown(url, LINE)))));
    engine.introduce(pasted, connection, asking).await.map_err(|unmet: Unmet| {
        wrong(&unmet.to_string(), None);
        for advice in &unmet.advice {
            complain(&format!("{} {}\n", paint.warn(" hint:"), shown(advice, LINE)));
        }
        Stop(Exit::NoAnswer)
    })
}

/// What was found, for people.
fn tell(met: &Introduction, pasted: &Pasted) {
    let paint = Paint::for_stderr();
    complain(&format!("{}\n", paint.bold(&met.headline())));
    for line in met.offers() {
        complain(&format!("  {}\n", shown(&line, LINE)));
    }
    for remark in &met.remarks {
        let mark = if remark.warning { paint.warn("warning:") } else { paint.warn(" note:") };
        complain(&format!("{mark} {}\n", shown(&remark.text, LINE)));
    }
    for remark in &pasted.remarks {
        complain(&format!("{} {}\n", paint.warn(" note:"), shown(remark, LINE)));
    }
}

/// What the arguments and what was pasted come to.
fn draft(
    engine: &Engine,
    arguments: &AddArguments,
    pasted: &Pasted,
    met: &Introduction,
    connection: &Connection,
) -> Draft {
    let provider = match engine.profiles().provider_of_issuer(met.issuer.as_str()) {
        Some(known) => DraftProvider::Known(known.name.clone()),
        None => DraftProvider::New {
            provider: NewProvider {
                token_endpoint: met.token_endpoint.clone(),
                jwks_uri: met.jwks_uri.clone(),
                ca: connection.ca.clone(),
                insecure: connection.insecure,
                ..NewProvider::found(&met.issuer)
            },
            tokens_from: met.tokens_from().unwrap_or_default().to_owned(),
        },
    };
    let ways = met.ways_to_authenticate();
    let auth = arguments.auth.or(pasted.auth.filter(|auth| ways.contains(auth))).or(ways.first().copied());
    // Who logs in by a program on this machine has no secret there, unless one is given.
    let gives_secret = pasted.secret.is_some()
        || pasted.secret_env.is_some()
        || arguments.secret_env.is_some()
        || arguments.secret_keyring
        || arguments.secret_prompt
        || arguments.secret_stdin;
    let is_public = arguments.grant.is_of_a_person() && arguments.auth.is_none() && !gives_secret;
    let auth = if is_public { Some(ClientAuth::None) } else { auth };
    let variable = arguments.secret_env.clone().or(pasted.secret_env.clone());
    let keep = match variable {
        _ if arguments.secret_keyring => Keep::Keyring,
        _ if arguments.secret_prompt => Keep::Ask,
        _ if arguments.secret_stdin => Keep::InFile,
        Some(variable) => Keep::Variable(variable),
        None => Keep::InFile,
    };
    let call = pasted.call.as_ref();
    let scopes = if arguments.scope.is_empty() { pasted.scopes.to_string() } else { arguments.scope.join(" ") };
    Draft {
        provider,
        client: Some(DraftClient {
            id: arguments
                .client_id
                .clone()
                .or_else(|| pasted.client_id.as_ref().map(ToString::to_string))
                .unwrap_or_default(),
            secret: pasted.secret.clone(),
            keep,
            grant: arguments.grant,
            auth: auth.unwrap_or_default(),
            scopes,
            audience: arguments.audience.clone().or(pasted.audience.clone()).unwrap_or_default(),
            name: arguments.name.clone().unwrap_or_default(),
        }),
        api: arguments.api.clone().or_else(|| call.map(|call| call.base_url.clone())).unwrap_or_default(),
        path: arguments.path.clone().or_else(|| call.map(|call| call.path.clone())).unwrap_or_default(),
        method: call.map(|call| call.method.clone()).unwrap_or_default(),
        with_token: !arguments.public,
        plaintext: arguments.plaintext,
    }
}

/// Without a terminal nothing can be asked for.
fn all_given(arguments: &AddArguments, draft: &Draft) -> Result<(), Stop> {
    let Some(client) = &draft.client else { return Ok(()) };
    let has_secret = client.auth != ClientAuth::None;
    let needs_secret = has_secret && matches!(client.keep, Keep::InFile | Keep::Keyring);
    let said = arguments.secret_in_file || arguments.secret_stdin;
    let mut missing = Vec::new();
    if client.id.is_empty() {
        missing.push("--client-id ID");
    }
    if needs_secret && client.secret.is_none() {
        missing.push("--secret-env NAME, --secret-prompt or --secret-stdin (a public client: --auth none)");
    }
    if has_secret && client.secret.is_some() && client.keep == Keep::InFile && !said {
        missing
            .push("where its secret is kept: --secret-env NAME, --secret-keyring, --secret-prompt or --secret-in-file");
    }
    if missing.is_empty() {
        return Ok(());
    }
    let hint = format!("Give {}.", missing.join(", and "));
    Err(refuse("there is no terminal to ask for what is missing", Some(&hint)))
}

/// Shows what would be written and, when it may be, writes it.
async fn write(
    engine: &Engine,
    arguments: &AddArguments,
    addition: Addition,
    secret: Option<Secret>,
    person: bool,
) -> Result<Exit, Stop> {
    let profile = addition.profile.as_ref().map(|profile| profile.name.clone()).unwrap_or_default();
    let has_api = addition.api.is_some();
    engine.add_for_session(addition, secret).map_err(|error| refuse(&error.to_string(), None))?;
    let plan = engine
        .plan_save_in(arguments.to.clone(), Vec::new())
        .map_err(|error| refuse(&error.to_string(), Some(&error.advice())))?;
    let name = plan.path.display().to_string();
    let new = if plan.new { " (new)" } else { "" };
    _ = print(&format!("{}\n{}", Paint::for_stdout().bold(&format!("{name}{new}")), diff(&plan.diff)));
    if arguments.dry_run {
        complain("Nothing was written.\n");
        return Ok(Exit::Fine);
    }
    if !arguments.yes {
        if !person {
            return Err(refuse("nothing was written", Some("--yes writes it without asking.")));
        }
        if !ask::yes(&format!("Write this into {name}?"))? {
            complain("Nothing was written.\n");
            return Ok(Exit::Fine);
        }
    }
    let saved = engine.save(plan).map_err(|error| refuse(&error.to_string(), None))?;
    complain(&format!("Wrote {}.\n", saved.path.display()));
    for kept in engine.keep_given_secrets().await {
        match kept {
            Ok(place) => complain(&format!("The secret is kept in {place}.\n")),
            Err(failure) => {
                wrong(&failure.to_string(), failure.advice().first().map(String::as_str));
                return Err(Stop(Exit::Usage));
            }
        }
    }
    let option = arguments.to.as_ref().map(|path| format!("--profiles {} ", path.display())).unwrap_or_default();
    let next = if has_api { "probe" } else { "token" };
    complain(&format!("Next: tokenscope {option}{next} {profile}\n"));
    Ok(Exit::Fine)
}

fn diff(lines: &[DiffLine]) -> String {
    let paint = Paint::for_stdout();
    let line = |line: &DiffLine| {
        let text = format!("{} {}", line.sign, line.text);
        match line.sign {
            '+' => paint.good(text.trim_end()),
            '-' => paint.bad(text.trim_end()),
            _ => text.trim_end().to_owned(),
        }
    };
    let mut text = lines.iter().map(line).collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

/// The field of a fault, as the command line names it.
fn in_words(field: &str) -> &str {
    match field {
        "client_id" => "--client-id",
        "secret" => "the secret",
        "variable" => "--secret-env",
        "api" => "--api",
        "path" => "--path",
        "name" => "--name",
        "plaintext" => "--plaintext",
        other => other,
    }
}

fn wrong(text: &str, hint: Option<&str>) {
    wrong_usage(&shown(text, LINE), hint.map(|hint| shown(hint, LINE)).as_deref());
}

fn refuse(text: &str, hint: Option<&str>) -> Stop {
    wrong(text, hint);
    Stop(Exit::Usage)
}
