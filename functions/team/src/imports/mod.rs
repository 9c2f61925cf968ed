//! A team from a CSV file: a look at what each row would do, the import as a job, and its report; the list of imports.

pub mod cancel_import;
pub mod create_import;
mod file;
pub mod get_import;
pub mod get_import_report;
pub mod list_imports;
mod rows;
pub mod view;

use vestibule_api::ApiError;
use vestibule_domain::{Job, JobId, JobKind};
use vestibule_store::TenantStore;

/// What to do about an import whose record cannot be read.
pub(crate) const DAMAGED: &str =
    "The record of this import cannot be read. Ask whoever runs this service to repair it.";

/// The job of an import.
async fn find(store: &TenantStore<'_>, id: JobId) -> Result<Job, ApiError> {
    let found = store.find::<Job>(id).await.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
    found.filter(|job| job.kind == JobKind::IMPORT).ok_or_else(ApiError::not_found)
}
