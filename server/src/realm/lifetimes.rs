//! How long codes, sessions and refresh tokens live, and whether a refresh token works once. All times in seconds.

use super::{RealmError, export::RealmExport};

/// The realm's lifetimes, Keycloak's own where the export says nothing.
#[derive(Debug, Clone)]
pub(crate) struct Lifetimes {
    /// From the redirect with a code to its exchange.
    pub code: u64,
    /// From the first login page to the last answer.
    pub login: u64,
    /// A session that nobody uses.
    pub session_idle: u64,
    /// A session in any case.
    pub session_max: u64,
    /// An offline session that nobody uses.
    pub offline_idle: u64,
    pub device_code: u64,
    pub device_interval: u64,
    /// How often a refresh token may be used; nothing when as often as one likes (RFC 9700 section 4.14.2).
    pub refresh_token_uses: Option<u32>,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: 60,
            login: 1800,
            session_idle: 1800,
            session_max: 36000,
            offline_idle: 2_592_000,
            device_code: 600,
            device_interval: 5,
            refresh_token_uses: None,
        }
    }
}

impl Lifetimes {
    pub(super) fn read(export: &RealmExport) -> Result<Self, RealmError> {
        let default = Self::default();
        let seconds = |setting: &'static str, value: Option<u64>, default: u64| {
            let value = value.unwrap_or(default);
            if (1..=315_360_000).contains(&value) {
                return Ok(value);
            }
            Err(RealmError::Unsupported {
                place: format!("realm \"{}\"", export.realm),
                setting: setting.to_owned(),
                value: value.to_string(),
                remedy: "write a number of seconds from 1 to 315360000",
            })
        };
        let rotates = export.revoke_refresh_token.unwrap_or(false);
        Ok(Self {
            code: seconds("accessCodeLifespan", export.access_code_lifespan, default.code)?,
            login: seconds("accessCodeLifespanLogin", export.access_code_lifespan_login, default.login)?,
            session_idle: seconds("ssoSessionIdleTimeout", export.sso_session_idle_timeout, default.session_idle)?,
            session_max: seconds("ssoSessionMaxLifespan", export.sso_session_max_lifespan, default.session_max)?,
            offline_idle: seconds(
                "offlineSessionIdleTimeout",
                export.offline_session_idle_timeout,
                default.offline_idle,
            )?,
            device_code: seconds("oauth2DeviceCodeLifespan", export.oauth2_device_code_lifespan, default.device_code)?,
            device_interval: seconds(
                "oauth2DevicePollingInterval",
                export.oauth2_device_polling_interval,
                default.device_interval,
            )?,
            refresh_token_uses: rotates.then(|| export.refresh_token_max_reuse.unwrap_or(0).saturating_add(1)),
        })
    }
}
