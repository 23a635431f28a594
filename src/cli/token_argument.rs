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
use crate::jwt::{Token, shown};

/// A token longer than this is read no further.
const BOUND: u64 = 2 * 1024 * 1024;

/// Whether profiles may have to be known: everything else is a token, or says where one is.
pub fn may_be_a_profile(argument: &str) -> bool {
    is_slug(argument)
}

/// The token meant where no profile can be; what went wrong has been said when there is none.
pub fn read(argument: &str) -> anyhow::Result<Result<Token, Exit>> {
    Ok(text_of(argument)?.map(|text| Token::read(&text)))
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
                let place = shown(path, 1_000);
                complain(&format!("{} {place}: {reason}\n", Paint::for_stderr().bad("error:")));
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
