//! What a page is: a path, a template, what it reads, and what its forms do. Pages are data; `serve` serves all of
//! them in one way.

use serde_json::Value;

use crate::{
    form::{LONGEST, LONGEST_TABLE},
    operations::{HANDED_ON, Operation},
};

/// One page.
#[derive(Debug)]
pub struct Page {
    /// Its path, with parameters in braces.
    pub path: &'static str,
    /// Its template.
    pub template: &'static str,
    /// What it reads. What the first one refuses, the page refuses; of the others the page says what is missing.
    pub reads: &'static [Read],
    /// What its forms do.
    pub does: &'static [Action],
}

/// One answer that a page shows.
#[derive(Debug)]
pub struct Read {
    /// Its name in the template.
    pub name: &'static str,
    /// The operation that gives it.
    pub operation: &'static Operation,
    /// Where the values of the operation's path come from: a parameter of the page, or a field of another answer such as
    /// `tenant.id`. Where that field is `null` nothing is read.
    pub from: &'static [&'static str],
    /// Parameters of the page's query that go along.
    pub query: &'static [&'static str],
    /// Parameters of the operation's query, with the parameters of the page's path that give them.
    pub with: &'static [(&'static str, &'static str)],
    /// Who lacks this permission is not shown it, and it is not asked for.
    pub needs: Option<&'static str>,
    /// Of the first one: who lacks this permission is refused the page, whatever the API would show of it.
    pub must: Option<&'static str>,
    /// Most items of a list that are asked for at once.
    pub most: Option<u16>,
    /// Of the first one: the page has the form of its query, and tells there what the API finds wrong with that.
    pub asks: bool,
}

/// What a form does.
#[derive(Debug)]
pub struct Action {
    /// The form's name. It is unique among all pages.
    pub name: &'static str,
    /// The operation that it calls.
    pub operation: &'static Operation,
    /// Where the values of the operation's path come from: a parameter of the page, or a field of the form.
    pub from: &'static [&'static str],
    /// What the body is made of.
    pub body: &'static [Input],
    /// Parameters of the operation's query, with the fields that give them; an empty one is left out.
    pub query: &'static [(&'static str, &'static str)],
    /// Parameters of the operation's query that are always the same.
    pub always: &'static [(&'static str, &'static str)],
    /// What comes then.
    pub then: Then,
    /// What is said when it is done.
    pub done: &'static str,
    /// A field of the answer, and the name of what is said instead where that is not `null`; of actions that stay on the page.
    pub instead: Option<(&'static str, &'static str)>,
    /// The template that shows a refused form again, if that is not the page's own; it finds what was typed as its answer.
    pub again: Option<&'static str>,
}

/// A field of a form and what it becomes in the body. A dot in a name leads into an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Text as it is.
    Text(&'static str),
    /// Text, left out where it is empty.
    Optional(&'static str),
    /// Text, `null` where it is empty.
    Nullable(&'static str),
    /// Every value of the name; an empty list where nothing is ticked.
    Many(&'static str),
    /// The lines of a text.
    Lines(&'static str),
    /// The mail addresses of a text, however they are parted.
    Addresses(&'static str),
    /// Whether the box is ticked.
    Flag(&'static str),
    /// A fixed text.
    Fixed(&'static str, &'static str),
    /// A file: it is the body.
    File(&'static str),
    /// A table as CSV: the chosen file, or the text of this name. It is the body.
    Table(&'static str),
}

/// What comes after a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The page again.
    Stay,
    /// Another page; `{answer.x}` is a field of the answer.
    Go(&'static str),
    /// A template with the answer, `result`, and what was sent, `sent`: what is shown once.
    Show(&'static str),
}

impl Page {
    /// Whether its forms are about the caller's own account, and about no business.
    pub(crate) fn own(&self) -> bool {
        let account = self.path.starts_with("/settings/") && self.path != "/settings/notifications";
        account || self.path == "/businesses/new" || self.of_platform()
    }

    /// Whether it is about the platform: what somebody may do in a business gives nothing there.
    pub fn of_platform(&self) -> bool {
        self.path.starts_with("/admin/promo-signups")
    }

    /// The operation at its own address, if there is one: for who asks for no page.
    pub(crate) fn beside(&self) -> Option<&'static Operation> {
        HANDED_ON.into_iter().find(|operation| operation.path == self.path)
    }

    /// Most bytes of a form with a file, and what is said of one that is longer.
    pub(crate) fn longest(&self) -> (usize, &'static str) {
        if self.does.iter().any(|action| matches!(action.body, [Input::Table(_), ..])) {
            return (LONGEST_TABLE, "A file may have 4 MiB, and 200,000 characters can be pasted.");
        }
        (LONGEST, "A file may have 1 MiB.")
    }
}

impl Read {
    pub(crate) const fn new(name: &'static str, operation: &'static Operation) -> Self {
        Self {
            name,
            operation,
            from: &[],
            query: &[],
            with: &[],
            needs: None,
            must: None,
            most: None,
            asks: false,
        }
    }

    pub(crate) const fn of(self, from: &'static [&'static str]) -> Self {
        Self { from, ..self }
    }

    pub(crate) const fn along(self, query: &'static [&'static str]) -> Self {
        Self { query, ..self }
    }

    pub(crate) const fn with(self, with: &'static [(&'static str, &'static str)]) -> Self {
        Self { with, ..self }
    }

    pub(crate) const fn needs(self, permission: &'static str) -> Self {
        Self { needs: Some(permission), ..self }
    }

    pub(crate) const fn must(self, permission: &'static str) -> Self {
        Self { must: Some(permission), ..self }
    }

    pub(crate) const fn most(self, items: u16) -> Self {
        Self { most: Some(items), ..self }
    }

    pub(crate) const fn asks(self) -> Self {
        Self { asks: true, ..self }
    }
}

impl Action {
    pub(crate) const fn new(
        name: &'static str,
        operation: &'static Operation,
        body: &'static [Input],
    ) -> Self {
        Self {
            name,
            operation,
            from: &[],
            body,
            query: &[],
            always: &[],
            then: Then::Stay,
            done: "It is done.",
            instead: None,
            again: None,
        }
    }

    pub(crate) const fn of(self, from: &'static [&'static str]) -> Self {
        Self { from, ..self }
    }

    pub(crate) const fn then(self, then: Then, done: &'static str) -> Self {
        Self { then, done, ..self }
    }

    pub(crate) const fn says(self, done: &'static str) -> Self {
        Self { done, ..self }
    }

    pub(crate) const fn instead(self, field: &'static str, said: &'static str) -> Self {
        Self { instead: Some((field, said)), ..self }
    }

    pub(crate) const fn again(self, template: &'static str) -> Self {
        Self { again: Some(template), ..self }
    }

    pub(crate) const fn query(self, query: &'static [(&'static str, &'static str)]) -> Self {
        Self { query, ..self }
    }

    pub(crate) const fn always(self, always: &'static [(&'static str, &'static str)]) -> Self {
        Self { always, ..self }
    }
}

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
