//! What Vestibule talks about: ids, addresses, names, permissions, and the states that hires,
//! documents and jobs move through. Pure values: no I/O, no clock, no AWS. Time and randomness
//! come in through [`World`], which only `main` builds.

pub mod address;
mod brand_color;
mod company_name;
pub mod correlation;
pub mod delivery;
pub mod document;
mod domain_proof;
pub mod email;
pub mod envelope;
mod fold;
mod grant;
pub mod hire;
pub mod id;
pub mod identity_mail;
mod import;
pub mod invalid;
mod invitation;
pub mod job;
pub mod mail_tags;
mod member;
pub mod name;
pub mod permission;
pub mod permission_set;
mod preferences;
pub mod preset;
mod registered;
mod reserved;
mod role_name;
mod roles;
mod setup;
mod slug;
mod spelling;
pub mod step;
pub mod stored;
mod stored_job;
pub mod subject;
pub mod tenant;
mod tier;
pub mod user;
mod user_name;
mod web_page;
pub mod world;

pub use address::{Address, Domain, FoldError, LocalPart};
pub use brand_color::BrandColor;
pub use company_name::{CompanyName, LONGEST_COMPANY_NAME, is_disguised};
pub use correlation::Correlation;
pub use delivery::{CredentialsMail, Delivery, DeliveryState, SuppressionReason};
pub use document::{DocumentKind, DocumentStatus};
pub use domain_proof::DomainProof;
pub use email::Email;
pub use envelope::{DocumentRecord, Envelope, EnvelopeEvent, Taken};
pub use grant::Grant;
pub use hire::{Hire, HireName};
pub use id::{
    AuditId, EndpointId, EsignEventId, EventId, GroupId, HireId, Id, IdError, InvitationId, JobId, MailId,
    RegistrationId, SessionId, TenantId, UserId,
};
pub use identity_mail::{Device, IdentityMailKind, IdentityMailRequest, MembershipChange, SignInChange};
pub use import::{ImportRow, RowClass, RowResult};
pub use invalid::Invalid;
pub use invitation::InvitationState;
pub use job::{Job, JobError, JobKind, JobStatus, Mode};
pub use member::{Groups, MOST_GROUPS, MOST_ROLES_HELD, MemberKind};
pub use name::PersonName;
pub use permission::{Permission, PermissionNumber};
pub use permission_set::PermissionSet;
pub use preferences::{MailTopic, Preferences};
pub use preset::{Preset, PresetRole};
pub use registered::{MOST_REGISTERED, RegisterRefused, Registered};
pub use role_name::RoleName;
pub use roles::{MOST_GENERATIONS, MOST_ROLES, Role, RoleRefused, Roles};
pub use setup::{CompanySize, CompanyStep, Industry, IntegrationsStep, MOST_ENTRIES, Setup, SetupStep};
pub use slug::Slug;
pub use step::{StepRecord, StepStatus, Wait};
pub use stored::Stored;
pub use subject::Subject;
pub use tenant::{JobStart, MailboxSettings, SecuritySettings, Tenant};
pub use tier::{Tier, TierTerms};
pub use user::{Connection, Totp, User, UserState, UserStatus};
pub use user_name::UserName;
pub use web_page::WebPage;
pub use world::World;
