//! The one table of everything the explorer can be asked to do. Key map, footer, help, palette and the README's list of
//! keys are made from it.
//!
//! Pure.

mod applies;

use std::fmt::Write as _;

pub use applies::is_demo;
use applies::{
    always, can_cancel, can_introspect, can_redo, can_undo, has_answer, has_body, has_edits, has_endpoint,
    has_environments, has_exchange, has_held, has_kinds, has_login, has_person, has_previous, has_profile,
    has_profiles, has_provider, has_public_key, has_remedy, has_rows, has_sent, has_shown, has_signer,
    has_something_to_copy, has_something_to_inspect, has_subject, has_tabs, has_token, inspects, is_finding,
};

use super::keymap::KeyMap;
use super::state::{Screen, State};

/// Something the explorer can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each has its sentence in the table")]
pub enum Action {
    Send,
    NewToken,
    LogIn,
    LogInByCode,
    LogOut,
    Introspect,
    UserInfo,
    Revoke,
    NextWhich,
    Again,
    SendAll,
    Fix,
    SendAs,
    EditScopes,
    TokenOptions,
    Undo,
    Redo,
    Save,
    Environment,
    PreviousProfile,
    NextProfile,
    PickProfile,
    Open,
    ShowExchange,
    Diff,
    PutBack,
    Reveal,
    Explain,
    Copy,
    Find,
    FindNext,
    FindPrevious,
    Up,
    Down,
    Left,
    Right,
    NextPane,
    PreviousPane,
    PageUp,
    PageDown,
    Top,
    End,
    Zoom,
    Explore,
    Inspect,
    InspectToken,
    PutIn,
    VerifyWith,
    Times,
    CompareWith,
    AboutProvider,
    MakeToken,
    Messages,
    Mouse,
    EditFile,
    Add,
    Help,
    Palette,
    Cancel,
    Close,
    Stop,
    Suspend,
    RotateKeys,
    CopyToken,
    CopyHeader,
    CopyCurl,
    CopyClaims,
    CopyBody,
    CopyReport,
    CopyFile,
    CopyJose,
    CopyValue,
    CopyPem,
    CopyJwk,
    CopySigner,
    WriteSigner,
}

/// Where the keys of an action hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// On the screen.
    Screen,
    /// In the copy menu, that is after `y`.
    Copy,
}

/// What an action is about: the headings of help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Tokens and calls.
    Call,
    /// Profiles.
    Profile,
    /// Looking closer.
    Look,
    /// The token under inspection.
    Inspect,
    /// Moving about.
    Move,
    /// The program itself.
    Program,
    /// The copy menu.
    Copy,
}

impl Group {
    /// In the order of help.
    pub const ALL: [Self; 7] =
        [Self::Call, Self::Profile, Self::Look, Self::Inspect, Self::Copy, Self::Move, Self::Program];

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Call => "Tokens and calls",
            Self::Profile => "Profiles",
            Self::Look => "Looking closer",
            Self::Inspect => "Inspecting any token",
            Self::Copy => "Copying, after y",
            Self::Move => "Moving about",
            Self::Program => "The program",
        }
    }
}

/// One action.
#[derive(Debug)]
pub struct Row {
    /// What is done.
    pub action: Action,
    /// Its name, a slug.
    pub name: &'static str,
    /// Its keys, as [`super::keymap::name`] spells them; a sequence has a space between.
    pub keys: &'static [&'static str],
    /// Where the keys hold.
    pub context: Context,
    /// What it is about.
    pub group: Group,
    /// One or two words for the footer and the palette.
    pub label: &'static str,
    /// The keys as the footer shows them; none when it has no place there.
    pub footer: Option<&'static str>,
    /// What it does, for help and the README.
    pub help: &'static str,
    /// Whether it can do something now.
    pub applies: fn(&State) -> bool,
    /// The screen whose footer and copy menu have it, when that is one alone.
    pub only: Option<Screen>,
}

const fn row(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    group: Group,
    label: &'static str,
    help: &'static str,
    applies: fn(&State) -> bool,
) -> Row {
    Row { action, name, keys, context: Context::Screen, group, label, footer: None, help, applies, only: None }
}

const fn copy(
    action: Action,
    name: &'static str,
    keys: &'static [&'static str],
    label: &'static str,
    help: &'static str,
    applies: fn(&State) -> bool,
) -> Row {
    Row {
        action,
        name,
        keys,
        context: Context::Copy,
        group: Group::Copy,
        label,
        footer: None,
        help,
        applies,
        only: None,
    }
}

impl Row {
    const fn shown(mut self, keys: &'static str) -> Self {
        self.footer = Some(keys);
        self
    }

    const fn only(mut self, screen: Screen) -> Self {
        self.only = Some(screen);
        self
    }
}

/// Every action, in the order of footer and help.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row(Action::NewToken, "new-token", &["t"], Group::Call, "token",
        "get a new token with the selected profile", has_profile).shown("t"),
    row(Action::Send, "send", &["1", "2", "3", "4", "5", "6", "7", "8", "9"], Group::Call, "send",
        "call the endpoint of that number; a token is got first when it is needed", has_endpoint).shown("1-9"),
    row(Action::Again, "again", &["."], Group::Call, "again",
        "send the last endpoint again, with the profile that is selected now", has_sent).shown("."),
    row(Action::SendAll, "send-all", &["a"], Group::Call, "all",
        "call every endpoint whose method changes nothing", has_endpoint).shown("a"),
    row(Action::PutIn, "put-in", &["P"], Group::Inspect, "token",
        "put another token in: typed, pasted, or @FILE; or an issuer's address, to look at that", inspects).shown("P"),
    row(Action::VerifyWith, "verify-with", &["K"], Group::Inspect, "verify",
        "choose the keys that the token under inspection is verified with", has_subject).shown("K"),
    row(Action::Times, "times", &["C"], Group::Inspect, "times",
        "show the times in the token as clock and distance, relative, in UTC, local, or in seconds", has_subject).shown("C"),
    row(Action::CompareWith, "compare-with", &["="], Group::Inspect, "compare",
        "choose what the token under inspection is compared with: the one before, a profile's, or what was asked for", has_subject).shown("="),
    row(Action::AboutProvider, "about-provider", &["A"], Group::Inspect, "issuer",
        "look at the discovery document and the keys of the token's issuer, or of the selected profile's provider", has_provider).shown("A").only(Screen::Inspect),
    row(Action::MakeToken, "make-token", &["S"], Group::Inspect, "make",
        "edit header and claims and sign them, with a key from a file or one made on the spot; the token is marked as made here", inspects).shown("S"),
    row(Action::InspectToken, "inspect-token", &["J"], Group::Inspect, "inspect",
        "take the selected profile's token to the Inspect screen", has_held),
    row(Action::PreviousProfile, "previous-profile", &["["], Group::Profile, "profile",
        "select the previous profile; nothing is sent", has_profiles).shown("[ ]"),
    row(Action::NextProfile, "next-profile", &["]"], Group::Profile, "next profile",
        "select the next profile; nothing is sent", has_profiles),
    row(Action::Fix, "fix", &["f"], Group::Call, "fix",
        "do what the diagnosis proposes first, and send again", has_remedy).shown("f"),
    row(Action::SendAs, "send-as", &["o"], Group::Call, "send as",
        "send the endpoint without a token, with an ended one, or with another profile's", has_endpoint).shown("o"),
    row(Action::EditScopes, "scopes", &["s"], Group::Call, "scopes",
        "edit the scopes that are asked for, for this session", has_profile).shown("s"),
    row(Action::TokenOptions, "token-options", &["T"], Group::Call, "options",
        "get a token with other scopes, audience or parameters; review the file when it is not trusted", has_profile),
    row(Action::LogIn, "log-in", &["L"], Group::Call, "log in",
        "let a person log in anew, also as somebody else", has_person),
    row(Action::LogInByCode, "log-in-by-code", &["D"], Group::Call, "log in by code",
        "let a person log in with a code that is typed on another device", has_person),
    row(Action::LogOut, "log-out", &["O"], Group::Call, "log out",
        "end the login at the provider, and forget its tokens, remembered ones too", has_login),
    row(Action::Introspect, "introspect", &["I"], Group::Call, "introspect",
        "ask a provider what the token that is shown means and whether it still holds", can_introspect),
    row(Action::UserInfo, "userinfo", &["U"], Group::Call, "userinfo",
        "ask the provider who the person behind the token is", has_shown),
    row(Action::Revoke, "revoke", &["R"], Group::Call, "revoke",
        "end the token that is shown, at the provider", has_shown),
    row(Action::Environment, "environment", &["E"], Group::Profile, "environment",
        "choose the environment; tokens and answers are kept for each", has_environments).shown("E"),
    row(Action::Undo, "undo", &["u"], Group::Profile, "undo",
        "take back the last change of this session", can_undo).shown("u"),
    row(Action::Redo, "redo", &["Ctrl-R"], Group::Profile, "redo",
        "do again what was taken back", can_redo),
    row(Action::Save, "save", &["Ctrl-S"], Group::Profile, "save",
        "write this session's changes into profiles.toml, after showing the difference", has_edits).shown("^S"),
    row(Action::Cancel, "cancel", &["Esc"], Group::Program, "cancel",
        "close the popup or the field; else cancel what the focused pane waits for", can_cancel).shown("Esc"),
    row(Action::PickProfile, "pick-profile", &["p"], Group::Profile, "profiles",
        "find a profile by typing, among all", has_profiles),
    row(Action::Add, "add", &["+"], Group::Profile, "add",
        "add a provider, a client or an API: an address or a pasted curl command is enough", always),
    row(Action::EditFile, "edit-file", &["e"], Group::Profile, "edit",
        "open profiles.toml in $EDITOR at the selected profile", always),
    row(Action::Open, "open", &["Enter"], Group::Look, "open",
        "profiles: go to the endpoints; endpoints: send; token and answer: show the row in full", has_rows),
    row(Action::Copy, "copy", &["y"], Group::Look, "copy",
        "copy something; the next key says what", has_something_to_copy).shown("y"),
    row(Action::Find, "find", &["/"], Group::Look, "find",
        "find text in the focused pane", has_rows).shown("/"),
    row(Action::FindNext, "find-next", &["n"], Group::Look, "next hit",
        "go to the next place it was found", is_finding),
    row(Action::FindPrevious, "find-previous", &["N"], Group::Look, "previous hit",
        "go to the place before", is_finding),
    row(Action::ShowExchange, "exchange", &["x"], Group::Look, "exchange",
        "show the call behind what is shown, also when it failed", has_exchange).shown("x"),
    row(Action::Diff, "diff", &["d"], Group::Look, "diff",
        "what differs between this token and the one before", has_previous),
    row(Action::PutBack, "put-back", &[","], Group::Call, "put back",
        "put the token before back in place, and send that one", has_previous),
    row(Action::Reveal, "reveal", &["v"], Group::Look, "reveal",
        "show what is masked, for 30 seconds; again: mask it", has_token),
    row(Action::NextWhich, "which-token", &["w"], Group::Look, "which token",
        "show the next of the tokens that came together: access, ID, refresh token; or in one paste", has_kinds),
    row(Action::Explain, "explain", &["i"], Group::Look, "explain",
        "explain what is under the cursor", has_rows),
    row(Action::Zoom, "zoom", &["z"], Group::Move, "zoom",
        "give the focused pane the whole screen, and back", always).shown("z"),
    row(Action::Up, "up", &["Up", "k"], Group::Move, "up", "one row up", always),
    row(Action::Down, "down", &["Down", "j"], Group::Move, "down", "one row down", always),
    row(Action::Left, "left", &["Left", "h"], Group::Move, "previous tab", "the tab to the left", has_tabs),
    row(Action::Right, "right", &["Right", "l"], Group::Move, "next tab", "the tab to the right", has_tabs),
    row(Action::NextPane, "next-pane", &["Tab"], Group::Move, "next pane", "the next pane", always),
    row(Action::PreviousPane, "previous-pane", &["Shift-Tab"], Group::Move, "previous pane", "the pane before", always),
    row(Action::PageUp, "page-up", &["PageUp", "Ctrl-B"], Group::Move, "page up", "as many rows up as are seen", always),
    row(Action::PageDown, "page-down", &["PageDown", "Ctrl-F"], Group::Move, "page down", "as many rows down as are seen", always),
    row(Action::Top, "top", &["g g", "Home"], Group::Move, "top", "the first row", always),
    row(Action::End, "end", &["G", "End"], Group::Move, "end", "the last row", always),
    row(Action::Explore, "explore", &["g e"], Group::Move, "Explore", "go to the Explore screen", always),
    row(Action::Inspect, "inspect", &["g i"], Group::Move, "Inspect", "go to the Inspect screen: any token, looked into", always),
    row(Action::Messages, "messages", &["m"], Group::Program, "messages",
        "everything that happened, with its time", always),
    row(Action::Mouse, "mouse", &["M"], Group::Program, "mouse",
        "capture the mouse, or leave it to the terminal for selecting text", always),
    row(Action::Palette, "palette", &[":", "Ctrl-P"], Group::Program, "palette",
        "find any action, profile or endpoint by typing", always),
    row(Action::Help, "help", &["?"], Group::Program, "help", "every key", always),
    row(Action::Close, "close", &["q"], Group::Program, "quit", "close the popup; else quit", always),
    row(Action::Stop, "stop", &["Ctrl-C"], Group::Program, "stop",
        "cancel everything under way; when nothing is, quit", always),
    row(Action::Suspend, "suspend", &["Ctrl-Z"], Group::Program, "suspend",
        "back to the shell; fg comes back here", always),
    row(Action::RotateKeys, "rotate-keys", &[], Group::Program, "rotate keys",
        "let the bundled server sign with a new key from now on; the old one stays published", is_demo),
    copy(Action::CopyToken, "copy-token", &["t"], "the token", "the token", has_token),
    copy(Action::CopyHeader, "copy-header", &["h"], "the header", "the line Authorization: Bearer with the token", has_token),
    copy(Action::CopyCurl, "copy-curl", &["c"], "a curl command",
        "the call as a curl command, with $TOKEN for the token", has_exchange).only(Screen::Explore),
    copy(Action::CopyClaims, "copy-claims", &["j"], "the claims",
        "the claims as JSON; on the tabs Scopes and Roles those, as text", has_token),
    copy(Action::CopyBody, "copy-body", &["b"], "the body", "the response body as it came", has_body).only(Screen::Explore),
    copy(Action::CopyReport, "copy-report", &["r"], "a report",
        "call, answer and diagnosis as text to pass on, without secrets", has_answer).only(Screen::Explore),
    copy(Action::CopyFile, "copy-file", &["w"], "into a file",
        "write the response body, or the token, to a new file here that only you can read", has_something_to_copy),
    copy(Action::CopyJose, "copy-jose", &["H"], "the JOSE header", "Inspect: the token's header as JSON, exactly as signed", has_subject).only(Screen::Inspect),
    copy(Action::CopyValue, "copy-value", &["v"], "this value", "Inspect: the claim, part, key (as a JWK) or row under the cursor", has_something_to_inspect).only(Screen::Inspect),
    copy(Action::CopyPem, "copy-pem", &["p"], "the key as PEM", "Inspect: the public key under the cursor, or the one it was verified with", has_public_key).only(Screen::Inspect),
    copy(Action::CopyJwk, "copy-jwk", &["k"], "the key as a JWK", "Inspect: the same key as a JWK", has_public_key).only(Screen::Inspect),
    copy(Action::CopySigner, "copy-signer", &["s"], "the signing key", "Inspect: the key that signed last, as PEM or as a secret", has_signer).only(Screen::Inspect),
    copy(Action::WriteSigner, "write-signer", &["S"], "… into a file", "Inspect: write that key to a new file that only you can read", has_signer).only(Screen::Inspect),
];

impl Action {
    /// Its row in the table.
    pub fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.action == self)
    }

    /// The action of this name.
    pub fn named(name: &str) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.name == name)
    }

    /// Whether it can do something now.
    pub fn applies(self, state: &State) -> bool {
        self.row().is_some_and(|row| (row.applies)(state))
    }
}

/// The footer's actions that can do something now: keys and label, in order.
pub fn footer(state: &State) -> Vec<(String, &'static Row)> {
    let here = |row: &&Row| row.only.is_none_or(|only| only == state.screen);
    let applying = TABLE.iter().filter(here).filter(|row| row.footer.is_some() && (row.applies)(state));
    applying.filter_map(|row| Some((state.keys.in_footer(row)?, row))).collect()
}

/// What the copy menu offers on the screen that is seen, in order.
pub fn copy_menu(state: &State) -> impl Iterator<Item = &'static Row> {
    let screen = state.screen;
    let here = move |row: &&Row| row.context == Context::Copy && row.only.is_none_or(|only| only == screen);
    TABLE.iter().filter(here)
}

/// The list of keys for the README, in Markdown.
pub fn key_table_markdown() -> String {
    let keys = KeyMap::default();
    let mut out = String::new();
    for group in Group::ALL {
        _ = write!(out, "**{}**\n\n| key | does |\n| --- | --- |\n", group.title());
        for row in TABLE.iter().filter(|row| row.group == group) {
            let keys = keys.in_words(row).replace('|', "\\|");
            _ = writeln!(out, "| `{keys}` | {} |", row.help);
        }
        out.push('\n');
    }
    out
}
