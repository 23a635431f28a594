//! What is served, for a person to read: addresses, endpoints, clients, and a line to try.

use std::fmt;

use crate::{
    authorization::AuthorizationServer,
    resource::{Api, endpoints},
};

/// What is being served. `Display` gives several lines for a person.
#[derive(Debug, Clone)]
pub struct Serving {
    /// The issuer that the API trusts.
    pub issuer: String,
    /// Where tokens are to be had; nothing when the API is served alone.
    pub token_endpoint: Option<String>,
    /// Where the API is.
    pub api_url: String,
    /// The API's endpoints: path, and what it requires.
    pub endpoints: Vec<(String, String)>,
    /// Clients that can ask for a token for themselves: id, secret where it may be shown, and what it may ask for.
    pub clients: Vec<DemoClient>,
    /// People who can sign in; only those of the built-in realm are shown, whom everybody knows.
    pub people: Vec<DemoPerson>,
    /// Clients with which people sign in.
    pub sign_in_clients: Vec<String>,
}

/// One person of the realm that is served.
#[derive(Debug, Clone)]
pub struct DemoPerson {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// One client of the realm that is served.
#[derive(Debug, Clone)]
pub struct DemoClient {
    /// Its `client_id`.
    pub id: String,
    /// Its secret; only those of the built-in realm are shown, which everybody knows.
    pub secret: Option<String>,
    /// Life of its tokens in seconds.
    pub lifespan: u32,
    /// Whether it may ask for the scope that the scoped endpoint wants.
    pub may_ask_for: Vec<String>,
}

impl Serving {
    pub(crate) fn new(server: Option<&AuthorizationServer>, api: &Api, api_port: u16, is_demo: bool) -> Self {
        let wanted: Vec<String> =
            endpoints().iter().filter_map(|e| e.requirement()).flat_map(|r| r.scopes().to_vec()).collect();
        let described = endpoints().iter().map(|e| (e.path().to_owned(), describe(e.requirement()))).collect();
        let clients = server.map(|server| server.realm().clients()).unwrap_or_default();
        let people = server.into_iter().flat_map(|server| server.realm().demo_people());
        let signs_in = clients.iter().filter(|client| client.enabled() && client.signs_people_in());
        let usable = clients.iter().filter(|client| client.enabled() && client.has_service_account());
        Self {
            issuer: api.issuer().to_owned(),
            token_endpoint: server.map(AuthorizationServer::token_endpoint),
            api_url: format!("http://localhost:{api_port}"),
            endpoints: described,
            people: people
                .map(|(user, password)| DemoPerson { username: user.username.clone(), password: password.to_owned() })
                .collect(),
            sign_in_clients: signs_in.map(|client| client.id().to_owned()).collect(),
            clients: usable
                .map(|client| DemoClient {
                    id: client.id().to_owned(),
                    secret: client.secret().filter(|_| is_demo).map(|secret| secret.reveal().to_owned()),
                    lifespan: client.access_token_lifespan(),
                    may_ask_for: client
                        .optional_scopes()
                        .chain(client.default_scopes())
                        .filter(|scope| wanted.iter().any(|wanted| wanted == scope))
                        .map(str::to_owned)
                        .collect(),
                })
                .collect(),
        }
    }

    /// A command that gets a token that opens the last endpoint, and one that calls it.
    fn lines_to_try(&self) -> Option<[String; 2]> {
        let endpoint = self.token_endpoint.as_deref()?;
        let client = self.clients.iter().find(|client| !client.may_ask_for.is_empty())?;
        let secret = client.secret.as_deref()?;
        let scope = client.may_ask_for.join(" ");
        let (path, _) = self.endpoints.last()?;
        Some([
            format!("curl -s -u {}:{secret} -d grant_type=client_credentials -d 'scope={scope}' {endpoint}", client.id),
            format!("curl -s -H 'Authorization: Bearer ACCESS_TOKEN' {}{path}", self.api_url),
        ])
    }
}

fn describe(requirement: Option<&crate::resource::RequireAuth>) -> String {
    match requirement.map(crate::resource::RequireAuth::scopes) {
        None => "open to everybody".to_owned(),
        Some([]) => "any valid access token".to_owned(),
        Some(scopes) => format!("a token with the scope {}", scopes.join(" ")),
    }
}

impl fmt::Display for Serving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = &self.token_endpoint {
            writeln!(f, "Authorization server")?;
            writeln!(f, "  issuer   {}", self.issuer)?;
            writeln!(f, "  tokens   {endpoint}")?;
        } else {
            writeln!(f, "No authorization server: the API trusts another one")?;
            writeln!(f, "  issuer   {}", self.issuer)?;
        }
        let width = self.clients.iter().map(|client| client.id.len()).max().unwrap_or(0);
        for (index, client) in self.clients.iter().enumerate() {
            let label = if index == 0 { "clients" } else { "" };
            let secret = client.secret.as_deref().map_or_else(String::new, |secret| format!("secret {secret:<15}"));
            let scopes = match client.may_ask_for.as_slice() {
                [] => "gets no scope that the API wants".to_owned(),
                scopes => format!("may ask for {}", scopes.join(" ")),
            };
            writeln!(
                f,
                "  {label:<8} {id:<width$}  {secret} {lifespan:>4} s  {scopes}",
                id = client.id,
                lifespan = client.lifespan,
            )?;
        }
        if !self.people.is_empty() {
            let people: Vec<String> =
                self.people.iter().map(|person| format!("{} / {}", person.username, person.password)).collect();
            writeln!(f, "  people   {}  sign in with {}", people.join(", "), self.sign_in_clients.join(" or "))?;
        }
        writeln!(f, "API")?;
        let width = self.endpoints.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
        for (path, requirement) in &self.endpoints {
            writeln!(f, "  GET      {}{path:<width$}  {requirement}", self.api_url)?;
        }
        match self.lines_to_try() {
            Some([token, call]) => writeln!(f, "Try\n  {token}\n  {call}"),
            None => Ok(()),
        }
    }
}
