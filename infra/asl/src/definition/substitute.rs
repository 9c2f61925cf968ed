//! `DefinitionSubstitutions`: `${Name}` in a machine's file, replaced before it is loaded.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Refused;

/// Replaces every `${Name}` by its value, escaped as within a JSON text. Refuses names without a value.
pub fn substitute(json: &str, values: &BTreeMap<String, String>) -> Result<String, Refused> {
    let refused = |name: &str, reason: &str| Refused {
        file: "substitutions".to_owned(),
        state: String::new(),
        field: format!("${{{name}}}"),
        reason: reason.to_owned(),
    };
    let mut replaced = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, after) = after.split_once('}').ok_or_else(|| refused("", "is not closed"))?;
        let value = values.get(name).ok_or_else(|| refused(name, "has no value"))?;
        let quoted = Value::from(value.as_str()).to_string();
        replaced.push_str(before);
        replaced.push_str(&quoted[1..quoted.len() - 1]);
        rest = after;
    }
    replaced.push_str(rest);
    Ok(replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_known_names_and_refuses_others() {
        let values = BTreeMap::from([("A".to_owned(), "x\"y".to_owned())]);
        assert_eq!(substitute(r#"["${A}", "${A}-"]"#, &values).unwrap(), r#"["x\"y", "x\"y-"]"#);
        assert_eq!(substitute("${B}", &values).unwrap_err().field, "${B}");
        assert!(substitute("${A", &values).is_err());
    }
}
