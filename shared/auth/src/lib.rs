//! Who is calling and what they may do: passwords, second factors, tokens of every kind, the
//! caller they stand for, and the tenant scope that storage asks for. A [`TenantScope`] can only
//! come out of a permission check or a named system task. Knows nothing of HTTP or the table.

pub mod csrf;
pub mod digest;
pub mod fields;
pub mod fingerprint;
mod invitation_token;
mod jwt;
pub mod keys;
pub mod link;
mod mailbox_password_token;
pub mod password;
pub mod platform;
pub mod principal;
pub mod recovery;
pub mod refresh;
pub mod scope;
pub mod ticket;
pub mod token;
pub mod totp;

pub use csrf::CsrfKey;
pub use digest::TokenDigest;
pub use fields::{FieldError, FieldKeys};
pub use fingerprint::FingerprintKey;
pub use invitation_token::InvitationToken;
pub use jwt::{TokenError, Verifier};
pub use keys::{KeyError, PublicKey, SigningKey, VerificationKeys};
pub use link::{LinkToken, Purpose};
pub use mailbox_password_token::MailboxPasswordToken;
pub use password::{Hasher, HasherError, Password, PasswordHash, Policy, Profile, Verdict};
pub use platform::{Grant, PlatformScope};
pub use principal::{Denied, Principal};
pub use recovery::RecoveryCodes;
pub use refresh::RefreshToken;
pub use scope::{Actor, SystemTask, TenantScope};
pub use ticket::{SecondFactorTicket, TicketClaims};
pub use token::{AccessToken, Claims};
pub use totp::TotpSecret;
