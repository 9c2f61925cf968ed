//! What a first start writes: keys, the Test Brand tenant with its three people, its webhook
//! endpoint, a `WorkMail` organization and sample hires, and a second tenant that two of the people
//! belong to as well. A later start finds it all again.

mod keys;
mod people;
mod tenant;

use std::sync::Arc;

use secrecy::SecretString;
use vestibule_auth::{AccessToken, FieldKeys, PasswordHash, SystemTask, TenantScope};
use vestibule_domain::{JobStart, SessionId, Tenant, TenantId, UserId, World};
use vestibule_models::Cloud;
use vestibule_store::{Conflict, LoadRing, Sealer, SeedTenant, Store, StoreError};

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
    /// A token cannot be signed.
    #[error(transparent)]
    Token(#[from] vestibule_auth::TokenError),
    /// A password cannot be hashed.
    #[error(transparent)]
    Hash(#[from] vestibule_auth::HasherError),
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
    /// Cost of the people's password hashes.
    pub password_profile: String,
}

/// The sample tenants and the keys behind them.
#[derive(Clone)]
pub struct Sample {
    /// The Test Brand tenant.
    pub tenant: Tenant,
    /// A second tenant that two of the people belong to as well, in other roles.
    pub second: Tenant,
    /// Signs the e-sign events of the tenant's endpoint.
    pub esign_key: SecretString,
    /// The password of all three people.
    pub password: SecretString,
    hash: PasswordHash,
    cloud: Cloud,
    names: SecretNames,
    issuer: String,
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sample").field("tenant", &self.tenant.id).finish_non_exhaustive()
    }
}

/// Makes the keys that functions and the store need, on a first start.
pub fn prepare_keys(cloud: &Cloud, names: &SecretNames, world: &World) -> Result<(), SampleError> {
    keys::prepare(cloud, names, world)
}

/// The sealer of personal data with the stack's keys, which it reads again when they change.
pub fn sealer(cloud: &Cloud, names: &SecretNames, world: &World) -> Result<Sealer, SampleError> {
    let keys = FieldKeys::from_secret(&keys::ring(cloud, names)?)?;
    let (cloud, names) = (cloud.clone(), names.clone());
    let load: Arc<LoadRing> = Arc::new(move || {
        let ring = keys::ring(&cloud, &names).ok();
        Box::pin(std::future::ready(ring))
    });
    Ok(Sealer::new(keys, world.clone()).reloading(load))
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
        let (password, hash) = keys::password(cloud, names, &options.password_profile, world).await?;
        let first = tenant::test_brand(options.job_start, world)?;
        let made = create(store, &people::seed(first.clone(), &hash, world)?).await?;
        let tenant = if made { first } else { settings(store, people::tenant_id()).await? };
        let second = tenant::second_brand(options.job_start, world)?;
        let made_second = create(store, &people::seed_second(second.clone())?).await?;
        let second = if made_second { second } else { settings(store, people::second_id()).await? };
        tenant::prepare_organization(cloud, &tenant)?;
        tenant::prepare_organization(cloud, &second)?;
        let esign_key = keys::prepare_esign(cloud, names, tenant.endpoint, world)?;
        if made {
            let scope = TenantScope::for_system(tenant.id, SystemTask::Seed);
            tenant::sample_hires(store, &scope, &tenant, world).await?;
        }
        let (cloud, names, issuer) = (cloud.clone(), names.clone(), options.issuer);
        Ok(Self { tenant, second, esign_key, password, hash, cloud, names, issuer })
    }

    /// Removes the tenants' data and writes it anew, with the same people and endpoints.
    pub async fn reset(&self, store: &Store, world: &World) -> Result<(), SampleError> {
        let platform = store.platform();
        platform.clear_tenant(&self.tenant).await?;
        platform.clear_tenant(&self.second).await?;
        platform.create_tenant(&people::seed(self.tenant.clone(), &self.hash, world)?).await?;
        platform.create_tenant(&people::seed_second(self.second.clone())?).await?;
        let scope = TenantScope::for_system(self.tenant.id, SystemTask::Seed);
        tenant::sample_hires(store, &scope, &self.tenant, world).await
    }

    /// A fresh access token for one of the people, by name (`debug_tenant_admin`) or address.
    pub fn token(&self, who: &str, world: &World) -> Option<Result<AccessToken, SampleError>> {
        let person = PEOPLE.iter().find(|person| person.name == who || person.email == who)?;
        Some(self.sign((person.user(), person.session(), self.tenant.id), world))
    }

    /// A fresh access token for anybody, signed with the stack's key.
    pub fn sign(
        &self,
        (user, session, tenant): (UserId, SessionId, TenantId),
        world: &World,
    ) -> Result<AccessToken, SampleError> {
        let key = keys::signing(&self.cloud, &self.names)?;
        Ok(AccessToken::issue(&key, &self.issuer, (user, session, Some(tenant)), world.now())?)
    }

    /// The names of the stack's secrets.
    pub fn secret_names(&self) -> &SecretNames {
        &self.names
    }

    /// The people as the setting `DEBUG_USERS` has them.
    pub fn debug_users(&self) -> String {
        let entry = |p: &Person| format!("{}={}/{}/{}", p.name, p.user(), p.session(), self.tenant.id);
        PEOPLE.iter().map(entry).collect::<Vec<_>>().join(",")
    }
}

/// True when the tenant was not there yet.
async fn create(store: &Store, seed: &SeedTenant) -> Result<bool, SampleError> {
    match store.platform().create_tenant(seed).await {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict(Conflict::Exists)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

async fn settings(store: &Store, tenant: TenantId) -> Result<Tenant, SampleError> {
    let scope = TenantScope::for_system(tenant, SystemTask::Seed);
    Ok(store.tenant(&scope).settings().await?)
}
