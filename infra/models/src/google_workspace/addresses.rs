//! Which addresses a customer may give.

use super::{directory::Directory, refused};
use crate::error::ServiceError;

/// An address on a verified domain of the customer, in lower case. `what` names the member that has it.
///
/// "Google Workspace supports only the following characters" in user names: letters, digits, dashes, underscores, apostrophes
/// and periods (<https://support.google.com/a/answer/9193374>), at most 64.
pub(super) fn check(
    directory: &Directory<'_, '_>,
    what: &str,
    address: &str,
) -> Result<String, ServiceError> {
    let parts = address.split_once('@').filter(|(local, _)| is_local_part(local));
    let (_, domain) = parts.ok_or_else(|| refused::invalid(what))?;
    match directory.customer.domain(domain) {
        Some(domain) if domain.verified => Ok(address.to_lowercase()),
        Some(_) => Err(refused::invalid(what)),
        None if super::directory::find_customer(directory.rows, domain)?.is_some() => {
            Err(refused::forbidden())
        }
        None => Err(ServiceError::new(404, "notFound", "Domain not found.")),
    }
}

fn is_local_part(local: &str) -> bool {
    (1..=64).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_'.".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}
