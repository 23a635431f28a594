//! TOKEN on the command line: `-`, `@FILE`, the name of a profile, or the token itself.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::asking::asking;
use super::output::{Paint, complain, wrong_usage};
use super::{Exit, fail};
use crate::config::{Changes, is_slug};
use crate::engine::{Engine, Failure, HeldToken, TokenAsk, read_bounded};
use crate::jwt::{Token, not_a_token, shown};

/// A token longer than this is read no further.
const BOUND: u64 = 2 * 1024 * 1024;

/// Whether profiles may have to be known: everything else is a token, or says where one is.
pub fn may_be_a_profile(argument: &str) -> bool {
    is_slug(argument)
}

/// The token meant where no profile can be; what went wrong has been said when there is none.
pub fn read(argument: &str) -> anyhow::Result<Result<Token, Exit>> {
    let text = match text_of(argument)? {
        Ok(text) => text,
        Err(exit) => return Ok(Err(exit)),
    };
    if let Some(what) = not_a_token(&text) {
        return Ok(Err(wrong(&format!("there is no token: this is {what}"))));
    }
    let token = Token::read(&text);
    if token.raw().reveal().is_empty() {
        return Ok(Err(nothing(argument)));
    }
    // Of several tokens only the first is meant: nobody must take its verdict for that of the others.
    for removed in token.cleaned() {
        complain(&format!("{} taken off: {removed}\n", Paint::for_stderr().warn(" note:")));
    }
    Ok(Ok(token))
}

/// Says that there is no token where one was looked for, such as after a command that printed none into a pipe.
fn nothing(argument: &str) -> Exit {
    let place = match argument {
        "-" => "standard input is empty".to_owned(),
        file if file.starts_with('@') => format!("{} is empty", file.strip_prefix('@').unwrap_or(file)),
        _ => "the argument is empty".to_owned(),
    };
    let hint = "TOKEN is - (standard input), @FILE, the name of a profile, or the token itself";
    wrong_usage(&format!("there is no token: {place}"), Some(hint))
}

/// The text meant: of standard input, of a file, or the argument itself.
pub fn text_of(argument: &str) -> anyhow::Result<Result<Zeroizing<String>, Exit>> {
    let own = |bytes: &[u8]| Zeroizing::new(line(&String::from_utf8_lossy(bytes)).to_owned());
    Ok(bytes_of(argument)?.map(|bytes| own(&bytes)))
}

/// The same where every byte counts: what is no UTF-8 is refused.
pub fn exact_text_of(argument: &str) -> anyhow::Result<Result<Zeroizing<String>, Exit>> {
    Ok(bytes_of(argument)?.and_then(|bytes| match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(line(text).to_owned())),
        Err(error) => {
            let place = error.valid_up_to();
            Err(wrong(&format!("what is to be signed is no UTF-8, from byte {place} on: write it anew as UTF-8")))
        }
    }))
}

fn bytes_of(argument: &str) -> anyhow::Result<Result<Zeroizing<Vec<u8>>, Exit>> {
    if argument == "-" {
        let mut bytes = Zeroizing::new(Vec::new());
        std::io::stdin().lock().take(BOUND + 1).read_to_end(&mut bytes)?;
        let too_long = u64::try_from(bytes.len()).unwrap_or(u64::MAX) > BOUND;
        let why = || wrong(&format!("standard input: it is longer than {BOUND} bytes, which no token is"));
        return Ok(if too_long { Err(why()) } else { Ok(bytes) });
    }
    let Some(path) = argument.strip_prefix('@') else { return Ok(Ok(Zeroizing::new(argument.into()))) };
    Ok(match read_bounded(Path::new(path), BOUND) {
        Ok(bytes) => Ok(Zeroizing::new(bytes)),
        Err(reason) => Err(wrong(&format!("{}: {reason}", shown(path, 1000)))),
    })
}

fn wrong(what: &str) -> Exit {
    wrong_usage(what, None)
}

/// The text without the one line end that every program writes after its last line: that is worth no remark.
fn line(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// The token meant; what went wrong has been said when there is none.
pub async fn resolve(engine: &Engine, argument: &str) -> anyhow::Result<Result<Token, Exit>> {
    if engine.profiles().profile(argument).is_some() {
        return Ok(match held_by(engine, argument).await {
            Ok(held) => Ok(Token::of(held.token.raw())),
            Err(failure) => Err(fail(&failure)),
        });
    }
    if may_be_a_profile(argument) {
        // Most likely a name was misspelt, or the @ forgotten.
        let file =
            if Path::new(argument).is_file() { format!("; the file is read by @{argument}") } else { String::new() };
        let note = Paint::for_stderr().warn(" note:");
        complain(&format!("{note} there is no profile {argument}, so this is taken for a token{file}\n"));
    }
    read(argument)
}

/// The token of this profile, got when there is none in hand.
pub async fn held_by(engine: &Engine, profile: &str) -> Result<Arc<HeldToken>, Failure> {
    let ask = TokenAsk { profile: profile.to_owned(), environment: None, changes: Changes::default(), fresh: false };
    asking(engine, async || engine.token(ask.clone()).await).await
}
