//! What became of a failed AWS call, before a service's own table gives it a meaning.
//!
//! The one question that matters is whether the call may have taken effect. Messages of the provider can name
//! people, so they are dropped here; code, status and request id go to the log.

#![cfg_attr(
    not(any(
        feature = "archive",
        feature = "bus",
        feature = "mail",
        feature = "mailbox",
        feature = "workflows"
    )),
    expect(dead_code, reason = "the adapters that tell more are not built in")
)]

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A provider's hint is honoured up to this; a longer one would park a job on a typing mistake.
const LONGEST_HINT: Duration = Duration::from_mins(15);

/// How a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request could not be built or signed; it never left.
    Unsendable,
    /// Nobody listened; the request never left, a later one may.
    Unreachable,
    /// The request may have taken effect: no answer, or none that can be read.
    Lost(&'static str),
    /// The service answered with an error code of its own.
    Answered { code: String, status: u16, after: Option<Duration> },
}

/// Reads the fault out of an SDK error.
pub(crate) fn fault_of<E>(error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ConstructionFailure(_) => Fault::Unsendable,
        SdkError::TimeoutError(_) => Fault::Lost("timed_out"),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Fault::Lost("timed_out"),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(connector) if refused(connector) => Fault::Unreachable,
            _ => Fault::Lost("connection_closed"),
        },
        SdkError::ServiceError(context) => answered(context.err().meta().code(), context.raw()),
        _ => Fault::Lost("answer_unreadable"),
    }
}

fn answered(code: Option<&str>, raw: &HttpResponse) -> Fault {
    let status = raw.status().as_u16();
    let request_id =
        ["x-amzn-requestid", "x-amz-request-id"].into_iter().find_map(|name| raw.headers().get(name));
    tracing::info!(code, status, request_id, "the service answered an error");
    // Some services prefix the code with its namespace.
    match code.and_then(|code| code.rsplit('#').next()) {
        Some(code) if !code.is_empty() => Fault::Answered { code: code.to_owned(), status, after: hint(raw) },
        _ => Fault::Lost("answer_unreadable"),
    }
}

fn hint(raw: &HttpResponse) -> Option<Duration> {
    let number = |name: &str| raw.headers().get(name)?.trim().parse::<u64>().ok();
    number("x-amz-retry-after")
        .map(Duration::from_millis)
        .or_else(|| number("retry-after").map(Duration::from_secs))
        .map(|hint| hint.min(LONGEST_HINT))
}

fn refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if let Some(io) = current.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::ConnectionRefused
        {
            return true;
        }
        cause = current.source();
    }
    false
}

/// Codes that every AWS service shares, as (code here, whether a retry is safe without looking first).
pub(crate) enum Common {
    /// Refused before the work, for now.
    Retry(&'static str),
    /// Refused for good.
    Permanent(&'static str),
    /// An error inside the service; the work may be done.
    Unknown(&'static str),
}

/// Meaning of a code that the service's own table does not list.
pub(crate) fn common(code: &str, status: u16) -> Common {
    match code {
        "ThrottlingException"
        | "Throttling"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "RequestLimitExceeded" => Common::Retry("throttled"),
        "ServiceUnavailable" | "ServiceUnavailableException" => Common::Retry("service_unavailable"),
        "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => Common::Retry("credentials_expired"),
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            Common::Permanent("access_denied")
        }
        "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException" => Common::Permanent("credentials_refused"),
        "ValidationException" | "ValidationError" | "SerializationException" => {
            Common::Permanent("request_invalid")
        }
        "InternalFailure"
        | "InternalError"
        | "InternalServerError"
        | "InternalServerException"
        | "InternalServerErrorException"
        | "InternalServiceError"
        | "InternalServiceException"
        | "InternalServiceErrorException" => Common::Unknown("internal_failure"),
        "RequestTimeout" | "RequestTimeoutException" => Common::Unknown("timed_out"),
        // An unlisted code says that the service refused; only on its own failure is the effect in doubt.
        _ if status >= 500 => Common::Unknown("unrecognized"),
        _ => Common::Permanent("unrecognized"),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_workmail::operation::create_user::CreateUserError;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn answer(code: Option<&str>, status: u16, header: Option<(&'static str, &str)>) -> Fault {
        let mut raw = HttpResponse::new(status.try_into().unwrap(), SdkBody::empty());
        if let Some((name, value)) = header {
            raw.headers_mut().insert(name, value.to_owned());
        }
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = code {
            meta = meta.code(code);
        }
        fault_of(&SdkError::service_error(CreateUserError::generic(meta.build()), raw))
    }

    fn dispatch(error: ConnectorError) -> Fault {
        fault_of::<CreateUserError>(&SdkError::dispatch_failure(error))
    }

    #[test]
    fn a_code_is_kept_without_its_namespace() {
        let Fault::Answered { code, .. } = answer(Some("com.example#EntityStateException"), 400, None) else {
            unreachable!("an answered error stays answered");
        };
        assert_eq!(code, "EntityStateException");
    }

    #[test]
    fn an_answer_without_a_code_may_have_taken_effect_whatever_its_status() {
        for status in [200, 400, 429, 500, 503] {
            assert_eq!(answer(None, status, None), Fault::Lost("answer_unreadable"));
        }
    }

    #[test]
    fn hints_are_read_and_bounded() {
        let after = |header| match answer(Some("ThrottlingException"), 400, Some(header)) {
            Fault::Answered { after, .. } => after,
            other => unreachable!("{other:?}"),
        };
        assert_eq!(after(("retry-after", "7")), Some(Duration::from_secs(7)));
        assert_eq!(after(("x-amz-retry-after", "1500")), Some(Duration::from_millis(1500)));
        assert_eq!(after(("retry-after", "999999999")), Some(LONGEST_HINT));
        assert_eq!(after(("retry-after", "soon")), None);
    }

    #[test]
    fn a_refused_connection_never_left_but_a_closed_one_may_have() {
        let io = |kind: std::io::ErrorKind| ConnectorError::io(std::io::Error::from(kind).into());
        assert_eq!(dispatch(io(std::io::ErrorKind::ConnectionRefused)), Fault::Unreachable);
        assert_eq!(dispatch(io(std::io::ErrorKind::ConnectionReset)), Fault::Lost("connection_closed"));
        assert_eq!(dispatch(ConnectorError::timeout("late".into())), Fault::Lost("timed_out"));
    }

    #[test]
    fn a_request_that_could_not_be_built_was_not_sent() {
        let error = SdkError::<CreateUserError, HttpResponse>::construction_failure("no input");
        assert_eq!(fault_of(&error), Fault::Unsendable);
    }

    #[test]
    fn status_alone_decides_only_between_refused_and_doubtful_for_unlisted_codes() {
        assert!(matches!(common("NeverSeen", 400), Common::Permanent("unrecognized")));
        assert!(matches!(common("NeverSeen", 503), Common::Unknown("unrecognized")));
        assert!(matches!(common("ThrottlingException", 400), Common::Retry("throttled")));
        assert!(matches!(common("InternalServerError", 500), Common::Unknown("internal_failure")));
    }
}
