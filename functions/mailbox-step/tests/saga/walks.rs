//! Walking a firm's jobs: to the end, task by task, and on after a worker died.

use vestibule_models::Call;
use vestibule_saga::{Action, Ended, Failure, Saga, Task, perform, run_in_process};
use vestibule_store::JobEvent;

use crate::firm::{Firm, Work};

impl Firm<'_> {
    /// Walks the job to its end; the clock moves on between tries.
    pub(crate) async fn run(&self, saga: &impl Saga, work: Work) -> Ended {
        self.run_seen(saga, work, |_, _| ()).await
    }

    /// The same; `seen` is told of every task and its outcome.
    pub(crate) async fn run_seen(
        &self,
        saga: &impl Saga,
        work: Work,
        mut seen: impl FnMut(&Task, &Result<(), Failure>),
    ) -> Ended {
        let (tools, attempt) = (&self.stack.tools, self.job(work).await.attempt);
        let job = (self.tenant.id, work.job, attempt);
        run_in_process(saga, &tools.store, &tools.world, job, |task, outcome| {
            if outcome.is_err() {
                self.stack.outlast_leases();
            }
            seen(task, outcome);
        })
        .await
    }

    /// Walks the job to its end and names the calls that this took.
    pub(crate) async fn calls_of(&self, saga: &impl Saga, work: Work) -> Vec<Call> {
        let before = self.stack.cloud.calls().len();
        self.run(saga, work).await;
        self.stack.cloud.calls().split_off(before)
    }

    /// What the sweep does with a job whose run ended without closing it.
    pub(crate) async fn recover(&self, work: Work) {
        self.stack.outlast_leases();
        let mut job = self.job(work).await;
        job.attempt += 1;
        self.store().save_job(&mut job, JobEvent::default(), &self.stack.tools.world).await.unwrap();
    }

    /// Performs one task of the job's current run.
    pub(crate) async fn perform(
        &self,
        saga: &impl Saga,
        work: Work,
        step: &str,
        action: Action,
    ) -> Result<(), Failure> {
        let attempt = self.job(work).await.attempt;
        let (name, step) = (saga.table().saga.to_owned(), step.to_owned());
        let task = Task { saga: name, step, action, tenant: self.tenant.id, job: work.job, attempt };
        self.perform_task(saga, &task).await
    }

    /// Performs a task.
    pub(crate) async fn perform_task(&self, saga: &impl Saga, task: &Task) -> Result<(), Failure> {
        perform(saga, &self.stack.tools.store, &self.stack.tools.world, task).await
    }
}
