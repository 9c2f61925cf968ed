//! Hires and their documents, e-sign endpoints and events, jobs.

pub(crate) mod documents;
pub(crate) mod endpoints;
pub(crate) mod esign_deliveries;
pub(crate) mod esign_endpoints;
pub(crate) mod esign_events;
pub(crate) mod hires;
pub(crate) mod imports;
pub(crate) mod job_writes;
pub(crate) mod jobs;
mod jobs_of_hire;
pub(crate) mod loose_secrets;
pub(crate) mod password_links;
