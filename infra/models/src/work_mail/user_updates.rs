//! Changing a user's data and password.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    directory::Directory,
    entity::{User, UserRole},
    rules,
};
use crate::error::ServiceError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct UpdateUser {
    organization_id: String,
    user_id: String,
    role: Option<UserRole>,
    display_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    hidden_from_global_address_list: Option<bool>,
    identity_provider_user_id: Option<String>,
}

pub(super) fn update_user(
    directory: &Directory<'_, '_>,
    request: &UpdateUser,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let names = [
        ("DisplayName", &request.display_name),
        ("FirstName", &request.first_name),
        ("LastName", &request.last_name),
    ];
    for (field, text) in names {
        text.as_ref().map_or(Ok(()), |text| rules::check_text(field, text))?;
    }
    let mut user = directory.get_user(&request.organization_id, &request.user_id)?;
    apply(&mut user, request);
    directory.save(&user)?;
    directory.count("UpdateUser")?;
    Ok(json!({}))
}

fn apply(user: &mut User, request: &UpdateUser) {
    user.role = request.role.unwrap_or(user.role);
    user.hidden = request.hidden_from_global_address_list.unwrap_or(user.hidden);
    if let Some(display_name) = &request.display_name {
        user.display_name.clone_from(display_name);
    }
    user.first_name = request.first_name.clone().or(user.first_name.take());
    user.last_name = request.last_name.clone().or(user.last_name.take());
    user.identity_provider_user_id =
        request.identity_provider_user_id.clone().or(user.identity_provider_user_id.take());
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ResetPassword {
    organization_id: String,
    user_id: String,
    password: String,
}

pub(super) fn reset_password(
    directory: &Directory<'_, '_>,
    request: &ResetPassword,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let mut user = directory.get_enabled_user(&request.organization_id, &request.user_id)?;
    rules::check_password(&request.password)?;
    user.set_password(&request.password);
    directory.save(&user)?;
    directory.count("ResetPassword")?;
    Ok(json!({}))
}
