//! What a login asks of a person and what it is told by them: the values between a login that waits and a face.

use jiff::Timestamp;

use crate::config::Changes;
use crate::exchange::Secret;

/// Asks the engine for a token in whose grant a person takes part.
#[derive(Clone, Debug)]
pub struct LoginAsk {
    /// The profile.
    pub profile: String,
    /// The environment it is meant for; none: whichever holds. In another one nothing is sent.
    pub environment: Option<String>,
    /// What this session asks for in place of what the profile says.
    pub changes: Changes,
    /// The way to do it; none: as the profile's grant says.
    pub way: Option<LoginWay>,
    /// Whether a browser on this machine may be opened.
    pub open_browser: bool,
}

/// How a person takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginWay {
    /// Authorization code with PKCE in a browser that comes back to this machine (RFC 8252).
    Browser,
    /// A code that is typed on another device (RFC 8628).
    Device,
}

/// What a face has to show while a login goes on. Each replaces the one before, but for [`LoginStep::Remark`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// A browser is to show this address; it comes back to `redirect_uri`, where this program listens.
    Browser {
        /// The address of the login, with all parameters.
        url: String,
        /// Where the browser comes back to: the one that was registered, or one of three on loopback.
        redirect_uri: String,
        /// All redirect addresses that this program may use, for whoever registers them.
        registered: Vec<String>,
        /// Whether a browser was opened; when not, why, in words.
        opened: Result<(), String>,
        /// Over SSH: the command on the person's own machine that leads the browser's answer here.
        forward: Option<String>,
        /// Whether the provider offers the device grant too.
        device_offered: bool,
        /// When waiting ends.
        ends: Timestamp,
    },
    /// A code is to be typed at an address, on any device.
    Device {
        /// The code, as the provider spelt it.
        user_code: String,
        /// Where it is typed.
        verification_uri: String,
        /// The same with the code in it, for a QR code.
        complete: Option<String>,
        /// When the code ends.
        ends: Timestamp,
        /// Seconds between two polls now.
        interval: u64,
        /// How often it was asked so far.
        polls: u32,
    },
    /// The person is done; the token is being got.
    Exchanging,
    /// Something came that did not count, or is worth a line: an answer with a wrong `state`, a port that was taken.
    Remark(String),
}

/// What a person does about a login that waits.
#[derive(Clone, Debug)]
pub enum LoginInput {
    /// The address that the browser was sent back to, pasted by hand.
    Pasted(Secret),
    /// Open the browser again.
    OpenAgain,
}

/// Something to do with a token in hand at its provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenAct {
    /// Ask what it means and whether it still holds (RFC 7662).
    Introspect,
    /// End it (RFC 7009).
    Revoke,
    /// Ask who the person is (OpenID Connect Core 5.3).
    UserInfo,
    /// End the session behind it (OpenID Connect RP-Initiated Logout; Keycloak takes the refresh token too).
    EndSession,
}

/// Which of the tokens that came together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Which {
    /// The access token.
    #[default]
    Access,
    /// The refresh token.
    Refresh,
    /// The ID token.
    Id,
}
