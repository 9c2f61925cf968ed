//! `POST /api/v1/auth/invitations/look`

use axum::{Json, extract::State};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Keyed, Origin};

use super::{InvitationLink, InvitingTenant};
use crate::Auth;

/// Who invites to what, until when.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferView {
    /// The organization.
    pub tenant: InvitingTenant,
    /// The invited address; only its account can accept.
    pub email: String,
    /// The name of whoever invites, if they are still known.
    pub invited_by: Option<String>,
    /// The names of the roles that it gives.
    pub roles: Vec<String>,
    /// `team`, `creator`, `contractor` or `vendor`.
    pub kind: &'static str,
    /// It can be accepted until then.
    #[schema(value_type = String, format = "date-time")]
    pub expires: Timestamp,
    /// Whether the address has an account, with which to sign in and accept.
    pub has_account: bool,
}

/// Shows what an invitation offers. Nothing is used up.
#[utoipa::path(post, path = "/api/v1/auth/invitations/look", tag = "invitations", responses((status = 200, body = OfferView), (status = 410)))]
pub async fn look_at_invitation(
    State(auth): State<Auth>,
    origin: Origin,
    ApiJson(request): ApiJson<InvitationLink>,
) -> Result<Json<OfferView>, ApiError> {
    let (found, _) = auth.open_invitation(&request.token, &origin, &Keyed::default()).await?;
    let people = auth.api.store.platform().find_invitation_people(&found).await?;
    let invitation = &found.invitation;
    Ok(Json(OfferView {
        tenant: InvitingTenant::of(&found),
        email: invitation.email.as_str().to_owned(),
        invited_by: people.inviter.map(|name| name.as_str().to_owned()),
        roles: invitation.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        kind: invitation.kind.name(),
        expires: invitation.expires,
        has_account: people.account.is_some(),
    }))
}
