//! What calls a function: the `Events` of a function resource. Types and fields outside these four
//! are refused, so that nothing is silently never called.

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use vestibule_models::RecordFilter;

use super::{Route, Rule, Schedule, Stream, Template};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EventSource {
    r#type: String,
    properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HttpApiEvent {
    #[serde(rename = "ApiId")]
    _api_id: IgnoredAny,
    /// Without method and path the event is the route `$default`.
    method: Option<String>,
    path: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ScheduleEvent {
    schedule: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RuleEvent {
    /// The account's own bus where none is named.
    #[serde(default = "default_bus")]
    event_bus_name: String,
    pattern: Value,
}

fn default_bus() -> String {
    "default".to_owned()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StreamEvent {
    stream: String,
    starting_position: String,
    batch_size: usize,
    #[serde(default)]
    bisect_batch_on_function_error: bool,
    maximum_retry_attempts: u32,
    #[serde(default)]
    function_response_types: Vec<String>,
    #[serde(rename = "DestinationConfig", default)]
    _destination_config: IgnoredAny,
    #[serde(default)]
    filter_criteria: FilterCriteria,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FilterCriteria {
    #[serde(default)]
    filters: Vec<FilterPattern>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct FilterPattern {
    pattern: String,
}

/// Adds the event source `name` of `function` to the template.
pub(super) fn add(template: &mut Template, function: &str, name: &str, source: Value) -> Result<(), String> {
    let source: EventSource = read(source)?;
    match source.r#type.as_str() {
        "HttpApi" => {
            let event: HttpApiEvent = read(source.properties)?;
            let function = function.to_owned();
            match (event.method, event.path) {
                (Some(method), Some(path)) => {
                    template.routes.push(Route { function, method: method.to_uppercase(), path });
                }
                (None, None) if template.default_route.is_none() => template.default_route = Some(function),
                (None, None) => return Err("there is a $default route already".to_owned()),
                _ => return Err("give both Method and Path, or neither".to_owned()),
            }
        }
        "Schedule" => {
            let event: ScheduleEvent = read(source.properties)?;
            template.schedules.push(Schedule {
                name: format!("{function}-{name}"),
                function: function.to_owned(),
                every: crate::schedule::parse_rate(&event.schedule)?,
            });
        }
        "EventBridgeRule" => {
            let event: RuleEvent = read(source.properties)?;
            template.rules.push(Rule {
                name: format!("{function}-{name}"),
                function: function.to_owned(),
                bus: event.event_bus_name,
                pattern: event.pattern,
            });
        }
        "DynamoDB" => {
            let reader = stream(function, &read(source.properties)?)?;
            let readers = template.streams.iter().filter(|known| known.table == reader.table).count();
            if readers == MOST_READERS {
                return Err("two functions read the table's stream already, which is what it bears; join the dispatcher".to_owned());
            }
            template.streams.push(reader);
        }
        other => return Err(format!("the event type {other} is not supported")),
    }
    Ok(())
}

/// Readers of one stream beyond which its shards are read too often, and all readers are slowed down.
const MOST_READERS: usize = 2;

fn read_filter(pattern: &str) -> Result<RecordFilter, String> {
    let pattern = serde_json::from_str(pattern).map_err(|error| error.to_string())?;
    RecordFilter::read(&pattern).map_err(|error| error.to_string())
}

fn stream(function: &str, event: &StreamEvent) -> Result<Stream, String> {
    if event.starting_position != "TRIM_HORIZON" {
        return Err("StartingPosition must be TRIM_HORIZON".to_owned());
    }
    let filters = event
        .filter_criteria
        .filters
        .iter()
        .map(|filter| read_filter(&filter.pattern))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("FilterCriteria: {error}"))?;
    let table =
        event.stream.split('/').nth(1).ok_or_else(|| format!("Stream {} is no stream ARN", event.stream))?;
    Ok(Stream {
        function: function.to_owned(),
        table: table.to_owned(),
        batch_size: event.batch_size,
        bisect: event.bisect_batch_on_function_error,
        retries: event.maximum_retry_attempts,
        reports_failures: event.function_response_types.iter().any(|kind| kind == "ReportBatchItemFailures"),
        filters,
    })
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| error.to_string())
}
