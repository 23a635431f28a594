//! Everything the explorer can ask to be done. `update` returns these; the loop and its runner carry them out.
//!
//! Values only.

use std::path::PathBuf;
use std::sync::Arc;

use super::state::RunId;
use crate::config::edit::Edit;
use crate::config::pasted::Pasted;
use crate::config::{Addition, Connection};
use crate::engine::{
    HeldToken, KeysFrom, LoginAsk, LoginInput, PolicyAsk, ProbeAsk, ProviderOf, SavePlan, SignWith, TokenAct, TokenAsk,
    Which,
};
use crate::exchange::Secret;
use crate::jwt::{Draft, SigningKey, Token};

/// What signs a token that is made here.
#[derive(Debug)]
pub enum SignBy {
    /// A key made on the spot, or one in a file.
    With(SignWith),
    /// A shared secret that was typed.
    Secret(Secret),
    /// The key that signed before.
    Again(Arc<SigningKey>),
}

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// Get a token; ends in one `Message::Token`, unless cancelled.
    Fetch {
        /// Its number.
        run: RunId,
        /// What for.
        ask: TokenAsk,
    },
    /// Let a person log in; tells of it in `Message::Login` and ends in one `Message::Token`, unless cancelled.
    Login {
        /// Its number.
        run: RunId,
        /// What for.
        ask: LoginAsk,
    },
    /// Hand a login that waits what the person did.
    LoginInput {
        /// The login's number.
        run: RunId,
        /// What.
        input: LoginInput,
    },
    /// Do something with a token at its provider; ends in one `Message::Acted`, unless cancelled.
    Act {
        /// Its number.
        run: RunId,
        /// What.
        act: TokenAct,
        /// With which of the tokens that came together.
        which: Which,
        /// The token.
        held: Arc<HeldToken>,
    },
    /// Ask a profile's provider about a token from anywhere; ends in one `Message::Acted`, unless cancelled.
    Introspect {
        /// Its number.
        run: RunId,
        /// The profile that asks.
        profile: String,
        /// The environment that it was chosen in, when there is one.
        environment: Option<String>,
        /// The token.
        token: Arc<Token>,
    },
    /// End the profile's login; ends in one `Message::LoggedOut`, unless cancelled.
    LogOut {
        /// Its number.
        run: RunId,
        /// The profile.
        profile: String,
    },
    /// Call an endpoint; ends in one `Message::Answer`, unless cancelled.
    Probe {
        /// Its number.
        run: RunId,
        /// What to call, with what.
        ask: ProbeAsk,
    },
    /// Hold a token against keys from there; ends in one `Message::Judged`, unless cancelled.
    Verify {
        /// Its number.
        run: RunId,
        /// The token.
        token: Arc<Token>,
        /// Where the keys come from.
        from: KeysFrom,
        /// What else to check.
        ask: PolicyAsk,
    },
    /// Get what an issuer says of itself; ends in one `Message::ProviderPage`, unless cancelled.
    ProviderPage {
        /// Its number.
        run: RunId,
        /// Whose.
        of: ProviderOf,
    },
    /// Sign a draft; ends in one `Message::Signed`.
    Sign {
        /// Its number.
        run: RunId,
        /// Header and claims.
        draft: Draft,
        /// What signs.
        by: SignBy,
    },
    /// Leave the screen, open this text in `$EDITOR`, come back; ends in `Message::Edited`.
    EditText {
        /// The text.
        text: Secret,
    },
    /// Read a token out of a file; ends in `Message::TokenRead`.
    ReadToken {
        /// The file.
        path: PathBuf,
    },
    /// Drop this effect where it stands.
    Cancel(RunId),
    /// Offer text to the terminal's clipboard; ends in `Message::Said`.
    Copy {
        /// What it is, in words: `the token #77ab`.
        what: String,
        /// The text.
        text: Secret,
    },
    /// Write text to a new file in the current folder, mode 0600; ends in `Message::Said`.
    Write {
        /// What it is, in words.
        what: String,
        /// The file's name.
        name: String,
        /// The text.
        text: Secret,
    },
    /// Leave the screen, open the file in `$EDITOR` at this line, come back.
    Edit {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Leave the screen and stop, until the shell's `fg`.
    Suspend,
    /// Let the bundled server sign with a new key; ends in `Message::Said`.
    RotateKeys,
    /// Let another environment hold; ends in `Message::Environment`.
    ChooseEnvironment(String),
    /// Keep the person's yes to the facts of this digest; ends in `Message::Trusted`.
    Trust {
        /// The digest of what was looked at.
        digest: String,
    },
    /// Find out what saving these edits would write; ends in `Message::Planned`.
    PlanSave(Vec<Edit>),
    /// Write what was planned; ends in `Message::Saved`.
    Save(SavePlan),
    /// Hear of changes of the file that is in use since.
    Watch,
    /// Keep a client secret for this run of the program.
    GiveSecret {
        /// The profile.
        profile: String,
        /// What the person typed.
        secret: Secret,
    },
    /// Keep a person's password for this run of the program.
    GivePassword {
        /// The profile.
        profile: String,
        /// What the person typed.
        secret: Secret,
    },
    /// Find the authorization server that was meant; ends in one `Message::Introduced`, unless cancelled.
    Introduce {
        /// Its number.
        run: RunId,
        /// What was typed or pasted.
        pasted: Box<Pasted>,
        /// How the host is reached.
        connection: Box<Connection>,
    },
    /// Use this in this session; ends in `Message::Added`.
    Add {
        /// What is added.
        addition: Box<Addition>,
        /// The client's secret, for this run.
        secret: Option<Secret>,
        /// Whether it is to be saved too.
        save: bool,
    },
    /// Put secrets that were given for what is saved by now into the keyring; ends in `Message::Said` for each.
    KeepGivenSecrets,
    /// Find out whether this machine has a keyring; ends in `Message::Keyring`.
    LookForKeyring,
    /// Capture the mouse, or leave it to the terminal.
    Mouse(bool),
    /// End the program.
    Quit,
}
