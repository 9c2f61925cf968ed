//! Attacks on signing up, signing in and staying in, over HTTP. Tests are named by the attack's id.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod guessing;
mod links;
mod profile;
mod sessions;
mod tokens;
