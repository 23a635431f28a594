//! What is asked before something goes into a protected environment for the first time.
//!
//! Values only.

use crate::engine::{EndpointId, LoginWay, SendAs, TokenAct};

/// Something that needs a yes, once in each protected environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cleared {
    /// A token for this profile.
    Token(String),
    /// Something done with this profile's token at its provider.
    Act(String, TokenAct),
    /// A call of this endpoint.
    Endpoint(EndpointId),
}

/// A question before sending.
#[derive(Clone, Debug)]
pub struct Question {
    /// The environment.
    pub environment: String,
    /// What would be sent.
    pub calls: Vec<Asked>,
    /// What is done on a yes.
    pub then: Then,
}

/// One call that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What a yes clears.
    pub what: Cleared,
    /// Its method.
    pub method: String,
    /// The host and port it goes to.
    pub host: String,
    /// What it is, in words: the path, or whose token.
    pub words: String,
}

/// What is done on a yes.
#[derive(Clone, Debug)]
pub enum Then {
    /// A new token for the selected profile.
    Token,
    /// A person logs in anew, this way.
    LogIn(Option<LoginWay>),
    /// Something with the token that the token pane shows.
    Act(TokenAct),
    /// This profile's provider is asked about the token under inspection.
    Introspect(String),
    /// This endpoint is sent.
    Send {
        /// Which.
        endpoint: EndpointId,
        /// With what.
        send_as: SendAs,
        /// Whether a method that may change something was confirmed.
        confirmed: bool,
    },
    /// Every endpoint whose method changes nothing.
    All,
    /// What the diagnosis proposes.
    Fix,
}
