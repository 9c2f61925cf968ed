//! The provider of a business's mailboxes.

mod body;
pub mod check_connection;
mod check_words;
pub mod connect_mailboxes;
pub mod get_connection;
pub mod view;
