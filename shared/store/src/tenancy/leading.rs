//! Who may do everything in a tenant and can sign in to do it: somebody must stay who does. A membership alone does not tell it: the
//! platform may keep the person out, or they never followed their invitation.

use std::collections::BTreeSet;

use serde::Deserialize;
use vestibule_domain::{TenantId, UserId, UserState, UserStatus};

use crate::{
    Conflict, Membership, Store, StoreError,
    engine::command::{Action, Command},
    engine::item::{from_row, key_row, text},
    engine::keys,
};

/// People who are looked up at once.
const AT_ONCE: usize = 25;

/// Holds only while a person is in this state.
pub(crate) fn stays_in(user: UserId, state: UserState) -> Action {
    let check = Action::check(&keys::user(user)).when("#status.#state = :state");
    check.name("#status", "status").name("#state", "state").value(":state", text(state.name()))
}

impl Command {
    /// Adds that a member who leads stays as they were read, and that they can sign in.
    pub(crate) fn led_by(self, leader: &Membership) -> Self {
        let signs_in = stays_in(leader.user, UserState::Active);
        self.and(leader.stays(), Conflict::Stale).and(signs_in, Conflict::Stale)
    }
}

/// A member of `tenant` other than `except`, if anybody is, who may do everything and can sign in.
pub(crate) async fn find_leader(
    store: &Store,
    tenant: TenantId,
    except: Option<UserId>,
    leads: impl Fn(&Membership) -> bool,
) -> Result<Option<Membership>, StoreError> {
    let query = store.prefix_query(&keys::tenant_partition(tenant), keys::MEMBERS);
    let mut pages = query.into_paginator().send();
    while let Some(page) = pages.next().await {
        let rows = page?.items.unwrap_or_default();
        store.sealer().freshen(&rows).await;
        let mut leaders = Vec::new();
        for row in rows {
            let member = store.if_whole(store.read::<Membership>(row))?;
            leaders.extend(member.filter(|member| Some(member.user) != except && leads(member)));
        }
        for some in leaders.chunks(AT_ONCE) {
            let active = active_among(store, some).await?;
            if let Some(leader) = some.iter().find(|member| active.contains(&member.user)) {
                return Ok(Some(leader.clone()));
            }
        }
    }
    Ok(None)
}

#[derive(Deserialize)]
struct PersonState {
    id: UserId,
    status: UserStatus,
}

/// Those who can sign in.
async fn active_among(store: &Store, members: &[Membership]) -> Result<BTreeSet<UserId>, StoreError> {
    let wanted = members.iter().map(|member| key_row(&keys::user(member.user))).collect();
    let mut active = BTreeSet::new();
    for row in store.batch_get_parts(wanted, &["PK", "SK", "id", "status"]).await? {
        let person = store.if_whole(from_row::<PersonState>(row))?;
        active.extend(person.filter(|person| person.status.is_active()).map(|person| person.id));
    }
    Ok(active)
}
