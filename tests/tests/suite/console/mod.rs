//! The console.

mod inviting;
mod pages;

const ADMIN: &str = "admin@test-brand.local";
