//! `POST /api/v1/teams/import`

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, request::Parts};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Api, ApiError, Argument, Code, Description, Mutation, Reply};
use vestibule_domain::{ImportRow, Job, JobKind, Permission};
use vestibule_sagas::ImportState;
use vestibule_store::{Invitees, Place, ROWS_OF_A_PART, RowVerdict};

use super::{
    file::CsvFile,
    rows::read,
    view::{ImportView, PreviewView, RowView, shown},
};
use crate::fresh;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(rename = "dryRun")]
    dry_run: Option<bool>,
}

/// Whether the import is only looked at.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// `true`: says what each row would do, and changes nothing.
    #[param(rename = "dryRun")]
    pub dry_run: Option<bool>,
}

impl<S: Send + Sync> FromRequestParts<S> for ImportQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let only = "Only `dryRun` can be given, `true` or `false`.";
        let read = Query::<Raw>::from_request_parts(parts, state).await;
        let Query(Raw { dry_run }) = read.map_err(|_| ApiError::new(Code::ParameterInvalid, only))?;
        Ok(Self { dry_run })
    }
}

impl Argument for ImportQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<Self>();
    }
}

/// The answer to a file: the import, or what it would do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum ImportAnswer {
    /// The import goes on in the background.
    Import(ImportView),
    /// With `dryRun`: nothing was changed.
    Preview(PreviewView),
}

/// Invites people from a CSV file of at most 4 MiB and 10,000 rows, as `text/csv` or in the field `file` of a form: UTF-8, parted by commas or
/// semicolons; the first line names the columns `email` and `roles`, and if wanted `kind` and `groups` (several in a cell parted by `|`).
/// The rows go on as a job, each once; rows that cannot be used are told in its report. A row that makes an administrator asks for
/// a sign-in within the last 15 minutes. 413 for a larger file.
#[utoipa::path(post, path = "/api/v1/teams/import", tag = "team",
    responses((status = 202, body = ImportView), (status = 200, body = PreviewView), (status = 413)))]
pub async fn create_import(
    State(api): State<Api>,
    query: ImportQuery,
    request: Mutation<CsvFile>,
) -> Result<Response, ApiError> {
    let scope = request.begin(Permission::TeamInvite)?;
    let store = api.store.tenant(&scope);
    let mut rows = read(&request.body.0)?;
    let known = store.find_invitees(&[]).await?;
    let places = known.settle(&mut rows);
    if query.dry_run == Some(true) {
        let judged = Box::pin(store.judge_rows(&rows, (None, api.world.now()))).await?;
        return Ok(Json(ImportAnswer::Preview(preview(rows, judged.verdicts))).into_response());
    }
    if let Some(row) = administrator(&rows, &places, &known) {
        fresh::check(&api, &request.principal, &format!("Line {}", row.line)).await?;
    }
    let by = scope.actor().user().ok_or_else(ApiError::not_found)?;
    let mut job = Job::new(JobKind::IMPORT, by, &api.world);
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let state = ImportState {
        rows: count(rows.len()),
        parts: count(rows.len().div_ceil(ROWS_OF_A_PART)),
        ..ImportState::default()
    };
    job.set_state(&state).map_err(|error| ApiError::Fault(Box::new(error)))?;
    let reply = Reply::new(StatusCode::ACCEPTED, &ImportView::from(&job))?;
    store.create_import(&job, &rows, request.answer(&reply), &api.world).await?;
    Ok(reply.into_response())
}

fn preview(rows: Vec<ImportRow>, verdicts: Vec<RowVerdict>) -> PreviewView {
    let view = |(row, verdict): (ImportRow, RowVerdict)| RowView {
        line: row.line,
        email: row.email,
        roles: shown(row.roles),
        result: verdict.result.class.name(),
        detail: verdict.result.detail,
        administrator: verdict.administrator,
    };
    PreviewView::new(rows.into_iter().zip(verdicts).map(view).collect())
}

/// The first row that makes an administrator.
fn administrator<'a>(
    rows: &'a [ImportRow],
    places: &[Option<Place>],
    known: &Invitees,
) -> Option<&'a ImportRow> {
    let leads = |place: &Place| known.roles.roles.make_administrator(&place.roles, place.kind);
    let found = rows.iter().zip(places).find(|(_, place)| place.as_ref().is_some_and(leads));
    found.map(|(row, _)| row)
}
