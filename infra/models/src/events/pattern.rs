//! Event patterns: exact values, `prefix`, `suffix`, `anything-but` and `exists`. Anything else is refused when a rule is added.

use serde_json::{Map, Value};

/// Why a rule was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A level of the pattern is neither an object nor a list of values.
    #[error("the pattern at {0} is neither an object nor a non-empty list")]
    Shape(String),
    /// An operator the model does not know, or one with an argument of the wrong type.
    #[error("the operator at {0} is not supported")]
    Operator(String),
    /// A rule names a bus that does not exist.
    #[error("there is no event bus {0}")]
    Bus(String),
}

/// A filter over JSON records, in the language of event patterns.
#[derive(Clone, Debug)]
pub struct RecordFilter(Pattern);

impl RecordFilter {
    /// Reads a filter; refuses what the model does not know.
    pub fn read(pattern: &Value) -> Result<Self, PatternError> {
        Pattern::parse("pattern", pattern).map(Self)
    }

    /// Whether the record passes.
    pub fn accepts(&self, record: &Value) -> bool {
        self.0.matches(Some(record))
    }
}

#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// Every member must match.
    Fields(Vec<(String, Pattern)>),
    /// One of the tests must hold.
    AnyOf(Vec<Test>),
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    Equal(Value),
    Prefix(String),
    Suffix(String),
    AnythingBut(Vec<Test>),
    Exists(bool),
}

impl Pattern {
    pub(super) fn parse(path: &str, value: &Value) -> Result<Self, PatternError> {
        match value {
            Value::Object(members) if !members.is_empty() => {
                let parse = |(name, value): (&String, &Value)| {
                    let path = format!("{path}.{name}");
                    if name.starts_with('$') {
                        Err(PatternError::Operator(path))
                    } else {
                        Ok((name.clone(), Self::parse(&path, value)?))
                    }
                };
                Ok(Self::Fields(members.iter().map(parse).collect::<Result<_, _>>()?))
            }
            Value::Array(tests) if !tests.is_empty() => {
                Ok(Self::AnyOf(tests.iter().map(|test| parse_test(path, test)).collect::<Result<_, _>>()?))
            }
            _ => Err(PatternError::Shape(path.to_owned())),
        }
    }

    /// Whether the pattern accepts what is at its place in the event; `None` when nothing is.
    pub(super) fn matches(&self, found: Option<&Value>) -> bool {
        match (self, found) {
            // A list of objects matches when one of them does.
            (Self::Fields(_), Some(Value::Array(elements))) => {
                elements.iter().any(|element| self.matches(Some(element)))
            }
            (Self::Fields(fields), found) => {
                fields.iter().all(|(name, pattern)| pattern.matches(found.and_then(|value| value.get(name))))
            }
            (Self::AnyOf(tests), Some(Value::Array(elements))) => {
                tests.iter().any(|test| test.accepts_list(elements))
            }
            (Self::AnyOf(tests), found) => tests.iter().any(|test| test.accepts(found)),
        }
    }
}

impl Test {
    fn accepts_list(&self, elements: &[Value]) -> bool {
        match self {
            Self::Exists(wanted) => *wanted,
            _ => elements.iter().any(|element| self.accepts(Some(element))),
        }
    }

    fn accepts(&self, found: Option<&Value>) -> bool {
        let text = || found.and_then(Value::as_str);
        match self {
            Self::Equal(value) => found == Some(value),
            Self::Prefix(prefix) => text().is_some_and(|text| text.starts_with(prefix)),
            Self::Suffix(suffix) => text().is_some_and(|text| text.ends_with(suffix)),
            Self::AnythingBut(tests) => {
                found.is_some_and(|value| !tests.iter().any(|test| test.accepts(Some(value))))
            }
            // `exists` is about leaves only.
            Self::Exists(wanted) => found.is_some_and(|value| !value.is_object()) == *wanted,
        }
    }
}

fn parse_test(path: &str, test: &Value) -> Result<Test, PatternError> {
    match test {
        Value::Object(operator) => parse_operator(path, operator),
        Value::Array(_) => Err(PatternError::Shape(path.to_owned())),
        value => Ok(Test::Equal(value.clone())),
    }
}

fn parse_operator(path: &str, operator: &Map<String, Value>) -> Result<Test, PatternError> {
    let mut members = operator.iter();
    let parsed = match (members.next(), members.next()) {
        (Some((name, argument)), None) => match (name.as_str(), argument) {
            ("prefix", Value::String(prefix)) => Some(Test::Prefix(prefix.clone())),
            ("suffix", Value::String(suffix)) => Some(Test::Suffix(suffix.clone())),
            ("exists", Value::Bool(wanted)) => Some(Test::Exists(*wanted)),
            ("anything-but", argument) => parse_anything_but(argument),
            _ => None,
        },
        _ => None,
    };
    parsed.ok_or_else(|| PatternError::Operator(path.to_owned()))
}

fn parse_anything_but(argument: &Value) -> Option<Test> {
    let tests = match argument {
        Value::String(_) | Value::Number(_) => vec![Test::Equal(argument.clone())],
        Value::Array(values)
            if !values.is_empty() && values.iter().all(|value| value.is_string() || value.is_number()) =>
        {
            values.iter().cloned().map(Test::Equal).collect()
        }
        Value::Object(operator) if operator.len() == 1 => {
            match (operator.get("prefix"), operator.get("suffix")) {
                (Some(Value::String(prefix)), None) => vec![Test::Prefix(prefix.clone())],
                (None, Some(Value::String(suffix))) => vec![Test::Suffix(suffix.clone())],
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Test::AnythingBut(tests))
}
