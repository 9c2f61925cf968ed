//! Loads the machine itself and checks that its states fit together.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{Definition, Kind, Refused, State, fields::Fields, parse_state, strict::Strict};

/// A year, the longest a standard execution may run.
pub(super) const MOST_SECONDS: u64 = 31_622_400;

pub(super) fn definition(file: &str, json: &str) -> Result<Definition, Refused> {
    let refused = |field: &str, reason: String| Refused {
        file: file.to_owned(),
        state: String::new(),
        field: field.to_owned(),
        reason,
    };
    let Strict(source) = serde_json::from_str(json).map_err(|error| refused("JSON", error.to_string()))?;
    if json.contains("${") {
        return Err(refused("${..}", "a substitution has not been made".to_owned()));
    }
    let mut fields = Fields::new(file, "", "", source.clone())?;
    check_dialect(&mut fields)?;
    let start_at = fields.required_text("StartAt")?;
    let timeout = fields.whole("TimeoutSeconds", 1, MOST_SECONDS)?.map(Duration::from_secs);
    let states = states(file, fields.value("States").unwrap_or_default())?;
    if !states.contains_key(&start_at) {
        return Err(fields.refuse("StartAt", format!("there is no state '{start_at}'")));
    }
    fields.finish()?;
    check_next(file, &states)?;
    Ok(Definition { source, start_at, timeout, states })
}

fn check_dialect(fields: &mut Fields<'_>) -> Result<(), Refused> {
    for (name, known) in [("Version", "1.0"), ("QueryLanguage", "JSONPath")] {
        if fields.text(name)?.is_some_and(|text| text != known) {
            return Err(fields.refuse(name, format!("only '{known}' is supported")));
        }
    }
    Ok(())
}

fn states(file: &str, value: Value) -> Result<BTreeMap<String, State>, Refused> {
    let mut all = Fields::new(file, "", "States", value)?;
    let parsed = all.take_rest().into_iter().map(|(name, value)| {
        let short = !name.is_empty() && name.chars().count() <= 80;
        let fields = Fields::new(file, &name, "", value)?;
        if !short {
            return Err(fields.refuse("", "a state's name has 1 to 80 characters"));
        }
        let state = parse_state::state(fields)?;
        Ok((name, state))
    });
    parsed.collect()
}

fn check_next(file: &str, states: &BTreeMap<String, State>) -> Result<(), Refused> {
    let dangling =
        states.iter().flat_map(|(name, state)| targets(state).into_iter().map(move |target| (name, target)));
    for (name, (field, target)) in dangling {
        if !states.contains_key(target) {
            return Err(Refused {
                file: file.to_owned(),
                state: name.clone(),
                field: field.to_owned(),
                reason: format!("there is no state '{target}'"),
            });
        }
    }
    Ok(())
}

fn targets(state: &State) -> Vec<(&'static str, &str)> {
    let mut targets: Vec<_> = state.next.iter().map(|next| ("Next", next.as_str())).collect();
    match &state.kind {
        Kind::Task(task) => targets.extend(task.catch.iter().map(|catcher| ("Catch", catcher.next.as_str()))),
        Kind::Choice { rules, default } => {
            targets.extend(rules.iter().map(|(_, next)| ("Choices", next.as_str())));
            targets.extend(default.iter().map(|next| ("Default", next.as_str())));
        }
        _ => {}
    }
    targets
}
