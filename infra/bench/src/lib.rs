//! Runs the built function binaries as Lambda would and measures them.
//!
//! [`runtime_api`] is the service side of the Lambda Runtime API; the rest finds binaries and sample events and reads
//! what the kernel knows about a process. Nothing here is deployed.

pub mod binaries;
pub mod bounds;
pub mod events;
pub mod extremes;
pub mod process;
pub mod runtime_api;
pub mod stack;
