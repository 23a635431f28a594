//! The second step of `+`: the form for a client and an API of a server that is known by now.

use super::form::Submitted;
use crate::config::pasted::Pasted;
use crate::config::{Connection, Draft, DraftClient, NewProvider, is_loopback};
use crate::engine::Introduction;
use crate::oauth::ClientAuth;
use crate::tui::effect::Effect;
use crate::tui::state::{Field, Form, Joined, Joining, Level, Popup, Purpose, Shelf, State, Value};

/// The provider of an introduction: the one in the file that has its issuer already, else a new one.
pub(super) fn joined(state: &State, met: &Introduction, connection: &Connection) -> Joined {
    if let Some(known) = state.profiles.provider_of_issuer(met.issuer.as_str()) {
        return Joined::Known(known.name.clone());
    }
    let provider = NewProvider {
        token_endpoint: met.token_endpoint.clone(),
        jwks_uri: met.jwks_uri.clone(),
        ca: connection.ca.clone(),
        insecure: connection.insecure,
        ..NewProvider::found(&met.issuer)
    };
    Joined::New { provider: Box::new(provider), tokens_from: met.tokens_from().unwrap_or_default().to_owned() }
}

/// The form, with everything filled in that is known already.
pub(super) fn form(state: &State, provider: &Joined, client: bool, known: &Pasted, met: Option<&Introduction>) -> Form {
    let ways = match met {
        _ if !client => Vec::new(),
        Some(met) => met.ways_to_authenticate(),
        None => vec![ClientAuth::Basic, ClientAuth::Post, ClientAuth::BasicRaw, ClientAuth::None],
    };
    let places = Shelf::on_this_machine(state.keyring == Some(true));
    let method = known.call.as_ref().map(|call| call.method.clone()).unwrap_or_default();
    let title = match (provider, met, client) {
        (_, Some(met), _) => met.headline(),
        (Joined::Known(name), None, true) => format!("Another client of {name}"),
        (Joined::Known(name), None, false) => format!("An API of {name}"),
        (Joined::New { .. }, None, _) => "A client".to_owned(),
    };
    let mut form = Form::new(
        Purpose::Join(Box::new(Joining {
            provider: provider.clone(),
            ways: ways.clone(),
            places: places.clone(),
            method,
        })),
        title,
        "uses it now",
    )
    .save("saves it");
    form.about = about(provider, met, known);
    if client {
        client_fields(&mut form, known, &ways, &places);
    }
    api_fields(&mut form, known, client);
    if client {
        form = form.field(
            Field::text("name", "Name", "")
                .hint("The profile's name, on the screen and for the commands; empty: made from the client id."),
        );
    }
    after_edit(&mut form);
    // Where something is missing, the keys go first.
    let missing = ["client_id", "secret", "api"].into_iter().find(|name| is_empty(&form, name));
    form.focus = missing.and_then(|name| form.fields.iter().position(|field| field.name == name)).unwrap_or(0);
    form.settle();
    form
}

fn about(provider: &Joined, met: Option<&Introduction>, known: &Pasted) -> Vec<(Level, String)> {
    let mut about = Vec::new();
    if let Some(met) = met {
        about.push((Level::Done, format!("It {}.", met.offers().join("; "))));
        for remark in &met.remarks {
            about.push((if remark.warning { Level::Warning } else { Level::Info }, remark.text.clone()));
        }
        if let Joined::Known(name) = provider {
            about.push((Level::Info, format!("It is there already, as {name}: this adds another client of it.")));
        }
    }
    about.extend(known.remarks.iter().map(|remark| (Level::Info, remark.clone())));
    about
}

fn client_fields(form: &mut Form, known: &Pasted, ways: &[ClientAuth], places: &[Shelf]) {
    let id = known.client_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut secret = Field::masked("secret", "Client secret")
        .hint("Never shown. Empty where it comes from a variable, or is asked for later.");
    if let Some(own) = &known.secret {
        secret.insert(own.reveal());
    }
    let way = known.auth.and_then(|auth| ways.iter().position(|way| *way == auth)).unwrap_or(0);
    let in_variable = known.secret_env.is_some().then_some(Shelf::Variable);
    let place = in_variable.and_then(|wanted| places.iter().position(|place| *place == wanted)).unwrap_or(0);
    let names: Vec<&str> = ways.iter().map(|way| way.name()).collect();
    let shelves: Vec<&str> = places.iter().map(|place| place.words()).collect();
    let fields = [
        Field::text("client_id", "Client id", id).hint("As the provider knows the client."),
        secret,
        Field::choice("keep", "Secret is kept", &shelves, place)
            .hint("Only a reference to it goes into the file, but for the last."),
        Field::text("variable", "Variable", known.secret_env.clone().unwrap_or_default())
            .hint("The name of the environment variable that holds the secret."),
        Field::choice("auth", "Authentication", &names, way)
            .hint("How the client proves who it is; none is for public clients."),
        Field::text("scopes", "Scopes", known.scopes.to_string())
            .hint("Separated by blanks; none asks for the client's defaults."),
        Field::text("audience", "Audience", known.audience.clone().unwrap_or_default())
            .hint("The parameter audience, for providers that want it, such as Auth0; empty: not sent."),
    ];
    form.fields.extend(fields);
}

fn api_fields(form: &mut Form, known: &Pasted, may_stay_empty: bool) {
    let call = known.call.as_ref();
    let hint = if may_stay_empty {
        "What is called with the token, such as https://api.example.com; may stay empty."
    } else {
        "Such as https://api.example.com."
    };
    let fields = [
        Field::text("api", "API", call.map(|call| call.base_url.clone()).unwrap_or_default()).hint(hint),
        Field::text("path", "One path of it", call.map(|call| call.path.clone()).unwrap_or_default())
            .hint("Such as /orders; the key 1 calls it. More are added in profiles.toml."),
        Field::choice(
            "requires",
            "It wants",
            &["a token", "none"],
            usize::from(call.is_some_and(|call| !call.with_token)),
        ),
        Field::toggle("plaintext", "Plain text allowed", false)
            .hint("Secret and token may go over http to another machine, where anyone on the way can read them."),
    ];
    form.fields.extend(fields);
}

fn is_empty(form: &Form, name: &str) -> bool {
    match form.get(name).map(|field| &field.value) {
        Some(Value::Text(input)) => input.value().trim().is_empty(),
        Some(Value::Masked(masked)) => masked.is_empty(),
        _ => false,
    }
}

/// Fields that make sense only with some choices come and go with them.
pub(super) fn after_edit(form: &mut Form) {
    let Purpose::Join(joining) = &form.purpose else { return };
    let way = joining.ways.get(form.chosen("auth")).copied();
    let shelf = joining.places.get(form.chosen("keep")).copied();
    let has_secret = way != Some(ClientAuth::None);
    let beyond = |url: &str| url.starts_with("http://") && url.len() > 7 && !is_loopback(url);
    let plain = match &joining.provider {
        Joined::New { tokens_from, .. } => beyond(tokens_from),
        Joined::Known(_) => false,
    };
    let api = form.text("api").to_owned();
    let plain = plain || beyond(&api);
    for field in &mut form.fields {
        field.visible = match field.name {
            "secret" | "keep" => has_secret,
            "variable" => has_secret && shelf == Some(Shelf::Variable),
            "path" | "requires" => !api.is_empty(),
            "plaintext" => plain,
            _ => true,
        };
    }
}

/// Enter or Ctrl-S in the second step.
pub(super) fn submitted(state: &mut State, mut form: Form, joining: &Joining, how: Submitted) -> Vec<Effect> {
    form.clear_errors();
    let draft = draft(&form, joining);
    let addition = match draft.addition(&state.profiles) {
        Ok(addition) => addition,
        Err(faults) => {
            for fault in faults {
                form.fail(fault.field, fault.what);
            }
            state.popups.push(Popup::Form(form));
            return Vec::new();
        }
    };
    let secret = draft.client.and_then(|client| client.secret);
    vec![Effect::Add { addition: Box::new(addition), secret, save: how == Submitted::Save }]
}

/// What the form says.
fn draft(form: &Form, joining: &Joining) -> Draft {
    let text = |name: &str| form.text(name).to_owned();
    let auth = joining.ways.get(form.chosen("auth")).copied();
    let shelf = joining.places.get(form.chosen("keep")).copied().unwrap_or(Shelf::Ask);
    let client = auth.map(|auth| DraftClient {
        id: text("client_id"),
        secret: form.secret("secret").filter(|_| auth != ClientAuth::None),
        keep: shelf.keep(form.text("variable")),
        grant: crate::oauth::Grant::default(),
        auth,
        scopes: text("scopes"),
        audience: text("audience"),
        name: text("name"),
    });
    Draft {
        provider: joining.provider.of_draft(),
        client,
        api: text("api"),
        path: text("path"),
        method: joining.method.clone(),
        with_token: form.chosen("requires") == 0,
        plaintext: form.is_on("plaintext"),
    }
}
