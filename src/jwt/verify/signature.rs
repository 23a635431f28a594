//! Chooses the keys that a token may mean and holds its signature against them. The key rules the algorithm: nothing the
//! token says makes a key serve an algorithm that is not its own.
//!
//! Pure: imports only the `jwt` module's own files.

use aws_lc_rs::signature::VerificationAlgorithm as _;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::crypto;
use serde_json::Value;

use super::{Finding, KeySource, KeyUsed, fail, pass, skip};
use crate::jwt::algorithm::{Means, Named, named};
use crate::jwt::decode::{Part, Problem, Token};
use crate::jwt::keys::{Curve, Key, KeySet, KeyType, Material, SkippedKey};
use crate::jwt::times::described;
use crate::jwt::{counted, shown};

/// A signature is held against so many keys at most: a set with thousands must not cost minutes.
const MOST_TRIES: usize = 64;

const NO_KEY_FITS: &str = "not checked: no key fits";

/// What came of the three checks that concern the key.
pub(super) struct Signed {
    pub(super) key: Finding,
    pub(super) signature: Finding,
    pub(super) alg: Finding,
    pub(super) used: Option<KeyUsed>,
    pub(super) judged: Judged,
}

/// Whether the signature was held against keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Judged {
    /// Against all that it can be of, or there is none.
    Wholly,
    /// Against some, in vain; it may be of another.
    InPart,
    /// Against none, for want of a readable key or of a way to check it.
    Not,
}

impl Signed {
    fn unjudged(key: Finding, signature: &str, alg: Finding) -> Self {
        Self { key, signature: skip(signature), alg, used: None, judged: Judged::Not }
    }

    fn refused(key: Finding, signature: Finding, alg: Finding) -> Self {
        Self { key, signature, alg, used: None, judged: Judged::Wholly }
    }
}

/// Makes the checks `key`, `signature` and `alg` of a JWS.
pub(super) fn check(token: &Token, keys: KeySource<'_>) -> Signed {
    let alg = token.alg().map(named);
    let set = match keys {
        KeySource::Keys(set) => set,
        KeySource::Unreachable(why) => {
            let key = skip(format!("the keys could not be had: {}", shown(&why, 200)));
            return Signed::unjudged(key, "not checked: there are no keys", alg_without_key(token, alg));
        }
        KeySource::None => {
            return Signed::unjudged(
                skip("no key was given"),
                "not checked: no key was given",
                alg_without_key(token, alg),
            );
        }
    };
    match alg {
        Some(Named::Checkable(means, wanted)) => against(token, set, means, wanted),
        Some(Named::NotCheckable) => Signed::unjudged(
            skip("not looked for"),
            "not checked: this algorithm cannot be checked here",
            alg_without_key(token, alg),
        ),
        Some(Named::Unsigned | Named::Unknown) | None => Signed::refused(
            skip("no key can belong to such an algorithm"),
            skip("not checked: the algorithm is refused"),
            alg_without_key(token, alg),
        ),
    }
}

/// What can be said of the algorithm when no key says which one it allows.
fn alg_without_key(token: &Token, alg: Option<Named>) -> Finding {
    let spelt = shown(token.alg().unwrap_or_default(), 40);
    match alg {
        Some(Named::Checkable(..)) => skip(format!("{spelt}; there is no key to say whether it is the right one")),
        Some(Named::NotCheckable) => skip(format!("{spelt} cannot be checked here")),
        Some(Named::Unsigned) => fail(format!("alg is {spelt}: the token is not signed, anyone can have written it")),
        Some(Named::Unknown) => fail(format!("alg {spelt} is no signature algorithm")),
        None => fail("no alg: the header does not say how the token is signed"),
    }
}

/// Holds the signature against the keys of the set that the token may mean.
///
/// A `kid` that is no text means no key (RFC 7515 section 4.1.4 wants a text): which one it might be is not guessed.
///
/// A key that is readable and does not fit the token's algorithm, by type, curve, `use`, `key_ops` or `alg`, refuses the
/// token (RFC 8725 section 3.1). One that cannot be read says nothing: while the signature may be of such a key, it is
/// not checked.
fn against(token: &Token, set: &KeySet, means: Means, wanted: KeyType) -> Signed {
    let alg = shown(token.alg().unwrap_or_default(), 40);
    if let Some(kid) = token.header().and_then(|header| header.get("kid")).filter(|kid| !kid.is_string()) {
        let why = format!("kid is {}, where a text is wanted (RFC 7515 4.1.4)", described(kid));
        return Signed::refused(fail(why), skip(NO_KEY_FITS), skip(format!("{alg}; no key was looked for")));
    }
    if set.is_empty() {
        // No key is no verdict.
        let alg = skip(format!("{alg}; there is no key to say whether it is the right one"));
        return Signed::unjudged(skip("the key set is empty"), "not checked: there are no keys", alg);
    }
    let named_ones: Vec<&Key> = set.keys.iter().filter(|key| key.answers_to(token.kid())).collect();
    let fitting: Vec<&Key> = named_ones.iter().copied().filter(|key| fits(key, means, wanted)).collect();
    let left_out = || set.skipped.iter().filter(|key| key.answers_to(token.kid()));
    let unread = left_out().find(|key| key.may_serve(wanted));
    if fitting.is_empty() {
        return match unread {
            Some(key) => Signed::unjudged(
                skip(cannot_be_used(key, set)),
                "not checked: the key cannot be used",
                skip(format!("{alg}; there is no key to say whether it is the right one")),
            ),
            None if named_ones.is_empty() => {
                let of_other_type = left_out().any(|key| key.is_other_type(wanted));
                Signed::refused(
                    fail(no_key(token, set)),
                    skip(NO_KEY_FITS),
                    if of_other_type {
                        fail(format!("{alg} is not what the key allows: it needs a key of type {wanted}"))
                    } else {
                        skip(format!("{alg}; there is no key to say"))
                    },
                )
            }
            None => misfit(&alg, &named_ones, wanted),
        };
    }
    let alg_passes = pass(format!("{alg}, as the key allows"));
    if let Some(why) = refused_unseen(token) {
        return Signed { used: single(&fitting, token), ..Signed::refused(found(&fitting), fail(why), alg_passes) };
    }
    if token.signature_text().is_some_and(str::is_empty) {
        let single = single(&fitting, token);
        return Signed { used: single, ..Signed::refused(found(&fitting), fail("there is no signature"), alg_passes) };
    }
    if let Some(key) = fitting.iter().take(MOST_TRIES).find(|key| holds(token, key, means)) {
        return Signed {
            key: pass(describe(key)),
            signature: pass(format!("holds with {}", the_key(key))),
            alg: alg_passes,
            used: Some(used(key, token)),
            judged: Judged::Wholly,
        };
    }
    match untried(&fitting, unread) {
        Some(why) => Signed { judged: Judged::InPart, ..Signed::refused(found(&fitting), skip(why), alg_passes) },
        None => Signed {
            used: single(&fitting, token),
            ..Signed::refused(found(&fitting), fail(why_not(token, &fitting)), alg_passes)
        },
    }
}

/// Why the signature counts for nothing, whether it holds or not: it is over something else than what is read here, or
/// over parts that are to be rejected, since they are not base64url without padding (RFC 7515 sections 2 and 5.2).
fn refused_unseen(token: &Token) -> Option<String> {
    match token.header().and_then(|header| header.get("b64")) {
        None | Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => {
            let why = "the header says b64: false: the signature is over the payload as it is, not over base64url";
            return Some(format!("{why}, and such tokens are not checked here (RFC 7797 3)"));
        }
        Some(other) => return Some(format!("b64 is {}, where true or false is wanted (RFC 7797 3)", described(other))),
    }
    let (header, payload) = token.signing_input()?.split_once('.')?;
    let mut parts = [(Part::Header, header), (Part::Payload, payload)].into_iter();
    let (part, _) = parts.find(|(_, encoded)| BASE64_URL_SAFE_NO_PAD.decode(encoded).is_err())?;
    let is_said = |problem: &&Problem| matches!(problem, Problem::Encoding(of, _) if *of == part);
    let what = token.problems().iter().find(is_said).map(ToString::to_string);
    Some(format!(
        "strict readers refuse it: {} (RFC 7515 5.2)",
        what.unwrap_or_else(|| format!("the {part} is not base64url"))
    ))
}

/// The keys that the token may mean are there, and none is for its algorithm: the rule that each breaks.
fn misfit(alg: &str, named_ones: &[&Key], wanted: KeyType) -> Signed {
    let described = |keys: &[&Key]| keys.iter().take(3).map(|key| describe(key)).collect::<Vec<_>>().join(", ");
    let of_its_type: Vec<&Key> = named_ones.iter().copied().filter(|key| key.kty == wanted).collect();
    let why = if of_its_type.is_empty() {
        format!("{alg} needs a key of type {wanted}; there is {}", described(named_ones))
    } else {
        format!("the key's own alg does not fit: {} does not serve {alg} (RFC 7517 4.4)", described(&of_its_type))
    };
    let not_allowed = format!("{alg} is not what the key allows: {}", described(named_ones));
    Signed::refused(fail(why), skip(NO_KEY_FITS), fail(not_allowed))
}

/// Why a signature that holds with none of the keys tried may hold all the same.
fn untried(fitting: &[&Key], unread: Option<&SkippedKey>) -> Option<String> {
    let tried = fitting.len().min(MOST_TRIES);
    if fitting.len() > tried {
        return Some(format!(
            "not checked: holds with none of the first {tried} of {} keys that fit, and the others were not tried; name \
             the key: a token with its kid, or that key alone (--key)",
            fitting.len()
        ));
    }
    let unread = unread?;
    let name = unread.kid.as_deref().map(|kid| format!(" {}", shown(kid, 60))).unwrap_or_default();
    let tried = counted(tried, "key that fits", "keys that fit");
    Some(format!("not checked: does not hold with the {tried}, and another{name} cannot be used: {}", unread.reason))
}

/// Whether the key may serve this algorithm: by its type, and by its own `alg` when it has one.
fn fits(key: &Key, means: Means, wanted: KeyType) -> bool {
    let own = key.alg.as_deref().map(named);
    key.kty == wanted && own.is_none_or(|own| own == Named::Checkable(means, wanted))
}

/// Whether the signature holds: a library's part, over header and payload exactly as given.
fn holds(token: &Token, key: &Key, means: Means) -> bool {
    let (Some(input), Some(signature)) = (token.signing_input(), token.signature_text()) else { return false };
    match (key.material(), means) {
        (Material::Library(material), Means::Library(algorithm)) => {
            crypto::verify(signature, input.as_bytes(), material, algorithm).unwrap_or(false)
        }
        (Material::Point(point), Means::OtherCurve) => {
            let (Some(curve), Ok(signature)) = (Curve::of(key.kty), BASE64_URL_SAFE_NO_PAD.decode(signature)) else {
                return false;
            };
            curve.checks.verify_sig(point, input.as_bytes(), &signature).is_ok()
        }
        _ => false,
    }
}

/// Why the key that the token means, or may mean, cannot be used.
fn cannot_be_used(key: &SkippedKey, set: &KeySet) -> String {
    match &key.kid {
        Some(kid) => format!("the key {} cannot be used: {}", shown(kid, 60), key.reason),
        None if set.len() == 1 => format!("the key cannot be used: {}", key.reason),
        None => format!("one of {} cannot be used: {}", counted(set.len(), "key", "keys"), key.reason),
    }
}

/// Why no key of the set is the token's.
fn no_key(token: &Token, set: &KeySet) -> String {
    if let Some(skipped) = set.skipped.iter().find(|key| token.kid().is_some() && key.answers_to(token.kid())) {
        return cannot_be_used(skipped, set);
    }
    let Some(kid) = token.kid().map(|kid| shown(kid, 60)) else {
        return match set.skipped.first() {
            Some(skipped) if set.len() == 1 => cannot_be_used(skipped, set),
            Some(skipped) => format!("none of the {} keys can be used: {}", set.len(), skipped.reason),
            None => "the key set is empty".to_owned(),
        };
    };
    let known: Vec<String> = set.keys.iter().take(4).map(name_of).collect();
    match set.keys.len() {
        0 if set.is_empty() => format!("no key {kid}: the key set is empty"),
        0 => {
            format!("no key {kid} among {}, none of which can be used", counted(set.len(), "key", "keys"))
        }
        more if more > known.len() => {
            format!("no key {kid}; there are {} and {} more", known.join(", "), more - known.len())
        }
        _ => format!("no key {kid}; there are {}", known.join(", ")),
    }
}

fn found(fitting: &[&Key]) -> Finding {
    match fitting {
        [key] => pass(describe(key)),
        several => pass(format!("{} keys fit", several.len())),
    }
}

fn why_not(token: &Token, fitting: &[&Key]) -> String {
    let unreadable = |problem: &&Problem| matches!(problem, Problem::Encoding(Part::Signature, _));
    if let Some(problem) = token.problems().iter().find(unreadable) {
        return format!("does not hold: {problem}");
    }
    match fitting {
        [key] => format!("does not hold with {}: changed on the way, or signed by another key", the_key(key)),
        several => format!("holds with none of the {} keys that fit", several.len()),
    }
}

/// The key, when there is only one that the signature was held against.
fn single(fitting: &[&Key], token: &Token) -> Option<KeyUsed> {
    match fitting {
        [key] => Some(used(key, token)),
        _ => None,
    }
}

fn used(key: &Key, token: &Token) -> KeyUsed {
    let alg = token.alg().unwrap_or_default().to_owned();
    KeyUsed { kid: key.kid.clone(), alg, thumbprint: key.thumbprint.clone() }
}

/// The key, as it stands in a sentence.
fn the_key(key: &Key) -> String {
    match (key.kty, &key.kid) {
        (KeyType::Secret, None) => "the shared secret".to_owned(),
        _ => format!("the key {}", name_of(key)),
    }
}

/// The key's `kid`, else its thumbprint, else its type.
fn name_of(key: &Key) -> String {
    match (&key.kid, &key.thumbprint) {
        (Some(kid), _) => shown(kid, 60),
        (None, Some(thumbprint)) => thumbprint.clone(),
        (None, None) => key.kty.to_string(),
    }
}

/// `7Qx2 (RSA, 2048 bits, for RS256)`.
fn describe(key: &Key) -> String {
    let purpose = key.alg.as_deref().map(|alg| format!(", for {alg}")).unwrap_or_default();
    match key.kty {
        KeyType::Secret => format!("{} ({} bits{purpose})", name_of(key), key.size_bits),
        kty => format!("{} ({kty}, {} bits{purpose})", name_of(key), key.size_bits),
    }
}
