//! Holding the token against keys: where they come from, a person's yes before a host is asked, and the verdict.

use std::sync::Arc;

use super::provider;
use crate::engine::{KeysFrom, PolicyAsk};
use crate::jwt::{KeySet, KeySetError, KeySource, Kind, Policy, Token, lint, lint_keys, shown, verify};
use crate::tui::effect::Effect;
use crate::tui::state::{
    Consent, Field, Form, InspectForm, InspectPopup, Judged, Judgement, KeysAt, Level, Popup, Purpose, RunId, State,
    TrustTab, Wanted, host_of,
};

/// Where keys can come from, in the order of the form.
const SOURCES: [&str; 5] = ["issuer", "key set", "key", "secret", "none"];
/// The field of each; the last has none.
pub(super) const FIELDS: [&str; 4] = ["issuer", "jwks", "key", "secret"];

/// `K`: what to verify with.
pub(in crate::tui::update) fn choose_keys(state: &mut State) {
    let Some(subject) = &state.inspect.subject else { return };
    let token = &subject.token;
    let issuer = token.claim_str("iss").unwrap_or_default();
    let likely = match token.alg() {
        Some(alg) if alg.starts_with("HS") => 3,
        _ if issuer.starts_with("https://") || issuer.starts_with("http://") => 0,
        _ => 1,
    };
    let policy = &subject.judged.policy;
    let audience = policy.audience.clone().unwrap_or_default();
    let form = Form::new(Purpose::Inspect(InspectForm::Keys), "Verify with", "verifies")
        .field(Field::choice("source", "Keys", &SOURCES, likely).hint("Left and right choose."))
        .field(Field::text("issuer", "Issuer", shown(issuer, 2_000)).hint(
            "Its discovery document leads to its keys. A host that no profile names is asked only after your yes.",
        ))
        .field(
            Field::text("jwks", "Key set", "")
                .hint("Pasted, a file, or an address: a host is asked only after your yes."),
        )
        .field(
            Field::text("key", "Key", "")
                .hint("A JWK or PEM, pasted, or the file it is in, DER too. Of a private key the public part."),
        )
        .field(
            Field::masked("secret", "Secret").hint("The shared secret of HS256, HS384, HS512; b64:…, hex:…, or @FILE."),
        )
        .field(
            Field::text("iss", "Its iss", "")
                .hint("The iss it must have; empty: that of the issuer whose keys are taken."),
        )
        .field(Field::text("audience", "Audience", audience).hint("The aud it must name; empty: not checked."))
        .field(Field::text("leeway", "Leeway", policy.leeway.to_string()).hint("Seconds that a clock may be off."));
    let mut form = form;
    after_edit(&mut form);
    state.popups.push(Popup::Form(form));
}

/// Only the chosen source's field is there.
pub(super) fn after_edit(form: &mut Form) {
    let chosen = form.chosen("source");
    for (place, name) in FIELDS.iter().enumerate() {
        if let Some(field) = form.get_mut(name) {
            field.visible = place == chosen;
        }
    }
}

/// The form was submitted.
pub(super) fn submitted(state: &mut State, mut form: Form) -> Vec<Effect> {
    let ask = match policy(&form) {
        Ok(ask) => ask,
        Err(why) => {
            form.fail("leeway", why);
            state.popups.push(Popup::Form(form));
            return Vec::new();
        }
    };
    let place = form.chosen("source");
    match source(&form, place) {
        Ok(Source::None) => {
            let effects = super::cancel_quietly(state);
            if let Some(subject) = &mut state.inspect.subject {
                subject.judged = Judged::unchecked(&subject.token, state.now);
                subject.judged.policy =
                    Policy { issuer: ask.issuer, audience: ask.audience, leeway: ask.leeway, ..Policy::default() };
                state.inspect.set = None;
            }
            effects
        }
        Ok(Source::Here(set, place)) => {
            // What was chosen before must not come late and take its place.
            let effects = super::cancel_quietly(state);
            here(state, set, place, &ask);
            effects
        }
        Ok(Source::Elsewhere(from)) => {
            state.inspect.asked = Some(form);
            ask_or_verify(state, from, ask)
        }
        Err(why) => {
            form.fail(FIELDS.get(place).copied().unwrap_or("source"), why);
            state.popups.push(Popup::Form(form));
            Vec::new()
        }
    }
}

fn policy(form: &Form) -> Result<PolicyAsk, String> {
    let audience = Some(form.text("audience").to_owned()).filter(|audience| !audience.is_empty());
    let leeway = match form.text("leeway") {
        "" => 0,
        text => Policy::read_leeway(text).map_err(|error| format!("{error}."))?,
    };
    let issuer = Some(form.text("iss").to_owned()).filter(|issuer| !issuer.is_empty());
    Ok(PolicyAsk { issuer, audience, leeway, ..PolicyAsk::default() })
}

/// What the form comes to.
enum Source {
    /// No key.
    None,
    /// These keys, and where they were given.
    Here(KeySet, String),
    /// Keys that the engine reads or fetches.
    Elsewhere(KeysFrom),
}

fn source(form: &Form, place: usize) -> Result<Source, String> {
    let nothing = || "There is nothing in it yet.".to_owned();
    let text = |name: &str| Some(form.text(name).to_owned()).filter(|text| !text.is_empty()).ok_or_else(nothing);
    let said = |error: KeySetError| format!("{error}.");
    Ok(match place {
        0 => Source::Elsewhere(KeysFrom::Issuer(address(text("issuer")?)?)),
        1 => {
            let place = text("jwks")?;
            if place.starts_with('{') {
                let set = KeySet::from_file_contents(place.as_bytes()).map_err(said)?;
                return Ok(Source::Here(set, "a pasted key set".to_owned()));
            }
            let place = place.strip_prefix('@').map_or(place.clone(), str::to_owned);
            Source::Elsewhere(KeysFrom::Jwks(if place.contains("://") { address(place)? } else { place }))
        }
        2 => {
            let text = text("key")?;
            let is_json =
                text.trim_start_matches(|c: char| c == '\u{feff}' || c.is_whitespace()).starts_with(['{', '[']);
            if is_json || text.contains("-----BEGIN") {
                let place = if is_json { "a pasted JWK" } else { "a pasted PEM key" };
                Source::Here(KeySet::from_file_contents(text.as_bytes()).map_err(said)?, place.to_owned())
            } else {
                Source::Elsewhere(KeysFrom::Key(text.trim_start_matches('@').into()))
            }
        }
        3 => {
            let secret = form.secret("secret").ok_or_else(nothing)?;
            match secret.reveal().strip_prefix('@') {
                Some(path) => Source::Elsewhere(KeysFrom::SecretFile(path.into())),
                None => match KeySet::from_secret(&secret) {
                    set if set.keys.is_empty() => {
                        return Err(set.skipped.first().map_or_else(nothing, |key| format!("{}.", key.reason)));
                    }
                    set => Source::Here(set, "a secret typed here".to_owned()),
                },
            }
        }
        _ => Source::None,
    })
}

fn address(text: String) -> Result<String, String> {
    let known = text.starts_with("https://") || text.starts_with("http://");
    let wrong = || "An address that begins with https:// or http:// is wanted.".to_owned();
    if known && url::Url::parse(&text).is_ok_and(|url| url.host_str().is_some()) { Ok(text) } else { Err(wrong()) }
}

/// Holds the token against keys that are here.
fn here(state: &mut State, set: KeySet, place: String, ask: &PolicyAsk) {
    let Some(subject) = &mut state.inspect.subject else { return };
    let policy =
        Policy { issuer: ask.issuer.clone(), audience: ask.audience.clone(), leeway: ask.leeway, ..Policy::default() };
    let verdict = verify(&subject.token, KeySource::Keys(&set), &policy, state.now);
    let mut findings = lint(&subject.token, state.now);
    findings.extend(lint_keys(&subject.token, &set, state.now));
    let judgement = Judgement { findings, verdict, keys: KeysAt::Here(place), set: Some(Arc::new(set)), policy };
    conclude(state, judgement);
}

/// Asks for a yes where keys would come from a host that nothing vouches for.
fn ask_or_verify(state: &mut State, from: KeysFrom, ask: PolicyAsk) -> Vec<Effect> {
    match consent_wanted(state, &from) {
        Some((host, url)) => {
            let consent = Consent { host, url, wanted: Wanted::Keys(from, ask) };
            state.popups.push(Popup::Inspect(InspectPopup::Consent(consent)));
            Vec::new()
        }
        None => start(state, from, ask),
    }
}

/// The host that must be agreed to first, and the address: none for files, for issuers of a trusted profiles.toml, and
/// for what was agreed to before.
pub(super) fn consent_wanted(state: &State, from: &KeysFrom) -> Option<(String, String)> {
    let url = match from {
        KeysFrom::Issuer(issuer) => issuer,
        KeysFrom::Jwks(place) if place.contains("://") => place,
        _ => return None,
    };
    let vouched = state.origin.untrusted.is_none() && matches!(from, KeysFrom::Issuer(_)) && is_ours(state, url);
    let host = host_of(url);
    (!vouched && !state.inspect.agreed.contains(&host)).then(|| (host, url.clone()))
}

fn is_ours(state: &State, issuer: &str) -> bool {
    state.profiles.providers.iter().any(|provider| provider.issuer.as_str() == issuer)
}

/// The person said yes to the host.
pub(super) fn agreed(state: &mut State, consent: Consent) -> Vec<Effect> {
    state.inspect.agreed.insert(consent.host);
    match consent.wanted {
        Wanted::Keys(from, ask) => start(state, from, ask),
        Wanted::Page(from) => provider::start(state, from),
    }
}

/// Lets the engine read or fetch the keys, and verify with them.
fn start(state: &mut State, from: KeysFrom, ask: PolicyAsk) -> Vec<Effect> {
    let run = state.new_run();
    let Some(token) = state.inspect.subject.as_ref().map(|subject| Arc::clone(&subject.token)) else {
        return Vec::new();
    };
    let mut effects = super::cancel_quietly(state);
    state.inspect.verifying = Some((run, state.now));
    state.inspect.page = None;
    state.inspect.trust_tab = TrustTab::Verdict;
    effects.push(Effect::Verify { run, token, from: through_profile(state, from), ask });
    effects
}

/// An issuer of profiles.toml is reached as its provider says, by any profile of it.
pub(super) fn through_profile(state: &State, from: KeysFrom) -> KeysFrom {
    let KeysFrom::Issuer(issuer) = &from else { return from };
    let of_issuer = |name: &str| state.profiles.provider(name).is_some_and(|own| own.issuer.as_str() == issuer);
    let usable = state.profiles.profiles.iter().filter(|profile| profile.disabled.is_none());
    let profile = usable.into_iter().find(|profile| of_issuer(&profile.provider));
    profile.map_or(from.clone(), |profile| KeysFrom::Profile(profile.name.clone()))
}

/// Keys came, or did not.
pub(in crate::tui::update) fn judged(state: &mut State, run: RunId, result: Result<Judgement, String>) {
    if state.inspect.verifying.is_none_or(|(waiting, _)| waiting != run) {
        return;
    }
    state.inspect.verifying = None;
    match result {
        Ok(judgement) => conclude(state, judgement),
        Err(why) => super::failed(state, why),
    }
}

fn conclude(state: &mut State, judgement: Judgement) {
    state.inspect.asked = None;
    let Some(subject) = &mut state.inspect.subject else { return };
    let Judgement { verdict, keys, set, policy, findings } = judgement;
    subject.findings = findings;
    let (level, words) = in_words(&subject.token, verdict.valid, &keys);
    subject.judged = Judged::of(verdict, keys, policy, state.now);
    state.inspect.set = set;
    state.inspect.view_mut(crate::tui::state::InspectPane::Trust).reset();
    state.inspect.trust_tab = TrustTab::Verdict;
    state.say(level, words);
}

fn in_words(token: &Token, valid: Option<bool>, keys: &KeysAt) -> (Level, String) {
    let name = token.fingerprint();
    match (valid, token.kind()) {
        (Some(true), _) => (Level::Done, format!("{name} is valid: no check fails.")),
        (Some(false), _) => (Level::Warning, format!("{name} is not valid: see the checks that fail.")),
        (None, Kind::Jws(_)) => match keys {
            KeysAt::Unreachable(why) => (Level::Error, format!("There are no keys: {why}.")),
            _ => (Level::Warning, format!("The signature of {name} was not checked.")),
        },
        (None, _) => (Level::Warning, format!("{name} is no signed token: there is nothing to check.")),
    }
}
