//! Who administers the platform, as an operator writes it into the secret.

use std::{collections::BTreeSet, fmt::Display};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use vestibule_auth::Grant;
use vestibule_domain::{Email, Invalid, PersonName, UserName};

/// The fields of each.
const FIELDS: [&str; 4] = ["username", "email", "name", "role"];

/// Somebody who is to administer the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What they can sign in with in place of their address.
    pub username: UserName,
    /// Their address.
    pub email: Email,
    /// Their name, for a new account.
    pub name: PersonName,
    /// What they may do.
    pub grant: Grant,
}

/// What is wrong with the list: a line for each field, never its value.
#[derive(Debug, Default, PartialEq, Eq)]
struct Problems(Vec<String>);

impl Problems {
    fn tell(&mut self, field: impl Display, problem: impl Display) {
        self.0.push(format!("{field}: {problem}"));
    }
}

/// Reads the secret: a JSON list of objects with `username`, `email`, `name` and `role`. An empty one, or what a template
/// writes for want of one, names nobody.
///
/// # Errors
/// All that is wrong with it, a line for each field.
pub(crate) fn parse(secret: &SecretString) -> Result<Vec<Wanted>, Vec<String>> {
    let text = secret.expose_secret().trim();
    if matches!(text, "" | "-") {
        return Ok(Vec::new());
    }
    let Ok(Value::Array(entries)) = serde_json::from_str(text) else {
        let wrong = "the secret: give a JSON list of {\"username\", \"email\", \"name\", \"role\"}";
        return Err(vec![wrong.to_owned()]);
    };
    let (mut problems, mut wanted) = (Problems::default(), Vec::new());
    for (number, entry) in entries.iter().enumerate() {
        match entry.as_object() {
            Some(entry) => wanted.extend(one(number, entry, &mut problems)),
            None => problems.tell(format!("[{number}]"), "give an object"),
        }
    }
    twice(&wanted, &mut problems);
    if problems.0.is_empty() {
        Ok(wanted.into_iter().map(|(_, wanted)| wanted).collect())
    } else {
        Err(problems.0)
    }
}

fn one(number: usize, entry: &Map<String, Value>, problems: &mut Problems) -> Option<(usize, Wanted)> {
    for unknown in entry.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        problems
            .tell(format!("[{number}].{unknown}"), format!("only these can be given: {}", FIELDS.join(", ")));
    }
    let username = field(number, entry, "username", problems, UserName::parse);
    let email = field(number, entry, "email", problems, Email::parse);
    let name = field(number, entry, "name", problems, PersonName::parse);
    let grant = field(number, entry, "role", problems, grant);
    Some((number, Wanted { username: username?, email: email?, name: name?, grant: grant? }))
}

fn field<T>(
    number: usize,
    entry: &Map<String, Value>,
    name: &str,
    problems: &mut Problems,
    read: impl Fn(&str) -> Result<T, Invalid>,
) -> Option<T> {
    let text = entry.get(name).and_then(Value::as_str);
    let read = text.ok_or_else(|| Invalid::new("give a text")).and_then(read);
    read.map_err(|invalid| problems.tell(format!("[{number}].{name}"), invalid)).ok()
}

fn grant(text: &str) -> Result<Grant, Invalid> {
    let names = Grant::ALL.map(Grant::name).join(", ");
    let found = Grant::ALL.into_iter().find(|grant| grant.name() == text);
    found.ok_or_else(|| Invalid::new(format!("Give one of {names}.")))
}

/// A user name and an address are one person's each.
fn twice(wanted: &[(usize, Wanted)], problems: &mut Problems) {
    let (mut names, mut addresses) = (BTreeSet::new(), BTreeSet::new());
    for (number, each) in wanted {
        if !names.insert(&each.username) {
            problems.tell(format!("[{number}].username"), "somebody before has it already");
        }
        if !addresses.insert(each.email.canonical()) {
            problems.tell(format!("[{number}].email"), "somebody before has it already");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Wanted>, Vec<String>> {
        parse(&text.to_owned().into())
    }

    #[test]
    fn a_list_names_people_and_an_empty_one_nobody() {
        for nobody in ["", " - ", "[]"] {
            assert_eq!(read(nobody), Ok(Vec::new()), "{nobody}");
        }
        let one =
            r#"[{"username": "Jo.Doe", "email": "jo@example.org", "name": "Jo Doe", "role": "promo_admin"}]"#;
        let wanted = read(one).unwrap();
        assert_eq!((wanted[0].username.as_str(), wanted[0].grant), ("jo.doe", Grant::PromoAdmin));
    }

    #[test]
    fn every_problem_is_named_by_its_field_and_no_value_is_told() {
        let wrong = r#"[
            {"username": "x", "email": "secret-address", "name": "", "role": "owner", "password": "hunter2"},
            {"username": "jo", "email": 7},
            "jo",
            {"username": "kim", "email": "kim@example.org", "name": "Kim", "role": "super_admin"},
            {"username": "KIM", "email": "Kim@example.org", "name": "Kim", "role": "super_admin"}
        ]"#;
        let problems = read(wrong).unwrap_err();
        let fields: Vec<_> =
            problems.iter().filter_map(|line| line.split_once(": ")).map(|it| it.0).collect();
        assert_eq!(
            fields,
            [
                "[0].password",
                "[0].username",
                "[0].email",
                "[0].name",
                "[0].role",
                "[1].username",
                "[1].email",
                "[1].name",
                "[1].role",
                "[2]",
                "[4].username",
                "[4].email"
            ]
        );
        let told = problems.join("\n");
        assert!(
            !told.contains("secret-address") && !told.contains("hunter2") && !told.contains("owner"),
            "{told}"
        );
        for no_list in ["{}", "null", "x", "[", "7"] {
            assert_eq!(read(no_list).unwrap_err().len(), 1, "{no_list}");
        }
    }
}
