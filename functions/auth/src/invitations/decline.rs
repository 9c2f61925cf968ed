//! `POST /api/v1/auth/invitations/decline`

use axum::extract::State;
use vestibule_api::{ApiError, Keyed, Origin, Reply, Submission};
use vestibule_store::{Conflict, FoundInvitation, StoreError};

use super::{InvitationLink, over};
use crate::Auth;

/// Declines an invitation. The team sees it; they can invite anew.
#[utoipa::path(post, path = "/api/v1/auth/invitations/decline", tag = "invitations", responses((status = 204), (status = 410)))]
pub async fn decline_invitation(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body, keyed }: Submission<InvitationLink>,
) -> Result<Reply, ApiError> {
    decline(&auth, &body, &origin, &keyed).await.map(|(reply, _)| reply)
}

/// The same, for whoever asks; also gives what was declined.
pub(crate) async fn decline(
    auth: &Auth,
    body: &InvitationLink,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<(Reply, FoundInvitation), ApiError> {
    let (found, _) = auth.open_invitation(&body.token, origin, keyed).await?;
    let reply = Reply::empty();
    let (answer, actor) = (keyed.answer(&reply), origin.stranger());
    let platform = auth.api.store.platform();
    match platform.decline_invitation(&found, &actor, answer, &auth.api.world).await {
        Ok(()) => Ok((reply, found)),
        Err(StoreError::Conflict(Conflict::Stale)) => Err(over()),
        Err(error) => Err(error.into()),
    }
}
