//! What Keycloak alone means by what it writes: the letters before a `jti`, the roles that it gives everybody, and where
//! its console makes an API's name appear in `aud`.
//!
//! Pure: imports nothing of this crate.

/// The client whose roles and name stand in nearly every token: the account API, which a person's own settings use.
pub(super) const ACCOUNT: &str = "account";

/// What the letters before the colon of a `jti` say (Keycloak 26.2 and later): session, token, grant; told as
/// by what it was got, and in what kind of session.
pub fn jti_in_words(jti: &str) -> Option<String> {
    let (letters, _) = jti.split_once(':')?;
    let (session, token, grant) = (letters.get(0..2)?, letters.get(2..4)?, letters.get(4..)?);
    let session = match session {
        "on" => "online session",
        "of" => "offline session",
        "tr" => "no session",
        "nt" | "ft" => "session of one request",
        _ => return None,
    };
    let token = match token {
        "rt" => "",
        "lt" => ", lightweight",
        _ => return None,
    };
    let grant = match grant {
        "cc" => "client credentials",
        "ac" => "browser login",
        "ro" => "password",
        "rt" => "refresh token",
        "dg" => "device code",
        "ci" => "back-channel login",
        "te" => "token exchange",
        _ => return None,
    };
    Some(format!("{grant}, {session}{token}"))
}

/// Whether a role of the whole realm is one that Keycloak gives everybody.
pub(super) fn is_own_realm_role(role: &str) -> bool {
    matches!(role, "offline_access" | "uma_authorization") || role.starts_with("default-roles-")
}

/// What a role of this client is when the client is one that every realm has.
pub(super) fn own_client(client: &str) -> Option<&'static str> {
    match client {
        ACCOUNT | "account-console" | "broker" => Some("Keycloak's own"),
        "realm-management" | "security-admin-console" | "admin-cli" => Some("Keycloak's admin API"),
        _ => None,
    }
}

/// The steps in Keycloak's console that put an API's name into the `aud` of a client's tokens.
pub fn audience_steps(api: &str, client: &str) -> String {
    format!(
        "Client scopes → Create client scope → Mappers → Configure a new mapper → Audience → Included Custom Audience: {api}, \
         Add to access token: On; then Clients → {client} → Client scopes → Add client scope → Default; then a new token"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letters_of_a_jti() {
        for (jti, words) in [
            ("trrtcc:f60fa4a6", Some("client credentials, no session")),
            ("onrtac:1", Some("browser login, online session")),
            ("onrtro:1", Some("password, online session")),
            ("onltrt:1", Some("refresh token, online session, lightweight")),
            ("ofrtrt:1", Some("refresh token, offline session")),
            ("onrtdg:1", Some("device code, online session")),
            ("ntrtte:1", Some("token exchange, session of one request")),
            ("xxrtcc:1", None),
            ("trxxcc:1", None),
            ("trrtxx:1", None),
            ("trrtcc", None),
            ("tr:1", None),
            ("é漢字x:1", None),
            (":", None),
        ] {
            assert_eq!(jti_in_words(jti).as_deref(), words, "{jti}");
        }
    }
}
