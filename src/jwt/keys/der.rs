//! DER (X.690) as keys come in it: which structure it is, so that it is read as the PEM block of that name, and whether
//! it is safe to be read at all.
//!
//! Pure: imports nothing of this crate.

/// Certificates nest about ten deep.
const DEEPEST: usize = 32;

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// One value: its tag, where its content begins and where it ends.
struct Value {
    tag: u8,
    start: usize,
    end: usize,
}

impl Value {
    fn holds_others(&self) -> bool {
        self.tag & 0x20 != 0
    }
}

/// The label of the PEM block (RFC 7468) that holds such a structure; none when this is no DER of a key.
pub(super) fn label(der: &[u8]) -> Option<&'static str> {
    let whole = value_at(der, 0).filter(|whole| whole.tag == SEQUENCE && whole.end == der.len())?;
    if !is_shallow(der) {
        return None;
    }
    let mut members = Vec::new();
    let mut at = whole.start;
    while at < whole.end && members.len() < 10 {
        let member = value_at(der, at)?;
        at = member.end;
        members.push(member);
    }
    let version = members.first().and_then(|member| der.get(member.start..member.end));
    let tags: Vec<u8> = members.iter().map(|member| member.tag).collect();
    Some(match tags.as_slice() {
        // RFC 5280 section 4.1.2.7.
        [SEQUENCE, BIT_STRING] => "PUBLIC KEY",
        // RFC 5280 section 4.1.
        [SEQUENCE, SEQUENCE, BIT_STRING] => "CERTIFICATE",
        // RFC 5958 section 3.
        [SEQUENCE, OCTET_STRING] => "ENCRYPTED PRIVATE KEY",
        // RFC 8017 appendix A.1.1.
        [INTEGER, INTEGER] => "RSA PUBLIC KEY",
        // RFC 7292 section 4.
        [INTEGER, SEQUENCE, ..] if version == Some(&[3]) => "PKCS #12 file",
        // RFC 5958 section 2.
        [INTEGER, SEQUENCE, OCTET_STRING, ..] => "PRIVATE KEY",
        // RFC 5915 section 3.
        [INTEGER, OCTET_STRING, ..] => "EC PRIVATE KEY",
        // RFC 8017 appendix A.1.2.
        [INTEGER, INTEGER, INTEGER, INTEGER, ..] => "RSA PRIVATE KEY",
        _ => return None,
    })
}

/// Whether this is DER with no more than [`DEEPEST`] values inside one another: some of those who read it recurse.
pub(super) fn is_shallow(der: &[u8]) -> bool {
    let mut ends = Vec::new();
    let mut at = 0;
    while at < der.len() {
        while ends.last() == Some(&at) {
            ends.pop();
        }
        let Some(value) = value_at(der, at) else { return false };
        if value.end > ends.last().copied().unwrap_or(der.len()) || ends.len() >= DEEPEST {
            return false;
        }
        if value.holds_others() && value.start < value.end {
            ends.push(value.end);
            at = value.start;
        } else {
            at = value.end;
        }
    }
    !der.is_empty()
}

/// The value that begins here; it may claim to be longer than what is there.
fn value_at(der: &[u8], at: usize) -> Option<Value> {
    let (tag, length) = (*der.get(at)?, *der.get(at + 1)?);
    // No key or certificate has a tag number above 30 or a length of more than two bytes.
    let (start, length) = match length {
        _ if tag & 0x1f == 0x1f => return None,
        0..=0x7f => (at + 2, usize::from(length)),
        0x81 => (at + 3, usize::from(*der.get(at + 2)?)),
        0x82 => (at + 4, usize::from(u16::from_be_bytes([*der.get(at + 2)?, *der.get(at + 3)?]))),
        _ => return None,
    };
    Some(Value { tag, start, end: start + length })
}
