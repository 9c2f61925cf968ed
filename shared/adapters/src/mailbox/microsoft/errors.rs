//! The meaning of Microsoft Graph's refusals (<https://learn.microsoft.com/graph/errors>).
//!
//! A duplicate is an answer of 400 like any wrong value; only the codes in its details tell. Messages are no contract.

use super::super::MailboxError;
use super::super::vendors::Answer;

/// What a refused call amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Some user, group or contact holds the name or address.
    Taken,
    /// There is no such user, or it is not seen yet.
    Absent,
    /// A value is refused.
    Invalid,
    /// Nothing a verb could settle.
    Other(MailboxError),
}

impl From<MailboxError> for Refusal {
    fn from(error: MailboxError) -> Self {
        Self::Other(error)
    }
}

impl From<Refusal> for MailboxError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Taken => Self::Foreign,
            Refusal::Absent => Self::Permanent { code: "entity_not_found" },
            Refusal::Invalid => Self::Permanent { code: "request_invalid" },
            Refusal::Other(error) => error,
        }
    }
}

/// Classifies a refused call.
pub(super) fn refusal(answer: &Answer) -> Refusal {
    let code = answer.text("/error/code").unwrap_or_default();
    tracing::info!(status = answer.status, code, "Microsoft Graph refused");
    let after = answer.after;
    Refusal::Other(match answer.status {
        400 => return invalid(code, answer),
        404 => return Refusal::Absent,
        401 => MailboxError::Retry { code: "credentials_expired", after },
        403 => MailboxError::Permanent { code: "rights_missing" },
        429 => MailboxError::Retry { code: "throttled", after },
        // Throttled too, where a time to wait is said; else the effect may be there.
        503 | 504 if after.is_some() => MailboxError::Retry { code: "throttled", after },
        409 | 423 => MailboxError::Unknown { code: "conflict" },
        500.. => MailboxError::Unknown { code: "internal_failure" },
        _ => MailboxError::Permanent { code: "unrecognized" },
    })
}

fn invalid(code: &str, answer: &Answer) -> Refusal {
    let details = answer.body.pointer("/error/details").and_then(|details| details.as_array());
    let mut details = details.into_iter().flatten();
    if code == "Request_MultipleObjectsWithSameKeyValue"
        || details.clone().any(|detail| detail["code"] == "ObjectConflict")
    {
        return Refusal::Taken;
    }
    let password = |target: &str| target.to_ascii_lowercase().starts_with("password");
    if details.any(|detail| detail["target"].as_str().is_some_and(password)) {
        return Refusal::Other(MailboxError::Permanent { code: "password_refused" });
    }
    Refusal::Invalid
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;

    fn answered(status: u16, after: Option<u64>, body: Value) -> Refusal {
        refusal(&Answer { status, after: after.map(Duration::from_secs), body })
    }

    fn error(code: &str, details: &Value) -> Value {
        json!({ "error": { "code": code, "message": "not read", "details": details } })
    }

    #[test]
    fn a_duplicate_is_told_by_its_details() {
        let conflict = json!([{ "code": "ObjectConflict", "target": "userPrincipalName" }]);
        assert_eq!(answered(400, None, error("Request_BadRequest", &conflict)), Refusal::Taken);
        let same_key = "Request_MultipleObjectsWithSameKeyValue";
        assert_eq!(answered(400, None, error(same_key, &Value::Null)), Refusal::Taken);
        let value = json!([{ "code": "InvalidValue", "target": "usageLocation" }]);
        assert_eq!(answered(400, None, error("Request_BadRequest", &value)), Refusal::Invalid);
        let password = json!([{ "code": "InvalidValue", "target": "passwordProfile" }]);
        let refused = Refusal::Other(MailboxError::Permanent { code: "password_refused" });
        assert_eq!(answered(400, None, error("Request_BadRequest", &password)), refused);
    }

    #[test]
    fn throttling_keeps_the_time_to_wait_and_an_outage_is_unknown() {
        let throttled = |seconds| {
            Refusal::Other(MailboxError::Retry {
                code: "throttled",
                after: Some(Duration::from_secs(seconds)),
            })
        };
        assert_eq!(answered(429, Some(7), Value::Null), throttled(7));
        assert_eq!(answered(503, Some(2), Value::Null), throttled(2));
        let unknown = Refusal::Other(MailboxError::Unknown { code: "internal_failure" });
        assert_eq!(answered(503, None, Value::Null), unknown);
        assert_eq!(answered(404, None, Value::Null), Refusal::Absent);
    }
}
