//! What an operator does to a running stack: first keys, a first tenant, new keys, sealing the table anew, letting mails go to
//! an address again.
//!
//! Every operation can be run again after it was interrupted. None of them needs the functions to
//! stop, and no function's role allows what they do.

mod administrators;
mod audit_key;
mod check;
mod create_tenant;
mod error;
mod field_keys;
mod init;
mod init_admins;
mod signing;
mod suppression;
mod vault;

pub use audit_key::{AuditKey, audit_keys, rotate_audit_key};
pub use check::{Finding, check_keys, check_site, judge_sending};
pub use create_tenant::{Created, NewTenant, create_tenant, open_table};
pub use error::OpsError;
pub use field_keys::{reseal, rotate_field_keys};
pub use init::{Initialised, init_keys};
pub use init_admins::{AdministratorReport, Appointed, init_admins};
pub use signing::{NextKey, publish_next, rotate_signing_key, sign_with};
pub use suppression::{find_suppression, lift_suppression};
pub use vault::{KeyPair, Vault};
