//! `GET /api/admin/team/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, ApiPath, Authenticated};
use vestibule_domain::{Permission, UserId};

use super::view::{DAMAGED, MemberView};

/// Shows one member.
#[utoipa::path(get, path = "/api/admin/team/{id}", tag = "team", responses((status = 200, body = MemberView), (status = 409)))]
pub async fn get_member(
    State(api): State<Api>,
    ApiPath(id): ApiPath<UserId>,
    caller: Authenticated,
) -> Result<Json<MemberView>, ApiError> {
    let scope = caller.require(Permission::TeamView)?;
    let found = api.store.tenant(&scope).find_member(id).await;
    let found = found.map_err(|error| ApiError::if_damaged(error, DAMAGED))?;
    Ok(Json((&found.ok_or_else(ApiError::not_found)?).into()))
}
