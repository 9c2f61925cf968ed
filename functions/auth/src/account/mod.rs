//! What of a person's credentials can be changed: password, address, second factor.

pub mod email_change;
pub mod password_change;
pub mod password_reset;
pub mod reauthentication;
pub mod recovery_codes;
pub mod totp;
