//! Keycloak's admin API, as far as keys and consent go.

use serde_json::{Value, json};

use crate::http::{Request, Server};

/// Signing keys that were added to the realm, to be taken away again.
pub struct Keys<'a> {
    keycloak: &'a Server,
    added: Vec<String>,
}

impl<'a> Keys<'a> {
    pub fn of(keycloak: &'a Server) -> Self {
        Self { keycloak, added: Vec::new() }
    }

    /// Makes a key that the realm signs with from now on; those before stay published.
    pub async fn rotate(&mut self) {
        let realm = ask(self.keycloak, "GET", "", None).await;
        let component = json!({
            "name": format!("rotation {}", self.added.len() + 1),
            "parentId": realm["id"],
            "providerId": "rsa-generated",
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {
                "priority": [(200 + self.added.len()).to_string()],
                "enabled": ["true"],
                "active": ["true"],
                "algorithm": ["RS256"],
                "keySize": ["2048"],
            },
        });
        let place = ask(self.keycloak, "POST", "/components", Some(&component)).await;
        let id = place.as_str().and_then(|place| place.rsplit('/').next()).expect("the new component's address");
        self.added.push(id.to_owned());
    }

    /// The realm signs as it did before.
    pub async fn put_back(&mut self) {
        for id in std::mem::take(&mut self.added) {
            ask(self.keycloak, "DELETE", &format!("/components/{id}"), None).await;
        }
    }
}

/// What this person agreed to is forgotten, so that the next login asks again.
pub async fn forget_consent(keycloak: &Server, person: &str, client: &str) {
    let found = ask(keycloak, "GET", &format!("/users?exact=true&username={person}"), None).await;
    let id = found[0]["id"].as_str().expect("the person's id").to_owned();
    let given = ask(keycloak, "GET", &format!("/users/{id}/consents"), None).await;
    if given.as_array().is_some_and(|given| given.iter().any(|consent| consent["clientId"] == client)) {
        ask(keycloak, "DELETE", &format!("/users/{id}/consents/{client}"), None).await;
    }
}

/// What the answer holds, or where it says that the new thing is.
async fn ask(keycloak: &Server, method: &str, path: &str, body: Option<&Value>) -> Value {
    let realm = keycloak.issuer.path().rsplit('/').next().unwrap_or_default();
    let mut request = Request::get(&format!("/admin/realms/{realm}{path}"))
        .header("authorization", &format!("Bearer {}", token(keycloak).await));
    request.method = method.into();
    if let Some(body) = body {
        request.body = body.to_string();
        request = request.header("content-type", "application/json");
    }
    let answer = keycloak.send(&request).await;
    assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.body);
    let place = answer.header("location").map(|place| Value::String(place.to_owned()));
    place.or_else(|| answer.json()).unwrap_or(Value::Null)
}

async fn token(keycloak: &Server) -> String {
    let form = "grant_type=password&client_id=admin-cli&username=admin&password=admin";
    let request = Request::form("/realms/master/protocol/openid-connect/token", form.into());
    keycloak.send(&request).await.text("access_token").expect("the administrator's token")
}
