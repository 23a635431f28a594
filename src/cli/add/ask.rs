//! Asks on the terminal for what `add` was not given.

use std::io;

use zeroize::Zeroizing;

use super::super::asking::typed;
use super::super::output::complain;
use super::{AddArguments, Stop, refuse};
use crate::cli::Exit;
use crate::config::{Draft, Keep};
use crate::engine::{Engine, Introduction};
use crate::oauth::ClientAuth;

/// One line; what stands in brackets is meant by an empty one.
pub(super) fn line(question: &str, default: &str) -> Result<Zeroizing<String>, Stop> {
    let offer = if default.is_empty() { String::new() } else { format!(" [{default}]") };
    complain(&format!("{question}{offer}: "));
    let mut text = Zeroizing::new(String::new());
    match io::stdin().read_line(&mut text) {
        Ok(0) => Err(refuse("the input ended before everything was said", None)),
        Ok(_) if text.trim().is_empty() => Ok(Zeroizing::new(default.to_owned())),
        Ok(_) => Ok(Zeroizing::new(text.trim().to_owned())),
        Err(error) => Err(refuse(&format!("the terminal cannot be read: {error}"), None)),
    }
}

/// Yes, unless something else is said.
pub(super) fn yes(question: &str) -> Result<bool, Stop> {
    let answer = line(question, "yes")?;
    Ok(["y", "yes"].contains(&answer.to_ascii_lowercase().as_str()))
}

/// Fills in what is missing.
pub(super) async fn missing(
    engine: &Engine,
    arguments: &AddArguments,
    draft: &mut Draft,
    met: &Introduction,
) -> Result<(), Stop> {
    let Some(client) = &mut draft.client else { return Ok(()) };
    if client.id.is_empty() {
        client.id = line("Client id", "")?.to_string();
    }
    let said = arguments.secret_env.is_some()
        || arguments.secret_keyring
        || arguments.secret_prompt
        || arguments.secret_stdin
        || arguments.secret_in_file;
    let from_variable = matches!(client.keep, Keep::Variable(_));
    if client.auth != ClientAuth::None && !said && !from_variable {
        if client.secret.is_none() {
            complain("The secret is not shown; nothing typed: a public client, where the provider has such.\n");
            client.secret = typed(&client.id).await;
        }
        match &client.secret {
            None if met.ways_to_authenticate().contains(&ClientAuth::None) => client.auth = ClientAuth::None,
            None => return Err(Stop(Exit::Usage)),
            Some(_) => client.keep = place(engine, &client.id).await?,
        }
    } else if client.secret.is_none() && client.keep == Keep::Keyring {
        client.secret = typed(&client.id).await;
    }
    if arguments.api.is_none() && draft.api.is_empty() {
        draft.api = line("Address of an API that takes its tokens (none: press Enter)", "")?.to_string();
        if !draft.api.is_empty() {
            draft.path = line("One path of it", "/")?.to_string();
        }
    }
    Ok(())
}

/// Where the secret is to be kept, of what this machine has.
async fn place(engine: &Engine, id: &str) -> Result<Keep, Stop> {
    let keyring = engine.has_keyring().await;
    let (choices, default) =
        if keyring { ("keyring, ask, env or file", "keyring") } else { ("ask, env or file", "ask") };
    loop {
        let answer = line(&format!("Where is the secret kept? {choices}"), default)?;
        match answer.as_str() {
            "keyring" if keyring => return Ok(Keep::Keyring),
            "ask" => return Ok(Keep::Ask),
            "file" => return Ok(Keep::InFile),
            "env" => {
                let wish: String =
                    id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
                return Ok(Keep::Variable(line("Its variable", &format!("{wish}_SECRET"))?.to_string()));
            }
            _ => complain(
                "  keyring: the system's; ask: in each run; env: in an environment variable; file: in profiles.toml itself\n",
            ),
        }
    }
}
