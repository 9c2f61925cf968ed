//! The pages of `/` and `/auth/..`: every way in and back, and what is behind mailed links.

pub mod administration;
pub mod declining;
pub mod invitation;
pub mod links;
pub mod mails;
pub mod sign_in;
pub mod sign_up;
pub mod social;

use vestibule_pages::Link;

/// Back to the sign-in.
pub(crate) const TO_SIGN_IN: Link<'static> = Link { label: "Back to the sign-in", href: "/" };
/// The same, below a message.
pub(crate) const BEGIN_AGAIN: Option<(&str, &str)> = Some(("Begin again", "/"));
