//! Judges exchanges: what was expected, what came, and why the API or the provider said no.
//!
//! Pure: no network, files, clock or terminal. Imports `config`, `oauth`, `jwt` and `exchange` of this crate.

mod diagnosis;
mod expectation;

pub use diagnosis::{Cause, Confidence, Diagnosis, EvidenceRow, Relation, Remedy};
pub use expectation::{Basis, Class, Expectation, Judgement, Permissions, expect, judge};
