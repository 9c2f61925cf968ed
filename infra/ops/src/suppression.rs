//! Addresses that get no mails: whether one is among them, and letting mails go to it again.

use vestibule_auth::{Actor, SystemTask};
use vestibule_domain::{Email, World};
use vestibule_store::{Store, Suppression};

use crate::OpsError;

/// Why an address gets no mails, if it gets none.
pub async fn find_suppression(store: &Store, address: &Email) -> Result<Option<Suppression>, OpsError> {
    Ok(store.platform().find_suppression(&store.sealer().address_key(address)).await?)
}

/// Lets mails go to an address again; false when they did.
pub async fn lift_suppression(store: &Store, address: &Email, world: &World) -> Result<bool, OpsError> {
    let (key, operator) = (store.sealer().address_key(address), Actor::System(SystemTask::Operator));
    Ok(store.platform().lift_suppression(&key, &operator, world).await?)
}
