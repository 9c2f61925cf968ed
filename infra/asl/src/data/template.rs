//! Payload templates (`Parameters`, `ResultSelector`): JSON in which `"key.$"` names a path to fill in.

use serde_json::{Map, Value};

use super::path::Path;
use crate::TaskFailure;

/// A parsed payload template.
#[derive(Clone, Debug)]
pub(crate) enum Template {
    Fixed(Value),
    Path(String, Path),
    Object(Vec<(String, Template)>),
    Array(Vec<Template>),
}

impl Template {
    pub(crate) fn parse(value: &Value) -> Result<Self, String> {
        match value {
            Value::Object(map) => map
                .iter()
                .map(|(key, value)| entry(map, key, value))
                .collect::<Result<_, _>>()
                .map(Self::Object),
            Value::Array(items) => items.iter().map(Self::parse).collect::<Result<_, _>>().map(Self::Array),
            other => Ok(Self::Fixed(other.clone())),
        }
    }

    /// Names of the keys at the top, without `.$`; none when it is no object.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let entries: &[(String, Self)] = if let Self::Object(entries) = self { entries } else { &[] };
        entries.iter().map(|(key, _)| key.as_str())
    }

    /// Fills in the paths; a path that leads nowhere is `States.Runtime`, as on AWS.
    pub(crate) fn fill(&self, data: &Value, context: &Value) -> Result<Value, TaskFailure> {
        match self {
            Self::Fixed(value) => Ok(value.clone()),
            Self::Path(field, path) => path.find(data, context).cloned().ok_or_else(|| {
                TaskFailure::runtime(format!(
                    "The JSONPath '{}' specified for the field '{field}' could not be found in the input",
                    path.text()
                ))
            }),
            Self::Object(entries) => {
                let filled = entries.iter().map(|(key, value)| Ok((key.clone(), value.fill(data, context)?)));
                filled.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
            Self::Array(items) => {
                items.iter().map(|item| item.fill(data, context)).collect::<Result<_, _>>().map(Value::Array)
            }
        }
    }
}

fn entry(map: &Map<String, Value>, key: &str, value: &Value) -> Result<(String, Template), String> {
    let Some(name) = key.strip_suffix(".$") else {
        return Ok((key.to_owned(), Template::parse(value)?));
    };
    if map.contains_key(name) {
        return Err(format!("'{name}' is given twice, as '{name}' and as '{key}'"));
    }
    let text = value.as_str().ok_or_else(|| format!("'{key}' must be a path"))?;
    Ok((name.to_owned(), Template::Path(key.to_owned(), Path::parse(text)?)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fills_paths_at_any_depth() {
        let template = Template::parse(
            &json!({ "a": { "b.$": "$.x" }, "l": [{ "c.$": "$$.State.Name" }, "$.x"], "n": null }),
        )
        .unwrap();
        let filled = template.fill(&json!({ "x": [1] }), &json!({ "State": { "Name": "S" } })).unwrap();
        assert_eq!(filled, json!({ "a": { "b": [1] }, "l": [{ "c": "S" }, "$.x"], "n": null }));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_a_runtime_error() {
        let template = Template::parse(&json!({ "b.$": "$.x" })).unwrap();
        let failure = template.fill(&json!({}), &Value::Null).unwrap_err();
        assert_eq!(failure.error, "States.Runtime");
        assert!(failure.cause.contains("'b.$'"));
    }

    #[test]
    fn refuses_intrinsic_functions_and_doubled_keys() {
        assert!(Template::parse(&json!({ "b.$": "States.UUID()" })).is_err());
        assert!(Template::parse(&json!({ "b.$": 1 })).is_err());
        assert!(Template::parse(&json!({ "b": 1, "b.$": "$.x" })).is_err());
    }
}
