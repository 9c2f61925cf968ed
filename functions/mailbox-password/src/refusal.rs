//! What a refused password means for whoever chose it, and for the tenant's people.

use vestibule_adapters::mailbox::MailboxError;
use vestibule_api::{ApiError, Code, Fields};
use vestibule_store::PasswordOutcome;

/// A password that was not set.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The form is shown again.
    Again(ApiError),
    /// There is nothing to fill in.
    Over(ApiError),
}

/// Somebody else sets a password by the same link.
pub(crate) fn in_use() -> Refused {
    let detail = "This link is being used at this moment, perhaps in another window of yours. Wait half a minute, then try to sign in \
                  to your mailbox. If that fails, open the link again.";
    Refused::Over(ApiError::new(Code::Conflict, detail))
}

/// It is not known whether the password was set.
pub(crate) fn unknown() -> Refused {
    let detail = "The provider of your mailbox gave no answer, so the password may be set or not. Wait half a minute, then try to \
                  sign in to your mailbox. If that fails, open the link again: it still works.";
    Refused::Over(ApiError::new(Code::Unavailable, detail))
}

/// What is written about an answer of the provider, and what the person is told.
pub(crate) fn outcome_of(error: Option<&MailboxError>) -> (PasswordOutcome, Option<Refused>) {
    let Some(error) = error else { return (PasswordOutcome::Set, None) };
    let code = error.code();
    match error {
        MailboxError::Retry { .. } | MailboxError::NotYet { .. } | MailboxError::Unknown { .. } => {
            let detail = "The provider of your mailbox is busy and set no password. Try again in some minutes; your link still works.";
            (PasswordOutcome::Refused(code), Some(Refused::Again(ApiError::new(Code::Unavailable, detail))))
        }
        // Nothing else in the request is new to the provider.
        MailboxError::Permanent { code: "password_refused" | "request_invalid" } => {
            let mut fields = Fields::default();
            let detail = "The provider of your mailbox refused this password. Choose another one, longer and of more kinds of \
                          characters, that you have not used there before.";
            fields.refuse("password", detail);
            (PasswordOutcome::Refused(code), Some(Refused::Again(fields.into_error())))
        }
        MailboxError::Permanent { .. } | MailboxError::Foreign => {
            let detail = "The provider of your mailbox does not let us set a password. Tell the person who hired you: an \
                          administrator sees on your page what is missing. Your link works again when that is mended.";
            (PasswordOutcome::Unmendable(code), Some(Refused::Over(ApiError::new(Code::WrongState, detail))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(error: &MailboxError) -> (PasswordOutcome, Option<Refused>) {
        outcome_of(Some(error))
    }

    #[test]
    fn what_can_be_mended_by_waiting_or_by_another_password_gives_the_form_again() {
        for error in [
            MailboxError::Retry { code: "throttled", after: None },
            MailboxError::NotYet { code: "user_not_complete" },
        ] {
            let (outcome, told) = of(&error);
            assert!(matches!(outcome, PasswordOutcome::Refused("throttled" | "user_not_complete")));
            let Some(Refused::Again(ApiError::Problem { code, .. })) = told else { panic!("{told:?}") };
            assert_eq!(code, Code::Unavailable);
        }
        for code in ["password_refused", "request_invalid"] {
            let (outcome, told) = of(&MailboxError::Permanent { code });
            assert_eq!(outcome, PasswordOutcome::Refused(code));
            let Some(Refused::Again(ApiError::Problem { fields, .. })) = told else { panic!("{told:?}") };
            assert_eq!(fields[0].field, "password");
        }
    }

    #[test]
    fn what_only_an_administrator_can_mend_is_noted_for_them() {
        for error in [
            MailboxError::Permanent { code: "rights_missing" },
            MailboxError::Permanent { code: "mailbox_credentials_missing" },
            MailboxError::Permanent { code: "entity_not_found" },
            MailboxError::Foreign,
        ] {
            let code = error.code();
            let (outcome, told) = of(&error);
            assert_eq!(outcome, PasswordOutcome::Unmendable(code));
            let Some(Refused::Over(ApiError::Problem { detail, .. })) = told else { panic!("{told:?}") };
            assert!(detail.contains("administrator") && !detail.contains(code), "{detail}");
        }
        assert!(matches!(outcome_of(None), (PasswordOutcome::Set, None)));
    }
}
