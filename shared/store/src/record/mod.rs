//! What is written with a change: the audit record, the event to publish, the answer to keep, locks, and what is owed.

pub(crate) mod audit;
pub(crate) mod audit_log;
pub(crate) mod idempotency;
pub(crate) mod locks;
pub(crate) mod outbox;
pub(crate) mod owed;
pub(crate) mod refusals;
