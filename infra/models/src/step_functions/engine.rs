//! Runs executions on tasks of their own.

use std::sync::Arc;

use vestibule_asl::{Abort, Definition, Execution, Runner, Status};

use super::{
    StepFunctions, Worker,
    store::{self, StoredJournal},
};
use crate::error::CloudError;

impl StepFunctions {
    /// Runs a stored execution, unless it has ended or runs already, there is no worker yet, or its state machine is gone.
    pub(super) fn spawn(&self, arn: &str) -> Result<(), CloudError> {
        // Held while the row is read, so that a stop or a second start in between cannot make it run from a stale snapshot.
        let mut engine = self.engine();
        let Some(worker) = engine.worker.clone().filter(|_| !engine.running.contains_key(arn)) else {
            return Ok(());
        };
        let (found, stop) = self.storage.transact(|rows| {
            Ok::<_, CloudError>((store::find(rows, arn)?, store::requested_stop(rows, arn)?))
        })?;
        let Some(execution) = found.filter(|execution| execution.status == Status::Running) else {
            return Ok(());
        };
        let Some(machine) = engine.machines.get(&execution.state_machine_name) else {
            tracing::warn!(execution = arn, "its state machine is gone; the execution waits");
            return Ok(());
        };
        let definition = Arc::clone(&machine.definition);
        let abort = Abort::new();
        if let Some(stopped) = stop {
            abort.stop(stopped);
        }
        engine.running.insert(arn.to_owned(), abort.clone());
        tokio::spawn(self.clone().run(execution, definition, worker, abort));
        Ok(())
    }

    async fn run(self, execution: Execution, definition: Arc<Definition>, worker: Worker, abort: Abort) {
        let arn = execution.arn.clone();
        let journal = StoredJournal(self.storage.clone());
        let runner = Runner {
            definition: &definition,
            lambda: worker.lambda.as_ref(),
            pace: worker.pace.as_ref(),
            journal: &journal,
            abort: &abort,
        };
        if let Err(error) = runner.run(execution).await {
            tracing::error!(
                execution = arn,
                error = &error as &dyn std::error::Error,
                "the execution waits for the next start"
            );
        }
        self.engine().running.remove(&arn);
    }
}
