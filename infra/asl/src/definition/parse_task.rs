//! Loads what only Task states have: resource, timeout, Retry and Catch.

use super::{
    Refused, Resource, Task, TaskTimeout,
    fields::Fields,
    parse_state::result_path,
    state::{Backoff, Catcher, Retrier},
};
use crate::data::template::Template;

const MOST: u64 = 99_999_999;
/// The reserved error names that can reach a Task state of this crate.
const RESERVED: [&str; 8] = [
    "States.ALL",
    "States.DataLimitExceeded",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.Runtime",
    "States.TaskFailed",
    "States.Timeout",
];

pub(super) fn task(fields: &mut Fields<'_>, parameters: Option<&Template>) -> Result<Task, Refused> {
    let resource = resource(fields, parameters)?;
    let timeout = match (fields.whole("TimeoutSeconds", 1, MOST)?, fields.path("TimeoutSecondsPath")?) {
        (None, None) => TaskTimeout::Unlimited,
        (Some(seconds), None) => TaskTimeout::Seconds(seconds),
        (None, Some(path)) => TaskTimeout::Path(path),
        _ => return Err(fields.refuse("TimeoutSeconds", "excludes TimeoutSecondsPath")),
    };
    let retry = each_error_list(fields, "Retry", retrier)?;
    let catch = each_error_list(fields, "Catch", catcher)?;
    Ok(Task { resource, timeout, retry, catch })
}

fn resource(fields: &mut Fields<'_>, parameters: Option<&Template>) -> Result<Resource, Refused> {
    let arn = fields.required_text("Resource")?;
    if arn == "arn:aws:states:::lambda:invoke" {
        let keys: Vec<_> = parameters.into_iter().flat_map(Template::keys).collect();
        if !keys.contains(&"FunctionName") {
            return Err(fields.refuse("Parameters.FunctionName", "is missing"));
        }
        if let Some(key) = keys.iter().find(|key| !["FunctionName", "Payload"].contains(key)) {
            return Err(fields.refuse(&format!("Parameters.{key}"), "is not supported here"));
        }
        return Ok(Resource::Invoke);
    }
    let parts: Vec<_> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", "aws", "lambda", region, account, "function", name]
        | ["arn", "aws", "lambda", region, account, "function", name, _]
            if ![region, account, name].iter().any(|part| part.is_empty()) =>
        {
            Ok(Resource::Function(arn))
        }
        _ => Err(fields.refuse("Resource", format!("'{arn}' is not supported"))),
    }
}

/// Parses a Retry or Catch list; `States.ALL` stands alone and last.
fn each_error_list<'a, T>(
    fields: &mut Fields<'a>,
    name: &str,
    parse: fn(Vec<String>, Fields<'a>) -> Result<T, Refused>,
) -> Result<Vec<T>, Refused> {
    let items = fields.list(name)?;
    let last = items.len().saturating_sub(1);
    let parsed = items.into_iter().enumerate().map(|(at, mut item)| {
        let errors = errors(&mut item)?;
        let all = errors.iter().any(|error| error == "States.ALL");
        if all && (errors.len() > 1 || at != last) {
            return Err(item.refuse("ErrorEquals", "States.ALL must be alone and in the last entry"));
        }
        parse(errors, item)
    });
    parsed.collect()
}

fn errors(item: &mut Fields<'_>) -> Result<Vec<String>, Refused> {
    let value = item.value("ErrorEquals").unwrap_or_default();
    let errors: Vec<String> =
        serde_json::from_value(value).map_err(|_| item.refuse("ErrorEquals", "must be a list of texts"))?;
    if errors.is_empty() {
        return Err(item.refuse("ErrorEquals", "must not be empty"));
    }
    let unknown = |error: &&String| error.starts_with("States.") && !RESERVED.contains(&error.as_str());
    match errors.iter().find(unknown) {
        Some(error) => {
            Err(item.refuse("ErrorEquals", format!("'{error}' is not a reserved error name known here")))
        }
        None => Ok(errors),
    }
}

fn retrier(errors: Vec<String>, mut fields: Fields<'_>) -> Result<Retrier, Refused> {
    let interval = seconds(&mut fields, "IntervalSeconds", MOST)?.unwrap_or(1);
    let max_delay = seconds(&mut fields, "MaxDelaySeconds", 31_622_400)?;
    if max_delay.is_some_and(|most| most <= interval) {
        return Err(fields.refuse("MaxDelaySeconds", "must be greater than IntervalSeconds"));
    }
    let backoff =
        Backoff { interval, rate: rate(&mut fields)?, max_delay, full_jitter: full_jitter(&mut fields)? };
    let max_attempts = fields.whole("MaxAttempts", 0, MOST)?.unwrap_or(3);
    fields.finish()?;
    Ok(Retrier { errors, max_attempts, backoff })
}

fn seconds(fields: &mut Fields<'_>, name: &str, most: u64) -> Result<Option<u32>, Refused> {
    let seconds = fields.whole(name, 1, most)?;
    seconds.map(|seconds| u32::try_from(seconds).map_err(|_| fields.refuse(name, "is too large"))).transpose()
}

fn rate(fields: &mut Fields<'_>) -> Result<f64, Refused> {
    let Some(value) = fields.value("BackoffRate") else {
        return Ok(2.0);
    };
    value
        .as_f64()
        .filter(|rate| *rate >= 1.0)
        .ok_or_else(|| fields.refuse("BackoffRate", "must be a number from 1.0"))
}

fn full_jitter(fields: &mut Fields<'_>) -> Result<bool, Refused> {
    match fields.text("JitterStrategy")?.as_deref() {
        None | Some("NONE") => Ok(false),
        Some("FULL") => Ok(true),
        Some(other) => Err(fields.refuse("JitterStrategy", format!("'{other}' is not FULL or NONE"))),
    }
}

fn catcher(errors: Vec<String>, mut fields: Fields<'_>) -> Result<Catcher, Refused> {
    let next = fields.required_text("Next")?;
    let result = result_path(&mut fields)?;
    fields.finish()?;
    Ok(Catcher { errors, result, next })
}
