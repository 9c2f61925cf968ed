//! Attacks on signing up, signing in and staying in, over HTTP. Tests are named by the attack's id.
#![expect(clippy::unwrap_used, reason = "a test that cannot unwrap has failed")]

mod administrators;
mod at_once;
mod avatar;
mod behind;
mod claims;
mod confirmation;
mod cookies;
mod damaged;
mod email_change;
mod foreign;
mod forge;
mod guessing;
mod hashes;
mod limits;
mod link_pages;
mod link_races;
mod link_tokens;
mod links;
mod lockout;
mod profile;
mod refresh;
mod rotation;
mod second_factor;
mod sessions;
mod shapes;
mod storms;
mod surface;
mod tenants;
mod tickets;
mod tokens;
mod way_out;
mod wording;
