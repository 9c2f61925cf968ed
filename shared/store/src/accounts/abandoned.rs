//! Organizations that are led by one person alone: while the platform keeps that person out, nobody can administer them.

use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use vestibule_domain::{Tenant, UserId};

use crate::{
    Administration, Listed, Membership, StoreError,
    engine::item::{from_row, key_row},
    engine::keys,
    tenancy::{authz::Authz, invitees::find, leading::find_leader},
};

/// Organizations that are looked at at once.
const AT_ONCE: usize = 8;

impl Administration<'_> {
    /// The organizations where `user` may do everything, and nobody else may who can sign in.
    pub async fn led_only_by(&self, user: UserId) -> Result<Vec<Tenant>, StoreError> {
        let Listed { items, .. } = self.store.platform().list_memberships(user).await?;
        let wanted = items.iter().map(|(tenant, _)| key_row(&keys::roles(tenant.id))).collect();
        let rows = self.store.batch_get(wanted).await?;
        let mut led = Vec::new();
        for (tenant, member) in items {
            let roles = find(&rows, &keys::roles(tenant.id)).map(from_row::<Authz>).transpose()?;
            led.extend(roles.filter(|roles| roles.leads(&member)).map(|roles| (tenant, roles)));
        }
        let alone = stream::iter(led).map(async |(tenant, roles)| {
            let leads = |member: &Membership| roles.leads(member);
            let other = find_leader(self.store, tenant.id, Some(user), leads).await?;
            Ok::<_, StoreError>(other.is_none().then_some(tenant))
        });
        alone.buffered(AT_ONCE).try_filter_map(async |tenant| Ok(tenant)).try_collect().await
    }
}
