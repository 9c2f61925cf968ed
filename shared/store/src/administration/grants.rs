//! Who administers the platform. A grant is written twice: beside the person, where each of their requests reads it, and in
//! the list of all. Of super administrators a count stands beside that list, so that the last one stays.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vestibule_auth::{Actor, Grant};
use vestibule_domain::{IdentityMailRequest, User, UserId, UserName, World};

use super::Administration;
use crate::{
    AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// What a person may do on the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// Who.
    pub user: UserId,
    /// What they may do.
    pub grant: Grant,
    /// What they can sign in with in place of their address.
    pub username: UserName,
    /// Since when.
    pub granted_at: Timestamp,
    /// Who gave it: a person's id, or the name of a system task.
    pub by: String,
    /// Counts its writes.
    pub version: u64,
}

/// Who becomes an administrator.
#[derive(Debug, Clone, Copy)]
pub enum Appointee<'a> {
    /// Somebody with an account.
    Known(&'a User),
    /// Somebody new, whose account is made with the grant.
    New(&'a User),
}

/// A grant to be given.
#[derive(Debug, Clone, Copy)]
pub struct Appointment<'a> {
    /// To whom.
    pub person: Appointee<'a>,
    /// What they may do.
    pub grant: Grant,
    /// What they can sign in with in place of their address.
    pub username: &'a UserName,
    /// The grant that they have, as it was read; it is replaced.
    pub before: Option<&'a Granted>,
    /// Mails to them.
    pub mails: &'a [IdentityMailRequest],
}

/// How many super administrators there are, as their count is read.
#[cfg(test)]
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SuperAdmins {
    pub(crate) super_admins: u32,
}

/// Whose a user name is.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NameHolder {
    pub(crate) user: UserId,
}

impl PlatformStore<'_> {
    /// What a person may do on the platform, read with strong consistency.
    pub async fn find_grant(&self, user: UserId) -> Result<Option<Granted>, StoreError> {
        self.store.get(&keys::grant(user)).await
    }

    /// The administrator with a user name, read with strong consistency.
    pub async fn find_user_name(&self, name: &UserName) -> Result<Option<UserId>, StoreError> {
        let held: Option<NameHolder> = self.store.get(&keys::user_name(name)).await?;
        Ok(held.map(|held| held.user))
    }
}

impl PlatformStore<'_> {
    /// Takes a grant away, also the last of its sort and without a record: for whoever removes a person altogether.
    pub(crate) async fn forget_grant(&self, user: UserId) -> Result<(), StoreError> {
        let Some(granted) = self.store.if_whole(self.find_grant(user).await)?.flatten() else {
            return Ok(());
        };
        let mut command = taking(Command::new(), &granted);
        if granted.grant == Grant::SuperAdmin {
            command = command.and(counted(-1), Conflict::Stale);
        }
        command.commit(self.store).await
    }
}

impl Administration<'_> {
    /// All administrators, in the order of their ids.
    pub async fn administrators(&self) -> Result<Vec<Granted>, StoreError> {
        let query = self.store.prefix_query(keys::PLATFORM, keys::ADMINISTRATORS);
        let rows = query.send().await?.items.unwrap_or_default();
        rows.into_iter().map(|row| self.store.read(row)).collect()
    }

    /// Gives a grant, or another one in its place, in one transaction with a new person's account.
    /// [`Conflict::UserNameTaken`] when another administrator has the user name, [`Conflict::LastSuperAdmin`] when the only
    /// super administrator would become something else, [`Conflict::AddressTaken`] when a new person's address has an account
    /// by now, [`Conflict::Stale`] when the grant was changed meanwhile.
    pub async fn give(&self, wanted: &Appointment<'_>, world: &World) -> Result<Granted, StoreError> {
        let (Appointee::Known(user) | Appointee::New(user)) = wanted.person;
        let granted = Granted {
            user: user.id,
            grant: wanted.grant,
            username: wanted.username.clone(),
            granted_at: world.now(),
            by: name_of(self.scope.actor()),
            version: wanted.before.map_or(1, |before| before.version + 1),
        };
        let mut command = naming(Command::new(), &granted, wanted.before)?;
        command = counting(command, wanted.before.map(|before| before.grant), Some(granted.grant));
        command = match wanted.person {
            Appointee::New(user) => {
                self.store.platform().making_person(command, user, self.scope.actor(), world)?
            }
            Appointee::Known(user) => {
                let there = Action::check(&keys::user(user.id)).when("attribute_exists(PK)");
                command.and(there, Conflict::Stale)
            }
        };
        let beside = Action::put(to_row(&keys::grant(user.id), Kind::Grant, &granted)?);
        let beside = match wanted.before {
            Some(before) => beside.if_version(before.version),
            None => beside.if_new(),
        };
        let listed = Action::put(to_row(&keys::administrator(user.id), Kind::Grant, &granted)?);
        command = command.and(beside, Conflict::Stale).and(listed, Conflict::Stale);
        for mail in wanted.mails {
            command = command.mailing(mail)?;
        }
        let values = (told(wanted.before), told(Some(&granted)));
        self.recorded(command, "grant.give", user.id, values, world)?.commit(self.store).await?;
        Ok(granted)
    }

    /// Takes a grant away; it counts from the next request on. [`Conflict::LastSuperAdmin`] when it is the last of its sort,
    /// [`Conflict::Stale`] when it was changed meanwhile.
    pub async fn take(&self, granted: &Granted, world: &World) -> Result<(), StoreError> {
        let command = taking(counting(Command::new(), Some(granted.grant), None), granted);
        let values = (told(Some(granted)), json!(null));
        self.recorded(command, "grant.take", granted.user, values, world)?.commit(self.store).await
    }

    /// Adds a record of the platform's log.
    pub(crate) fn recorded(
        &self,
        command: Command,
        action: &str,
        resource: impl std::fmt::Display,
        values: (Value, Value),
        world: &World,
    ) -> Result<Command, StoreError> {
        let record = AuditRecord::by(self.scope.actor(), action, resource.to_string(), values, world);
        command.recording(&keys::platform_audit(record.at, record.id), &record)
    }
}

/// What the audit log says of a grant.
fn told(granted: Option<&Granted>) -> Value {
    granted.map_or(Value::Null, |granted| json!({ "grant": granted.grant }))
}

/// The name of whoever is behind a change, as rows have it.
fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::User { id, .. } => id.to_string(),
        Actor::Stranger { .. } => "stranger".to_owned(),
        Actor::System(task) => task.name().to_owned(),
    }
}

/// Takes the user name, and gives the one of before back.
fn naming(command: Command, granted: &Granted, before: Option<&Granted>) -> Result<Command, StoreError> {
    let (key, holder) = (keys::user_name(&granted.username), NameHolder { user: granted.user });
    let held = Action::put(to_row(&key, Kind::UserName, &holder)?)
        .name("#user", "user")
        .value(":user", text(granted.user.to_string()))
        .when("attribute_not_exists(PK) OR #user = :user");
    let command = command.and(held, Conflict::UserNameTaken);
    Ok(match before.filter(|before| before.username != granted.username) {
        Some(before) => command.and(freeing(before), Conflict::Stale),
        None => command,
    })
}

/// Gives a user name back.
fn freeing(granted: &Granted) -> Action {
    Action::delete(&keys::user_name(&granted.username))
        .name("#user", "user")
        .value(":user", text(granted.user.to_string()))
        .when("#user = :user")
}

/// Deletes the rows of a grant.
fn taking(command: Command, granted: &Granted) -> Command {
    let beside = Action::delete(&keys::grant(granted.user)).if_version(granted.version);
    command
        .and(beside, Conflict::Stale)
        .and(Action::delete(&keys::administrator(granted.user)), Conflict::Stale)
        .and(freeing(granted), Conflict::Stale)
}

/// Counts super administrators, of whom one must stay.
fn counting(command: Command, before: Option<Grant>, after: Option<Grant>) -> Command {
    let [was, is] = [before, after].map(|grant| grant == Some(Grant::SuperAdmin));
    if was == is {
        return command;
    }
    let count =
        if is { counted(1) } else { counted(-1).value(":one", number(1)).when("super_admins > :one") };
    command.and(count, Conflict::LastSuperAdmin)
}

fn counted(more: i8) -> Action {
    Action::update(&keys::administrators(), "SET #item = :item ADD super_admins :more")
        .name("#item", "item")
        .value(":item", text(Kind::Administrators.name()))
        .value(":more", number(more))
}
