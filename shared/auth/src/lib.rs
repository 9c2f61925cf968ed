//! Who is calling and what they may do: signed access tokens, the caller they stand for, and the
//! tenant scope that storage asks for. A [`TenantScope`] can only come out of a permission check
//! or a named system task. Knows nothing of HTTP or the table.

pub mod caller;
pub mod keys;
pub mod scope;
pub mod token;

pub use caller::{Caller, Denied};
pub use keys::{KeyError, PublicKey, SigningKey, VerificationKeys};
pub use scope::{Actor, SystemTask, TenantScope};
pub use token::{AccessToken, Claims, TokenError, Verifier};
