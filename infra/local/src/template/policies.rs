//! The statements of a function's role: its own, and those of the managed policies that it names.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::types::{Condition, Statement};

const OPERATORS: [&str; 3] = ["StringEquals", "StringLike", "ForAllValues:StringLike"];

/// Reads the `Policies` of a function: documents, and names of `managed` policies. All their statements allow something.
pub(super) fn statements(
    policies: &[Value],
    managed: &BTreeMap<String, Vec<Statement>>,
) -> Result<Vec<Statement>, String> {
    let listed = |policy: &Value| match policy.as_str() {
        Some(arn) => {
            managed.get(arn).cloned().ok_or_else(|| format!("{arn} is no managed policy of the template"))
        }
        None => document(policy),
    };
    Ok(policies.iter().map(listed).collect::<Result<Vec<_>, _>>()?.concat())
}

/// The statements of one document.
pub(super) fn document(policy: &Value) -> Result<Vec<Statement>, String> {
    listed(policy)?.iter().map(statement).collect()
}

/// A bucket's policy may only deny what does not come over TLS. Here nothing does, so it has no effect.
pub(super) fn only_for_tls(policy: &Value) -> Result<(), String> {
    let tls = json!({ "Bool": { "aws:SecureTransport": "false" } });
    let is_known = |statement: &Value| statement["Effect"] == "Deny" && statement["Condition"] == tls;
    if listed(policy)?.iter().all(is_known) {
        return Ok(());
    }
    Err("a bucket's policy may only deny what comes without TLS".to_owned())
}

fn listed(policy: &Value) -> Result<&Vec<Value>, String> {
    let statements = policy["Statement"].as_array();
    statements.ok_or_else(|| "a policy must be a document with a list of statements".to_owned())
}

fn statement(statement: &Value) -> Result<Statement, String> {
    if statement["Effect"] != "Allow" {
        return Err("only statements with Effect: Allow are supported".to_owned());
    }
    let conditions = match &statement["Condition"] {
        Value::Null => Vec::new(),
        Value::Object(operators) => {
            let each = operators.iter().flat_map(|(operator, keys)| {
                keys.as_object().into_iter().flatten().map(|(key, values)| condition(operator, key, values))
            });
            each.collect::<Result<_, _>>()?
        }
        _ => return Err("Condition must be an object".to_owned()),
    };
    Ok(Statement {
        actions: texts(&statement["Action"])?,
        resources: texts(&statement["Resource"])?,
        conditions,
    })
}

fn condition(operator: &str, key: &str, values: &Value) -> Result<Condition, String> {
    if !OPERATORS.contains(&operator) {
        return Err(format!("the condition operator {operator} is not supported"));
    }
    Ok(Condition { operator: operator.to_owned(), key: key.to_owned(), values: texts(values)? })
}

/// One text, or a list of them.
fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => {
            let each = items.iter().map(|item| item.as_str().map(str::to_owned));
            each.collect::<Option<_>>().ok_or_else(|| "a list of texts was expected".to_owned())
        }
        _ => Err("a text or a list of texts was expected".to_owned()),
    }
}
