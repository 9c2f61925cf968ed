//! What a first start writes: signing keys, the Test Brand tenant with its three people, its
//! webhook endpoint, a `WorkMail` organization and sample hires. A later start finds it all again.

mod keys;
mod people;
mod tenant;

use secrecy::SecretString;
use vestibule_auth::{AccessToken, SigningKey, SystemTask, TenantScope, TokenError};
use vestibule_domain::{JobStart, SessionId, Tenant, TenantId, UserId, World};
use vestibule_models::Cloud;
use vestibule_store::{Conflict, Store, StoreError};

pub use keys::SecretNames;
pub use people::{PEOPLE, Person};

/// Why the sample data cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A model failed.
    #[error(transparent)]
    Cloud(#[from] vestibule_models::CloudError),
    /// A key cannot be made or read.
    #[error(transparent)]
    Key(#[from] vestibule_auth::KeyError),
    /// A fixed sample value does not parse: a fault of this program.
    #[error(transparent)]
    Value(#[from] vestibule_domain::Invalid),
    /// A secret of the data folder is missing or broken.
    #[error("the secret {0} in the data folder is broken; start with --ephemeral or another --data-dir")]
    Secret(String),
}

/// What the stack decides about its sample data.
#[derive(Debug, Clone)]
pub struct SampleOptions {
    /// Who issues the people's tokens.
    pub issuer: String,
    /// What starts the jobs of a tenant that is made now.
    pub job_start: JobStart,
}

/// The sample tenant and the keys behind it.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The Test Brand tenant.
    pub tenant: Tenant,
    /// Signs the e-sign events of the tenant's endpoint.
    pub esign_key: SecretString,
    signing: SigningKey,
    issuer: String,
}

impl Sample {
    /// Writes what is missing and reads what is there.
    pub async fn prepare(
        cloud: &Cloud,
        store: &Store,
        names: &SecretNames,
        options: SampleOptions,
        world: &World,
    ) -> Result<Self, SampleError> {
        let (signing, _) = keys::prepare(cloud, names, world)?;
        let scope = TenantScope::for_system(people::tenant_id(), SystemTask::Seed);
        let fresh = tenant::test_brand(options.job_start, world)?;
        let made = match store.platform().create_tenant(&people::seed(fresh.clone(), world)?).await {
            Ok(()) => true,
            Err(StoreError::Conflict(Conflict::Exists)) => false,
            Err(error) => return Err(error.into()),
        };
        let tenant = if made { fresh } else { store.tenant(&scope).settings().await? };
        tenant::prepare_organization(cloud, &tenant)?;
        let esign_key = keys::prepare_esign(cloud, names, tenant.endpoint, world)?;
        if made {
            tenant::sample_hires(store, &scope, &tenant, world).await?;
        }
        Ok(Self { tenant, esign_key, signing, issuer: options.issuer })
    }

    /// Removes the tenant's data and writes it anew, with the same people and endpoint.
    pub async fn reset(&self, store: &Store, world: &World) -> Result<(), SampleError> {
        store.platform().clear_tenant(&self.tenant).await?;
        store.platform().create_tenant(&people::seed(self.tenant.clone(), world)?).await?;
        let scope = TenantScope::for_system(self.tenant.id, SystemTask::Seed);
        tenant::sample_hires(store, &scope, &self.tenant, world).await
    }

    /// A fresh access token for one of the people, by name (`debug_tenant_admin`) or address.
    pub fn token(&self, who: &str, world: &World) -> Option<Result<AccessToken, TokenError>> {
        let person = PEOPLE.iter().find(|person| person.name == who || person.email == who)?;
        Some(self.sign((person.user(), person.session(), self.tenant.id), world))
    }

    /// A fresh access token for anybody.
    pub fn sign(&self, who: (UserId, SessionId, TenantId), world: &World) -> Result<AccessToken, TokenError> {
        AccessToken::issue(&self.signing, &self.issuer, who, world.now())
    }

    /// The people as the setting `DEBUG_USERS` has them.
    pub fn debug_users(&self) -> String {
        let entry = |p: &Person| format!("{}={}/{}/{}", p.name, p.user(), p.session(), self.tenant.id);
        PEOPLE.iter().map(entry).collect::<Vec<_>>().join(",")
    }
}
