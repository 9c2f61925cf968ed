//! Reference paths: `$` or `$$`, then `.name`, `['name']` and `[0]`. Everything else of `JSONPath` is refused.

use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A parsed reference path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    text: String,
    context: bool,
    steps: Vec<Step>,
}

impl Path {
    pub(crate) fn root() -> Self {
        Self { text: "$".to_owned(), context: false, steps: Vec::new() }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let refuse = || format!("'{text}' is not a plain reference path");
        let rest = text.strip_prefix('$').ok_or_else(refuse)?;
        let (context, mut rest) = rest.strip_prefix('$').map_or((false, rest), |rest| (true, rest));
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = next_step(rest).ok_or_else(refuse)?;
            steps.push(step);
            rest = after;
        }
        let path = Self { text: text.to_owned(), context, steps };
        if path.context && !path.known_context() {
            return Err(format!("'{text}' is not in the context object here"));
        }
        Ok(path)
    }

    /// A path that can be written to: not into the context.
    pub(crate) fn parse_place(text: &str) -> Result<Self, String> {
        let path = Self::parse(text)?;
        if path.context { Err(format!("'{text}' cannot be written to")) } else { Ok(path) }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn find<'v>(&self, data: &'v Value, context: &'v Value) -> Option<&'v Value> {
        let root = if self.context { context } else { data };
        self.steps.iter().try_fold(root, |value, step| match step {
            Step::Key(key) => value.as_object()?.get(key),
            Step::Index(index) => value.as_array()?.get(*index),
        })
    }

    /// Writes `value` into `target`, making objects on the way; `None` when something else is in the way.
    pub(crate) fn put(&self, mut target: Value, value: Value) -> Option<Value> {
        let mut at = &mut target;
        for step in &self.steps {
            at = match step {
                Step::Key(key) => at.as_object_mut()?.entry(key).or_insert_with(|| json!({})),
                Step::Index(index) => at.as_array_mut()?.get_mut(*index)?,
            };
        }
        *at = value;
        Some(target)
    }

    fn known_context(&self) -> bool {
        match self.steps.first() {
            None => true,
            Some(Step::Key(key)) => ["Execution", "StateMachine", "State"].contains(&key.as_str()),
            Some(Step::Index(_)) => false,
        }
    }
}

fn next_step(rest: &str) -> Option<(Step, &str)> {
    if let Some(rest) = rest.strip_prefix("['") {
        let (key, rest) = rest.split_once("']")?;
        let plain = !key.is_empty() && !key.contains(['\'', '\\', ',']);
        return plain.then(|| (Step::Key(key.to_owned()), rest));
    }
    if let Some(rest) = rest.strip_prefix('[') {
        let (digits, rest) = rest.split_once(']')?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        return plain.then(|| digits.parse().ok()).flatten().map(|index| (Step::Index(index), rest));
    }
    let rest = rest.strip_prefix('.')?;
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (key, rest) = rest.split_at(end);
    let plain = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    plain.then(|| (Step::Key(key.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_keys_quoted_keys_and_indices() {
        let data = json!({ "a": { "b c": [10, 20] } });
        let path = Path::parse("$.a['b c'][1]").unwrap();
        assert_eq!(path.find(&data, &Value::Null), Some(&json!(20)));
        assert_eq!(Path::parse("$.a.x").unwrap().find(&data, &Value::Null), None);
    }

    #[test]
    fn context_paths_read_the_context() {
        let context = json!({ "Execution": { "Name": "n" } });
        let path = Path::parse("$$.Execution.Name").unwrap();
        assert_eq!(path.find(&Value::Null, &context), Some(&json!("n")));
        assert!(Path::parse("$$.Task.Token").is_err());
        assert!(Path::parse_place("$$.Execution").is_err());
    }

    #[test]
    fn refuses_everything_beyond_reference_paths() {
        for text in [
            "",
            "a",
            "$a",
            "$.",
            "$..a",
            "$.*",
            "$[*]",
            "$[-1]",
            "$[?(@.a)]",
            "$.a[0:2]",
            "$['a','b']",
            "$[]",
            "$.a b",
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn put_makes_objects_and_never_tears_down_values() {
        let path = Path::parse("$.a.b").unwrap();
        assert_eq!(path.put(json!({ "x": 1 }), json!(2)), Some(json!({ "x": 1, "a": { "b": 2 } })));
        assert_eq!(path.put(json!({ "a": 1 }), json!(2)), None);
        assert_eq!(path.put(json!("text"), json!(2)), None);
        assert_eq!(Path::root().put(json!(1), json!(2)), Some(json!(2)));
        assert_eq!(Path::parse("$.l[1]").unwrap().put(json!({ "l": [1] }), json!(2)), None);
    }
}
