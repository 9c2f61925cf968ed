//! What a page is: a path, a template, what it reads, and what its forms do. Pages are data; `serve` serves all of
//! them in one way.

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
    /// A field of the page's query in which people search.
    pub search: Option<Search>,
    /// Parameters of the page's query, and those of the operation's that they become. Nothing is read where none of them is given; the
    /// first of several goes along.
    pub if_given: &'static [(&'static str, &'static str)],
}

/// A field in which people search by an address or by a name, as an operation has it in two parameters.
#[derive(Debug, Clone, Copy)]
pub struct Search {
    /// The field.
    pub field: &'static str,
    /// The parameter of what has an `@`. An address finds one thing, so no other parameter goes along.
    pub address: &'static str,
    /// The parameter of everything else.
    pub name: &'static str,
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
    /// A number, left out where nothing is typed; what is no number goes as the text it is.
    Number(&'static str),
    /// Text, `null` where it is empty.
    Nullable(&'static str),
    /// Text of the first name, as it is, where the field of the second name has the third as its value.
    When(&'static str, &'static str, &'static str),
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

impl Input {
    /// The name of the field, and of the body's member that it becomes.
    #[cfg(test)]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text(name)
            | Self::Optional(name)
            | Self::Nullable(name)
            | Self::When(name, ..)
            | Self::Many(name)
            | Self::Lines(name)
            | Self::Addresses(name)
            | Self::Flag(name)
            | Self::Number(name)
            | Self::Fixed(name, _)
            | Self::File(name)
            | Self::Table(name) => name,
        }
    }
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
    /// Whether its forms are about no business: about the caller's own account, or about the platform.
    pub(crate) fn apart(&self) -> bool {
        let account = self.path.starts_with("/settings/") && self.path != "/settings/notifications";
        account || self.path == "/businesses/new" || self.of_platform()
    }

    /// Whether it is about the platform: what somebody may do in a business gives nothing there.
    pub fn of_platform(&self) -> bool {
        ["/admin/promo-signups", "/admin/provisioning", "/admin/platform-log"]
            .iter()
            .any(|begin| self.path.starts_with(begin))
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
            search: None,
            if_given: &[],
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

    pub(crate) const fn if_given(self, if_given: &'static [(&'static str, &'static str)]) -> Self {
        Self { if_given, ..self }
    }

    pub(crate) const fn search(self, field: &'static str, address: &'static str, name: &'static str) -> Self {
        Self { search: Some(Search { field, address, name }), ..self }
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
