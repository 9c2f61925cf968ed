//! What is shown of a connection: never a secret, only since when there is one.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_adapters::secrets::SecretsError;
use vestibule_api::ApiError;
use vestibule_domain::{FirstPassword, MailboxProvider, MailboxSettings, Tenant};

use crate::{Connections, vault};

/// A provider with what is not secret of its settings; of each provider's fields those of others are `null`.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderView {
    /// `google`, `microsoft` or `workmail`.
    pub provider: &'static str,
    /// Google: the administrator in whose name the service account acts.
    pub admin: Option<String>,
    /// Microsoft: the directory (tenant) id.
    pub directory: Option<String>,
    /// Microsoft: the application (client) id.
    pub client: Option<String>,
    /// Microsoft: the licence (SKU) that gives a mailbox.
    pub licence: Option<String>,
    /// Microsoft: the country of use, two letters.
    pub country: Option<String>,
    /// `WorkMail`: the organization.
    pub organization: Option<String>,
    /// Since when its secret is kept: the key file, or the client secret; `null` where there is none.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub secret_since: Option<Timestamp>,
}

/// Where mailboxes are made, and were made before.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionView {
    /// Where new mailboxes are made; `null` until a provider is connected.
    pub connection: Option<ProviderView>,
    /// How a first password reaches the owner of a mailbox, `mailed` or `link`; `null`: as is usual for the provider.
    pub first_password: Option<&'static str>,
    /// What is usual for the connected provider.
    pub usual_first_password: Option<&'static str>,
    /// Where mailboxes were made before; those that are there stay there.
    pub former: Vec<ProviderView>,
    /// The `WorkMail` organization that the operator gave to this business; it has to be connected by its id.
    pub given_organization: Option<String>,
}

impl ConnectionView {
    /// The connection of `tenant`.
    pub(crate) async fn of(state: &Connections, tenant: &Tenant) -> Result<Self, ApiError> {
        let connection = match &tenant.mailboxes {
            Some(settings) => Some(shown(state, tenant, settings).await?),
            None => None,
        };
        let mut former = Vec::new();
        for settings in &tenant.mailboxes_before {
            former.push(shown(state, tenant, settings).await?);
        }
        let usual = |settings: &MailboxSettings| FirstPassword::usual(settings.provider()).name();
        Ok(Self {
            connection,
            first_password: tenant.first_password.map(FirstPassword::name),
            usual_first_password: tenant.mailboxes.as_ref().map(usual),
            former,
            given_organization: given_organization(tenant).map(str::to_owned),
        })
    }
}

/// The `WorkMail` organization of a tenant. It lies in the operator's own AWS account, so its id proves nothing about whoever names
/// it: only an operator writes it, and a tenant can go back to it.
pub(crate) fn given_organization(tenant: &Tenant) -> Option<&str> {
    match tenant.mailboxes_at(MailboxProvider::WorkMail) {
        Some(MailboxSettings::WorkMail { organization }) => Some(organization),
        _ => None,
    }
}

async fn shown(
    state: &Connections,
    tenant: &Tenant,
    settings: &MailboxSettings,
) -> Result<ProviderView, ApiError> {
    let provider = settings.provider();
    let secret_since = secret_since(state, tenant, provider).await?;
    let base = ProviderView { provider: provider.name(), secret_since, ..ProviderView::default() };
    Ok(match settings {
        MailboxSettings::WorkMail { organization } => {
            ProviderView { organization: Some(organization.clone()), ..base }
        }
        MailboxSettings::Google { admin } => ProviderView { admin: Some(admin.as_str().to_owned()), ..base },
        MailboxSettings::Microsoft { directory, client, licence, country } => ProviderView {
            directory: Some(directory.to_string()),
            client: Some(client.to_string()),
            licence: Some(licence.to_string()),
            country: Some(country.clone()),
            ..base
        },
    })
}

/// Since when there is a secret for `provider`: the tenant's own, or one that an operator made.
pub(crate) async fn secret_since(
    state: &Connections,
    tenant: &Tenant,
    provider: MailboxProvider,
) -> Result<Option<Timestamp>, ApiError> {
    if let Some(given) = tenant.mailbox_secret(provider) {
        return Ok(Some(given.since));
    }
    if provider == MailboxProvider::WorkMail || tenant.mailboxes_at(provider).is_none() {
        return Ok(None);
    }
    match state.secrets.version(&provider.secret_of(tenant.id)).await {
        Ok(version) => Ok(Some(version.written)),
        Err(SecretsError::NotFound) => Ok(None),
        Err(error) => Err(vault::unread(error)),
    }
}
