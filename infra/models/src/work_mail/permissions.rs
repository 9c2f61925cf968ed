//! Rights of others in a user's mailbox:
//! <https://docs.aws.amazon.com/workmail/latest/APIReference/API_PutMailboxPermissions.html>.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::directory::Directory;
use crate::error::ServiceError;

/// What one user may do in another's mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxPermission {
    /// The id of the user who may.
    pub grantee: String,
    /// What: `FULL_ACCESS`, `SEND_AS`, `SEND_ON_BEHALF`.
    pub values: Vec<String>,
}

const VALUES: [&str; 3] = ["FULL_ACCESS", "SEND_AS", "SEND_ON_BEHALF"];
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutMailboxPermissions {
    organization_id: String,
    entity_id: String,
    grantee_id: String,
    permission_values: Vec<String>,
}

/// "This replaces any pre-existing permissions" of that grantee. Both need a mailbox in use.
pub(super) fn put_mailbox_permissions(
    directory: &Directory<'_, '_>,
    request: &PutMailboxPermissions,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let values = &request.permission_values;
    if values.iter().any(|value| !VALUES.contains(&value.as_str())) {
        let message = "One or more of the input parameters don't match the service's restrictions.";
        return Err(ServiceError::refused("InvalidParameterException", message));
    }
    let mut owner = directory.get_enabled_user(&organization.id, &request.entity_id)?;
    let grantee = directory.get_enabled_user(&organization.id, &request.grantee_id)?.id;
    owner.permissions.retain(|held| held.grantee != grantee);
    if !values.is_empty() {
        owner.permissions.push(MailboxPermission { grantee, values: values.clone() });
    }
    directory.save(&owner)?;
    directory.count("PutMailboxPermissions")?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the names are the API's")]
pub(super) struct DeleteMailboxPermissions {
    organization_id: String,
    entity_id: String,
    grantee_id: String,
}

/// Of a grantee without any it changes nothing.
pub(super) fn delete_mailbox_permissions(
    directory: &Directory<'_, '_>,
    request: &DeleteMailboxPermissions,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let mut owner = directory.get_user(&organization.id, &request.entity_id)?;
    let grantee = directory.get_user(&organization.id, &request.grantee_id)?.id;
    let before = owner.permissions.len();
    owner.permissions.retain(|held| held.grantee != grantee);
    if owner.permissions.len() < before {
        directory.save(&owner)?;
        directory.count("DeleteMailboxPermissions")?;
    }
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListMailboxPermissions {
    organization_id: String,
    entity_id: String,
    next_token: Option<String>,
    max_results: Option<usize>,
}

pub(super) fn list_mailbox_permissions(
    directory: &Directory<'_, '_>,
    request: &ListMailboxPermissions,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let owner = directory.get_user(&organization.id, &request.entity_id)?;
    let from = request.next_token.as_deref().map_or(Ok(0), str::parse::<usize>);
    let invalid = |_| ServiceError::refused("InvalidParameterException", "The token is not valid.");
    let from = from.map_err(invalid)?;
    let most = request.max_results.unwrap_or(MOST).clamp(1, MOST);
    let view = |held: &MailboxPermission| json!({ "GranteeId": held.grantee, "GranteeType": "USER", "PermissionValues": held.values });
    let page: Vec<_> = owner.permissions.iter().skip(from).take(most).map(view).collect();
    let next = (from + page.len() < owner.permissions.len()).then(|| (from + page.len()).to_string());
    Ok(json!({ "Permissions": page, "NextToken": next }))
}
