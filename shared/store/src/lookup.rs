//! A row that is read along with the authorization: a request for one thing by its id takes one round trip.

use serde::de::DeserializeOwned;
use vestibule_domain::{Hire, HireId, Job, JobId, TenantId};

use crate::{
    keys::{self, Key},
    kinds::Kind,
};

/// An id of which a tenant has at most one row.
pub trait NamesRow: DeserializeOwned + Send + Sync {
    /// What the row holds.
    type Thing: DeserializeOwned + Send;

    /// Where to look for it.
    fn lookup(&self, tenant: TenantId) -> Lookup;
}

/// The place of one row in a tenant, and what kind of thing it holds.
#[derive(Debug)]
pub struct Lookup {
    pub(crate) key: Key,
    pub(crate) kind: &'static str,
}

impl NamesRow for HireId {
    type Thing = Hire;

    fn lookup(&self, tenant: TenantId) -> Lookup {
        Lookup { key: keys::hire(tenant, *self), kind: Kind::Hire.name() }
    }
}

impl NamesRow for JobId {
    type Thing = Job;

    fn lookup(&self, tenant: TenantId) -> Lookup {
        Lookup { key: keys::job(tenant, *self), kind: Kind::Job.name() }
    }
}
