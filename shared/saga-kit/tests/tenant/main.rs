//! A saga that no function has, run through the kit: its subject is a tenant, it makes an account and sends a mail, has
//! a candidate that is somebody else's, a point of no return, 300 results in batches, a wait until a time and a wait
//! for another job. Neither the engine nor the kit knows anything of it.
#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

mod checks;
mod oracle;
mod place;
mod saga;
