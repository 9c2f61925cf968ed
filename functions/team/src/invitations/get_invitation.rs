//! `GET /api/admin/team/invites/{id}` and `GET /api/v1/teams/invitations/{id}`

use axum::{Json, extract::State};
use vestibule_api::{Api, ApiError, Reading};
use vestibule_domain::Permission;
use vestibule_store::Invitation;

use super::{DAMAGED, view::InvitationView};

/// Shows one invitation.
#[utoipa::path(get, path = "/api/admin/team/invites/{id}", tag = "team", responses((status = 200, body = InvitationView), (status = 409)))]
pub async fn get_invitation(
    State(api): State<Api>,
    invitation: Reading<Invitation>,
) -> Result<Json<InvitationView>, ApiError> {
    let invitation = invitation.require(Permission::TeamView, DAMAGED)?;
    Ok(Json(InvitationView::new(&invitation, api.world.now())))
}

/// The same as `GET /api/admin/team/invites/{id}`.
#[utoipa::path(get, path = "/api/v1/teams/invitations/{id}", tag = "team", responses((status = 200, body = InvitationView), (status = 409)))]
pub async fn get_team_invitation(
    state: State<Api>,
    invitation: Reading<Invitation>,
) -> Result<Json<InvitationView>, ApiError> {
    get_invitation(state, invitation).await
}
