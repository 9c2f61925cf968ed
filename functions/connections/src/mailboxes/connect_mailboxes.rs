//! `PUT /api/mailboxes/connection`

use axum::extract::State;
use http::StatusCode;
use serde_json::{Value, json};
use vestibule_api::{ApiError, Mutation, Reply};
use vestibule_domain::{
    FirstPassword, MailboxProvider, MailboxSecret, MailboxSettings, Permission, SecretId, Tenant,
};
use vestibule_store::{LooseSecret, Organization, OrganizationChange, SecretMoves, TenantStore};

use super::{
    body::{ConnectMailboxes, Wanted},
    view::{ConnectionView, secret_since},
};
use crate::{Connections, vault};

/// Says where new mailboxes are made. Mailboxes that are there, and jobs that run, stay where they are. A secret goes straight to
/// Secrets Manager: it is not shown again, nor kept anywhere else. Whether the provider takes it says the check.
#[utoipa::path(put, path = "/api/mailboxes/connection", tag = "connections", responses((status = 200, body = ConnectionView), (status = 409)))]
pub async fn connect_mailboxes(
    State(state): State<Connections>,
    request: Mutation<ConnectMailboxes>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::IntegrationsManage)?;
    let store = state.api.store.tenant(&scope);
    let read = store.find_organization().await?;
    let Wanted { settings, secret, first_password } = wanted(&state, &read.tenant, &request.body).await?;
    vault::tidy(&state, &store).await?;
    let mut after = read.clone();
    let provider = settings.provider();
    after.tenant.connect_mailboxes(settings);
    after.tenant.first_password = first_password;
    let (mut made, mut moves, mut former) = (None, SecretMoves::default(), None);
    if let Some(secret) = secret {
        let (id, since) = (SecretId::new(&state.api.world), state.api.world.now());
        let given = MailboxSecret { provider, id, since };
        let name = given.name(read.tenant.id);
        vault::make(&state, &store, (id, &name), &secret).await?;
        former = after.tenant.take_mailbox_secret(given);
        moves.named = Some(id);
        made = Some((id, name));
    }
    if let Some(former) = &former {
        let name = former.name(read.tenant.id);
        moves.loosened = Some(LooseSecret::new(former.id, name, &state.api.world));
    }
    let reply = Reply::new(StatusCode::OK, &ConnectionView::of(&state, &after.tenant).await?)?;
    let answer = request.answer(&reply);
    let values = (told(&read.tenant, &read.tenant), told(&after.tenant, &read.tenant));
    let change = OrganizationChange { action: "mailboxes.connect", values, answer };
    commit(&state, &store, (&read, after), change, (made, moves)).await?;
    Ok(reply)
}

async fn wanted(state: &Connections, tenant: &Tenant, body: &ConnectMailboxes) -> Result<Wanted, ApiError> {
    let has_secret = match body.provider() {
        Ok(provider) if !body.brings_secret() => secret_since(state, tenant, provider).await?.is_some(),
        _ => false,
    };
    body.read(tenant, has_secret)
}

async fn commit(
    state: &Connections,
    store: &TenantStore<'_>,
    (read, after): (&Organization, Organization),
    change: OrganizationChange,
    (made, moves): (Option<(SecretId, String)>, SecretMoves),
) -> Result<(), ApiError> {
    let done = store.connect_mailboxes(read, after, change, &moves, &state.api.world).await;
    match made {
        Some((id, name)) => vault::settled(state, store, (id, &name), done).await?,
        None => done?,
    }
    if let Some(former) = moves.loosened {
        vault::remove(state, store, (former.id, &former.name)).await;
    }
    Ok(())
}

/// What the audit log tells: an administrator's address is a person's, so only whether it is another one.
fn told(tenant: &Tenant, before: &Tenant) -> Value {
    let Some(settings) = &tenant.mailboxes else { return json!(null) };
    let provider = settings.provider();
    let mut told = json!({
        "provider": provider.name(),
        "firstPassword": tenant.first_password.map(FirstPassword::name),
        "secret": tenant.mailbox_secret(provider).map(|secret| secret.id),
    });
    match settings {
        MailboxSettings::WorkMail { organization } => told["organization"] = json!(organization),
        MailboxSettings::Google { .. } => {
            let known = before.mailboxes_at(MailboxProvider::Google);
            told["adminChanged"] = json!(known != Some(settings));
        }
        MailboxSettings::Microsoft { directory, client, licence, country } => {
            (told["directory"], told["client"]) = (json!(directory), json!(client));
            (told["licence"], told["country"]) = (json!(licence), json!(country));
        }
    }
    told
}
