//! The console.

mod auditing;
mod inviting;
mod pages;

const ADMIN: &str = "admin@test-brand.local";
