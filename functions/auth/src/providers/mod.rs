//! Accounts at outside providers: signing in with one, and connecting one.

pub mod connections;
pub mod provider_walk;
pub mod social_callback;
pub mod social_login;
