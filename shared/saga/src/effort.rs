//! What a saga must offer: its table, the actions and the undos.

use std::future::Future;

use vestibule_domain::{Address, Hire, JobStatus};

use crate::{Failure, Ledger, Table};

/// What a finished action leaves to be written, together with the step's outcome.
#[derive(Debug, Default)]
pub struct Done {
    /// The outside id of what was done.
    pub effect: Option<String>,
    /// A new status of the job.
    pub status: Option<JobStatus>,
    /// An address to take in the same transaction.
    pub reserve: Option<Address>,
    /// An address to give back in the same transaction.
    pub release: Option<Address>,
    /// The hire to write in the same transaction.
    pub hire: Option<Hire>,
}

impl Done {
    /// Nothing to record but that it is done.
    pub fn plain() -> Self {
        Self::default()
    }

    /// Done, with the outside id of the effect.
    pub fn with(effect: impl Into<String>) -> Self {
        Self { effect: Some(effect.into()), ..Self::default() }
    }
}

/// A saga. Actions and undos look before they act, so each can be repeated at any time.
pub trait Saga: Send + Sync {
    /// The steps.
    fn table(&self) -> &'static Table;

    /// Does a step.
    fn act(&self, step: &str, ledger: &mut Ledger<'_>) -> impl Future<Output = Result<Done, Failure>> + Send;

    /// Takes a step back, whether or not its action was known to succeed.
    fn undo(&self, step: &str, ledger: &mut Ledger<'_>)
    -> impl Future<Output = Result<Done, Failure>> + Send;

    /// What else is written when the address turned out to be somebody else's.
    fn taken(&self, ledger: &mut Ledger<'_>) -> Done;
}
