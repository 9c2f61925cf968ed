//! `PutEvents`: limits, errors of single entries, and matching against the rules.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use super::bus::{ActiveRule, DEFAULT_BUS, Delivery};
use crate::{cloud::CloudOptions, error::ServiceError, ids};

const MOST_ENTRIES: usize = 10;
/// The entries of one request together stay below this, in bytes.
const LARGEST: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PutEvents {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    source: Option<String>,
    detail_type: Option<String>,
    detail: Option<String>,
    event_bus_name: Option<String>,
    #[serde(default)]
    resources: Vec<String>,
    /// Seconds since the epoch.
    time: Option<f64>,
}

impl Entry {
    /// The size by the rule of the service: 14 bytes for a time, and the bytes of every text.
    fn size(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail];
        let time = if self.time.is_some() { 14 } else { 0 };
        time + texts.into_iter().flatten().chain(&self.resources).map(String::len).sum::<usize>()
    }
}

pub(super) struct Outcome {
    pub(super) deliveries: Vec<Delivery>,
    pub(super) answer: Value,
}

/// The request as a whole: one to ten entries, less than 1 MB together.
pub(super) fn check(request: &PutEvents) -> Result<(), ServiceError> {
    let count = request.entries.len();
    if !(1..=MOST_ENTRIES).contains(&count) {
        let message = format!(
            "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and {MOST_ENTRIES}"
        );
        return Err(ServiceError::refused("ValidationException", message));
    }
    if request.entries.iter().map(Entry::size).sum::<usize>() >= LARGEST {
        return Err(ServiceError::refused(
            "ValidationException",
            "Total size of the entries in the request is over the limit.",
        ));
    }
    Ok(())
}

/// Each entry is taken or refused for itself; the ids of the deliveries are given when they are stored.
pub(super) fn route(
    request: &PutEvents,
    buses: &BTreeSet<String>,
    rules: &[ActiveRule],
    options: &CloudOptions,
) -> Outcome {
    let mut outcome = Outcome { deliveries: Vec::new(), answer: Value::Null };
    let (mut results, mut failed) = (Vec::new(), 0);
    for entry in &request.entries {
        let bus = entry.event_bus_name.as_deref().map_or(DEFAULT_BUS, bus_name);
        match envelope(entry, bus, buses, options) {
            Ok(event) => {
                results.push(json!({ "EventId": event["id"] }));
                outcome.deliveries.extend(matching(bus, &event, rules, (options.clock)()));
            }
            Err((code, message)) => {
                failed += 1;
                results.push(json!({ "ErrorCode": code, "ErrorMessage": message }));
            }
        }
    }
    outcome.answer = json!({ "FailedEntryCount": failed, "Entries": results });
    outcome
}

/// What the rules of a bus make of an event.
pub(super) fn matching(bus: &str, event: &Value, rules: &[ActiveRule], at: Timestamp) -> Vec<Delivery> {
    let active = rules.iter().filter(|active| active.rule.bus == bus && active.pattern.matches(Some(event)));
    active.map(|active| delivery(active, event, at)).collect()
}

/// A bus is named by its name or its ARN.
fn bus_name(given: &str) -> &str {
    given.rsplit_once(":event-bus/").map_or(given, |(_, name)| name)
}

fn delivery(active: &ActiveRule, event: &Value, at: Timestamp) -> Delivery {
    Delivery {
        id: String::new(),
        rule: active.rule.name.clone(),
        function: active.rule.target_function.clone(),
        event: event.clone(),
        at,
    }
}

fn envelope(
    entry: &Entry,
    bus: &str,
    buses: &BTreeSet<String>,
    options: &CloudOptions,
) -> Result<Value, (&'static str, String)> {
    let required = |name: &str, value: &Option<String>| {
        let given = value.clone().filter(|value| !value.is_empty());
        given.ok_or_else(|| {
            (
                "InvalidArgument",
                format!("Parameter {name} is not valid. Reason: {name} is a required argument."),
            )
        })
    };
    let source = required("Source", &entry.source)?;
    let detail_type = required("DetailType", &entry.detail_type)?;
    let detail = required("Detail", &entry.detail)?;
    if source.starts_with("aws.") {
        return Err(("NotAuthorizedForSourceException", "Not authorized for the source.".to_owned()));
    }
    if detail_type.chars().count() > 128 {
        return Err((
            "InvalidArgument",
            "Parameter DetailType is not valid. Reason: it is longer than 128 characters.".to_owned(),
        ));
    }
    if !buses.contains(bus) {
        return Err(("ResourceNotFoundException", format!("Event bus {bus} does not exist.")));
    }
    let detail: Value = serde_json::from_str(&detail)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| ("MalformedDetail", "Detail is malformed.".to_owned()))?;
    let at = entry.time.and_then(from_epoch_seconds).unwrap_or_else(|| (options.clock)());
    Ok(enveloped((&source, &detail_type), &entry.resources, (detail, at), options))
}

/// The envelope around the detail of an event.
pub(super) fn enveloped(
    (source, detail_type): (&str, &str),
    resources: &[String],
    (detail, at): (Value, Timestamp),
    options: &CloudOptions,
) -> Value {
    json!({
        "version": "0", "id": ids::uuid(), "detail-type": detail_type, "source": source,
        "account": options.account_id, "time": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "region": options.region,
        "resources": resources, "detail": detail,
    })
}

fn from_epoch_seconds(seconds: f64) -> Option<Timestamp> {
    Timestamp::UNIX_EPOCH.checked_add(SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
}
