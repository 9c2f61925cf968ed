//! Sign-ups of a promotion: taking them, finding them, and what their jobs make of them. Lists and counts are written in the
//! transactions of the sign-up itself, so that neither is ever made by looking through the table.

pub(crate) mod finding;
pub(crate) mod moving;
pub(crate) mod ordering;
pub(crate) mod signing_up;
