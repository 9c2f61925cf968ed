//! The keys of a stack, kept in its Secrets Manager.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use vestibule_auth::{SigningKey, VerificationKeys};
use vestibule_domain::{EndpointId, World};
use vestibule_models::Cloud;

use super::SampleError;

/// The secret that holds the stack's own signing key; no function reads it.
const SIGNING_KEY: &str = "local/signing-key";

/// The names of the secrets that functions read, from the template.
#[derive(Debug, Clone)]
pub struct SecretNames {
    /// The public keys of access tokens.
    pub verification_keys: String,
    /// The key that seals page cursors.
    pub cursor_key: String,
    /// What stands before an endpoint's id.
    pub esign_prefix: String,
}

/// Makes the signing and cursor keys on a first start. True when they are new.
pub(super) fn prepare(
    cloud: &Cloud,
    names: &SecretNames,
    world: &World,
) -> Result<(SigningKey, bool), SampleError> {
    if let Some(kept) = cloud.secrets().value(SIGNING_KEY)? {
        return Ok((SigningKey::from_secret(&kept.into())?, false));
    }
    let signing = SigningKey::generate()?;
    let public = json!(VerificationKeys { keys: vec![signing.public().clone()] });
    cloud.secrets().put(&names.verification_keys, &public.to_string())?;
    cloud.secrets().put(&names.cursor_key, &STANDARD.encode(world.bytes::<32>()))?;
    cloud.secrets().put(SIGNING_KEY, signing.to_secret().expose_secret())?;
    Ok((signing, true))
}

/// Makes or reads the key that signs an endpoint's events. It fits both vendors: `whsec_` and
/// base64 for Standard Webhooks, plain text for `DocuSign`.
pub(super) fn prepare_esign(
    cloud: &Cloud,
    names: &SecretNames,
    endpoint: EndpointId,
    world: &World,
) -> Result<SecretString, SampleError> {
    let name = format!("{}{endpoint}", names.esign_prefix);
    if let Some(kept) = cloud.secrets().value(&name)? {
        let kept: Option<Value> = serde_json::from_str(&kept).ok();
        let key = kept.as_ref().and_then(|kept| kept["keys"][0].as_str());
        return key.map(Into::into).ok_or(SampleError::Secret(name));
    }
    let key = format!("whsec_{}", STANDARD.encode(world.bytes::<32>()));
    cloud.secrets().put(&name, &json!({ "keys": [key] }).to_string())?;
    Ok(key.into())
}
