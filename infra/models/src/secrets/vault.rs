//! The secrets as one transaction sees them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::secret::{Payload, Secret};
use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError},
    ids,
    storage::Rows,
};

const SECRETS: &str = "secret";
/// The largest payload, in bytes.
const LARGEST: usize = 65_536;

pub(super) struct Vault<'r, 'c> {
    pub(super) rows: &'r Rows<'c>,
    pub(super) now: Timestamp,
    pub(super) options: &'r CloudOptions,
}

impl Vault<'_, '_> {
    /// The secret with this name, ARN, or ARN without its random suffix.
    pub(super) fn find(&self, id: &str) -> Result<Option<Secret>, CloudError> {
        let Some(named) = id.strip_prefix(&self.arn("")) else {
            return self.rows.find(SECRETS, id);
        };
        let whole = named
            .rsplit_once('-')
            .map(|(name, _)| self.rows.find::<Secret>(SECRETS, name))
            .transpose()?
            .flatten();
        match whole.filter(|secret| secret.arn == id) {
            Some(secret) => Ok(Some(secret)),
            None => self.rows.find(SECRETS, named),
        }
    }

    pub(super) fn get(&self, id: &str) -> Result<Secret, ServiceError> {
        let missing = || {
            ServiceError::refused(
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret.",
            )
        };
        let secret = self.find(id)?.ok_or_else(missing)?;
        if secret.deleted_at.is_some() {
            return Err(ServiceError::refused(
                "InvalidRequestException",
                "You can't perform this operation on the secret because it was marked for deletion.",
            ));
        }
        Ok(secret)
    }

    pub(super) fn save(&self, secret: &Secret) -> Result<(), CloudError> {
        self.rows.put(SECRETS, &secret.name, secret)
    }

    pub(super) fn names(&self, prefix: &str) -> Result<Vec<String>, CloudError> {
        let all: Vec<(String, Secret)> = self.rows.list(SECRETS, prefix)?;
        Ok(all.into_iter().filter(|(_, secret)| secret.deleted_at.is_none()).map(|(name, _)| name).collect())
    }

    fn arn(&self, rest: &str) -> String {
        format!("arn:aws:secretsmanager:{}:{}:secret:{rest}", self.options.region, self.options.account_id)
    }

    pub(super) fn new_secret(&self, name: &str, description: Option<String>) -> Result<Secret, ServiceError> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"/_+=.@-".contains(&b);
        if !(1..=512).contains(&name.len()) || !name.bytes().all(fits) {
            return Err(ServiceError::refused(
                "ValidationException",
                "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@",
            ));
        }
        let known = self.rows.find::<Secret>(SECRETS, name)?;
        if known.as_ref().is_some_and(|secret| secret.deleted_at.is_some()) {
            return Err(ServiceError::refused(
                "InvalidRequestException",
                "You can't create this secret because a secret with this name is already scheduled for deletion.",
            ));
        }
        if known.is_some() {
            return Err(ServiceError::refused(
                "ResourceExistsException",
                format!("The operation failed because the secret {name} already exists."),
            ));
        }
        let arn = self.arn(&format!("{name}-{}", ids::hex(3)));
        let (created_at, changed_at) = (self.now, self.now);
        Ok(Secret {
            arn,
            name: name.to_owned(),
            description,
            created_at,
            changed_at,
            deleted_at: None,
            versions: BTreeMap::new(),
            stages: BTreeMap::new(),
        })
    }
}

/// At most one of text and binary, of at most 65,536 bytes.
pub(super) fn optional_payload(
    text: Option<&String>,
    binary: Option<&String>,
) -> Result<Option<Payload>, ServiceError> {
    let (size, payload) = match (text, binary) {
        (Some(_), Some(_)) => {
            return Err(ServiceError::refused(
                "InvalidParameterException",
                "You can't provide both SecretString and SecretBinary.",
            ));
        }
        (Some(text), None) => (text.len(), Payload::Text(text.clone())),
        (None, Some(binary)) => (binary.len() / 4 * 3, Payload::Binary(binary.clone())),
        (None, None) => return Ok(None),
    };
    if size > LARGEST {
        return Err(ServiceError::refused("ValidationException", "The secret is longer than 65536 bytes."));
    }
    Ok(Some(payload))
}
