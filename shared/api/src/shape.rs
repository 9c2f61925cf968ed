//! What to say about a body of the wrong shape: which field, and what to send there. The parser's own words stay out
//! of it, and so does all that was sent. The name of an unknown field is told only if it reads like one: a secret can
//! be in the wrong place.

use serde_path_to_error::{Path, Segment};

use crate::{ApiError, Code, FieldProblem};

const UNKNOWN: &str = "unknown field ";
/// Stands for the field when the whole body is meant.
pub(crate) const BODY: &str = "body";
/// Says what to do about a field that was not sent.
pub(crate) const MISSING: &str = "It is missing; send it.";
/// Says what to do when the parser gives no reason that a sender could use.
const OTHERWISE: &str = "Send what the API's description gives for this field.";

/// The 400 for a body that is JSON and not the expected shape.
pub(crate) fn problem(error: &serde_path_to_error::Error<serde_json::Error>) -> ApiError {
    let text = error.inner().to_string();
    let reason = text.rsplit_once(" at line ").map_or(&*text, |(reason, _)| reason);
    let (field, sentence) = told(&place(error.path(), reason.starts_with(UNKNOWN)), reason);
    let fields = vec![FieldProblem { detail: sentence.clone(), field: field.clone() }];
    ApiError::Problem { code: Code::BodyInvalid, detail: format!("`{field}`: {sentence}"), fields }
}

/// The 400 for a body that is no JSON object.
pub(crate) fn not_an_object() -> ApiError {
    let sentence = "Send one JSON object.";
    let fields = vec![FieldProblem { field: BODY.to_owned(), detail: sentence.to_owned() }];
    ApiError::Problem { code: Code::BodyInvalid, detail: format!("`{BODY}`: {sentence}"), fields }
}

/// The field that is meant, and what to do about it.
fn told(place: &str, reason: &str) -> (String, String) {
    if let Some(name) = reason.strip_prefix("missing field ") {
        return (inner(place, name), MISSING.to_owned());
    }
    if let Some(name) = reason.strip_prefix("duplicate field ") {
        return (inner(place, name), "It comes twice; send it once.".to_owned());
    }
    // What was sent may contain these words too; what was expected is written last.
    let expected = reason.rsplit_once(", expected ").map(|(_, expected)| expected);
    let unknown = reason.starts_with(UNKNOWN);
    let sentence = match expected {
        Some(names) if unknown => {
            format!("A field is not known here; the known ones are {}.", list(names))
        }
        Some(names) if reason.starts_with("unknown variant ") => format!("Send one of {}.", list(names)),
        Some(kind) if reason.starts_with("invalid ") => wanted(kind).to_owned(),
        _ if unknown => "A field is not known here; send none.".to_owned(),
        _ if ["surrogate", "unicode", "escape"].iter().any(|word| reason.contains(word)) => {
            "Send whole characters in UTF-8; half of an escaped pair is none.".to_owned()
        }
        _ => OTHERWISE.to_owned(),
    };
    (if place.is_empty() { BODY.to_owned() } else { place.to_owned() }, sentence)
}

/// The kind of value that the parser would take, in words of JSON.
fn wanted(kind: &str) -> &'static str {
    let integers = ["u8", "u16", "u32", "u64", "usize", "i8", "i16", "i32", "i64", "isize"];
    match kind {
        "a boolean" => "Send true or false.",
        "a string" | "a borrowed string" | "a character" => "Send a text.",
        "a sequence" => "Send a list.",
        "f32" | "f64" => "Send a number.",
        kind if integers.contains(&kind) => "Send a whole number, as large as the API's description says.",
        kind if kind == "a map" || kind.starts_with("struct ") => "Send one JSON object.",
        _ => OTHERWISE,
    }
}

/// `` `a` or `b` `` and `` one of `a`, `b` `` as a plain list.
fn list(names: &str) -> String {
    names.trim_start_matches("one of ").replace(" or ", ", ")
}

/// The path of a field in the object at `place`; the parser writes the name in backticks.
fn inner(place: &str, name: &str) -> String {
    let name = name.trim_matches('`');
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// Where in the body; empty for the body itself. The path of a field that is `unknown` ends with its name as it was
/// sent, which is left out unless it reads like a field's name.
fn place(path: &Path, unknown: bool) -> String {
    let mut named: Vec<String> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.clone()),
            Segment::Seq { index } => Some(index.to_string()),
            _ => None,
        })
        .collect();
    if unknown && named.last().is_some_and(|name| !is_plain(name)) {
        named.pop();
    }
    named.join(".")
}

/// Whether a name is short and of letters only, the first a small one: what is not is no name of a field, and may be
/// anything.
pub(crate) fn is_plain(name: &str) -> bool {
    let letters = name.bytes().all(|byte| byte.is_ascii_alphabetic());
    letters && name.len() <= 20 && name.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use vestibule_domain::JobId;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    #[expect(dead_code, reason = "only the shape is looked at")]
    struct Sample {
        given_name: String,
        count: Option<u64>,
        yes: Option<bool>,
        which: Option<Which>,
        job: Option<JobId>,
        list: Option<Vec<String>>,
        inside: Option<Inside>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Which {
        This,
        Others,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the shape is looked at")]
    struct Inside {
        left: f64,
    }

    fn said(body: &str) -> (String, String) {
        let mut reader = serde_json::Deserializer::from_str(body);
        let error = serde_path_to_error::deserialize::<_, Sample>(&mut reader).unwrap_err();
        match problem(&error) {
            ApiError::Problem { mut fields, detail, .. } => {
                let FieldProblem { field, detail: sentence } = fields.remove(0);
                assert_eq!(detail, format!("`{field}`: {sentence}"));
                (field, sentence)
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn attack_7_a_wrong_shape_is_told_in_our_words_and_without_what_was_sent() {
        let known = "A field is not known here; the known ones are `givenName`, `count`, `yes`, `which`, `job`, `list`, `inside`.";
        for (body, field, sentence) in [
            ("null", "body", "Send one JSON object."),
            ("7", "body", "Send one JSON object."),
            (r#""SECRET""#, "body", "Send one JSON object."),
            ("{}", "givenName", "It is missing; send it."),
            (r#"{"givenName":7}"#, "givenName", "Send a text."),
            (r#"{"givenName":{"SECRET":1}}"#, "givenName", "Send a text."),
            (r#"{"givenName":"a","givenName":"SECRET"}"#, "givenName", "It comes twice; send it once."),
            (r#"{"SECRET":"a"}"#, "body", known),
            (r#"{"role":"SECRET"}"#, "role", known),
            (r#"{"aLongNameThatIsPerhapsASecret":"a"}"#, "body", known),
            (r#"{"hunter2":"a"}"#, "body", known),
            (r#"{"SECRET, expected `x`":"a"}"#, "body", known),
            (
                r#"{"givenName":"a","count":"SECRET"}"#,
                "count",
                "Send a whole number, as large as the API's description says.",
            ),
            (
                r#"{"givenName":"a","count":-1}"#,
                "count",
                "Send a whole number, as large as the API's description says.",
            ),
            (r#"{"givenName":"a","yes":"SECRET"}"#, "yes", "Send true or false."),
            (r#"{"givenName":"a","which":"SECRET, expected `x`"}"#, "which", "Send one of `this`, `others`."),
            (r#"{"givenName":"a","which":7}"#, "which", OTHERWISE),
            (r#"{"givenName":"a","job":"SECRET"}"#, "job", OTHERWISE),
            (r#"{"givenName":"a","list":"SECRET"}"#, "list", "Send a list."),
            (r#"{"givenName":"a","list":["b",{"SECRET":1}]}"#, "list.1", "Send a text."),
            (r#"{"givenName":"a","inside":{}}"#, "inside.left", "It is missing; send it."),
            (r#"{"givenName":"a","inside":{"left":"SECRET"}}"#, "inside.left", "Send a number."),
            (
                r#"{"givenName":"a","inside":{"SECRET":1}}"#,
                "inside",
                "A field is not known here; the known ones are `left`.",
            ),
            (
                r#"{"givenName":"\ud83c"}"#,
                "givenName",
                "Send whole characters in UTF-8; half of an escaped pair is none.",
            ),
        ] {
            assert_eq!(said(body), (field.to_owned(), sentence.to_owned()), "{body}");
        }
    }
}
