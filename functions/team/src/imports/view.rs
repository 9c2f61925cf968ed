//! An import as those see it who invite.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use vestibule_domain::{Job, MOST_ROLES_HELD, RowClass};
use vestibule_sagas::ImportState;

/// An import.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// The id of its job.
    #[schema(example = "job_01M7W179T03QXV8W2KJ6TZMPRC")]
    pub id: String,
    /// `pending`, `running`, `succeeded`, `failed`, `compensating` or `cancelled`.
    pub status: &'static str,
    /// Rows of the file.
    pub rows: u32,
    /// Rows that are done: invited or refused.
    pub done: u32,
    /// People invited.
    pub invited: u32,
    /// Rows that could not be used; the report says why.
    pub refused: u32,
    /// Stable code of why it failed.
    pub error: Option<String>,
    /// When it was created (RFC 3339).
    pub created: String,
    /// When it last changed (RFC 3339).
    pub updated: String,
    /// Where to see how it goes.
    pub status_url: String,
    /// Where its report is.
    pub report_url: String,
}

impl From<&Job> for ImportView {
    fn from(job: &Job) -> Self {
        // A state that does not decode tells nothing.
        let ImportState { rows, invited, refused, .. } = job.state().unwrap_or_default();
        let status_url = format!("/api/v1/teams/import/{}", job.id);
        Self {
            id: job.id.to_string(),
            status: job.status.name(),
            rows,
            done: invited + refused,
            invited,
            refused,
            error: job.last_error.as_ref().map(|error| error.code.clone()),
            created: job.created.to_string(),
            updated: job.updated.to_string(),
            report_url: format!("{status_url}/report"),
            status_url,
        }
    }
}

/// What a row would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowView {
    /// Its line in the file.
    pub line: u64,
    /// Its address as it was read; as it stands in the file where it is none.
    pub email: String,
    /// The roles that it names, as they stand in the file: the first of them, 128 bytes at most.
    pub roles: Vec<String>,
    /// `ready`, `malformed`, `twice`, `already_invited`, `already_member`, `role_above_yours` or `beyond_seats`.
    pub result: &'static str,
    /// What that means, and what to do.
    pub detail: String,
    /// Whether it makes somebody an administrator, which asks for a fresh sign-in.
    pub administrator: bool,
}

/// Most bytes of a row's roles in a look, which must fit into an answer of 6 MB.
const SHOWN: usize = 128;

/// The first of a row's roles.
pub(super) fn shown(roles: Vec<String>) -> Vec<String> {
    let mut room = SHOWN;
    let mut fits = |role: &String| {
        let left = room.checked_sub(role.len());
        room = left.unwrap_or_default();
        left.is_some()
    };
    roles.into_iter().take_while(|role| fits(role)).take(MOST_ROLES_HELD).collect()
}

/// What an import would do. Nothing was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// Rows by what would become of them.
    pub counts: BTreeMap<&'static str, usize>,
    /// The rows in their order.
    pub rows: Vec<RowView>,
}

impl PreviewView {
    /// The preview of these rows.
    pub fn new(rows: Vec<RowView>) -> Self {
        let mut counts: BTreeMap<_, _> = RowClass::ALL
            .into_iter()
            .filter(|class| !matches!(class, RowClass::Invited | RowClass::TooManyMails))
            .map(|class| (class.name(), 0))
            .collect();
        for row in &rows {
            *counts.entry(row.result).or_default() += 1;
        }
        Self { counts, rows }
    }
}
