//! A tenant's first hour: the tenant itself, its webhook address with the key that signs its events, and its first
//! administrator, who gets a mail to choose a password.

use std::collections::BTreeMap;

use secrecy::SecretString;
use vestibule_adapters::secrets::{Secrets, WriteError};
use vestibule_auth::{Actor, SystemTask};
use vestibule_domain::{
    CompanyName, DocumentKind, Domain, Email, EndpointId, IdentityMailKind, IdentityMailRequest, JobStart,
    MailId, MailboxSettings, PersonName, Preset, SecuritySettings, Slug, Tenant, TenantId, User, UserId,
    World,
};
use vestibule_store::{Conflict, Founder, Founding, Store, StoreError};

use crate::OpsError;

/// What stands before an endpoint's id in the name of its secret, as the template has it.
const ESIGN_PREFIX: &str = "vestibule/esign/";

/// What an operator says of a new tenant.
#[derive(Debug)]
pub struct NewTenant {
    /// The company's name.
    pub name: CompanyName,
    /// Its name in addresses.
    pub slug: Slug,
    /// The first roles.
    pub preset: Preset,
    /// The domain of new mailboxes.
    pub domain: Option<Domain>,
    /// The `WorkMail` organization that owns it.
    pub work_mail: Option<String>,
    /// Documents that a hire signs.
    pub documents: Vec<DocumentKind>,
    /// The e-sign provider, with the key that signs its events; without a key one is made up, to be replaced.
    pub esign: Option<(String, Option<SecretString>)>,
    /// Where a new colleague goes after the first sign-in.
    pub crm_url: String,
    /// The first administrator.
    pub admin: (Email, PersonName),
}

/// What was made.
#[derive(Debug)]
pub struct Created {
    /// The tenant.
    pub tenant: Tenant,
    /// The first administrator.
    pub admin: UserId,
    /// Whether the administrator's account is new, and a mail is on its way.
    pub mailed: bool,
    /// Whether it was there already: an earlier run made it, and its answer was lost.
    pub before: bool,
    /// The secret that holds the key of the endpoint.
    pub esign_secret: Option<String>,
}

/// Makes a tenant. The key of its endpoint is written first: a webhook address without a key would answer nobody, while a
/// key without an address harms nobody.
pub async fn create_tenant(
    store: &Store,
    secrets: &Secrets,
    new: NewTenant,
    world: &World,
) -> Result<Created, OpsError> {
    let tenant = tenant(&new, world);
    if let Some(taken) = store.platform().find_taken(&tenant).await? {
        let before = made_before(store, &tenant, &new).await?;
        return before.ok_or_else(|| refused(StoreError::Conflict(taken), &tenant));
    }
    let esign_secret = keep_esign_key(secrets, &tenant, &new, world).await?;
    let known = known(store, &new.admin.0).await?;
    // The first session of somebody new begins where there is something to do.
    let user = known.clone().unwrap_or_else(|| {
        let (email, name) = new.admin.clone();
        User { last_tenant: Some(tenant.id), ..User::new(UserId::new(world), email, name, world) }
    });
    let mail = IdentityMailRequest {
        id: MailId::new(world),
        email: user.email.clone(),
        mail: IdentityMailKind::ResetPassword,
        device: None,
        at: world.now(),
    };
    let founding = Founding {
        tenant: &tenant,
        preset: new.preset,
        provider: new.esign.as_ref().map(|(provider, _)| provider.as_str()),
        founder: if known.is_some() { Founder::Known(&user) } else { Founder::New(&user) },
        mail: known.is_none().then_some(&mail),
    };
    let actor = Actor::System(SystemTask::Operator);
    store
        .platform()
        .found_tenant(&founding, &actor, world)
        .await
        .map_err(|error| unused(refused(error, &tenant), esign_secret.as_deref()))?;
    Ok(Created { admin: user.id, mailed: known.is_none(), before: false, esign_secret, tenant })
}

/// The very tenant that is asked for, if an earlier run made it.
async fn made_before(store: &Store, wanted: &Tenant, new: &NewTenant) -> Result<Option<Created>, OpsError> {
    let platform = store.platform();
    let (held, admin) = (platform.find_by_slug(&wanted.slug).await?, known(store, &new.admin.0).await?);
    let (Some(held), Some(admin)) = (held, admin) else { return Ok(None) };
    let Some(context) = platform.find_context(held, admin.id).await? else { return Ok(None) };
    let (tenant, roles) = (context.tenant, context.membership.roles);
    let same = Tenant { id: tenant.id, endpoint: tenant.endpoint, ..wanted.clone() } == tenant
        && tenant.endpoint.is_some() == wanted.endpoint.is_some()
        && roles.contains(&new.preset.founder_role());
    let esign_secret = tenant.endpoint.map(secret_of);
    Ok(same.then_some(Created { tenant, admin: admin.id, mailed: false, before: true, esign_secret }))
}

/// The name of the secret with the key of an endpoint.
fn secret_of(endpoint: EndpointId) -> String {
    format!("{ESIGN_PREFIX}{endpoint}")
}

/// Names a secret that was made for nothing.
fn unused(error: OpsError, secret: Option<&str>) -> OpsError {
    match secret {
        Some(secret) => OpsError::Unused { cause: Box::new(error), secret: secret.to_owned() },
        None => error,
    }
}

fn tenant(new: &NewTenant, world: &World) -> Tenant {
    Tenant {
        id: TenantId::new(world),
        slug: new.slug.as_str().to_owned(),
        name: new.name.as_str().to_owned(),
        domain: new.domain.clone(),
        mailboxes: new.work_mail.clone().map(|organization| MailboxSettings::WorkMail { organization }),
        mailboxes_before: Vec::new(),
        mailbox_secrets: Vec::new(),
        first_password: None,
        documents: new.documents.clone(),
        job_start: JobStart::Automatic,
        endpoint: new.esign.as_ref().map(|_| EndpointId::new(world)),
        crm_url: new.crm_url.clone(),
        support: new.admin.0.clone(),
        color: None,
        security: SecuritySettings::default(),
        tier: vestibule_domain::Tier::default(),
        version: 0,
    }
}

/// Who has this address.
pub(crate) async fn known(store: &Store, email: &Email) -> Result<Option<User>, OpsError> {
    let platform = store.platform();
    let Some(found) = platform.find_sign_in(&store.sealer().address_key(email)).await? else {
        return Ok(None);
    };
    Ok(platform.find_user(found.user).await?)
}

async fn keep_esign_key(
    secrets: &Secrets,
    tenant: &Tenant,
    new: &NewTenant,
    world: &World,
) -> Result<Option<String>, OpsError> {
    let (Some(endpoint), Some((_, key))) = (tenant.endpoint, &new.esign) else { return Ok(None) };
    let name = secret_of(endpoint);
    let random = || {
        let bytes: [u8; 16] = world.bytes();
        SecretString::from(format!("{:032x}", u128::from_be_bytes(bytes)))
    };
    let key = key.clone().unwrap_or_else(random);
    let made = secrets.create(&name, &crate::vault::esign_keys(&key)).await;
    made.map_err(|_: WriteError| OpsError::NotMade(name.clone()))?;
    Ok(Some(name))
}

fn refused(error: StoreError, tenant: &Tenant) -> OpsError {
    match error {
        StoreError::Conflict(Conflict::SlugTaken) => OpsError::Taken(format!("the slug {}", tenant.slug)),
        StoreError::Conflict(Conflict::DomainTaken) => {
            let domain = tenant.domain.as_ref().map_or("", Domain::as_str);
            OpsError::Taken(format!("the mail domain {domain}"))
        }
        StoreError::Conflict(Conflict::AddressTaken) => OpsError::Again,
        other => other.into(),
    }
}

/// The table with the keys of its personal data. `settings` are region, credentials and endpoints, named as AWS names the
/// variables.
pub async fn open_table(
    settings: &BTreeMap<String, String>,
    table: &str,
    ring_name: &str,
    world: &World,
) -> Result<Store, OpsError> {
    let config = vestibule_adapters::aws::sdk_config(settings, "DYNAMODB")?;
    let vault = crate::Vault::open(settings)?;
    let (_, keys) = crate::vault::filled(ring_name, vault.ring(ring_name).await?)?;
    Ok(Store::new(&config, table, vestibule_store::Sealer::new(keys, world.clone())))
}
