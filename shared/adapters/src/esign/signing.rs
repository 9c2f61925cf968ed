//! The sender's side of the webhook signatures, for tests and demonstrations of a whole run.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;

use super::{KeyRefused, docusign, standard_webhooks};

/// The value of an `X-DocuSign-Signature-<n>` header for `body`.
pub fn sign_docusign(key: &SecretString, body: &[u8]) -> Result<String, KeyRefused> {
    let key = docusign::key(key)?;
    Ok(STANDARD.encode(hmac::sign(&key, body)))
}

/// The value of the `webhook-signature` header for `body`, sent as `webhook-id` `id` (a token without dots)
/// and `webhook-timestamp` `seconds` (since 1970).
pub fn sign_standard(
    secret: &SecretString,
    id: &str,
    seconds: u64,
    body: &[u8],
) -> Result<String, KeyRefused> {
    let key = standard_webhooks::key(secret)?;
    let content = standard_webhooks::signed_content(id, seconds, body);
    Ok(format!("v1,{}", STANDARD.encode(hmac::sign(&key, &content))))
}
