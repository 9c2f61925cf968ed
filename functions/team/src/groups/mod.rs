//! Names for parts of the team. A group allows nothing.

mod body;
pub mod create_group;
pub mod list_groups;
pub mod remove_group;
pub mod update_group;
pub mod view;
