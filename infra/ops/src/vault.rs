//! The secrets that hold keys, read as what they hold.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use vestibule_adapters::{
    aws::sdk_config,
    secrets::{SecretVersion, Secrets, SecretsError},
};
use vestibule_auth::{FieldKeys, SigningKey, VerificationKeys};
use vestibule_chain::CheckpointKey;

use crate::OpsError;

/// The names of the two secrets that hold the halves of the signing key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPair {
    /// Holds the private key that signs.
    pub signing: String,
    /// Holds the JWK set of the public keys.
    pub verification: String,
}

/// Secrets Manager as the operator sees it.
#[derive(Debug)]
pub struct Vault(Secrets);

/// A secret that was read: which version, and its keys unless it holds a placeholder.
pub(crate) struct Held<T> {
    pub(crate) version: SecretVersion,
    pub(crate) keys: Option<T>,
}

impl Vault {
    /// With the region, credentials and endpoint of `settings`, named as AWS names the variables.
    pub fn open(settings: &BTreeMap<String, String>) -> Result<Self, OpsError> {
        Ok(Self(Secrets::new(&sdk_config(settings, "SECRETS_MANAGER")?)))
    }

    /// The secrets themselves.
    pub fn into_secrets(self) -> Secrets {
        self.0
    }

    /// The whole text of a secret.
    pub(crate) async fn text(&self, name: &str) -> Result<SecretString, OpsError> {
        let version = self.0.version(name).await;
        Ok(version.map_err(|error| OpsError::reading(name, error))?.value)
    }

    pub(crate) async fn signing(&self, name: &str) -> Result<Option<Held<SigningKey>>, OpsError> {
        self.held(name, "a signing key", |value| SigningKey::from_secret(value).ok()).await
    }

    pub(crate) async fn published(&self, name: &str) -> Result<Option<Held<VerificationKeys>>, OpsError> {
        self.held(name, "a JWK set", |value| serde_json::from_str(value.expose_secret()).ok()).await
    }

    pub(crate) async fn ring(&self, name: &str) -> Result<Option<Held<FieldKeys>>, OpsError> {
        self.held(name, "a ring of field keys", |value| FieldKeys::from_secret(value).ok()).await
    }

    pub(crate) async fn audit(&self, name: &str) -> Result<Option<Held<CheckpointKey>>, OpsError> {
        self.held(name, "a key that signs checkpoints", |value| CheckpointKey::from_secret(value).ok()).await
    }

    /// Writes `value` after the version that was read, or as the first one.
    pub(crate) async fn write(
        &self,
        name: &str,
        after: Option<&SecretVersion>,
        value: &SecretString,
    ) -> Result<(), OpsError> {
        let written = match after {
            Some(read) => self.0.write_after(read, name, value).await,
            None => self.0.write(name, value).await,
        };
        written.map_err(|error| OpsError::writing(name, error))
    }

    pub(crate) async fn publish(
        &self,
        name: &str,
        after: Option<&SecretVersion>,
        keys: &VerificationKeys,
    ) -> Result<(), OpsError> {
        let text = serde_json::json!(keys).to_string();
        self.write(name, after, &text.into()).await
    }

    async fn held<T>(
        &self,
        name: &str,
        wanted: &'static str,
        read: impl Fn(&SecretString) -> Option<T>,
    ) -> Result<Option<Held<T>>, OpsError> {
        let version = match self.0.version(name).await {
            Ok(version) => version,
            Err(SecretsError::NotFound) => return Ok(None),
            Err(error) => return Err(OpsError::reading(name, error)),
        };
        if is_placeholder(version.value.expose_secret()) {
            return Ok(Some(Held { version, keys: None }));
        }
        match read(&version.value) {
            Some(keys) => Ok(Some(Held { version, keys: Some(keys) })),
            None => Err(OpsError::Foreign { name: name.to_owned(), wanted }),
        }
    }
}

/// The secret `name` with its keys, which must be there.
pub(crate) fn filled<T>(name: &str, held: Option<Held<T>>) -> Result<(SecretVersion, T), OpsError> {
    let Held { version, keys } = held.ok_or_else(|| OpsError::Missing(name.to_owned()))?;
    Ok((version, keys.ok_or_else(|| OpsError::Placeholder(name.to_owned()))?))
}

/// The keys that sign the events of an endpoint, as its secret holds them.
pub(crate) fn esign_keys(key: &SecretString) -> SecretString {
    serde_json::json!({ "keys": [key.expose_secret()] }).to_string().into()
}

/// The version and the keys, as far as they are there.
pub(crate) fn parts<T>(held: Option<Held<T>>) -> (Option<SecretVersion>, Option<T>) {
    held.map_or((None, None), |held| (Some(held.version), held.keys))
}

/// What a template writes for want of a key: nothing, the word, `{}`, or a set without keys. Anything
/// else is taken for somebody's keys.
fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let empty = |value: Value| {
        let fields = value.as_object()?.iter();
        Some(
            fields
                .map(|(name, value)| (name.as_str(), value))
                .all(|field| field == ("keys", &Value::Array(vec![]))),
        )
    };
    value.is_empty()
        || value == "-"
        || value.eq_ignore_ascii_case("placeholder")
        || serde_json::from_str(value).ok().and_then(empty).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_holds_no_key_is_a_placeholder() {
        for text in
            ["", " \n", "-", "placeholder", "PLACEHOLDER", "{}", r#"{"keys":[]}"#, r#"{ "keys": [] }"#]
        {
            assert!(is_placeholder(text), "{text}");
        }
        let key = SigningKey::generate().unwrap();
        for text in [
            key.to_secret().expose_secret(),
            r#"{"keys":[{}]}"#,
            r#"{"keys":{}}"#,
            r#"{"current":"a","keys":[]}"#,
            "[]",
            "null",
            "x",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
