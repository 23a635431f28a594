//! Random bytes and identifiers made of them.

use std::fmt::Write as _;

use aws_lc_rs::{error::Unspecified, rand};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A new random id of a UUID's shape, without version bits, as Keycloak's token ids are.
pub(crate) fn uuid() -> Result<String, Unspecified> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes)?;
    Ok(uuid_shape(bytes))
}

/// A new random text that nobody can guess: `LENGTH` bytes in base64url.
pub(crate) fn text<const LENGTH: usize>() -> Result<String, Unspecified> {
    let mut bytes = [0; LENGTH];
    rand::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// One random byte.
pub(crate) fn byte() -> Result<u8, Unspecified> {
    let mut bytes = [0; 1];
    rand::fill(&mut bytes)?;
    let [byte] = bytes;
    Ok(byte)
}

/// `bytes` written as a UUID is: 8-4-4-4-12 hexadecimal digits.
pub(crate) fn uuid_shape(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn has_the_shape_of_a_uuid() {
        let bytes = std::array::from_fn(|index| u8::try_from(index).unwrap_or(0));
        assert_eq!(super::uuid_shape(bytes), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }
}
