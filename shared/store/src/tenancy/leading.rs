//! Who may do everything in a tenant: somebody must stay who may.

use vestibule_domain::{TenantId, UserId};

use crate::{Membership, Store, StoreError, engine::keys};

/// A member of `tenant` other than `except`, if anybody is, who may do everything.
pub(crate) async fn find_leader(
    store: &Store,
    tenant: TenantId,
    except: Option<UserId>,
    leads: impl Fn(&Membership) -> bool,
) -> Result<Option<Membership>, StoreError> {
    let query = store.prefix_query(&keys::tenant_partition(tenant), keys::MEMBERS);
    let mut rows = query.into_paginator().items().send();
    while let Some(row) = rows.next().await {
        let row = row?;
        store.sealer().freshen(std::slice::from_ref(&row)).await;
        let member = store.if_whole(store.read::<Membership>(row))?;
        if let Some(member) = member.filter(|member| Some(member.user) != except && leads(member)) {
            return Ok(Some(member));
        }
    }
    Ok(None)
}
