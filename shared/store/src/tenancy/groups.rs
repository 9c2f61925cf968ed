//! The groups of a team, all in one row. They allow nothing; a membership names those it belongs to.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_domain::{GroupId, Groups, World};

use crate::{
    Answer, AuditRecord, Conflict, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
};

/// The row of the groups.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GroupBook {
    pub(crate) groups: Groups,
    pub(crate) version: u64,
}

/// The groups as they were read.
#[derive(Debug, Clone, Default)]
pub struct FoundGroups {
    /// The groups.
    pub groups: Groups,
    version: u64,
}

/// What the audit log tells of a change of groups.
#[derive(Debug)]
pub struct GroupChange {
    /// Such as `group.create`.
    pub action: &'static str,
    /// Which group.
    pub group: GroupId,
    /// Values before and after.
    pub values: (Value, Value),
}

impl TenantStore<'_> {
    /// The groups of the tenant.
    pub async fn find_groups(&self) -> Result<FoundGroups, StoreError> {
        let book: Option<GroupBook> = self.store.get(&keys::groups(self.tenant())).await?;
        let GroupBook { groups, version } = book.unwrap_or_default();
        Ok(FoundGroups { groups, version })
    }

    /// Writes `groups` in the place of those that were read, [`Conflict::Stale`] when somebody else was faster.
    pub async fn change_groups(
        &self,
        read: &FoundGroups,
        groups: Groups,
        change: GroupChange,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let book = GroupBook { groups, version: read.version + 1 };
        let put = Action::put(to_row(&keys::groups(self.tenant()), Kind::Groups, &book)?);
        let put = if read.version == 0 { put.if_new() } else { put.if_version(read.version) };
        let GroupChange { action, group, values } = change;
        let record = AuditRecord::new(self.scope, action, group.to_string(), values, world);
        let command = Command::new().and(put, Conflict::Stale).audited(self.scope, &record)?;
        command.answering(answer, world)?.commit(self.store).await
    }
}
