//! `DELETE /api/hires/{id}`

use axum::extract::State;
use vestibule_api::{Api, ApiError, ApiPath, Code, Mutation, Nothing, Reply};
use vestibule_domain::{HireId, Permission};
use vestibule_store::Removal;

/// Removes a hire whose record cannot be read, once its job has ended. All other hires stay.
#[utoipa::path(delete, path = "/api/hires/{id}", tag = "hires", responses((status = 204)))]
pub async fn remove_hire(
    State(api): State<Api>,
    ApiPath(id): ApiPath<HireId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::HiresManage)?;
    let reply = Reply::empty();
    let refused = |detail: &str| Err(ApiError::new(Code::WrongState, detail));
    match api.store.tenant(&scope).remove_damaged_hire(id, request.answer(&reply), &api.world).await? {
        Removal::Removed => Ok(reply),
        Removal::Missing => Err(ApiError::not_found()),
        Removal::Whole => {
            refused("Only a hire whose record cannot be read can be removed; this one can be read.")
        }
        Removal::JobOpen => refused("The job of this hire has not ended; cancel it, then remove the hire."),
    }
}
