//! What can go wrong: on the side of the owner of the models (`CloudError`) and as an answer to a caller (`ServiceError`).

use std::io;

use serde::de::DeserializeOwned;

use crate::service::Service;

/// A failure of the models themselves; callers of the wire see it as an HTTP 500.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    /// The data directory or one of its files could not be made or opened.
    #[error("the data directory of the models cannot be used")]
    DataDirectory(#[source] io::Error),
    /// `SQLite` refused a statement.
    #[error("the models' database failed")]
    Database(#[from] rusqlite::Error),
    /// A stored row is not of the shape this version writes.
    #[error("a stored row of the models cannot be read")]
    Row(#[from] serde_json::Error),
    /// An argument breaks a rule of the modelled service.
    #[error("refused by the model: {0}")]
    Refused(String),
}

/// A refusal as a service words it on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ServiceError {
    pub(crate) status: u16,
    pub(crate) error: String,
    pub(crate) message: String,
}

impl ServiceError {
    pub(crate) fn new(status: u16, error: &str, message: impl Into<String>) -> Self {
        Self { status, error: error.to_owned(), message: message.into() }
    }

    /// A refusal with HTTP status 400.
    pub(crate) fn refused(error: &str, message: impl Into<String>) -> Self {
        Self::new(400, error, message)
    }

    pub(crate) fn unknown_operation(operation: &str) -> Self {
        Self::refused("UnknownOperationException", format!("the operation {operation} is not modelled"))
    }

    /// A request body that is not JSON, or JSON of another shape than the operation's input.
    pub(crate) fn from_input(service: Service, error: &serde_json::Error) -> Self {
        // The detail of serde's message can quote the body, which can hold a password: only position and category go out.
        let name = if error.is_data() { service.invalid_input() } else { "SerializationException" };
        Self::refused(name, format!("the request body does not fit at column {}", error.column()))
    }
}

impl From<CloudError> for ServiceError {
    fn from(error: CloudError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a model failed");
        Self::new(500, "InternalServerException", "the model failed")
    }
}

/// Reads an operation's input.
pub(crate) fn input<T: DeserializeOwned>(service: Service, body: &[u8]) -> Result<T, ServiceError> {
    serde_json::from_slice(body).map_err(|error| ServiceError::from_input(service, &error))
}
