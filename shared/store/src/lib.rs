//! The single table: keys, items, commands and queries. The only caller of `DynamoDB`.
//!
//! A command is one transaction: the state change, its audit record, its outgoing events, its
//! uniqueness locks and the answer kept for a repeated request. Tenant data is reached only
//! through a [`TenantStore`], which needs a `TenantScope`.

mod accounts;
mod administration;
mod chain;
mod engine;
mod identity;
mod operator;
mod promo;
mod record;
mod tenancy;
mod work;
#[cfg(test)]
mod written;

pub use accounts::care::RemovalOutcome;
pub use accounts::joining::{JoinLook, JoinProblem, Joining};
pub use accounts::listing::{AccountFilter, FoundAccount, FoundJob, MOST_ON_A_PAGE};
pub use accounts::mails::AccountMail;
pub use accounts::orders::PlatformJob;
pub use accounts::writes::{AccountWrite, NewTenant, Parting, TierChange};
pub use administration::{Administration, Appointee, Appointment, Granted, PlatformAccess};
pub use chain::append::RecordPlace;
pub use chain::checkpoints::Checkpoint;
pub use chain::entries::{Chained, Placed as PlacedEntry};
pub use chain::name::Chain;
pub use engine::cursor::{Cursor, CursorError, CursorKey, Page, PageRequest};
pub use engine::damaged::Listed;
pub use engine::entity::Entity;
pub use engine::error::{Conflict, StoreError};
pub use engine::kinds::Kind;
pub use engine::meter::{Cost, metered};
pub use engine::personal::{AddressKey, LoadRing, Sealer};
pub use engine::store::Store;
pub use engine::table::{GSI1, GSI2, definition as table_definition};
pub use identity::{
    Admission, Attempt, Attempted, Avatar, AvatarChange, Basis, Claim, ClaimedMail, EndSessions, Ended,
    Family, Leave, Leaving, Limits, Link, MAIL_TRIES, Opening, Quota, Registration, Rotation, Session,
    SignIn, Standing, Suppression, TenantContext, UserChange,
};
pub use operator::repair::{Removal, Salvaged, SetAside};
pub use operator::reseal::ResealProgress;
pub use promo::finding::{MOST_IN_A_PART, SignupFilter};
pub use promo::moving::SignupCounts;
pub use record::audit::AuditRecord;
pub use record::audit_log::{AuditActor, AuditFilter, AuditPage, Logged};
pub use record::idempotency::{Answer, IdempotencyKey, KeptAnswer};
pub use record::outbox::OutboxEvent;
pub use record::owed::Owed;
pub use record::refusals::Refusal;
pub use tenancy::authz::{Access, SelfAccess};
pub use tenancy::directory::FoundTenant;
pub use tenancy::founding::{Founder, Founding};
pub use tenancy::groups::{FoundGroups, GroupChange};
pub use tenancy::importing::{Judged, RowVerdict};
pub use tenancy::invitation::{Invitation, InvitationEnd, Place};
pub use tenancy::invitees::{Invitees, Standing as InviteeStanding};
pub use tenancy::inviting::{InvitationToChange, MOST_INVITED_AT_ONCE};
pub use tenancy::joining::{FoundInvitation, InvitationPeople};
pub use tenancy::member_changes::{MemberChange, Placed, RoleMove};
pub use tenancy::members::{FoundMember, ListedMember, MemberFilter, MemberPage, Others};
pub use tenancy::membership::Membership;
pub use tenancy::organization::{Organization, OrganizationChange};
pub use tenancy::platform::PlatformStore;
pub use tenancy::roles::{Holding, RoleChange, TenantRoles};
pub use tenancy::seats::Seats;
pub use tenancy::seed::{SeedTenant, SeedUser};
pub use tenancy::tenants::TenantStore;
pub use work::documents::{Matched, Recorded};
pub use work::endpoints::Endpoint;
pub use work::esign_deliveries::{DeliveryOutcome, EsignDelivery};
pub use work::esign_endpoints::{EndpointChange, FoundEndpoints};
pub use work::esign_events::{EsignEvent, EventOutcome, Match, Unfit};
pub use work::imports::{ImportPart, ROWS_OF_A_PART};
pub use work::job_writes::{JobResult, JobWrites, MOST_RESULTS, MOST_RESULTS_AT_ONCE};
pub use work::jobs::{DueJob, JobEvent};
pub use work::loose_secrets::{LooseSecret, SecretMoves};
pub use work::password_links::{FoundPasswordLink, PasswordOutcome};
