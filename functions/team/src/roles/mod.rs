//! What the roles of an organization are, and what each allows.

pub mod create_role;
pub mod get_matrix;
pub mod get_role;
pub mod list_roles;
pub mod register_permission;
pub mod remove_role;
pub(crate) mod role_body;
pub mod update_role;
pub mod view;
