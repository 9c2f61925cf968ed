//! The local stack: reads `infra/template.yaml` and becomes that cloud in one process, on loopback
//! only. Functions run behind the real Lambda payloads, so what runs here is what deploys.

pub mod demo;
mod dynamodb;
mod files;
pub mod functions;
pub mod gateway;
mod guard;
pub mod invoke_api;
pub mod lambda;
pub mod openapi;
pub mod pages;
mod random;
pub mod roles;
pub mod sample;
pub mod schedule;
mod stack;
mod stream;
pub mod tables;
pub mod template;

pub use stack::{FirstData, Hosts, ISSUER, RoleCheck, Stack, StackOptions};
