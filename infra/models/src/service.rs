//! The modelled services, those of AWS named by their signing names.

use serde::{Deserialize, Serialize};

/// A modelled service; serialized as its AWS signing name, or as its vendor's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Amazon `WorkMail`, JSON 1.1.
    WorkMail,
    /// Amazon SES v2, REST JSON.
    Ses,
    /// Amazon S3, REST XML.
    S3,
    /// AWS Secrets Manager, JSON 1.1.
    SecretsManager,
    /// AWS Step Functions, JSON 1.0.
    States,
    /// Amazon `EventBridge`, JSON 1.1.
    Events,
    /// Google Workspace: OAuth 2.0 and the Directory API, JSON.
    Google,
    /// Microsoft 365: OAuth 2.0 and Microsoft Graph, JSON.
    Microsoft,
}

impl Service {
    /// The service and operation named by an `X-Amz-Target` header.
    pub(crate) fn from_target(target: &str) -> Option<(Self, &str)> {
        let (prefix, operation) = target.split_once('.')?;
        let service = match prefix {
            "WorkMailService" => Self::WorkMail,
            "secretsmanager" => Self::SecretsManager,
            "AWSStepFunctions" => Self::States,
            "AWSEvents" => Self::Events,
            _ => return None,
        };
        Some((service, operation))
    }

    /// The content type of the service's answers.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Ses => "application/json",
            Self::Google => "application/json; charset=UTF-8",
            Self::Microsoft => "application/json; charset=utf-8",
            Self::S3 => "application/xml",
            Self::States => "application/x-amz-json-1.0",
            Self::WorkMail | Self::SecretsManager | Self::Events => "application/x-amz-json-1.1",
        }
    }

    /// The error a malformed or rule-breaking member is refused with.
    pub(crate) fn invalid_input(self) -> &'static str {
        match self {
            Self::WorkMail | Self::SecretsManager => "InvalidParameterException",
            Self::Ses => "BadRequestException",
            Self::S3 => "InvalidRequest",
            Self::Google => "invalid",
            Self::Microsoft => "Request_BadRequest",
            Self::States | Self::Events => "ValidationException",
        }
    }

    /// Error name, HTTP status and message of a throttled call.
    pub(crate) fn throttled(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::Ses => ("TooManyRequestsException", 429, "Rate exceeded"),
            Self::S3 => ("SlowDown", 503, "Please reduce your request rate."),
            Self::Google => ("userRateLimitExceeded", 403, "Request rate higher than configured."),
            Self::Microsoft => ("TooManyRequests", 429, "Please retry again later."),
            _ => ("ThrottlingException", 400, "Rate exceeded"),
        }
    }
}
