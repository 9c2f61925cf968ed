//! The keys of a stack, kept in its Secrets Manager.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use vestibule_auth::{FieldKeys, Hasher, Password, PasswordHash, Profile, SigningKey, VerificationKeys};
use vestibule_chain::CheckpointKey;
use vestibule_domain::{EndpointId, World};
use vestibule_models::Cloud;

use super::SampleError;

/// The password of the sample people; no function reads it.
const PASSWORD: &str = "local/sample-password";

/// The name of the key that signs checkpoints of the audit log. Not the stack's address, which may change between starts.
const AUDIT_KEY: &str = "vestibule.local/audit";

/// Says that a reset was begun and not finished; no function reads it.
const RESETTING: &str = "local/resetting";

/// The names of the secrets that functions read, from the template.
#[derive(Debug, Clone)]
pub struct SecretNames {
    /// The public keys of access tokens.
    pub verification_keys: String,
    /// The private key that signs them.
    pub signing_key: String,
    /// The ring of keys that seal personal data.
    pub field_keys: String,
    /// The key that signs checkpoints of the audit log.
    pub audit_key: String,
    /// The key that seals page cursors.
    pub cursor_key: String,
    /// What goes into every password hash.
    pub pepper: String,
    /// What stands before an endpoint's id.
    pub esign_prefix: String,
}

/// A secret that was filled in.
fn kept(cloud: &Cloud, name: &str) -> Result<Option<SecretString>, SampleError> {
    let value = cloud.secrets().value(name)?;
    Ok(value.filter(|value| value != "-" && !value.is_empty()).map(Into::into))
}

/// Whether a reset was begun and not finished.
pub(super) fn is_resetting(cloud: &Cloud) -> Result<bool, SampleError> {
    Ok(kept(cloud, RESETTING)?.is_some())
}

/// Notes that a reset begins, or that it is done.
pub(super) fn set_resetting(cloud: &Cloud, resetting: bool) -> Result<(), SampleError> {
    Ok(cloud.secrets().put(RESETTING, if resetting { "yes" } else { "-" })?)
}

/// Makes the signing, cursor and audit keys and the ring of field keys on a first start.
pub(super) fn prepare(cloud: &Cloud, names: &SecretNames, world: &World) -> Result<(), SampleError> {
    if kept(cloud, &names.signing_key)?.is_none() {
        let signing = SigningKey::generate()?;
        let public = json!(VerificationKeys { keys: vec![signing.public().clone()] });
        cloud.secrets().put(&names.verification_keys, &public.to_string())?;
        cloud.secrets().put(&names.cursor_key, &STANDARD.encode(world.bytes::<32>()))?;
        cloud.secrets().put(&names.signing_key, signing.to_secret().expose_secret())?;
    }
    if kept(cloud, &names.audit_key)?.is_none() {
        let key = CheckpointKey::generate(AUDIT_KEY, world.bytes())?;
        cloud.secrets().put(&names.audit_key, key.to_secret().expose_secret())?;
    }
    if kept(cloud, &names.field_keys)?.is_none() {
        cloud.secrets().put(&names.field_keys, FieldKeys::generate(world).expose_secret())?;
    }
    Ok(())
}

/// The key that signs access tokens at present.
pub(super) fn signing(cloud: &Cloud, names: &SecretNames) -> Result<SigningKey, SampleError> {
    let secret = kept(cloud, &names.signing_key)?;
    let secret = secret.ok_or_else(|| SampleError::Secret(names.signing_key.clone()))?;
    Ok(SigningKey::from_secret(&secret)?)
}

/// The ring of field keys at present.
pub(super) fn ring(cloud: &Cloud, names: &SecretNames) -> Result<SecretString, SampleError> {
    kept(cloud, &names.field_keys)?.ok_or_else(|| SampleError::Secret(names.field_keys.clone()))
}

/// The password of the sample people, made on a first start, and its hash as functions make it.
pub(super) async fn password(
    cloud: &Cloud,
    names: &SecretNames,
    profile: &str,
    world: &World,
) -> Result<(SecretString, PasswordHash), SampleError> {
    if kept(cloud, PASSWORD)?.is_none() {
        cloud.secrets().put(PASSWORD, &URL_SAFE_NO_PAD.encode(world.bytes::<15>()))?;
    }
    let password = kept(cloud, PASSWORD)?.ok_or_else(|| SampleError::Secret(PASSWORD.to_owned()))?;
    let pepper = kept(cloud, &names.pepper)?;
    let pepper = pepper.map(|pepper| ("1".to_owned(), pepper.expose_secret().as_bytes().to_vec().into()));
    let hasher = Hasher::new(Profile::parse(profile)?, pepper, 1)?;
    let hash = hasher.hash(Password::parse(&password)?, world.bytes()).await?;
    Ok((password, hash))
}

/// Makes or reads the key that signs an endpoint's events. It fits both vendors: `whsec_` and
/// base64 for Standard Webhooks, plain text for `DocuSign`.
pub(super) fn prepare_esign(
    cloud: &Cloud,
    names: &SecretNames,
    endpoint: EndpointId,
    world: &World,
) -> Result<SecretString, SampleError> {
    if let Some(key) = esign(cloud, names, endpoint)? {
        return Ok(key);
    }
    let key = format!("whsec_{}", STANDARD.encode(world.bytes::<32>()));
    let name = format!("{}{endpoint}", names.esign_prefix);
    cloud.secrets().put(&name, &json!({ "keys": [key] }).to_string())?;
    Ok(key.into())
}

/// The newest key that signs the events of an endpoint, if there is the endpoint.
pub(super) fn esign(
    cloud: &Cloud,
    names: &SecretNames,
    endpoint: EndpointId,
) -> Result<Option<SecretString>, SampleError> {
    let name = format!("{}{endpoint}", names.esign_prefix);
    let Some(kept) = cloud.secrets().value(&name)? else { return Ok(None) };
    let kept: Option<Value> = serde_json::from_str(&kept).ok();
    let key = kept.as_ref().and_then(|kept| kept["keys"][0].as_str());
    key.map(|key| Some(key.into())).ok_or(SampleError::Secret(name))
}
