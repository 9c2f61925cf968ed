//! How storage fails: a named conflict that the caller acts on, or the table itself.

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why a command was not taken. Nothing was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// Somebody else changed the record since it was read; read again and decide anew.
    #[error("the record was changed meanwhile")]
    Stale,
    /// A record of this id exists already.
    #[error("the record exists already")]
    Exists,
    /// Another job holds the address.
    #[error("the address is taken")]
    AddressTaken,
    /// Another tenant has the slug.
    #[error("another tenant has this slug")]
    SlugTaken,
    /// Another tenant has the mail domain.
    #[error("another tenant has this mail domain")]
    DomainTaken,
    /// The lock is not held by the one who wants to release it.
    #[error("the lock belongs to somebody else")]
    NotOurs,
    /// The person is not, or no longer, a member who may act.
    #[error("the membership does not allow it")]
    NotMember,
    /// The address is invited to the tenant already.
    #[error("the address is invited already")]
    Invited,
    /// Every seat of the tenant is taken, or they were never counted.
    #[error("no seat is free")]
    NoSeat,
    /// Another administrator of the platform has the user name.
    #[error("another administrator has this user name")]
    UserNameTaken,
    /// The platform would be left without a super administrator.
    #[error("no super administrator would be left")]
    LastSuperAdmin,
    /// Another job took the place of this one.
    #[error("another job took the place of this one")]
    Superseded,
    /// A mailed link was used, replaced or has expired.
    #[error("the link is no longer valid")]
    LinkUsed,
    /// The same idempotency key was used before or at the same moment.
    #[error("the idempotency key was used before")]
    KeyUsed,
}

impl Conflict {
    /// Whether somebody was faster with something that only one can have: another candidate may be free.
    pub fn is_lost_candidate(self) -> bool {
        self == Self::AddressTaken
    }
}

/// Storage failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A condition did not hold.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The table is busy or does not answer; the same call may succeed later.
    #[error("the table is busy: {0}")]
    Busy(String),
    /// The table refused the call.
    #[error("the table failed: {0}")]
    Table(String),
    /// A stored row does not have the shape the code expects.
    #[error("the row {row} does not decode: {reason}")]
    Row {
        /// Partition and sort key.
        row: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Codes of answers that mean "later", not "no".
const BUSY: &[&str] = &[
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "TransactionInProgressException",
    "TransactionConflictException",
    "InternalServerError",
    "LimitExceededException",
];

impl StoreError {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        !matches!(self, Self::Conflict(_) | Self::Row { .. })
    }
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    fn from(error: SdkError<E, R>) -> Self {
        let told = error.as_service_error();
        let busy = match told.and_then(ProvideErrorMetadata::code) {
            Some(code) => BUSY.contains(&code),
            None => unanswered(&error),
        };
        // The table's own words where it answered; without the raw answer, which may hold rows.
        let text = match told {
            Some(told) => format!("{}: {}", told.code().unwrap_or("?"), told.message().unwrap_or("?")),
            None => DisplayErrorContext(&error).to_string(),
        };
        if busy { Self::Busy(text) } else { Self::Table(text) }
    }
}

/// Whether no answer came: too late, or the connection failed.
fn unanswered<E, R>(error: &SdkError<E, R>) -> bool {
    match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout() || failure.is_io(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::error::ConnectorError;
    use aws_sdk_dynamodb::operation::get_item::GetItemError;

    use super::*;

    type Failed = SdkError<GetItemError, ()>;

    #[test]
    fn a_table_that_does_not_answer_is_busy() {
        let unanswered = [
            Failed::timeout_error("late"),
            Failed::dispatch_failure(ConnectorError::timeout("late".into())),
            Failed::dispatch_failure(ConnectorError::io("reset".into())),
        ];
        for error in unanswered {
            assert!(matches!(StoreError::from(error), StoreError::Busy(_)));
        }
    }

    #[test]
    fn a_call_that_cannot_be_made_is_a_fault() {
        let broken = [
            Failed::construction_failure("no region"),
            Failed::dispatch_failure(ConnectorError::user("no such scheme".into())),
        ];
        for error in broken {
            assert!(matches!(StoreError::from(error), StoreError::Table(_)));
        }
    }
}
