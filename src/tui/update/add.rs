//! `+`: a provider, a client or an API is added. First one field; then, in words, what was found there, and the form.

use super::{calls, join, reload};
use crate::config::Connection;
use crate::config::pasted::{self, Pasted, same_host};
use crate::engine::{AdditionError, Introduction, Proposal, Standing, Unmet};
use crate::tui::effect::Effect;
use crate::tui::state::{Field, Form, Joined, Level, Meeting, Popup, Purpose, RunId, State, Value};
use crate::tui::text::sentence;

/// What the address field takes.
const HINT: &str = "An issuer, realm, admin-console or .well-known address, a host; or paste a curl command or a \
                    keycloak.json.";

/// What can be added, in the order of the choice.
const CLIENT: usize = 1;
const API: usize = 2;

/// Opens the first step.
pub(super) fn open(state: &mut State) -> Vec<Effect> {
    if state.origin.untrusted.is_some() {
        state.say(
            Level::Warning,
            format!("{} is not trusted yet, so nothing is added to it: T reviews it.", state.origin.label),
        );
        return Vec::new();
    }
    let provider = state.profile().map(|profile| profile.provider.clone());
    let name = provider.clone().unwrap_or_default();
    let options = ["a provider".to_owned(), format!("a client of {name}"), format!("an API of {name}")];
    let options: Vec<&str> = options.iter().map(String::as_str).collect();
    let mut form =
        Form::new(Purpose::Meet(Meeting { provider: provider.clone(), ..Meeting::default() }), "Add", "goes on")
            .field(
                Field::choice("what", "What", &options, 0).hint("Left and right choose.").only_if(provider.is_some()),
            )
            .field(Field::text("address", "Address", "").hint(HINT))
            .field(
                Field::text("ca", "Certificates", "")
                    .hint("A PEM file, or a folder of them, to be trusted besides the system's.")
                    .only_if(false),
            )
            .field(
                Field::toggle("insecure", "No check of TLS", false)
                    .hint("The certificate is not checked at all; the mark INSECURE TLS stays on the screen.")
                    .only_if(false),
            );
    form.focus = 1;
    state.popups.push(Popup::Form(form));
    vec![Effect::LookForKeyring]
}

/// Text is pasted into the address field. What is more than an address is read at once, so that no secret stands in the
/// field; says whether that was so.
pub(super) fn paste(form: &mut Form, text: &str) -> bool {
    let Purpose::Meet(meeting) = &mut form.purpose else { return false };
    // An Enter that came with the end of a paste is no text.
    if text.trim().is_empty() || form.fields.get(form.focus).is_none_or(|field| field.name != "address") {
        return false;
    }
    let is_address = |pasted: &Pasted| {
        pasted.client_id.is_none() && pasted.call.is_none() && !text.trim().contains(char::is_whitespace)
    };
    match pasted::read(text) {
        Ok(pasted) if is_address(&pasted) && !text.contains('{') => false,
        Ok(pasted) => {
            *meeting.known = pasted.after((*meeting.known).clone());
            show_known(form);
            true
        }
        // A mistake in a text that may hold a secret: nothing of it is kept.
        Err(error) if text.len() > 200 || text.contains(['{', '\n']) || text.contains("curl") => {
            form.clear_errors();
            form.fail("address", format!("{error}. {}", error.advice()));
            true
        }
        Err(_) => false,
    }
}

/// Says above the fields what is known, and puts the address in its field.
fn show_known(form: &mut Form) {
    let Purpose::Meet(meeting) = &form.purpose else { return };
    let known = &meeting.known;
    let mut told = Vec::new();
    told.extend(known.client_id.as_ref().map(|id| format!("client {id}")));
    told.extend(known.secret.as_ref().map(|_| "its secret".to_owned()));
    told.extend(known.secret_env.as_ref().map(|name| format!("its secret in ${name}")));
    told.extend((!known.scopes.is_empty()).then(|| format!("scopes {}", known.scopes)));
    told.extend(known.audience.as_ref().map(|audience| format!("audience {audience}")));
    told.extend(known.call.as_ref().map(|call| format!("{} {}{}", call.method, call.base_url, call.path)));
    let told = if told.is_empty() { "nothing but the address".to_owned() } else { told.join(", ") };
    let mut about = vec![(Level::Done, format!("Taken from {}: {told}.", known.what))];
    about.extend(known.remarks.iter().map(|remark| (Level::Info, remark.clone())));
    if !known.names_a_provider() {
        about.push((Level::Info, "Now the address of the authorization server that gives its tokens.".to_owned()));
    }
    let address = known.candidates.first().map(|first| first.issuer.to_string());
    let address = address.or_else(|| known.keycloak.first().cloned()).unwrap_or_default();
    let (ca, insecure) = (known.ca.clone(), known.insecure);
    form.about = about;
    set_text(form, "address", &address);
    if let Some(ca) = &ca {
        set_text(form, "ca", ca);
    }
    if let Some(Field { value: Value::Toggle(on), .. }) = form.get_mut("insecure") {
        *on |= insecure;
    }
    show_tls(form, ca.is_some() || insecure);
}

fn set_text(form: &mut Form, name: &str, text: &str) {
    if let Some(field) = form.get_mut(name) {
        field.value = Value::Text(text.into());
        field.error = None;
    }
}

/// Shows the fields that a private CA needs.
fn show_tls(form: &mut Form, show: bool) {
    for field in form.fields.iter_mut().filter(|field| field.name == "ca" || field.name == "insecure") {
        field.visible |= show;
    }
}

/// What is chosen to be added decides which fields there are.
pub(super) fn after_edit(form: &mut Form) {
    let wants_address = form.chosen("what") == 0;
    if let Some(field) = form.get_mut("address") {
        field.visible = wants_address;
    }
}

/// Enter in the first step.
pub(super) fn submitted(state: &mut State, mut form: Form, mut meeting: Meeting) -> Vec<Effect> {
    form.clear_errors();
    if let (CLIENT | API, Some(provider)) = (form.chosen("what"), &meeting.provider) {
        let joined = Joined::Known(provider.clone());
        let next = join::form(state, &joined, form.chosen("what") == CLIENT, &meeting.known, None);
        state.popups.push(Popup::Form(next));
        return Vec::new();
    }
    let effects = match pasted::read(form.text("address")) {
        Err(error) => {
            form.fail("address", format!("{error}. {}", error.advice()));
            Vec::new()
        }
        Ok(read) => {
            let read = read.after((*meeting.known).clone());
            *meeting.known = read.clone();
            if read.names_a_provider() {
                let run = state.new_run();
                meeting.run = Some(run);
                form.busy = Some("looking it up".to_owned());
                let connection = connection_of(&form);
                form.purpose = Purpose::Meet(meeting);
                state.popups.push(Popup::Form(form));
                return vec![Effect::Introduce { run, pasted: Box::new(read), connection: Box::new(connection) }];
            }
            if read.call.is_none() {
                let why = read.remarks.first().cloned().unwrap_or_else(|| "This names no authorization server.".into());
                form.fail("address", why);
            }
            Vec::new()
        }
    };
    let learnt = meeting.known.call.is_some() && !form.has_errors();
    form.purpose = Purpose::Meet(meeting);
    if learnt {
        show_known(&mut form);
    }
    state.popups.push(Popup::Form(form));
    effects
}

/// How the host is reached, as the form says.
fn connection_of(form: &Form) -> Connection {
    let ca = Some(form.text("ca")).filter(|path| !path.is_empty()).map(str::to_owned);
    Connection { ca, insecure: form.is_on("insecure"), ..Connection::default() }
}

/// The form that waits for this search.
fn waiting(state: &State, run: RunId) -> Option<usize> {
    state.popups.iter().position(
        |popup| matches!(popup, Popup::Form(Form { purpose: Purpose::Meet(meeting), .. }) if meeting.run == Some(run)),
    )
}

/// The search asks this address now.
pub(super) fn asking(state: &mut State, run: RunId, url: &str) {
    if let Some(place) = waiting(state, run)
        && let Some(Popup::Form(form)) = state.popups.get_mut(place)
    {
        form.busy = Some(format!("asking {url}"));
    }
}

/// The search ended.
pub(super) fn introduced(state: &mut State, run: RunId, result: Result<Box<Introduction>, Unmet>) {
    let Some(place) = waiting(state, run) else { return };
    let Popup::Form(mut form) = state.popups.remove(place) else { return };
    let Purpose::Meet(mut meeting) = form.purpose.clone() else { return };
    form.busy = None;
    meeting.run = None;
    let next = match result {
        Ok(met) => {
            let connection = connection_of(&form);
            let joined = join::joined(state, &met, &connection);
            join::form(state, &joined, true, &meeting.known, Some(&met))
        }
        Err(unmet) => {
            not_met(&mut form, &meeting.known, &unmet);
            form.purpose = Purpose::Meet(meeting);
            form
        }
    };
    state.popups.insert(place, Popup::Form(next));
}

/// Nothing was found: says so at the field, and helps with the next try.
fn not_met(form: &mut Form, known: &Pasted, unmet: &Unmet) {
    let typed = form.text("address").to_owned();
    match &unmet.proposal {
        Some(Proposal::Start(start)) => set_text(form, "address", start),
        Some(Proposal::Address(address)) if same_host(address, &typed) || known.instead.as_ref() == Some(address) => {
            set_text(form, "address", address);
        }
        Some(Proposal::Certificates) => show_tls(form, true),
        _ => {}
    }
    form.fail("address", format!("{} {}", sentence(&unmet.to_string()), unmet.advice.join(" ")));
}

/// Esc while it looks: the search ends and the form stays.
pub(super) fn stop(popup: &mut Popup) -> Option<RunId> {
    let Popup::Form(form) = popup else { return None };
    let Purpose::Meet(meeting) = &mut form.purpose else { return None };
    let run = meeting.run.take()?;
    form.busy = None;
    Some(run)
}

/// What was added holds now, or cannot be used.
pub(super) fn added(
    state: &mut State,
    profile: Option<&str>,
    save: bool,
    result: Result<Box<Standing>, AdditionError>,
) -> Vec<Effect> {
    let standing = match result {
        Ok(standing) => standing,
        Err(error) => {
            state.say(Level::Error, format!("Nothing was added: {error}."));
            return Vec::new();
        }
    };
    let mut effects = reload::take(state, &standing);
    let place = profile.and_then(|name| state.views.iter().position(|view| view.name == name));
    if let Some(place) = place {
        super::moves::select_profile(state, place);
        effects.extend(calls::new_token(state));
    }
    if save {
        effects.extend(super::save::plan(state));
        return effects;
    }
    let what = profile.unwrap_or("The API");
    let calls = if state.endpoints().is_empty() { "" } else { " 1 calls its API," };
    state.say(Level::Done, format!("{what} is there for this session (*):{calls} Ctrl-S keeps it."));
    effects
}
