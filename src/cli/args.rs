//! What can be typed: the one definition from which parsing, `--help` and the exit on wrong usage come.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;

use super::add::AddArguments;
use super::completions::CompletionsArguments;
use super::config::ConfigArguments;
use super::diff::DiffArguments;
use super::exec::ExecArguments;
use super::introspect::IntrospectArguments;
use super::login::LoginArguments;
use super::logout::LogoutArguments;
use super::man::ManArguments;
use super::provider::ProviderArguments;
use super::secret::SecretArguments;
use super::sign::SignArguments;
use super::trust::TrustArguments;
use crate::config::Expect;
use crate::engine::{self, Ask, Choice, KeysFrom};
use crate::jwt::{CheckName, Policy, Severity, times};

/// A terminal OAuth2 explorer: fetch a token, look inside, fire it at an API, and be told why the API said no.
///
/// Without a command it opens the explorer.
#[derive(Debug, Parser)]
#[command(name = "tokenscope", version, max_term_width = 100, after_help = EXIT_CODES)]
pub struct Arguments {
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would become help text")]
    pub profiles: ProfilesArguments,
    /// The profile to begin with in the explorer
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Read keys and colours from this config.toml [default: $TOKENSCOPE_CONFIG, the configuration folder]
    #[arg(long, value_name = "FILE", global = true, help_heading = EVERYWHERE)]
    pub config: Option<PathBuf>,
    /// Draw with ASCII symbols only
    #[arg(long)]
    pub ascii: bool,
    #[command(subcommand)]
    #[allow(missing_docs, reason = "a doc comment here would become help text")]
    pub command: Option<Command>,
}

/// Options that each command takes stand by themselves, after those of its own.
const EVERYWHERE: &str = "Options of every command";

const EXIT_CODES: &str =
    "Exit codes: 0 as it should be; 1 the answer is no; 2 wrong usage or configuration; 3 no usable answer.";

/// Which profiles.
#[derive(Args, Clone, Debug)]
pub struct ProfilesArguments {
    /// Read this profiles.toml [default: $TOKENSCOPE_PROFILES, ./profiles.toml, the configuration folder, the demo]
    #[arg(long, value_name = "FILE", global = true, help_heading = EVERYWHERE)]
    pub profiles: Option<PathBuf>,
    /// Use the demo profiles built into the program
    #[arg(long, global = true, conflicts_with = "profiles", help_heading = EVERYWHERE)]
    pub demo: bool,
    /// Use the values of this environment [default: the first of the file that is not protected]
    #[arg(long, value_name = "NAME", env = "TOKENSCOPE_ENV", global = true, help_heading = EVERYWHERE)]
    pub env: Option<String>,
    /// Trust ./profiles.toml in this run, whatever it runs, reads and sends to
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub trust: bool,
}

impl ProfilesArguments {
    /// What was asked for.
    pub fn ask(&self) -> Ask {
        let choice = match &self.profiles {
            _ if self.demo => Choice::Demo,
            Some(path) => Choice::File(path.clone()),
            None => Choice::Usual,
        };
        Ask { choice, environment: self.env.clone().filter(|name| !name.is_empty()), trust: self.trust }
    }
}

/// The headless commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the access token of a profile, and nothing else
    Token(TokenArguments),
    /// Show what is in a token: header, claims, scopes, findings
    Decode(DecodeArguments),
    /// Check a token's signature and claims, check by check
    Verify(VerifyArguments),
    /// Make a token from claims and a key
    Sign(SignArguments),
    /// Show what differs between two tokens, or between what was asked for and granted
    Diff(DiffArguments),
    /// Ask a provider what a token means and whether it still holds
    Introspect(IntrospectArguments),
    /// Show what a provider offers, what is wrong with its document, and its keys
    Provider(ProviderArguments),
    /// Call endpoints with a profile's token; show the answers and why a call was refused
    Probe(ProbeArguments),
    /// Call all endpoints with all profiles and hold the answers against what was expected
    Matrix(MatrixArguments),
    /// Run the bundled authorization server and API
    Serve(tokenscope_server::ServeArgs),
    /// Add a provider, a client of it and an API to profiles.toml
    Add(AddArguments),
    /// Check profiles.toml: every mistake with its place, and whether secrets resolve
    Check,
    /// Run a program with a profile's token in its environment ($TOKEN)
    Exec(ExecArguments),
    /// End a remembered login, at the provider and here
    Logout(LogoutArguments),
    /// Keep or remove the client secret of a profile, or say where it comes from
    Secret(SecretArguments),
    /// Review what a profiles.toml would run, read and send to, and trust it to do just that
    Trust(TrustArguments),
    /// Show which files are read and where the others lie
    Config(ConfigArguments),
    /// Print what a shell needs to complete the command line
    Completions(CompletionsArguments),
    /// Print the manual page
    Man(ManArguments),
}

#[derive(Args, Debug)]
pub struct TokenArguments {
    /// The profile
    pub profile: String,
    /// Ask for this scope instead of the profile's own (repeatable)
    #[arg(long, value_name = "SCOPE")]
    pub scope: Vec<String>,
    /// Get a new one when the one in hand, or kept by token_cache, has fewer seconds left
    #[arg(long, value_name = "SECONDS")]
    pub min_ttl: Option<u64>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a doc comment here would become help text")]
    pub login: LoginArguments,
    /// Print "Authorization: Bearer ..." instead of the bare token
    #[arg(long, conflicts_with = "json")]
    pub header: bool,
    /// Print JSON: profile, access_token, token_type, expires_in, scope, claims
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct DecodeArguments {
    /// - (standard input), @FILE, the name of a profile, or the token itself
    #[arg(required_unless_present = "rules")]
    pub token: Option<String>,
    /// Exit with 1 when a finding is at least this severe
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// List the rules that findings come from
    #[arg(long, conflicts_with_all = ["token", "fail_on"])]
    pub rules: bool,
    /// Print JSON: header, claims, scopes, status, findings
    #[arg(long)]
    pub json: bool,
}

impl DecodeArguments {
    /// The token that was named.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }
}

/// How severe a finding must be to fail.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FailOn {
    Info,
    Warning,
    Error,
}

impl From<FailOn> for Severity {
    fn from(threshold: FailOn) -> Self {
        match threshold {
            FailOn::Info => Self::Info,
            FailOn::Warning => Self::Warning,
            FailOn::Error => Self::Error,
        }
    }
}

#[derive(Args, Debug)]
pub struct VerifyArguments {
    /// - (standard input), @FILE, the name of a profile, or the token itself
    pub token: String,
    #[command(flatten)]
    pub keys: KeyArguments,
    /// The issuer (iss) that must be found [default: that of --profile or --issuer]
    #[arg(long = "iss", value_name = "ISSUER")]
    pub expected_issuer: Option<String>,
    /// The audience (aud) that must be found
    #[arg(long)]
    pub audience: Option<String>,
    /// Seconds of grace for exp, nbf and iat, a year at most
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = Policy::read_leeway)]
    pub leeway: u64,
    /// Judge as of this time: 2026-11-23T20:00:00Z, +1h, -5m, or seconds since 1970
    #[arg(long, value_name = "TIME", value_parser = time, allow_hyphen_values = true)]
    pub at: Option<Timestamp>,
    /// Checks that must pass, separated by commas: key, signature, alg, exp, nbf, iat, iss, aud, typ, crit
    #[arg(long, value_name = "CHECK", value_delimiter = ',', value_parser = check_name)]
    pub require: Vec<CheckName>,
    /// Exit with 1 when a finding about the token or its key is at least this severe
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Print JSON: valid, checks, keys, leeway, judged_at, changes_at, findings
    #[arg(long)]
    pub json: bool,
}

/// Where the keys come from: one of these.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub struct KeyArguments {
    /// Keys, issuer and audience of this profile's provider
    #[arg(long = "profile", id = "keys_of", value_name = "NAME")]
    pub profile: Option<String>,
    /// Keys of this issuer, by discovery
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// A key set: a file or an address
    #[arg(long, value_name = "FILE|URL")]
    pub jwks: Option<String>,
    /// A key in a file: PEM or DER (public key, certificate, private key) or JWK
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A shared secret in this environment variable: text, b64:... or hex:...
    #[arg(long, value_name = "NAME")]
    pub secret_env: Option<String>,
    /// A shared secret in this file, likewise
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
}

impl KeyArguments {
    /// The one that was given.
    pub fn source(&self) -> Option<KeysFrom> {
        let given = [
            self.profile.clone().map(KeysFrom::Profile),
            self.issuer.clone().map(KeysFrom::Issuer),
            self.jwks.clone().map(KeysFrom::Jwks),
            self.key.clone().map(KeysFrom::Key),
            self.secret_env.clone().map(KeysFrom::SecretEnv),
            self.secret_file.clone().map(KeysFrom::SecretFile),
        ];
        given.into_iter().flatten().next()
    }
}

#[derive(Args, Debug)]
pub struct ProbeArguments {
    /// The profile
    pub profile: String,
    /// Endpoints by name (API/NAME where two have the same); all of them unless given
    #[arg(value_name = "ENDPOINT")]
    pub endpoints: Vec<String>,
    /// What every answer should be: allow, deny, or a status such as 403
    #[arg(long, value_name = "allow|deny|STATUS", value_parser = expectation)]
    pub expect: Option<Expect>,
    /// Also send methods that may change something
    #[arg(long)]
    pub r#unsafe: bool,
    /// Whole bodies, tokens in them not redacted
    #[arg(long)]
    pub body: bool,
    /// Print JSON, one object for each endpoint
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Debug)]
pub struct MatrixArguments {
    /// Only this profile (repeatable)
    #[arg(long = "profile", id = "rows", value_name = "NAME")]
    pub profile: Vec<String>,
    /// Let warnings count, such as a 401 where 403 was due
    #[arg(long)]
    pub strict: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = MatrixFormat::Table)]
    pub format: MatrixFormat,
}

/// How a matrix is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MatrixFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
}

fn time(text: &str) -> Result<Timestamp, String> {
    times::parse(text, engine::now()).map_err(|error| error.to_string())
}

fn check_name(text: &str) -> Result<CheckName, String> {
    text.parse().map_err(|_| {
        format!("{text} is no check; there are key, signature, alg, exp, nbf, iat, iss, aud, typ and crit")
    })
}

fn expectation(text: &str) -> Result<Expect, String> {
    match text {
        "allow" => Ok(Expect::Allow),
        "deny" => Ok(Expect::Deny),
        status => match status.parse() {
            Ok(code @ 100..=599) => Ok(Expect::Status(code)),
            _ => Err(format!("{status} is neither allow, deny nor a status between 100 and 599")),
        },
    }
}
