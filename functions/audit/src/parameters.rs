//! What a query asks for, read name by name: everything that is wrong with it is told at once.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use utoipa::IntoParams;
use vestibule_api::{ApiError, Code, Fields};
use vestibule_chain::Outcome;
use vestibule_domain::{Email, Invalid, UserId};
use vestibule_store::{AuditActor, AuditFilter};

/// Longest action and resource that is looked for, in characters.
const LONGEST: usize = 200;

/// Which records are wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Parameters` reads")]
pub(crate) struct FilterParameters {
    /// From this instant (RFC 3339) or day (UTC) on.
    #[param(example = "2026-11-20")]
    from: Option<String>,
    /// Up to this instant, or to the end of this day.
    #[param(example = "2026-11-20T09:15:00Z")]
    to: Option<String>,
    /// By whom: a person's id or mail address, a task of the system such as `system:sweep`, or `stranger`.
    actor: Option<String>,
    /// The action, such as `hire.create`; all that begin with it when it ends with a dot, such as `hire.`.
    #[param(example = "hire.", max_length = 200)]
    action: Option<String>,
    /// The id or name of the thing it was done to.
    #[param(max_length = 200)]
    resource: Option<String>,
    /// `done`, `refused` or `failed`.
    #[param(pattern = "^(done|refused|failed)$")]
    outcome: Option<String>,
}

/// The parameters of a query, each given once.
#[derive(Debug)]
pub(crate) struct Parameters {
    given: BTreeMap<String, String>,
    wrong: Fields,
}

impl Parameters {
    /// Reads a query; of `known` names only.
    pub(crate) fn read(query: Option<&str>, known: &[&str]) -> Self {
        let (mut given, mut wrong) = (BTreeMap::new(), Fields::default());
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if !known.contains(&name.as_ref()) {
                wrong.refuse(&name, format!("Only these can be given: {}.", known.join(", ")));
            } else if given.insert(name.to_string(), value.into_owned()).is_some() {
                wrong.refuse(&name, "Give it once.");
            }
        }
        Self { given, wrong }
    }

    /// A parameter, if it is given and can be read.
    pub(crate) fn take<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        let value = self.given.get(name)?;
        self.wrong.take(name, read(value))
    }

    /// The filter of the log.
    pub(crate) fn filter(&mut self) -> AuditFilter {
        let from = self.take("from", |text| instant(text, false));
        let to = self.take("to", |text| instant(text, true));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            self.wrong.refuse("to", "Give a time that is not before `from`.");
        }
        AuditFilter {
            from,
            to,
            actor: self.take("actor", actor),
            action: self.take("action", action),
            resource: self.take("resource", |text| shorter(text).map(str::to_owned)),
            outcome: self.take("outcome", outcome),
        }
    }

    /// The 400 that names all that is wrong, if anything is.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        if self.wrong.is_empty() {
            return Ok(());
        }
        match self.wrong.into_error() {
            ApiError::Problem { detail, fields, .. } => {
                Err(ApiError::Problem { code: Code::ParameterInvalid, detail, fields })
            }
            other => Err(other),
        }
    }
}

/// An instant; of a day its beginning or its end.
fn instant(text: &str, end: bool) -> Result<Timestamp, Invalid> {
    let refused = || {
        Invalid::new("Give a time such as 2026-11-20T09:15:00Z (a `+` as %2B), or a day such as 2026-11-20.")
    };
    let Ok(day) = text.parse::<Date>().map_err(drop).and_then(|day| plain(text, day)) else {
        return text.parse().map_err(|_| refused());
    };
    let begins = |day: Date| day.to_zoned(TimeZone::UTC).map(|day| day.timestamp());
    let read = match end {
        false => begins(day),
        true => {
            day.tomorrow().and_then(begins).and_then(|next| next.checked_sub(SignedDuration::from_millis(1)))
        }
    };
    read.map_err(|_| refused())
}

/// A day that was written as one: the parser would take the day of a time as well.
fn plain(text: &str, day: Date) -> Result<Date, ()> {
    if day.to_string() == text { Ok(day) } else { Err(()) }
}

fn actor(text: &str) -> Result<AuditActor, Invalid> {
    if text.contains('@') {
        return Email::parse(text).map(AuditActor::Address);
    }
    let task = text.strip_prefix("system:");
    let is_task = task.is_some_and(|name| shorter(name).is_ok_and(|name| name.chars().all(is_of_task)));
    if text == "stranger" || is_task || text.parse::<UserId>().is_ok() {
        return Ok(AuditActor::Named(text.to_owned()));
    }
    Err(Invalid::new(
        "Give a person's id (usr_..) or mail address, a task such as `system:sweep`, or `stranger`.",
    ))
}

fn is_of_task(c: char) -> bool {
    c.is_ascii_lowercase() || c == '-'
}

fn action(text: &str) -> Result<String, Invalid> {
    let is_of_action = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    if shorter(text)?.chars().all(is_of_action) && text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new(
        "Give an action such as `hire.create`, or the beginning of some with a dot, such as `hire.`.",
    ))
}

fn shorter(text: &str) -> Result<&str, Invalid> {
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Invalid::new(format!("Give 1 to {LONGEST} characters.")));
    }
    Ok(text)
}

fn outcome(text: &str) -> Result<Outcome, Invalid> {
    match text {
        "done" => Ok(Outcome::Done),
        "refused" => Ok(Outcome::Refused),
        "failed" => Ok(Outcome::Failed),
        _ => Err(Invalid::new("Give `done`, `refused` or `failed`.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_and_end_and_times_are_taken_as_they_are() {
        let read = |text: &str, end| instant(text, end).map(|at| at.to_string()).ok();
        assert_eq!(read("2026-11-20", false).as_deref(), Some("2026-11-20T00:00:00Z"));
        assert_eq!(read("2026-11-20", true).as_deref(), Some("2026-11-20T23:59:59.999Z"));
        assert_eq!(read("2026-11-20T09:15:00+02:00", true).as_deref(), Some("2026-11-20T07:15:00Z"));
        for wrong in ["", "2026-11", "2026-11-31", "2026-11-20T09:15:00", "20 Nov", "9999-12-31"] {
            assert_eq!(read(wrong, true), None, "{wrong}");
        }
    }

    #[test]
    fn attack_f01_each_wrong_parameter_is_named() {
        let query = "from=soon&to=late&actor=kim&action=Hire&resource=&outcome=maybe&limit=5&from=x";
        let mut parameters =
            Parameters::read(Some(query), &["from", "to", "actor", "action", "resource", "outcome"]);
        let filter = parameters.filter();
        assert!(filter.is_open());
        let ApiError::Problem { fields, .. } = parameters.check().unwrap_err() else { panic!("a problem") };
        let named: Vec<_> = fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(named, ["limit", "from", "from", "to", "actor", "action", "resource", "outcome"]);
    }
}
