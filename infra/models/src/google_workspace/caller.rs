//! Who calls, and whether they may: <https://developers.google.com/workspace/admin/directory/v1/guides/authorizing>.

use jiff::Timestamp;

use super::{
    directory::{CUSTOMERS, Directory},
    entity::Customer,
    refused, token,
};
use crate::{
    error::ServiceError,
    rest::{Request, Route},
    storage::Rows,
};

/// The directory that the caller's token opens for an operation.
pub(super) fn directory<'r, 'c>(
    rows: &'r Rows<'c>,
    (route, request): (&Route, &Request<'_>),
    now: Timestamp,
) -> Result<Directory<'r, 'c>, ServiceError> {
    let text = request.bearer().ok_or_else(|| ServiceError::new(401, "required", "Login Required."))?;
    let token = token::find(rows, text, now)?.ok_or_else(unknown_token)?;
    if !route.allowed.iter().any(|scope| token.scopes.contains(*scope)) {
        let message = "Request had insufficient authentication scopes.";
        return Err(ServiceError::new(403, "insufficientPermissions", message));
    }
    // A service account by itself is no administrator of anything.
    let (customer, admin) = token.user.ok_or_else(refused::forbidden)?;
    let customer: Customer = rows.find(CUSTOMERS, &customer)?.ok_or_else(unknown_token)?;
    if !customer.api_access {
        return Err(ServiceError::new(403, "domainCannotUseApis", "Domain cannot use apis."));
    }
    let directory = Directory::open(rows, customer, now)?;
    // A user who is suspended or gone takes the tokens along.
    let admin = directory.find_user(&admin)?.filter(|admin| !admin.suspended).ok_or_else(unknown_token)?;
    if admin.is_admin { Ok(directory) } else { Err(refused::forbidden()) }
}

fn unknown_token() -> ServiceError {
    ServiceError::new(401, "authError", "Invalid Credentials")
}
