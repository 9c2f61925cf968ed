//! `POST /api/admin/team/invites/{id}/resend`

use axum::extract::State;
use http::StatusCode;
use vestibule_api::{ApiError, ApiPath, Mutation, Nothing, Reply, limiting::admit_source};
use vestibule_auth::{Principal, TenantScope};
use vestibule_domain::{InvitationId, Permission};
use vestibule_store::Answer;

use super::{ended, find, view::InvitationView};
use crate::{Team, fresh, members::update_member::decided_anew, roles::role_body::refused};

/// Sends a pending or expired invitation again: with a new link, the old one works no more, and for another seven days. Whoever
/// sends it must hold what it gives, and to make an administrator have signed in within the last 15 minutes. Where the address gets no
/// mails, `mailProblem` says so at once.
#[utoipa::path(post, path = "/api/admin/team/invites/{id}/resend", tag = "team", responses((status = 200, body = InvitationView), (status = 409), (status = 429)))]
pub async fn resend_invitation(
    State(team): State<Team>,
    ApiPath(id): ApiPath<InvitationId>,
    request: Mutation<Nothing>,
) -> Result<Reply, ApiError> {
    let scope = request.begin(Permission::TeamInvite)?;
    resend(&team, (&scope, &request.principal), id, |reply| request.answer(reply)).await
}

/// The same, however it was asked for.
pub(super) async fn resend(
    team: &Team,
    (scope, principal): (&TenantScope, &Principal),
    id: InvitationId,
    answer: impl Fn(&Reply) -> Option<Answer> + Sync,
) -> Result<Reply, ApiError> {
    let api = &team.api;
    let store = api.store.tenant(scope);
    let email = find(&store, id, None).await?.invitation.email;
    admit_source(api.table(), &team.limits, &format!("mail@{}", api.store.sealer().address_key(&email)))
        .await?;
    let inviter = scope.actor().user().ok_or_else(ApiError::not_found)?;
    Box::pin(decided_anew(async || {
        let found = find(&store, id, Some(&email)).await?;
        let mut invitation = found.invitation.clone();
        if invitation.ended.is_some() {
            return Err(ended(&invitation, "sent"));
        }
        let (roles, kind) = (&found.roles, invitation.kind);
        let may = roles.roles.may_place((&[], kind), (&invitation.roles, kind), &roles.held);
        may.map_err(|refusal| refused(&refusal, &roles.roles))?;
        if roles.roles.make_administrator(&invitation.roles, kind) {
            fresh::check(api, principal, "This invitation").await?;
        }
        invitation.send(inviter, api.world.now());
        invitation.problem = found.suppressed(api.world.now());
        let reply = Reply::new(StatusCode::OK, &InvitationView::new(&invitation, api.world.now()))?;
        store.invite(roles, &[invitation], answer(&reply), &api.world).await?;
        Ok(reply)
    }))
    .await
}
