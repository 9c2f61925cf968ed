//! The customer's domains: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/domains>.

use serde_json::{Value, json};

use super::{directory::Directory, entity::Domain, refused};
use crate::{
    error::ServiceError,
    rest::{Answer, Request},
};

/// `creationTime` is in milliseconds since the epoch, as a text.
fn view(domain: &Domain) -> Value {
    json!({
        "kind": "admin#directory#domain", "etag": "\"domain\"", "domainName": domain.name,
        "isPrimary": domain.primary, "verified": domain.verified,
        "creationTime": domain.created_at.as_millisecond().to_string(),
    })
}

fn check_customer(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<(), ServiceError> {
    let known = request.key(0) == "my_customer" || request.key(0) == directory.customer.id;
    if known { Ok(()) } else { Err(refused::forbidden()) }
}

pub(super) fn list(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    check_customer(directory, request)?;
    let domains: Vec<_> = directory.customer.domains.iter().map(view).collect();
    Ok(Answer::ok(json!({ "kind": "admin#directory#domains", "etag": "\"domains\"", "domains": domains })))
}

pub(super) fn get(directory: &Directory<'_, '_>, request: &Request<'_>) -> Result<Answer, ServiceError> {
    check_customer(directory, request)?;
    let domain = directory.customer.domain(request.key(1));
    domain.map_or_else(
        || Err(ServiceError::new(404, "notFound", "Domain not found.")),
        |domain| Ok(Answer::ok(view(domain))),
    )
}
