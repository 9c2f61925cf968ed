//! What a state does to data: input path, parameters, result selector, result path, output path, and the size limit.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Current, Execution, TaskFailure,
    data::path::Path,
    definition::{Io, Selection},
    failure::DATA_LIMIT,
};

/// Bytes of JSON that may pass between states.
const MOST_BYTES: usize = 262_144;

/// The context object `$$`.
pub(super) fn context(execution: &Execution, current: &Current) -> Value {
    json!({
        "Execution": {
            "Id": execution.arn,
            "Name": execution.name,
            "Input": execution.input,
            "StartTime": millis(execution.start_date),
        },
        "StateMachine": { "Id": execution.state_machine_arn, "Name": execution.state_machine_name },
        "State": {
            "Name": current.state,
            "EnteredTime": millis(current.entered_at),
            "RetryCount": current.retries.iter().map(|count| u64::from(*count)).sum::<u64>(),
        },
    })
}

/// Applies `InputPath`.
pub(super) fn input(io: &Io, raw: &Value, context: &Value) -> Result<Value, TaskFailure> {
    select(&io.input, "InputPath", raw, context)
}

/// Applies `Parameters` to what `InputPath` selected.
pub(super) fn parameters(io: &Io, input: Value, context: &Value) -> Result<Value, TaskFailure> {
    match &io.parameters {
        Some(template) => template.fill(&input, context),
        None => Ok(input),
    }
}

/// Applies `ResultSelector`, `ResultPath` and `OutputPath`.
pub(super) fn output(io: &Io, raw: &Value, result: Value, context: &Value) -> Result<Value, TaskFailure> {
    limit(&result)?;
    let result = match &io.selector {
        Some(template) => template.fill(&result, context)?,
        None => result,
    };
    let combined = place(io.result.as_ref(), raw, result)?;
    let output = select(&io.output, "OutputPath", &combined, context)?;
    limit(&output)?;
    Ok(output)
}

/// Applies a `ResultPath` to the raw input.
pub(super) fn place(path: Option<&Path>, raw: &Value, result: Value) -> Result<Value, TaskFailure> {
    let Some(path) = path else { return Ok(raw.clone()) };
    path.put(raw.clone(), result).ok_or_else(|| {
        let cause = format!("Unable to apply ResultPath '{}' to the input of the state.", path.text());
        TaskFailure::new("States.ResultPathMatchFailure", cause)
    })
}

pub(super) fn find(path: &Path, field: &str, data: &Value, context: &Value) -> Result<Value, TaskFailure> {
    path.find(data, context).cloned().ok_or_else(|| {
        TaskFailure::runtime(format!(
            "Invalid path '{}' in {field}: it leads nowhere in the input.",
            path.text()
        ))
    })
}

fn select(selection: &Selection, field: &str, data: &Value, context: &Value) -> Result<Value, TaskFailure> {
    match selection {
        Selection::Nothing => Ok(json!({})),
        Selection::At(path) => find(path, field, data, context),
    }
}

fn limit(data: &Value) -> Result<(), TaskFailure> {
    if data.to_string().len() <= MOST_BYTES {
        return Ok(());
    }
    let cause =
        "The state returned a result with a size exceeding the maximum number of bytes service limit.";
    Err(TaskFailure::new(DATA_LIMIT, cause))
}

fn millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
