//! Loads one state of any type.

use serde_json::Value;

use super::{
    Io, Kind, Refused, Selection, State, Text, WaitFor, fields::Fields, parse::MOST_SECONDS, parse_task,
};
use crate::data::{choice::Condition, path::Path, template::Template};

pub(super) fn state(mut fields: Fields<'_>) -> Result<State, Refused> {
    if fields.text("QueryLanguage")?.is_some_and(|text| text != "JSONPath") {
        return Err(fields.refuse("QueryLanguage", "only 'JSONPath' is supported"));
    }
    let type_name = fields.required_text("Type")?;
    let io = io(&mut fields, &type_name)?;
    let next = match type_name.as_str() {
        "Task" | "Pass" | "Wait" => next(&mut fields)?,
        _ => None,
    };
    let kind = match type_name.as_str() {
        "Task" => Kind::Task(parse_task::task(&mut fields, io.parameters.as_ref())?),
        "Choice" => choice(&mut fields)?,
        "Wait" => Kind::Wait(wait(&mut fields)?),
        "Pass" => Kind::Pass { result: fields.value("Result") },
        "Succeed" => Kind::Succeed,
        "Fail" => Kind::Fail { error: text(&mut fields, "Error")?, cause: text(&mut fields, "Cause")? },
        other => return Err(fields.refuse("Type", format!("'{other}' is not supported"))),
    };
    fields.finish()?;
    Ok(State { kind, io, next })
}

/// Reads only the fields that the type has, so that the others are refused.
fn io(fields: &mut Fields<'_>, type_name: &str) -> Result<Io, Refused> {
    let mut io = Io {
        input: Selection::At(Path::root()),
        parameters: None,
        selector: None,
        result: Some(Path::root()),
        output: Selection::At(Path::root()),
    };
    if type_name != "Fail" {
        io.input = selection(fields, "InputPath")?;
        io.output = selection(fields, "OutputPath")?;
    }
    if ["Task", "Pass"].contains(&type_name) {
        io.parameters = template(fields, "Parameters")?;
        io.result = result_path(fields)?;
    }
    if type_name == "Task" {
        io.selector = template(fields, "ResultSelector")?;
    }
    Ok(io)
}

fn selection(fields: &mut Fields<'_>, name: &str) -> Result<Selection, Refused> {
    match fields.value(name) {
        None => Ok(Selection::At(Path::root())),
        Some(Value::Null) => Ok(Selection::Nothing),
        Some(Value::String(text)) => {
            Path::parse(&text).map(Selection::At).map_err(|reason| fields.refuse(name, reason))
        }
        Some(_) => Err(fields.refuse(name, "must be a path or null")),
    }
}

pub(super) fn result_path(fields: &mut Fields<'_>) -> Result<Option<Path>, Refused> {
    match fields.value("ResultPath") {
        None => Ok(Some(Path::root())),
        Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            Path::parse_place(&text).map(Some).map_err(|reason| fields.refuse("ResultPath", reason))
        }
        Some(_) => Err(fields.refuse("ResultPath", "must be a path or null")),
    }
}

fn template(fields: &mut Fields<'_>, name: &str) -> Result<Option<Template>, Refused> {
    let Some(value) = fields.value(name) else {
        return Ok(None);
    };
    Template::parse(&value).map(Some).map_err(|reason| fields.refuse(name, reason))
}

fn next(fields: &mut Fields<'_>) -> Result<Option<String>, Refused> {
    match (fields.text("Next")?, fields.value("End")) {
        (Some(next), None | Some(Value::Bool(false))) => Ok(Some(next)),
        (None, Some(Value::Bool(true))) => Ok(None),
        _ => Err(fields.refuse("Next", "exactly one of Next and \"End\": true is needed")),
    }
}

fn choice(fields: &mut Fields<'_>) -> Result<Kind, Refused> {
    let rules = fields.list("Choices")?;
    if rules.is_empty() {
        return Err(fields.refuse("Choices", "must be a list of rules"));
    }
    let rules = rules.into_iter().map(|mut rule| {
        let next = rule.required_text("Next")?;
        rule.text("Comment")?;
        let condition = Condition::parse(rule.take_rest()).map_err(|reason| rule.refuse("", reason))?;
        Ok((condition, next))
    });
    Ok(Kind::Choice { rules: rules.collect::<Result<_, _>>()?, default: fields.text("Default")? })
}

fn wait(fields: &mut Fields<'_>) -> Result<WaitFor, Refused> {
    let until = match fields.text("Timestamp")? {
        None => None,
        Some(text) => Some(text.parse().map_err(|_| fields.refuse("Timestamp", "must be an RFC 3339 time"))?),
    };
    let mut ways = [
        fields.whole("Seconds", 0, MOST_SECONDS)?.map(WaitFor::Seconds),
        fields.path("SecondsPath")?.map(WaitFor::SecondsPath),
        until.map(WaitFor::Until),
        fields.path("TimestampPath")?.map(WaitFor::UntilPath),
    ]
    .into_iter()
    .flatten();
    match (ways.next(), ways.next()) {
        (Some(way), None) => Ok(way),
        _ => Err(fields
            .refuse("Seconds", "exactly one of Seconds, SecondsPath, Timestamp and TimestampPath is needed")),
    }
}

fn text(fields: &mut Fields<'_>, name: &str) -> Result<Text, Refused> {
    match (fields.text(name)?, fields.path(&format!("{name}Path"))?) {
        (None, None) => Ok(Text::None),
        (Some(text), None) => Ok(Text::Fixed(text)),
        (None, Some(path)) => Ok(Text::Path(path)),
        (Some(_), Some(_)) => Err(fields.refuse(name, format!("{name} and {name}Path exclude each other"))),
    }
}
