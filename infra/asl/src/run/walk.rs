//! The loop over states, its interruptions and the end of an execution.

use std::{future::Future, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{Runner, data_flow};
use crate::{
    Current, Event, Execution, JournalFailed, Status, Stopped, TaskFailure,
    definition::{Kind, State},
    event::Happened,
};

/// Events an execution may have, as on AWS; it ends a machine that goes round in circles.
const MOST_EVENTS: u64 = 25_000;

/// What a state leads to.
pub(super) enum Outcome {
    /// To the next state with this output.
    Next(String, Value),
    /// To the end with this output.
    Succeeded(Value),
    /// To the end without one.
    Failed { error: Option<String>, cause: Option<String> },
    /// The same state once more, after its backoff.
    Again,
}

impl From<TaskFailure> for Outcome {
    fn from(failure: TaskFailure) -> Self {
        Self::Failed { error: Some(failure.error), cause: Some(failure.cause) }
    }
}

/// Why a state was left halfway.
pub(super) enum Interrupt {
    Aborted(Stopped),
    TimedOut,
    Journal(JournalFailed),
}

impl From<JournalFailed> for Interrupt {
    fn from(failed: JournalFailed) -> Self {
        Self::Journal(failed)
    }
}

pub(super) struct Walk<'a> {
    pub(super) runner: Runner<'a>,
    pub(super) execution: Execution,
    events: Vec<Event>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(runner: Runner<'a>, execution: Execution) -> Self {
        Self { runner, execution, events: Vec::new() }
    }

    pub(super) async fn finish(mut self) -> Result<Execution, JournalFailed> {
        if self.execution.last_event_id == 0 {
            self.record(Happened::execution_started(&self.execution.input));
        }
        while self.execution.status == Status::Running {
            match self.step().await {
                Ok(outcome) => self.follow(outcome),
                Err(Interrupt::Aborted(stopped)) => self.abort(stopped),
                Err(Interrupt::TimedOut) => self.time_out(),
                Err(Interrupt::Journal(failed)) => return Err(failed),
            }
        }
        self.save()?;
        Ok(self.execution)
    }

    async fn step(&mut self) -> Result<Outcome, Interrupt> {
        self.check_interrupted()?;
        if self.execution.last_event_id >= MOST_EVENTS {
            let cause =
                format!("The execution reached the maximum number of history events ({MOST_EVENTS}).");
            return Ok(TaskFailure::runtime(cause).into());
        }
        let definition = self.runner.definition;
        let current = match self.execution.current.clone() {
            Some(current) => current,
            None => self.enter(definition.start_at().to_owned(), self.execution.input.clone()),
        };
        let Some(state) = definition.state(&current.state) else {
            return Ok(TaskFailure::runtime(format!(
                "There is no state '{}' in the definition.",
                current.state
            ))
            .into());
        };
        match &state.kind {
            Kind::Task(task) => self.task(&current, state, task).await,
            Kind::Wait(wait) => self.wait(&current, state, wait).await,
            kind => Ok(self.plain(&current, state, kind).unwrap_or_else(Outcome::from)),
        }
    }

    pub(super) fn enter(&mut self, name: String, input: Value) -> Current {
        if let Some(state) = self.runner.definition.state(&name) {
            self.record(Happened::entered(state.kind.name(), &name, &input));
        }
        let entered_at = self.runner.pace.now();
        let current = Current { state: name, input, entered_at, retries: Vec::new(), wait_until: None };
        self.execution.current = Some(current.clone());
        current
    }

    /// Ends a state that did what it should: where it goes with its output.
    pub(super) fn exit(
        &mut self,
        current: &Current,
        state: &State,
        next: Option<String>,
        output: Value,
    ) -> Outcome {
        self.record(Happened::exited(state.kind.name(), &current.state, &output));
        match next {
            Some(next) => Outcome::Next(next, output),
            None => Outcome::Succeeded(output),
        }
    }

    pub(super) fn context(&self, current: &Current) -> Value {
        data_flow::context(&self.execution, current)
    }

    pub(super) fn record(&mut self, happened: Happened) {
        self.execution.last_event_id += 1;
        let event = happened.numbered(self.execution.last_event_id, self.runner.pace.now());
        self.events.push(event);
    }

    pub(super) fn save(&mut self) -> Result<(), JournalFailed> {
        self.runner.journal.save(&self.execution, &self.events)?;
        self.events.clear();
        Ok(())
    }

    /// Stores that the state waits until then, and waits.
    pub(super) async fn sleep_until(&mut self, until: Timestamp) -> Result<(), Interrupt> {
        self.set_wait(Some(until));
        self.save()?;
        let left = until_then(self.runner.pace.now(), until);
        self.uninterrupted(self.runner.pace.sleep(left)).await?;
        self.set_wait(None);
        Ok(())
    }

    pub(super) fn set_wait(&mut self, until: Option<Timestamp>) {
        if let Some(current) = &mut self.execution.current {
            current.wait_until = until;
        }
    }

    /// Awaits `work` unless the execution is stopped or its time is up.
    pub(super) async fn uninterrupted<T>(&self, work: impl Future<Output = T>) -> Result<T, Interrupt> {
        let pace = self.runner.pace;
        let expired = async {
            match self.deadline() {
                Some(at) => pace.timeout(until_then(pace.now(), at)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            stopped = self.runner.abort.stopped() => Err(Interrupt::Aborted(stopped)),
            done = work => Ok(done),
            () = expired => Err(Interrupt::TimedOut),
        }
    }

    pub(super) fn check_interrupted(&self) -> Result<(), Interrupt> {
        if let Some(stopped) = self.runner.abort.requested() {
            return Err(Interrupt::Aborted(stopped));
        }
        let expired = self.deadline().is_some_and(|at| at <= self.runner.pace.now());
        if expired { Err(Interrupt::TimedOut) } else { Ok(()) }
    }

    fn deadline(&self) -> Option<Timestamp> {
        let timeout = self.runner.definition.timeout()?;
        Some(later(self.execution.start_date, timeout))
    }
}

/// `at + duration`, the end of time when there is no such time.
pub(super) fn later(at: Timestamp, duration: Duration) -> Timestamp {
    let signed = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    at.checked_add(signed).unwrap_or(Timestamp::MAX)
}

fn until_then(now: Timestamp, then: Timestamp) -> Duration {
    then.duration_since(now).try_into().unwrap_or_default()
}
