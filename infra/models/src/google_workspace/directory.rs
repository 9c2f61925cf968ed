//! The rows of the directory as one transaction of one customer sees them.

use jiff::{SignedDuration, Timestamp};

use super::{
    entity::{Customer, GoogleGroup, GoogleSettings, Holder},
    refused,
    user::GoogleUser,
};
use crate::{
    error::{CloudError, ServiceError},
    rest::passed,
    storage::Rows,
};

pub(super) const CUSTOMERS: &str = "google.customer";
pub(super) const DOMAINS: &str = "google.domain";
pub(super) const USERS: &str = "google.user";
pub(super) const GROUPS: &str = "google.group";
pub(super) const ADDRESSES: &str = "google.address";
pub(super) const ACCOUNTS: &str = "google.account";
pub(super) const TOKENS: &str = "google.token";
pub(super) const SETTINGS: &str = "google.settings";
pub(super) const MUTATIONS: &str = "google.mutation";

/// "You can restore a user account up to 20 days after deletion": <https://support.google.com/a/answer/1397578>.
const RESTORABLE: SignedDuration = SignedDuration::from_hours(20 * 24);

pub(super) struct Directory<'r, 'c> {
    pub(super) rows: &'r Rows<'c>,
    pub(super) customer: Customer,
    pub(super) settings: GoogleSettings,
    pub(super) now: Timestamp,
}

/// The customer of this id, or to which this verified or unverified domain belongs.
pub(super) fn find_customer(rows: &Rows<'_>, id_or_domain: &str) -> Result<Option<Customer>, CloudError> {
    if let Some(customer) = rows.find(CUSTOMERS, id_or_domain)? {
        return Ok(Some(customer));
    }
    let id = rows.find::<String>(DOMAINS, &id_or_domain.to_lowercase())?;
    id.map_or(Ok(None), |id| rows.find(CUSTOMERS, &id))
}

impl<'r, 'c> Directory<'r, 'c> {
    pub(super) fn open(rows: &'r Rows<'c>, customer: Customer, now: Timestamp) -> Result<Self, CloudError> {
        let settings = rows.find(SETTINGS, "")?.unwrap_or_default();
        Ok(Self { rows, customer, settings, now })
    }

    pub(super) fn key(&self, id: &str) -> String {
        format!("{}/{id}", self.customer.id)
    }

    /// The user with this id, primary address or alias, whether or not a read would show it yet.
    pub(super) fn find_user(&self, user_key: &str) -> Result<Option<GoogleUser>, CloudError> {
        let id = self.holder(user_key)?.map_or_else(|| user_key.to_owned(), |holder| holder.id);
        let user: Option<GoogleUser> = self.rows.find(USERS, &self.key(&id))?;
        Ok(user.filter(|user| user.deleted_at.is_none()))
    }

    /// The user as reads see it: not before the lag has passed.
    pub(super) fn get_user(&self, user_key: &str) -> Result<GoogleUser, ServiceError> {
        let user = self.find_user(user_key)?.filter(|user| self.shows(user));
        user.map_or_else(|| Err(self.missing("userKey", user_key)), Ok)
    }

    /// The user as changes see it: refused until its creation is complete, as
    /// <https://developers.google.com/workspace/admin/directory/v1/guides/manage-users> warns. Status and reason are those
    /// that callers report.
    pub(super) fn get_complete_user(&self, user_key: &str) -> Result<GoogleUser, ServiceError> {
        let user = self.find_user(user_key)?.ok_or_else(|| self.missing("userKey", user_key))?;
        if passed(user.created_at, self.settings.creation_lag, self.now) {
            return Ok(user);
        }
        Err(ServiceError::new(412, "conditionNotMet", "User creation is not complete."))
    }

    pub(super) fn shows(&self, user: &GoogleUser) -> bool {
        passed(user.created_at, self.settings.read_lag, self.now)
    }

    /// A user who was deleted and can be brought back.
    pub(super) fn find_deleted_user(&self, id: &str) -> Result<Option<GoogleUser>, CloudError> {
        let user: Option<GoogleUser> = self.rows.find(USERS, &self.key(id))?;
        Ok(user.filter(|user| self.is_restorable(user)))
    }

    pub(super) fn is_restorable(&self, user: &GoogleUser) -> bool {
        user.deleted_at.is_some_and(|at| !passed(at, RESTORABLE, self.now))
    }

    /// All users, deleted ones too.
    pub(super) fn users(&self) -> Result<Vec<GoogleUser>, CloudError> {
        Ok(self.rows.list(USERS, &self.key(""))?.into_iter().map(|(_, user)| user).collect())
    }

    pub(super) fn save_user(&self, user: &GoogleUser) -> Result<(), CloudError> {
        self.rows.put(USERS, &self.key(&user.id), user)
    }

    pub(super) fn get_group(&self, group_key: &str) -> Result<GoogleGroup, ServiceError> {
        let id = self.holder(group_key)?.map_or_else(|| group_key.to_owned(), |holder| holder.id);
        let group = self.rows.find(GROUPS, &self.key(&id))?;
        group.ok_or_else(|| self.missing("groupKey", group_key))
    }

    pub(super) fn groups(&self) -> Result<Vec<GoogleGroup>, CloudError> {
        Ok(self.rows.list(GROUPS, &self.key(""))?.into_iter().map(|(_, group)| group).collect())
    }

    pub(super) fn save_group(&self, group: &GoogleGroup) -> Result<(), CloudError> {
        self.rows.put(GROUPS, &self.key(&group.id), group)
    }

    /// Who holds an address of the customer.
    pub(super) fn holder(&self, address: &str) -> Result<Option<Holder>, CloudError> {
        let holder: Option<Holder> = self.rows.find(ADDRESSES, &address.to_lowercase())?;
        Ok(holder.filter(|holder| holder.customer == self.customer.id && holder.released_at.is_none()))
    }

    /// Gives a lower-case address to a user or group. Users, aliases and groups share one name space, and an address of a
    /// deleted user is free only after `address_hold`.
    pub(super) fn take_address(&self, id: &str, address: &str) -> Result<(), ServiceError> {
        let known: Option<Holder> = self.rows.find(ADDRESSES, address)?;
        let free = |holder: &Holder| {
            let released = holder.released_at.map(|at| passed(at, self.settings.address_hold, self.now));
            holder.id == id || released.unwrap_or(false)
        };
        if known.is_some_and(|holder| !free(&holder)) {
            return Err(refused::duplicate());
        }
        let holder = Holder { customer: self.customer.id.clone(), id: id.to_owned(), released_at: None };
        Ok(self.rows.put(ADDRESSES, address, &holder)?)
    }

    /// An address that is not its holder's any more; others get it after `address_hold`.
    pub(super) fn release_address(&self, id: &str, address: &str) -> Result<(), CloudError> {
        let (customer, released_at) = (self.customer.id.clone(), Some(self.now));
        self.rows.put(ADDRESSES, address, &Holder { customer, id: id.to_owned(), released_at })
    }

    /// The addresses of a user who is deleted.
    pub(super) fn hold_addresses(&self, user: &GoogleUser) -> Result<(), CloudError> {
        user.addresses().try_for_each(|address| self.release_address(&user.id, address))
    }

    /// Counts an operation that took effect.
    pub(super) fn count(&self, operation: &str) -> Result<(), CloudError> {
        self.rows.count(MUTATIONS, operation).map(drop)
    }

    /// 404 for what is not there, 403 for an address of a domain that is not the customer's.
    fn missing(&self, what: &str, key: &str) -> ServiceError {
        match key.rsplit_once('@') {
            Some((_, domain)) if self.customer.domain(domain).is_none() => refused::forbidden(),
            _ => refused::not_found(what),
        }
    }
}
