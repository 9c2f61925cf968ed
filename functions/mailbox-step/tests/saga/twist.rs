//! A saga with something done around each action: failing it, answering in its place, dying in it.

use tokio::sync::Notify;
use vestibule_domain::JobStatus;
use vestibule_saga::{Done, Ended, Failure, Ledger, Saga, Table, Task};

use crate::firm::{Firm, Work};

/// One action or undo about to be done, or just done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment<'m> {
    /// Which step.
    pub(crate) step: &'m str,
    /// Whether the step is done or taken back.
    pub(crate) undo: bool,
}

/// What happens instead of going on.
pub(crate) enum Turn {
    /// Nothing.
    Go,
    /// This outcome, whatever was or would have been done.
    Answer(Box<Result<Done, Failure>>),
    /// The worker dies.
    Die,
}

impl Turn {
    /// A failure for good.
    pub(crate) fn failure() -> Self {
        Self::Answer(Box::new(Err(Failure::permanent("planted"))))
    }
}

type Before<'a> = dyn Fn(Moment<'_>) -> Turn + Send + Sync + 'a;
type After<'a> = dyn Fn(Moment<'_>, &Result<Done, Failure>) -> Turn + Send + Sync + 'a;

/// A saga with hooks before and after each action.
pub(crate) struct Twisted<'a, S> {
    saga: &'a S,
    before: Box<Before<'a>>,
    after: Box<After<'a>>,
    death: Notify,
}

impl<'a, S: Saga> Twisted<'a, S> {
    /// The saga as it is.
    pub(crate) fn new(saga: &'a S) -> Self {
        Self { saga, before: Box::new(|_| Turn::Go), after: Box::new(|_, _| Turn::Go), death: Notify::new() }
    }

    /// With this asked before each action.
    pub(crate) fn before(mut self, hook: impl Fn(Moment<'_>) -> Turn + Send + Sync + 'a) -> Self {
        self.before = Box::new(hook);
        self
    }

    /// With this asked after each action, before its outcome is recorded.
    pub(crate) fn after(
        mut self,
        hook: impl Fn(Moment<'_>, &Result<Done, Failure>) -> Turn + Send + Sync + 'a,
    ) -> Self {
        self.after = Box::new(hook);
        self
    }

    /// Failing for good at `step`, before anything of it is done.
    pub(crate) fn failing_at(self, step: &'a str) -> Self {
        self.before(move |moment| {
            let here = moment.step == step && !moment.undo;
            if here { Turn::failure() } else { Turn::Go }
        })
    }

    /// Walks the job until it ends (`Some`) or the worker dies (`None`): in a hook, or once
    /// `is_last` says so of a task that has just been performed.
    pub(crate) async fn run_or_die(
        &self,
        firm: &Firm<'_>,
        work: Work,
        mut is_last: impl FnMut(&Task, &Result<(), Failure>) -> bool,
    ) -> Option<Ended> {
        let seen = |task: &Task, outcome: &Result<(), Failure>| {
            if is_last(task, outcome) {
                self.death.notify_one();
            }
        };
        tokio::select! {
            biased;
            () = self.death.notified() => None,
            ended = firm.run_seen(self, work, seen) => Some(ended),
        }
    }

    async fn take(&self, turn: Turn) -> Option<Result<Done, Failure>> {
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
    fn table(&self) -> &'static Table {
        self.saga.table()
    }

    async fn act(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let moment = Moment { step, undo: false };
        if let Some(outcome) = self.take((self.before)(moment)).await {
            return outcome;
        }
        let outcome = self.saga.act(step, ledger).await;
        self.take((self.after)(moment, &outcome)).await.unwrap_or(outcome)
    }

    async fn undo(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        let moment = Moment { step, undo: true };
        if let Some(outcome) = self.take((self.before)(moment)).await {
            return outcome;
        }
        let outcome = self.saga.undo(step, ledger).await;
        self.take((self.after)(moment, &outcome)).await.unwrap_or(outcome)
    }

    fn taken(&self, ledger: &mut Ledger<'_>) -> Done {
        self.saga.taken(ledger)
    }
}

/// How a job's status is called when its walk ended so.
pub(crate) fn agrees(ended: Ended, status: JobStatus) -> bool {
    match ended {
        Ended::Succeeded => status == JobStatus::Succeeded,
        Ended::Undone => matches!(status, JobStatus::Failed | JobStatus::NeedsAttention),
        Ended::HandedOver => status == JobStatus::NeedsAttention,
    }
}
