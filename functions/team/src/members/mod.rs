//! Who belongs to an organization, and with which roles.

pub mod explain_permission;
pub mod get_member;
pub mod list_members;
pub mod remove_member;
pub mod update_member;
pub mod view;
