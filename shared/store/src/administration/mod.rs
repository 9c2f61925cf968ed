//! What belongs to the platform: who administers it, and what they did. Reached only with a `PlatformScope`.

mod access;
mod audit;
mod grants;

use vestibule_auth::PlatformScope;

use crate::Store;

pub use access::PlatformAccess;
pub use grants::{Appointee, Appointment, Granted};
#[cfg(test)]
pub(crate) use grants::{NameHolder, SuperAdmins};

/// Reads and commands of the platform.
#[derive(Debug, Clone, Copy)]
pub struct Administration<'a> {
    pub(crate) store: &'a Store,
    pub(crate) scope: &'a PlatformScope,
}

impl<'a> Administration<'a> {
    pub(crate) fn new(store: &'a Store, scope: &'a PlatformScope) -> Self {
        Self { store, scope }
    }
}
