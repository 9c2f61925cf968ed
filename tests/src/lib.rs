//! What the black-box tests stand on: a running stack of their own, people who call it, and an
//! e-sign provider that signs what it sends. Talks to the product over HTTP only; looks behind it
//! only to check that nothing is left or leaked.
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod actor;
mod administering;
mod app;
pub mod auditing;
mod browsing;
mod business;
pub mod costs;
mod esign;
pub mod identity;
mod inside;
pub mod mailing;
pub mod operations;
pub mod passwords;
mod standard;
pub mod state_machine;
mod waiting;

pub use actor::{Actor, Answer};
pub use app::App;
pub use browsing::{Browser, Shown};
pub use esign::{completed, envelope, event_body};
pub use inside::Row;
