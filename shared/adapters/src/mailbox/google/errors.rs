//! The meaning of the Directory API's refusals.
//!
//! A status alone says little: 403 is a missing right, a switched-off API or a call too many
//! (<https://developers.google.com/workspace/admin/directory/v1/limits>); the reason tells them apart.

use super::super::MailboxError;
use super::super::vendors::Answer;

/// What a refused call amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A user, alias or group holds the address, or held it a short time ago.
    Taken,
    /// There is no such user or group, or it is not seen yet.
    Absent,
    /// Something that the call needs is not so: a free licence, or the user's completion.
    Precondition,
    /// Nothing a verb could settle.
    Other(MailboxError),
}

impl Refusal {
    /// The error of a call that changes a user: it can be made again when the user is complete.
    pub(super) fn into_incomplete(self) -> MailboxError {
        match self {
            Self::Precondition => MailboxError::NotYet { code: "user_not_complete" },
            other => other.into(),
        }
    }
}

impl From<MailboxError> for Refusal {
    fn from(error: MailboxError) -> Self {
        Self::Other(error)
    }
}

impl From<Refusal> for MailboxError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // A change may be answered so although it was made.
            Refusal::Taken => Self::Unknown { code: "conflict" },
            Refusal::Absent => Self::Permanent { code: "entity_not_found" },
            Refusal::Precondition => Self::Permanent { code: "precondition_failed" },
            Refusal::Other(error) => error,
        }
    }
}

/// Classifies a refused call.
pub(super) fn refusal(answer: &Answer) -> Refusal {
    let reason = answer.text("/error/errors/0/reason").unwrap_or_default();
    tracing::info!(status = answer.status, reason, "the Directory API refused");
    let after = answer.after;
    Refusal::Other(match answer.status {
        404 => return Refusal::Absent,
        409 => return Refusal::Taken,
        412 => return Refusal::Precondition,
        400 => MailboxError::Permanent { code: "request_invalid" },
        401 => MailboxError::Retry { code: "credentials_expired", after },
        403 => return Refusal::Other(forbidden(reason, answer)),
        429 => MailboxError::Retry { code: "throttled", after },
        503 => MailboxError::Unknown { code: "service_unavailable" },
        500.. => MailboxError::Unknown { code: "internal_failure" },
        _ => MailboxError::Permanent { code: "unrecognized" },
    })
}

fn forbidden(reason: &str, answer: &Answer) -> MailboxError {
    let code = match reason {
        "userRateLimitExceeded" | "rateLimitExceeded" | "quotaExceeded" | "dailyLimitExceeded" => {
            return MailboxError::Retry { code: "throttled", after: answer.after };
        }
        "insufficientPermissions" => "scope_missing",
        "domainCannotUseApis" => "api_access_disabled",
        "accessNotConfigured" => "api_not_enabled",
        _ => "rights_missing",
    };
    MailboxError::Permanent { code }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(status: u16, reason: &str) -> Refusal {
        let body = json!({ "error": { "code": status, "errors": [{ "reason": reason }] } });
        refusal(&Answer { status, after: None, body })
    }

    #[test]
    fn forbidden_is_told_apart_by_its_reason() {
        for reason in ["userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"] {
            let retry = MailboxError::Retry { code: "throttled", after: None };
            assert_eq!(refused(403, reason), Refusal::Other(retry), "{reason}");
        }
        for (reason, code) in [
            ("insufficientPermissions", "scope_missing"),
            ("domainCannotUseApis", "api_access_disabled"),
            ("accessNotConfigured", "api_not_enabled"),
            ("forbidden", "rights_missing"),
            ("", "rights_missing"),
        ] {
            assert_eq!(refused(403, reason), Refusal::Other(MailboxError::Permanent { code }), "{reason}");
        }
    }

    #[test]
    fn a_lost_effect_is_unknown_and_an_incomplete_user_waits() {
        assert_eq!(refused(409, "duplicate"), Refusal::Taken);
        assert_eq!(MailboxError::from(Refusal::Taken), MailboxError::Unknown { code: "conflict" });
        assert_eq!(
            refused(412, "conditionNotMet").into_incomplete(),
            MailboxError::NotYet { code: "user_not_complete" }
        );
        for (status, code) in [(500, "internal_failure"), (503, "service_unavailable")] {
            assert_eq!(refused(status, "backendError"), Refusal::Other(MailboxError::Unknown { code }));
        }
    }
}
