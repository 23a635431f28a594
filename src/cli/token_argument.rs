//! TOKEN on the command line: `-`, `@FILE`, the name of a profile, or the token itself.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::asking::asking;
use super::output::{Paint, complain};
use super::{Exit, fail};
use crate::config::{Changes, is_slug};
use crate::engine::{Engine, Failure, HeldToken, TokenAsk, read_bounded};
use crate::jwt::Token;

/// A token longer than this is read no further.
const BOUND: u64 = 2 * 1024 * 1024;

/// Whether profiles may have to be known: everything else is a token, or says where one is.
pub fn may_be_a_profile(argument: &str) -> bool {
    is_slug(argument)
}

/// The token meant where no profile can be; what went wrong has been said when there is none.
pub fn read(argument: &str) -> anyhow::Result<Result<Token, Exit>> {
    let token = text_of(argument)?.map(|text| Token::read(&text));
    Ok(token.and_then(|token| if token.raw().reveal().is_empty() { Err(nothing(argument)) } else { Ok(token) }))
}

/// Says that there is no token where one was looked for, such as after a command that printed none into a pipe.
fn nothing(argument: &str) -> Exit {
    let place = match argument {
        "-" => "standard input is empty".to_owned(),
        file if file.starts_with('@') => format!("{} is empty", file.strip_prefix('@').unwrap_or(file)),
        _ => "the argument is empty".to_owned(),
    };
    let paint = Paint::for_stderr();
    complain(&format!(
        "{} there is no token: {place}\n{} TOKEN is - (standard input), @FILE, the name of a profile, or the token itself\n",
        paint.bad("error:"),
        paint.warn(" hint:")
    ));
    Exit::Usage
}

/// The text meant: of standard input, of a file, or the argument itself.
pub fn text_of(argument: &str) -> anyhow::Result<Result<Zeroizing<String>, Exit>> {
    let own = |bytes: Vec<u8>| Zeroizing::new(line(&String::from_utf8_lossy(&bytes)).to_owned());
    if argument == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(BOUND).read_to_end(&mut bytes)?;
        return Ok(Ok(own(bytes)));
    }
    if let Some(path) = argument.strip_prefix('@') {
        return Ok(match read_bounded(Path::new(path), BOUND) {
            Ok(bytes) => Ok(own(bytes)),
            Err(reason) => {
                complain(&format!("{} {path}: {reason}\n", Paint::for_stderr().bad("error:")));
                Err(Exit::Usage)
            }
        });
    }
    Ok(Ok(Zeroizing::new(argument.to_owned())))
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
    read(argument)
}

/// The token of this profile, got when there is none in hand.
pub async fn held_by(engine: &Engine, profile: &str) -> Result<Arc<HeldToken>, Failure> {
    let ask = TokenAsk { profile: profile.to_owned(), environment: None, changes: Changes::default(), fresh: false };
    asking(engine, async || engine.token(ask.clone()).await).await
}
