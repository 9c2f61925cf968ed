//! Where answers to people who have not signed in are kept: under what only they and we know.

use vestibule_auth::TokenDigest;
use vestibule_domain::UserId;
use vestibule_store::AddressKey;

/// The answers to requests of a kind about an address. It stands there as its blind index.
pub(crate) fn of_address(kind: &str, address: &AddressKey) -> String {
    format!("address.{kind}.{address}")
}

/// The answers to sign-ins of a person whose password was right. Not under the address: it may become another's.
pub(crate) fn of_sign_in(user: UserId) -> String {
    format!("sign-in.{user}")
}

/// Requests that name an administrator, whether or not there is one; the name stands there as its blind index.
pub(crate) fn of_user_name(index: &AddressKey) -> String {
    format!("user-name@{index}")
}

/// The answers to whoever follows a mailed link of a kind.
pub(crate) fn of_link(kind: &str, token: &TokenDigest) -> String {
    format!("link.{kind}.{}", token.as_str())
}

/// The answers to whoever has the ticket of a first factor.
pub(crate) fn of_ticket(user: UserId) -> String {
    format!("ticket.{user}")
}

/// The answers to whoever comes back from a provider; `attempt` is the blind index of what was begun.
pub(crate) fn of_attempt(attempt: &str) -> String {
    format!("attempt.{attempt}")
}
