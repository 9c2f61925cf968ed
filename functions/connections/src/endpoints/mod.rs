//! Where events of e-sign vendors come in, and the keys that sign them.

pub mod add_key;
pub mod create_endpoint;
pub mod get_endpoint;
mod keys;
pub mod list_deliveries;
pub mod list_endpoints;
pub mod remove_endpoint;
pub mod view;
