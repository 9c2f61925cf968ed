//! Secrets of tenants, made and removed so that none is lost sight of: noted before it is made, named by the settings afterwards, and
//! removed when nothing names it any more.

use secrecy::SecretString;
use vestibule_adapters::secrets::{SecretsError, WriteError};
use vestibule_api::{ApiError, Code};
use vestibule_domain::SecretId;
use vestibule_store::{LooseSecret, StoreError, TenantStore};

use crate::Connections;

/// Makes the secret `name`, with a note that stays until settings name it.
pub(crate) async fn make(
    state: &Connections,
    store: &TenantStore<'_>,
    (id, name): (SecretId, &str),
    value: &SecretString,
) -> Result<(), ApiError> {
    store.note_secret(&LooseSecret::new(id, name.to_owned(), &state.api.world)).await?;
    // Whether or not it was made, the note leads to it.
    state.secrets.create(name, value).await.map_err(unwritten)
}

/// What a change of settings came to. A secret that they were to name is removed where they certainly do not.
pub(crate) async fn settled(
    state: &Connections,
    store: &TenantStore<'_>,
    (id, name): (SecretId, &str),
    done: Result<(), StoreError>,
) -> Result<(), ApiError> {
    if let Err(StoreError::Conflict(_)) = &done {
        remove(state, store, (id, name)).await;
    }
    Ok(done?)
}

/// Removes a secret that nothing names. What fails is done by the next change.
pub(crate) async fn remove(state: &Connections, store: &TenantStore<'_>, (id, name): (SecretId, &str)) {
    if let Err(error) = state.secrets.delete(name).await {
        tracing::warn!(secret = name, %error, "a secret that nothing names is left for later");
    } else if let Err(error) = store.forget_secret(id).await {
        tracing::warn!(secret = name, %error, "the note of a removed secret is left for later");
    }
}

/// Removes what earlier changes left behind that did not come to their end.
pub(crate) async fn tidy(state: &Connections, store: &TenantStore<'_>) -> Result<(), ApiError> {
    for loose in store.list_loose_secrets(&state.api.cursors, &state.api.world).await? {
        remove(state, store, (loose.id, &loose.name)).await;
    }
    Ok(())
}

/// What is told of a secret that was not written.
pub(crate) fn unwritten(error: WriteError) -> ApiError {
    match error {
        WriteError::Changed => {
            ApiError::new(Code::Conflict, "Somebody changed this at the same moment; read it and try again.")
        }
        WriteError::NotFound => ApiError::Fault(Box::new(error)),
        WriteError::Unavailable => unavailable(),
    }
}

/// What is told of a secret that was not read.
pub(crate) fn unread(error: SecretsError) -> ApiError {
    match error {
        SecretsError::NotFound => ApiError::Fault(Box::new(error)),
        SecretsError::Unavailable => unavailable(),
    }
}

fn unavailable() -> ApiError {
    ApiError::new(
        Code::Unavailable,
        "The service that keeps secrets does not answer; send the request again.",
    )
}
