//! Enabling and disabling users, and their primary addresses.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    directory::Directory,
    entity::{Mailbox, User, UserState},
    rules,
};
use crate::error::ServiceError;

/// How long the mailbox of a deregistered user is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct EntityAddress {
    organization_id: String,
    entity_id: String,
    email: String,
}

/// Registering an enabled user with the address it has changes nothing; with another it is refused.
pub(super) fn register_to_work_mail(
    directory: &Directory<'_, '_>,
    request: &EntityAddress,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let address = rules::check_email(&organization, &request.email)?;
    let mut user = directory.get_user(&organization.id, &request.entity_id)?;
    if user.state == UserState::Enabled {
        if user.email.as_ref() == Some(&address) {
            return Ok(json!({}));
        }
        return Err(ServiceError::refused(
            "EntityAlreadyRegisteredException",
            "The user, group, or resource that you're trying to register is already registered.",
        ));
    }
    directory.take_address(&user, &address)?;
    user.state = UserState::Enabled;
    user.email = Some(address);
    user.enabled_at = Some(directory.now);
    user.mailbox = Some(mailbox_for(&user, directory.now));
    directory.save(&user)?;
    directory.count("RegisterToWorkMail")?;
    Ok(json!({}))
}

/// The user's own mailbox when it is still kept, a new one otherwise.
fn mailbox_for(user: &User, now: Timestamp) -> Mailbox {
    let is_kept = |mailbox: &Mailbox| mailbox.deprovisioned_at.is_none_or(|at| now.duration_since(at) < KEPT);
    match &user.mailbox {
        Some(mailbox) if is_kept(mailbox) => Mailbox { deprovisioned_at: None, ..mailbox.clone() },
        _ => Mailbox { provisioned_at: now, deprovisioned_at: None },
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeregisterFromWorkMail {
    organization_id: String,
    entity_id: String,
}

/// Frees the addresses and keeps the mailbox.
pub(super) fn deregister_from_work_mail(
    directory: &Directory<'_, '_>,
    request: &DeregisterFromWorkMail,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let mut user = directory.get_enabled_user(&request.organization_id, &request.entity_id)?;
    for address in user.addresses() {
        directory.release_address(&user, address)?;
    }
    user.email = None;
    user.aliases.clear();
    user.state = UserState::Disabled;
    user.disabled_at = Some(directory.now);
    if let Some(mailbox) = &mut user.mailbox {
        mailbox.deprovisioned_at = Some(directory.now);
    }
    directory.save(&user)?;
    directory.count("DeregisterFromWorkMail")?;
    Ok(json!({}))
}

/// The new address becomes the primary one; an alias that is promoted stops being an alias.
pub(super) fn update_primary_email_address(
    directory: &Directory<'_, '_>,
    request: &EntityAddress,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let address = rules::check_email(&organization, &request.email)?;
    let mut user = directory.get_enabled_user(&organization.id, &request.entity_id)?;
    if user.email.as_ref() == Some(&address) {
        return Ok(json!({}));
    }
    directory.take_address(&user, &address)?;
    if let Some(former) = &user.email {
        directory.release_address(&user, former)?;
    }
    user.aliases.retain(|alias| *alias != address);
    user.email = Some(address);
    directory.save(&user)?;
    directory.count("UpdatePrimaryEmailAddress")?;
    Ok(json!({}))
}
