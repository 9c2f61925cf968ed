//! `POST /api/v1/auth/verify-email`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Keyed, Origin, Reply, Submission};
use vestibule_auth::{LinkToken, Purpose};
use vestibule_domain::{RegistrationId, User, UserId};
use vestibule_store::{Conflict, StoreError};

use crate::{
    Auth, kept,
    sign_in::attempt::Group,
    sign_up::asker::{AskedToken, Asker, Wish},
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
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "sign-up",
    responses((status = 200, body = Activated), (status = 401), (status = 403)))]
pub async fn verify_email(
    State(auth): State<Auth>,
    origin: Origin,
    headers: HeaderMap,
    Submission { body: request, keyed }: Submission<AskedToken>,
) -> Result<Reply, ApiError> {
    let asker = Asker::new(&headers, request.receipt.as_ref(), request.password.as_ref());
    activate(&auth, request.token.expose_secret(), asker, &origin, &keyed).await
}

/// Makes the person that a link stands for, if the one who follows it is the one who asked.
pub(crate) async fn activate(
    auth: &Auth,
    token: &str,
    asker: Asker<'_>,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Reply, ApiError> {
    let quota = auth.admit(Group::Link, origin).await?;
    let (world, platform) = (&auth.api.world, auth.api.store.platform());
    let token = LinkToken::parse(token, Purpose::VerifyEmail).map_err(|_| ApiError::link())?;
    keyed.under(&auth.api, kept::of_link(Purpose::VerifyEmail.name(), &token.digest())).await?;
    let registration = platform.find_registration(RegistrationId::from_bytes(token.id), world.now()).await?;
    let registration = registration.filter(|found| found.digest.as_ref() == Some(&token.digest()));
    let registration = registration.ok_or_else(ApiError::link)?;
    let account = (&registration.email, registration.password.as_ref());
    auth.let_through(&asker, Wish::Registration(registration.id), account, (origin, quota)).await?;
    let mut user =
        User::new(UserId::new(world), registration.email.clone(), registration.name.clone(), world);
    user.connections.extend(registration.connection.clone());
    let actor = origin.actor(&user);
    let reply = Reply::new(StatusCode::OK, &Activated { id: user.id.to_string(), status: "active" })?;
    let answer = keyed.answer(&reply);
    match platform.activate(&registration, &token.digest(), &user, &actor, answer, world).await {
        Ok(()) => Ok(reply),
        // The address has an account by now, or the link was used at the same moment.
        Err(StoreError::Conflict(Conflict::LinkUsed | Conflict::AddressTaken | Conflict::Exists)) => {
            Err(ApiError::link())
        }
        Err(error) => Err(error.into()),
    }
}
