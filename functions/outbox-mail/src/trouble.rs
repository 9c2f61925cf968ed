//! Why a mail is not sent, as what follows from it. Codes are stable `snake_case` words without
//! personal data.

use vestibule_adapters::mail::{MailError, MailRefused, templates::TemplateError};
use vestibule_store::StoreError;

/// Why a mail was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// There is nothing to send, or nobody to send it to.
    Moot(&'static str),
    /// The same may succeed later.
    Later(&'static str),
    /// It never will.
    Never(&'static str),
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict(_) => Self::Moot("overtaken"),
            StoreError::Busy(_) => Self::Later("table_busy"),
            StoreError::Table(_) => Self::Later("table_failed"),
            StoreError::Row { .. } => Self::Never("row_unreadable"),
        }
    }
}

impl From<MailError> for Trouble {
    fn from(error: MailError) -> Self {
        match error {
            MailError::Permanent { code } => Self::Never(code),
            // After a lost answer the mail may be out. Once more, with a newer link, does less
            // harm than a warning that never comes.
            MailError::Retry { code, .. } | MailError::Unknown { code } => Self::Later(code),
        }
    }
}

impl From<TemplateError> for Trouble {
    fn from(_: TemplateError) -> Self {
        Self::Never("mail_not_composable")
    }
}

impl From<MailRefused> for Trouble {
    fn from(_: MailRefused) -> Self {
        Self::Never("mail_not_composable")
    }
}

#[cfg(test)]
mod tests {
    use vestibule_store::Conflict;

    use super::*;

    #[test]
    fn a_busy_table_and_a_throttled_or_silent_mail_service_are_tried_again() {
        let retry = MailError::Retry { code: "throttled", after: None };
        assert_eq!(Trouble::from(retry), Trouble::Later("throttled"));
        let lost = MailError::Unknown { code: "timed_out" };
        assert_eq!(Trouble::from(lost), Trouble::Later("timed_out"));
        assert_eq!(Trouble::from(StoreError::Busy("x".into())), Trouble::Later("table_busy"));
        assert_eq!(Trouble::from(StoreError::Table("x".into())), Trouble::Later("table_failed"));
    }

    #[test]
    fn refusals_and_broken_rows_are_given_up() {
        let refused = MailError::Permanent { code: "message_rejected" };
        assert_eq!(Trouble::from(refused), Trouble::Never("message_rejected"));
        let row = StoreError::Row { row: "planted".into(), reason: "planted".into() };
        assert_eq!(Trouble::from(row), Trouble::Never("row_unreadable"));
        assert_eq!(Trouble::from(MailRefused::Subject), Trouble::Never("mail_not_composable"));
        assert_eq!(Trouble::from(StoreError::from(Conflict::LinkUsed)), Trouble::Moot("overtaken"));
    }
}
