//! Taking a sign-up. The first of an address counts; whoever sends it again changes nothing of it, since anybody can send
//! any address. Both are one look and one transaction: how long it takes tells nobody which it was.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_auth::Actor;
use vestibule_domain::{PromoSignup, PromoSignupId, World};

use crate::{
    Answer, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How often an address is looked up that somebody else signs up at the same moment.
const TRIES: u32 = 3;

/// The one sign-up of an address.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct PromoAddress {
    pub(crate) signup: PromoSignupId,
}

impl PlatformStore<'_> {
    /// Takes a sign-up, or notes that its address came again.
    pub async fn take_promo_signup(
        &self,
        signup: &PromoSignup,
        actor: &Actor,
        answer: Option<&Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let address = keys::promo_address(&self.store.sealer().address_key(&signup.email));
        for _ in 0..TRIES {
            let known: Option<PromoAddress> = self.store.get(&address).await?;
            let command = match known {
                Some(known) => coming_again(known.signup, actor, world)?,
                None => self.signing_up(signup, &address, actor, world)?,
            };
            match command.answering(answer.cloned(), world)?.commit(self.store).await {
                // Somebody was faster: now it is known.
                Err(StoreError::Conflict(Conflict::Exists)) => {}
                done => return done,
            }
        }
        Err(Conflict::Exists.into())
    }

    fn signing_up(
        self,
        signup: &PromoSignup,
        address: &keys::Key,
        actor: &Actor,
        world: &World,
    ) -> Result<Command, StoreError> {
        let lock = to_row(address, Kind::PromoAddress, &PromoAddress { signup: signup.id })?;
        let row = to_row(&keys::promo_signup(signup.id), Kind::PromoSignup, signup)?;
        let lists = [None, Some(signup.status)].map(keys::promo_signups);
        let named = self.store.signup_name_lists(&signup.name);
        let told = (json!(null), json!({ "status": signup.status }));
        Command::new()
            .and(Action::put(lock).if_new(), Conflict::Exists)
            .and(Action::put(row).if_new(), Conflict::Stale)
            .listing_signup(lists.into_iter().chain(named), signup.id)
            .counting_signup(signup.id, (None, signup.status))
            .told_platform(actor, "promo.sign_up", signup.id.to_string(), told, world)
    }
}

fn coming_again(id: PromoSignupId, actor: &Actor, world: &World) -> Result<Command, StoreError> {
    let count = Action::update(&keys::promo_signup(id), "SET repeats = repeats + :one");
    let count = count.value(":one", number(1)).when("attribute_exists(PK)");
    let told = (Value::Null, Value::Null);
    let command = Command::new().and(count, Conflict::Stale);
    command.told_platform(actor, "promo.sign_up.again", id.to_string(), told, world)
}
