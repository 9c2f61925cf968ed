//! Reading users, entities and the organization.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    directory::Directory,
    entity::{User, UserState},
};
use crate::{error::ServiceError, wire::epoch_seconds};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeUser {
    organization_id: String,
    user_id: String,
}

pub(super) fn describe_user(
    directory: &Directory<'_, '_>,
    request: &DescribeUser,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let user = directory.get_user(&request.organization_id, &request.user_id)?;
    let mut view = summary(&user);
    let mailbox = user.mailbox.as_ref();
    let optional = [
        ("FirstName", user.first_name.as_ref().map(|name| json!(name))),
        ("LastName", user.last_name.as_ref().map(|name| json!(name))),
        ("IdentityProviderUserId", user.identity_provider_user_id.as_ref().map(|id| json!(id))),
        ("MailboxProvisionedDate", mailbox.map(|mailbox| epoch_seconds(mailbox.provisioned_at))),
        ("MailboxDeprovisionedDate", mailbox.and_then(|mailbox| mailbox.deprovisioned_at).map(epoch_seconds)),
    ];
    view.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    view.insert("HiddenFromGlobalAddressList".to_owned(), json!(user.hidden));
    view.remove("Id").map(|id| view.insert("UserId".to_owned(), id));
    Ok(Value::Object(view))
}

/// The members that `ListUsers` shows of each user.
fn summary(user: &User) -> Map<String, Value> {
    let members = [
        ("Id", Some(json!(user.id))),
        ("Name", Some(json!(user.name))),
        ("DisplayName", Some(json!(user.display_name))),
        ("State", Some(json!(user.state))),
        ("UserRole", Some(json!(user.role))),
        ("Email", user.email.as_ref().map(|email| json!(email))),
        ("EnabledDate", user.enabled_at.map(epoch_seconds)),
        ("DisabledDate", user.disabled_at.map(epoch_seconds)),
    ];
    members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeEntity {
    organization_id: String,
    email: String,
}

pub(super) fn describe_entity(
    directory: &Directory<'_, '_>,
    request: &DescribeEntity,
) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let missing = || ServiceError::refused("EntityNotFoundException", "No entity has this email address.");
    let owner = directory
        .address_owner(&request.organization_id, &request.email.to_lowercase())?
        .ok_or_else(missing)?;
    let user = directory.get_user(&request.organization_id, &owner)?;
    Ok(json!({ "EntityId": user.id, "Name": user.name, "Type": "USER" }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeOrganization {
    organization_id: String,
}

pub(super) fn describe_organization(
    directory: &Directory<'_, '_>,
    request: &DescribeOrganization,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let options = directory.options;
    Ok(json!({
        "OrganizationId": organization.id,
        "Alias": organization.default_domain().split('.').next(),
        "State": "Active",
        "DirectoryId": format!("d-{}", &organization.id[2..12]),
        "DirectoryType": "VpcDirectory",
        "DefaultMailDomain": organization.default_domain(),
        "CompletedDate": epoch_seconds(organization.created_at),
        "ARN": format!("arn:aws:workmail:{}:{}:organization/{}", options.region, options.account_id, organization.id),
        "InteroperabilityEnabled": false,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetMailDomain {
    organization_id: String,
    domain_name: String,
}

pub(super) fn get_mail_domain(
    directory: &Directory<'_, '_>,
    request: &GetMailDomain,
) -> Result<Value, ServiceError> {
    let organization = directory.organization(&request.organization_id)?;
    let named = |domain: &&super::entity::Domain| domain.name.eq_ignore_ascii_case(&request.domain_name);
    let missing = || {
        let message = "The domain specified is not found in your organization.";
        ServiceError::refused("MailDomainNotFoundException", message)
    };
    let domain = organization.domains.iter().find(named).ok_or_else(missing)?;
    let status = if domain.verified { "VERIFIED" } else { "PENDING" };
    Ok(json!({
        "Records": [],
        "IsTestDomain": false,
        "IsDefault": domain.name == organization.default_domain(),
        "OwnershipVerificationStatus": status,
        "DkimVerificationStatus": status,
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListUsers {
    organization_id: String,
    next_token: Option<String>,
    max_results: Option<usize>,
    #[serde(default)]
    filters: Filters,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filters {
    username_prefix: Option<String>,
    display_name_prefix: Option<String>,
    primary_email_prefix: Option<String>,
    identity_provider_user_id_prefix: Option<String>,
    state: Option<String>,
}

/// Pages of at most 100 users in the order of their ids; the token is the last id shown.
pub(super) fn list_users(directory: &Directory<'_, '_>, request: &ListUsers) -> Result<Value, ServiceError> {
    directory.organization(&request.organization_id)?;
    let size = request.max_results.unwrap_or(100);
    if !(1..=100).contains(&size) || request.filters.given() > 1 {
        return Err(ServiceError::refused(
            "InvalidParameterException",
            "MaxResults must be 1 to 100, and only one filter may be given.",
        ));
    }
    let after = request.next_token.as_deref().unwrap_or_default();
    let mut users = directory.users(&request.organization_id)?;
    users.retain(|user| user.id.as_str() > after && request.filters.accepts(user));
    let more = users.len() > size;
    users.truncate(size);
    let mut page = json!({ "Users": users.iter().map(summary).collect::<Vec<_>>() });
    if let Some(last) = users.last().filter(|_| more) {
        page["NextToken"] = json!(last.id);
    }
    Ok(page)
}

impl Filters {
    fn prefixes(&self) -> [&Option<String>; 4] {
        [
            &self.username_prefix,
            &self.display_name_prefix,
            &self.primary_email_prefix,
            &self.identity_provider_user_id_prefix,
        ]
    }

    fn given(&self) -> usize {
        self.prefixes().iter().filter(|prefix| prefix.is_some()).count() + usize::from(self.state.is_some())
    }

    fn accepts(&self, user: &User) -> bool {
        let values = [
            Some(&user.name),
            Some(&user.display_name),
            user.email.as_ref(),
            user.identity_provider_user_id.as_ref(),
        ];
        let starts = |prefix: &String, value: Option<&String>| {
            value.is_some_and(|value| value.to_lowercase().starts_with(&prefix.to_lowercase()))
        };
        let prefixed = self
            .prefixes()
            .into_iter()
            .zip(values)
            .all(|(prefix, value)| prefix.as_ref().is_none_or(|prefix| starts(prefix, value)));
        let state = match user.state {
            UserState::Enabled => "ENABLED",
            UserState::Disabled => "DISABLED",
        };
        prefixed && self.state.as_ref().is_none_or(|wanted| wanted == state)
    }
}
