//! Subscriptions and their licences: <https://learn.microsoft.com/graph/api/user-assignlicense> and
//! <https://learn.microsoft.com/graph/api/subscribedsku-list>.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    directory::Directory,
    entity::GraphSku,
    refused::Refused,
    user::{GraphLicense, GraphUser},
    users::answer,
};
use crate::{
    error::CloudError,
    rest::{Answer, Request},
};

/// Both collections are required, even if there is nothing in them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assignment {
    add_licenses: Vec<GraphLicense>,
    remove_licenses: Vec<String>,
}

/// How many licences of a subscription users have; deleted users have none.
fn consumed(directory: &Directory<'_, '_>, sku: &GraphSku, except: &str) -> Result<u32, CloudError> {
    let has = |user: &GraphUser| {
        let live = user.deleted_at.is_none() && user.id != except;
        live && user.licenses.iter().any(|license| license.sku_id == sku.sku_id)
    };
    let users = directory.users()?.iter().filter(|user| has(user)).count();
    Ok(u32::try_from(users).unwrap_or(u32::MAX))
}

/// Whether the user may have one more of it; one that the user has already is no more.
pub(super) fn is_left(directory: &Directory<'_, '_>, sku: &GraphSku, user: &str) -> Result<bool, CloudError> {
    Ok(consumed(directory, sku, user)? < sku.enabled)
}

/// A usage location comes first: "Required for users that are assigned licenses". The messages are those of the service.
pub(super) fn assign(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let unreadable = |_| {
        Refused::bad_request("The parameters 'addLicenses' and 'removeLicenses' are required collections.")
    };
    let asked: Assignment = serde_json::from_slice(request.body).map_err(unreadable)?;
    let before = directory.get_user(request.key(0))?;
    let mut user = before.clone();
    if !asked.add_licenses.is_empty() && user.text("usageLocation").is_none() {
        let message = "License assignment cannot be done for user with invalid usage location.";
        return Err(Refused::bad_request(message));
    }
    for id in &asked.remove_licenses {
        take_away(&mut user, id)?;
    }
    for license in asked.add_licenses {
        give(directory, &mut user, license)?;
    }
    set_mailbox(directory, &mut user);
    directory.save(Some(&before), &user)?;
    directory.count("AssignLicense")?;
    let all: Vec<_> = user.properties().keys().cloned().collect();
    Ok(Answer::ok(answer(user.view(Some(&all)))))
}

fn take_away(user: &mut GraphUser, id: &str) -> Result<(), Refused> {
    let at = user.licenses.iter().position(|license| license.sku_id.eq_ignore_ascii_case(id));
    let at = at.ok_or_else(|| Refused::bad_request("User does not have a corresponding license."))?;
    user.licenses.remove(at);
    Ok(())
}

fn give(directory: &Directory<'_, '_>, user: &mut GraphUser, license: GraphLicense) -> Result<(), Refused> {
    let sku = directory.tenant.sku(&license.sku_id).ok_or_else(|| {
        let message = format!("License {} does not correspond to a valid company License.", license.sku_id);
        Refused::bad_request(message)
    })?;
    if !is_left(directory, sku, &user.id)? {
        let message = format!("Subscription with SKU {} does not have any available licenses.", sku.sku_id);
        return Err(Refused::bad_request(message));
    }
    user.licenses.retain(|known| known.sku_id != sku.sku_id);
    user.licenses.push(GraphLicense { sku_id: sku.sku_id.clone(), ..license });
    Ok(())
}

/// A mailbox comes some time after the first licence for one. Without a licence for it no new one comes; one that is there stays
/// for 30 days, which the model does not count.
fn set_mailbox(directory: &Directory<'_, '_>, user: &mut GraphUser) {
    let tenant = &directory.tenant;
    let due = |license: &GraphLicense| tenant.sku(&license.sku_id).is_some_and(|sku| sku.mailbox);
    let licensed = user.licenses.iter().any(due);
    user.licensed_at = licensed.then(|| user.licensed_at.unwrap_or(directory.now));
}

pub(super) fn list(directory: &Directory<'_, '_>, _: &Request<'_>) -> Result<Answer, Refused> {
    let mut skus = Vec::new();
    for sku in &directory.tenant.skus {
        skus.push(view(directory, sku)?);
    }
    let context = "https://graph.microsoft.com/v1.0/$metadata#subscribedSkus";
    Ok(Answer::ok(json!({ "@odata.context": context, "value": skus })))
}

fn view(directory: &Directory<'_, '_>, sku: &GraphSku) -> Result<Value, CloudError> {
    Ok(json!({
        "id": format!("{}_{}", directory.tenant.id, sku.sku_id), "skuId": sku.sku_id, "skuPartNumber": sku.part_number,
        "accountId": directory.tenant.id, "appliesTo": "User", "capabilityStatus": "Enabled",
        "consumedUnits": consumed(directory, sku, "")?,
        "prepaidUnits": { "enabled": sku.enabled, "suspended": 0, "warning": 0, "lockedOut": 0 },
        "servicePlans": if sku.mailbox {
            json!([{ "servicePlanId": "9aaf7827-d63c-4b61-89c3-182f06f82e5c", "servicePlanName": "EXCHANGE_S_STANDARD",
                "provisioningStatus": "Success", "appliesTo": "User" }])
        } else {
            json!([])
        },
    }))
}
