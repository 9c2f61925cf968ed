//! `POST /api/v1/auth/register`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::{Action, BotVerdict};
use vestibule_api::{ApiError, Fields, Keyed, Origin, Submission, bots::bot, limiting};
use vestibule_auth::Purpose;
use vestibule_domain::{Email, IdentityMailKind, IdentityMailRequest, MailId, PersonName, RegistrationId};
use vestibule_store::Registration;

use crate::{
    Auth, kept,
    sign_in::attempt::{Group, given_password},
    sign_up::asker::{MailSentWithReceipt, Wish, kept_receipt},
};

/// Who wants an account.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Register {
    /// The address; a link to it makes the account.
    #[schema(example = "kim@example.org")]
    pub email: String,
    /// The password: long enough and not easily guessed; nothing else is asked of it.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub password: SecretString,
    /// How the person wants to be called.
    pub name: String,
    /// What the bot check of the form gave, where one is on.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    pub bot_token: Option<String>,
}

/// What happens next.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailSent {
    /// Says that a mail is on its way if there is reason for one.
    pub message: &'static str,
}

pub(crate) const MAIL_SENT: &str = "If the address fits, a mail is on its way. Follow the link in it.";

pub(crate) fn accepted(view: &impl Serialize) -> Response {
    (StatusCode::ACCEPTED, Json(view)).into_response()
}

/// Asks for an account. Nothing is made before the mailed link is followed, and the answer is the
/// same for an address that has an account.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "sign-up",
    responses((status = 202, body = MailSentWithReceipt), (status = 403)))]
pub async fn register(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<Register>,
) -> Result<Response, ApiError> {
    ask(&auth, request, &origin, &keyed).await
}

/// The same, for whoever asks.
pub(crate) async fn ask(
    auth: &Auth,
    request: Register,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Response, ApiError> {
    let password = given_password("password", &request.password)?;
    let (email, name) = read(&request)?;
    let quota = auth.admit(Group::Ask, origin).await?;
    keyed
        .under(&auth.api, kept::of_address("register", &auth.api.store.sealer().address_key(&email)))
        .await?;
    let token = request.bot_token.as_deref();
    if auth.bots.check(Action::Register, token, origin.source_ip.as_deref()).await == BotVerdict::Refused {
        return Err(bot());
    }
    auth.check_password(&password, name.as_str(), &email, "password")?;
    auth.admit_mail(&email).await?;
    let hash = auth.hasher.hash(password, auth.api.world.bytes()).await;
    let registration = Registration {
        id: RegistrationId::new(&auth.api.world),
        email,
        name,
        password: Some(hash.map_err(|error| ApiError::Fault(Box::new(error)))?),
        connection: None,
        digest: None,
        expires: auth
            .api
            .world
            .now()
            .saturating_add(Purpose::VerifyEmail.lasts())
            .unwrap_or(jiff::Timestamp::MAX),
    };
    record(auth, &registration, origin, keyed).await?;
    Ok(limiting::with_quota(auth.acknowledge(Wish::Registration(registration.id)), quota))
}

/// Writes the registration and the mail to send for it.
pub(crate) async fn record(
    auth: &Auth,
    registration: &Registration,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<(), ApiError> {
    let answer = keyed.answer(&kept_receipt()?);
    let mail = IdentityMailRequest {
        id: MailId::new(&auth.api.world),
        email: registration.email.clone(),
        mail: IdentityMailKind::Registration { registration: registration.id },
        device: Some(origin.device()),
        at: auth.api.world.now(),
    };
    Ok(auth.api.store.platform().register(registration, &mail, answer, &auth.api.world).await?)
}

fn read(request: &Register) -> Result<(Email, PersonName), ApiError> {
    let mut fields = Fields::default();
    let email = fields.take("email", Email::parse(&request.email));
    let name = fields.take("name", PersonName::parse(&request.name));
    email.zip(name).ok_or_else(|| fields.into_error())
}
