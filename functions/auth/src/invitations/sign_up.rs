//! `POST /api/v1/auth/invitations/sign-up`

use axum::extract::State;
use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Fields, Keyed, Origin, Reply, Submission};
use vestibule_domain::{PersonName, User, UserId};

use super::{InvitingTenant, lost};
use crate::{Auth, sign_in::attempt::given_password};

/// The account to be.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignUpInvited {
    /// The `token` of the link's address; it proves the address.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub token: SecretString,
    /// How the person wants to be called.
    pub name: String,
    /// The password: long enough and not easily guessed; nothing else is asked of it.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub password: SecretString,
}

/// A new account that belongs to the organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinedAsNew {
    /// The person's id.
    pub id: String,
    /// Always `active`.
    pub status: &'static str,
    /// The organization; the first sign-in begins there.
    pub tenant: InvitingTenant,
}

/// Makes an account for the invited address and joins the organization, in one transaction. 409 when the address has an account,
/// or every seat is taken.
#[utoipa::path(post, path = "/api/v1/auth/invitations/sign-up", tag = "invitations",
    responses((status = 201, body = JoinedAsNew), (status = 409), (status = 410)))]
pub async fn sign_up_invited(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body, keyed }: Submission<SignUpInvited>,
) -> Result<Reply, ApiError> {
    join(&auth, &body, &origin, &keyed).await.map(|(reply, _)| reply)
}

/// The same, for whoever asks; also gives the person.
pub(crate) async fn join(
    auth: &Auth,
    body: &SignUpInvited,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<(Reply, User), ApiError> {
    let password = given_password("password", &body.password)?;
    let mut fields = Fields::default();
    let name = fields.take("name", PersonName::parse(&body.name)).ok_or_else(|| fields.into_error())?;
    let (found, _) = auth.open_invitation(&body.token, origin, keyed).await?;
    let (world, email) = (&auth.api.world, found.invitation.email.clone());
    auth.check_password(&password, name.as_str(), &email, "password")?;
    let hash = auth.hasher.hash(password, world.bytes()).await;
    let hash = hash.map_err(|error| ApiError::Fault(Box::new(error)))?;
    let mut user = User::new(UserId::new(world), email, name, world);
    user.last_tenant = Some(found.tenant.id);
    let (id, tenant) = (user.id.to_string(), InvitingTenant::of(&found));
    let reply = Reply::new(StatusCode::CREATED, &JoinedAsNew { id, status: "active", tenant })?;
    let (answer, actor) = (keyed.answer(&reply), origin.actor(&user));
    let platform = auth.api.store.platform();
    platform.join_as_new(&found, (&user, &hash), &actor, answer, world).await.map_err(lost)?;
    Ok((reply, user))
}
