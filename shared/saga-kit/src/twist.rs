//! A saga with something done around each action: failing it, answering in its place, dying in it.

use tokio::sync::Notify;
use vestibule_saga::{
    Definition, Done, Ended, Failure, Ledger, Next, Saga, StepName as _, StepOutcome, Task,
};

use crate::{Place, run_seen};

/// One action or undo about to be done, or just done.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'m> {
    /// Which step.
    pub step: &'m str,
    /// Whether the step is done or taken back.
    pub undo: bool,
}

/// What happens instead of going on.
#[derive(Debug)]
pub enum Turn {
    /// Nothing.
    Go,
    /// This outcome, whatever was or would have been done.
    Answer(Box<Result<StepOutcome, Failure>>),
    /// The worker dies.
    Die,
}

impl Turn {
    /// A failure for good.
    pub fn failure() -> Self {
        Self::Answer(Box::new(Err(Failure::permanent("planted"))))
    }
}

type Before<'a> = dyn Fn(Moment<'_>) -> Turn + Send + Sync + 'a;
type After<'a> = dyn Fn(Moment<'_>, &Result<StepOutcome, Failure>) -> Turn + Send + Sync + 'a;

/// A saga with hooks before and after each action.
#[expect(missing_debug_implementations, reason = "hooks have no text")]
pub struct Twisted<'a, S> {
    saga: &'a S,
    before: Box<Before<'a>>,
    after: Box<After<'a>>,
    death: Notify,
}

impl<'a, S: Saga> Twisted<'a, S> {
    /// The saga as it is.
    pub fn new(saga: &'a S) -> Self {
        Self { saga, before: Box::new(|_| Turn::Go), after: Box::new(|_, _| Turn::Go), death: Notify::new() }
    }

    /// With this asked before each action.
    #[must_use]
    pub fn before(mut self, hook: impl Fn(Moment<'_>) -> Turn + Send + Sync + 'a) -> Self {
        self.before = Box::new(hook);
        self
    }

    /// With this asked after each action, before its outcome is recorded.
    #[must_use]
    pub fn after(
        mut self,
        hook: impl Fn(Moment<'_>, &Result<StepOutcome, Failure>) -> Turn + Send + Sync + 'a,
    ) -> Self {
        self.after = Box::new(hook);
        self
    }

    /// Failing for good at `step`, before anything of it is done.
    #[must_use]
    pub fn failing_at(self, step: &'a str) -> Self {
        self.before(move |moment| {
            let here = moment.step == step && !moment.undo;
            if here { Turn::failure() } else { Turn::Go }
        })
    }

    /// Walks the job until it ends (`Some`) or the worker dies (`None`): in a hook, or once
    /// `is_last` says so of a task that has just been performed.
    pub async fn run_or_die<P: Place>(
        &self,
        place: &P,
        case: &P::Case,
        mut is_last: impl FnMut(&Task, &Result<Next, Failure>) -> bool,
    ) -> Option<Ended> {
        let seen = |task: &Task, outcome: &Result<Next, Failure>| {
            if is_last(task, outcome) {
                self.death.notify_one();
            }
        };
        tokio::select! {
            biased;
            () = self.death.notified() => None,
            ended = run_seen(place, case, self, seen) => Some(ended),
        }
    }

    async fn take(&self, turn: Turn) -> Option<Result<StepOutcome, Failure>> {
        match turn {
            Turn::Go => None,
            Turn::Answer(outcome) => Some(*outcome),
            Turn::Die => {
                self.death.notify_one();
                std::future::pending().await
            }
        }
    }
}

impl<S: Saga> Saga for Twisted<'_, S> {
    type Step = S::Step;

    fn definition(&self) -> &'static Definition {
        self.saga.definition()
    }

    async fn act(&self, step: S::Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let moment = Moment { step: step.name(), undo: false };
        if let Some(outcome) = self.take((self.before)(moment)).await {
            return outcome;
        }
        let outcome = self.saga.act(step, ledger).await;
        self.take((self.after)(moment, &outcome)).await.unwrap_or(outcome)
    }

    async fn undo(&self, step: S::Step, ledger: &mut Ledger<'_>) -> Result<StepOutcome, Failure> {
        let moment = Moment { step: step.name(), undo: true };
        if let Some(outcome) = self.take((self.before)(moment)).await {
            return outcome;
        }
        let outcome = self.saga.undo(step, ledger).await;
        self.take((self.after)(moment, &outcome)).await.unwrap_or(outcome)
    }

    fn rejected(&self, step: S::Step, ledger: &mut Ledger<'_>) -> Done {
        self.saga.rejected(step, ledger)
    }
}
