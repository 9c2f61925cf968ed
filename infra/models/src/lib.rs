//! Loopback models of the services the product calls: `WorkMail`, SES v2, Secrets Manager, `EventBridge`, Step Functions and S3
//! of AWS; Google Workspace; Microsoft 365; and of a name server.
//!
//! They speak the real wire formats and enforce the real rules, so the real clients drive them, and they can be told to fail.
//! State is written before an answer goes out and survives a killed process. Nothing here knows the product.

mod calls;
mod cloud;
mod dispatch;
mod dns;
mod error;
mod events;
mod faults;
mod google_workspace;
mod ids;
mod mailer;
mod microsoft_graph;
mod password;
mod rest;
mod s3;
mod secrets;
mod service;
mod step_functions;
mod storage;
mod wire;
mod work_mail;

pub use calls::Call;
pub use cloud::{Clock, Cloud, CloudOptions, system_clock};
pub use dns::{DnsFault, DnsName, NameServer};
pub use error::CloudError;
pub use events::{Delivery, EventBus, PatternError, RecordFilter, Rule, Sink};
pub use faults::{Fault, FaultKind, Faults};
pub use google_workspace::{GoogleGroup, GoogleSettings, GoogleUser, GoogleWorkspace, ServiceAccountKey};
pub use mailer::{Header, MailEvent, Mailer, SentMail, Tag};
pub use microsoft_graph::{GraphGroup, GraphLicense, GraphSettings, GraphSku, GraphUser, MicrosoftGraph};
pub use s3::{ObjectLock, S3, S3Operation, S3Target, s3_refusal};
pub use secrets::Secrets;
pub use service::Service;
pub use step_functions::StepFunctions;
pub use work_mail::{Mailbox, MailboxPermission, User, UserRole, UserState, WorkMail};
