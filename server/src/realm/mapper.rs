//! Protocol mappers: which of Keycloak's are known, and with what settings.
//!
//! A mapper that is attached and not known is refused: leaving it out would silently make another token.

use serde_json::Value;

use super::{RealmError, export::MapperExport};

/// One protocol mapper of a client or client scope.
#[derive(Debug, Clone)]
pub(crate) struct Mapper {
    pub rule: Rule,
    pub in_access_token: bool,
    pub in_id_token: bool,
    pub in_userinfo: bool,
}

/// What a mapper puts into a token.
#[derive(Debug, Clone)]
pub(crate) enum Rule {
    Subject,
    SessionNote {
        note: String,
        claim: ClaimShape,
    },
    UserAttribute {
        attribute: String,
        claim: ClaimShape,
    },
    UserProperty {
        property: String,
        claim: ClaimShape,
    },
    FullName,
    Address,
    /// The clients whose roles the user has become audiences.
    AudienceResolve,
    Audience(String),
    RealmRoles {
        claim: ClaimShape,
    },
    ClientRoles {
        client: Option<String>,
        claim: ClaimShape,
    },
    AllowedOrigins,
    AuthenticationClass,
    Hardcoded {
        value: String,
        claim: ClaimShape,
    },
    /// No client of this server is a member of an organization, so it adds nothing.
    OrganizationMembership,
}

/// Where a value goes and as which JSON type.
#[derive(Debug, Clone)]
pub(crate) struct ClaimShape {
    /// The claim's name; a dot leads into an object, `\.` is a dot.
    pub name: String,
    pub json_type: JsonType,
    pub multivalued: bool,
}

/// Keycloak's `jsonType.label`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JsonType {
    String,
    Boolean,
    Integer,
    Json,
}

impl JsonType {
    /// `text` as a value of this type; nothing when it is none.
    pub(crate) fn value(self, text: &str) -> Option<Value> {
        match self {
            Self::String => Some(Value::from(text)),
            Self::Boolean => text.parse::<bool>().ok().map(Value::from),
            Self::Integer => text.parse::<i64>().ok().map(Value::from),
            Self::Json => serde_json::from_str(text).ok(),
        }
    }
}

/// Reads one mapper of `place` (a client or client scope, for the message).
pub(super) fn read(place: &str, export: &MapperExport) -> Result<Mapper, RealmError> {
    let config = Config { place, export };
    // Older exports leave the switch out of these, and mean yes.
    let switch_is_new = matches!(
        export.protocol_mapper.as_str(),
        "oidc-sub-mapper" | "oidc-audience-resolve-mapper" | "oidc-allowed-origins-mapper"
    );
    let rule = rule(&config)?;
    // Older exports know no switch for userinfo, and mean what goes into the ID token.
    let of_the_person = matches!(
        rule,
        Rule::UserAttribute { .. } | Rule::UserProperty { .. } | Rule::RealmRoles { .. } | Rule::ClientRoles { .. }
    );
    let in_id_token = config.text("id.token.claim").is_some_and(|on| on == "true");
    Ok(Mapper {
        rule,
        in_access_token: config.text("access.token.claim").map_or(switch_is_new, |on| on == "true"),
        in_id_token,
        in_userinfo: config.text("userinfo.token.claim").map_or(of_the_person && in_id_token, |on| on == "true"),
    })
}

fn rule(config: &Config<'_>) -> Result<Rule, RealmError> {
    Ok(match config.export.protocol_mapper.as_str() {
        "oidc-sub-mapper" => Rule::Subject,
        "oidc-usersessionmodel-note-mapper" => {
            Rule::SessionNote { note: config.required("user.session.note")?, claim: config.claim()? }
        }
        "oidc-usermodel-attribute-mapper" => {
            config.must_not_have("aggregate.attrs", &["false"])?;
            Rule::UserAttribute { attribute: config.required("user.attribute")?, claim: config.claim()? }
        }
        "oidc-usermodel-property-mapper" => {
            Rule::UserProperty { property: config.required("user.attribute")?, claim: config.claim()? }
        }
        "oidc-full-name-mapper" => Rule::FullName,
        "oidc-address-mapper" => Rule::Address,
        "oidc-audience-resolve-mapper" => Rule::AudienceResolve,
        "oidc-audience-mapper" => {
            let audience = config.text("included.client.audience").or_else(|| config.text("included.custom.audience"));
            Rule::Audience(audience.ok_or_else(|| config.refusal("it names no audience"))?)
        }
        "oidc-usermodel-realm-role-mapper" => {
            config.must_not_have("usermodel.realmRoleMapping.rolePrefix", &[])?;
            Rule::RealmRoles { claim: config.claim()? }
        }
        "oidc-usermodel-client-role-mapper" => {
            config.must_not_have("usermodel.clientRoleMapping.rolePrefix", &[])?;
            Rule::ClientRoles { client: config.text("usermodel.clientRoleMapping.clientId"), claim: config.claim()? }
        }
        "oidc-allowed-origins-mapper" => Rule::AllowedOrigins,
        "oidc-acr-mapper" => Rule::AuthenticationClass,
        "oidc-hardcoded-claim-mapper" => {
            Rule::Hardcoded { value: config.required("claim.value")?, claim: config.claim()? }
        }
        "oidc-organization-membership-mapper" => Rule::OrganizationMembership,
        _ => return Err(config.refusal("detach it, or remove it from the realm file")),
    })
}

/// A mapper's settings, with what is needed to say which one is wrong.
struct Config<'a> {
    place: &'a str,
    export: &'a MapperExport,
}

impl Config<'_> {
    /// A setting's text; an empty one is none, as in Keycloak's forms.
    fn text(&self, key: &str) -> Option<String> {
        match self.export.config.get(key)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Bool(on) => Some(on.to_string()),
            _ => None,
        }
    }

    fn required(&self, key: &str) -> Result<String, RealmError> {
        self.text(key).ok_or_else(|| self.refusal(&format!("its setting \"{key}\" is missing")))
    }

    fn must_not_have(&self, key: &str, harmless: &[&str]) -> Result<(), RealmError> {
        match self.text(key) {
            Some(value) if !harmless.contains(&value.as_str()) => {
                Err(self.refusal(&format!("its setting \"{key}\" = \"{value}\"")))
            }
            _ => Ok(()),
        }
    }

    fn claim(&self) -> Result<ClaimShape, RealmError> {
        let json_type = match self.text("jsonType.label").as_deref() {
            None | Some("String") => JsonType::String,
            Some("boolean") => JsonType::Boolean,
            Some("long" | "int") => JsonType::Integer,
            Some("JSON") => JsonType::Json,
            Some(other) => {
                return Err(
                    self.refusal(&format!("jsonType.label is \"{other}\"; known are String, boolean, long, int, JSON"))
                );
            }
        };
        Ok(ClaimShape {
            name: self.required("claim.name")?,
            json_type,
            multivalued: self.text("multivalued").is_some_and(|on| on == "true"),
        })
    }

    fn refusal(&self, why: &str) -> RealmError {
        RealmError::UnsupportedMapper {
            place: self.place.to_owned(),
            mapper: self.export.name.clone(),
            kind: self.export.protocol_mapper.clone(),
            why: why.to_owned(),
        }
    }
}
