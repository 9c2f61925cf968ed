//! `POST /api/v1/auth/forgot-password` and `POST /api/v1/auth/reset-password`

use axum::{extract::State, response::Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::Action;
use vestibule_api::{ApiError, Keyed, Origin, Reply, Submission};
use vestibule_auth::{LinkToken, Password, Purpose};
use vestibule_domain::{Account, IdentityMailKind, User, UserId, UserState, UserStatus};
use vestibule_store::{EndSessions, UserChange};

use crate::{
    Auth, kept,
    mail_request::AskForMail,
    sign_in::attempt::{Group, given_password},
    sign_up::register::MailSent,
};

/// Asks for a link that sets a new password. The answer is the same whether or not there is an
/// account; only an account's own address gets a mail.
#[utoipa::path(post, path = "/api/v1/auth/forgot-password", tag = "passwords", responses((status = 202, body = MailSent)))]
pub async fn forgot_password(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<AskForMail>,
) -> Result<Response, ApiError> {
    let kind = IdentityMailKind::ResetPassword;
    auth.ask_for_mail(&request, &origin, Action::ForgotPassword, kind, &keyed).await
}

/// The token of a link and the new password.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResetPassword {
    /// The `token` of the link's address.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub token: SecretString,
    /// The new password.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub password: SecretString,
}

/// Sets a new password by a mailed link, which works once. Signs out everywhere and lifts the lock.
#[utoipa::path(post, path = "/api/v1/auth/reset-password", tag = "passwords", responses((status = 204)))]
pub async fn reset_password(
    State(auth): State<Auth>,
    origin: Origin,
    Submission { body: request, keyed }: Submission<ResetPassword>,
) -> Result<Reply, ApiError> {
    let password = given_password("password", &request.password)?;
    set_by_link(&auth, request.token.expose_secret(), password, &origin, &keyed).await
}

/// Sets the password of the person that a link stands for.
pub(crate) async fn set_by_link(
    auth: &Auth,
    token: &str,
    password: Password,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Reply, ApiError> {
    let (world, platform) = (&auth.api.world, auth.api.store.platform());
    auth.admit(Group::Link, origin).await?;
    let token = LinkToken::parse(token, Purpose::ResetPassword).map_err(|_| ApiError::link())?;
    let (digest, name) = (token.digest(), Purpose::ResetPassword.name());
    keyed.under(&auth.api, kept::of_link(name, &digest)).await?;
    let found = platform.follow(UserId::from_bytes(token.id), (name, &digest), world.now()).await?;
    let (mut user, _) = found.ok_or_else(ApiError::link)?;
    auth.check_password(&password, user.name.as_str(), &user.email, "password")?;
    let hash = auth.hasher.hash(password, world.bytes()).await;
    let hash = hash.map_err(|error| ApiError::Fault(Box::new(error)))?;
    user.epoch += 1;
    let account = activated(auth, &mut user).await?;
    let reply = Reply::empty();
    let change = UserChange {
        action: if account.is_some() { "user.activate" } else { "user.password_reset" },
        account: account.as_ref().map(|(before, after)| (before, after)),
        answer: keyed.answer(&reply),
        end: EndSessions::All,
        password: Some(&hash),
        forgive: true,
        link: Some((name, &digest)),
        mails: vec![auth.mail(
            user.email.clone(),
            IdentityMailKind::PasswordChanged { user: user.id },
            origin,
        )],
        ..UserChange::default()
    };
    let actor = origin.actor(&user);
    platform.change_user(&mut user, &change, &actor, world).await?;
    Ok(reply)
}

/// Lets somebody act who was given an account and has just proved the address; their account before and after.
async fn activated(auth: &Auth, user: &mut User) -> Result<Option<(Account, Account)>, ApiError> {
    if user.status.state != UserState::Invited {
        return Ok(None);
    }
    let (since, by) = (auth.api.world.now(), user.id.to_string());
    user.status = UserStatus { state: UserState::Active, since, by };
    let account = auth.api.store.platform().find_account(user.id).await?;
    Ok(account.map(|before| {
        let after = before.changed(before.tier, user.status.clone());
        (before, after)
    }))
}
