//! `GET /api/v1/teams/import/{id}/report`

use axum::{extract::State, response::IntoResponse};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::json;
use vestibule_api::{Api, ApiError, ApiPath, Authenticated, csv::Report};
use vestibule_domain::{JobId, Permission, RowResult};
use vestibule_sagas::ImportState;

use super::find;

/// What is said of a row that the import has not come to.
const WAITING: (&str, &str) = ("waiting", "The import did not come to this row.");

/// The report of an import as CSV, a line for each row of the file: its line, its address, what became of it, and what that means. A
/// cell that a table program would take for a formula begins with an apostrophe. Each download is recorded.
#[utoipa::path(get, path = "/api/v1/teams/import/{id}/report", tag = "team",
    responses((status = 200, body = String, content_type = "text/csv"), (status = 409)))]
pub async fn get_import_report(
    State(api): State<Api>,
    ApiPath(id): ApiPath<JobId>,
    caller: Authenticated,
) -> Result<impl IntoResponse, ApiError> {
    let scope = caller.require(Permission::TeamInvite)?;
    let store = api.store.tenant(&scope);
    let job = find(&store, id).await?;
    let state: ImportState = job.state().unwrap_or_default();
    let results = store.import_results(id).await?;
    let values = json!({ "rows": state.rows });
    store.record_reading("import.report", id.to_string(), values, &api.world).await?;
    let mut report = Report::new(&["line", "email", "result", "detail"])?;
    for part in 0..state.parts {
        let Some(rows) = store.find_import_part(id, part).await? else { continue };
        let results = results.get(&part);
        for (at, row) in rows.rows.iter().enumerate() {
            let result = results.and_then(|results| results.get(at));
            let told = |result: &RowResult| (result.class.name().to_owned(), result.detail.clone());
            let (class, detail) = result.map_or_else(|| (WAITING.0.to_owned(), WAITING.1.to_owned()), told);
            report.row(&[&row.line.to_string(), &row.email, &class, &detail])?;
        }
    }
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{id}.csv\"")),
    ];
    Ok((headers, report.finish()?))
}
