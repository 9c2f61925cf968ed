//! Every key of the table, built from typed parts. No part can hold a `#`: ids are ULIDs behind
//! a prefix, times are digits, addresses and idempotency keys are checked before they get here.

use jiff::{Timestamp, tz::TimeZone};
use vestibule_domain::{Address, AuditId, EndpointId, EventId, HireId, JobId, SessionId, TenantId, UserId};

use crate::IdempotencyKey;

/// A primary key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

fn key(pk: String, sk: impl Into<String>) -> Key {
    Key { pk, sk: sk.into() }
}

pub(crate) fn tenant_partition(tenant: TenantId) -> String {
    format!("T#{tenant}")
}
pub(crate) fn tenant(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "TENANT")
}
pub(crate) fn roles(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "AUTHZ")
}
pub(crate) fn member(tenant: TenantId, user: UserId) -> Key {
    key(tenant_partition(tenant), format!("MEMBER#{user}"))
}
pub(crate) fn user(user: UserId) -> Key {
    key(format!("U#{user}"), "USER")
}
pub(crate) const SESSIONS: &str = "SESSION#";
pub(crate) fn session(user: UserId, session: SessionId) -> Key {
    key(format!("U#{user}"), format!("{SESSIONS}{session}"))
}
pub(crate) const HIRES: &str = "HIRE#";
pub(crate) fn hire(tenant: TenantId, hire: HireId) -> Key {
    key(tenant_partition(tenant), format!("{HIRES}{hire}"))
}
pub(crate) const JOBS: &str = "JOB#";
pub(crate) fn job(tenant: TenantId, job: JobId) -> Key {
    key(tenant_partition(tenant), format!("{JOBS}{job}"))
}
pub(crate) const PENDING: &str = "PENDING#";
/// Stands beside a job while it is pending, so that the oldest is one small strong query away.
pub(crate) fn pending(tenant: TenantId, job: JobId) -> Key {
    key(tenant_partition(tenant), format!("{PENDING}{job}"))
}
pub(crate) fn audit(tenant: TenantId, at: Timestamp, id: AuditId) -> Key {
    let month = at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string();
    key(format!("T#{tenant}#AUDIT#{month}"), id.to_string())
}
pub(crate) fn outbox_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#OUTBOX")
}
pub(crate) fn outbox(tenant: TenantId, id: EventId) -> Key {
    key(outbox_partition(tenant), id.to_string())
}
pub(crate) fn endpoint(endpoint: EndpointId) -> Key {
    key(format!("ENDPOINT#{endpoint}"), "ENDPOINT")
}
pub(crate) fn address(address: &Address) -> Key {
    key(format!("ADDRESS#{address}"), "LOCK")
}
pub(crate) fn idempotency_partition(caller: &str) -> String {
    format!("IDEM#{caller}")
}
pub(crate) fn idempotency(caller: &str, idempotency: &IdempotencyKey) -> Key {
    key(idempotency_partition(caller), idempotency.as_str())
}

/// Due work is spread over this many index partitions.
pub(crate) const DUE_SHARDS: u8 = 4;
pub(crate) fn due_partition(shard: u8) -> String {
    format!("DUE#{shard}")
}
pub(crate) fn due_shard(job: JobId) -> u8 {
    job.ulid().bytes().last().unwrap_or_default() % DUE_SHARDS
}
/// Sorts by time: milliseconds since 1970, 15 digits.
pub(crate) fn due_time(at: Timestamp) -> String {
    format!("{:015}", at.as_millisecond().max(0))
}
