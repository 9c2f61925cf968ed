//! What a first start writes: keys, the Test Brand tenant with its three people and their colleagues, its webhook
//! endpoint, accounts at the mailbox providers and sample hires, a second tenant that two of the people
//! belong to as well, and administrators of the platform. A later start finds it all again.

mod administrators;
pub(crate) mod colleagues;
mod invited;
mod keys;
pub(crate) mod mailboxes;
mod people;
mod promo;
mod tenant;

use std::sync::Arc;

use crate::FirstData;
use secrecy::SecretString;
use vestibule_auth::{AccessToken, FieldKeys, PasswordHash, SystemTask, TenantScope};
use vestibule_domain::{
    Email, EndpointId, Invalid, JobStart, MailboxProvider, SessionId, Tenant, TenantId, User, UserId, World,
};
use vestibule_models::Cloud;
use vestibule_store::{LoadRing, Sealer, Store, StoreError};

pub use administrators::ADMINISTRATORS;
pub use keys::SecretNames;
pub use mailboxes::{
    GOOGLE_CUSTOMER, MICROSOFT_CLIENT, MICROSOFT_DIRECTORY, MICROSOFT_LICENCE, google_admin,
};
pub(crate) use people::tenant_id;
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
    /// The key that signs checkpoints cannot be made.
    #[error(transparent)]
    AuditKey(#[from] vestibule_chain::NoteError),
    /// A token cannot be signed.
    #[error(transparent)]
    Token(#[from] vestibule_auth::TokenError),
    /// A password cannot be hashed.
    #[error(transparent)]
    Hash(#[from] vestibule_auth::HasherError),
    /// A fixed sample value does not parse: a fault of this program.
    #[error(transparent)]
    Value(#[from] vestibule_domain::Invalid),
    /// A fixed sample value cannot be written: a fault of this program.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A secret of the data folder is missing or broken.
    #[error("the secret {0} in the data folder is broken; start with --ephemeral or another --data-dir")]
    Secret(String),
    /// A sample person is gone or may not sign in.
    #[error("{0} is gone or suspended; `POST /_local/reset` brings everybody back")]
    Person(&'static str),
}

/// What the stack decides about its sample data.
#[derive(Debug, Clone)]
pub struct SampleOptions {
    /// Who issues the people's tokens.
    pub issuer: String,
    /// What starts the jobs of a tenant that is made now.
    pub job_start: JobStart,
    /// Where the first tenant has its mailboxes, if it is made now.
    pub mailboxes: MailboxProvider,
    /// Whether tenants and people are made.
    pub first_data: FirstData,
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
    /// The tenant's endpoint for e-sign events.
    pub endpoint: EndpointId,
    /// The tenant's `WorkMail` organization.
    pub organization: String,
    /// Signs the e-sign events of the tenant's endpoint.
    pub esign_key: SecretString,
    /// The password of all three people.
    pub password: SecretString,
    hash: PasswordHash,
    cloud: Cloud,
    names: SecretNames,
    issuer: String,
    resetting: Arc<tokio::sync::Mutex<()>>,
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
    /// The key that signs the events of an endpoint of any tenant, if there is the endpoint.
    pub(crate) fn esign_key_of(&self, endpoint: EndpointId) -> Result<Option<SecretString>, SampleError> {
        keys::esign(&self.cloud, &self.names, endpoint)
    }

    /// Writes what is missing and reads what is there.
    pub async fn prepare(
        cloud: &Cloud,
        store: &Store,
        names: &SecretNames,
        options: SampleOptions,
        world: &World,
    ) -> Result<Self, SampleError> {
        let (password, hash) = keys::password(cloud, names, &options.password_profile, world).await?;
        let (first, second) = (settings(store, people::tenant_id()), settings(store, people::second_id()));
        let (first, second) = (first.await?, second.await?);
        let (has_first, has_second) = (first.is_some(), second.is_some());
        let made = |kept: Option<Tenant>, new: Result<Tenant, Invalid>| kept.map_or(new, Ok);
        let tenant = made(first, tenant::test_brand((options.job_start, options.mailboxes), world))?;
        let second = made(second, tenant::second_brand(options.job_start, world))?;
        tenant::prepare_organization(cloud, &tenant)?;
        mailboxes::prepare(cloud, &tenant, world)?;
        tenant::prepare_organization(cloud, &second)?;
        let lacks = |what| Invalid::new(format!("the sample tenant has no {what}"));
        let endpoint = tenant.endpoint.ok_or_else(|| lacks("e-sign endpoint"))?;
        let organization = tenant::ORGANIZATION.to_owned();
        let esign_key = keys::prepare_esign(cloud, names, endpoint, world)?;
        let (cloud, names, issuer) = (cloud.clone(), names.clone(), options.issuer);
        let resetting = Arc::default();
        let sample = Self {
            tenant,
            second,
            endpoint,
            organization,
            esign_key,
            password,
            hash,
            cloud,
            names,
            issuer,
            resetting,
        };
        if options.first_data == FirstData::None {
            return Ok(sample);
        }
        if keys::is_resetting(&sample.cloud)? || !(has_first || has_second) {
            sample.reset(store, world).await?;
        } else {
            sample.complete(store, (has_first, has_second), world).await?;
        }
        Ok(sample)
    }

    /// Removes the tenants' data and their people, wherever those are, and writes all anew with the same people and
    /// endpoints. One reset at a time; one that was cut off is finished by the next, or by the next start.
    pub async fn reset(&self, store: &Store, world: &World) -> Result<(), SampleError> {
        let _alone = self.resetting.lock().await;
        keys::set_resetting(&self.cloud, true)?;
        let platform = store.platform();
        platform.clear_tenant(&self.tenant).await?;
        for person in PEOPLE.iter().chain(&ADMINISTRATORS) {
            platform.clear_person(person.user(), &[&Email::parse(person.email)?]).await?;
        }
        for (id, colleague) in colleagues::all() {
            platform.clear_person(id, &[&colleague.email()?]).await?;
        }
        platform.clear_tenant(&self.second).await?;
        // Their jobs went with the tenant.
        platform.clear_promo_signups().await?;
        self.complete(store, (false, false), world).await?;
        keys::set_resetting(&self.cloud, false)
    }

    /// Writes those of the two tenants that are not there, and nothing else.
    async fn complete(
        &self,
        store: &Store,
        (has_first, has_second): (bool, bool),
        world: &World,
    ) -> Result<(), SampleError> {
        let platform = store.platform();
        // Tenants of before took no names.
        for (has, tenant) in [(has_first, &self.tenant), (has_second, &self.second)] {
            if has {
                platform.claim_names(tenant).await?;
            }
        }
        if !has_first {
            let mut seed = people::seed(self.tenant.clone(), &self.hash, world)?;
            colleagues::join(&mut seed, &self.hash, world)?;
            platform.create_tenant(&seed).await?;
            colleagues::join_outside(platform, self.tenant.id).await?;
        }
        administrators::appoint(store, &self.hash, world).await?;
        if !has_second {
            platform.create_tenant(&people::seed_second(self.second.clone())?).await?;
        }
        if !has_first {
            let scope = TenantScope::for_system(self.tenant.id, SystemTask::Seed);
            tenant::sample_hires(store, &scope, &self.tenant, world).await?;
            invited::invite(store.tenant(&scope), world).await?;
            promo::sign_up(store, self.second.id, world).await?;
        }
        Ok(())
    }

    /// An access token that works for one of the people, by name or address: a session that has ended is begun anew,
    /// and a person who left the tenant works in another one, or in none. `None` when nobody is called so.
    pub async fn working_token(
        &self,
        store: &Store,
        who: &str,
        world: &World,
    ) -> Result<Option<AccessToken>, SampleError> {
        let Some(person) = named(who) else { return Ok(None) };
        let platform = store.platform();
        let user = platform.find_user(person.user()).await?.filter(User::is_active);
        let user = user.ok_or(SampleError::Person(person.name))?;
        let mut tenant = None;
        for candidate in [self.tenant.id, self.second.id] {
            if tenant.is_none() && platform.find_context(candidate, user.id).await?.is_some() {
                tenant = Some(candidate);
            }
        }
        let sessions = platform.list_sessions(user.id, world.now()).await?;
        if !sessions.items.iter().any(|session| session.id == person.session() && session.epoch == user.epoch)
        {
            platform.seed_session(user.id, &people::session(person, tenant, user.epoch, world)).await?;
        }
        self.issue((user.id, person.session(), tenant), world).map(Some)
    }

    /// A fresh access token for one of the people, by name (`debug_tenant_admin`) or address.
    pub fn token(&self, who: &str, world: &World) -> Option<Result<AccessToken, SampleError>> {
        let person = named(who)?;
        Some(self.sign((person.user(), person.session(), self.tenant.id), world))
    }

    /// A fresh access token for anybody, signed with the stack's key.
    pub fn sign(
        &self,
        (user, session, tenant): (UserId, SessionId, TenantId),
        world: &World,
    ) -> Result<AccessToken, SampleError> {
        self.issue((user, session, Some(tenant)), world)
    }

    fn issue(
        &self,
        who: (UserId, SessionId, Option<TenantId>),
        world: &World,
    ) -> Result<AccessToken, SampleError> {
        let key = keys::signing(&self.cloud, &self.names)?;
        Ok(AccessToken::issue(&key, &self.issuer, who, world.now())?)
    }

    /// The names of the stack's secrets.
    pub fn secret_names(&self) -> &SecretNames {
        &self.names
    }

    /// The people as the setting `DEBUG_USERS` has them. The first one is there with a second name: whoever names nobody is
    /// that person.
    pub fn debug_users(&self) -> String {
        let entry =
            |(name, p): (_, &Person)| format!("{name}={}/{}/{}", p.user(), p.session(), self.tenant.id);
        let bypass = ("debug_local_user_bypass", &PEOPLE[0]);
        PEOPLE.iter().map(|p| (p.name, p)).chain([bypass]).map(entry).collect::<Vec<_>>().join(",")
    }
}

fn named(who: &str) -> Option<&'static Person> {
    PEOPLE.iter().chain(&ADMINISTRATORS).find(|person| person.name == who || person.email == who)
}

/// The tenant's settings; `None` when there is no such tenant.
async fn settings(store: &Store, tenant: TenantId) -> Result<Option<Tenant>, SampleError> {
    let scope = TenantScope::for_system(tenant, SystemTask::Seed);
    Ok(store.tenant(&scope).find_settings().await?)
}
