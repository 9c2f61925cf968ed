//! Every page of the console, by its area.

mod account;
mod audit;
mod business;
mod connections;
mod hires;
mod imports;
mod invitations;
mod platform;
mod promo;
mod team;

use serde_json::{Map, Value};

use crate::{
    page::{Action, Page},
    paths::{encode, text_at},
};

/// Every page.
pub const PAGES: [&[Page]; 10] = [
    account::PAGES,
    audit::PAGES,
    business::PAGES,
    connections::PAGES,
    hires::PAGES,
    imports::PAGES,
    invitations::PAGES,
    platform::PAGES,
    promo::PAGES,
    team::PAGES,
];

/// What is said beside that: after the buttons of the local stack, which lead back to their pages, of an answer that was shown
/// once, to whoever accepted an invitation, and of an address that gets no mails.
const BESIDE: [(&str, &str); 5] = [
    ("signed", "The documents are signed."),
    ("record", "The record is there. Look for it now."),
    ("joined", "Welcome."),
    (
        RETURNED,
        "The invitation counts for seven days more, but mails to this address come back, so none is sent. Ask for another address.",
    ),
    ("shown", "It was shown already, and is not shown twice. Begin again if you did not keep it."),
];

/// Said of an invitation that was sent again to an address that gets no mails.
const RETURNED: &str = "mail-returned";

/// Every page, one by one.
pub fn all() -> impl Iterator<Item = &'static Page> {
    PAGES.into_iter().flatten()
}

fn actions() -> impl Iterator<Item = &'static Action> {
    all().flat_map(|page| page.does)
}

/// What is said after an action.
pub(crate) fn notice(name: &str) -> Option<&'static str> {
    let here = BESIDE.iter().find(|(known, _)| *known == name).map(|(_, said)| *said);
    here.or_else(|| actions().find(|action| action.name == name).map(|action| action.done))
}

/// A path with values of an answer, `{answer.x}`, and of the page's own path, `{x}`.
pub(crate) fn lead(path: &str, answer: &Value, place: &Map<String, Value>) -> String {
    let value = |name: &str| match name.strip_prefix("answer.") {
        Some(field) => text_at(answer, field),
        None => place.get(name).and_then(Value::as_str).map(str::to_owned),
    };
    let part = |part: &str| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
        Some(name) => value(name).map(|value| encode(&value)).unwrap_or_default(),
        None => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::json;

    use super::*;
    use crate::operations::{ALL, AUDIT_EXPORT, AVATAR, CONTEXT, IMPORT_REPORT, PLATFORM_EXPORT, REFRESH};

    #[test]
    fn a_name_stands_for_one_action() {
        let mut known: BTreeMap<&str, &Action> = BTreeMap::new();
        for action in actions() {
            let other = known.insert(action.name, action);
            assert!(
                other.is_none_or(|other| std::ptr::eq(other, action) || other.done == action.done),
                "{}",
                action.name
            );
            assert!(action.done.ends_with('.'), "{}", action.name);
        }
    }

    #[test]
    fn no_field_is_named_like_what_every_form_carries() {
        for action in actions() {
            for input in action.body {
                assert!(!["do", "csrf", "once", "in"].contains(&input.name()), "{}", action.name);
            }
        }
    }

    #[test]
    fn every_operation_is_used_and_has_the_values_that_its_path_asks_for() {
        let mut used = BTreeSet::new();
        let values = |path: &str| path.matches('{').count();
        for page in all() {
            for read in page.reads {
                used.insert(read.operation.path);
                assert_eq!(values(read.operation.path), read.from.len(), "{} {}", page.path, read.name);
            }
            for action in page.does {
                used.insert(action.operation.path);
                assert_eq!(values(action.operation.path), action.from.len(), "{} {}", page.path, action.name);
            }
        }
        for operation in [CONTEXT, REFRESH, AVATAR, IMPORT_REPORT, AUDIT_EXPORT, PLATFORM_EXPORT] {
            used.insert(operation.path);
        }
        let unused: Vec<_> = ALL.iter().filter(|it| !used.contains(it.path)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn a_form_leads_on_with_what_it_made() {
        let (answer, place) = (json!({ "id": "hire/1" }), Map::new());
        assert_eq!(lead("/hires/{answer.id}", &answer, &place), "/hires/hire%2F1");
        let place = Map::from_iter([("id".to_owned(), json!("a"))]);
        assert_eq!(lead("/x/{id}/y", &answer, &place), "/x/a/y");
    }
}
