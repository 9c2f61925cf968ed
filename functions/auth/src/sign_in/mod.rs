//! Beginning a session: by password or by mailed link, with a second factor where there is one.

pub mod admin_login;
pub mod attempt;
pub mod begin;
pub mod login;
pub mod magic_link;
pub mod second_factor;
