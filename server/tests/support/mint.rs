//! Makes the requests of `cases.json`: tokens as the bundled server signs them, changed in one way
//! each. Used by the tests and by `examples/cases.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    reason = "a test may stop at the first surprise"
)]

use std::{fmt::Write as _, path::Path};

use aws_lc_rs::{
    encoding::{AsDer as _, PublicKeyX509Der},
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    pub what: String,
    #[serde(default = "get")]
    pub method: String,
    #[serde(default = "scoped")]
    pub path: String,
    /// Values of the `Authorization` header; `{token}` stands for the token.
    #[serde(default = "bearer")]
    pub authorization: Vec<String>,
    /// The query; `{token}` as above.
    #[serde(default)]
    pub query: String,
    /// What the API was told to expect as audience.
    pub audience: Option<String>,
    /// Members that replace those of the JWT's header; `null` removes.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// Claims that replace the usual ones; `{"now": n}` is a time, `{"absent": true}` removes.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// The payload as text, instead of claims.
    pub payload: Option<String>,
    /// How it is signed.
    #[serde(default)]
    pub sign: Sign,
    /// A token as it stands, instead of a made one; `{megabyte}` is a million characters.
    pub token: Option<String>,
    pub expect: Expect,
    /// What Authlib answers instead, and why; for the comparison with it.
    #[allow(dead_code, reason = "read by the comparison with Authlib only")]
    pub authlib: Option<Value>,
}

/// What the API must answer.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Any of these.
    pub status: Vec<u16>,
    /// The body's `error`.
    pub error: Option<String>,
    /// `bare`, or the challenge's error code.
    pub challenge: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    #[default]
    Own,
    OtherKey,
    /// The signature part is empty.
    Nothing,
    /// The own signature with a character in its middle changed.
    Flipped,
    /// The signature of the unchanged token.
    OfTheUnchanged,
    HmacPem,
    HmacDer,
    HmacJwk,
    HmacRandom,
}

fn get() -> String {
    "GET".to_owned()
}

fn scoped() -> String {
    "/api/private-scoped".to_owned()
}

fn bearer() -> Vec<String> {
    vec!["Bearer {token}".to_owned()]
}

/// All cases of the table.
pub fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../cases.json")).expect("cases.json is a table of cases")
}

/// A request, ready to be sent.
pub struct Ready {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub authorization: Vec<String>,
    pub token: String,
}

/// The bundled server's own key, and one that is not its.
pub struct Mint {
    issuer: String,
    own: RsaKeyPair,
    own_kid: String,
    encryption_kid: String,
    other: RsaKeyPair,
    /// An address that nobody may ever ask.
    sentinel: String,
    now: i64,
}

impl Mint {
    /// Reads the signing key from the server's key file.
    pub fn new(key_file: &Path, issuer: &str, sentinel: &str, now: i64) -> Self {
        let text = std::fs::read_to_string(key_file).expect("the server's key file");
        let stored: Value = serde_json::from_str(&text).expect("a key file is JSON");
        let key = |name: &str| {
            let der = STANDARD.decode(stored[name].as_str().unwrap()).unwrap();
            RsaKeyPair::from_pkcs8(&der).expect("a key file has RSA keys")
        };
        let own = key("signing");
        Self {
            issuer: issuer.to_owned(),
            own_kid: thumbprint(&own),
            encryption_kid: thumbprint(&key("encryption")),
            own,
            other: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            sentinel: sentinel.to_owned(),
            now,
        }
    }

    /// The public signing key, as a key set has it.
    pub fn jwk(&self) -> Value {
        let mut jwk = jwk(&self.own);
        jwk["kid"] = json!(self.own_kid);
        jwk["use"] = json!("sig");
        jwk["alg"] = json!("RS256");
        jwk
    }

    /// A good token whose header and claims are changed like this.
    pub fn changed(&self, header: &Value, claims: &Value) -> String {
        let case = json!({ "id": "", "what": "", "header": header, "claims": claims, "expect": { "status": [200] } });
        self.token(&serde_json::from_value(case).unwrap())
    }

    /// The request of a case.
    pub fn request(&self, case: &Case) -> Ready {
        let token = match &case.token {
            Some(literal) => literal.replace("{megabyte}", &"x".repeat(1_000_000)),
            None => self.token(case),
        };
        let put_in = |template: &str| template.replace("{token}", &token);
        let query = put_in(&case.query);
        Ready {
            method: case.method.clone(),
            target: if query.is_empty() { case.path.clone() } else { format!("{}?{query}", case.path) },
            authorization: case.authorization.iter().map(|value| put_in(value)).collect(),
            token,
        }
    }

    fn token(&self, case: &Case) -> String {
        let mut header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.own_kid });
        let usual_payload = self.usual_claims();
        let usual = format!("{}.{}", part(&header), part(&usual_payload));
        for (name, value) in &case.header {
            match value {
                Value::Null => drop(header.as_object_mut().unwrap().shift_remove(name)),
                value => header[name] = self.filled(value),
            }
        }
        let payload = match &case.payload {
            Some(text) => self.filled(&json!(text)).as_str().unwrap().to_owned(),
            None => self.claims(&usual_payload, &case.claims).to_string(),
        };
        let signed = format!("{}.{}", part(&header), URL_SAFE_NO_PAD.encode(payload));
        format!("{signed}.{}", self.signature(case.sign, &signed, &usual))
    }

    fn usual_claims(&self) -> Value {
        json!({
            "exp": self.now + 300,
            "iat": self.now,
            "jti": "trrtcc:00010203-0405-0607-0809-0a0b0c0d0e0f",
            "iss": self.issuer,
            "aud": "account",
            "sub": "5f0c6f4e-8d3b-4c59-9a55-0d2c6a7f1e01",
            "typ": "Bearer",
            "azp": "testapiclient1",
            "scope": "profile email test_api_access",
        })
    }

    fn claims(&self, usual: &Value, changes: &Map<String, Value>) -> Value {
        let mut claims = usual.clone();
        for (name, value) in changes {
            if value.get("absent").is_some() {
                claims.as_object_mut().unwrap().shift_remove(name);
            } else {
                claims[name] = self.filled(value);
            }
        }
        claims
    }

    /// A value with its placeholders filled in.
    fn filled(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => json!(
                text.replace("{issuer}", &self.issuer)
                    .replace("{encryption_kid}", &self.encryption_kid)
                    .replace("{sentinel}", &self.sentinel)
                    .replace("{exp}", &(self.now + 300).to_string())
            ),
            Value::Object(inner) => match inner.get("now").and_then(Value::as_f64) {
                Some(distance) if distance.fract() == 0.0 => {
                    json!(self.now + inner["now"].as_i64().unwrap())
                }
                #[allow(clippy::cast_precision_loss, reason = "exact for any time of these centuries")]
                Some(distance) => json!(self.now as f64 + distance),
                None if inner.contains_key("other_jwk") => jwk(&self.other),
                None => value.clone(),
            },
            _ => value.clone(),
        }
    }

    fn signature(&self, sign: Sign, signed: &str, usual: &str) -> String {
        let rsa = |key: &RsaKeyPair, text: &str| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
            URL_SAFE_NO_PAD.encode(signature)
        };
        let hmac = |algorithm, secret: &[u8]| {
            let key = hmac::Key::new(algorithm, secret);
            URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()))
        };
        match sign {
            Sign::Own => rsa(&self.own, signed),
            Sign::OtherKey => rsa(&self.other, signed),
            Sign::Nothing => String::new(),
            Sign::OfTheUnchanged => rsa(&self.own, usual),
            Sign::Flipped => {
                let mut signature = rsa(&self.own, signed);
                let middle = signature.len() / 2;
                let other = if &signature[middle..=middle] == "A" { "B" } else { "A" };
                signature.replace_range(middle..=middle, other);
                signature
            }
            Sign::HmacPem => hmac(hmac::HMAC_SHA256, pem(&self.own).as_bytes()),
            Sign::HmacDer => hmac(hmac::HMAC_SHA256, &der(&self.own)),
            Sign::HmacJwk => hmac(hmac::HMAC_SHA256, jwk(&self.own).to_string().as_bytes()),
            Sign::HmacRandom => {
                hmac(hmac::HMAC_SHA512, b"a secret of nobody's, long enough for SHA-512 to like it well.......")
            }
        }
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn der(key: &RsaKeyPair) -> Vec<u8> {
    let der: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    der.as_ref().to_vec()
}

fn pem(key: &RsaKeyPair) -> String {
    let text = STANDARD.encode(der(key));
    let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
    for line in text.as_bytes().chunks(64) {
        writeln!(pem, "{}", std::str::from_utf8(line).unwrap()).unwrap();
    }
    pem + "-----END PUBLIC KEY-----\n"
}

fn parsed(key: &RsaKeyPair) -> jsonwebtoken::jwk::Jwk {
    let key = jsonwebtoken::DecodingKey::from_rsa_der(key.public_key().as_ref());
    jsonwebtoken::jwk::Jwk::from_decoding_key(&key, None).unwrap()
}

fn jwk(key: &RsaKeyPair) -> Value {
    serde_json::to_value(parsed(key)).unwrap()
}

fn thumbprint(key: &RsaKeyPair) -> String {
    parsed(key).thumbprint(jsonwebtoken::jwk::ThumbprintHash::SHA256).unwrap()
}
