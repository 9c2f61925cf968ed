//! The operators of choice rules: `StringEquals` and its family, `StringMatches`, `IsPresent` and its family.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::{path::Path, wildcard::matches};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    String,
    Numeric,
    Boolean,
    Timestamp,
}

#[derive(Clone, Debug)]
pub(crate) enum Operand {
    Literal(Value),
    Path(Path),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    Null,
    Present,
    Numeric,
    String,
    Boolean,
    Timestamp,
}

/// What is asked of a variable.
#[derive(Clone, Debug)]
pub(crate) enum Operator {
    Compare { of: Of, accepts: &'static [Ordering], operand: Operand },
    Matches(String),
    Is { nature: Nature, expected: bool },
}

const ORDERS: [(&str, &[Ordering]); 5] = [
    ("Equals", &[Ordering::Equal]),
    ("LessThan", &[Ordering::Less]),
    ("GreaterThan", &[Ordering::Greater]),
    ("LessThanEquals", &[Ordering::Less, Ordering::Equal]),
    ("GreaterThanEquals", &[Ordering::Greater, Ordering::Equal]),
];

const KINDS: [(&str, Of); 4] = [
    ("String", Of::String),
    ("Numeric", Of::Numeric),
    ("Boolean", Of::Boolean),
    ("Timestamp", Of::Timestamp),
];

const NATURES: [(&str, Nature); 6] = [
    ("IsNull", Nature::Null),
    ("IsPresent", Nature::Present),
    ("IsNumeric", Nature::Numeric),
    ("IsString", Nature::String),
    ("IsBoolean", Nature::Boolean),
    ("IsTimestamp", Nature::Timestamp),
];

impl Operator {
    pub(crate) fn parse(name: &str, value: &Value) -> Result<Self, String> {
        let wrong = || format!("'{name}' cannot be compared with {value}");
        if let Some((_, nature)) = NATURES.iter().find(|(known, _)| *known == name) {
            let expected = value.as_bool().ok_or_else(wrong)?;
            return Ok(Self::Is { nature: *nature, expected });
        }
        if name == "StringMatches" {
            return value.as_str().map(|pattern| Self::Matches(pattern.to_owned())).ok_or_else(wrong);
        }
        let (of, accepts, by_path) = comparison(name).ok_or_else(|| format!("unknown operator '{name}'"))?;
        let operand = if by_path {
            Operand::Path(Path::parse(value.as_str().ok_or_else(wrong)?)?)
        } else if compare(of, value, value).is_some() {
            Operand::Literal(value.clone())
        } else {
            return Err(wrong());
        };
        Ok(Self::Compare { of, accepts, operand })
    }

    /// Whether it holds for `found`; the error is the path that leads nowhere.
    pub(crate) fn holds(&self, variable: &Path, data: &Value, context: &Value) -> Result<bool, String> {
        let missing = |path: &Path| path.text().to_owned();
        let found = variable.find(data, context);
        if let Self::Is { nature: Nature::Present, expected } = self {
            return Ok(found.is_some() == *expected);
        }
        let found = found.ok_or_else(|| missing(variable))?;
        Ok(match self {
            Self::Is { nature, expected } => nature.of(found) == *expected,
            Self::Matches(pattern) => found.as_str().is_some_and(|text| matches(pattern, text)),
            Self::Compare { of, accepts, operand } => {
                let against = match operand {
                    Operand::Literal(value) => value,
                    Operand::Path(path) => path.find(data, context).ok_or_else(|| missing(path))?,
                };
                compare(*of, found, against).is_some_and(|ordering| accepts.contains(&ordering))
            }
        })
    }
}

impl Nature {
    fn of(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Present => true,
            Self::Numeric => value.is_number(),
            Self::String => value.is_string(),
            Self::Boolean => value.is_boolean(),
            Self::Timestamp => time(value).is_some(),
        }
    }
}

fn comparison(name: &str) -> Option<(Of, &'static [Ordering], bool)> {
    let (name, by_path) = name.strip_suffix("Path").map_or((name, false), |name| (name, true));
    let (kind, of) = KINDS.iter().find(|(kind, _)| name.starts_with(kind))?;
    let (order, accepts) = ORDERS.iter().find(|(order, _)| name[kind.len()..] == **order)?;
    (*of != Of::Boolean || *order == "Equals").then_some((*of, *accepts, by_path))
}

/// `None` when either side is of another type: then no comparison holds.
fn compare(of: Of, left: &Value, right: &Value) -> Option<Ordering> {
    match of {
        Of::String => Some(left.as_str()?.cmp(right.as_str()?)),
        Of::Numeric => left.as_f64()?.partial_cmp(&right.as_f64()?),
        Of::Boolean => Some(left.as_bool()?.cmp(&right.as_bool()?)),
        Of::Timestamp => Some(time(left)?.cmp(&time(right)?)),
    }
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(name: &str, value: &Value, found: &Value) -> bool {
        let data = json!({ "v": found, "other": 5 });
        Operator::parse(name, value)
            .unwrap()
            .holds(&Path::parse("$.v").unwrap(), &data, &Value::Null)
            .unwrap()
    }

    #[test]
    fn compares_within_one_type_only() {
        assert!(holds("StringLessThan", &json!("b"), &json!("a")));
        assert!(!holds("StringEquals", &json!("1"), &json!(1)));
        assert!(holds("NumericEquals", &json!(1), &json!(1.0)));
        assert!(holds("NumericGreaterThanEqualsPath", &json!("$.other"), &json!(5)));
        assert!(holds("BooleanEquals", &json!(false), &json!(false)));
        assert!(holds(
            "TimestampLessThan",
            &json!("2026-01-01T01:00:00+02:00"),
            &json!("2025-12-31T22:59:59Z")
        ));
    }

    #[test]
    fn tells_what_a_value_is() {
        assert!(holds("IsNull", &json!(true), &Value::Null));
        assert!(holds("IsString", &json!(false), &json!(1)));
        assert!(holds("IsTimestamp", &json!(true), &json!("2026-01-01T00:00:00Z")));
        let absent = Path::parse("$.absent").unwrap();
        let present = Operator::parse("IsPresent", &json!(false)).unwrap();
        assert_eq!(present.holds(&absent, &json!({}), &Value::Null), Ok(true));
        let null = Operator::parse("IsNull", &json!(true)).unwrap();
        assert_eq!(null.holds(&absent, &json!({}), &Value::Null), Err("$.absent".to_owned()));
    }

    #[test]
    fn refuses_unknown_operators_and_operands() {
        for (name, value) in [
            ("StringBegins", json!("a")),
            ("BooleanLessThan", json!(true)),
            ("StringMatchesPath", json!("$.a")),
            ("NumericEquals", json!("1")),
            ("TimestampEquals", json!("yesterday")),
            ("IsPresent", json!("yes")),
            ("StringEqualsPath", json!("a")),
        ] {
            assert!(Operator::parse(name, &value).is_err(), "{name}");
        }
    }
}
