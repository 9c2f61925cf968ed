//! The condition of a choice rule: operators joined by And, Or and Not.

use serde_json::{Map, Value};

use super::{comparison::Operator, path::Path};
use crate::TaskFailure;

/// A parsed condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Variable(Path, Operator),
}

impl Condition {
    /// Parses a rule without its `Next` and `Comment`.
    pub(crate) fn parse(mut rule: Map<String, Value>) -> Result<Self, String> {
        let variable = rule.remove("Variable");
        let mut entries = rule.into_iter();
        let (Some((name, value)), None) = (entries.next(), entries.next()) else {
            return Err("a rule has exactly one operator".to_owned());
        };
        match (variable, name.as_str()) {
            (None, "And") => Ok(Self::And(list(value)?)),
            (None, "Or") => Ok(Self::Or(list(value)?)),
            (None, "Not") => Ok(Self::Not(Box::new(nested(value)?))),
            (Some(Value::String(path)), _) => {
                Ok(Self::Variable(Path::parse(&path)?, Operator::parse(&name, &value)?))
            }
            _ => Err(format!("'{name}' needs a Variable that is a path, or is not known")),
        }
    }

    pub(crate) fn holds(&self, data: &Value, context: &Value) -> Result<bool, TaskFailure> {
        match self {
            Self::And(all) => {
                all.iter().try_fold(true, |so_far, next| Ok(so_far && next.holds(data, context)?))
            }
            Self::Or(any) => {
                any.iter().try_fold(false, |so_far, next| Ok(so_far || next.holds(data, context)?))
            }
            Self::Not(inner) => inner.holds(data, context).map(|held| !held),
            Self::Variable(path, operator) => operator.holds(path, data, context).map_err(|path| {
                TaskFailure::runtime(format!(
                    "Invalid path '{path}': The choice state's condition path references an invalid value."
                ))
            }),
        }
    }
}

fn list(value: Value) -> Result<Vec<Condition>, String> {
    match value {
        Value::Array(items) if !items.is_empty() => items.into_iter().map(nested).collect(),
        _ => Err("And and Or need a list of rules".to_owned()),
    }
}

fn nested(value: Value) -> Result<Condition, String> {
    match value {
        Value::Object(rule) => Condition::parse(rule),
        _ => Err("a rule is an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(rule: &Value) -> Result<Condition, String> {
        Condition::parse(rule.as_object().unwrap().clone())
    }

    #[test]
    fn joins_conditions_and_stops_early() {
        let rule = parse(&json!({ "And": [
            { "Variable": "$.a", "IsPresent": true },
            { "Or": [{ "Variable": "$.a", "NumericEquals": 1 }, { "Not": { "Variable": "$.a", "IsNumeric": true } }] },
        ]}))
        .unwrap();
        assert!(rule.holds(&json!({ "a": 1 }), &Value::Null).unwrap());
        assert!(rule.holds(&json!({ "a": "x" }), &Value::Null).unwrap());
        assert!(!rule.holds(&json!({ "a": 2 }), &Value::Null).unwrap());
        assert!(!rule.holds(&json!({}), &Value::Null).unwrap(), "IsPresent guards the rest");
    }

    #[test]
    fn a_missing_variable_is_a_runtime_error() {
        let rule = parse(&json!({ "Variable": "$.a", "StringEquals": "x" })).unwrap();
        assert_eq!(rule.holds(&json!({}), &Value::Null).unwrap_err().error, "States.Runtime");
    }

    #[test]
    fn refuses_rules_without_one_clear_operator() {
        for rule in [
            json!({}),
            json!({ "Variable": "$.a" }),
            json!({ "Variable": "$.a", "StringEquals": "x", "IsNull": true }),
            json!({ "StringEquals": "x" }),
            json!({ "Variable": "$.a", "And": [] }),
            json!({ "And": [] }),
            json!({ "Or": [1] }),
            json!({ "Not": { "Variable": "$.a", "IsNull": true, "Next": "X" } }),
        ] {
            assert!(parse(&rule).is_err(), "{rule}");
        }
    }
}
