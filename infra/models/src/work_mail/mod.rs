//! Amazon `WorkMail`: organizations, users and their mailboxes, with the rules and error names of the real API.
//!
//! Groups, resources and mailbox contents are not part of the model; their operations are refused as unknown.

mod aliases;
mod directory;
mod entity;
mod lookups;
mod mailboxes;
mod permissions;
mod rules;
mod user_updates;
mod users;

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;

pub use entity::{Mailbox, User, UserRole, UserState};
pub use permissions::MailboxPermission;

use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError, input},
    service::Service,
    storage::Storage,
};
use directory::{Directory, MUTATIONS, ORGANIZATIONS, USERS};
use entity::{Domain, Organization};

/// The organizations of the account.
#[derive(Clone, Debug)]
pub struct WorkMail {
    storage: Storage,
    options: Arc<CloudOptions>,
}

impl WorkMail {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options }
    }

    fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    pub(crate) fn perform(&self, operation: &str, body: &[u8]) -> Result<Value, ServiceError> {
        macro_rules! with_input {
            ($operation:path) => {{
                let request = input(Service::WorkMail, body)?;
                self.storage
                    .transact(|rows| $operation(&Directory::new(rows, self.now(), &self.options), &request))
            }};
        }
        match operation {
            "CreateUser" => with_input!(users::create_user),
            "UpdateUser" => with_input!(user_updates::update_user),
            "DeleteUser" => with_input!(users::delete_user),
            "ResetPassword" => with_input!(user_updates::reset_password),
            "RegisterToWorkMail" => with_input!(mailboxes::register_to_work_mail),
            "DeregisterFromWorkMail" => with_input!(mailboxes::deregister_from_work_mail),
            "UpdatePrimaryEmailAddress" => with_input!(mailboxes::update_primary_email_address),
            "CreateAlias" => with_input!(aliases::create_alias),
            "DeleteAlias" => with_input!(aliases::delete_alias),
            "ListAliases" => with_input!(aliases::list_aliases),
            "PutMailboxPermissions" => with_input!(permissions::put_mailbox_permissions),
            "DeleteMailboxPermissions" => with_input!(permissions::delete_mailbox_permissions),
            "ListMailboxPermissions" => with_input!(permissions::list_mailbox_permissions),
            "DescribeUser" => with_input!(lookups::describe_user),
            "DescribeEntity" => with_input!(lookups::describe_entity),
            "DescribeOrganization" => with_input!(lookups::describe_organization),
            "GetMailDomain" => with_input!(lookups::get_mail_domain),
            "ListUsers" => with_input!(lookups::list_users),
            _ => Err(ServiceError::unknown_operation(operation)),
        }
    }

    /// Adds an active organization (`m-` and 32 hexadecimal digits) with its verified default domain; repeating it changes nothing.
    pub fn add_organization(&self, id: &str, domain: &str) -> Result<(), CloudError> {
        if !rules::is_organization_id(id) {
            return Err(CloudError::Refused(format!("{id} is not an organization id")));
        }
        self.storage.transact(|rows| match rows.find::<Organization>(ORGANIZATIONS, id)? {
            Some(_) => Ok(()),
            None => rows.put(ORGANIZATIONS, id, &Organization::new(id, domain, self.now())),
        })
    }

    /// Adds a further mail domain to an organization; addresses on an unverified one are refused with `MailDomainStateException`.
    pub fn add_domain(&self, organization: &str, domain: &str, verified: bool) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            let found: Option<Organization> = rows.find(ORGANIZATIONS, organization)?;
            let mut changed =
                found.ok_or_else(|| CloudError::Refused(format!("no organization {organization}")))?;
            changed.domains.retain(|known| known.name != domain);
            changed.domains.push(Domain { name: domain.to_lowercase(), verified });
            rows.put(ORGANIZATIONS, organization, &changed)
        })
    }

    /// Adds an enabled user that nobody made through the API, as an administrator would have done by hand; returns its id.
    pub fn add_foreign_user(
        &self,
        organization: &str,
        name: &str,
        email: &str,
    ) -> Result<String, CloudError> {
        let added = self.storage.transact(|rows| {
            let directory = Directory::new(rows, self.now(), &self.options);
            users::add_foreign_user(&directory, organization, name, email)
        });
        added
            .map_err(|error: ServiceError| CloudError::Refused(format!("{}: {}", error.error, error.message)))
    }

    /// The users of an organization, in the order of their ids. Deleted users are gone.
    pub fn users(&self, organization: &str) -> Result<Vec<User>, CloudError> {
        let users = self.storage.transact(|rows| rows.list(USERS, &format!("{organization}/")))?;
        Ok(users.into_iter().map(|(_, user)| user).collect())
    }

    /// Whether `candidate` is the user's password at the time `user` was read.
    pub fn password_matches(&self, user: &User, candidate: &str) -> bool {
        user.password_matches(candidate)
    }

    /// How often each mutating operation took effect, over the lifetime of the data directory.
    pub fn mutations(&self) -> Result<BTreeMap<String, u64>, CloudError> {
        Ok(self.storage.transact(|rows| rows.list(MUTATIONS, ""))?.into_iter().collect())
    }
}
