//! What S3's refusals mean for the archive.

use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::fault::{Common, Fault, common};

/// Why a call did not succeed. A lost answer is `Retry`: every call can be repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The same call may succeed later.
    #[error("the archive refused for now ({code})")]
    Retry {
        /// The reason, `snake_case`.
        code: &'static str,
        /// How long the service asks to wait.
        after: Option<Duration>,
    },
    /// Repeating does not help.
    #[error("the archive refused ({code})")]
    Permanent {
        /// The reason, `snake_case`.
        code: &'static str,
    },
}

/// Whether nothing has the name that was asked for.
pub(super) fn is_missing(fault: &Fault) -> bool {
    matches!(fault, Fault::Answered { code, .. } if code == "NoSuchKey")
}

/// Whether a delete marker stands before the object that was asked for.
pub(super) fn hidden(answer: Option<&HttpResponse>) -> bool {
    answer.and_then(|answer| answer.headers().get("x-amz-delete-marker")) == Some("true")
}

pub(super) fn meaning(fault: Fault) -> ArchiveError {
    let retry = |code| ArchiveError::Retry { code, after: None };
    match fault {
        Fault::Unsendable => ArchiveError::Permanent { code: "request_invalid" },
        Fault::Unreachable => retry("unreachable"),
        Fault::Lost(code) => retry(code),
        Fault::Answered { code, status, after } => of_code(&code, status, after),
    }
}

fn of_code(code: &str, status: u16, after: Option<Duration>) -> ArchiveError {
    let retry = |code| ArchiveError::Retry { code, after };
    let permanent = match code {
        "SlowDown" => return retry("throttled"),
        // Another request for the same name was under way.
        "ConditionalRequestConflict" | "OperationAborted" => return retry("conflict"),
        // The service got other bytes than were sent.
        "BadDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody" => return retry("damaged_on_the_way"),
        "NoSuchBucket" => "bucket_not_found",
        "KeyTooLongError" => "name_invalid",
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" => "credentials_refused",
        "InvalidArgument" | "InvalidRequest" => "request_invalid",
        _ => match common(code, status) {
            Common::Retry(code) | Common::Unknown(code) => return retry(code),
            Common::Permanent(code) => code,
        },
    };
    ArchiveError::Permanent { code: permanent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outages_and_races_are_retried_and_mistakes_are_not() {
        let of = |code: &str, status| meaning(Fault::Answered { code: code.to_owned(), status, after: None });
        let retry = |code| ArchiveError::Retry { code, after: None };
        assert_eq!(of("SlowDown", 503), retry("throttled"));
        assert_eq!(of("ConditionalRequestConflict", 409), retry("conflict"));
        assert_eq!(of("BadDigest", 400), retry("damaged_on_the_way"));
        assert_eq!(of("InternalError", 500), retry("internal_failure"));
        assert_eq!(of("RequestTimeout", 400), retry("timed_out"));
        assert_eq!(meaning(Fault::Lost("timed_out")), retry("timed_out"));
        assert_eq!(meaning(Fault::Unreachable), retry("unreachable"));
        let permanent = |code| ArchiveError::Permanent { code };
        assert_eq!(of("AccessDenied", 403), permanent("access_denied"));
        assert_eq!(of("NoSuchBucket", 404), permanent("bucket_not_found"));
        assert_eq!(of("InvalidRequest", 400), permanent("request_invalid"));
        assert_eq!(of("SignatureDoesNotMatch", 403), permanent("credentials_refused"));
    }
}
