//! What the answers of the endpoints beside the token endpoint mean, in words: the surprises of each are explained.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Acted, name};
use crate::config::{Profile, Provider};
use crate::engine::{HeldToken, TokenAct, Which};
use crate::exchange::Exchange;
use crate::jwt::shown;
use crate::oauth::{ClientAuth, Introspected, SessionEnd, TokenRefusal};

/// Foreign values in a sentence are cut to this many characters.
const SHOWN: usize = 200;

/// RFC 7662.
pub(super) fn of_introspection(
    which: Which,
    held: &HeldToken,
    (profile, provider): (&Profile, &Provider),
    exchange: Arc<Exchange>,
    read: Result<Introspected, TokenRefusal>,
) -> Acted {
    let what = name(which);
    let (ok, summary, remarks, claims) = match read {
        Ok(said) if said.active => {
            (true, format!("The provider says that the {what} is active."), Vec::new(), Some(said.claims))
        }
        Ok(said) => (
            false,
            format!("The provider says that the {what} is not active, and not why."),
            why_inactive(which, held, (profile, provider)),
            Some(said.claims),
        ),
        Err(refusal) => (false, format!("No word on the {what}: {refusal}"), why_no_word(&refusal, profile), None),
    };
    Acted { act: TokenAct::Introspect, which, exchange, ok, summary, remarks, claims }
}

fn why_inactive(which: Which, held: &HeldToken, (profile, provider): (&Profile, &Provider)) -> Vec<String> {
    let client = &profile.client_id;
    if let Some(other) = held.token.claim_str("iss").filter(|issuer| *issuer != provider.issuer.as_str()) {
        return vec![format!(
            "It was issued by {}, and {} was asked, which does not know it: ask by a profile of its own issuer.",
            shown(other, SHOWN),
            provider.issuer
        )];
    }
    let mut remarks =
        vec!["It has ended, was revoked, its session is over, or the provider does not know it.".to_owned()];
    let audiences = held.token.audiences();
    // What cannot be read has no aud to compare.
    let readable = held.token.claims().is_some();
    if readable
        && which == Which::Access
        && held.which == Which::Access
        && !audiences.iter().any(|one| one == client.as_str())
    {
        let aud = if audiences.is_empty() { "is absent".to_owned() } else { format!("is {}", audiences.join(", ")) };
        remarks.push(format!(
            "Or it is active, but not for the one who asks: its aud {}, without {client}. Keycloak since 26.6.2 answers active \
             to those in aud alone: add an audience mapper for {client}, or ask with the API's client.",
            shown(&aud, SHOWN)
        ));
    }
    if which == Which::Id {
        remarks.push("An ID token is nothing that introspection is for.".to_owned());
    }
    remarks
}

fn why_no_word(refusal: &TokenRefusal, profile: &Profile) -> Vec<String> {
    let client = &profile.client_id;
    match refusal {
        TokenRefusal::Refused { status: 403, .. } if profile.auth == ClientAuth::None => vec![format!(
            "{client} is a public client: who has no secret may not ask about tokens. Ask with a confidential client."
        )],
        TokenRefusal::Refused { status: 401, error, .. } => {
            let known = if error == "invalid_request" { "; here Keycloak calls that invalid_request" } else { "" };
            vec![format!("The provider does not take {client} for who it says it is{known}. Compare the secret.")]
        }
        TokenRefusal::Refused { .. } if profile.auth == ClientAuth::None => {
            vec![format!(
                "{client} is a public client; introspection wants a client that authenticates (RFC 7662 section 2.1)."
            )]
        }
        _ => Vec::new(),
    }
}

/// RFC 7009.
pub(super) fn of_revocation(which: Which, exchange: Arc<Exchange>, read: Result<(), TokenRefusal>) -> Acted {
    let what = name(which);
    let (ok, summary, remarks) = match read {
        Ok(()) => {
            let also = match which {
                Which::Refresh => "Access tokens of the same login end too at most providers, Keycloak among them.",
                _ => "An API that checks tokens by itself goes on to take it until its exp: only introspection knows.",
            };
            (true, format!("The provider has ended the {what}."), vec![also.to_owned()])
        }
        Err(refusal) => {
            let remarks = match &refusal {
                TokenRefusal::Refused { status: 200, .. } => vec![
                    "The status is 200, which RFC 7009 wants for unknown tokens too, but the body says that nothing was ended: the \
                     token cannot be read, or its session is over already."
                        .to_owned(),
                ],
                TokenRefusal::Refused { error, .. } if error == "unsupported_token_type" => {
                    vec![format!("A token of this kind cannot be revoked: {what}s end by themselves.")]
                }
                TokenRefusal::Refused { description: Some(text), .. } if text.contains("Unmatching") => {
                    vec!["Only the client it was issued to may end it.".to_owned()]
                }
                _ => Vec::new(),
            };
            (false, format!("The {what} was not ended: {refusal}"), remarks)
        }
    };
    Acted { act: TokenAct::Revoke, which, exchange, ok, summary, remarks, claims: None }
}

/// OpenID Connect Core 5.3.
pub(super) fn of_userinfo(
    held: &HeldToken,
    profile: &Profile,
    exchange: Arc<Exchange>,
    read: Result<Map<String, Value>, TokenRefusal>,
) -> Acted {
    let (ok, summary, remarks, claims) = match read {
        Ok(claims) => {
            let text = |name: &str| claims.get(name).and_then(Value::as_str);
            let who = text("preferred_username").or(text("name")).or(text("sub")).unwrap_or("somebody without a name");
            let mut remarks = Vec::new();
            let id_sub = held.id_token.as_ref().and_then(|id| id.token.claim_str("sub"));
            if let (Some(id_sub), sub) = (id_sub, text("sub"))
                && sub != Some(id_sub)
            {
                remarks.push(
                    "sub differs from that of the ID token, so this answer must not be used (OpenID Connect Core 5.3.2)."
                        .to_owned(),
                );
            }
            (remarks.is_empty(), format!("The provider says that it is {}.", shown(who, SHOWN)), remarks, Some(claims))
        }
        Err(refusal) => (false, format!("No word on the person: {refusal}"), why_nobody(&refusal, profile), None),
    };
    Acted { act: TokenAct::UserInfo, which: Which::Access, exchange, ok, summary, remarks, claims }
}

fn why_nobody(refusal: &TokenRefusal, profile: &Profile) -> Vec<String> {
    match refusal {
        TokenRefusal::Refused { error, .. } if error == "insufficient_scope" => {
            let mut remarks =
                vec!["Userinfo wants a token with the scope openid: add it to scopes and get a new token.".to_owned()];
            if !profile.grant.is_of_a_person() {
                remarks.push("A client's own token has no person behind it in the first place.".to_owned());
            }
            remarks
        }
        TokenRefusal::Refused { status: 401, .. } | TokenRefusal::Unusable { status: 401, .. } => {
            vec!["The token has ended, was revoked, or its session is over: get a new one.".to_owned()]
        }
        _ => Vec::new(),
    }
}

/// OpenID Connect RP-Initiated Logout.
pub(super) fn of_session_end(which: Which, exchange: Arc<Exchange>, read: Result<SessionEnd, TokenRefusal>) -> Acted {
    let (ok, summary, remarks) = match read {
        Ok(SessionEnd::Over) => (true, "The provider has ended the session.".to_owned(), Vec::new()),
        Ok(SessionEnd::AsksPerson) => (
            false,
            "The provider wants a person to confirm the end of the session in a browser.".to_owned(),
            vec![format!("Open {} there; revoking the refresh token needs nobody.", exchange.request.url)],
        ),
        Err(refusal) => {
            let remarks = match &refusal {
                TokenRefusal::Refused { error, .. } if error == "invalid_grant" => {
                    vec!["The session is over already, or the refresh token was replaced by a newer one.".to_owned()]
                }
                _ => Vec::new(),
            };
            (false, format!("The session was not ended: {refusal}"), remarks)
        }
    };
    Acted { act: TokenAct::EndSession, which, exchange, ok, summary, remarks, claims: None }
}
