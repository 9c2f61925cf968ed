//! The sample events of the repository.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

/// `events/<function>/<name>.json` with each text of `replacements` put in the place of the other.
///
/// # Errors
/// There is no such file, or it is no JSON afterwards.
pub fn sample(function: &str, name: &str, replacements: &[(&str, &str)]) -> Result<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../events")
        .join(function)
        .join(format!("{name}.json"));
    let text = std::fs::read_to_string(&path).with_context(|| format!("events/{function}/{name}.json"))?;
    let text = replacements.iter().fold(text, |text, (from, to)| text.replace(from, to));
    serde_json::from_str(&text).with_context(|| format!("events/{function}/{name}.json"))
}
