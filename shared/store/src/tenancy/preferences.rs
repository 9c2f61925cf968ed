//! Which mails a member does not want from a tenant.

use serde_json::json;
use vestibule_domain::{Preferences, Tenant, TenantId, UserId, World};

use crate::{
    Answer, AuditRecord, Conflict, PlatformStore, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{from_row, to_row},
    engine::keys,
    engine::kinds::Kind,
};

impl TenantStore<'_> {
    /// What the one who acts wants.
    pub async fn find_own_preferences(&self) -> Result<Preferences, StoreError> {
        let Some(user) = self.scope.actor().user() else { return Ok(Preferences::default()) };
        Ok(self.store.get(&keys::preferences(self.tenant(), user)).await?.unwrap_or_default())
    }

    /// Writes what the one who acts wants in the place of what was read, [`Conflict::Stale`] when it was changed meanwhile.
    pub async fn change_own_preferences(
        &self,
        read: &Preferences,
        mut after: Preferences,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let Some(user) = self.scope.actor().user() else { return Ok(()) };
        let values = (json!({ "off": read.off }), json!({ "off": after.off }));
        after.version = read.version + 1;
        let put = Action::put(to_row(&keys::preferences(self.tenant(), user), Kind::Preferences, &after)?);
        let put = if read.version == 0 { put.if_new() } else { put.if_version(read.version) };
        let record = AuditRecord::new(self.scope, "member.notifications", user.to_string(), values, world);
        let command = Command::new().and(put, Conflict::Stale).audited(self.scope, &record)?;
        command.answering(answer, world)?.commit(self.store).await
    }
}

impl PlatformStore<'_> {
    /// The tenant that a mail is about and what its reader wants, in one round trip.
    pub async fn find_mail_wishes(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<(Option<Tenant>, Preferences), StoreError> {
        let wanted = [keys::tenant(tenant), keys::preferences(tenant, user)];
        let mut rows = self.by_kind(wanted.iter()).await?;
        let tenant = rows.remove(Kind::Tenant.name()).map(from_row).transpose()?;
        let wishes = rows.remove(Kind::Preferences.name()).map(from_row).transpose()?;
        Ok((tenant, wishes.unwrap_or_default()))
    }
}
