//! Making and deleting users.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    directory::{Directory, wrong_state},
    entity::{Mailbox, User, UserRole, UserState},
    rules,
};
use crate::{error::ServiceError, ids};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateUser {
    organization_id: String,
    name: String,
    display_name: String,
    password: Option<String>,
    role: Option<UserRole>,
    first_name: Option<String>,
    last_name: Option<String>,
    #[serde(default)]
    hidden_from_global_address_list: bool,
    identity_provider_user_id: Option<String>,
}

pub(super) fn create_user(
    directory: &Directory<'_, '_>,
    request: &CreateUser,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    rules::check_user_name(&request.name)?;
    let names = [
        ("DisplayName", Some(&request.display_name)),
        ("FirstName", request.first_name.as_ref()),
        ("LastName", request.last_name.as_ref()),
    ];
    for (field, text) in names {
        text.map_or(Ok(()), |text| rules::check_text(field, text))?;
    }
    if let Some(password) = &request.password {
        rules::check_password(password)?;
    }
    let mut user = new_user(directory, &request.organization_id, &request.name, &request.display_name);
    user.first_name.clone_from(&request.first_name);
    user.last_name.clone_from(&request.last_name);
    user.hidden = request.hidden_from_global_address_list;
    user.identity_provider_user_id.clone_from(&request.identity_provider_user_id);
    user.role = request.role.unwrap_or(UserRole::User);
    if let Some(password) = &request.password {
        user.set_password(password);
    }
    directory.take_name(&user)?;
    directory.save(&user)?;
    directory.count("CreateUser")?;
    Ok(json!({ "UserId": user.id }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteUser {
    organization_id: String,
    user_id: String,
}

/// The operation's error list has no `EntityNotFoundException`: deleting a user who is gone succeeds.
pub(super) fn delete_user(
    directory: &Directory<'_, '_>,
    request: &DeleteUser,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let Some(user) = directory.find_user(&request.organization_id, &request.user_id)? else {
        return Ok(json!({}));
    };
    if user.state == UserState::Enabled {
        return Err(wrong_state("The entity must be disabled before it can be deleted."));
    }
    directory.remove(&user)?;
    directory.count("DeleteUser")?;
    Ok(json!({}))
}

/// An enabled user with a mailbox and address, made without the API; not counted as a mutation.
pub(super) fn add_foreign_user(
    directory: &Directory<'_, '_>,
    organization: &str,
    name: &str,
    email: &str,
) -> Result<String, ServiceError> {
    let address = rules::check_email(&directory.organization(organization)?, email)?;
    let mut user = new_user(directory, organization, name, name);
    user.state = UserState::Enabled;
    user.enabled_at = Some(directory.now);
    user.mailbox = Some(Mailbox { provisioned_at: directory.now, deprovisioned_at: None });
    directory.take_name(&user)?;
    directory.take_address(&user, &address)?;
    user.email = Some(address);
    directory.save(&user)?;
    Ok(user.id)
}

fn new_user(directory: &Directory<'_, '_>, organization: &str, name: &str, display_name: &str) -> User {
    User {
        id: ids::uuid(),
        organization: organization.to_owned(),
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        first_name: None,
        last_name: None,
        identity_provider_user_id: None,
        hidden: false,
        role: UserRole::User,
        state: UserState::Disabled,
        email: None,
        aliases: Vec::new(),
        permissions: Vec::new(),
        mailbox: None,
        enabled_at: None,
        disabled_at: None,
        created_at: directory.now,
        password: None,
    }
}
