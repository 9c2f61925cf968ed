//! `POST /api/v1/auth/verify-email`

use axum::{Json, extract::State};
use http::HeaderMap;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Origin, Problem};
use vestibule_auth::{LinkToken, Purpose};
use vestibule_domain::{RegistrationId, User, UserId};
use vestibule_store::{Conflict, StoreError};

use crate::{
    Auth,
    asker::{AskedToken, Asker, Wish},
    attempt::Group,
};

/// An account that works now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Activated {
    /// The person's id.
    pub id: String,
    /// Always `active`.
    pub status: &'static str,
}

/// Makes the account of a registration, by the link that was mailed to its address. The link alone is
/// not enough: anybody can have it mailed to anybody.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "sign-up", request_body = AskedToken,
    responses((status = 200, body = Activated), (status = "4XX", body = Problem, content_type = "application/problem+json")))]
pub async fn verify_email(
    State(auth): State<Auth>,
    origin: Origin,
    headers: HeaderMap,
    ApiJson(request): ApiJson<AskedToken>,
) -> Result<Json<Activated>, ApiError> {
    let asker = Asker::new(&headers, request.receipt.as_ref(), request.password.as_ref());
    let user = activate(&auth, request.token.expose_secret(), asker, &origin).await?;
    Ok(Json(Activated { id: user.to_string(), status: "active" }))
}

/// Makes the person that a link stands for, if the one who follows it is the one who asked.
pub(crate) async fn activate(
    auth: &Auth,
    token: &str,
    asker: Asker<'_>,
    origin: &Origin,
) -> Result<UserId, ApiError> {
    let quota = auth.admit(Group::Link, origin).await?;
    let (world, platform) = (&auth.api.world, auth.api.store.platform());
    let token = LinkToken::parse(token, Purpose::VerifyEmail).map_err(|_| ApiError::link())?;
    let registration = platform.find_registration(RegistrationId::from_bytes(token.id), world.now()).await?;
    let registration = registration.filter(|found| found.digest.as_ref() == Some(&token.digest()));
    let registration = registration.ok_or_else(ApiError::link)?;
    let account = (&registration.email, registration.password.as_ref());
    auth.let_through(&asker, Wish::Registration(registration.id), account, (origin, quota)).await?;
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
