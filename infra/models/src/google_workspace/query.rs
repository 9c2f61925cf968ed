//! The `query` of `users.list`: <https://developers.google.com/workspace/admin/directory/v1/guides/search-users>.

use super::{refused, user::GoogleUser};
use crate::error::ServiceError;

/// Clauses that must all hold.
#[derive(Debug, Default)]
pub(super) struct Query(Vec<Clause>);

#[derive(Debug)]
struct Clause {
    field: String,
    operator: char,
    value: String,
}

/// The fields of the page that are modelled.
const FIELDS: [&str; 7] =
    ["email", "externalId", "givenName", "familyName", "isSuspended", "isAdmin", "orgUnitPath"];

impl Query {
    /// Clauses `field:value` and `field=value` with spaces between them; a value with spaces stands in single quotes.
    pub(super) fn parse(text: &str) -> Result<Self, ServiceError> {
        let mut clauses = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (clause, after) = next(rest).ok_or_else(|| refused::invalid("query"))?;
            clauses.push(clause);
            rest = after.trim_start();
        }
        Ok(Self(clauses))
    }

    pub(super) fn matches(&self, user: &GoogleUser) -> bool {
        self.0.iter().all(|clause| clause.matches(user))
    }
}

fn next(text: &str) -> Option<(Clause, &str)> {
    let at = text.find([':', '='])?;
    let (field, operator, rest) = (&text[..at], text[at..].chars().next()?, &text[at + 1..]);
    let (value, rest) = match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split_once('\'')?,
        None => rest.split_once(' ').unwrap_or((rest, "")),
    };
    let known = FIELDS.contains(&field) && !value.is_empty();
    known.then(|| (Clause { field: field.to_owned(), operator, value: value.to_owned() }, rest))
}

impl Clause {
    fn matches(&self, user: &GoogleUser) -> bool {
        let flag = |value: bool| self.value == value.to_string();
        match self.field.as_str() {
            // "The user's email addresses, including aliases."
            "email" => user.addresses().any(|address| self.fits(address)),
            "externalId" => user.external_ids().iter().any(|id| self.fits(id)),
            "givenName" => self.fits(&user.given_name),
            "familyName" => self.fits(&user.family_name),
            "isSuspended" => flag(user.suspended),
            "isAdmin" => flag(user.is_admin),
            _ => self.fits(user.fields.get("orgUnitPath").and_then(|path| path.as_str()).unwrap_or("/")),
        }
    }

    /// `=` is the whole value; `:` also takes a beginning with `*` behind it.
    fn fits(&self, value: &str) -> bool {
        let (value, wanted) = (value.to_lowercase(), self.value.to_lowercase());
        match wanted.strip_suffix('*').filter(|_| self.operator == ':') {
            Some(beginning) => value.starts_with(beginning),
            None => value == wanted,
        }
    }
}
