//! What administrators do by hand, and what tests look at: without the API.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{
    MicrosoftGraph,
    directory::{APPS, DOMAINS, Directory, MUTATIONS, SETTINGS, TENANTS, find_tenant},
    entity::{App, ClientSecret, Domain, GraphGroup, GraphSettings, GraphSku, Tenant},
    refused::Refused,
    user::GraphUser,
};
use crate::{error::CloudError, ids, password::PasswordHash, storage::Rows};

fn refused(refused: &Refused) -> CloudError {
    CloudError::Refused(format!("{}: {}", refused.error.error, refused.error.message))
}

impl MicrosoftGraph {
    /// Sets how long things take, for all tenants.
    pub fn set(&self, settings: GraphSettings) -> Result<(), CloudError> {
        self.storage.transact(|rows| rows.put(SETTINGS, "", &settings))
    }

    /// Opens a tenant, named by a UUID, with its verified default domain; nothing happens if there is one of this id.
    pub fn add_tenant(&self, id: &str, domain: &str) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            if rows.find::<Tenant>(TENANTS, id)?.is_some() {
                return Ok(());
            }
            if find_tenant(rows, domain)?.is_some() {
                return Err(CloudError::Refused(format!("{domain} belongs to another tenant")));
            }
            rows.put(DOMAINS, &domain.to_lowercase(), &id)?;
            rows.put(TENANTS, id, &Tenant::new(id, domain, self.now()))
        })
    }

    /// Adds a domain, or changes whether it is verified.
    pub fn add_domain(&self, tenant: &str, domain: &str, verified: bool) -> Result<(), CloudError> {
        let name = domain.to_lowercase();
        self.change(tenant, |rows, tenant| {
            rows.put(DOMAINS, &name, &tenant.id)?;
            tenant.domains.retain(|known| known.name != name);
            tenant.domains.push(Domain { name, verified, default: false });
            Ok(())
        })
    }

    /// Adds a subscription, or changes the one of its id.
    pub fn add_sku(&self, tenant: &str, sku: &GraphSku) -> Result<(), CloudError> {
        self.change(tenant, |_, tenant| {
            tenant.skus.retain(|known| known.sku_id != sku.sku_id);
            tenant.skus.push(sku.clone());
            Ok(())
        })
    }

    /// Adds an app with exactly these application permissions, or gives it these in place of those from before. It has no secret
    /// at first.
    pub fn add_app(&self, tenant: &str, client_id: &str, permissions: &[&str]) -> Result<(), CloudError> {
        self.app(tenant, client_id, |app| {
            app.permissions = permissions.iter().map(|permission| (*permission).to_owned()).collect();
        })
    }

    /// Adds a secret to an app, until a time; only its hash is kept.
    pub fn add_client_secret(
        &self,
        (tenant, client_id): (&str, &str),
        secret: &str,
        expires_at: Timestamp,
    ) -> Result<(), CloudError> {
        let secret = ClientSecret { hash: PasswordHash::of(client_id, secret), expires_at };
        self.app(tenant, client_id, |app| app.secrets.push(secret))
    }

    /// Adds a user whom nobody made through the API, without a mailbox; returns the id.
    pub fn add_user(&self, tenant: &str, user_principal_name: &str) -> Result<String, CloudError> {
        self.within(tenant, |directory| {
            // Made long ago, as far as lags are concerned.
            let mut user = GraphUser::new(ids::uuid(), tenant, user_principal_name, Timestamp::UNIX_EPOCH);
            let local = user_principal_name.split('@').next().unwrap_or_default();
            (user.display_name, user.mail_nickname) = (local.to_owned(), local.to_owned());
            directory.save(None, &user)?;
            Ok(user.id)
        })
    }

    /// Gives a further address to a user, as Exchange does.
    pub fn add_proxy_address(&self, tenant: &str, user: &str, address: &str) -> Result<(), CloudError> {
        self.within(tenant, |directory| {
            let before = directory.get_user(user)?;
            let mut user = before.clone();
            user.proxy_addresses.push(format!("smtp:{address}"));
            directory.save(Some(&before), &user)
        })
    }

    /// Adds a group with an address; returns the id.
    pub fn add_group(&self, tenant: &str, mail: &str) -> Result<String, CloudError> {
        self.within(tenant, |directory| {
            let group = GraphGroup {
                id: ids::uuid(),
                tenant: tenant.to_owned(),
                mail: mail.to_owned(),
                display_name: mail.to_owned(),
                proxy_addresses: vec![format!("SMTP:{mail}")],
                created_at: directory.now,
            };
            directory.save_group(&group)?;
            Ok(group.id)
        })
    }

    /// The users of a tenant in the order of their ids, deleted ones too as long as they can be brought back.
    pub fn users(&self, tenant: &str) -> Result<Vec<GraphUser>, CloudError> {
        self.within(tenant, |directory| {
            let mut users = directory.users()?;
            users.retain(|user| user.deleted_at.is_none() || directory.is_restorable(user));
            Ok(users)
        })
    }

    /// The groups of a tenant.
    pub fn groups(&self, tenant: &str) -> Result<Vec<GraphGroup>, CloudError> {
        self.within(tenant, |directory| Ok(directory.groups()?))
    }

    /// How often each mutating operation took effect, over the lifetime of the data directory.
    pub fn mutations(&self) -> Result<BTreeMap<String, u64>, CloudError> {
        Ok(self.storage.transact(|rows| rows.list(MUTATIONS, ""))?.into_iter().collect())
    }

    fn within<T>(
        &self,
        tenant: &str,
        work: impl FnOnce(&Directory<'_, '_>) -> Result<T, Refused>,
    ) -> Result<T, CloudError> {
        self.storage.transact(|rows| {
            let directory = Directory::open(rows, get_tenant(rows, tenant)?, self.now())?;
            work(&directory).map_err(|error| refused(&error))
        })
    }

    fn change(
        &self,
        tenant: &str,
        work: impl FnOnce(&Rows<'_>, &mut Tenant) -> Result<(), CloudError>,
    ) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            let mut tenant = get_tenant(rows, tenant)?;
            work(rows, &mut tenant)?;
            rows.put(TENANTS, &tenant.id.clone(), &tenant)
        })
    }

    fn app(&self, tenant: &str, client_id: &str, work: impl FnOnce(&mut App)) -> Result<(), CloudError> {
        self.storage.transact(|rows| {
            let key = format!("{}/{client_id}", get_tenant(rows, tenant)?.id);
            let mut app = rows.find(APPS, &key)?.unwrap_or_else(|| App {
                client_id: client_id.to_owned(),
                secrets: Vec::new(),
                permissions: [].into(),
            });
            work(&mut app);
            rows.put(APPS, &key, &app)
        })
    }
}

fn get_tenant(rows: &Rows<'_>, id: &str) -> Result<Tenant, CloudError> {
    rows.find(TENANTS, id)?.ok_or_else(|| CloudError::Refused(format!("no tenant {id}")))
}
