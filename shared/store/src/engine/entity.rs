//! What is the same for every kind of thing that a tenant has many of: found and listed by its id, made once, and replaced
//! on the condition of the version that was read. A new kind is an [`Entity`] with its fields; only commands that do more
//! are written out.

use std::fmt::Display;

use serde::{Serialize, de::DeserializeOwned};
use vestibule_domain::{Hire, HireId, Job, JobId, TenantId};

use crate::{
    Conflict, CursorError, CursorKey, Page, PageRequest, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{Row, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// A thing with an id of its own in a tenant.
pub trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// What names one.
    type Id: Display + DeserializeOwned + Copy + Send + Sync;
    /// What its row holds.
    const KIND: Kind;
    /// What stands in front of the id in the sort key; the rows of a kind lie side by side.
    const PREFIX: &'static str;

    /// Its id.
    fn id(&self) -> Self::Id;

    /// Counts its writes.
    fn version(&mut self) -> &mut u64;

    /// By what an index finds it: attributes and their texts.
    fn indexed(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

impl Entity for Hire {
    type Id = HireId;
    const KIND: Kind = Kind::Hire;
    const PREFIX: &'static str = keys::HIRES;

    fn id(&self) -> HireId {
        self.id
    }

    fn version(&mut self) -> &mut u64 {
        &mut self.version
    }
}

impl Entity for Job {
    type Id = JobId;
    const KIND: Kind = Kind::Job;
    const PREFIX: &'static str = keys::JOBS;

    fn id(&self) -> JobId {
        self.id
    }

    fn version(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn indexed(&self) -> Vec<(&'static str, String)> {
        let Some(due) = self.due else { return Vec::new() };
        let shard = keys::due_partition(keys::due_shard(self.id));
        vec![("GSI2PK", shard), ("GSI2SK", keys::due_time(due))]
    }
}

/// The row of a thing of `tenant`.
pub(crate) fn row_of<E: Entity>(tenant: TenantId, thing: &E) -> Result<Row, StoreError> {
    let mut row = to_row(&keys::entity(tenant, E::PREFIX, thing.id()), E::KIND, thing)?;
    row.extend(thing.indexed().into_iter().map(|(name, value)| (name.to_owned(), text(value))));
    Ok(row)
}

impl TenantStore<'_> {
    /// The thing, if this tenant has it.
    pub async fn find<E: Entity>(&self, id: E::Id) -> Result<Option<E>, StoreError> {
        self.store.get(&keys::entity(self.tenant(), E::PREFIX, id)).await
    }

    /// One page of things, newest first.
    pub async fn list<E: Entity>(
        &self,
        request: &PageRequest,
        key: &CursorKey,
    ) -> Result<Result<Page<E>, CursorError>, StoreError> {
        self.page(E::PREFIX, request, key).await
    }

    /// The write that makes a thing.
    pub(crate) fn making<E: Entity>(&self, thing: &E) -> Result<Action, StoreError> {
        Ok(Action::put(row_of(self.tenant(), thing)?).if_new())
    }

    /// The write that replaces a thing of which `read` was the version.
    pub(crate) fn replacing<E: Entity>(&self, thing: &E, read: u64) -> Result<Action, StoreError> {
        Ok(Action::put(row_of(self.tenant(), thing)?).if_version(read))
    }

    /// Writes a thing back, with what `further` adds. `thing` is as it was read, with the changes made; its version is one
    /// higher on success and as before on failure, [`Conflict::Stale`] when somebody else was faster.
    pub(crate) async fn replace<E: Entity>(
        &self,
        thing: &mut E,
        further: impl FnOnce(Command, &E) -> Result<Command, StoreError> + Send,
    ) -> Result<(), StoreError> {
        let read = *thing.version();
        *thing.version() = read + 1;
        let command = self.replacing(thing, read).map(|put| Command::new().and(put, Conflict::Stale));
        let done = match command.and_then(|command| further(command, thing)) {
            Ok(command) => command.commit(self.store).await,
            Err(error) => Err(error),
        };
        if done.is_err() {
            *thing.version() = read;
        }
        done
    }
}
