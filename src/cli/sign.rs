//! `tokenscope sign CLAIMS`: a token from claims and a key. Asks nobody.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::Exit;
use super::members::Written;
use super::output::{Paint, complain, print, wrong_usage};
use super::token_argument::exact_text_of;
use crate::engine::{self, SignWith, signing_key, write_new};
use crate::exchange::Secret;
use crate::jwt::{Draft, KeyType, Part, Severity, SignError, SigningKey, Token, lint, lint_keys, shown, sign, times};

/// How much of one finding is printed.
const LONGEST_FINDING: usize = 600;

#[derive(Args, Debug)]
pub struct SignArguments {
    /// The claims as JSON, - (standard input) or @FILE; or a token, whose header and claims are taken
    pub claims: String,
    #[command(flatten)]
    pub key: SigningArguments,
    /// Name the key in the header (kid)
    #[arg(long, value_name = "KID")]
    pub kid: Option<String>,
    /// Set a header parameter (repeatable): JSON, or else text
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub header: Vec<(String, String)>,
    /// Set a claim (repeatable): JSON, or else text
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = pair)]
    pub claim: Vec<(String, String)>,
    /// When it ends: +1h, -5m, now, 2026-11-23T20:00:00Z, or seconds since 1970
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub exp: Option<String>,
    /// When it begins, likewise
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub nbf: Option<String>,
    /// When it was issued, likewise
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub iat: Option<String>,
    /// Keep the key that --new made in a new file, readable by you alone: PEM, or a secret as b64:...
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "secret_env", "secret_file"])]
    pub keep_key: Option<PathBuf>,
    /// Print JSON: token, header, claims, jwk, secret, made_here
    #[arg(long)]
    pub json: bool,
}

/// What to sign with: one of these.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct SigningArguments {
    /// A private key in a file: PEM, DER or JWK
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A shared secret in this environment variable: text, b64:... or hex:...
    #[arg(long, value_name = "NAME")]
    pub secret_env: Option<String>,
    /// A shared secret in this file, likewise
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// A key made on the spot for this algorithm, such as RS256 or ES256; what checks its tokens is told
    #[arg(long, value_name = "ALG")]
    pub new: Option<String>,
}

impl SigningArguments {
    fn source(&self) -> Option<SignWith> {
        let given = [
            self.key.clone().map(SignWith::Key),
            self.secret_env.clone().map(SignWith::SecretEnv),
            self.secret_file.clone().map(SignWith::SecretFile),
            self.new.clone().map(SignWith::New),
        ];
        given.into_iter().flatten().next()
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

pub fn run(arguments: &SignArguments) -> anyhow::Result<Exit> {
    let wrong = |what: String| Ok(wrong_usage(&what, None));
    let Some(from) = arguments.key.source() else { return wrong("nothing to sign with".to_owned()) };
    let key = match signing_key(&from) {
        Ok(key) => key,
        Err(error) => return wrong(error.to_string()),
    };
    let text = match exact_text_of(&arguments.claims)? {
        Ok(text) => text,
        Err(exit) => return Ok(exit),
    };
    let made = match draft(&text, arguments, &key, engine::now()) {
        Ok(draft) => sign(&draft, &key).map_err(|error| error.to_string()),
        Err(what) => Err(what),
    };
    if let Some(path) = arguments.keep_key.as_ref().filter(|_| made.is_ok()) {
        let (kept, path) = (write_new(path, key.saved().reveal().as_bytes()), shown(&path.to_string_lossy(), 1000));
        if let Err(error) = kept {
            return wrong(format!("the key could not be kept in {path}: {error}"));
        }
        let option = if key.kty() == KeyType::Secret { "--secret-file" } else { "--key" };
        complain(&format!(
            "{} its key is kept: {option} {path} signs with it again\n",
            Paint::for_stderr().warn(" note:")
        ));
    }
    match made {
        Ok(token) => show(&token, &key, matches!(from, SignWith::New(_)), arguments.json),
        Err(what) => wrong(what),
    }
}

/// What was asked for, not yet signed.
fn draft(text: &str, arguments: &SignArguments, key: &SigningKey, now: Timestamp) -> Result<Draft, String> {
    let words = |error: SignError| error.to_string();
    let mut draft = if text.trim_start().starts_with('{') {
        Draft::of_claims(text)
    } else {
        let mut draft = Draft::of_token(&Token::read(text))
            .ok_or("the claims are neither a JSON object nor a token with claims; write them as {\"sub\": \"..\"}")?;
        draft.fit(key).map_err(words)?;
        draft
    };
    for (name, value) in &arguments.header {
        draft.set_header(name, value).map_err(words)?;
    }
    if let Some(kid) = &arguments.kid {
        draft.set_header("kid", &Value::from(kid.as_str()).to_string()).map_err(words)?;
    }
    for (name, value) in &arguments.claim {
        draft.set_claim(name, value).map_err(words)?;
    }
    for (name, time) in [("exp", &arguments.exp), ("nbf", &arguments.nbf), ("iat", &arguments.iat)] {
        let Some(time) = time else { continue };
        let instant = times::parse(time, now).map_err(|error| format!("--{name}: {error}"))?;
        draft.set_claim(name, &instant.as_second().to_string()).map_err(words)?;
    }
    draft.resolve_times(now).map_err(words)?;
    Ok(draft)
}

/// The documented members, in this order.
#[derive(Serialize)]
struct Answer<'a> {
    token: &'a str,
    header: Option<Written<'a>>,
    claims: Option<Written<'a>>,
    jwk: Option<Value>,
    secret: Option<&'a str>,
    made_here: bool,
}

fn show(token: &Secret, key: &SigningKey, is_new: bool, as_json: bool) -> anyhow::Result<Exit> {
    // A secret made just now protects nothing yet, and without it nobody could check the token.
    let secret = (is_new && key.kty() == KeyType::Secret).then(|| key.saved().reveal());
    let jwk = key.verifying().jwk();
    let (read, note) = (Token::of(token), Paint::for_stderr().warn(" note:"));
    for what in amiss(&read, key, engine::now()) {
        complain(&format!("{note} {what}; it is signed as it stands\n"));
    }
    if as_json {
        let made = Answer {
            token: token.reveal(),
            header: Written::as_signed(&read, Part::Header),
            claims: Written::as_signed(&read, Part::Payload),
            jwk,
            secret,
            made_here: true,
        };
        print(&format!("{}\n", serde_json::to_string_pretty(&made)?))?;
        return Ok(Exit::Fine);
    }
    complain(&format!("{note} {} was made here; no provider issued it\n", token.fingerprint()));
    if let Some(jwk) = jwk.filter(|_| is_new) {
        complain(&format!("{note} the public key that checks it: {jwk}\n"));
    }
    if let Some(secret) = secret {
        complain(&format!("{note} the secret that checks it: {secret}\n"));
    }
    print(&format!("{}\n", token.reveal())).context("the token could not be written")?;
    Ok(Exit::Fine)
}

/// What readers may refuse the token for: who wants just such a token reads on, who does not would look for it elsewhere.
fn amiss(token: &Token, key: &SigningKey, now: Timestamp) -> Vec<String> {
    let findings = [lint(token, now), lint_keys(token, &key.verifying_set(), now)].concat();
    let findings = findings.into_iter().filter(|finding| finding.severity == Severity::Error);
    let mut amiss: Vec<String> = findings
        .map(|finding| format!("{}: {}", finding.id, shown(finding.message.trim_end_matches('.'), LONGEST_FINDING)))
        .collect();
    for name in ["exp", "nbf", "iat"] {
        let times::NumericDate::Absurd(why) = token.date(name) else { continue };
        let what = format!("{name} {why}");
        if !amiss.iter().any(|said| said.contains(&what)) {
            amiss.push(what);
        }
    }
    amiss
}
