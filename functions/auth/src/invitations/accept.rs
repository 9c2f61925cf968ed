//! `POST /api/v1/auth/invitations/accept`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{
    ApiError, Code, Delivery, Grant, Keyed, Origin, OwnMutation, Reply, SignedIn, TokensView, hand_out,
    kept_view,
};
use vestibule_store::{Conflict, FoundInvitation, StoreError, UserChange};

use super::{InvitationLink, InvitingTenant, lost};
use crate::Auth;

/// How often a seat or a role that changes at the same moment lets one begin anew.
const TRIES: usize = 8;

/// The organization that one belongs to now, and tokens for it. The refresh token stays.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JoinedView {
    /// The organization.
    pub organization: InvitingTenant,
    /// Tokens for it.
    #[serde(flatten)]
    pub tokens: TokensView,
}

/// Joins the organization with the account of the invited address. The session goes over to it: the answer has an access token
/// for it. 403 for any other account, 409 when every seat is taken.
#[utoipa::path(post, path = "/api/v1/auth/invitations/accept", tag = "invitations",
    responses((status = 200, body = JoinedView), (status = 403), (status = 409), (status = 410)))]
pub async fn accept_invitation(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { caller, body, keyed }: OwnMutation<InvitationLink>,
) -> Result<Response, ApiError> {
    let delivery = Delivery::of(caller.by_cookie);
    Box::pin(join(&auth, caller, &body, &origin, (delivery, &keyed))).await
}

/// The same, for whoever asks.
pub(crate) async fn join(
    auth: &Auth,
    mut caller: SignedIn,
    body: &InvitationLink,
    origin: &Origin,
    (delivery, keyed): (Delivery, &Keyed),
) -> Result<Response, ApiError> {
    for attempt in 1.. {
        let (found, _) = auth.open_invitation(&body.token, origin, &Keyed::default()).await?;
        let sealer = auth.api.store.sealer();
        if sealer.address_key(&found.invitation.email) != sealer.address_key(&caller.user.email) {
            let detail = "This invitation is for another address. Sign in with the account of that address.";
            return Err(ApiError::new(Code::Forbidden, detail));
        }
        match write(auth, &mut caller, &found, (delivery, keyed)).await {
            Err(StoreError::Conflict(Conflict::Stale)) if attempt < TRIES => {}
            Err(error) => return Err(lost(error)),
            Ok(grant) => return answer(auth, &found, &grant, delivery).await,
        }
    }
    Err(StoreError::from(Conflict::Stale).into())
}

async fn write(
    auth: &Auth,
    caller: &mut SignedIn,
    found: &FoundInvitation,
    (delivery, keyed): (Delivery, &Keyed),
) -> Result<Grant, StoreError> {
    let (session, tenant) = (&caller.session, found.tenant.id);
    let grant =
        Grant { user: caller.user.id, session: session.id, tenant: Some(tenant), ends: session.expires };
    let kept =
        JoinedView { organization: InvitingTenant::of(found), tokens: kept_view(&grant, delivery, false) };
    let answer = Reply::new(StatusCode::OK, &kept).ok().and_then(|reply| keyed.answer(&reply));
    let before = caller.user.last_tenant.replace(tenant);
    let change = UserChange {
        action: "tenant.join",
        answer,
        values: (json!({ "tenant": caller.tenant }), json!({ "tenant": tenant, "session": session.id })),
        join: Some(found),
        switch: Some((session.id, tenant)),
        ..UserChange::default()
    };
    let platform = auth.api.store.platform();
    let joined =
        platform.change_user(&mut caller.user, &change, caller.principal.actor(), &auth.api.world).await;
    if joined.is_err() {
        caller.user.last_tenant = before;
    }
    joined.map(|()| grant)
}

async fn answer(
    auth: &Auth,
    found: &FoundInvitation,
    grant: &Grant,
    delivery: Delivery,
) -> Result<Response, ApiError> {
    let (tokens, cookies) = hand_out(&auth.api, &auth.signer, grant, None, delivery).await?;
    Ok((cookies, Json(JoinedView { organization: InvitingTenant::of(found), tokens })).into_response())
}
