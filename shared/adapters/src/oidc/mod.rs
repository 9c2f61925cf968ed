//! Sign-in with outside identity providers: the `OpenID` Connect code flow with PKCE.
//!
//! [`Provider::start`] gives the address to send the browser to and an [`Attempt`] to keep with it;
//! [`Provider::finish`] trades the code for a checked [`Identity`]. What an identity may do, and whether its
//! address joins it to an account, is not known here.

mod attempt;
mod config;
mod discovery;
mod fields;
mod id_token;
mod key;
mod key_cache;
mod microsoft;
mod provider;
mod providers;
mod providers_refused;
mod refusal;
#[cfg(test)]
mod tests;
mod token_request;

pub use attempt::Attempt;
pub use config::{Kind, ProviderConfig, Tenants};
pub use provider::Provider;
pub use providers::Providers;
pub use providers_refused::ProvidersRefused;
pub use refusal::Refusal;
use vestibule_domain::Email;

/// The beginning of a sign-in.
#[derive(Debug)]
pub struct Start {
    /// Where the browser goes: the provider's own page.
    pub url: String,
    /// What [`Provider::finish`] needs to recognise the way back.
    pub attempt: Attempt,
}

/// Who signed in, as the provider says.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Name of the provider, as configured.
    pub provider: String,
    /// The same person always has the same key at the same provider: `<issuer>|<subject>`, for Microsoft
    /// `<tenant id>|<object id>`. At most 600 printable ASCII characters.
    pub key: String,
    /// The person's address, if there is one that can be read. Never a key: it changes and moves.
    pub email: Option<Email>,
    /// True only if the provider says that the person owns the address and is trusted with saying so.
    pub email_verified: bool,
    /// The person's name: trimmed, not empty, at most 200 characters.
    pub name: Option<String>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.provider)
    }
}

/// Why there is no identity. The words are fixed: nothing of a token, a person or an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The provider did not answer now.
    #[error("the identity provider is unavailable")]
    Unavailable,
    /// The sign-in did not prove itself: another attempt can succeed.
    #[error("the sign-in was refused")]
    Refused(#[from] Refusal),
    /// No attempt can succeed before somebody changes the settings, here or at the provider.
    #[error("the identity provider is misconfigured: {0}")]
    Misconfigured(&'static str),
}
