//! `DELETE /api/admin/team/invites/{id}` and `DELETE /api/v1/teams/invitations/{id}`

use axum::extract::State;
use vestibule_api::{Api, ApiError, ApiPath, Mutation, Nothing, Reply};
use vestibule_auth::TenantScope;
use vestibule_domain::{InvitationId, InvitationState, Permission};
use vestibule_store::{Answer, Invitation};

use super::{ended, find};
use crate::members::update_member::decided_anew;

/// Takes a pending or expired invitation back; its link works no more. It stays in the list.
#[utoipa::path(delete, path = "/api/admin/team/invites/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn revoke_invitation(
    State(api): State<Api>,
    ApiPath(id): ApiPath<InvitationId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamInvite)?;
    revoke(&api, &scope, id, |_| {
        let reply = Reply::empty();
        Ok((request.answer(&reply), reply))
    })
    .await
}

/// The same as `DELETE /api/admin/team/invites/{id}`.
#[utoipa::path(delete, path = "/api/v1/teams/invitations/{id}", tag = "team", responses((status = 204), (status = 409)))]
pub async fn revoke_team_invitation(
    state: State<Api>,
    path: ApiPath<InvitationId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    Box::pin(revoke_invitation(state, path, request)).await
}

/// The same, however it was asked for; `reply` makes the answer of the revoked invitation.
pub(super) async fn revoke(
    api: &Api,
    scope: &TenantScope,
    id: InvitationId,
    reply: impl Fn(&Invitation) -> Result<(Option<Answer>, Reply), ApiError> + Sync,
) -> Result<Reply, ApiError> {
    let store = api.store.tenant(scope);
    Box::pin(decided_anew(async || {
        let found = find(&store, id, None).await?;
        let mut invitation = found.invitation;
        if invitation.ended.is_some() {
            return Err(ended(&invitation, "revoked"));
        }
        invitation.end(InvitationState::Revoked, scope.actor().user(), api.world.now());
        let (answer, reply) = reply(&invitation)?;
        store.revoke_invitation(&found.roles, invitation, answer, &api.world).await?;
        Ok(reply)
    }))
    .await
}
