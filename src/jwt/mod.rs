//! JSON Web Tokens: reads any text as a token, says what each part means, holds it against keys and claims, and lints it.
//!
//! - [`Token`] (`decode`): total for any input; `clean` takes off what a paste brings along, `claims` reads scopes,
//!   roles, audiences and the kind of token;
//! - [`KeySet`] (`keys`): JWKS, JWK, PEM and shared secrets, key by key, with a reason for each key left out;
//! - [`verify()`] (`verify`): every check of a token, one line each;
//! - [`lint()`] (`lint`): findings from a table of small rules;
//! - [`sign()`] (`sign`): tokens made from a [`Draft`] and a [`SigningKey`]; [`diff()`] (`diff`): what differs between two;
//! - [`tree`] (`raw`): JSON exactly as it is written; `splice`: changes of it that touch nothing else;
//! - [`Holder`] and [`GroupedRoles`]: whose token it is, and what roles it has;
//! - [`explain`](mod@explain), [`note_on_claim`], [`keycloak`] and [`times`]: words for people; [`shown`] makes foreign
//!   text safe to show.
//!
//! Pure: no network, files, clock or terminal. Imports only `exchange`. Time is handed in.

mod algorithm;
mod claim_type;
mod claims;
mod clean;
mod decode;
mod diff;
mod exact;
pub mod explain;
mod holder;
mod json;
pub mod keycloak;
mod keys;
mod lint;
mod more_claims;
mod notes;
mod number;
mod raw;
mod roles;
mod shown;
mod sign;
mod splice;
#[cfg(test)]
mod testing;
pub mod times;
mod typ;
mod verify;

pub use algorithm::algorithms;
pub use claims::{RoleGroup, TokenUse};
pub use clean::{FoundToken, not_a_token, tokens_in};
pub use decode::{Jws, Kind, Part, Problem, Status, Token};
pub use diff::{Change, Difference, diff, diff_members, says_the_same};
pub use explain::{Meaning, meaning_of_claim, meaning_of_header, meaning_of_member};
pub use holder::Holder;
pub use keys::{
    CertificateRow, Fault, Key, KeyRow, KeySet, KeySetError, KeyType, SigningKey, SigningKeyError, SkippedKey, key_rows,
};
pub use lint::{Finding, RULES, Rule, Severity, lint, lint_keys, rule_table_markdown};
pub use notes::{advice_on_claim, is_plain_note, note_on_claim};
pub use raw::{JsonType, Node, tree};
pub use roles::{GroupedRoles, Role};
pub use shown::{counted, shown};
pub use sign::{Draft, DraftProblem, SignError, sign};
pub use verify::{Check, CheckName, KeySource, KeyUsed, NoLeeway, Outcome, Policy, Verdict, verify};
