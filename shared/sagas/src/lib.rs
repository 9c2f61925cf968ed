//! The definitions of all sagas, as data: the workers, the timeline and the writer of the state machines read the same.

pub mod account;
pub mod credentials;
pub mod import;
pub mod mailbox;
pub mod offboarding;
mod waiting;

use vestibule_domain::JobKind;
use vestibule_saga::Definition;

pub use account::{AccountState, AccountStep, MailTry};
pub use credentials::{CredentialsState, CredentialsStep};
pub use import::{ImportState, ImportStep};
pub use mailbox::{MailboxState, MailboxStep};
pub use offboarding::{OffboardingState, OffboardingStep, Owned};
pub use waiting::{Waiting, Waits};

/// All of them.
pub static ALL: [&Definition; 5] = [
    &MailboxStep::DEFINITION,
    &CredentialsStep::DEFINITION,
    &ImportStep::DEFINITION,
    &AccountStep::DEFINITION,
    &OffboardingStep::DEFINITION,
];

/// The saga that works on jobs of this kind.
pub fn find(kind: &JobKind) -> Option<&'static Definition> {
    ALL.into_iter().find(|definition| definition.saga == kind.as_str())
}
