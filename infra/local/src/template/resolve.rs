//! Intrinsic functions: replaces `Ref`, `Fn::GetAtt`, `Fn::Sub` and `Fn::Join` by their values.
//! What cannot be resolved is refused with a reason, never passed on as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The names a template may refer to: `Ref` targets and `Logical.Attribute` pairs.
#[derive(Default)]
pub(super) struct Resolver {
    refs: BTreeMap<String, String>,
    attributes: BTreeMap<String, String>,
    conditions: BTreeMap<String, bool>,
}

impl Resolver {
    pub(super) fn set_ref(&mut self, name: &str, value: impl Into<String>) {
        self.refs.insert(name.to_owned(), value.into());
    }

    pub(super) fn set_attribute(&mut self, logical_id: &str, name: &str, value: impl Into<String>) {
        self.attributes.insert(format!("{logical_id}.{name}"), value.into());
    }

    /// `value` without intrinsic functions.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, String> {
        match value {
            Value::Object(entries) => match intrinsic(entries) {
                Some(("Fn::If", argument)) => self.resolve(self.branch(argument)?),
                Some(("Ref", Value::String(target))) if target == "AWS::NoValue" => Ok(Value::Null),
                Some((name, argument)) => self.call(name, argument).map(Value::String),
                None => entries
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), self.resolve(value)?)))
                    .filter(|entry| !entry.as_ref().is_ok_and(|(_, value)| value.is_null()))
                    .collect::<Result<Map<_, _>, _>>()
                    .map(Value::Object),
            },
            Value::Array(items) => {
                items.iter().map(|item| self.resolve(item)).collect::<Result<Vec<_>, _>>().map(Value::Array)
            }
            plain => Ok(plain.clone()),
        }
    }

    /// Makes a condition known: `Fn::Equals` of two texts, and `Fn::Not` of a condition.
    pub(super) fn set_condition(&mut self, name: &str, condition: &Value) -> Result<(), String> {
        let holds = self.holds(condition)?;
        self.conditions.insert(name.to_owned(), holds);
        Ok(())
    }

    fn holds(&self, condition: &Value) -> Result<bool, String> {
        let parts = condition.as_object().and_then(intrinsic);
        match parts.and_then(|(name, argument)| Some((name, argument.as_array()?.as_slice()))) {
            Some(("Fn::Equals", [one, other])) => Ok(self.resolve(one)? == self.resolve(other)?),
            Some(("Fn::Not", [negated])) => Ok(!self.holds(negated)?),
            _ => Err("a condition is Fn::Equals or Fn::Not".to_owned()),
        }
    }

    /// The branch of `Fn::If` that counts.
    fn branch<'a>(&self, argument: &'a Value) -> Result<&'a Value, String> {
        let known = |name: &str| {
            self.conditions.get(name).copied().ok_or_else(|| format!("there is no condition {name}"))
        };
        match argument.as_array().map(Vec::as_slice) {
            Some([Value::String(name), yes, no]) => Ok(if known(name)? { yes } else { no }),
            _ => Err("Fn::If takes a condition and two values".to_owned()),
        }
    }

    fn call(&self, name: &str, argument: &Value) -> Result<String, String> {
        match (name, argument) {
            ("Ref", Value::String(target)) => self.reference(target),
            ("Fn::GetAtt", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(resource), Value::String(attribute)] => self.attribute(resource, attribute),
                _ => Err("Fn::GetAtt takes a logical id and an attribute".to_owned()),
            },
            ("Fn::Sub", Value::String(text)) => self.substitute(text),
            ("Fn::Join", Value::Array(parts)) => match parts.as_slice() {
                [Value::String(separator), Value::Array(items)] => self.join(separator, items),
                _ => Err("Fn::Join takes a separator and a list".to_owned()),
            },
            _ => Err(format!("{name} is not supported in this form")),
        }
    }

    /// What `Ref` of a resource or parameter gives.
    pub(super) fn reference(&self, target: &str) -> Result<String, String> {
        self.refs.get(target).cloned().ok_or_else(|| format!("Ref {target} has no target"))
    }

    fn attribute(&self, resource: &str, attribute: &str) -> Result<String, String> {
        self.attributes
            .get(&format!("{resource}.{attribute}"))
            .cloned()
            .ok_or_else(|| format!("{resource} has no attribute {attribute}"))
    }

    fn join(&self, separator: &str, items: &[Value]) -> Result<String, String> {
        let texts = items
            .iter()
            .map(|item| match self.resolve(item)? {
                Value::String(text) => Ok(text),
                _ => Err("Fn::Join joins strings only".to_owned()),
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(texts.join(separator))
    }

    fn substitute(&self, text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            out.push_str(&rest[..start]);
            let tail = &rest[start + 2..];
            let end = tail.find('}').ok_or_else(|| format!("Fn::Sub has an open placeholder in {text:?}"))?;
            let name = &tail[..end];
            match (name.strip_prefix('!'), name.split_once('.')) {
                (Some(literal), _) => {
                    let _ = write!(out, "${{{literal}}}");
                }
                (None, Some((resource, attribute))) => {
                    out.push_str(&self.attribute(resource, attribute)?);
                }
                (None, None) => out.push_str(&self.reference(name)?),
            }
            rest = &tail[end + 1..];
        }
        out.push_str(rest);
        Ok(out)
    }
}

fn intrinsic(entries: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, argument) = entries.iter().next()?;
    let known = name == "Ref" || name.starts_with("Fn::");
    (entries.len() == 1 && known).then_some((name.as_str(), argument))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Resolver;

    fn resolver() -> Resolver {
        let mut resolver = Resolver::default();
        resolver.set_ref("Stage", "dev");
        resolver.set_attribute("Table", "Arn", "arn:table");
        resolver
    }

    #[test]
    fn every_supported_function_is_replaced() {
        let value = json!({
            "a": {"Ref": "Stage"},
            "b": [{"Fn::GetAtt": ["Table", "Arn"]}],
            "c": {"Fn::Sub": "${Table.Arn}/index/${Stage}/${!kept}"},
            "d": {"Fn::Join": ["-", ["x", {"Ref": "Stage"}]]},
        });
        assert_eq!(
            resolver().resolve(&value).unwrap(),
            json!({"a": "dev", "b": ["arn:table"], "c": "arn:table/index/dev/${kept}", "d": "x-dev"})
        );
    }

    #[test]
    fn a_condition_chooses_and_no_value_is_left_out() {
        let mut resolver = resolver();
        let is_dev = json!({"Fn::Equals": [{"Ref": "Stage"}, "dev"]});
        resolver.set_condition("IsDev", &is_dev).unwrap();
        resolver.set_condition("IsLive", &json!({"Fn::Not": [is_dev]})).unwrap();
        let value = |name: &str| json!({"a": {"Fn::If": [name, ["x"], {"Ref": "AWS::NoValue"}]}});
        assert_eq!(resolver.resolve(&value("IsDev")).unwrap(), json!({"a": ["x"]}));
        assert_eq!(resolver.resolve(&value("IsLive")).unwrap(), json!({}));
        assert!(resolver.resolve(&value("IsElse")).is_err());
        assert!(resolver.set_condition("Odd", &json!({"Fn::Or": []})).is_err());
    }

    #[test]
    fn what_has_no_target_is_refused() {
        for value in [
            json!({"Ref": "Nobody"}),
            json!({"Fn::GetAtt": ["Table", "Colour"]}),
            json!({"Fn::Sub": "${Nobody}"}),
            json!({"Fn::ImportValue": "x"}),
        ] {
            assert!(resolver().resolve(&value).is_err(), "{value}");
        }
    }
}
