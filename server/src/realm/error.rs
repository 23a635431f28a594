//! Why a realm file was not taken.

/// Why a realm export was refused. Each message names the place, the value and the way out.
#[derive(Debug, thiserror::Error)]
pub enum RealmError {
    /// The text is no JSON, or not of the export's shape.
    #[error("the realm file is not a Keycloak realm export: {0}")]
    Unreadable(#[from] serde_json::Error),

    /// A key is missing without which Keycloak would do something the reader would not expect.
    #[error("the realm file lacks \"{key}\": {why}")]
    Missing {
        /// The missing key.
        key: &'static str,
        /// What follows from its absence, and what to write.
        why: &'static str,
    },

    /// Two things of one kind have the same name.
    #[error("{kind} \"{name}\" is there twice; remove one")]
    Twice {
        /// What kind of thing: client, client scope, user.
        kind: &'static str,
        /// The name that is there twice.
        name: String,
    },

    /// A client has a scope that the realm does not define.
    #[error(
        "client \"{client}\" has the client scope \"{scope}\", which the realm does not define; \
         a realm file that lists clientScopes must list the built-in ones too"
    )]
    UnknownScope {
        /// The client that names it.
        client: String,
        /// The scope that does not exist.
        scope: String,
    },

    /// A protocol mapper that would change the token in a way that is not built here.
    #[error("{place} has the protocol mapper \"{mapper}\" of type {kind}, which is not supported here: {why}")]
    UnsupportedMapper {
        /// The client or client scope that has the mapper.
        place: String,
        /// The mapper's name.
        mapper: String,
        /// Its `protocolMapper` type.
        kind: String,
        /// What about it is not supported.
        why: String,
    },

    /// A setting that would have to change what the server does, and cannot.
    #[error("{place} has {setting} = {value}, which is not supported here: {remedy}")]
    Unsupported {
        /// The realm, client or scope concerned.
        place: String,
        /// The key or attribute.
        setting: String,
        /// Its value.
        value: String,
        /// What to write instead.
        remedy: &'static str,
    },

    /// The secret was masked or left to be filled in at import.
    #[error("client \"{client}\" has a masked or placeholder secret; write the secret itself into the realm file")]
    MaskedSecret {
        /// The client concerned.
        client: String,
    },
}
