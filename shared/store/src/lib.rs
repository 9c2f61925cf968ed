//! The single table: keys, items, commands and queries. The only caller of `DynamoDB`.
//!
//! A command is one transaction: the state change, its audit record, its outgoing events, its
//! uniqueness locks and the answer kept for a repeated request. Tenant data is reached only
//! through a [`TenantStore`], which needs a `TenantScope`.

mod audit;
mod authz;
mod batch;
mod clear;
mod command;
mod cursor;
mod damaged;
mod documents;
mod endpoints;
mod error;
mod esign_events;
mod hires;
mod idempotency;
mod identity;
mod item;
mod job_writes;
mod jobs;
mod keys;
mod kinds;
mod locks;
mod lookup;
mod meter;
mod outbox;
mod owed;
mod personal;
mod platform;
mod repair;
mod reseal;
mod seed;
mod store;
mod table;
mod tenants;
mod terse;
mod update;
#[cfg(test)]
mod written;

pub use audit::AuditRecord;
pub use authz::{Access, Membership, SelfAccess};
pub use cursor::{Cursor, CursorError, CursorKey, Page, PageRequest};
pub use damaged::Listed;
pub use documents::{Matched, Recorded};
pub use endpoints::Endpoint;
pub use error::{Conflict, StoreError};
pub use esign_events::{EsignEvent, EventOutcome, Match, Unfit};
pub use idempotency::{Answer, IdempotencyKey, KeptAnswer};
pub use identity::{
    Admission, Attempt, Attempted, Avatar, AvatarChange, Basis, Claim, ClaimedMail, EndSessions, Ended,
    Family, Leave, Leaving, Limits, Link, MAIL_TRIES, Opening, Quota, Registration, Rotation, Session,
    SignIn, Standing, TenantContext, UserChange,
};
pub use job_writes::{JobResult, JobWrites, MOST_RESULTS, MOST_RESULTS_AT_ONCE};
pub use jobs::{DueJob, JobEvent};
pub use lookup::{Lookup, NamesRow};
pub use meter::{Cost, metered};
pub use outbox::OutboxEvent;
pub use owed::Owed;
pub use personal::{AddressKey, LoadRing, Sealer};
pub use platform::PlatformStore;
pub use repair::{Removal, Salvaged, SetAside};
pub use reseal::ResealProgress;
pub use seed::{SeedTenant, SeedUser};
pub use store::Store;
pub use table::{GSI1, GSI2, definition as table_definition};
pub use tenants::TenantStore;
