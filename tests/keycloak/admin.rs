//! Keycloak's admin API, as far as keys go.

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
        let realm = self.ask("GET", "", None).await;
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
        let place = self.ask("POST", "/components", Some(&component)).await;
        let id = place.as_str().and_then(|place| place.rsplit('/').next()).expect("the new component's address");
        self.added.push(id.to_owned());
    }

    /// The realm signs as it did before.
    pub async fn put_back(&mut self) {
        for id in std::mem::take(&mut self.added) {
            self.ask("DELETE", &format!("/components/{id}"), None).await;
        }
    }

    /// What the answer holds, or where it says that the new thing is.
    async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let realm = self.keycloak.issuer.path().rsplit('/').next().unwrap_or_default();
        let mut request = Request::get(&format!("/admin/realms/{realm}{path}"))
            .header("authorization", &format!("Bearer {}", self.token().await));
        request.method = method.into();
        if let Some(body) = body {
            request.body = body.to_string();
            request = request.header("content-type", "application/json");
        }
        let answer = self.keycloak.send(&request).await;
        assert!(answer.status < 300, "{method} {path}: {} {}", answer.status, answer.body);
        let place = answer.header("location").map(|place| Value::String(place.to_owned()));
        place.or_else(|| answer.json()).unwrap_or(Value::Null)
    }

    async fn token(&self) -> String {
        let form = "grant_type=password&client_id=admin-cli&username=admin&password=admin";
        let request = Request::form("/realms/master/protocol/openid-connect/token", form.into());
        self.keycloak.send(&request).await.text("access_token").expect("the administrator's token")
    }
}
