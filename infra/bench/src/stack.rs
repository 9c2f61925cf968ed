//! The local stack as the surroundings of separately started binaries: in memory, and quiet by itself.

use anyhow::{Context as _, Result};
use secrecy::ExposeSecret as _;
use vestibule_local::{RoleCheck, Stack, StackOptions};

/// A stack whose schedules and streams stand still, so that only the binaries under test do anything.
///
/// # Errors
/// As [`Stack::start`].
pub async fn start() -> Result<Stack> {
    Stack::start(StackOptions {
        schedules: false,
        streams: false,
        roles: RoleCheck::Off,
        ..StackOptions::default()
    })
    .await
}

/// A fresh access token of the sample tenant's admin.
///
/// # Errors
/// The sample has no such person, or its key does not sign.
pub fn admin_token(stack: &Stack) -> Result<String> {
    let token = stack.sample().token("debug_tenant_admin", &vestibule_api::lambda::world());
    Ok(token.context("the sample tenant has no admin")??.0.expose_secret().to_owned())
}
