//! Roles as they deploy: each function calls the table and the models with an access key of its own, and what its
//! statements in the template do not allow is refused, as AWS does.

mod call;
mod gate;
mod proxy;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::template::{Statement, Surroundings, Template};

pub(crate) use call::Call;
pub(crate) use gate::check;
pub(crate) use proxy::in_front_of;

/// A right that a function has: its action on its resource.
type Right = (String, String, String);

/// The roles of a template's functions. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Roles(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    around: Surroundings,
    functions: Vec<(String, Vec<Statement>)>,
    used: Mutex<BTreeSet<Right>>,
    log: Option<PathBuf>,
}

impl Roles {
    /// The roles of a template. Rights are written to `log` when they are used first.
    pub(crate) fn new(template: &Template, around: &Surroundings, log: Option<PathBuf>) -> Self {
        let role =
            |function: &crate::template::Function| (function.name.clone(), function.statements.clone());
        let functions = template.functions.iter().map(role).collect();
        Self(Arc::new(Inner { around: around.clone(), functions, used: Mutex::default(), log }))
    }

    /// Whether the function that an access key stands for may make a call. Keys that are no function's may all.
    pub(crate) fn allow(&self, key: &str, call: &Call) -> bool {
        let Some((function, statements)) = self.0.functions.iter().find(|(name, _)| name == key) else {
            return true;
        };
        let Some((action, resource)) = statements.iter().find_map(|statement| statement.allows(call)) else {
            let Call { action, resources, .. } = call;
            tracing::error!(function, action, ?resources, "the function's role does not allow this");
            return false;
        };
        self.note((function.clone(), action.to_owned(), resource.to_owned()));
        true
    }

    fn note(&self, right: Right) {
        let mut used = self.0.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.insert(right.clone())
            && let Some(path) = &self.0.log
        {
            let (function, action, resource) = right;
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            let line = format!("{function}\t{action}\t{resource}\n");
            if let Err(error) = file.and_then(|mut file| file.write_all(line.as_bytes())) {
                tracing::warn!(%error, "a used right was not written down");
            }
        }
    }
}

/// Every right that a template gives: function, action, resource.
pub fn rights(template: &Template) -> BTreeSet<(String, String, String)> {
    let of = |function: &crate::template::Function| {
        let name = function.name.clone();
        let each = function.statements.iter().flat_map(move |statement| {
            let name = name.clone();
            let pairs = statement.actions.iter().flat_map(|action| {
                statement.resources.iter().map(move |resource| (action.clone(), resource.clone()))
            });
            pairs.map(move |(action, resource)| (name.clone(), action, resource)).collect::<Vec<_>>()
        });
        each.collect::<Vec<_>>()
    };
    template.functions.iter().flat_map(of).collect()
}

impl Statement {
    /// The action and resource by which a call is allowed.
    fn allows(&self, call: &Call) -> Option<(&str, &str)> {
        let action = self.actions.iter().find(|action| fits(action, &call.action))?;
        let names = |pattern: &&String| call.resources.iter().any(|resource| fits(pattern, resource));
        let resource = self.resources.iter().find(names)?;
        self.conditions.iter().all(|condition| condition.holds(call)).then_some((action, resource))
    }
}

/// Whether a text is what a pattern says, where `*` stands for any text.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests;
