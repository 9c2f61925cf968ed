//! What Test Brand has at Google Workspace and at Microsoft 365, beside its `WorkMail` organization: its mail domain, an administrator,
//! and credentials of a program with all rights that its mailboxes need. They lie where a connection keeps them.

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use vestibule_domain::{
    DirectoryId, Domain, Email, Invalid, MailboxProvider, MailboxSettings, Tenant, World,
};
use vestibule_models::{Cloud, CloudError, GraphSku, ServiceAccountKey};

use super::{SampleError, tenant::ORGANIZATION};

/// The customer of Google Workspace.
pub const GOOGLE_CUSTOMER: &str = "C03az79cb";
/// The local part of its administrator, in whose name the service account acts.
const GOOGLE_ADMIN: &str = "workspace-admin";
const SERVICE_ACCOUNT: &str = "vestibule@test-brand.iam.gserviceaccount.com";
/// What was delegated to the service account.
const GOOGLE_SCOPES: [&str; 6] = [
    "https://www.googleapis.com/auth/admin.directory.user",
    "https://www.googleapis.com/auth/admin.directory.user.alias",
    "https://www.googleapis.com/auth/admin.directory.user.security",
    "https://www.googleapis.com/auth/admin.directory.group",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.domain.readonly",
];
/// The directory (tenant) id at Microsoft.
pub const MICROSOFT_DIRECTORY: &str = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
/// The application (client) id there.
pub const MICROSOFT_CLIENT: &str = "11112222-bbbb-4333-8ccc-4444dddd5555";
/// The licence (SKU) there that gives a user a mailbox.
pub const MICROSOFT_LICENCE: &str = "3b555118-da6a-4418-894f-7df1e2096870";
/// What the tenant consented to.
const MICROSOFT_PERMISSIONS: [&str; 6] = [
    "User.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "Group.Read.All",
    "MailboxSettings.ReadWrite",
];

/// The administrator's address at Google.
pub fn google_admin(tenant: &Tenant) -> Option<String> {
    tenant.domain.as_ref().map(|domain| format!("{GOOGLE_ADMIN}@{}", domain.as_str()))
}

/// Makes what is missing of both. Credentials that somebody has put in their place stay.
pub(super) fn prepare(cloud: &Cloud, tenant: &Tenant, world: &World) -> Result<(), SampleError> {
    let Some(domain) = &tenant.domain else { return Ok(()) };
    google(cloud, tenant, domain.as_str())?;
    microsoft(cloud, tenant, domain.as_str(), world)
}

fn google(cloud: &Cloud, tenant: &Tenant, domain: &str) -> Result<(), SampleError> {
    let (workspace, secret) = (cloud.google_workspace(), MailboxProvider::Google.secret_of(tenant.id));
    if cloud.secrets().exists(&secret)? {
        return Ok(());
    }
    workspace.add_customer(GOOGLE_CUSTOMER, domain)?;
    if workspace.users(GOOGLE_CUSTOMER)?.is_empty() {
        workspace.add_admin(GOOGLE_CUSTOMER, &format!("{GOOGLE_ADMIN}@{domain}"))?;
    }
    let key = key()?;
    workspace.add_service_account(key)?;
    workspace.delegate(GOOGLE_CUSTOMER, &key.client_id, &GOOGLE_SCOPES)?;
    Ok(cloud.secrets().put(&secret, &key.to_file())?)
}

/// The key of the service account, one for all stacks of a process: making one takes a tenth of a second.
fn key() -> Result<&'static ServiceAccountKey, SampleError> {
    static KEY: OnceLock<ServiceAccountKey> = OnceLock::new();
    let made =
        KEY.get().map_or_else(|| ServiceAccountKey::generate(SERVICE_ACCOUNT), |key| Ok(key.clone()))?;
    Ok(KEY.get_or_init(|| made))
}

/// How the sample tenant finds its mailboxes at `provider`.
pub(super) fn settings(provider: MailboxProvider, domain: &Domain) -> Result<MailboxSettings, Invalid> {
    Ok(match provider {
        MailboxProvider::WorkMail => MailboxSettings::WorkMail { organization: ORGANIZATION.into() },
        MailboxProvider::Google => {
            MailboxSettings::Google { admin: Email::parse(&format!("{GOOGLE_ADMIN}@{}", domain.as_str()))? }
        }
        MailboxProvider::Microsoft => MailboxSettings::Microsoft {
            directory: DirectoryId::parse(MICROSOFT_DIRECTORY)?,
            client: DirectoryId::parse(MICROSOFT_CLIENT)?,
            licence: DirectoryId::parse(MICROSOFT_LICENCE)?,
            country: "NL".into(),
        },
    })
}

/// How many users nobody but a job has made are at `provider`.
pub(crate) fn count(cloud: &Cloud, provider: MailboxProvider) -> Result<usize, CloudError> {
    Ok(match provider {
        MailboxProvider::WorkMail => cloud.work_mail().users(ORGANIZATION)?.len(),
        MailboxProvider::Google => {
            let users = cloud.google_workspace().users(GOOGLE_CUSTOMER)?;
            users.iter().filter(|user| user.deleted_at.is_none() && !user.is_admin).count()
        }
        MailboxProvider::Microsoft => {
            let users = cloud.microsoft_graph().users(MICROSOFT_DIRECTORY)?;
            users.iter().filter(|user| user.deleted_at.is_none()).count()
        }
    })
}

fn microsoft(cloud: &Cloud, tenant: &Tenant, domain: &str, world: &World) -> Result<(), SampleError> {
    let (graph, secret) = (cloud.microsoft_graph(), MailboxProvider::Microsoft.secret_of(tenant.id));
    if cloud.secrets().exists(&secret)? {
        return Ok(());
    }
    graph.add_tenant(MICROSOFT_DIRECTORY, domain)?;
    graph.add_sku(
        MICROSOFT_DIRECTORY,
        &GraphSku {
            sku_id: MICROSOFT_LICENCE.to_owned(),
            part_number: "O365_BUSINESS_ESSENTIALS".to_owned(),
            enabled: 25,
            mailbox: true,
        },
    )?;
    graph.add_app(MICROSOFT_DIRECTORY, MICROSOFT_CLIENT, &MICROSOFT_PERMISSIONS)?;
    let text = URL_SAFE_NO_PAD.encode(world.bytes::<30>());
    graph.add_client_secret((MICROSOFT_DIRECTORY, MICROSOFT_CLIENT), &text, Timestamp::MAX)?;
    Ok(cloud.secrets().put(&secret, &text)?)
}
