//! Who administers the platform of a local stack: the super administrator of the sample people, and two who belong to no tenant. All have
//! the sample password.

use vestibule_auth::{Actor, Grant, PasswordHash, PlatformScope, SystemTask};
use vestibule_domain::{Email, Invalid, PersonName, User, UserName, World};
use vestibule_store::{Appointee, Appointment, Store, UserChange};

use super::{PEOPLE, Person, SampleError};

/// The two; their user names are their names here. The colleagues have the ids before.
pub const ADMINISTRATORS: [Person; 2] = [
    Person {
        name: "100ktrackeradmin-general",
        email: "general@test.local",
        title: "Gil General",
        role: "general_admin",
        number: 31,
    },
    Person {
        name: "100ktrackeradmin",
        email: "promo@test.local",
        title: "Pru Promo",
        role: "promo_admin",
        number: 32,
    },
];

/// Makes those administrators who are none yet.
pub(super) async fn appoint(store: &Store, hash: &PasswordHash, world: &World) -> Result<(), SampleError> {
    for (person, grant) in PEOPLE.iter().take(1).chain(&ADMINISTRATORS).zip(Grant::ALL) {
        give(store, (person, grant), hash, world).await?;
    }
    Ok(())
}

async fn give(
    store: &Store,
    (person, grant): (&Person, Grant),
    hash: &PasswordHash,
    world: &World,
) -> Result<(), SampleError> {
    let platform = store.platform();
    let (known, granted) = platform.find_administrator(person.user()).await?;
    if granted.is_some() {
        return Ok(());
    }
    let new = new(person, world)?;
    let username = UserName::parse(person.name)?;
    let scope = PlatformScope::for_system(SystemTask::Seed);
    let appointment = Appointment {
        person: known.as_ref().map_or(Appointee::New(&new), Appointee::Known),
        grant,
        username: &username,
        before: None,
        mails: &[],
    };
    store.administration(&scope).give(&appointment, world).await?;
    if known.is_none() {
        let change = UserChange { action: "user.password", password: Some(hash), ..UserChange::default() };
        let (mut user, actor) = (new, Actor::System(SystemTask::Seed));
        platform.change_user(&mut user, &change, &actor, world).await?;
    }
    Ok(())
}

fn new(person: &Person, world: &World) -> Result<User, Invalid> {
    Ok(User::new(person.user(), Email::parse(person.email)?, PersonName::parse(person.title)?, world))
}
