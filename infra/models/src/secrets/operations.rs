//! The operations of Secrets Manager.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    secret::{CURRENT, Payload, Version},
    vault::{Vault, optional_payload},
};
use crate::{error::ServiceError, ids, wire::epoch_seconds};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateSecret {
    name: String,
    description: Option<String>,
    client_request_token: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
}

/// Repeating it with the same token and payload answers as the first time.
pub(super) fn create_secret(vault: &Vault<'_, '_>, request: &CreateSecret) -> Result<Value, ServiceError> {
    let payload = optional_payload(request.secret_string.as_ref(), request.secret_binary.as_ref())?;
    if let (Some(token), Some(payload), Some(known)) =
        (&request.client_request_token, &payload, vault.find(&request.name)?)
        && known.versions.get(token).is_some_and(|version| version.payload == *payload)
    {
        return Ok(json!({ "ARN": known.arn, "Name": known.name, "VersionId": token }));
    }
    let mut secret = vault.new_secret(&request.name, request.description.clone())?;
    let mut answer = json!({ "ARN": secret.arn, "Name": secret.name });
    if let Some(payload) = payload {
        let id = request.client_request_token.clone().unwrap_or_else(ids::uuid);
        secret.rotate(&id, Version { payload, created_at: vault.now });
        answer["VersionId"] = json!(id);
    }
    vault.save(&secret)?;
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutSecretValue {
    secret_id: String,
    client_request_token: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
}

pub(super) fn put_secret_value(
    vault: &Vault<'_, '_>,
    request: &PutSecretValue,
) -> Result<Value, ServiceError> {
    let mut secret = vault.get(&request.secret_id)?;
    let absent = || {
        ServiceError::refused(
            "InvalidParameterException",
            "You must provide either SecretString or SecretBinary.",
        )
    };
    let payload = optional_payload(request.secret_string.as_ref(), request.secret_binary.as_ref())?
        .ok_or_else(absent)?;
    let id = request.client_request_token.clone().unwrap_or_else(ids::uuid);
    match secret.versions.get(&id) {
        Some(known) if known.payload == payload => {}
        Some(_) => {
            return Err(ServiceError::refused(
                "ResourceExistsException",
                "You can't use ClientRequestToken because that value is already in use for another version.",
            ));
        }
        None => {
            secret.rotate(&id, Version { payload, created_at: vault.now });
            vault.save(&secret)?;
        }
    }
    Ok(
        json!({ "ARN": secret.arn, "Name": secret.name, "VersionId": id, "VersionStages": secret.stages_of(&id) }),
    )
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetSecretValue {
    secret_id: String,
    version_id: Option<String>,
    version_stage: Option<String>,
}

pub(super) fn get_secret_value(
    vault: &Vault<'_, '_>,
    request: &GetSecretValue,
) -> Result<Value, ServiceError> {
    let secret = vault.get(&request.secret_id)?;
    let stage = request.version_stage.as_deref().unwrap_or(CURRENT);
    let missing = || {
        ServiceError::refused(
            "ResourceNotFoundException",
            format!("Secrets Manager can't find the specified secret value for staging label: {stage}"),
        )
    };
    let id = request.version_id.as_ref().or_else(|| secret.stages.get(stage)).ok_or_else(missing)?;
    let version = secret.versions.get(id).ok_or_else(missing)?;
    let mut answer = json!({
        "ARN": secret.arn, "Name": secret.name, "VersionId": id,
        "VersionStages": secret.stages_of(id), "CreatedDate": epoch_seconds(version.created_at),
    });
    match &version.payload {
        Payload::Text(text) => answer["SecretString"] = json!(text),
        Payload::Binary(binary) => answer["SecretBinary"] = json!(binary),
    }
    Ok(answer)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteSecret {
    secret_id: String,
    recovery_window_in_days: Option<i64>,
    #[serde(default)]
    force_delete_without_recovery: bool,
}

/// Marks the secret; its values are given to nobody until it is restored or gone. One that is marked already stays as it is.
pub(super) fn delete_secret(vault: &Vault<'_, '_>, request: &DeleteSecret) -> Result<Value, ServiceError> {
    let days = request.recovery_window_in_days;
    let refused = |message: &str| Err(ServiceError::refused("InvalidParameterException", message));
    if request.force_delete_without_recovery {
        return refused("ForceDeleteWithoutRecovery is not part of this model.");
    }
    if days.is_some_and(|days| !(7..=30).contains(&days)) {
        return refused("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    let mut secret = vault.get(&request.secret_id)?;
    secret.deleted_at = Some(vault.now);
    vault.save(&secret)?;
    let gone = vault.now.saturating_add(SignedDuration::from_hours(24 * days.unwrap_or(30)));
    let gone = gone.unwrap_or(vault.now);
    Ok(json!({ "ARN": secret.arn, "Name": secret.name, "DeletionDate": epoch_seconds(gone) }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeSecret {
    secret_id: String,
}

pub(super) fn describe_secret(
    vault: &Vault<'_, '_>,
    request: &DescribeSecret,
) -> Result<Value, ServiceError> {
    let secret = vault.get(&request.secret_id)?;
    let versions: BTreeMap<_, _> = secret.versions.keys().map(|id| (id, secret.stages_of(id))).collect();
    let mut answer = json!({
        "ARN": secret.arn, "Name": secret.name, "VersionIdsToStages": versions,
        "CreatedDate": epoch_seconds(secret.created_at), "LastChangedDate": epoch_seconds(secret.changed_at),
    });
    if let Some(description) = secret.description {
        answer["Description"] = json!(description);
    }
    Ok(answer)
}

/// Makes or changes a secret for the owner of the models.
pub(super) fn put(vault: &Vault<'_, '_>, name: &str, value: &str) -> Result<(), ServiceError> {
    let mut secret = match vault.find(name)? {
        Some(secret) => secret,
        None => vault.new_secret(name, None)?,
    };
    let payload = optional_payload(Some(&value.to_owned()), None)?;
    if let Some(payload) =
        payload.filter(|payload| secret.current().is_none_or(|current| current.payload != *payload))
    {
        secret.rotate(&ids::uuid(), Version { payload, created_at: vault.now });
        vault.save(&secret)?;
    }
    Ok(())
}
