//! `$filter`, as far as directory objects without and with advanced queries have it:
//! <https://learn.microsoft.com/graph/aad-advanced-queries> says which operators need `ConsistencyLevel: eventual` and `$count`.

use serde_json::{Map, Value};

use super::{list::check_property, refused::Refused};

/// Comparisons of which all or any must hold.
#[derive(Debug)]
pub(super) struct Filter {
    all: bool,
    comparisons: Vec<Comparison>,
}

#[derive(Debug)]
struct Comparison {
    property: String,
    operator: Operator,
    value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    StartsWith,
    EndsWith,
    /// `proxyAddresses/any(x:x eq '..')`.
    Any,
}

fn invalid() -> Refused {
    Refused::bad_request("Invalid filter clause")
}

impl Filter {
    pub(super) fn parse(text: &str, is_advanced: bool) -> Result<Self, Refused> {
        let (ands, ors) = (split(text, " and "), split(text, " or "));
        let (all, parts) = if ands.len() > 1 { (true, ands) } else { (false, ors) };
        let comparisons = parts.into_iter().map(|part| {
            let comparison = Comparison::parse(part.trim())?;
            let advanced = matches!(comparison.operator, Operator::Ne | Operator::EndsWith);
            if advanced && !is_advanced {
                return Err(Refused::unsupported_query("Unsupported Query."));
            }
            Ok(comparison)
        });
        Ok(Self { all, comparisons: comparisons.collect::<Result<_, _>>()? })
    }

    pub(super) fn matches(&self, properties: &Map<String, Value>) -> bool {
        let mut each = self.comparisons.iter().map(|comparison| comparison.matches(properties));
        if self.all { each.all(|holds| holds) } else { each.any(|holds| holds) }
    }
}

/// The parts between `word`, where it does not stand in quotes.
fn split<'t>(text: &'t str, word: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut begin = 0;
    for (at, _) in text.match_indices(word) {
        if text[..at].matches('\'').count().is_multiple_of(2) {
            parts.push(&text[begin..at]);
            begin = at + word.len();
        }
    }
    parts.push(&text[begin..]);
    parts
}

impl Comparison {
    fn parse(text: &str) -> Result<Self, Refused> {
        let (property, operator, value) = Self::parts(text).ok_or_else(invalid)?;
        check_property(property)?;
        let quoted = value.trim().strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let value = match quoted {
            // A quote within is written twice.
            Some(inner) => inner.replace("''", "'"),
            None if ["true", "false"].contains(&value.trim()) => value.trim().to_owned(),
            None => return Err(invalid()),
        };
        Ok(Self { property: property.to_owned(), operator, value })
    }

    fn parts(text: &str) -> Option<(&str, Operator, &str)> {
        if let Some((property, rest)) = text.split_once("/any(") {
            let (name, rest) = rest.strip_suffix(')')?.split_once(':')?;
            let value = rest.trim().strip_prefix(name.trim())?.trim().strip_prefix("eq ")?;
            return Some((property, Operator::Any, value));
        }
        for (name, operator) in [("startswith(", Operator::StartsWith), ("endswith(", Operator::EndsWith)] {
            if text.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)) {
                let (property, value) = text[name.len()..].strip_suffix(')')?.split_once(',')?;
                return Some((property.trim(), operator, value));
            }
        }
        let (property, rest) = text.split_once(' ')?;
        let rest = rest.trim_start();
        match rest.split_once(' ')? {
            ("eq", value) => Some((property, Operator::Eq, value)),
            ("ne", value) => Some((property, Operator::Ne, value)),
            _ => None,
        }
    }

    /// Texts are compared without regard to case.
    fn matches(&self, properties: &Map<String, Value>) -> bool {
        let value = properties.get(&self.property).unwrap_or(&Value::Null);
        let wanted = self.value.to_lowercase();
        let text = match value {
            Value::String(text) => text.to_lowercase(),
            Value::Bool(flag) => flag.to_string(),
            _ => String::new(),
        };
        let is = |each: &Value| each.as_str().is_some_and(|each| each.to_lowercase() == wanted);
        match self.operator {
            Operator::Eq => text == wanted && !value.is_null(),
            Operator::Ne => text != wanted,
            Operator::StartsWith => text.starts_with(&wanted),
            Operator::EndsWith => text.ends_with(&wanted),
            Operator::Any => value.as_array().is_some_and(|all| all.iter().any(is)),
        }
    }
}
