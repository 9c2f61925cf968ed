//! Deleted users, for 30 days: <https://learn.microsoft.com/graph/api/resources/directory>.

use serde_json::{Value, json};

use super::{
    directory::Directory,
    licenses, list,
    refused::Refused,
    users::{answer, object},
};
use crate::rest::{Answer, Request};

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-list>.
pub(super) fn list(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let users = directory.users()?.into_iter().filter(|user| directory.is_restorable(user));
    list::users_page(request, "directory/deletedItems/microsoft.graph.user", users)
}

pub(super) fn get(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let select = list::selected(request)?;
    let user = directory.get_deleted_user(request.key(0))?;
    Ok(Answer::ok(answer(user.view(select.as_deref()))))
}

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>: refused when somebody has the name or an address
/// meanwhile. With `autoReconcileProxyAddresses` it goes without those addresses, but never without the name.
pub(super) fn restore(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let sent = if request.body.is_empty() { serde_json::Map::new() } else { object(request)? };
    let reconciles = sent.get("autoReconcileProxyAddresses").and_then(Value::as_bool).unwrap_or_default();
    let before = directory.get_deleted_user(request.key(0))?;
    let mut user = before.clone();
    user.deleted_at = None;
    if reconciles {
        let mut kept = Vec::new();
        for proxy in &user.proxy_addresses {
            let address = proxy.split_once(':').map_or("", |(_, address)| address).to_lowercase();
            if directory.conflict(&user.id, &address)?.is_none() {
                kept.push(proxy.clone());
            }
        }
        user.proxy_addresses = kept;
    }
    // Licences that others have by now are not given again.
    let mut licenses = Vec::new();
    for license in &user.licenses {
        let sku = directory.tenant.sku(&license.sku_id);
        if sku.map(|sku| licenses::is_left(directory, sku, &user.id)).transpose()?.unwrap_or_default() {
            licenses.push(license.clone());
        }
    }
    user.licenses = licenses;
    directory.save(Some(&before), &user)?;
    directory.count("RestoreDeletedUser")?;
    let mut body = user.view(None);
    body.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    Ok(Answer::ok(answer(body)))
}

/// <https://learn.microsoft.com/graph/api/directory-deleteditems-delete>: for good.
pub(super) fn purge(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let user = directory.get_deleted_user(request.key(0))?;
    directory.purge(&user)?;
    directory.count("PurgeDeletedUser")?;
    Ok(Answer::no_content())
}
