//! `POST /api/v1/auth/login`

use axum::{extract::State, response::Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::{Action, BotVerdict};
use vestibule_api::{ApiError, Delivery, Keyed, Origin, Submission, bots::bot};
use vestibule_auth::{Password, PasswordHash, Verdict};
use vestibule_domain::Email;
use vestibule_store::{Basis, Quota, SignIn};

use crate::{
    Auth, kept,
    sign_in::attempt::{Counted, Group, credentials},
    sign_in::begin::{Proof, SignInView},
};

/// Address and password.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Login {
    /// The address; capitals make no difference.
    #[schema(example = "kim@example.org")]
    pub email: String,
    /// The password.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub password: SecretString,
    /// What the bot check of the form gave, where one is on.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    pub bot_token: Option<String>,
    /// Whether the tokens come as cookies, for browsers.
    #[serde(default)]
    pub cookies: bool,
}

/// Signs in with a password. Whatever is wrong, the answer is the same; five failures lock the
/// address for 15 minutes on every way to sign in.
#[utoipa::path(post, path = "/api/v1/auth/login", tag = "sign-in",
    responses((status = 200, body = SignInView), (status = 401), (status = 403)))]
pub async fn login(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<Login>,
) -> Result<Response, ApiError> {
    let delivery = origin.delivery(request.cookies)?;
    sign_in(&auth, &request, &origin, (delivery, &keyed)).await
}

/// The same, for whoever asks.
pub(crate) async fn sign_in(
    auth: &Auth,
    request: &Login,
    origin: &Origin,
    (delivery, keyed): (Delivery, &Keyed),
) -> Result<Response, ApiError> {
    let (email, password) = credentials(&request.email, &request.password)?;
    let quota = admit(auth, request.bot_token.as_deref(), origin).await?;
    let counted = auth.count(&email, Basis::Guess, quota).await?;
    let attempt = Guess { counted: &counted, email: &email, door: Door::Tenants };
    compare(auth, &attempt, password, origin, (delivery, keyed)).await
}

/// Counts a sign-in of its source, and looks whether a person sends it.
pub(crate) async fn admit(auth: &Auth, bot_token: Option<&str>, origin: &Origin) -> Result<Quota, ApiError> {
    let quota = auth.admit(Group::SignIn, origin).await?;
    match auth.bots.check(Action::Login, bot_token, origin.source_ip.as_deref()).await {
        BotVerdict::Refused => Err(bot()),
        BotVerdict::Human => Ok(quota),
    }
}

/// Where somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// To their tenants.
    Tenants,
    /// To the platform.
    Platform {
        /// Whether they administer it.
        granted: bool,
    },
}

/// A password that was counted and is now compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guess<'a> {
    /// The attempt.
    pub(crate) counted: &'a Counted,
    /// The address.
    pub(crate) email: &'a Email,
    /// Where they sign in.
    pub(crate) door: Door,
}

/// Compares a password, and goes on with the sign-in if it is right and the door is theirs.
pub(crate) async fn compare(
    auth: &Auth,
    guess: &Guess<'_>,
    password: Password,
    origin: &Origin,
    (delivery, keyed): (Delivery, &Keyed),
) -> Result<Response, ApiError> {
    let Guess { counted, email, door } = *guess;
    let stored = counted.sign_in().and_then(|sign_in| sign_in.password.clone());
    let verdict = auth.verify(password.clone(), stored).await?;
    match (verdict, counted.sign_in()) {
        (Verdict::Right { .. }, Some(_)) if door == (Door::Platform { granted: false }) => {
            Err(auth.refuse(counted, email, origin, "grant").await?)
        }
        (Verdict::Right { outdated }, Some(sign_in)) => {
            let rehashed = if outdated { rehash(auth, password).await } else { None };
            accept(auth, guess, sign_in, rehashed.as_ref(), origin, (delivery, keyed)).await
        }
        _ => Err(auth.refuse(counted, email, origin, "password").await?),
    }
}

/// The hash with today's parameters; a sign-in does not fail for it.
async fn rehash(auth: &Auth, password: Password) -> Option<PasswordHash> {
    let rehashed = auth.hasher.hash(password, auth.api.world.bytes()).await;
    rehashed.inspect_err(|error| tracing::error!(%error, "a password hash was not renewed")).ok()
}

async fn accept(
    auth: &Auth,
    &Guess { counted, email, door }: &Guess<'_>,
    sign_in: &SignIn,
    rehashed: Option<&PasswordHash>,
    origin: &Origin,
    (delivery, keyed): (Delivery, &Keyed),
) -> Result<Response, ApiError> {
    let platform = door != Door::Tenants;
    // Not before: who does not know the password learns nothing of what was answered.
    if let Err(kept) = keyed.under(&auth.api, kept::of_sign_in(sign_in.user)).await {
        return auth.unjudged(counted, email, origin, Err(kept)).await;
    }
    if sign_in.second_factor {
        if let Some(rehashed) = rehashed {
            let renewed = auth.api.store.platform().renew_password(&counted.address, sign_in, rehashed).await;
            if let Err(error) = renewed {
                tracing::info!(%error, "a password hash was not renewed");
            }
        }
        let who = (sign_in.user, sign_in.epoch);
        return auth.ask_second_factor(who, platform, (counted, email), origin).await;
    }
    let user = (sign_in.user, sign_in.epoch);
    let proof = Proof {
        rehashed,
        tenant: sign_in.tenant.filter(|_| !platform),
        keyed: Some((keyed, delivery)),
        ..Proof::new(user, counted, email, sign_in, "password")
    };
    auth.begin(&proof, origin, delivery, counted).await
}
