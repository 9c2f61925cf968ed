//! People, their sessions and the proofs of who they are. Belongs to no tenant.
//!
//! An address has one row, the sign-in record: it is the lock that makes the address unique, the
//! counter of failures, and what a sign-in must know, so that a sign-in is one conditional update,
//! the hash, and one transaction. What it copies from the user is written with the user.

mod attempts;
mod avatars;
mod change;
mod deliveries;
mod guard;
mod leaving;
mod links;
mod mails;
mod memberships;
mod registrations;
mod rotation;
mod sessions;
mod settling;
mod sign_in;
mod standing;
mod suppressions;

pub use attempts::{Attempt, Attempted, Basis};
pub use avatars::{Avatar, AvatarChange};
pub(crate) use change::copy_of;
pub use change::{EndSessions, UserChange};
#[cfg(test)]
pub(crate) use guard::hits_of;
pub use guard::{Admission, Limits, Quota};
pub use leaving::{Leave, Leaving};
pub use links::Link;
pub use mails::{Claim, ClaimedMail, MAIL_TRIES};
pub use memberships::TenantContext;
pub(crate) use memberships::connection_hash;
pub use registrations::Registration;
pub use rotation::{Family, Rotation};
pub use sessions::Session;
pub use settling::Ended;
pub use sign_in::{Opening, SignIn};
pub use standing::Standing;
pub(crate) use standing::{SessionState, is_idle};
pub use suppressions::Suppression;
