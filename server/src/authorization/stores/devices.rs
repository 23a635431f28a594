//! Devices that wait for a person (RFC 8628 section 3).

use super::{Key, Store};
use crate::{authorization::pkce::Challenge, random};

const MOST_DEVICES: usize = 10_000;
/// Consonants that are hard to mistake, which spell no words (RFC 8628 section 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// An ended code is remembered this much longer, in seconds, so that the device can be told.
const REMEMBERED: u64 = 15;

/// A device that waits.
#[derive(Debug, Clone)]
pub(in crate::authorization) struct Device {
    pub client: String,
    pub scope: Option<String>,
    pub challenge: Option<Challenge>,
    pub ends: u64,
    pub last_poll: Option<u64>,
    pub answer: DeviceAnswer,
}

/// What the person has said.
#[derive(Debug, Clone)]
pub(in crate::authorization) enum DeviceAnswer {
    Pending,
    Denied,
    /// The id of the session in which it was granted.
    Granted(String),
}

/// Devices by the code that they hold, found by the code that a person types.
pub(in crate::authorization) struct Devices {
    devices: Store<Device>,
    by_user_code: Store<Key>,
}

impl Devices {
    pub(super) fn new() -> Self {
        Self { devices: Store::new(MOST_DEVICES), by_user_code: Store::new(MOST_DEVICES) }
    }

    pub(in crate::authorization) fn put(&mut self, device_code: &str, user_code: &str, device: Device, now: u64) {
        let (key, ends) = (Key::of(device_code), device.ends);
        self.devices.put(key, device, ends + REMEMBERED, now);
        self.by_user_code.put(Key::of(&normal(user_code)), key, ends, now);
    }

    pub(in crate::authorization) fn by_device_code(&mut self, device_code: &str, now: u64) -> Option<&mut Device> {
        self.devices.get(Key::of(device_code), now)
    }

    /// The device that waits for this code, as somebody types it; nothing once it has its answer.
    pub(in crate::authorization) fn by_user_code(&mut self, typed: &str, now: u64) -> Option<&mut Device> {
        let key = *self.by_user_code.get(Key::of(&normal(typed)), now)?;
        let waits = |device: &&mut Device| device.ends > now && matches!(device.answer, DeviceAnswer::Pending);
        self.devices.get(key, now).filter(waits)
    }

    pub(in crate::authorization) fn remove(&mut self, device_code: &str) {
        self.devices.remove(Key::of(device_code));
    }
}

/// A new user code: eight letters, about 34 bits, behind a brake on guessing.
pub(in crate::authorization) fn new_user_code() -> Result<String, aws_lc_rs::error::Unspecified> {
    let mut code = String::with_capacity(9);
    while code.len() < 9 {
        // 240 is the largest multiple of 20 in a byte: the others would make some letters likelier.
        let Some(letter) =
            random::byte().map(|byte| (byte < 240).then(|| LETTERS.get(usize::from(byte % 20))).flatten())?
        else {
            continue;
        };
        if code.len() == 4 {
            code.push('-');
        }
        code.push(char::from(*letter));
    }
    Ok(code)
}

/// The code without what people put between its letters.
fn normal(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn user_codes_are_easy_to_type() {
        for _ in 0..200 {
            let Ok(code) = new_user_code() else { panic!("no random bytes") };
            let (left, right) = code.split_once('-').unwrap_or_default();
            assert!(left.len() == 4 && right.len() == 4, "{code}");
            assert!(left.bytes().chain(right.bytes()).all(|letter| LETTERS.contains(&letter)), "{code}");
            assert_eq!(normal(&format!(" {left} {} ", right.to_lowercase())), normal(&code));
        }
    }
}
