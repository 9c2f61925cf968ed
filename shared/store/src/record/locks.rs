//! Uniqueness locks: an address belongs to one job at a time, across all tenants of a domain.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use vestibule_domain::{Address, JobId};

use crate::{
    Conflict, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{key_row, text, to_row},
    engine::keys,
    engine::kinds::Kind,
};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct AddressLock {
    pub(crate) job: JobId,
}

impl Command {
    /// Takes the address for `job`; taking it twice is the same as once.
    pub(crate) fn reserving(self, address: &Address, job: JobId) -> Result<Self, StoreError> {
        let row = to_row(&keys::address(address), Kind::Address, &AddressLock { job })?;
        let free = Action::put(row).when("attribute_not_exists(PK) OR job = :job");
        Ok(self.and(free.value(":job", text(job.to_string())), Conflict::AddressTaken))
    }

    /// Gives the address back if `job` holds it or nobody does.
    pub(crate) fn releasing(self, address: &Address, job: JobId) -> Self {
        let ours = Action::delete(&keys::address(address)).when("attribute_not_exists(PK) OR job = :job");
        self.and(ours.value(":job", text(job.to_string())), Conflict::NotOurs)
    }
}

impl TenantStore<'_> {
    /// The job that holds an address; `None` when nobody does.
    pub async fn find_address_holder(&self, address: &Address) -> Result<Option<JobId>, StoreError> {
        let found = self.store.batch_get(vec![key_row(&keys::address(address))]).await?;
        found.into_iter().next().map(|row| Ok(self.store.read::<AddressLock>(row)?.job)).transpose()
    }

    /// Which of these addresses are held by some job: one strong batch read, at most 100.
    pub async fn taken_addresses(&self, addresses: &[Address]) -> Result<HashSet<Address>, StoreError> {
        let rows: Vec<_> = addresses.iter().map(|address| key_row(&keys::address(address))).collect();
        let found = self.store.batch_get(rows).await?;
        let pks: HashSet<&str> =
            found.iter().filter_map(|row| row.get("PK")?.as_s().ok()).map(String::as_str).collect();
        let held = |address: &&Address| pks.contains(keys::address(address).pk.as_str());
        Ok(addresses.iter().filter(held).cloned().collect())
    }
}
