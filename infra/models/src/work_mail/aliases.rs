//! Further addresses of a user.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{directory::Directory, rules};
use crate::error::ServiceError;

const MOST_ALIASES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EntityAlias {
    organization_id: String,
    entity_id: String,
    alias: String,
}

pub(super) fn create_alias(
    directory: &Directory<'_, '_>,
    request: &EntityAlias,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let address = rules::check_email(&organization, &request.alias)?;
    let mut user = directory.get_enabled_user(&organization.id, &request.entity_id)?;
    if user.addresses().any(|held| *held == address) {
        return Err(ServiceError::refused(
            "EmailAddressInUseException",
            "The entity already has this email address.",
        ));
    }
    if user.aliases.len() >= MOST_ALIASES {
        return Err(ServiceError::refused(
            "LimitExceededException",
            "The request exceeds the limit of the resource.",
        ));
    }
    directory.take_address(&user, &address)?;
    user.aliases.push(address);
    directory.save(&user)?;
    directory.count("CreateAlias")?;
    Ok(json!({}))
}

/// Deleting an alias the user does not have succeeds.
pub(super) fn delete_alias(
    directory: &Directory<'_, '_>,
    request: &EntityAlias,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let mut user = directory.get_user(&request.organization_id, &request.entity_id)?;
    let address = request.alias.to_ascii_lowercase();
    if let Some(position) = user.aliases.iter().position(|alias| *alias == address) {
        user.aliases.remove(position);
        directory.release_address(&user, &address)?;
        directory.save(&user)?;
        directory.count("DeleteAlias")?;
    }
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListAliases {
    organization_id: String,
    entity_id: String,
}

/// All aliases on one page: a user has at most 100.
pub(super) fn list_aliases(
    directory: &Directory<'_, '_>,
    request: &ListAliases,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let user = directory.get_user(&request.organization_id, &request.entity_id)?;
    Ok(json!({ "Aliases": user.aliases }))
}
