//! The rows of the directory as one transaction of one tenant sees them.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::{
    entity::{GraphGroup, GraphSettings, Holder, Tenant},
    refused::Refused,
    user::GraphUser,
};
use crate::{error::CloudError, rest::passed, storage::Rows};

pub(super) const TENANTS: &str = "graph.tenant";
pub(super) const DOMAINS: &str = "graph.domain";
pub(super) const APPS: &str = "graph.app";
pub(super) const TOKENS: &str = "graph.token";
pub(super) const USERS: &str = "graph.user";
pub(super) const GROUPS: &str = "graph.group";
pub(super) const ADDRESSES: &str = "graph.address";
pub(super) const SETTINGS: &str = "graph.settings";
pub(super) const MUTATIONS: &str = "graph.mutation";

/// "A recently deleted item remains available for up to 30 days":
/// <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>.
const RESTORABLE: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) struct Directory<'r, 'c> {
    pub(super) rows: &'r Rows<'c>,
    pub(super) tenant: Tenant,
    pub(super) settings: GraphSettings,
    /// What the caller's token permits.
    pub(super) permissions: BTreeSet<String>,
    pub(super) now: Timestamp,
}

/// The tenant of this id, or to which this domain belongs.
pub(super) fn find_tenant(rows: &Rows<'_>, id_or_domain: &str) -> Result<Option<Tenant>, CloudError> {
    let folded = id_or_domain.to_lowercase();
    if let Some(tenant) = rows.find(TENANTS, &folded)? {
        return Ok(Some(tenant));
    }
    let id = rows.find::<String>(DOMAINS, &folded)?;
    id.map_or(Ok(None), |id| rows.find(TENANTS, &id))
}

impl<'r, 'c> Directory<'r, 'c> {
    pub(super) fn open(rows: &'r Rows<'c>, tenant: Tenant, now: Timestamp) -> Result<Self, CloudError> {
        let settings = rows.find(SETTINGS, "")?.unwrap_or_default();
        Ok(Self { rows, tenant, settings, permissions: BTreeSet::new(), now })
    }

    fn key(&self, id: &str) -> String {
        format!("{}/{id}", self.tenant.id)
    }

    /// With the mailbox, once its time has come.
    fn settled(&self, mut user: GraphUser) -> GraphUser {
        let due = user.licensed_at.is_some_and(|at| passed(at, self.settings.mailbox_lag, self.now));
        if due && !user.has_mailbox {
            user.open_mailbox();
        }
        user
    }

    fn find(&self, id: &str) -> Result<Option<GraphUser>, CloudError> {
        let user = self.rows.find(USERS, &self.key(&id.to_lowercase()))?;
        Ok(user.map(|user| self.settled(user)))
    }

    /// The user with this object id or principal name. A user who was just made is not found for a while.
    pub(super) fn get_user(&self, key: &str) -> Result<GraphUser, Refused> {
        let holder: Option<Holder> = self.rows.find(ADDRESSES, &self.key(&key.to_lowercase()))?;
        let named = holder.filter(|holder| holder.property == "userPrincipalName").map(|holder| holder.id);
        let user = self.find(&named.unwrap_or_else(|| key.to_owned()))?;
        user.filter(|user| self.shows(user)).ok_or_else(|| Refused::not_found(key))
    }

    pub(super) fn shows(&self, user: &GraphUser) -> bool {
        user.deleted_at.is_none() && passed(user.created_at, self.settings.read_lag, self.now)
    }

    pub(super) fn get_deleted_user(&self, id: &str) -> Result<GraphUser, Refused> {
        let user = self.find(id)?.filter(|user| self.is_restorable(user));
        user.ok_or_else(|| Refused::not_found(id))
    }

    pub(super) fn is_restorable(&self, user: &GraphUser) -> bool {
        user.deleted_at.is_some_and(|at| !passed(at, RESTORABLE, self.now))
    }

    /// All users, deleted ones too.
    pub(super) fn users(&self) -> Result<Vec<GraphUser>, CloudError> {
        let users = self.rows.list(USERS, &self.key(""))?;
        Ok(users.into_iter().map(|(_, user)| self.settled(user)).collect())
    }

    pub(super) fn groups(&self) -> Result<Vec<GraphGroup>, CloudError> {
        Ok(self.rows.list(GROUPS, &self.key(""))?.into_iter().map(|(_, group)| group).collect())
    }

    pub(super) fn save_group(&self, group: &GraphGroup) -> Result<(), Refused> {
        self.take(&group.id, &group.addresses())?;
        Ok(self.rows.put(GROUPS, &self.key(&group.id), group)?)
    }

    /// Writes a user with the addresses of now in the place of those from `before`. Nobody else may have one of them; a deleted
    /// user has none.
    pub(super) fn save(&self, before: Option<&GraphUser>, user: &GraphUser) -> Result<(), Refused> {
        for (address, _) in before.map(GraphUser::addresses).unwrap_or_default() {
            self.release(&user.id, &address)?;
        }
        if user.deleted_at.is_none() {
            self.take(&user.id, &user.addresses())?;
        }
        Ok(self.rows.put(USERS, &self.key(&user.id), user)?)
    }

    fn take(&self, id: &str, addresses: &[(String, &'static str)]) -> Result<(), Refused> {
        for (address, property) in addresses.iter().rev() {
            if let Some(holder) = self.conflict(id, address)? {
                return Err(Refused::conflict(&holder.property));
            }
            let holder = Holder { id: id.to_owned(), property: (*property).to_owned() };
            self.rows.put(ADDRESSES, &self.key(address), &holder)?;
        }
        Ok(())
    }

    /// Who else has the address.
    pub(super) fn conflict(&self, id: &str, address: &str) -> Result<Option<Holder>, CloudError> {
        let holder: Option<Holder> = self.rows.find(ADDRESSES, &self.key(address))?;
        Ok(holder.filter(|holder| holder.id != id))
    }

    fn release(&self, id: &str, address: &str) -> Result<(), CloudError> {
        let holder: Option<Holder> = self.rows.find(ADDRESSES, &self.key(address))?;
        if holder.is_some_and(|holder| holder.id == id) {
            self.rows.remove(ADDRESSES, &self.key(address))?;
        }
        Ok(())
    }

    pub(super) fn purge(&self, user: &GraphUser) -> Result<(), CloudError> {
        self.rows.remove(USERS, &self.key(&user.id)).map(drop)
    }

    /// Counts an operation that took effect.
    pub(super) fn count(&self, operation: &str) -> Result<(), CloudError> {
        self.rows.count(MUTATIONS, operation).map(drop)
    }
}

impl GraphGroup {
    fn addresses(&self) -> Vec<(String, &'static str)> {
        let proxies = self.proxy_addresses.iter().filter_map(|proxy| proxy.split_once(':'));
        proxies.map(|(_, address)| (address.to_lowercase(), "proxyAddresses")).collect()
    }
}
