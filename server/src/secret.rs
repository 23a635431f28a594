//! A secret that shows itself to nobody by accident and is wiped when it goes.
//!
//! Must never implement `Display` or `Serialize`.

use std::fmt;

use aws_lc_rs::{constant_time, digest};
use zeroize::Zeroizing;

/// A client's secret. `Debug` shows nothing of it; the memory is wiped on drop.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over the text of a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// Whether `given` is this secret, in a time that tells neither content nor length.
    pub fn matches(&self, given: &str) -> bool {
        // Digests have one length, so that the comparison cannot tell that of the secret.
        let [ours, theirs] = [self.0.as_bytes(), given.as_bytes()].map(|bytes| digest::digest(&digest::SHA256, bytes));
        constant_time::verify_slices_are_equal(ours.as_ref(), theirs.as_ref()).is_ok()
    }

    /// The secret itself. Every caller answers for where it goes.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_matches() {
        let secret = Secret::new("demo-secret");
        assert!(secret.matches("demo-secret"));
        for other in ["", "demo-secre", "demo-secret ", "Demo-secret"] {
            assert!(!secret.matches(other), "{other:?}");
        }
        // So many that a comparison of a part of something would let one pass.
        for other in 0..5000 {
            assert!(!secret.matches(&other.to_string()), "{other}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        assert!(!format!("{:?}", Secret::new("demo-secret")).contains("demo"));
    }
}
