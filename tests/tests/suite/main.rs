//! Black-box tests of the running stack. Files mirror the URLs.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod archive;
mod audit;
mod audit_export;
mod audit_verify;
mod budgets;
mod console;
mod contract;
mod damaged;
mod email_events;
mod esign_events;
mod esign_faults;
mod esign_generated;
mod esign_webhook;
mod gateway;
mod hires;
mod idempotency;
mod imports;
mod invitation_mails;
mod invitations;
mod isolation;
mod mailbox;
mod organization_domain;
mod organization_setup;
mod organizations;
mod provision_jobs;
mod provision_sweep;
mod races;
mod secrets;
mod team_attacks;
mod team_groups;
mod team_members;
mod team_races;
mod team_roles;
mod waiting_hires;
