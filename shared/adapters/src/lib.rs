//! Adapters to the outside world: mailboxes, mail, e-signatures, identity providers, bot checks, domains, secrets,
//! workflows, the event bus and the archive.
//!
//! Each module speaks one vendor's wire format and answers in the product's own words: what to do next
//! (`Retry`, `Permanent`, `Unknown`, `Foreign`) under a stable code, never a vendor's message.
//! Nothing here knows tenants, the table or where an endpoint really is.

#[cfg(feature = "archive")]
pub mod archive;
pub mod aws;
pub mod bot_check;
#[cfg(feature = "bus")]
pub mod bus;
#[cfg(feature = "dns")]
pub mod dns;
pub mod esign;
mod fault;
#[cfg(feature = "mail")]
pub mod mail;
#[cfg(feature = "mailbox")]
pub mod mailbox;
pub mod oidc;
pub mod password;
pub mod secrets;
pub mod web;
#[cfg(feature = "workflows")]
pub mod workflows;
