//! Where a state leads: on to the next one, or to one of the ends of an execution.

use serde_json::json;

use super::walk::{Outcome, Walk};
use crate::{
    Status, Stopped,
    event::{Happened, reason},
    failure::{RUNTIME, TIMEOUT},
};

impl Walk<'_> {
    pub(super) fn follow(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Again => {}
            Outcome::Next(next, output) => {
                self.enter(next, output);
            }
            Outcome::Succeeded(output) => {
                self.record(Happened::execution_succeeded(&output));
                self.execution.output = Some(output);
                self.close(Status::Succeeded);
            }
            Outcome::Failed { error, cause } => {
                let cause = self.place_cause(error.as_deref(), cause);
                let details = reason(error.as_deref(), cause.as_deref());
                self.record(Happened::with("ExecutionFailed", "executionFailedEventDetails", details));
                (self.execution.error, self.execution.cause) = (error, cause);
                self.close(Status::Failed);
            }
        }
    }

    /// AWS names the state in the cause of a runtime error, which has no events of its own.
    fn place_cause(&self, error: Option<&str>, cause: Option<String>) -> Option<String> {
        match (&self.execution.current, error, cause) {
            (Some(current), Some(RUNTIME), Some(cause)) => {
                Some(format!("An error occurred while executing the state '{}'. {cause}", current.state))
            }
            (_, _, cause) => cause,
        }
    }

    pub(super) fn abort(&mut self, Stopped { error, cause }: Stopped) {
        let details = reason(error.as_deref(), cause.as_deref());
        self.record(Happened::with("ExecutionAborted", "executionAbortedEventDetails", details));
        (self.execution.error, self.execution.cause) = (error, cause);
        self.close(Status::Aborted);
    }

    pub(super) fn time_out(&mut self) {
        let details = json!({ "error": TIMEOUT });
        self.record(Happened::with("ExecutionTimedOut", "executionTimedOutEventDetails", details));
        self.execution.error = Some(TIMEOUT.to_owned());
        self.close(Status::TimedOut);
    }

    fn close(&mut self, status: Status) {
        self.execution.status = status;
        self.execution.current = None;
        self.execution.stop_date = Some(self.runner.pace.now());
    }
}
