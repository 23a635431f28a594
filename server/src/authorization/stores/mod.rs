//! What the server remembers while it runs, each kind in a store of its own that forgets by the clock and has a bound.
//!
//! When a store is full, what would have ended first goes: whoever floods it makes others begin again, and gains nothing.
//!
//! | what | at most | until |
//! | --- | --- | --- |
//! | sessions, online and offline | 10,000 each | idle time or longest life of the realm |
//! | authorization codes | 10,000 | ten minutes after their end, to notice when one is used again |
//! | devices that wait | 10,000 | the end of their code |
//! | pages that somebody is on | 10,000 | the realm's login time |
//! | access tokens taken back | 100,000 | their own end |
//! | consents | 10,000 | the end of the process |
//! | counts of wrong passwords and user codes | 10,000 each | a quarter of an hour |

mod brake;
mod devices;
mod sessions;
mod store;

pub(super) use brake::{Brake, network};
pub(super) use devices::{Device, DeviceAnswer, Devices, new_user_code};
pub(super) use sessions::{Kind, Reuse, Session, Sessions};
pub(super) use store::{Key, Store};

use super::{grants::authorization_code::Code, visit::Visit};

const MOST: usize = 10_000;
const MOST_REVOKED: usize = 100_000;

/// Wrong passwords in a row for one person, then a pause of seconds.
const PASSWORDS_PER_PERSON: (u32, u64) = (10, 60);
/// The same from one address.
const PASSWORDS_PER_ADDRESS: (u32, u64) = (50, 10);
/// Wrong user codes from one address.
const USER_CODES_PER_ADDRESS: (u32, u64) = (10, 30);

/// All stores.
pub(super) struct Stores {
    pub sessions: Sessions,
    pub codes: Store<Code>,
    pub devices: Devices,
    pub visits: Store<Visit>,
    /// Session ids, by the cookie that a browser has got for them.
    pub signed_in: Store<String>,
    /// Access tokens that were taken back, by their `jti`.
    pub revoked: Store<()>,
    /// Scopes that a person has let a client have, by both ids.
    pub consents: Store<Vec<String>>,
    pub people_guessed: Brake,
    pub passwords_from: Brake,
    pub user_codes_from: Brake,
}

impl Stores {
    pub(super) fn new() -> Self {
        let brake = |(free, pause)| Brake::new(free, pause);
        Self {
            sessions: Sessions::new(),
            codes: Store::new(MOST),
            devices: Devices::new(),
            visits: Store::new(MOST),
            signed_in: Store::new(MOST),
            revoked: Store::new(MOST_REVOKED),
            consents: Store::new(MOST),
            people_guessed: brake(PASSWORDS_PER_PERSON),
            passwords_from: brake(PASSWORDS_PER_ADDRESS),
            user_codes_from: brake(USER_CODES_PER_ADDRESS),
        }
    }
}
