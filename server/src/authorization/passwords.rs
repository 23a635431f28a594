//! Whether a person is who she says: the one place where passwords are compared.
//!
//! Nothing tells whether a name is known: an unknown one takes as long and gets the same answer, and so does whoever the
//! brake stops.

use std::net::IpAddr;

use super::{AuthorizationServer, stores::network};
use crate::{
    realm::{Password, User},
    secret::Secret,
};

/// What came of a try.
pub(super) enum Outcome<'a> {
    Right(&'a User),
    /// Wrong name, wrong password, or too many of them.
    Wrong,
    /// The password is right, but nobody may sign in with it.
    Disabled,
    /// The password is right, but something has to be done first that is not built here.
    NotSetUp,
}

/// Compares, behind the brake.
pub(super) async fn check<'a>(
    server: &'a AuthorizationServer,
    name: &str,
    password: &str,
    peer: Option<IpAddr>,
) -> Outcome<'a> {
    let (now, person) = (server.now(), server.realm().person(name));
    let from = network(peer);
    let who = person.map_or_else(|| format!("?{}", name.to_lowercase()), |person| person.id.clone());
    // Whoever guesses from elsewhere must not keep the person out.
    let counted = format!("{who} {from}");
    let may_try = {
        let mut stores = server.stores();
        let [person, address] =
            [stores.people_guessed.try_now(&counted, now), stores.passwords_from.try_now(&from, now)];
        person && address
    };
    let right = compare(server, person, password).await && may_try;
    let Some(person) = person.filter(|_| right) else { return Outcome::Wrong };
    {
        let mut stores = server.stores();
        stores.people_guessed.forget(&counted);
        stores.passwords_from.uncount(&from, now);
    }
    match (person.enabled, person.is_set_up) {
        (false, _) => Outcome::Disabled,
        (true, false) => Outcome::NotSetUp,
        (true, true) => Outcome::Right(person),
    }
}

/// Compares with the person's password, or with nobody's in the same time.
async fn compare(server: &AuthorizationServer, person: Option<&User>, given: &str) -> bool {
    let known = person.and_then(|person| person.password.clone());
    let slow = server.realm().slow_password().cloned();
    let is_known = known.is_some();
    let compared = known.or_else(|| slow.clone()).unwrap_or_else(|| Password::Plain(Secret::new("")));
    // Plain passwords beside hashed ones are as slow.
    let beside = slow.filter(|_| !compared.is_slow());
    if !compared.is_slow() && beside.is_none() {
        return compared.matches(given) && is_known;
    }
    let given = Secret::new(given);
    let comparing = tokio::task::spawn_blocking(move || {
        if let Some(beside) = beside {
            let _ = beside.matches(given.reveal());
        }
        compared.matches(given.reveal())
    });
    comparing.await.unwrap_or(false) && is_known
}
