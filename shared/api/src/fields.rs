//! Collects everything that is wrong with a body, so that the client hears it all at once.

use vestibule_domain::Invalid;

use crate::{ApiError, Code, FieldProblem};

/// The problems found so far.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldProblem>);

impl Fields {
    /// The value, or `None` with the problem noted under `field`.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed.map_err(|invalid| self.refuse(field, invalid.to_string())).ok()
    }

    /// Notes a problem.
    pub fn refuse(&mut self, field: &str, detail: impl Into<String>) {
        self.0.push(FieldProblem { field: field.to_owned(), detail: detail.into() });
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The 422 that lists what was noted.
    pub fn into_error(self) -> ApiError {
        let named: Vec<_> = self.0.iter().map(|problem| problem.field.as_str()).collect();
        let detail = format!("Correct these fields and send the request again: {}.", named.join(", "));
        ApiError::Problem { code: Code::Invalid, detail, fields: self.0 }
    }
}
