//! What a parameter of the template may be, checked as `CloudFormation` does before it makes anything.

use regex::Regex;
use serde_json::Value;

use super::TemplateError;

/// From here on two names are alike enough to be taken for each other.
const ALIKE: f64 = 0.8;

/// Refuses a value that `CloudFormation` would refuse.
///
/// # Errors
/// The value, with what the parameter must be; or a constraint of the template that is not understood.
pub(super) fn check(name: &str, parameter: &Value, value: &str) -> Result<(), TemplateError> {
    let fits = length_fits(parameter, value)
        && number_fits(parameter, value)
        && listed(parameter, value)
        && pattern_fits(name, parameter, value)?;
    if fits {
        return Ok(());
    }
    Err(TemplateError::Parameter { name: name.to_owned(), must: must(parameter) })
}

/// The name among `names` that was probably meant.
pub(super) fn hint<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
    let likeness = |known: &str| strsim::jaro_winkler(&plain(name), &plain(known));
    let alike = names.map(|known| (likeness(known), known)).filter(|(likeness, _)| *likeness >= ALIKE);
    alike.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, known)| known.to_owned())
}

fn must(parameter: &Value) -> String {
    if let Some(text) = parameter["ConstraintDescription"].as_str() {
        return text.trim_end_matches('.').to_owned();
    }
    let values = parameter["AllowedValues"].as_array().into_iter().flatten().filter_map(Value::as_str);
    format!("be one of {}", values.collect::<Vec<_>>().join(", "))
}

fn length_fits(parameter: &Value, value: &str) -> bool {
    let count = u64::try_from(value.chars().count()).unwrap_or(u64::MAX);
    parameter["MinLength"].as_u64().is_none_or(|least| count >= least)
        && parameter["MaxLength"].as_u64().is_none_or(|most| count <= most)
}

fn number_fits(parameter: &Value, value: &str) -> bool {
    if parameter["Type"] != "Number" {
        return true;
    }
    let within = |number: u64| {
        parameter["MinValue"].as_u64().is_none_or(|least| number >= least)
            && parameter["MaxValue"].as_u64().is_none_or(|most| number <= most)
    };
    value.parse().is_ok_and(within)
}

fn listed(parameter: &Value, value: &str) -> bool {
    parameter["AllowedValues"].as_array().is_none_or(|allowed| allowed.iter().any(|one| one == value))
}

/// The pattern must fit the whole value.
fn pattern_fits(name: &str, parameter: &Value, value: &str) -> Result<bool, TemplateError> {
    let Some(pattern) = parameter["AllowedPattern"].as_str() else { return Ok(true) };
    let whole = Regex::new(&format!(r"\A(?:{pattern})\z"));
    let whole = whole.map_err(|error| TemplateError::refused(name, "AllowedPattern", &error.to_string()))?;
    Ok(whole.is_match(value))
}
