//! `PUT /api/v1/teams/invitations/{id}`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiPath, Fields, Mutation, Reply};
use vestibule_domain::{InvitationId, Permission};

use super::{resend_invitation::resend, revoke_invitation::revoke, view::InvitationView};
use crate::Team;

/// What becomes of an invitation: one of the two.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateInvitation {
    /// `revoked`: it is taken back.
    #[schema(pattern = "^revoked$")]
    pub status: Option<String>,
    /// `true`: it is sent again.
    #[schema(example = true)]
    pub resend: Option<bool>,
}

/// Takes an invitation back, or sends it again.
#[utoipa::path(put, path = "/api/v1/teams/invitations/{id}", tag = "team", responses((status = 200, body = InvitationView), (status = 409), (status = 429)))]
pub async fn update_invitation(
    State(team): State<Team>,
    ApiPath(id): ApiPath<InvitationId>,
    request: Mutation<UpdateInvitation>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamInvite)?;
    match (request.body.status.as_deref(), request.body.resend) {
        (Some("revoked"), None) => {
            let now = team.api.world.now();
            revoke(&team.api, &scope, id, |invitation| {
                let reply = Reply::new(StatusCode::OK, &InvitationView::new(invitation, now))?;
                Ok((request.answer(&reply), reply))
            })
            .await
        }
        (None, Some(true)) => {
            resend(&team, (&scope, &request.principal), id, |reply| request.answer(reply)).await
        }
        _ => {
            let mut fields = Fields::default();
            let field = if request.body.resend.is_some() { "resend" } else { "status" };
            fields.refuse(field, "Give either `\"status\": \"revoked\"` or `\"resend\": true`.");
            Err(fields.into_error())
        }
    }
}
