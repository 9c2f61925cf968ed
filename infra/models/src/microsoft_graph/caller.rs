//! Who calls, and whether they may.

use jiff::{SignedDuration, Timestamp};

use super::{
    directory::{Directory, find_tenant},
    refused::Refused,
    token,
};
use crate::{
    rest::{Request, Route},
    storage::Rows,
};

/// The directory that the caller's token opens for an operation.
pub(super) fn directory<'r, 'c>(
    rows: &'r Rows<'c>,
    (route, request): (&Route, &Request<'_>),
    now: Timestamp,
) -> Result<Directory<'r, 'c>, Refused> {
    let unauthorized = |message: &str| Refused::new(401, "InvalidAuthenticationToken", message);
    let text = request.bearer().ok_or_else(|| unauthorized("Access token is empty."))?;
    let token = token::find(rows, text)?.ok_or_else(|| unauthorized("Access token validation failure."))?;
    if now.duration_until(token.expires_at) <= SignedDuration::ZERO {
        return Err(unauthorized("Lifetime validation failed, the token is expired."));
    }
    if !route.allowed.iter().any(|permission| token.permissions.contains(*permission)) {
        return Err(Refused::denied());
    }
    let tenant = find_tenant(rows, &token.tenant)?;
    let tenant = tenant.ok_or_else(|| unauthorized("Access token validation failure."))?;
    Ok(Directory { permissions: token.permissions, ..Directory::open(rows, tenant, now)? })
}
