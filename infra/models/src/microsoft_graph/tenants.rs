//! The tenant and its domains: <https://learn.microsoft.com/graph/api/domain-list> and
//! <https://learn.microsoft.com/graph/api/organization-list>.

use serde_json::{Value, json};

use super::{directory::Directory, entity::Domain, refused::Refused};
use crate::rest::{Answer, Request, timestamp};

/// The domain's name is its id.
fn view(domain: &Domain) -> Value {
    json!({
        "id": domain.name, "authenticationType": "Managed", "isAdminManaged": true, "isDefault": domain.default,
        "isInitial": domain.default, "isRoot": true, "isVerified": domain.verified,
        "supportedServices": if domain.verified { json!(["Email", "OfficeCommunicationsOnline"]) } else { json!([]) },
    })
}

#[expect(clippy::unnecessary_wraps, reason = "an operation like all others")]
pub(super) fn domains(directory: &Directory<'_, '_>, _: &Request<'_>) -> Result<Answer, Refused> {
    let domains: Vec<_> = directory.tenant.domains.iter().map(view).collect();
    let context = "https://graph.microsoft.com/v1.0/$metadata#domains";
    Ok(Answer::ok(json!({ "@odata.context": context, "value": domains })))
}

pub(super) fn domain(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, Refused> {
    let name = request.key(0);
    let domain = directory.tenant.domain(name).ok_or_else(|| Refused::not_found(name))?;
    Ok(Answer::ok(view(domain)))
}

/// The one tenant, with the domains that are verified.
#[expect(clippy::unnecessary_wraps, reason = "an operation like all others")]
pub(super) fn organization(directory: &Directory<'_, '_>, _: &Request<'_>) -> Result<Answer, Refused> {
    let tenant = &directory.tenant;
    let verified = tenant.domains.iter().filter(|domain| domain.verified).map(|domain| {
        json!({ "name": domain.name, "type": "Managed", "isDefault": domain.default, "isInitial": domain.default,
            "capabilities": "Email, OfficeCommunicationsOnline" })
    });
    let value = json!({
        "id": tenant.id, "displayName": tenant.domains.first().map(|domain| &domain.name),
        "createdDateTime": timestamp(tenant.created_at), "verifiedDomains": verified.collect::<Vec<_>>(),
    });
    let context = "https://graph.microsoft.com/v1.0/$metadata#organization";
    Ok(Answer::ok(json!({ "@odata.context": context, "value": [value] })))
}
