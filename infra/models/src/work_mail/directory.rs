//! The directory's rows as one transaction sees them: users by id, and who holds which name and address.

use jiff::Timestamp;

use super::{
    entity::{Organization, User, UserState},
    rules,
};
use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError},
    storage::Rows,
};

pub(super) const ORGANIZATIONS: &str = "workmail.organization";
pub(super) const USERS: &str = "workmail.user";
pub(super) const MUTATIONS: &str = "workmail.mutation";
const NAMES: &str = "workmail.name";
const ADDRESSES: &str = "workmail.address";

pub(super) struct Directory<'r, 'c> {
    rows: &'r Rows<'c>,
    pub(super) now: Timestamp,
    pub(super) options: &'r CloudOptions,
}

impl<'r, 'c> Directory<'r, 'c> {
    pub(super) fn new(rows: &'r Rows<'c>, now: Timestamp, options: &'r CloudOptions) -> Self {
        Self { rows, now, options }
    }

    pub(super) fn organization(&self, id: &str) -> Result<Organization, ServiceError> {
        if !rules::is_organization_id(id) {
            return Err(ServiceError::refused(
                "InvalidParameterException",
                "The organization id is not valid.",
            ));
        }
        let missing = || {
            ServiceError::refused(
                "OrganizationNotFoundException",
                "An operation received a valid organization identifier that either doesn't belong or exist in the system.",
            )
        };
        self.rows.find(ORGANIZATIONS, id)?.ok_or_else(missing)
    }

    /// The user with this id, name or address.
    pub(super) fn find_user(&self, organization: &str, entity: &str) -> Result<Option<User>, ServiceError> {
        if let Some(user) = self.rows.find(USERS, &key(organization, entity))? {
            return Ok(Some(user));
        }
        let folded = key(organization, &entity.to_lowercase());
        for index in [NAMES, ADDRESSES] {
            if let Some(id) = self.rows.find::<String>(index, &folded)? {
                return Ok(self.rows.find(USERS, &key(organization, &id))?);
            }
        }
        Ok(None)
    }

    pub(super) fn get_user(&self, organization: &str, entity: &str) -> Result<User, ServiceError> {
        let missing = || {
            ServiceError::refused(
                "EntityNotFoundException",
                "The identifier supplied for the user, group, or resource does not exist in your organization.",
            )
        };
        self.find_user(organization, entity)?.ok_or_else(missing)
    }

    pub(super) fn get_enabled_user(&self, organization: &str, entity: &str) -> Result<User, ServiceError> {
        let user = self.get_user(organization, entity)?;
        match user.state {
            UserState::Enabled => Ok(user),
            UserState::Disabled => Err(wrong_state("The entity is not enabled for WorkMail.")),
        }
    }

    pub(super) fn users(&self, organization: &str) -> Result<Vec<User>, CloudError> {
        let users = self.rows.list(USERS, &key(organization, ""))?;
        Ok(users.into_iter().map(|(_, user)| user).collect())
    }

    pub(super) fn save(&self, user: &User) -> Result<(), CloudError> {
        self.rows.put(USERS, &key(&user.organization, &user.id), user)
    }

    pub(super) fn take_name(&self, user: &User) -> Result<(), ServiceError> {
        let key = key(&user.organization, &user.name.to_lowercase());
        if self.rows.find::<String>(NAMES, &key)?.is_some() {
            return Err(ServiceError::refused(
                "NameAvailabilityException",
                "The user, group, or resource name isn't unique in WorkMail.",
            ));
        }
        Ok(self.rows.put(NAMES, &key, &user.id)?)
    }

    /// Gives a lower-case address to the user, unless another has it.
    pub(super) fn take_address(&self, user: &User, address: &str) -> Result<(), ServiceError> {
        let key = key(&user.organization, address);
        if self.address_owner(&user.organization, address)?.is_some_and(|owner| owner != user.id) {
            return Err(ServiceError::refused(
                "EmailAddressInUseException",
                "The email address that you're trying to assign is already created for a different user, group, or resource.",
            ));
        }
        Ok(self.rows.put(ADDRESSES, &key, &user.id)?)
    }

    /// The id of the user who holds a lower-case address.
    pub(super) fn address_owner(
        &self,
        organization: &str,
        address: &str,
    ) -> Result<Option<String>, CloudError> {
        self.rows.find(ADDRESSES, &key(organization, address))
    }

    pub(super) fn release_address(&self, user: &User, address: &str) -> Result<(), CloudError> {
        self.rows.remove(ADDRESSES, &key(&user.organization, address)).map(drop)
    }

    pub(super) fn remove(&self, user: &User) -> Result<(), CloudError> {
        self.rows.remove(NAMES, &key(&user.organization, &user.name.to_lowercase()))?;
        self.rows.remove(USERS, &key(&user.organization, &user.id)).map(drop)
    }

    /// Counts an operation that took effect.
    pub(super) fn count(&self, operation: &str) -> Result<(), CloudError> {
        self.rows.count(MUTATIONS, operation).map(drop)
    }
}

pub(super) fn wrong_state(message: &str) -> ServiceError {
    ServiceError::refused("EntityStateException", message)
}

fn key(organization: &str, part: &str) -> String {
    format!("{organization}/{part}")
}
