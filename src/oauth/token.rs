//! The token endpoint (RFC 6749 section 3.2): the request of each grant, and what its answer means.
//!
//! Pure: no network, files, clock or terminal.

use serde_json::{Map, Value};

use super::client::token_field;
use super::{Client, DEVICE_CODE, ScopeSet};
use crate::exchange::{Request, Response, Secret, Text};

/// What a client sends to the token endpoint.
#[derive(Clone, Debug)]
pub struct TokenRequest<'a> {
    /// The token endpoint's address.
    pub endpoint: &'a str,
    /// Who asks.
    pub client: Client<'a>,
    /// What it has to show for the token.
    pub by: TokenBy<'a>,
    /// What is asked for; an empty set leaves the parameter out.
    pub scopes: &'a ScopeSet,
    /// The `audience` parameter, when the provider wants one.
    pub audience: Option<&'a str>,
    /// Further parameters.
    pub params: &'a [(String, String)],
}

/// What the token is got by.
#[derive(Clone, Copy, Debug)]
pub enum TokenBy<'a> {
    /// The client's own credentials (RFC 6749 section 4.4.2).
    ClientCredentials,
    /// A code that a login brought (RFC 6749 section 4.1.3, RFC 7636 section 4.5).
    AuthorizationCode {
        /// The code.
        code: &'a Secret,
        /// The redirect address of the login, letter for letter.
        redirect_uri: &'a str,
        /// What the challenge of the login was made of.
        verifier: &'a Secret,
    },
    /// A refresh token (RFC 6749 section 6).
    RefreshToken(&'a Secret),
    /// A person's name and password: legacy (RFC 6749 section 4.3.2).
    Password {
        /// The name.
        username: &'a str,
        /// The password.
        password: &'a Secret,
    },
    /// A device code whose other half a person has typed elsewhere (RFC 8628 section 3.4).
    DeviceCode {
        /// The code.
        code: &'a Secret,
        /// What the challenge of the device request was made of.
        verifier: &'a Secret,
    },
}

impl TokenBy<'_> {
    /// The `grant_type`.
    pub fn grant_type(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client_credentials",
            Self::AuthorizationCode { .. } => "authorization_code",
            Self::RefreshToken(_) => "refresh_token",
            Self::Password { .. } => "password",
            Self::DeviceCode { .. } => DEVICE_CODE,
        }
    }

    /// Whether this is the request that says what is asked for. A code and a refresh token stand for what was asked
    /// before.
    fn asks(self) -> bool {
        matches!(self, Self::ClientCredentials | Self::Password { .. })
    }
}

impl TokenRequest<'_> {
    /// The request as it goes out.
    pub fn build(&self) -> Request {
        let mut form: Vec<(String, Text)> = vec![("grant_type".into(), self.by.grant_type().into())];
        match self.by {
            TokenBy::ClientCredentials => {}
            TokenBy::AuthorizationCode { code, redirect_uri, verifier } => {
                form.push(("code".into(), Text::secret(code.clone())));
                form.push(("redirect_uri".into(), redirect_uri.into()));
                form.push(("code_verifier".into(), Text::secret(verifier.clone())));
            }
            TokenBy::RefreshToken(token) => form.push(("refresh_token".into(), token_field(token))),
            TokenBy::Password { username, password } => {
                form.push(("username".into(), username.into()));
                form.push(("password".into(), Text::secret(password.clone())));
            }
            TokenBy::DeviceCode { code, verifier } => {
                form.push(("device_code".into(), Text::secret(code.clone())));
                form.push(("code_verifier".into(), Text::secret(verifier.clone())));
            }
        }
        if self.by.asks() {
            form.extend(asked(self.scopes, self.audience, self.params).map(|(name, value)| (name, value.into())));
        }
        self.client.post(self.endpoint, form)
    }
}

/// The parameters that say what is asked for, wherever a grant asks it.
pub(super) fn asked<'a>(
    scopes: &'a ScopeSet,
    audience: Option<&'a str>,
    params: &'a [(String, String)],
) -> impl Iterator<Item = (String, String)> + 'a {
    let scope = (!scopes.is_empty()).then(|| ("scope".to_owned(), scopes.to_string()));
    let audience = audience.map(|audience| ("audience".to_owned(), audience.to_owned()));
    scope.into_iter().chain(audience).chain(params.iter().cloned())
}

/// A token as the provider handed it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The access token.
    pub access_token: Secret,
    /// `token_type` as spelt; none when the answer left it out.
    pub token_type: Option<String>,
    /// Seconds it lives, when the answer says so in a way that can be read.
    pub expires_in: Option<u64>,
    /// The granted scopes; none when the answer left them out, which means "as asked" (RFC 6749 section 5.1).
    pub scope: Option<ScopeSet>,
    /// A refresh token, when there is one.
    pub refresh_token: Option<Secret>,
    /// An ID token, when there is one.
    pub id_token: Option<Secret>,
    /// What was odd about the answer, each in a sentence.
    pub remarks: Vec<String>,
}

impl Granted {
    /// An access token of which nothing else is known.
    pub fn of(access_token: Secret) -> Self {
        Self {
            access_token,
            token_type: None,
            expires_in: None,
            scope: None,
            refresh_token: None,
            id_token: None,
            remarks: Vec::new(),
        }
    }
}

/// No token: the provider said no, or said nothing that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefusal {
    /// An OAuth error (RFC 6749 section 5.2), word for word.
    #[error("{error}{}", description.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The `error` member.
        error: String,
        /// The `error_description` member.
        description: Option<String>,
        /// The `error_uri` member.
        uri: Option<String>,
    },
    /// An answer without a token and without an OAuth error.
    #[error("{reason}")]
    Unusable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads the token endpoint's answer. Lenient where providers differ, and each leniency is remarked on.
pub fn read_token_response(response: &Response) -> Result<Granted, TokenRefusal> {
    let status = response.status;
    let unusable = |reason: String| Err(TokenRefusal::Unusable { status, reason });
    if (300..400).contains(&status) {
        let target = response.header("location").unwrap_or("an address it does not name");
        return unusable(format!("the token endpoint redirects to {target}; credentials are not sent on"));
    }
    let Some(members) = members(response) else {
        return unusable(not_json(response));
    };
    if let Some(refusal) = oauth_error(status, &members) {
        return Err(refusal);
    }
    if !response.is_success() {
        return unusable(format!("the token endpoint answered {status} without an OAuth error"));
    }
    match members.get("access_token") {
        Some(Value::String(token)) if !token.is_empty() => match unusable_text(token, &members) {
            Some(reason) => unusable(reason),
            None => Ok(granted(token, &members)),
        },
        Some(other) if !other.is_string() => unusable(format!("access_token is {}, not a string", kind(other))),
        _ => unusable(format!("the token endpoint answered {status} without an access_token")),
    }
}

/// Longer access tokens fit into no header.
const LONGEST: usize = 64 * 1024;

/// Why a token or its type cannot stand in a header (RFC 6749 appendices A.12 and A.13); repeats nothing of either.
fn unusable_text(token: &str, members: &Map<String, Value>) -> Option<String> {
    if token.len() > LONGEST {
        return Some(format!("access_token has {} bytes; {LONGEST} are the most that is taken", token.len()));
    }
    let kind = members.get("token_type").and_then(Value::as_str).unwrap_or_default();
    let wrong = |name: &str, odd: char| {
        let what = match odd {
            ' ' => "a space".to_owned(),
            odd if odd.is_ascii() => format!("the control character 0x{:02X}", u32::from(odd)),
            _ => "a character outside ASCII".to_owned(),
        };
        format!("{name} has {what} in it; RFC 6749 appendix A allows printable ASCII only")
    };
    let odd = token.chars().find(|c| !c.is_ascii_graphic()).map(|odd| wrong("access_token", odd));
    odd.or_else(|| kind.chars().find(|c| *c != ' ' && !c.is_ascii_graphic()).map(|odd| wrong("token_type", odd)))
}

fn granted(token: &str, members: &Map<String, Value>) -> Granted {
    let mut remarks = Vec::new();
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let token_type = text("token_type").map(str::to_owned);
    match token_type.as_deref() {
        None => remarks.push("The answer has no token_type; Bearer is assumed.".to_owned()),
        Some(other) if !other.eq_ignore_ascii_case("bearer") => {
            remarks.push(format!("token_type is {other}, not Bearer: sent as plain Bearer it may be refused."));
        }
        Some(_) => {}
    }
    Granted {
        access_token: Secret::new(token),
        token_type,
        expires_in: seconds(members.get("expires_in"), &mut remarks),
        scope: scopes(members.get("scope"), &mut remarks),
        refresh_token: text("refresh_token").map(Secret::new),
        id_token: text("id_token").map(Secret::new),
        remarks,
    }
}

/// `expires_in`: a number, or a number as a string, as some providers send it.
fn seconds(value: Option<&Value>, remarks: &mut Vec<String>) -> Option<u64> {
    let read = match value? {
        Value::Number(number) => number.as_u64().or_else(|| whole_seconds(number.as_f64()?)),
        Value::String(text) => {
            remarks.push("expires_in is a string; RFC 6749 section 5.1 wants a number.".to_owned());
            text.trim().parse().ok()
        }
        _ => None,
    };
    if read.is_none() {
        remarks.push(format!("expires_in cannot be read ({}); the token's own exp counts.", kind(value?)));
    }
    read
}

/// A float as whole seconds, when it is one that makes sense.
fn whole_seconds(number: f64) -> Option<u64> {
    // Beyond this many seconds, thousands of years, the number means nothing.
    const SENSE: f64 = 1e11;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked in the same line")]
    (0.0..SENSE).contains(&number).then_some(number as u64)
}

/// `scope`: separated by spaces, by commas (GitHub), or an array.
fn scopes(value: Option<&Value>, remarks: &mut Vec<String>) -> Option<ScopeSet> {
    match value? {
        Value::String(text) if text.contains(',') && !text.contains(' ') => {
            remarks.push("scope is separated by commas; RFC 6749 section 3.3 wants spaces.".to_owned());
            Some(text.split(',').filter(|scope| !scope.is_empty()).collect())
        }
        Value::String(text) => Some(ScopeSet::parse(text)),
        Value::Array(items) => {
            remarks.push("scope is an array; RFC 6749 section 5.1 wants a string.".to_owned());
            Some(items.iter().filter_map(Value::as_str).collect())
        }
        _ => None,
    }
}

/// The OAuth error in a response of another endpoint, whatever its status.
pub(super) fn refusal_in(response: &Response) -> Option<TokenRefusal> {
    oauth_error(response.status, &members(response)?)
}

fn oauth_error(status: u16, members: &Map<String, Value>) -> Option<TokenRefusal> {
    let text = |name: &str| members.get(name).and_then(Value::as_str).map(str::to_owned);
    let (error, description) = match members.get("error")? {
        Value::String(error) => (error.clone(), text("error_description")),
        // Some APIs nest it: {"error": {"code": …, "message": …}}.
        Value::Object(nested) => {
            let inner = |name: &str| nested.get(name).and_then(Value::as_str).map(str::to_owned);
            (inner("code").unwrap_or_else(|| "error".into()), inner("message"))
        }
        _ => return None,
    };
    Some(TokenRefusal::Refused { status, error, description, uri: text("error_uri") })
}

/// The members of a JSON object, or of a form-encoded body from providers that still send one.
pub(super) fn members(response: &Response) -> Option<Map<String, Value>> {
    let body = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body);
    if let Ok(Value::Object(members)) = serde_json::from_slice(body) {
        return Some(members);
    }
    (response.media_type()? == "application/x-www-form-urlencoded").then(|| {
        form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect()
    })
}

fn not_json(response: &Response) -> String {
    let status = response.status;
    match response.media_type() {
        _ if response.body.is_empty() => format!("the token endpoint answered {status} with an empty body"),
        Some(media) if media != "application/json" => {
            format!("the token endpoint answered {status} with {media}, not JSON; is the issuer's address right?")
        }
        _ => format!("the token endpoint answered {status} with a body that is no JSON object"),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::exchange::Completeness;
    use crate::oauth::{ClientAuth, ClientId};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn request(auth: ClientAuth, secret: &str) -> Request {
        TokenRequest {
            endpoint: "http://localhost/token",
            client: Client { id: &ClientId::new("my client"), secret: Some(&Secret::new(secret)), auth },
            by: TokenBy::ClientCredentials,
            scopes: &ScopeSet::empty(),
            audience: None,
            params: &[],
        }
        .build()
    }

    fn answer(status: u16, media: &str, body: &str) -> Response {
        Response {
            status,
            headers: vec![("Content-Type".into(), media.into())],
            body: body.into(),
            completeness: Completeness::Whole,
        }
    }

    #[test]
    fn basic_encodes_both_parts_and_leaves_the_body_without_credentials() {
        let request = request(ClientAuth::Basic, "a+b/c%=d:&é");
        let header = request.values("authorization").next().unwrap().revealed();
        let pair = String::from_utf8(STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap()).unwrap();
        assert_eq!(pair, "my+client:a%2Bb%2Fc%25%3Dd%3A%26%C3%A9");
        assert_eq!(request.wire_form().unwrap().as_str(), "grant_type=client_credentials");
    }

    #[test]
    fn basic_raw_and_post_send_the_secret_as_it_is() {
        let raw = request(ClientAuth::BasicRaw, "a+b");
        let header = raw.values("authorization").next().unwrap().revealed();
        assert_eq!(STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap(), b"my client:a+b");
        let post = request(ClientAuth::Post, "a+b");
        assert!(post.values("authorization").next().is_none());
        assert!(post.wire_form().unwrap().ends_with("client_id=my+client&client_secret=a%2Bb"));
    }

    #[test]
    fn each_grant_shows_what_it_has() {
        let (code, verifier, token) = (Secret::new("c"), Secret::new("v"), Secret::new("r"));
        let form = |by| {
            let client = Client { id: &ClientId::new("web"), secret: None, auth: ClientAuth::None };
            let scopes = &ScopeSet::parse("openid");
            let params = &[("prompt".to_owned(), "login".to_owned())];
            let request = TokenRequest { endpoint: "http://a", client, by, scopes, audience: None, params }.build();
            assert!(!format!("{request:?}").contains("Secret(c"));
            request.wire_form().unwrap().to_string()
        };
        let by = TokenBy::AuthorizationCode {
            code: &code,
            redirect_uri: "http://127.0.0.1:1/callback",
            verifier: &verifier,
        };
        let redirect = "redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2Fcallback";
        assert_eq!(form(by), format!("grant_type=authorization_code&code=c&{redirect}&code_verifier=v&client_id=web"));
        assert_eq!(form(TokenBy::RefreshToken(&token)), "grant_type=refresh_token&refresh_token=r&client_id=web");
        assert_eq!(
            form(TokenBy::Password { username: "alice", password: &verifier }),
            "grant_type=password&username=alice&password=v&scope=openid&prompt=login&client_id=web"
        );
        assert_eq!(
            form(TokenBy::DeviceCode { code: &code, verifier: &verifier }),
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=c&code_verifier=v&client_id=web"
        );
    }

    #[test]
    fn an_empty_scope_is_left_out() {
        assert!(!request(ClientAuth::Basic, "s").wire_form().unwrap().contains("scope"));
    }

    #[test]
    fn a_refusal_is_kept_word_for_word_whatever_its_status() {
        for status in [200, 400, 401] {
            let body =
                r#"{"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"}"#;
            let refusal = read_token_response(&answer(status, "application/json", body)).unwrap_err();
            let TokenRefusal::Refused { error, description, .. } = refusal else { panic!("{refusal:?}") };
            assert_eq!(error, "unauthorized_client");
            assert_eq!(description.unwrap(), "Invalid client or Invalid client credentials");
        }
    }

    #[test]
    fn odd_answers_are_read_and_remarked_on() {
        let body = r#"{"access_token":"opaque","expires_in":"3600","scope":["a","b"]}"#;
        let granted = read_token_response(&answer(200, "text/html", body)).unwrap();
        assert_eq!(granted.expires_in, Some(3600));
        assert_eq!(granted.scope, Some(ScopeSet::parse("a b")));
        assert_eq!(granted.remarks.len(), 3, "{:?}", granted.remarks);
        let form = answer(200, "application/x-www-form-urlencoded", "access_token=gho&scope=repo%2Cuser");
        assert_eq!(read_token_response(&form).unwrap().scope, Some(ScopeSet::parse("repo user")));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let cases = [
            (answer(200, "application/json", "{}"), "without an access_token"),
            (answer(200, "application/json", r#"{"access_token":7}"#), "a number, not a string"),
            (answer(200, "application/json", r#"{"access_token":"abc\nX-Evil: y"}"#), "control character 0x0A"),
            (answer(200, "application/json", r#"{"access_token":"abc\u001b[2J"}"#), "control character 0x1B"),
            (answer(200, "application/json", r#"{"access_token":"abc\u0000"}"#), "control character 0x00"),
            (answer(200, "application/json", r#"{"access_token":"abc d"}"#), "a space"),
            (answer(200, "application/json", r#"{"access_token":"abcé"}"#), "outside ASCII"),
            (answer(200, "application/json", r#"{"access_token":"abc","token_type":"B\r"}"#), "token_type has"),
            (
                answer(200, "application/json", &format!(r#"{{"access_token":"{}"}}"#, "abc".repeat(30_000))),
                "90000 bytes",
            ),
            (answer(500, "text/html", "<html>"), "500 with text/html"),
            (answer(200, "application/json", "[1"), "no JSON object"),
            (answer(502, "text/plain", ""), "empty body"),
            (answer(302, "text/plain", ""), "redirects to"),
        ];
        for (response, words) in cases {
            let reason = read_token_response(&response).unwrap_err().to_string();
            assert!(reason.contains(words), "{reason} should say {words}");
            assert!(!reason.contains("abc"), "{reason} repeats it");
        }
    }
}
