//! Registrations: nothing exists of a person until they have proved the address. Each attempt
//! stands by itself with its own password and its own link, so that nobody can prepare an
//! account for somebody else's address and have them confirm it with another link.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_auth::{Actor, PasswordHash, TokenDigest};
use vestibule_domain::{Connection, Email, IdentityMailRequest, PersonName, RegistrationId, User, World};

use super::change::copy_of;
use crate::{
    Answer, AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// What waits for the proof of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its id.
    pub id: RegistrationId,
    /// The address to prove. Sealed in the table.
    pub email: Email,
    /// How the person wants to be called. Sealed in the table.
    pub name: PersonName,
    /// The password they chose; absent when they come from an outside provider.
    pub password: Option<PasswordHash>,
    /// The outside account they come from.
    pub connection: Option<Connection>,
    /// Hash of the mailed link's token, once the mail is minted.
    pub digest: Option<TokenDigest>,
    /// The proof counts until then.
    pub expires: Timestamp,
}

impl PlatformStore<'_> {
    /// Records a registration and the mail to send for it. Looks at nothing: whether the address
    /// has an account makes no difference here.
    pub async fn register(
        &self,
        registration: &Registration,
        mail: &IdentityMailRequest,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let mut row = to_row(&keys::registration(registration.id), Kind::Registration, registration)?;
        row.insert("ttl".into(), number(registration.expires.as_second()));
        Command::new()
            .and(Action::put(row).if_new(), Conflict::Exists)
            .mailing(mail)?
            .answering(answer, world)?
            .commit(self.store)
            .await
    }

    /// A registration that still waits at `now`.
    pub async fn find_registration(
        &self,
        id: RegistrationId,
        now: Timestamp,
    ) -> Result<Option<Registration>, StoreError> {
        let found: Option<Registration> = self.store.get(&keys::registration(id)).await?;
        Ok(found.filter(|registration| now < registration.expires))
    }

    /// Makes the person of a registration whose link was followed. [`Conflict::LinkUsed`] when the
    /// link was used or replaced, [`Conflict::AddressTaken`] when the address has an account by now.
    pub async fn activate(
        &self,
        registration: &Registration,
        digest: &TokenDigest,
        user: &User,
        actor: &Actor,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let waiting = Action::delete(&keys::registration(registration.id))
            .value(":digest", text(digest.as_str()))
            .when("digest = :digest");
        let command = Command::new().and(waiting, Conflict::LinkUsed).answering(answer, world)?;
        self.create_person(command, user, registration.password.as_ref(), actor, world).await
    }

    /// Makes a person whose address an outside provider vouches for.
    pub async fn create_user(&self, user: &User, actor: &Actor, world: &World) -> Result<(), StoreError> {
        self.create_person(Command::new(), user, None, actor, world).await
    }

    /// Makes a person, with what `command` has already.
    pub(crate) async fn create_person(
        &self,
        command: Command,
        user: &User,
        password: Option<&PasswordHash>,
        actor: &Actor,
        world: &World,
    ) -> Result<(), StoreError> {
        let address = self.store.sealer().address_key(&user.email);
        let copy = copy_of(user, &address, password, true);
        let copy = copy.value(":user", text(user.id.to_string())).when("attribute_not_exists(#user)");
        let person = Action::put(to_row(&keys::user(user.id), Kind::User, user)?).if_new();
        let command = command.and(copy, Conflict::AddressTaken).and(person, Conflict::Exists);
        let mut command = command.proved(&address);
        for connection in &user.connections {
            let hash = super::memberships::connection_hash(&connection.key);
            let row = to_row(&keys::connection(&hash), Kind::Connection, &json!({ "user": user.id }))?;
            command = command.and(Action::put(row).if_new(), Conflict::Exists);
        }
        let values = (json!(null), json!({ "connections": user.connections.len() }));
        let record = AuditRecord::by(actor, "user.create", user.id.to_string(), values, world);
        let key = keys::user_audit(user.id, record.at, record.id);
        command.recording(&key, &record)?.commit(self.store).await
    }
}
