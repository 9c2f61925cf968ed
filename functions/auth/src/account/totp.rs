//! `POST /api/v1/auth/totp`, `.../totp/confirm` and `.../totp/remove`

use axum::extract::State;
use http::StatusCode;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Fields, Origin, OwnMutation, Reply};
use vestibule_auth::{RecoveryCodes, TotpSecret};
use vestibule_domain::{SignInChange, Totp};
use vestibule_store::{EndSessions, UserChange};

use crate::{Auth, sign_in::attempt::Group, sign_in::second_factor::use_code};

/// The proof of who asks.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WithPassword {
    /// The password; left out by somebody who has none.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub password: Option<SecretString>,
}

/// A second factor that waits for its first code.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TotpView {
    /// The secret in base32, for typing it in.
    #[schema(required = false)]
    pub secret: String,
    /// The address that authenticator programs understand.
    #[schema(required = false)]
    pub otpauth_url: String,
    /// The same as a QR code: an SVG picture.
    #[schema(required = false)]
    pub qr_svg: String,
    /// In the answer to a repeated request: what was shown the first time and is not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub shown_once: Vec<String>,
}

/// Begins to set up an authenticator. It counts once a first code was sent to `.../totp/confirm`.
#[utoipa::path(post, path = "/api/v1/auth/totp", tag = "second factor", responses((status = 200, body = TotpView)))]
pub async fn begin_totp(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<WithPassword>,
) -> Result<Reply, ApiError> {
    if caller.user.second_factor().is_some() {
        return Err(ApiError::new(Code::WrongState, "Remove the present second factor first."));
    }
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let user = &mut caller.user;
    let secret = TotpSecret::new(&auth.api.world);
    let reply = shown(&auth, &secret, user.email.as_str())?;
    let stored = secret.to_base64url().expose_secret().to_owned();
    user.totp = Some(Totp { secret: stored, confirmed: None, last_step: None });
    let answer = keyed.answer(&reply);
    let change = UserChange { action: "user.totp_begin", forgive: true, answer, ..UserChange::default() };
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(reply)
}

/// The answer that shows the secret.
fn shown(auth: &Auth, secret: &TotpSecret, account: &str) -> Result<Reply, ApiError> {
    let fault = |error: vestibule_domain::Invalid| ApiError::Fault(error.to_string().into());
    let view = TotpView {
        secret: secret.to_base32().expose_secret().to_owned(),
        otpauth_url: secret.otpauth_url(&auth.product, account).map_err(fault)?.expose_secret().to_owned(),
        qr_svg: secret.qr_svg(&auth.product, account).map_err(fault)?.expose_secret().to_owned(),
        shown_once: Vec::new(),
    };
    Reply::once(StatusCode::OK, &view, &["secret", "otpauthUrl", "qrSvg"])
}

/// A code of the authenticator.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WithCode {
    /// Six digits.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub code: SecretString,
}

/// Codes that stand in for a lost authenticator.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodesView {
    /// Each works once. They are shown this one time.
    #[schema(required = false)]
    pub recovery_codes: Vec<String>,
    /// In the answer to a repeated request: what was shown the first time and is not shown again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub shown_once: Vec<String>,
}

/// Finishes the set-up with a first code. From now on every sign-in asks for one; the session of
/// this request counts as having given it, and all others end.
#[utoipa::path(post, path = "/api/v1/auth/totp/confirm", tag = "second factor", responses((status = 200, body = RecoveryCodesView)))]
pub async fn confirm_totp(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<WithCode>,
) -> Result<Reply, ApiError> {
    auth.admit(Group::Account, &origin).await?;
    let (user, session) = (&mut caller.user, &caller.session);
    let (world, now) = (&auth.api.world, auth.api.world.now());
    let waiting = user.totp.as_mut().filter(|totp| totp.confirmed.is_none());
    let totp = waiting.ok_or_else(|| ApiError::new(Code::WrongState, "Begin the set-up first."))?;
    let secret = TotpSecret::from_base64url(&totp.secret);
    let secret = secret.map_err(|error| ApiError::Fault(error.to_string().into()))?;
    let step = secret.check(request.code.expose_secret(), now, None).ok_or_else(wrong_code)?;
    (totp.confirmed, totp.last_step) = (Some(now), Some(step));
    let (codes, hashes) = RecoveryCodes::new(world);
    user.recovery = hashes;
    user.epoch += 1;
    let reply = view(&codes)?;
    let change = UserChange {
        action: "user.totp",
        answer: keyed.answer(&reply),
        values: (json!({ "secondFactor": false }), json!({ "secondFactor": true })),
        end: EndSessions::Others(session.id),
        strengthen: Some(session.id),
        mails: auth.sign_in_changed(user, SignInChange::SecondFactorAdded, &origin),
        ..UserChange::default()
    };
    auth.api.store.platform().change_user(user, &change, caller.principal.actor(), world).await?;
    Ok(reply)
}

/// The proof of who asks, with a code.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoveTotp {
    /// The password; left out by somebody who has none.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub password: Option<SecretString>,
    /// Six digits of the authenticator, or a recovery code.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub code: SecretString,
}

/// Removes the second factor and its recovery codes.
#[utoipa::path(post, path = "/api/v1/auth/totp/remove", tag = "second factor", responses((status = 204)))]
pub async fn remove_totp(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<RemoveTotp>,
) -> Result<Reply, ApiError> {
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let (user, reply) = (&mut caller.user, Reply::empty());
    if user.totp.is_none() {
        auth.api.store.platform().forgive(&counted.address).await?;
        return Err(ApiError::new(Code::WrongState, "There is no second factor."));
    }
    let set_up = user.second_factor().is_some();
    if set_up && use_code(user, request.code.expose_secret(), auth.api.world.now()).is_none() {
        return Err(auth.refuse(&counted, &user.email, &origin, "second_factor").await?);
    }
    (user.totp, user.recovery) = (None, Vec::new());
    let change = UserChange {
        action: "user.totp_remove",
        answer: keyed.answer(&reply),
        values: (json!({ "secondFactor": set_up }), json!({ "secondFactor": false })),
        forgive: true,
        mails: if set_up {
            auth.sign_in_changed(user, SignInChange::SecondFactorRemoved, &origin)
        } else {
            Vec::new()
        },
        ..UserChange::default()
    };
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(reply)
}

/// The answer that shows recovery codes.
pub(crate) fn view(codes: &[SecretString]) -> Result<Reply, ApiError> {
    let recovery_codes = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
    let view = RecoveryCodesView { recovery_codes, shown_once: Vec::new() };
    Reply::once(StatusCode::OK, &view, &["recoveryCodes"])
}

fn wrong_code() -> ApiError {
    let mut fields = Fields::default();
    fields.refuse("code", "Send the six digits that the authenticator shows now; check its clock.");
    fields.into_error()
}
