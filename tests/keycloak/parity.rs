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
    /// `story / step`; `*` at the end stands for any.
    request: String,
    /// Members of the answer.
    members: Vec<String>,
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
    says: String,
}

/// Asks both servers everything; says how much that was, or what is wrong.
pub async fn compare(keycloak: &Server, bundled: &Server) -> Result<String, String> {
    let (of_keycloak, of_bundled) = (ask(keycloak).await, ask(bundled).await);
    let mut differences = Vec::new();
    for ((request, of_keycloak), (_, of_bundled)) in of_keycloak.iter().zip(&of_bundled) {
        differences.extend(differing(request, of_keycloak, of_bundled));
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
            says: format!("Keycloak  {}\n        bundled   {}", says(keycloak, member), says(bundled, member)),
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
        for member in &kept.members {
            if !differences.iter().any(|difference| kept.covers_member(difference, member)) {
                let _ =
                    writeln!(wrong, "{}\n    {member}\n        differs no longer: take it off the list", kept.request);
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
    let mut alike: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for difference in differences {
        alike.entry((&difference.member, &difference.says)).or_default().push(&difference.request);
    }
    alike.retain(|_, requests| requests.len() > 5);
    let mut text = String::new();
    for ((member, says), requests) in &alike {
        let _ = writeln!(text, "{} requests, from {:?} on\n    {member}\n        {says}", requests.len(), requests[0]);
    }
    let mut last = "";
    for difference in differences {
        if alike.contains_key(&(&*difference.member, &*difference.says)) {
            continue;
        }
        if difference.request != last {
            let _ = writeln!(text, "{}", difference.request);
            last = &difference.request;
        }
        let _ = writeln!(text, "    {}\n        {}", difference.member, difference.says);
    }
    text
}

impl Kept {
    fn covers(&self, difference: &Difference) -> bool {
        self.members.iter().any(|member| self.covers_member(difference, member))
    }

    fn covers_member(&self, difference: &Difference, member: &str) -> bool {
        fits(&self.request, &difference.request) && fits(member, &difference.member)
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
        const FROM_ANSWERS: [&str; 7] =
            ["access_token", "refresh_token", "id_token", "code", "device_code", "verification_uri_complete", "first"];
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
