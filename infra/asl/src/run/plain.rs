//! The states that invoke nothing: Choice, Wait, Pass, Succeed and Fail.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    data_flow,
    walk::{Interrupt, Outcome, Walk, later},
};
use crate::{
    Current, TaskFailure,
    data::choice::Condition,
    definition::{Kind, State, Text, WaitFor},
};

impl Walk<'_> {
    pub(super) fn plain(
        &mut self,
        current: &Current,
        state: &State,
        kind: &Kind,
    ) -> Result<Outcome, TaskFailure> {
        let context = self.context(current);
        let raw = &current.input;
        let input = data_flow::input(&state.io, raw, &context)?;
        match kind {
            Kind::Choice { rules, default } => {
                let next = choose(rules, default.as_ref(), &input, &context)?;
                let output = data_flow::output(&state.io, &input, input.clone(), &context)?;
                Ok(self.exit(current, state, Some(next), output))
            }
            Kind::Pass { result } => {
                let made = data_flow::parameters(&state.io, input, &context)?;
                let result = result.clone().unwrap_or(made);
                let output = data_flow::output(&state.io, raw, result, &context)?;
                Ok(self.exit(current, state, state.next.clone(), output))
            }
            Kind::Fail { error, cause } => Ok(Outcome::Failed {
                error: text(error, "ErrorPath", &input, &context)?,
                cause: text(cause, "CausePath", &input, &context)?,
            }),
            Kind::Succeed | Kind::Task(_) | Kind::Wait(_) => {
                let output = data_flow::output(&state.io, &input, input.clone(), &context)?;
                Ok(self.exit(current, state, state.next.clone(), output))
            }
        }
    }

    pub(super) async fn wait(
        &mut self,
        current: &Current,
        state: &State,
        wait: &WaitFor,
    ) -> Result<Outcome, Interrupt> {
        let until = match current.wait_until {
            Some(until) => until,
            None => match self.end_of_wait(current, state, wait) {
                Ok(until) => until,
                Err(failure) => return Ok(failure.into()),
            },
        };
        self.sleep_until(until).await?;
        self.check_interrupted()?;
        Ok(self.plain(current, state, &state.kind).unwrap_or_else(Outcome::from))
    }

    fn end_of_wait(
        &self,
        current: &Current,
        state: &State,
        wait: &WaitFor,
    ) -> Result<Timestamp, TaskFailure> {
        let context = self.context(current);
        let input = data_flow::input(&state.io, &current.input, &context)?;
        let after = |seconds| later(current.entered_at, Duration::from_secs(seconds));
        match wait {
            WaitFor::Seconds(seconds) => Ok(after(*seconds)),
            WaitFor::Until(at) => Ok(*at),
            WaitFor::SecondsPath(path) => {
                let value = data_flow::find(path, "SecondsPath", &input, &context)?;
                value.as_u64().map(after).ok_or_else(|| unusable("SecondsPath", &value))
            }
            WaitFor::UntilPath(path) => {
                let value = data_flow::find(path, "TimestampPath", &input, &context)?;
                value
                    .as_str()
                    .and_then(|text| text.parse().ok())
                    .ok_or_else(|| unusable("TimestampPath", &value))
            }
        }
    }
}

fn unusable(field: &str, value: &Value) -> TaskFailure {
    TaskFailure::runtime(format!("The value {value} is not usable for {field}."))
}

fn choose(
    rules: &[(Condition, String)],
    default: Option<&String>,
    input: &Value,
    context: &Value,
) -> Result<String, TaskFailure> {
    for (condition, next) in rules {
        if condition.holds(input, context)? {
            return Ok(next.clone());
        }
    }
    let none =
        || TaskFailure::new("States.NoChoiceMatched", "No choice rule matched and there is no Default.");
    default.cloned().ok_or_else(none)
}

fn text(text: &Text, field: &str, input: &Value, context: &Value) -> Result<Option<String>, TaskFailure> {
    match text {
        Text::None => Ok(None),
        Text::Fixed(text) => Ok(Some(text.clone())),
        Text::Path(path) => match data_flow::find(path, field, input, context)? {
            Value::String(text) => Ok(Some(text)),
            other => Err(unusable(field, &other)),
        },
    }
}
