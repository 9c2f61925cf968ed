//! `POST /api/v1/auth/magic-link` and `POST /api/v1/auth/magic-link/consume`

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::Action;
use vestibule_api::{ApiError, Delivery, Keyed, Origin, Submission};
use vestibule_auth::{LinkToken, Purpose};
use vestibule_domain::{IdentityMailKind, UserId};
use vestibule_store::Basis;

use crate::{
    Auth, kept,
    mail_request::AskForMail,
    sign_in::attempt::Group,
    sign_in::begin::{Proof, SignInView, kept_question},
    sign_up::register::MailSent,
};

/// Asks for a link that signs in. The answer is the same whether or not there is an account.
#[utoipa::path(post, path = "/api/v1/auth/magic-link", tag = "sign-in", responses((status = 202, body = MailSent)))]
pub async fn magic_link(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<AskForMail>,
) -> Result<Response, ApiError> {
    auth.ask_for_mail(&request, &origin, Action::MagicLink, IdentityMailKind::MagicLink, &keyed).await
}

/// The token of a sign-in link.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsumeMagicLink {
    /// The `token` of the link's address.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub token: SecretString,
    /// Whether the tokens come as cookies, for browsers.
    #[serde(default)]
    pub cookies: bool,
}

/// Signs in with a mailed link, which works once. A second factor is still asked for, and a locked
/// address stays locked.
#[utoipa::path(post, path = "/api/v1/auth/magic-link/consume", tag = "sign-in",
    responses((status = 200, body = SignInView), (status = 401), (status = 403)))]
pub async fn consume_magic_link(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<ConsumeMagicLink>,
) -> Result<Response, ApiError> {
    let delivery = origin.delivery(request.cookies)?;
    follow(&auth, request.token.expose_secret(), &origin, delivery, &keyed).await
}

/// Signs in with the link's token.
pub(crate) async fn follow(
    auth: &Auth,
    token: &str,
    origin: &Origin,
    delivery: Delivery,
    keyed: &Keyed,
) -> Result<Response, ApiError> {
    let (now, platform) = (auth.api.world.now(), auth.api.store.platform());
    let quota = auth.admit(Group::SignIn, origin).await?;
    let token = LinkToken::parse(token, Purpose::MagicLink).map_err(|_| ApiError::link())?;
    let (digest, name) = (token.digest(), Purpose::MagicLink.name());
    keyed.under(&auth.api, kept::of_link(name, &digest)).await?;
    let found = platform.follow(UserId::from_bytes(token.id), (name, &digest), now).await?;
    let (user, _) = found.ok_or_else(ApiError::link)?;
    let counted = auth.count(&user.email, Basis::Proof, quota).await?;
    let Some(sign_in) = counted.sign_in() else {
        return Err(auth.refuse(&counted, &user.email, origin, "locked").await?);
    };
    if sign_in.second_factor {
        let answer = keyed.answer(&kept_question()?);
        let address = auth.api.store.sealer().address_key(&user.email);
        platform.use_link((user.id, &address), (name, &digest), answer, &auth.api.world).await?;
        return auth.ask_second_factor((user.id, user.epoch), false, (&counted, &user.email), origin).await;
    }
    let proof = Proof {
        link: Some((name, &digest)),
        keyed: Some((keyed, delivery)),
        ..Proof::new((user.id, user.epoch), &counted, &user.email, sign_in, "magic_link")
    };
    auth.begin(&proof, origin, delivery, &counted).await
}
