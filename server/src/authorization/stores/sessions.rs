//! Sessions: that somebody has signed in, and which clients have got tokens for it.
//!
//! An online session ends with its idle time or its longest life, an offline one (scope `offline_access`, OpenID Connect
//! Core section 11) with its idle time alone. Both have the same id; signing out ends the online one and leaves the offline
//! one, which is what it is for.

use std::collections::{BTreeMap, VecDeque};

use super::{Key, Store};
use crate::realm::Lifetimes;

const MOST_SESSIONS: usize = 10_000;
/// Logins of one client in one session of which refresh tokens are remembered; the oldest go first and count as stale.
const MOST_FAMILIES: usize = 32;

/// Which of the two kinds of session a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::authorization) enum Kind {
    Online,
    Offline,
}

/// That a person has signed in.
#[derive(Debug, Clone)]
pub(in crate::authorization) struct Session {
    pub id: String,
    /// The person's id.
    pub user: String,
    pub started: u64,
    /// When the person signed in; unknown where no browser was involved, as in Keycloak.
    pub auth_time: Option<u64>,
    clients: BTreeMap<String, ClientSession>,
}

/// That a client has got tokens in a session.
#[derive(Debug, Clone)]
pub(in crate::authorization) struct ClientSession {
    /// Whether the person was already signed in when the client asked.
    pub was_signed_in: bool,
    families: VecDeque<Family>,
}

/// The refresh tokens that follow from one login, each from the one before.
#[derive(Debug, Clone)]
struct Family {
    id: String,
    /// Given out and not used yet.
    unused: Vec<String>,
    /// The one that was used last, and how often.
    last: Option<(String, u32)>,
}

/// Why a refresh token does not work any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::authorization) enum Reuse {
    /// It is the one that was used last.
    TooOften,
    /// Later ones have been used since.
    Stale,
}

impl ClientSession {
    fn new(was_signed_in: bool) -> Self {
        Self { was_signed_in, families: VecDeque::new() }
    }

    /// The first refresh token of a login.
    pub(in crate::authorization) fn begin_family(&mut self, family: &str, first: &str) {
        if self.families.len() >= MOST_FAMILIES {
            self.families.pop_front();
        }
        self.families.push_back(Family { id: family.to_owned(), unused: vec![first.to_owned()], last: None });
    }

    /// Whether a refresh token was given out and not used yet.
    pub(in crate::authorization) fn is_unused(&self, family: &str, token: &str) -> bool {
        let mut families = self.families.iter().filter(|known| known.id == family);
        families.any(|family| family.unused.iter().any(|unused| unused == token))
    }

    /// Takes a refresh token in exchange for the next one (RFC 9700 section 4.14.2).
    pub(in crate::authorization) fn rotate(
        &mut self,
        family: &str,
        token: &str,
        next: &str,
        uses: u32,
    ) -> Result<(), Reuse> {
        let family = self.families.iter_mut().find(|known| known.id == family).ok_or(Reuse::Stale)?;
        match &mut family.last {
            Some((last, times)) if last == token => {
                if *times >= uses {
                    return Err(Reuse::TooOften);
                }
                *times += 1;
                family.unused.push(next.to_owned());
            }
            _ if family.unused.iter().any(|unused| unused == token) => {
                family.last = Some((token.to_owned(), 1));
                family.unused = vec![next.to_owned()];
            }
            _ => return Err(Reuse::Stale),
        }
        Ok(())
    }
}

impl Session {
    pub(in crate::authorization) fn client(&mut self, id: &str) -> Option<&mut ClientSession> {
        self.clients.get_mut(id)
    }

    /// The client has got something in this session.
    pub(in crate::authorization) fn join(&mut self, client: &str, was_signed_in: bool) {
        let joined = self.clients.entry(client.to_owned()).or_insert_with(|| ClientSession::new(was_signed_in));
        joined.was_signed_in = was_signed_in;
    }
}

/// All sessions.
pub(in crate::authorization) struct Sessions {
    online: Store<Session>,
    offline: Store<Session>,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self { online: Store::new(MOST_SESSIONS), offline: Store::new(MOST_SESSIONS) }
    }

    fn of(&mut self, kind: Kind) -> &mut Store<Session> {
        match kind {
            Kind::Online => &mut self.online,
            Kind::Offline => &mut self.offline,
        }
    }

    /// A new session of `user`.
    pub(in crate::authorization) fn begin(
        &mut self,
        id: &str,
        user: &str,
        auth_time: Option<u64>,
        lives: &Lifetimes,
        now: u64,
    ) {
        let (id, user) = (id.to_owned(), user.to_owned());
        let ends = now + lives.session_idle.min(lives.session_max);
        let key = Key::of(&id);
        self.online.put(key, Session { id, user, started: now, auth_time, clients: BTreeMap::new() }, ends, now);
    }

    /// A session that has not ended.
    pub(in crate::authorization) fn get(&mut self, kind: Kind, id: &str, now: u64) -> Option<&mut Session> {
        self.of(kind).get(Key::of(id), now)
    }

    /// What a client has got in a session that has not ended.
    pub(in crate::authorization) fn client(
        &mut self,
        kind: Kind,
        id: &str,
        client: &str,
        now: u64,
    ) -> Option<&mut ClientSession> {
        self.get(kind, id, now).and_then(|session| session.client(client))
    }

    /// The session was used: its idle time begins again. Answers how long it lives; nothing for one that need not end.
    pub(in crate::authorization) fn touch(&mut self, kind: Kind, id: &str, lives: &Lifetimes, now: u64) -> Option<u64> {
        let session = self.get(kind, id, now)?;
        let ends = match kind {
            Kind::Online => (now + lives.session_idle).min(session.started + lives.session_max),
            Kind::Offline => now + lives.offline_idle,
        };
        self.of(kind).keep_until(Key::of(id), ends);
        (kind == Kind::Online).then_some(ends)
    }

    /// Makes an offline session beside the online one, for this client.
    pub(in crate::authorization) fn take_offline(&mut self, id: &str, client: &str, lives: &Lifetimes, now: u64) {
        let Some(mut session) = self.online.get(Key::of(id), now).cloned() else { return };
        let joined = session.clients.remove(client).unwrap_or_else(|| ClientSession::new(false));
        session.clients.clear();
        if let Some(known) = self.offline.get(Key::of(id), now) {
            session.clients = std::mem::take(&mut known.clients);
        }
        // An earlier login of this client goes on: its refresh tokens are remembered there.
        session.clients.entry(client.to_owned()).or_insert(joined);
        self.offline.put(Key::of(id), session, now + lives.offline_idle, now);
    }

    /// Takes back all that a client has got in a session.
    pub(in crate::authorization) fn leave(&mut self, id: &str, client: &str, now: u64) {
        for kind in [Kind::Online, Kind::Offline] {
            if let Some(session) = self.get(kind, id, now) {
                session.clients.remove(client);
            }
        }
    }

    /// Ends a session in which no client has anything any more.
    pub(in crate::authorization) fn end_if_empty(&mut self, id: &str, now: u64) {
        for kind in [Kind::Online, Kind::Offline] {
            if self.get(kind, id, now).is_some_and(|session| session.clients.is_empty()) {
                self.of(kind).remove(Key::of(id));
            }
        }
    }

    /// Ends a session: the person is signed out. An offline one ends only when it is the one that is meant.
    pub(in crate::authorization) fn end(&mut self, kind: Kind, id: &str) {
        self.online.remove(Key::of(id));
        if kind == Kind::Offline {
            self.offline.remove(Key::of(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn family() -> ClientSession {
        let mut client = ClientSession::new(false);
        client.begin_family("f", "a");
        client
    }

    #[test]
    fn each_refresh_token_works_once() {
        let mut client = family();
        assert_eq!(client.rotate("f", "a", "b", 1), Ok(()));
        assert_eq!(client.rotate("f", "b", "c", 1), Ok(()));
        assert_eq!(client.rotate("f", "b", "d", 1), Err(Reuse::TooOften));
        assert_eq!(client.rotate("f", "a", "d", 1), Err(Reuse::Stale));
        assert_eq!(client.rotate("g", "c", "d", 1), Err(Reuse::Stale));
    }

    #[test]
    fn or_as_often_as_the_realm_says() {
        let mut client = family();
        assert_eq!(client.rotate("f", "a", "b", 2), Ok(()));
        assert_eq!(client.rotate("f", "a", "c", 2), Ok(()));
        assert_eq!(client.rotate("f", "a", "d", 2), Err(Reuse::TooOften));
        assert_eq!(client.rotate("f", "c", "e", 2), Ok(()));
        assert_eq!(client.rotate("f", "b", "f", 2), Err(Reuse::Stale));
    }

    #[test]
    fn logins_are_remembered_up_to_a_bound() {
        let mut client = family();
        for login in 0..MOST_FAMILIES {
            client.begin_family(&login.to_string(), "a");
        }
        assert_eq!(client.rotate("f", "a", "b", 1), Err(Reuse::Stale));
        assert_eq!(client.rotate("0", "a", "b", 1), Ok(()));
    }
}
