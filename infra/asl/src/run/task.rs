//! Task states: one attempt, then Retry, then Catch.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    data_flow, task_history,
    walk::{Interrupt, Outcome, Walk, later},
};
use crate::{
    Current, TaskFailure,
    definition::{Backoff, Resource, State, Task, TaskTimeout, covers},
    failure::TIMEOUT,
};

/// An invocation, ready to be made.
struct Invocation {
    function: String,
    payload: Value,
    scheduled: Value,
    timeout: Option<u64>,
}

impl Walk<'_> {
    pub(super) async fn task(
        &mut self,
        current: &Current,
        state: &State,
        task: &Task,
    ) -> Result<Outcome, Interrupt> {
        if let Some(until) = current.wait_until {
            self.sleep_until(until).await?;
            self.check_interrupted()?;
        }
        let context = self.context(current);
        let invocation = match prepare(state, task, &current.input, &context) {
            Ok(invocation) => invocation,
            Err(failure) => return Ok(self.handle(current, state, task, &failure)),
        };
        let output = match self.attempt(task, invocation).await? {
            Ok(result) => data_flow::output(&state.io, &current.input, result, &context),
            Err(failure) => Err(failure),
        };
        Ok(match output {
            Ok(output) => self.exit(current, state, state.next.clone(), output),
            Err(failure) => self.handle(current, state, task, &failure),
        })
    }

    async fn attempt(
        &mut self,
        task: &Task,
        invocation: Invocation,
    ) -> Result<Result<Value, TaskFailure>, Interrupt> {
        let Invocation { function, payload, scheduled, timeout } = invocation;
        let region = self.execution.state_machine_arn.split(':').nth(3).unwrap_or_default();
        let events = task_history::begun(&task.resource, region, &scheduled, timeout);
        for event in events {
            self.record(event);
        }
        self.save()?;
        let pace = self.runner.pace;
        let answer = self.runner.lambda.invoke(&function, payload);
        let limited = async {
            let Some(seconds) = timeout else {
                return answer.await;
            };
            tokio::select! {
                biased;
                answer = answer => answer,
                () = pace.timeout(Duration::from_secs(seconds)) => Err(TaskFailure::new(TIMEOUT, "")),
            }
        };
        let answer = self.uninterrupted(limited).await?;
        let result = answer.map(|payload| wrap(&task.resource, payload));
        self.record(task_history::ended(&task.resource, &result));
        Ok(result)
    }

    fn handle(&mut self, current: &Current, state: &State, task: &Task, failure: &TaskFailure) -> Outcome {
        if self.retry(task, failure) {
            return Outcome::Again;
        }
        let Some(catcher) = task.catch.iter().find(|catcher| covers(&catcher.errors, failure)) else {
            return failure.clone().into();
        };
        match data_flow::place(catcher.result.as_ref(), &current.input, failure.output()) {
            Ok(output) => self.exit(current, state, Some(catcher.next.clone()), output),
            Err(failure) => failure.into(),
        }
    }

    /// Counts the attempt with the first retrier that names the failure; false when its attempts are used up.
    fn retry(&mut self, task: &Task, failure: &TaskFailure) -> bool {
        let matching = task.retry.iter().enumerate().find(|(_, retrier)| covers(&retrier.errors, failure));
        let (Some((at, retrier)), Some(current)) = (matching, &mut self.execution.current) else {
            return false;
        };
        current.retries.resize(task.retry.len(), 0);
        let made = current.retries[at];
        if u64::from(made) >= retrier.max_attempts {
            return false;
        }
        current.retries[at] += 1;
        let pace = self.runner.pace;
        let delay = delay(&retrier.backoff, made, pace.jitter());
        current.wait_until = Some(later(pace.now(), delay));
        true
    }
}

fn prepare(state: &State, task: &Task, raw: &Value, context: &Value) -> Result<Invocation, TaskFailure> {
    let input = data_flow::input(&state.io, raw, context)?;
    let timeout =
        match &task.timeout {
            TaskTimeout::Unlimited => None,
            TaskTimeout::Seconds(seconds) => Some(*seconds),
            TaskTimeout::Path(path) => {
                let value = data_flow::find(path, "TimeoutSecondsPath", &input, context)?;
                let seconds = value.as_u64().filter(|seconds| *seconds > 0);
                Some(seconds.ok_or_else(|| {
                    TaskFailure::runtime("TimeoutSecondsPath needs a positive whole number.")
                })?)
            }
        };
    let parameters = data_flow::parameters(&state.io, input, context)?;
    let (function, payload) = match &task.resource {
        Resource::Function(arn) => (arn.clone(), parameters.clone()),
        Resource::Invoke => {
            let function = parameters["FunctionName"].as_str().filter(|name| !name.is_empty());
            let function = function.ok_or_else(|| TaskFailure::runtime("FunctionName must be a text."))?;
            let payload = parameters.get("Payload").cloned().unwrap_or_else(|| json!({}));
            (function.to_owned(), payload)
        }
    };
    Ok(Invocation { function, payload, scheduled: parameters, timeout })
}

fn wrap(resource: &Resource, payload: Value) -> Value {
    match resource {
        Resource::Function(_) => payload,
        Resource::Invoke => json!({ "ExecutedVersion": "$LATEST", "Payload": payload, "StatusCode": 200 }),
    }
}

/// The pause after `made` retries; `chance` is in `0.0..1.0`.
fn delay(backoff: &Backoff, made: u32, chance: f64) -> Duration {
    let exponent = i32::try_from(made).unwrap_or(i32::MAX);
    let grown = f64::from(backoff.interval) * backoff.rate.powi(exponent);
    let capped = backoff.max_delay.map_or(grown, |most| grown.min(f64::from(most)));
    let jittered = if backoff.full_jitter { capped * chance } else { capped };
    Duration::try_from_secs_f64(jittered).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_limit_and_jitter_shortens_them() {
        let mut backoff = Backoff { interval: 2, rate: 2.0, max_delay: Some(9), full_jitter: false };
        let seconds = [0, 1, 2, 3, 5000].map(|made| delay(&backoff, made, 0.5).as_secs());
        assert_eq!(seconds, [2, 4, 8, 9, 9]);
        backoff.full_jitter = true;
        assert_eq!(delay(&backoff, 1, 0.5), Duration::from_secs(2));
        assert_eq!(delay(&backoff, 1, 0.0), Duration::ZERO);
        let endless = Backoff { interval: 1, rate: 10.0, max_delay: None, full_jitter: false };
        assert_eq!(delay(&endless, u32::MAX, 0.0), Duration::MAX);
    }
}
