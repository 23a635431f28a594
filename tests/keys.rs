//! Keys, secrets and what rests on them by the real binary: bad ones one by one, `verify` and `provider`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod support;

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use support::{Ended, Place};

/// However busy the machine: what is meant is "at once".
const AT_ONCE: Duration = Duration::from_secs(20);

/// The token of every JWT debugger, signed with a secret that everybody knows.
const KNOWN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";

/// No control byte reaches the terminal but line feeds.
fn is_clean(name: &str, ran: &Ended) {
    for text in [&ran.out, &ran.err] {
        let odd = text.chars().find(|c| c.is_control() && *c != '\n');
        assert_eq!(odd, None, "{name} drives the terminal: {text:?}");
    }
}

#[test]
fn bad_keys_are_answered_at_once() {
    let place = Place::demo();
    let write = |name: &str, bytes: &[u8]| std::fs::write(place.path().join(name), bytes).unwrap();
    let rsa = include_str!("../src/jwt/testdata/rsa.pem");
    let (public, p256) =
        (include_str!("../src/jwt/testdata/rsa.pub.pem"), include_str!("../src/jwt/testdata/p256.pub.pem"));
    let small = include_str!("../src/jwt/testdata/rsa1024.pub.pem");
    write("rsa.pem", rsa.as_bytes());
    write("token", place.run(&["sign", "{}", "--key", "rsa.pem", "--kid", "k1"]).code(0).out.as_bytes());
    let many =
        json!({"keys": vec![json!({"kty": "EC", "crv": "P-256", "kid": "\u{1b}[2J", "x": "AA", "y": "AA"}); 10_000]});
    let escapes = json!({"kty": "\u{1b}[2J", "kid": "k1", "use": "\u{9b}2J", "alg": "\u{7}"}).to_string();
    let (windows, twice) = (public.replace('\n', "\r\n"), format!("{p256}{public}"));
    let (one_line, letters) = (public.replace('\n', " "), public.replace('\n', "\\n"));
    let der: String = public.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(der).unwrap();
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(public.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let mixed = r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"},{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
    let encrypts = r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"},{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}]}"#;
    let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
    let odd_label = "-----BEGIN \u{1b}[2J\u{7}-----\nAAAA\n-----END \u{1b}[2J\u{7}-----";
    for (name, file, code, words) in [
        ("Windows line ends", windows.as_bytes(), 0, "VALID"),
        ("several blocks", twice.as_bytes(), 0, "VALID"),
        ("a private key", rsa.as_bytes(), 0, "VALID"),
        ("PEM on one line", one_line.as_bytes(), 0, "VALID"),
        ("PEM with two letters for each line break", letters.as_bytes(), 0, "VALID"),
        ("DER", &der, 0, "VALID"),
        ("another type of key", p256.as_bytes(), 1, "NOT VALID"),
        ("another type of key, by its rule", p256.as_bytes(), 1, "RS256 needs a key of type RSA; there is"),
        ("10,000 keys", many.to_string().as_bytes(), 1, "none of which can be used"),
        ("secrets and public keys", mixed.as_bytes(), 2, "mixes shared secrets and public keys"),
        ("a secret and a key for encryption", encrypts.as_bytes(), 2, "mixes shared secrets and public keys"),
        (
            "no key at all",
            b"hello",
            2,
            "neither PEM (-----BEGIN PUBLIC KEY-----) nor DER, nor a JWK or key set in JSON",
        ),
        ("an empty file", b"", 2, "it is empty"),
        ("noise", &[0x1b, b'[', 0xff, 7], 2, "it is not text"),
        ("UTF-16", &utf16, 2, "it is UTF-16 text; save it as UTF-8"),
        ("half of the DER", der.get(..100).unwrap(), 2, "nor DER"),
        ("an encrypted key", locked.as_bytes(), 1, "NOT CHECKED"),
        ("an encrypted key, and what to do", locked.as_bytes(), 1, "openssl pkey"),
        ("a broken key", b"-----BEGIN PUBLIC KEY-----\nAAAA", 1, "NOT CHECKED"),
        ("a short key", small.as_bytes(), 1, "NOT CHECKED"),
        ("a label with escapes", odd_label.as_bytes(), 1, "NOT CHECKED"),
        ("members with escapes", escapes.as_bytes(), 1, "NOT VALID"),
        ("a number out of range", br#"{"kty":"RSA","n":1e400,"e":"AQAB"}"#, 1, "number out of range"),
        ("an empty set", br#"{"keys":[]}"#, 1, "the key set is empty"),
        ("other JSON", br#"{"a":1}"#, 2, "this JSON is no key set"),
        ("deep JSON", "[".repeat(100_000).as_bytes(), 2, "nor DER, nor a JWK or key set in JSON"),
    ] {
        write("key", file);
        for option in ["--key", "--jwks"] {
            let started = Instant::now();
            let ran = place.run(&["verify", "@token", option, "key"]).code(code);
            assert!(started.elapsed() < AT_ONCE, "{name} took {:?}", started.elapsed());
            // What cannot be used at all is said on stderr, with nothing on stdout; a verdict the other way round.
            let (said, silent) = if code == 2 { (&ran.err, &ran.out) } else { (&ran.out, &ran.err) };
            assert!(said.contains(words), "{name}: {} {}", ran.out, ran.err);
            assert_eq!(silent, "", "{name}");
            is_clean(name, &ran);
        }
        is_clean(name, &place.run(&["sign", "{}", "--key", "key"]));
    }
    let json = place.run(&["verify", "@token", "--key", "key", "--json"]).code(2);
    assert_eq!(json.out, "");
    write("key", locked.as_bytes());
    let json = place.run(&["verify", "@token", "--key", "key", "--json"]).code(1).json();
    assert_eq!((&json["valid"], &json["checks"][1]["outcome"]), (&Value::Null, &json!("skipped")));
}

#[test]
fn bad_secrets_are_no_verdict_and_a_key_is_never_one() {
    let place = Place::demo();
    let write = |name: &str, bytes: &[u8]| std::fs::write(place.path().join(name), bytes).unwrap();
    let public = include_str!("../src/jwt/testdata/rsa.pub.pem");
    write("rsa.pem", include_bytes!("../src/jwt/testdata/rsa.pem"));
    write("token", place.run(&["sign", "{}", "--key", "rsa.pem"]).code(0).out.as_bytes());
    for (secret, words) in [
        ("", "the secret is empty"),
        ("b64:!!!", "not base64"),
        ("hex:\u{1b}[2J", "not hexadecimal"),
        (r#"{"kty":"oct","k":"c2VjcmV0"}"#, "this is a JWK, not a shared secret"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA", "this is a PEM key, not a shared secret"),
    ] {
        write("secret", secret.as_bytes());
        let ran = place.run(&["verify", KNOWN, "--secret-file", "secret"]).code(1).says("NOT CHECKED").says(words);
        is_clean(secret, &ran);
        let json = place.run(&["verify", KNOWN, "--secret-file", "secret", "--json"]).code(1).json();
        assert_eq!(json["valid"], Value::Null, "{secret}");
        assert!(json["checks"][0]["detail"].as_str().unwrap().contains(words), "{json}");
    }
    // A public key is no secret, whatever the token says: a token that needs one is refused as by --key.
    write("public", public.as_bytes());
    for option in ["--secret-file", "--key"] {
        let ran = place.run(&["verify", KNOWN, option, "public"]).code(1).says("NOT VALID");
        assert!(ran.out.contains("FAIL     key") && ran.out.contains("FAIL     alg"), "{}", ran.out);
    }
    place.run(&["verify", "@token", "--secret-file", "public"]).code(1).says("NOT CHECKED").says("give it as a key");
    write("binary", &[255, 254]);
    assert!(place.run(&["verify", "@token", "--secret-file", "binary"]).code(2).err.contains("b64:"));
}

/// The oldest forgery there is (RFC 8725 section 2.1): an HMAC made with a public key, in whatever form it is at hand.
#[test]
fn a_token_forged_with_a_public_key_is_never_valid() {
    let place = Place::demo();
    let public = include_str!("../src/jwt/testdata/rsa.pub.pem");
    let body: String = public.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = BASE64_STANDARD.decode(&body).unwrap();
    let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let small = format!("x\n{}", include_str!("../src/jwt/testdata/rsa1024.pub.pem"));
    let jwk = r#"[{"n":"AQAB","e":"AQAB"}]"#;
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO35dp43DpZy90w2RChyUp0v8+54jaSi12vgg426E4VD";
    for (text, bytes) in [
        (body.clone(), body.as_bytes()),
        (format!("b64:{}", BASE64_STANDARD.encode(&body)), body.as_bytes()),
        (format!("b64:{body}"), &der),
        (hex.clone(), hex.as_bytes()),
        (small.clone(), small.as_bytes()),
        (format!("b64:{}", BASE64_STANDARD.encode(&small)), small.as_bytes()),
        (jwk.to_owned(), jwk.as_bytes()),
        (ssh.to_owned(), ssh.as_bytes()),
    ] {
        let part = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
        let input = format!("{}.{}", part(r#"{"alg":"HS256"}"#), part(r#"{"sub":"admin"}"#));
        let secret = jsonwebtoken::EncodingKey::from_secret(bytes);
        let signature = jsonwebtoken::crypto::sign(input.as_bytes(), &secret, jsonwebtoken::Algorithm::HS256).unwrap();
        let token = format!("{input}.{signature}");
        std::fs::write(place.path().join("secret"), &text).unwrap();
        std::fs::write(
            place.path().join("oct"),
            json!({"kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(bytes)}).to_string(),
        )
        .unwrap();
        for (option, file) in [("--secret-file", "secret"), ("--key", "oct")] {
            let ran = place.run(&["verify", &token, option, file]).code(1).says("not a shared secret: ");
            assert!(ran.out.starts_with("NOT "), "{text}: {}", ran.out);
            assert!(place.run(&["sign", "{}", option, file]).code(2).err.contains("not a shared secret"), "{text}");
        }
    }
    let ran = place.run(&["verify", KNOWN, "--key", "oct", "--leeway", "31536001"]).code(2);
    assert!(ran.err.contains("at most 31536000, a year"), "{}", ran.err);
}

#[test]
#[cfg(unix)]
fn a_files_name_cannot_drive_the_terminal() {
    let place = Place::demo();
    let name = "\u{1b}[2J\u{7}nope\u{202e}";
    let at = format!("@{name}");
    for arguments in [
        &["verify", at.as_str(), "--key", "rsa.pem"][..],
        &["decode", &at],
        &["sign", &at, "--new", "HS256"],
        &["verify", KNOWN, "--key", name],
        &["verify", KNOWN, "--jwks", name],
        &["verify", KNOWN, "--secret-file", name],
        &["verify", KNOWN, "--secret-env", name],
        &["sign", "{}", "--key", name],
        &["sign", "{}", "--secret-file", name],
        &["sign", "{}", "--secret-env", name],
    ] {
        let ran = place.run(arguments).code(2).says("\\u{1b}[2J\\u{7}nope\\u{202e}");
        is_clean(&arguments.join(" "), &ran);
    }
    std::fs::write(place.path().join(name), "your-256-bit-secret").unwrap();
    for more in [&[][..], &["--json"]] {
        let ran = place.run(&[&["verify", KNOWN, "--secret-file", name], more].concat()).code(0);
        is_clean("a good file", &ran);
        assert!(!ran.out.contains('\u{202e}'), "{}", ran.out);
    }
    std::fs::write(place.path().join(name), [0xff]).unwrap();
    is_clean("a file that is no text", &place.run(&["verify", KNOWN, "--secret-file", name]).code(2));
    is_clean("a file that is no key", &place.run(&["verify", KNOWN, "--key", name]).code(2));
}

#[test]
fn verify_applies_the_rules_and_says_what_it_rests_on() {
    let place = Place::demo();
    std::fs::write(place.path().join("secret"), "your-256-bit-secret").unwrap();
    let verify = ["verify", KNOWN, "--secret-file", "secret", "--at", "2030-01-01T00:00:00Z", "--leeway", "7"];
    let with = |more: &[&str]| place.run(&[&verify[..], more].concat());
    with(&[]).code(0).says("secret-short").says("no-exp").says("no-aud");
    let json = with(&["--json"]).code(0).json();
    let names: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(names, ["valid", "checks", "keys", "leeway", "judged_at", "changes_at", "findings"]);
    assert_eq!(
        json["keys"],
        json!({"from": "secret", "fetched": null, "kid": null, "thumbprint": null, "error": null})
    );
    assert_eq!(
        (&json["leeway"], &json["judged_at"], &json["changes_at"]),
        (&json!(7), &json!("2030-01-01T00:00:00Z"), &Value::Null)
    );
    let found: Vec<&str> =
        json["findings"].as_array().unwrap().iter().map(|finding| finding["id"].as_str().unwrap()).collect();
    assert!(found.contains(&"secret-short") && found.contains(&"secret-guessable"), "{found:?}");
    let ran = with(&["--fail-on", "error"]).code(1).says("VALID");
    assert!(ran.err.contains("a finding is at least error: --fail-on"), "{}", ran.err);
    with(&["--require", "aud"]).code(1).says("no audience expected; no aud; it is required");
    with(&["--iss", "https://else.example"]).code(1).says("FAIL     iss        no iss; expected https://else.example");
    // A profile's token is its provider's to vouch for; of what is no JWT one line is enough.
    place
        .run(&["verify", "tester", "--iss", "https://else.example"])
        .code(1)
        .says("pass     signature")
        .says("FAIL     iss");
    place.run(&["verify", "tester"]).code(0).says("VALID");
    let opaque = place.run(&["verify", "an-opaque-token", "--secret-file", "secret"]).code(1).out;
    assert!(opaque.starts_with("NOT CHECKED  opaque") && opaque.lines().count() == 1, "{opaque}");
    // What a failed check says is not said again, but for a script.
    let ran = with(&["--require", "exp"]).code(1).says("FAIL     exp");
    assert!(!ran.out.contains("no-exp"), "{}", ran.out);
    let json = with(&["--require", "exp", "--json"]).code(1).json();
    assert!(json["findings"].as_array().unwrap().iter().any(|finding| finding["id"] == "no-exp"));
    let part = |json: &str| BASE64_URL_SAFE_NO_PAD.encode(json);
    let none = format!("{}.{}.", part(r#"{"alg":"none"}"#), part("{}"));
    let ran = place.run(&["verify", &none, "--secret-file", "secret"]).code(1).says("FAIL     alg");
    assert!(!ran.out.contains("alg-none") && ran.out.contains("no-exp"), "{}", ran.out);
    let signed = |header: &str, payload: &str| {
        let input = format!("{}.{payload}", part(header));
        let key = jsonwebtoken::EncodingKey::from_secret(b"your-256-bit-secret");
        let made = jsonwebtoken::crypto::sign(input.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
        format!("{input}.{made}")
    };
    for (token, said, unsaid) in [
        (signed(r#"{"alg":"HS256"}"#, "e30="), "strict readers refuse it", "not-base64url"),
        (signed(r#"{"alg":"HS256","b64":false}"#, "e30"), "(RFC 7797 3)", "b64-header"),
    ] {
        let ran =
            place.run(&["verify", &token, "--secret-file", "secret"]).code(1).says("FAIL     signature").says(said);
        assert!(!ran.out.contains(unsaid), "{}", ran.out);
        place.run(&["decode", &token]).code(0).says(unsaid);
    }
    let made = place.run(&["sign", r#"{"exp":1900000000}"#, "--key", "rsa.pem"]);
    assert_eq!(made.code, 2);
    std::fs::write(place.path().join("rsa.pem"), include_str!("../src/jwt/testdata/rsa.pem")).unwrap();
    let made = place.run(&["sign", r#"{"exp":1900000000}"#, "--key", "rsa.pem", "--json"]).code(0).json();
    let json = place.run(&["verify", made["token"].as_str().unwrap(), "--key", "rsa.pem", "--json"]).code(0).json();
    assert_eq!(json["keys"]["thumbprint"].as_str().unwrap().len(), 43);
    assert_eq!(json["changes_at"], "2030-03-17T17:46:40Z");
    let gone = place.run(&["verify", KNOWN, "--jwks", "http://127.0.0.1:1/keys", "--json"]).code(3).json();
    assert_eq!((&gone["valid"], &gone["keys"]["from"]), (&Value::Null, &Value::Null));
    assert!(gone["keys"]["error"].is_string(), "{gone}");
    // Nothing to read: the reason, as decode has it.
    place.run(&["verify", "e30x.e30.e30", "--key", "rsa.pem"]).code(1).says("the header is not readable JSON");
}

/// Serves these bodies under these paths, from a thread that ends with the test.
fn serve(pages: impl FnOnce(&str) -> Vec<(&'static str, Value)>) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let pages = pages(&base);
    std::thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = connection.read(&mut request).unwrap_or(0);
            let line = String::from_utf8_lossy(request.get(..read).unwrap_or_default()).into_owned();
            let path = line.split(' ').nth(1).unwrap_or_default();
            let page = pages.iter().find(|(own, _)| *own == path);
            let (status, body) =
                page.map_or_else(|| ("404 Not Found", String::new()), |(_, body)| ("200 OK", body.to_string()));
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = connection.write_all((head + &body).as_bytes());
        }
    });
    base
}

#[test]
fn a_published_secret_is_a_leak_and_verifies_nothing() {
    let place = Place::demo();
    std::fs::write(place.path().join("rsa.pem"), include_str!("../src/jwt/testdata/rsa.pem")).unwrap();
    let made = place.run(&["sign", "{}", "--key", "rsa.pem", "--json"]).code(0).json();
    let token = made["token"].as_str().unwrap();
    let jwk = place.run(&["sign", "{}", "--new", "RS256", "--json"]).code(0).json()["jwk"].clone();
    let certificate: String =
        include_str!("../src/jwt/testdata/rsa.crt.pem").lines().filter(|line| !line.starts_with("-----")).collect();
    let mut certified = jwk.clone();
    certified["x5c"] = json!([certificate]);
    let document = |base: &str, keys: &str| {
        json!({
            "issuer": base, "jwks_uri": format!("{base}{keys}"), "authorization_endpoint": format!("{base}/auth"),
            "token_endpoint": format!("{base}/token"), "response_types_supported": ["code"],
            "token_endpoint_auth_signing_alg_values_supported": ["none"],
        })
    };
    let oct = json!({"kty": "oct", "kid": "s", "k": "c2VjcmV0"});
    let base = serve(|base| {
        vec![
            ("/.well-known/openid-configuration", document(base, "/keys")),
            ("/keys", json!({"keys": [oct, certified]})),
        ]
    });
    let refused = place.run(&["verify", token, "--jwks", &format!("{base}/keys")]).code(3);
    assert!(
        refused.out.contains("NOT CHECKED") && refused.err.contains("a published secret is a leak"),
        "{}",
        refused.err
    );
    place.run(&["verify", token, "--issuer", &base]).code(3).says("a published secret is a leak");
    // The provider's page says it, with what to do; an address within it is understood.
    let page = place.run(&["provider", &format!("{base}/.well-known/openid-configuration")]).code(1);
    for words in [
        "secret-published",
        "Verifying refuses the whole set",
        "replace it at once",
        "none-for-clients",
        "anyone could write",
        "(RFC 8414 2)",
    ] {
        assert!(page.out.contains(words), "no {words} in {}", page.out);
    }
    assert!(page.out.contains("certificate") && page.out.contains("20") && page.out.contains(" to 2"), "{}", page.out);
    assert!(page.err.contains(&format!("was taken for the issuer {base}")), "{}", page.err);
    assert!(!page.out.contains("c2VjcmV0"), "{}", page.out);
    assert_eq!(place.run(&["provider", &base]).code(1).err, "");
}

#[test]
fn a_provider_is_shown_with_its_keys() {
    let place = Place::demo();
    let ran = place.run(&["provider", "tester"]).code(0).says("client authentication").says("usable");
    assert!(ran.out.contains("Keys"), "{}", ran.out);
    let json = place.run(&["provider", "tester", "--json"]).code(0).json();
    let names: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(names, ["issuer", "addresses", "offers", "findings", "keys_from", "keys"]);
    let key = &json["keys"][0];
    let names: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        ["kid", "kty", "crv", "alg", "use", "size_bits", "thumbprint", "certificate", "unusable", "remarks"]
    );
    assert_eq!((&key["kty"], &key["unusable"]), (&json!("RSA"), &Value::Null));
    assert!(place.run(&["provider", "no-such-profile"]).code(2).err.contains("neither a profile nor an issuer"));
}
