//! `DELETE /api/hires/{id}`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{Api, ApiError, ApiPath, Authenticated, Code, Problem};
use vestibule_domain::{HireId, Permission};
use vestibule_store::Removal;

/// Removes a hire whose record cannot be read, once its job has ended. All other hires stay.
#[utoipa::path(delete, path = "/api/hires/{id}", tag = "hires", params(("id" = String, Path, description = "The hire's id")),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn remove_hire(
    State(api): State<Api>,
    caller: Authenticated,
    ApiPath(id): ApiPath<HireId>,
) -> Result<StatusCode, ApiError> {
    let scope = caller.require(Permission::HiresManage)?;
    let refused = |detail: &str| Err(ApiError::new(Code::WrongState, detail));
    match api.store.tenant(&scope).remove_damaged_hire(id, &api.world).await? {
        Removal::Removed => Ok(StatusCode::NO_CONTENT),
        Removal::Missing => Err(ApiError::not_found()),
        Removal::Whole => {
            refused("Only a hire whose record cannot be read can be removed; this one can be read.")
        }
        Removal::JobOpen => refused("The job of this hire has not ended; cancel it, then remove the hire."),
    }
}
