//! The meaning of `WorkMail`'s error codes.
//!
//! Everything here answers with HTTP status 400, so only the code tells one case from another.

use std::error::Error;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::MailboxError;
use crate::fault::{Common, Fault, common, fault_of};

/// What a failed `WorkMail` call amounts to: the cases a verb treats in its own way, or an error for the
/// caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The name is held by some user, group or resource.
    NameTaken,
    /// The address is held by some entity or alias.
    AddressTaken,
    /// The entity has a mailbox already.
    AlreadyRegistered,
    /// There is no such entity.
    Absent,
    /// The entity is not in the state that the call needs.
    WrongState,
    /// Nothing a verb could settle.
    Other(MailboxError),
}

impl From<Refusal> for MailboxError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::NameTaken | Refusal::AddressTaken => return Self::Foreign,
            Refusal::AlreadyRegistered => "already_registered",
            Refusal::Absent => "entity_not_found",
            Refusal::WrongState => "entity_state",
            Refusal::Other(error) => return error,
        };
        Self::Permanent { code }
    }
}

/// Classifies a failed call.
pub(super) fn refusal<E>(error: &SdkError<E, HttpResponse>) -> Refusal
where
    E: ProvideErrorMetadata + Error + 'static,
{
    meaning(fault_of(error))
}

fn meaning(fault: Fault) -> Refusal {
    let error = match fault {
        Fault::Unsendable => MailboxError::Permanent { code: "request_invalid" },
        Fault::Unreachable => MailboxError::Retry { code: "unreachable", after: None },
        Fault::Lost(code) => MailboxError::Unknown { code },
        Fault::Answered { code, status, after } => return of_code(&code, status, after),
    };
    Refusal::Other(error)
}

fn of_code(code: &str, status: u16, after: Option<Duration>) -> Refusal {
    let permanent = match code {
        "NameAvailabilityException" => return Refusal::NameTaken,
        "EmailAddressInUseException" => return Refusal::AddressTaken,
        "EntityAlreadyRegisteredException" => return Refusal::AlreadyRegistered,
        "EntityNotFoundException" => return Refusal::Absent,
        "EntityStateException" => return Refusal::WrongState,
        "DirectoryUnavailableException" => {
            let code = "directory_unavailable";
            return Refusal::Other(MailboxError::Retry { code, after });
        }
        "DirectoryServiceAuthenticationFailedException" => "directory_credentials_refused",
        "ReservedNameException" => "reserved_name",
        "InvalidPasswordException" => "password_refused",
        "InvalidParameterException" => "request_invalid",
        "UnsupportedOperationException" => "directory_read_only",
        "OrganizationNotFoundException" => "organization_not_found",
        "OrganizationStateException" => "organization_state",
        "MailDomainNotFoundException" => "mail_domain_not_found",
        "MailDomainStateException" => "mail_domain_unverified",
        "LimitExceededException" => "limit_exceeded",
        _ => return Refusal::Other(of_common(&common(code, status), after)),
    };
    Refusal::Other(MailboxError::Permanent { code: permanent })
}

fn of_common(meaning: &Common, after: Option<Duration>) -> MailboxError {
    match *meaning {
        Common::Retry(code) => MailboxError::Retry { code, after },
        Common::Permanent(code) => MailboxError::Permanent { code },
        Common::Unknown(code) => MailboxError::Unknown { code },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: &str, status: u16) -> Refusal {
        let after = Some(Duration::from_secs(3));
        meaning(Fault::Answered { code: code.to_owned(), status, after })
    }

    #[test]
    fn collisions_and_absence_are_told_apart_by_code_not_status() {
        let table = [
            ("NameAvailabilityException", Refusal::NameTaken),
            ("EmailAddressInUseException", Refusal::AddressTaken),
            ("EntityAlreadyRegisteredException", Refusal::AlreadyRegistered),
            ("EntityNotFoundException", Refusal::Absent),
            ("EntityStateException", Refusal::WrongState),
        ];
        for (code, expected) in table {
            for status in [400, 404, 409, 500] {
                assert_eq!(answered(code, status), expected, "{code} with {status}");
            }
        }
    }

    #[test]
    fn refusals_for_good_carry_stable_codes() {
        let table = [
            ("ReservedNameException", "reserved_name"),
            ("InvalidPasswordException", "password_refused"),
            ("InvalidParameterException", "request_invalid"),
            ("UnsupportedOperationException", "directory_read_only"),
            ("OrganizationNotFoundException", "organization_not_found"),
            ("OrganizationStateException", "organization_state"),
            ("MailDomainNotFoundException", "mail_domain_not_found"),
            ("MailDomainStateException", "mail_domain_unverified"),
            ("AccessDeniedException", "access_denied"),
            ("SomethingNew", "unrecognized"),
        ];
        for (code, expected) in table {
            let permanent = MailboxError::Permanent { code: expected };
            assert_eq!(answered(code, 400), Refusal::Other(permanent), "{code}");
        }
    }

    #[test]
    fn throttling_and_outages_are_retried_with_the_providers_hint() {
        let table = [
            ("ThrottlingException", "throttled"),
            ("TooManyRequestsException", "throttled"),
            ("ServiceUnavailableException", "service_unavailable"),
            ("DirectoryUnavailableException", "directory_unavailable"),
        ];
        for (code, expected) in table {
            let retry = MailboxError::Retry { code: expected, after: Some(Duration::from_secs(3)) };
            assert_eq!(answered(code, 400), Refusal::Other(retry), "{code}");
        }
    }

    #[test]
    fn a_lost_answer_is_unknown_and_an_unsent_request_is_not() {
        let unknown = |code| Refusal::Other(MailboxError::Unknown { code });
        assert_eq!(meaning(Fault::Lost("timed_out")), unknown("timed_out"));
        assert_eq!(answered("InternalFailure", 500), unknown("internal_failure"));
        assert_eq!(answered("SomethingNew", 502), unknown("unrecognized"));
        let retry = MailboxError::Retry { code: "unreachable", after: None };
        assert_eq!(meaning(Fault::Unreachable), Refusal::Other(retry));
    }

    #[test]
    fn codes_are_snake_case_and_errors_name_nobody() {
        let errors = [
            MailboxError::from(Refusal::NameTaken),
            MailboxError::from(Refusal::AlreadyRegistered),
            MailboxError::from(Refusal::Absent),
            MailboxError::from(Refusal::WrongState),
        ];
        for error in errors {
            let code = error.code();
            assert!(code.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            assert!(!error.to_string().contains('@'));
        }
    }
}
