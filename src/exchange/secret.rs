//! Values that must not be seen: client secrets, tokens, codes. And the fingerprint that stands in for a token.
//!
//! Pure: no network, files, clock or terminal.

use std::fmt;

use aws_lc_rs::digest;
use zeroize::Zeroizing;

/// A secret: shows nothing of itself in `Debug`, has no `Display`, and is wiped from memory on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the value in.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The value itself. Every place that calls this puts it on the wire, into the clipboard or, asked to, on the screen.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The short name under which this value may be spoken of.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

/// The first two bytes of a token's SHA-256, written `#77ab`: enough to answer "is it the one I sent?".
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fingerprint([u8; 2]);

impl Fingerprint {
    /// The fingerprint of this text, byte for byte.
    pub fn of(text: &str) -> Self {
        let hash = digest::digest(&digest::SHA256, text.as_bytes());
        let mut start = [0; 2];
        for (to, from) in start.iter_mut().zip(hash.as_ref()) {
            *to = *from;
        }
        Self(start)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second] = self.0;
        write!(f, "#{first:02x}{second:02x}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::new("demo-secret")), "Secret(***)");
    }

    #[test]
    fn fingerprint_is_the_start_of_sha_256() {
        // SHA-256 of "abc" begins with ba78 (FIPS 180-2, appendix B.1).
        assert_eq!(Fingerprint::of("abc").to_string(), "#ba78");
    }
}
