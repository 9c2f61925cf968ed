//! What an operator does to a running stack: first keys, new keys, sealing the table anew.
//!
//! Every operation can be run again after it was interrupted. None of them needs the functions to
//! stop, and no function's role allows what they do.

mod error;
mod field_keys;
mod init;
mod signing;
mod vault;

pub use error::OpsError;
pub use field_keys::{reseal, rotate_field_keys};
pub use init::{Initialised, init_keys};
pub use signing::{NextKey, publish_next, rotate_signing_key, sign_with};
pub use vault::{KeyPair, Vault};
