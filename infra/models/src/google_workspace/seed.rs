//! What administrators do by hand, and what tests look at: without the API.

use std::collections::BTreeMap;

use super::{
    GoogleWorkspace, addresses,
    directory::{ACCOUNTS, CUSTOMERS, DOMAINS, Directory, MUTATIONS, SETTINGS, find_customer},
    entity::{Customer, Domain, GoogleGroup, GoogleSettings, ServiceAccount},
    groups,
    key_file::ServiceAccountKey,
    user::GoogleUser,
};
use crate::{
    error::{CloudError, ServiceError},
    ids,
    storage::Rows,
};

fn refused(error: &ServiceError) -> CloudError {
    CloudError::Refused(format!("{}: {}", error.error, error.message))
}

impl GoogleWorkspace {
    /// Sets how long things take, for all customers.
    pub fn set(&self, settings: GoogleSettings) -> Result<(), CloudError> {
        self.storage.transact(|rows| rows.put(SETTINGS, "", &settings))
    }

    /// Opens a customer, such as `C03az79cb`, with its verified primary domain; nothing happens if there is one of this id.
    pub fn add_customer(&self, id: &str, domain: &str) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            if rows.find::<Customer>(CUSTOMERS, id)?.is_some() {
                return Ok(());
            }
            if find_customer(rows, domain)?.is_some() {
                return Err(CloudError::Refused(format!("{domain} belongs to another customer")));
            }
            rows.put(DOMAINS, &domain.to_lowercase(), &id)?;
            rows.put(CUSTOMERS, id, &Customer::new(id, domain, self.now()))
        })
    }

    /// Adds a secondary domain, or changes whether it is verified.
    pub fn add_domain(&self, customer: &str, domain: &str, verified: bool) -> Result<(), CloudError> {
        let (name, created_at) = (domain.to_lowercase(), self.now());
        self.change(customer, |rows, customer| {
            rows.put(DOMAINS, &name, &customer.id)?;
            customer.domains.retain(|known| known.name != name);
            customer.domains.push(Domain { name, verified, primary: false, created_at });
            Ok(())
        })
    }

    /// Adds an organizational unit, such as `/Staff`.
    pub fn add_org_unit(&self, customer: &str, path: &str) -> Result<(), CloudError> {
        self.change(customer, |_, customer| {
            customer.org_units.insert(path.to_owned());
            Ok(())
        })
    }

    /// Sets how many users the customer's subscription allows.
    pub fn set_user_limit(&self, customer: &str, limit: Option<u32>) -> Result<(), CloudError> {
        self.change(customer, |_, customer| {
            customer.user_limit = limit;
            Ok(())
        })
    }

    /// Switches the API on or off for the customer.
    pub fn set_api_access(&self, customer: &str, access: bool) -> Result<(), CloudError> {
        self.change(customer, |_, customer| {
            customer.api_access = access;
            Ok(())
        })
    }

    /// Delegates exactly these scopes to the service account of this client id, in place of those from before.
    pub fn delegate(&self, customer: &str, client_id: &str, scopes: &[&str]) -> Result<(), CloudError> {
        self.change(customer, |_, customer| {
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            customer.delegations.insert(client_id.to_owned(), scopes);
            Ok(())
        })
    }

    /// Makes a service account with this key, or adds the key to the account. Only its public half is kept.
    pub fn add_service_account(&self, key: &ServiceAccountKey) -> Result<(), CloudError> {
        let public = key.public_key()?;
        self.storage.transact(|rows| {
            let known: Option<ServiceAccount> = rows.find(ACCOUNTS, &key.client_email)?;
            let mut account = known.unwrap_or_else(|| ServiceAccount {
                email: key.client_email.clone(),
                client_id: key.client_id.clone(),
                keys: BTreeMap::new(),
            });
            account.keys.insert(key.key_id.clone(), public);
            rows.put(ACCOUNTS, &key.client_email, &account)
        })
    }

    /// Deletes a key of a service account.
    pub fn delete_service_account_key(&self, email: &str, key_id: &str) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            let account: Option<ServiceAccount> = rows.find(ACCOUNTS, email)?;
            let mut account =
                account.ok_or_else(|| CloudError::Refused(format!("no service account {email}")))?;
            account.keys.remove(key_id);
            rows.put(ACCOUNTS, email, &account)
        })
    }

    /// Adds a super administrator; returns the id.
    pub fn add_admin(&self, customer: &str, email: &str) -> Result<String, CloudError> {
        self.add(customer, email, true)
    }

    /// Adds a user whom nobody made through the API; returns the id.
    pub fn add_user(&self, customer: &str, email: &str) -> Result<String, CloudError> {
        self.add(customer, email, false)
    }

    fn add(&self, customer: &str, email: &str, is_admin: bool) -> Result<String, CloudError> {
        self.within(customer, |directory| {
            let address = addresses::check(directory, "primary_user_email", email)?;
            let mut user = GoogleUser::new(ids::digits(21), customer, address.clone(), directory.now);
            // Made long ago, as far as lags are concerned.
            user.created_at = jiff::Timestamp::UNIX_EPOCH;
            let local = address.split('@').next().unwrap_or_default();
            (user.given_name, user.family_name, user.is_admin) =
                (local.to_owned(), "Example".to_owned(), is_admin);
            directory.take_address(&user.id, &address)?;
            directory.save_user(&user)?;
            Ok(user.id)
        })
    }

    /// Adds a group; returns the id.
    pub fn add_group(&self, customer: &str, email: &str) -> Result<String, CloudError> {
        self.within(customer, |directory| Ok(groups::add(directory, email, None)?.id))
    }

    /// Gives a further address to a user.
    pub fn add_alias(&self, customer: &str, user: &str, alias: &str) -> Result<(), CloudError> {
        self.within(customer, |directory| {
            let alias = addresses::check(directory, "alias", alias)?;
            let mut user = directory.get_user(user)?;
            directory.take_address(&user.id, &alias)?;
            user.aliases.push(alias);
            Ok(directory.save_user(&user)?)
        })
    }

    /// Suspends a user or lets it in again, as an administrator does by hand.
    pub fn set_suspended(&self, customer: &str, user: &str, suspended: bool) -> Result<(), CloudError> {
        self.within(customer, |directory| {
            let mut user = directory.get_user(user)?;
            user.suspended = suspended;
            Ok(directory.save_user(&user)?)
        })
    }

    /// The users of a customer in the order of their ids, deleted ones too as long as they can be brought back.
    pub fn users(&self, customer: &str) -> Result<Vec<GoogleUser>, CloudError> {
        self.within(customer, |directory| {
            let mut users = directory.users()?;
            users.retain(|user| user.deleted_at.is_none() || directory.is_restorable(user));
            Ok(users)
        })
    }

    /// The groups of a customer.
    pub fn groups(&self, customer: &str) -> Result<Vec<GoogleGroup>, CloudError> {
        self.within(customer, |directory| Ok(directory.groups()?))
    }

    /// How often each mutating operation took effect, over the lifetime of the data directory.
    pub fn mutations(&self) -> Result<BTreeMap<String, u64>, CloudError> {
        Ok(self.storage.transact(|rows| rows.list(MUTATIONS, ""))?.into_iter().collect())
    }

    fn within<T>(
        &self,
        customer: &str,
        work: impl FnOnce(&Directory<'_, '_>) -> Result<T, ServiceError>,
    ) -> Result<T, CloudError> {
        self.storage.transact(|rows| {
            let directory = Directory::open(rows, get_customer(rows, customer)?, self.now())?;
            work(&directory).map_err(|error| refused(&error))
        })
    }

    fn change(
        &self,
        customer: &str,
        work: impl FnOnce(&Rows<'_>, &mut Customer) -> Result<(), CloudError>,
    ) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            let mut customer = get_customer(rows, customer)?;
            work(rows, &mut customer)?;
            rows.put(CUSTOMERS, &customer.id.clone(), &customer)
        })
    }
}

fn get_customer(rows: &Rows<'_>, id: &str) -> Result<Customer, CloudError> {
    rows.find(CUSTOMERS, id)?.ok_or_else(|| CloudError::Refused(format!("no customer {id}")))
}
