//! Fields of a webhook's body, read with hints instead of values.
//!
//! Parser messages quote what they found, which can be a person's data; these say only which field is wrong.
//! Ids become parts of keys later, so only tokens pass.

use jiff::Timestamp;
use serde_json::Value;

use super::EsignError;

const LONGEST_TOKEN: usize = 128;
const LONGEST_CORRELATION: usize = 160;

/// The error for a wrong field.
pub(super) fn malformed(detail: &'static str) -> EsignError {
    EsignError::Malformed { detail }
}

/// Parses the body as a JSON object; the parser's own limit on nesting applies.
pub(super) fn object(raw_body: &[u8]) -> Result<Value, EsignError> {
    let body: Value = serde_json::from_slice(raw_body).map_err(|_| malformed("body"))?;
    if body.is_object() { Ok(body) } else { Err(malformed("body")) }
}

/// The token at `pointer`; `None` when absent or null. Numbers count as their digits.
pub(super) fn token(body: &Value, pointer: &'static str) -> Result<Option<String>, EsignError> {
    match body.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if is_token(text) => Ok(Some(text.clone())),
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(_) => Err(malformed(pointer)),
    }
}

/// The token at `pointer`, which has to be there.
pub(super) fn required_token(body: &Value, pointer: &'static str) -> Result<String, EsignError> {
    token(body, pointer)?.ok_or(malformed(pointer))
}

/// The RFC 3339 time at `pointer`; `None` when absent or null.
pub(super) fn time(body: &Value, pointer: &'static str) -> Result<Option<Timestamp>, EsignError> {
    match body.pointer(pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| malformed(pointer)),
        Some(_) => Err(malformed(pointer)),
    }
}

/// Our own id, if it is well-formed. People can edit it at the vendor, so a spoilt one is no reason to refuse
/// a signed event, which would hold up all later ones.
pub(super) fn correlation(value: Option<&Value>) -> Option<String> {
    let text = value?.as_str()?;
    let (hire, document) = text.split_once('/')?;
    let whole = text.len() <= LONGEST_CORRELATION && is_token(hire) && is_token(document);
    whole.then(|| text.to_owned())
}

/// Letters, digits and `._:-`; never a separator of our keys.
pub(super) fn is_token(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._:-".contains(c);
    !text.is_empty() && text.len() <= LONGEST_TOKEN && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn deep_nesting_and_other_shapes_are_malformed() {
        let deep = [b"{\"a\":".repeat(100_000), b"[".repeat(100_000)];
        for body in deep.iter().map(Vec::as_slice).chain([&b""[..], b"[]", b"null", b"{", b"\xff", b"{}x"]) {
            assert_eq!(object(body), Err(malformed("body")));
        }
    }

    #[test]
    fn a_token_holds_no_separator() {
        for text in ["", "a#b", "a/b", "a b", "a\n", "ä", "a|b", &"a".repeat(129)] {
            assert_eq!(token(&json!({ "id": text }), "/id"), Err(malformed("/id")), "{text:?}");
        }
        for other in [json!(true), json!(-1), json!(1.5), json!([]), json!({})] {
            assert_eq!(token(&json!({ "id": other }), "/id"), Err(malformed("/id")));
        }
        assert_eq!(token(&json!({ "id": 1_234_567 }), "/id"), Ok(Some("1234567".to_owned())));
        assert_eq!(token(&json!({}), "/id"), Ok(None));
        assert_eq!(required_token(&json!({ "id": null }), "/id"), Err(malformed("/id")));
    }

    #[test]
    fn a_spoilt_correlation_is_dropped() {
        assert_eq!(correlation(Some(&json!("hire_1/w9"))).as_deref(), Some("hire_1/w9"));
        for spoilt in [json!("hire_1"), json!("hire_1/"), json!("hire_1/w9/x"), json!("h#1/w9"), json!(7)] {
            assert_eq!(correlation(Some(&spoilt)), None);
        }
    }

    proptest! {
        #[test]
        fn no_body_panics_and_no_hint_quotes_it(body: Vec<u8>) {
            if let Err(error) = object(&body) {
                prop_assert_eq!(error, malformed("body"));
            }
        }
    }
}
