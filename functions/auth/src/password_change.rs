//! `POST /api/v1/auth/password`

use axum::extract::State;
use http::StatusCode;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Origin, Problem, SignedIn};
use vestibule_domain::IdentityMailKind;
use vestibule_store::{EndSessions, UserChange};

use crate::{Auth, attempt::given_password};

/// The old and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// The password as it is; left out by somebody who has none yet.
    #[schema(value_type = Option<String>)]
    pub current_password: Option<SecretString>,
    /// The password to be.
    #[schema(value_type = String)]
    pub new_password: SecretString,
}

/// Changes the password. All other sessions end.
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "passwords", request_body = ChangePassword,
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn change_password(
    State(auth): State<Auth>,
    caller: SignedIn,
    origin: Origin,
    ApiJson(request): ApiJson<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    let new = given_password("newPassword", &request.new_password)?;
    // Before anything is counted: a weak new password is no failed attempt.
    auth.check_password(&new, caller.user.name.as_str(), &caller.user.email, "newPassword")?;
    let current = request.current_password.as_ref();
    let counted = auth.reauthenticate(&caller, current, "currentPassword", &origin).await?;
    let SignedIn { mut user, session, actor, .. } = caller;
    let world = &auth.api.world;
    let hash = auth.hasher.hash(new, world.bytes()).await;
    let hash = hash.map_err(|error| ApiError::Fault(Box::new(error)))?;
    user.epoch += 1;
    let change = UserChange {
        action: "user.password",
        end: EndSessions::Others(session.id),
        password: Some(&hash),
        forgive: true,
        mails: vec![auth.mail(
            user.email.clone(),
            IdentityMailKind::PasswordChanged { user: user.id },
            &origin,
        )],
        ..UserChange::default()
    };
    auth.change_proved(&counted, &mut user, &change, (&actor, &origin)).await?;
    Ok(StatusCode::NO_CONTENT)
}
