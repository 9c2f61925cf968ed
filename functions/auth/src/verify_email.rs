//! `POST /api/v1/auth/verify-email`

use axum::{Json, extract::State};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Origin, Problem};
use vestibule_auth::{LinkToken, Purpose};
use vestibule_domain::{RegistrationId, User, UserId};
use vestibule_store::{Conflict, StoreError};

use crate::{Auth, attempt::Group};

/// The token of a mailed link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MailedToken {
    /// The `token` of the link's address.
    #[schema(value_type = String)]
    pub token: SecretString,
}

/// An account that works now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activated {
    /// The person's id.
    pub id: String,
    /// Always `active`.
    pub status: &'static str,
}

/// Makes the account of a registration, by the link that was mailed to its address.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "sign-up", request_body = MailedToken,
    responses((status = 200, body = Activated), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn verify_email(
    State(auth): State<Auth>,
    origin: Origin,
    ApiJson(request): ApiJson<MailedToken>,
) -> Result<Json<Activated>, ApiError> {
    let user = activate(&auth, request.token.expose_secret(), &origin).await?;
    Ok(Json(Activated { id: user.to_string(), status: "active" }))
}

/// Makes the person that a link stands for.
pub(crate) async fn activate(auth: &Auth, token: &str, origin: &Origin) -> Result<UserId, ApiError> {
    auth.admit(Group::Link, origin).await?;
    let (world, platform) = (&auth.api.world, auth.api.store.platform());
    let token = LinkToken::parse(token, Purpose::VerifyEmail).map_err(|_| ApiError::link())?;
    let registration = platform.find_registration(RegistrationId::from_bytes(token.id), world.now()).await?;
    let registration = registration.filter(|found| found.digest.as_ref() == Some(&token.digest()));
    let registration = registration.ok_or_else(ApiError::link)?;
    let mut user =
        User::new(UserId::new(world), registration.email.clone(), registration.name.clone(), world);
    user.connections.extend(registration.connection.clone());
    let actor = origin.actor(&user);
    match platform.activate(&registration, &token.digest(), &user, &actor, world).await {
        Ok(()) => Ok(user.id),
        // The address has an account by now, or the link was used at the same moment.
        Err(StoreError::Conflict(Conflict::LinkUsed | Conflict::AddressTaken | Conflict::Exists)) => {
            Err(ApiError::link())
        }
        Err(error) => Err(error.into()),
    }
}
