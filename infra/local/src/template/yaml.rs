//! `CloudFormation` YAML into plain JSON: the short tags (`!Ref`, `!GetAtt`, ...) become their
//! long forms (`{"Ref": ..}`, `{"Fn::GetAtt": [..]}`), and every other tag is refused.

use serde_json::{Map, Value, json};
use serde_yaml_ng::Value as Yaml;

/// The JSON of a YAML document, or the reason why it is none.
pub(super) fn to_json(text: &str) -> Result<Value, String> {
    let yaml: Yaml = serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?;
    convert(yaml)
}

fn convert(yaml: Yaml) -> Result<Value, String> {
    match yaml {
        Yaml::Tagged(tagged) => long_form(&tagged.tag.to_string(), convert(tagged.value)?),
        Yaml::Sequence(items) => {
            items.into_iter().map(convert).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        Yaml::Mapping(entries) => entries
            .into_iter()
            .map(|(key, value)| match key {
                Yaml::String(key) => Ok((key, convert(value)?)),
                other => Err(format!("the key {other:?} is not a string")),
            })
            .collect::<Result<Map<_, _>, _>>()
            .map(Value::Object),
        plain => serde_json::to_value(plain).map_err(|error| error.to_string()),
    }
}

fn long_form(tag: &str, value: Value) -> Result<Value, String> {
    match (tag, value) {
        ("!Ref", value) => Ok(json!({ "Ref": value })),
        ("!Sub", value) => Ok(json!({ "Fn::Sub": value })),
        ("!If", value) => Ok(json!({ "Fn::If": value })),
        ("!Not", value) => Ok(json!({ "Fn::Not": value })),
        ("!Equals", value) => Ok(json!({ "Fn::Equals": value })),
        ("!Join", value) => Ok(json!({ "Fn::Join": value })),
        ("!GetAtt", Value::String(dotted)) => match dotted.split_once('.') {
            Some((resource, attribute)) => Ok(json!({ "Fn::GetAtt": [resource, attribute] })),
            None => Err(format!("!GetAtt {dotted} names no attribute")),
        },
        ("!GetAtt", value) => Ok(json!({ "Fn::GetAtt": value })),
        (other, _) => Err(format!("the tag {other} is not supported")),
    }
}
