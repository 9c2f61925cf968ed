//! Making an account: asking for one, and proving the address.

pub mod asker;
pub mod register;
pub mod verify_email;
