//! Paths of operations and of pages, with values in them.

use serde_json::Value;

/// The path of an operation with its values. `None` where one is missing.
pub(crate) fn fill(path: &str, values: &[Option<String>]) -> Option<String> {
    let mut values = values.iter();
    let parts = path.split('/').map(|part| {
        if !part.starts_with('{') {
            return Some(part.to_owned());
        }
        values.next().cloned().flatten().filter(|value| !only_dots(value)).map(|value| encode(&value))
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

/// Nothing, or dots alone: these lead to another path, percent-encoded too.
fn only_dots(value: &str) -> bool {
    value.bytes().all(|byte| byte == b'.')
}

/// A value as one part of a path: everything but letters, digits, `-`, `_` and `.` is percent-encoded.
pub(crate) fn encode(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    value
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// A field of an answer by its dotted name, as text.
pub(crate) fn text_at(value: &Value, name: &str) -> Option<String> {
    let found = name.split('.').try_fold(value, |value, part| value.get(part))?;
    found.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_path_stay_within_their_part() {
        let path = "/api/hires/{id}/x";
        assert_eq!(fill(path, &[Some("hire_1".into())]).unwrap(), "/api/hires/hire_1/x");
        assert_eq!(fill(path, &[Some("../a b?c#d%".into())]).unwrap(), "/api/hires/..%2Fa%20b%3Fc%23d%25/x");
        assert_eq!(fill(path, &[Some("..".into())]), None);
        assert_eq!(fill(path, &[Some(String::new())]), None);
        assert_eq!(fill(path, &[None]), None);
        assert_eq!(fill(path, &[]), None);
    }
}
