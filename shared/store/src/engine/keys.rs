//! Every key of the table, built from typed parts. No part can hold a `#`: ids are ULIDs behind
//! a prefix, times are digits, addresses and idempotency keys are checked before they get here.

use jiff::{Timestamp, tz::TimeZone};
use vestibule_domain::{
    Address, AuditId, Domain, EndpointId, EsignDeliveryId, EsignEventId, EventId, HireId, JobId, MailId,
    PromoSignupId, RegistrationId, SessionId, SignupStatus, TenantId, Tier, UserId, UserName, UserState,
};

use crate::{AddressKey, AuditRecord, Chain, EventOutcome, IdempotencyKey};

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
/// The roles as they are edited.
pub(crate) fn role_book(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "ROLES")
}
/// The version of the roles by itself.
pub(crate) fn roles_version(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "ROLES#VERSION")
}
pub(crate) const MEMBERS: &str = "MEMBER#";
pub(crate) fn member(tenant: TenantId, user: UserId) -> Key {
    key(tenant_partition(tenant), format!("{MEMBERS}{user}"))
}
pub(crate) const FORMERS: &str = "FORMER#";
/// What is remembered of somebody who left.
pub(crate) fn former(tenant: TenantId, user: UserId) -> Key {
    key(tenant_partition(tenant), format!("{FORMERS}{user}"))
}
/// What was said while the tenant was set up.
pub(crate) fn setup(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "SETUP")
}
/// A mail domain that is not proved yet; nobody holds it by that.
pub(crate) fn wanted_domain(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "DOMAIN")
}
/// Which mails of the tenant a member does not want.
pub(crate) fn preferences(tenant: TenantId, user: UserId) -> Key {
    key(tenant_partition(tenant), format!("NOTIFY#{user}"))
}
pub(crate) const INVITATIONS: &str = "INVITE#";
/// Lets an address have one invitation of a tenant.
pub(crate) fn invited(tenant: TenantId, address: &AddressKey) -> Key {
    key(tenant_partition(tenant), format!("INVITED#{address}"))
}
/// Parts of the file of an import.
pub(crate) fn import_parts(job: JobId) -> String {
    format!("IMPORT#{job}#")
}
pub(crate) fn import_part(tenant: TenantId, job: JobId, part: u32) -> Key {
    key(tenant_partition(tenant), format!("{}{part:05}", import_parts(job)))
}
/// How many members there are.
pub(crate) fn seats(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "SEATS")
}
/// The groups of a team.
pub(crate) fn groups(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "GROUPS")
}
pub(crate) fn user(user: UserId) -> Key {
    key(format!("U#{user}"), "USER")
}
/// The account that the platform made for a person.
pub(crate) fn account(user: UserId) -> Key {
    key(format!("U#{user}"), "ACCOUNT")
}
/// The newest mail about it, once something is known of one: among the mails, since who hears of them may read nothing of people.
pub(crate) fn account_mail(user: UserId) -> Key {
    key(format!("MAIL#{user}"), "ACCOUNT")
}
/// The accounts of a state and a tier, of all states or of all tiers.
pub(crate) fn accounts(state: Option<UserState>, tier: Option<Tier>) -> String {
    let (state, tier) = (state.map_or("any", UserState::name), tier.map_or("any", |tier| tier.terms().name));
    format!("PLATFORM#ACCOUNTS#{state}#{tier}")
}
/// The accounts of people whose name has a word that begins so; the beginning itself does not stand here.
pub(crate) fn named_accounts(beginning: &str) -> String {
    format!("PLATFORM#NAME#{beginning}")
}
/// An account in a list.
pub(crate) fn listed(list: String, user: UserId) -> Key {
    key(list, user.to_string())
}
/// The tenants whose name or slug has these first two letters, from one of its words on.
pub(crate) fn listed_tenants(name: &str) -> String {
    format!("PLATFORM#TENANTS#{}", name.get(..2).unwrap_or(name))
}
pub(crate) fn listed_tenant(name: &str, tenant: TenantId) -> Key {
    key(listed_tenants(name), format!("{name}#{tenant}"))
}
/// What the job of an account works from.
pub(crate) fn account_order(tenant: TenantId, job: JobId) -> Key {
    entity(tenant, "ORDER#", job)
}
/// The jobs that the platform began.
pub(crate) const PLATFORM_JOBS: &str = "PLATFORM#JOBS";
/// Those among them that a person has to look at.
pub(crate) const JOBS_FOR_A_PERSON: &str = "PLATFORM#JOBS#ATTENTION";
pub(crate) fn platform_job(list: &str, job: JobId) -> Key {
    key(list.to_owned(), job.to_string())
}
pub(crate) fn promo_signup(id: PromoSignupId) -> Key {
    key(format!("PROMO#{id}"), "SIGNUP")
}
/// Lets an address have one sign-up.
pub(crate) fn promo_address(address: &AddressKey) -> Key {
    key(format!("PROMO#{address}"), "LOCK")
}
/// The sign-ups with a status, or all.
pub(crate) fn promo_signups(status: Option<SignupStatus>) -> String {
    format!("PLATFORM#PROMO#{}", status.map_or("any", SignupStatus::name))
}
/// The sign-ups of people whose name has a word that begins so; the beginning itself does not stand here.
pub(crate) fn named_signups(beginning: &str) -> String {
    format!("PLATFORM#PROMO#NAME#{beginning}")
}
/// A sign-up in a list.
pub(crate) fn listed_signup(list: String, id: PromoSignupId) -> Key {
    key(list, id.to_string())
}
/// How many sign-ups there are of each status is counted in this many rows, so that they do not wait for one.
pub(crate) const PROMO_SHARDS: u8 = 8;
pub(crate) fn promo_shard(id: PromoSignupId) -> u8 {
    id.ulid().bytes().last().unwrap_or_default() % PROMO_SHARDS
}
pub(crate) fn promo_counts(shard: u8) -> Key {
    key("PLATFORM#PROMO#COUNTS".to_owned(), shard.to_string())
}
pub(crate) fn avatar(user: UserId) -> Key {
    key(format!("U#{user}"), "AVATAR")
}
pub(crate) const SESSIONS: &str = "SESSION#";
pub(crate) fn session(user: UserId, session: SessionId) -> Key {
    key(format!("U#{user}"), format!("{SESSIONS}{session}"))
}
/// A thing of a tenant: the prefix of its kind, and its id.
pub(crate) fn entity(tenant: TenantId, prefix: &str, id: impl std::fmt::Display) -> Key {
    key(tenant_partition(tenant), format!("{prefix}{id}"))
}
pub(crate) const HIRES: &str = "HIRE#";
pub(crate) fn hire(tenant: TenantId, hire: HireId) -> Key {
    entity(tenant, HIRES, hire)
}
pub(crate) const JOBS: &str = "JOB#";
pub(crate) fn job(tenant: TenantId, job: JobId) -> Key {
    entity(tenant, JOBS, job)
}
pub(crate) fn job_results(job: JobId) -> String {
    format!("RESULT#{job}#")
}
/// Beside the jobs, not below them: a list of jobs must not read their results.
pub(crate) fn job_result(tenant: TenantId, job: JobId, number: u32) -> Key {
    key(tenant_partition(tenant), format!("{}{number:05}", job_results(job)))
}
pub(crate) const PENDING: &str = "PENDING#";
/// Stands beside a job while it is pending, so that the oldest is one small strong query away.
pub(crate) fn pending(tenant: TenantId, job: JobId) -> Key {
    key(tenant_partition(tenant), format!("{PENDING}{job}"))
}
/// E-sign events of one outcome, or all. The outcomes' names sort so that the unmatched ones are read first.
pub(crate) fn esign_events(outcome: Option<EventOutcome>) -> String {
    outcome.map_or_else(|| "ESIGN#".to_owned(), |outcome| format!("ESIGN#{}#", outcome.name()))
}
pub(crate) fn esign_event(tenant: TenantId, outcome: EventOutcome, event: EsignEventId) -> Key {
    key(tenant_partition(tenant), format!("{}{event}", esign_events(Some(outcome))))
}
/// The e-sign endpoints of a tenant.
pub(crate) fn esign_endpoints(tenant: TenantId) -> Key {
    key(tenant_partition(tenant), "ENDPOINTS")
}
/// The deliveries at an e-sign endpoint.
pub(crate) fn esign_deliveries(endpoint: EndpointId) -> String {
    format!("DELIVERY#{endpoint}#")
}
pub(crate) fn esign_delivery(tenant: TenantId, endpoint: EndpointId, delivery: EsignDeliveryId) -> Key {
    key(tenant_partition(tenant), format!("{}{delivery}", esign_deliveries(endpoint)))
}
/// Secrets of a tenant that nothing names.
pub(crate) const LOOSE_SECRETS: &str = "LOOSE#";
pub(crate) const ADDRESSES: &str = "EMAIL#";
/// The sign-in record of an address: also the lock that makes the address unique.
pub(crate) fn sign_in(address: &AddressKey) -> Key {
    key(format!("{ADDRESSES}{address}"), "SIGNIN")
}
/// That an address gets no mails.
pub(crate) fn suppression(address: &AddressKey) -> Key {
    key(format!("{ADDRESSES}{address}"), "SUPPRESSED")
}
/// An account at an outside provider, by the hash of what names it there.
pub(crate) fn connection(hash: &str) -> Key {
    key(format!("OIDC#{hash}"), "LOCK")
}
pub(crate) fn registration(id: RegistrationId) -> Key {
    key(format!("REG#{id}"), "REG")
}
/// The one mailed link of a kind that a person can have.
pub(crate) fn link(user: UserId, purpose: &str) -> Key {
    key(format!("U#{user}"), format!("LINK#{purpose}"))
}
pub(crate) fn mail(id: MailId) -> Key {
    key(format!("MAIL#{id}"), "MAIL")
}
/// Requests of one source in one minute.
pub(crate) fn limit(source: &str, minute: i64) -> Key {
    key(format!("RL#{source}"), minute.to_string())
}

fn month(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}
/// The beginning of the month that an instant is in.
pub(crate) fn month_begins(at: Timestamp) -> Timestamp {
    let month = at.to_zoned(TimeZone::UTC).first_of_month();
    month.and_then(|day| day.start_of_day()).map_or(at, |day| day.timestamp())
}
pub(crate) fn audit(tenant: TenantId, at: Timestamp, id: AuditId) -> Key {
    key(format!("T#{tenant}#AUDIT#{}", month(at)), id.to_string())
}
/// What a person did that belongs to no tenant.
pub(crate) fn user_audit(user: UserId, at: Timestamp, id: AuditId) -> Key {
    key(format!("U#{user}#AUDIT#{}", month(at)), id.to_string())
}
/// What became of a session: told in the log of the tenant that it works in, else in the person's own.
pub(crate) fn session_audit(user: UserId, tenant: Option<TenantId>, record: &AuditRecord) -> Key {
    match tenant {
        Some(tenant) => audit(tenant, record.at, record.id),
        None => user_audit(user, record.at, record.id),
    }
}
/// What was tried with an address, whether or not it has an account.
pub(crate) fn address_audit(address: &AddressKey, at: Timestamp, id: AuditId) -> Key {
    key(format!("{ADDRESSES}{address}#AUDIT#{}", month(at)), id.to_string())
}
/// What the product did with itself, such as the beginning of a chain.
pub(crate) fn platform_audit(at: Timestamp, id: AuditId) -> Key {
    key(format!("PLATFORM#AUDIT#{}", month(at)), id.to_string())
}
/// The chain over the audit records of a tenant, or of all that belong to none.
pub(crate) fn chain_partition(chain: Chain) -> String {
    match chain {
        Chain::Tenant(tenant) => format!("T#{tenant}#CHAIN"),
        Chain::Platform => "PLATFORM#CHAIN".to_owned(),
    }
}
/// Numbers sort below the words beside them.
pub(crate) fn chain_entry(chain: Chain, number: u64) -> Key {
    key(chain_partition(chain), format!("{number:015}"))
}
pub(crate) fn chain_head(chain: Chain) -> Key {
    key(chain_partition(chain), "HEAD")
}
/// The newest checkpoint that was signed.
pub(crate) fn chain_checkpoint(chain: Chain) -> Key {
    key(chain_partition(chain), "CHECKPOINT")
}
pub(crate) const UNSIGNED: &str = "UNSIGNED";
/// Stands for a chain that is longer than its newest checkpoint says.
pub(crate) fn unsigned(chain: Chain) -> Key {
    key(UNSIGNED.to_owned(), chain.to_string())
}
pub(crate) fn outbox_partition(tenant: TenantId) -> String {
    format!("T#{tenant}#OUTBOX")
}
pub(crate) fn outbox(tenant: TenantId, id: EventId) -> Key {
    key(outbox_partition(tenant), id.to_string())
}
pub(crate) fn owed_partition(consumer: &str) -> String {
    format!("OWED#{consumer}")
}
pub(crate) fn owed(consumer: &str, due: Timestamp, sequence: &str) -> Key {
    key(owed_partition(consumer), format!("{}#{sequence}", due_time(due)))
}
pub(crate) fn endpoint(endpoint: EndpointId) -> Key {
    key(format!("ENDPOINT#{endpoint}"), "ENDPOINT")
}
/// A tenant's name in addresses: held by one tenant.
pub(crate) fn slug(slug: &str) -> Key {
    key(format!("SLUG#{slug}"), "LOCK")
}
/// A mail domain: held by one tenant.
pub(crate) fn domain(domain: &Domain) -> Key {
    key(format!("DOMAIN#{}", domain.as_str()), "LOCK")
}
pub(crate) fn address(address: &Address) -> Key {
    key(format!("ADDRESS#{address}"), "LOCK")
}
/// A member's answers lie with their tenant, all others by themselves.
pub(crate) fn idempotency_partition(caller: &str) -> String {
    match caller.split_once('.') {
        Some((tenant, user)) if tenant.starts_with("ten_") => format!("T#{tenant}#IDEM#{user}"),
        _ => format!("IDEM#{caller}"),
    }
}
pub(crate) fn idempotency(caller: &str, idempotency: &IdempotencyKey) -> Key {
    key(idempotency_partition(caller), idempotency.as_str())
}

/// What a person may do on the platform, beside the person: read with each of their requests there.
pub(crate) fn grant(user: UserId) -> Key {
    key(format!("U#{user}"), "GRANT")
}
pub(crate) const PLATFORM: &str = "PLATFORM";
pub(crate) const ADMINISTRATORS: &str = "ADMIN#";
/// The same once more, where all administrators are listed.
pub(crate) fn administrator(user: UserId) -> Key {
    key(PLATFORM.to_owned(), format!("{ADMINISTRATORS}{user}"))
}
/// How many administrators there are of the sort that must not run out.
pub(crate) fn administrators() -> Key {
    key(PLATFORM.to_owned(), "ADMINS")
}
/// An administrator's user name: held by one person.
pub(crate) fn user_name(name: &UserName) -> Key {
    key(format!("ADMIN#{}", name.as_str()), "LOCK")
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
