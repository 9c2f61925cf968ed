//! Where a request came from, as the gateway saw it. Forwarding headers are never looked at:
//! anyone can write them.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{header::USER_AGENT, request::Parts};

/// Longest client description kept.
const MAX_AGENT: usize = 256;

/// The request's id and the client's address.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// Id given by the gateway; shown in answers and logs.
    pub request_id: String,
    /// Source address at the gateway.
    pub source_ip: Option<String>,
}

impl Origin {
    /// The client's description of itself, cut to 256 characters.
    pub fn user_agent(parts: &Parts) -> Option<String> {
        let agent = parts.headers.get(USER_AGENT)?.to_str().ok()?;
        Some(agent.chars().take(MAX_AGENT).collect())
    }
}

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
