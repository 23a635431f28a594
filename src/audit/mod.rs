//! Judges exchanges: what was expected, what came, and why the API or the provider said no.
//!
//! Pure: no network, files, clock or terminal. Imports `config`, `oauth`, `jwt` and `exchange` of this crate.

mod diagnosis;
mod expectation;
mod scope_fate;
mod token_advice;

pub use diagnosis::{Cause, Confidence, Diagnosis, Evidence, EvidenceRow, Relation, Remedy, diagnose};
pub use expectation::{Basis, Class, Expectation, Judgement, Permissions, expect, judge};
pub use scope_fate::{ScopeCase, ScopeFate, scope_fate};
pub use token_advice::{token_advice, token_advice_knowing};
