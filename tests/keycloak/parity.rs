//! The same requests to Keycloak and to the bundled authorization server; what differs is either on the list or wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use crate::http::{Answer, Request, Server};
use crate::person::{Consent, Person};
use crate::seen::{Seen, seen};
use crate::table::{Act, Step, headers, stories};

/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A difference that is meant.
#[derive(Debug, Deserialize)]
struct Kept {
    /// Each `story / step`; `*` at the end stands for any.
    requests: Vec<String>,
    /// Members of the answer.
    members: Vec<String>,
    /// What they say, where only that is meant.
    keycloak: Option<String>,
    bundled: Option<String>,
    why: String,
}

#[derive(Debug, Deserialize)]
struct Differences {
    difference: Vec<Kept>,
}

/// A member that the two servers answer differently.
struct Difference {
    request: String,
    member: String,
    keycloak: String,
    bundled: String,
}

/// Asks both servers everything; says how much that was, or what is wrong.
pub async fn compare(keycloak: &Server, bundled: &Server) -> Result<String, String> {
    let (of_keycloak, of_bundled) = (ask(keycloak).await, ask(bundled).await);
    let mut differences = Vec::new();
    for ((request, of_keycloak), (_, of_bundled)) in of_keycloak.iter().zip(&of_bundled) {
        differences.extend(differing(request, of_keycloak, of_bundled));
    }
    // Two servers that refuse everything would be alike too.
    let granted = of_keycloak.iter().filter(|(_, seen)| seen.contains_key("access_token.claims.iss")).count();
    if granted < 40 {
        return Err(format!("only {granted} of Keycloak's answers hold a token: is server/realm.json its realm?"));
    }
    judge(of_keycloak.len(), &differences)
}

/// An answer of another kind differs in everything; these members tell how.
const TELLING: [&str; 4] = ["status", "body", "body.error", "body.error_description"];

fn differing(request: &str, keycloak: &Seen, bundled: &Seen) -> Vec<Difference> {
    let another_kind = keycloak.get("status") != bundled.get("status");
    let members: BTreeSet<&String> = keycloak.keys().chain(bundled.keys()).collect();
    let members = members.into_iter().filter(|member| {
        let told = TELLING.contains(&member.as_str()) || member.starts_with("location");
        keycloak.get(*member) != bundled.get(*member) && (told || !another_kind)
    });
    let says = |seen: &Seen, member: &String| seen.get(member).cloned().unwrap_or_else(|| "not there".into());
    members
        .map(|member| Difference {
            request: request.into(),
            member: member.clone(),
            keycloak: says(keycloak, member),
            bundled: says(bundled, member),
        })
        .collect()
}

/// What is not on the list, and what stands there in vain.
fn judge(compared: usize, differences: &[Difference]) -> Result<String, String> {
    let kept: Differences = toml::from_str(include_str!("differences.toml")).expect("differences.toml");
    let kept = kept.difference;
    let meant = |difference: &Difference| kept.iter().any(|kept| kept.covers(difference));
    let mut wrong = listed(&differences.iter().filter(|difference| !meant(difference)).collect::<Vec<_>>());
    for kept in &kept {
        assert!(!kept.why.is_empty(), "differences.toml says nothing of why: {kept:?}");
        for (request, member) in kept.pairs() {
            if !differences.iter().any(|difference| kept.covers_as(request, member, difference)) {
                let _ = writeln!(wrong, "{request}\n    {member}\n        differs no longer: take it off the list");
            }
        }
    }
    if wrong.is_empty() {
        return Ok(format!("{compared} requests compared, {} differences kept on purpose", kept.len()));
    }
    Err(format!("of {compared} requests compared, these differ and are not in differences.toml:\n{wrong}"))
}

/// Request by request; what is the same in many comes first, once.
fn listed(differences: &[&Difference]) -> String {
    let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for difference in differences {
        alike.entry(difference.told()).or_default().push(&difference.request);
    }
    alike.retain(|_, requests| requests.len() > 5);
    let mut text = String::new();
    for (told, requests) in &alike {
        let first = requests.first().copied().unwrap_or_default();
        let _ = writeln!(text, "{} requests, from {first:?} on\n{told}", requests.len());
    }
    let mut last = "";
    for difference in differences {
        if alike.contains_key(&difference.told()) {
            continue;
        }
        if difference.request != last {
            let _ = writeln!(text, "{}", difference.request);
            last = &difference.request;
        }
        let _ = writeln!(text, "{}", difference.told());
    }
    text
}

impl Difference {
    fn told(&self) -> String {
        format!("    {}\n        Keycloak  {}\n        bundled   {}", self.member, self.keycloak, self.bundled)
    }
}

impl Kept {
    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.requests.iter().flat_map(|request| self.members.iter().map(move |member| (&**request, &**member)))
    }

    fn covers(&self, difference: &Difference) -> bool {
        self.pairs().any(|(request, member)| self.covers_as(request, member, difference))
    }

    fn covers_as(&self, request: &str, member: &str, difference: &Difference) -> bool {
        let says = |meant: &Option<String>, told: &str| meant.as_ref().is_none_or(|meant| meant == told);
        fits(request, &difference.request)
            && fits(member, &difference.member)
            && says(&self.keycloak, &difference.keycloak)
            && says(&self.bundled, &difference.bundled)
    }
}

fn fits(pattern: &str, text: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == text, |start| text.starts_with(start))
}

/// Every step of the table and what is seen of its answer.
async fn ask(server: &Server) -> Vec<(String, Seen)> {
    let mut all = Vec::new();
    for story in stories() {
        let mut known = Known::new();
        for step in story.steps {
            if let Act::Copy { from, to } = step.act {
                known.copy(from, to);
                continue;
            }
            let answer = known.take(server, &step).await;
            all.push((format!("{} / {}", story.name, step.name), seen(&answer, &server.origin())));
        }
    }
    all
}

/// Variables that answers give.
const FROM_ANSWERS: [&str; 7] =
    ["access_token", "refresh_token", "id_token", "code", "device_code", "verification_uri_complete", "first"];

/// What a story has learned so far.
struct Known(BTreeMap<String, String>);

impl Known {
    fn new() -> Self {
        let fixed =
            [("verifier", VERIFIER), ("challenge", CHALLENGE), ("callback", "http%3A%2F%2F127.0.0.1%2Fcallback")];
        Self(fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into())
    }

    fn copy(&mut self, from: &str, to: &str) {
        let value = self.0.get(from).cloned().unwrap_or_default();
        self.0.insert(to.into(), value);
    }

    /// Fills in what is known. What is not known, since an earlier answer was not as expected, says so.
    fn fill(&self, text: &str) -> String {
        let filled =
            self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        FROM_ANSWERS.iter().fold(filled, |text, name| text.replace(&format!("{{{name}}}"), "unknown"))
    }

    async fn take(&mut self, server: &Server, step: &Step) -> Answer {
        let target = |text: &str| {
            let filled = self.fill(text);
            let absolute = filled.starts_with('/') || filled.starts_with("http");
            if absolute { filled } else { format!("{}/protocol/openid-connect/{filled}", server.issuer.path()) }
        };
        let answer = match step.act {
            Act::Send { method, target: place } => {
                let mut request = match step.form {
                    Some(form) => Request::form(&target(place), self.fill(form)),
                    None => Request::get(&target(place)),
                };
                request.method = method.into();
                for (name, value) in headers(&self.fill(step.sent_with)) {
                    request.headers.retain(|(field, _)| *field != name);
                    request = request.header(&name, &value);
                }
                server.send(&request).await
            }
            Act::Person { name, consents, address } => {
                let consent = if consents { Consent::Give } else { Consent::Refuse };
                let address = target(address);
                match server.target(&address) {
                    Some(_) => Person::new(server, name, consent).open(&address).await,
                    None => Answer { status: 0, headers: Vec::new(), body: format!("no address: {address}") },
                }
            }
            Act::Copy { .. } => unreachable!("taken care of by the story"),
        };
        self.learn(&answer);
        answer
    }

    fn learn(&mut self, answer: &Answer) {
        for name in ["access_token", "refresh_token", "id_token", "device_code", "verification_uri_complete"] {
            if let Some(value) = answer.text(name) {
                self.0.insert(name.into(), value);
            }
        }
        let query = answer.header("location").and_then(|address| address.split_once('?'));
        let code = query.and_then(|(_, query)| {
            form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
        });
        if let Some(code) = code {
            self.0.insert("code".into(), code);
        }
    }
}
