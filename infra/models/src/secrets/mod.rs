//! AWS Secrets Manager: named secrets with their versions and stages, in a file of their own that only its owner reads.

mod operations;
mod secret;
mod vault;

use std::sync::Arc;

use serde_json::Value;

use crate::{
    cloud::CloudOptions,
    error::{CloudError, ServiceError, input},
    service::Service,
    storage::Storage,
};
use secret::Payload;
use vault::Vault;

/// The secrets of the account.
#[derive(Clone, Debug)]
pub struct Secrets {
    storage: Storage,
    options: Arc<CloudOptions>,
}

impl Secrets {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options }
    }

    pub(crate) fn perform(&self, operation: &str, body: &[u8]) -> Result<Value, ServiceError> {
        macro_rules! with_input {
            ($operation:path) => {{
                let request = input(Service::SecretsManager, body)?;
                self.storage.transact(|rows| $operation(&self.vault(rows), &request))
            }};
        }
        match operation {
            "GetSecretValue" => with_input!(operations::get_secret_value),
            "CreateSecret" => with_input!(operations::create_secret),
            "PutSecretValue" => with_input!(operations::put_secret_value),
            "DeleteSecret" => with_input!(operations::delete_secret),
            "DescribeSecret" => with_input!(operations::describe_secret),
            _ => Err(ServiceError::unknown_operation(operation)),
        }
    }

    /// Makes the secret, or gives it a new current version when `value` differs from the current one.
    pub fn put(&self, name: &str, value: &str) -> Result<(), CloudError> {
        let done = self.storage.transact(|rows| operations::put(&self.vault(rows), name, value));
        done.map_err(|error: ServiceError| CloudError::Refused(format!("{}: {}", error.error, error.message)))
    }

    /// Whether a secret of this name exists.
    pub fn exists(&self, name: &str) -> Result<bool, CloudError> {
        self.storage.transact(|rows| Ok(self.vault(rows).find(name)?.is_some()))
    }

    /// The names of all secrets that are not marked for deletion and begin with `prefix`.
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, CloudError> {
        self.storage.transact(|rows| self.vault(rows).names(prefix))
    }

    /// The current text of a secret; `None` when there is no such secret or it is binary. For the
    /// stack that owns the keys; functions ask over the wire.
    pub fn value(&self, name: &str) -> Result<Option<String>, CloudError> {
        let found = self.storage.transact(|rows| self.vault(rows).find(name))?;
        Ok(found.and_then(|secret| match &secret.current()?.payload {
            Payload::Text(text) => Some(text.clone()),
            Payload::Binary(_) => None,
        }))
    }

    fn vault<'r, 'c>(&'r self, rows: &'r crate::storage::Rows<'c>) -> Vault<'r, 'c> {
        Vault { rows, now: (self.options.clock)(), options: &self.options }
    }
}
