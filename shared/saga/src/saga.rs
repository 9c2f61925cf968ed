//! What a saga must offer: its definition, the actions and the undos.

use std::future::Future;

use crate::{Definition, Done, Failure, Ledger, StepName, StepOutcome};

/// A saga. Actions and undos look before they act, so each can be repeated at any time.
pub trait Saga: Send + Sync {
    /// Its steps, as [`saga!`](crate::saga) declares them.
    type Step: StepName;

    /// The steps in order.
    fn definition(&self) -> &'static Definition;

    /// Does a step.
    fn act(
        &self,
        step: Self::Step,
        ledger: &mut Ledger<'_>,
    ) -> impl Future<Output = Result<StepOutcome, Failure>> + Send;

    /// Takes a step back, whether or not its action was known to succeed. A repeating step may take back a batch
    /// at a time.
    fn undo(
        &self,
        step: Self::Step,
        ledger: &mut Ledger<'_>,
    ) -> impl Future<Output = Result<StepOutcome, Failure>> + Send;

    /// What is written when the candidate of `step` turned out to be somebody else's.
    fn rejected(&self, step: Self::Step, ledger: &mut Ledger<'_>) -> Done {
        let _ = (step, ledger);
        Done::plain()
    }
}
