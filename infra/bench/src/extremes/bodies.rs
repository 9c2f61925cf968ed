//! JSON bodies: as a whole, and with each of their fields at its longest.

use anyhow::Result;
use serde_json::{Map, Value, json};

/// The longest body that is taken, in bytes.
const LONGEST: usize = 1 << 20;

/// Values that are `length` bytes of JSON, or about that.
pub(super) fn values(length: usize) -> Vec<(&'static str, Value)> {
    let wide: Map<_, _> = (0..length / 16).map(|at| (format!("f{at:07}"), json!(1))).collect();
    vec![
        ("a long text", json!("a".repeat(length))),
        ("a text of escapes", json!("\u{1}".repeat(length / 6))),
        ("many fields", Value::Object(wide)),
        ("many numbers", json!(vec![1.5e300; length / 8])),
        ("many empty objects", json!(vec![json!({}); length / 3])),
    ]
}

/// Texts for a field: each long in a way that some parser could be slow at.
fn texts() -> Vec<(&'static str, String)> {
    let most = LONGEST - 2_000;
    vec![
        ("letters", "a".repeat(most)),
        ("a password that repeats", "correct horse battery staple 1999-12-31 qwerty ".repeat(most / 47)),
        ("64 characters", "Tr0ub4dor&3-".repeat(6)[..64].to_owned()),
        ("1,024 characters", "qwertyuiopasdfghjklzxcvbnm1234567890".repeat(29)[..1024].to_owned()),
        ("128 characters of dates", "01021990".repeat(16)),
        ("combining marks", format!("a{}", "\u{301}\u{323}".repeat(most / 4))),
        ("ligatures that unfold", "\u{fdfa}".repeat(most / 3)),
        ("at signs", "@".repeat(most)),
        ("dots", format!("a{}@example.org", ".a".repeat(most / 2 - 10))),
        ("a long domain", format!("a@{}org", "x.".repeat(most / 2 - 10))),
        ("blanks", " ".repeat(most)),
        ("digits", "9".repeat(most)),
        ("base64", "A".repeat(most)),
        ("a token of dots", ".".repeat(most)),
    ]
}

/// Bodies instead of `text`, a JSON object.
pub(super) fn of(text: &str) -> Result<Vec<(String, String)>> {
    let body: Value = serde_json::from_str(text)?;
    let mut all: Vec<(String, String)> = [
        ("arrays in arrays", "[".repeat(LONGEST)),
        ("objects in objects", r#"{"a":"#.repeat(LONGEST / 5)),
        ("half a text", format!("{{\"a\":\"{}", "\\".repeat(LONGEST - 8))),
        ("blanks", " ".repeat(LONGEST)),
        ("a long number", format!("{{\"a\":{}}}", "9".repeat(LONGEST - 6))),
        ("a long exponent", format!("{{\"a\":1e{}}}", "9".repeat(LONGEST - 8))),
    ]
    .map(|(name, body)| (name.to_owned(), body))
    .into();
    for (name, value) in values(LONGEST - 2_000) {
        let mut body = body.clone();
        body["extreme"] = value;
        all.push((format!("{name} in a field that nobody knows"), body.to_string()));
    }
    let fields = body.as_object().cloned().unwrap_or_default();
    for field in fields.keys() {
        for (name, text) in texts() {
            let mut body = body.clone();
            body[field] = text.into();
            all.push((format!("`{field}`: {name}"), body.to_string()));
        }
        let once = format!("\"{field}\":1,");
        let repeated = once.repeat((LONGEST - 10) / once.len());
        all.push((format!("`{field}` again and again"), format!("{{{}}}", repeated.trim_end_matches(','))));
    }
    Ok(all)
}
