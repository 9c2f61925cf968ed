//! `DELETE /api/admin/team/{id}` and `DELETE /api/v1/teams/members/{id}`

use axum::extract::State;
use serde_json::json;
use vestibule_api::{Api, ApiError, ApiPath, Mutation, Nothing, Reply};
use vestibule_domain::{Permission, UserId};
use vestibule_store::{MemberChange, Membership, TenantStore};

use super::update_member::{decided_anew, find, may, placed, told};

/// Ends a membership; what it was stays in the list of those removed. Nobody removes a member who holds more. The last
/// administrator stays.
#[utoipa::path(delete, path = "/api/admin/team/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn remove_member(
    State(api): State<Api>,
    ApiPath(id): ApiPath<UserId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamManage)?;
    let store = api.store.tenant(&scope);
    Box::pin(decided_anew(|| remove(&api, &store, id, &request))).await
}

async fn remove(
    api: &Api,
    store: &TenantStore<'_>,
    id: UserId,
    request: &Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let found = find(store, id).await?;
    may(&found, &Membership { roles: Vec::new(), ..found.member.clone() })?;
    let reply = Reply::empty();
    let values = (told(&found.member), json!(null));
    let change = MemberChange { action: "member.remove", values, answer: request.answer(&reply) };
    placed(store.remove_member(&found, change, &api.world).await?)?;
    Ok(reply)
}

/// The same as `DELETE /api/admin/team/{id}`.
#[utoipa::path(delete, path = "/api/v1/teams/members/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn remove_team_member(
    state: State<Api>,
    path: ApiPath<UserId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    Box::pin(remove_member(state, path, request)).await
}
