//! `POST /api/v1/auth/password`

use axum::extract::State;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{ApiError, Origin, OwnMutation, Reply};
use vestibule_domain::IdentityMailKind;
use vestibule_store::{EndSessions, UserChange};

use crate::{Auth, sign_in::attempt::given_password};

/// The old and the new password.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangePassword {
    /// The password as it is; left out by somebody who has none yet.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub current_password: Option<SecretString>,
    /// The password to be.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub new_password: SecretString,
}

/// Changes the password. All other sessions end.
#[utoipa::path(post, path = "/api/v1/auth/password", tag = "passwords", responses((status = 204)))]
pub async fn change_password(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<ChangePassword>,
) -> Result<Reply, ApiError> {
    let new = given_password("newPassword", &request.new_password)?;
    // Before anything is counted: a weak new password is no failed attempt.
    auth.check_password(&new, caller.user.name.as_str(), &caller.user.email, "newPassword")?;
    let current = request.current_password.as_ref();
    let counted = auth.reauthenticate(&caller, current, "currentPassword", &origin).await?;
    let (user, reply) = (&mut caller.user, Reply::empty());
    let world = &auth.api.world;
    let hash = auth.hasher.hash(new, world.bytes()).await;
    let hash = hash.map_err(|error| ApiError::Fault(Box::new(error)))?;
    user.epoch += 1;
    let change = UserChange {
        action: "user.password",
        answer: keyed.answer(&reply),
        end: EndSessions::Others(caller.session.id),
        password: Some(&hash),
        forgive: true,
        mails: vec![auth.mail(
            user.email.clone(),
            IdentityMailKind::PasswordChanged { user: user.id },
            &origin,
        )],
        ..UserChange::default()
    };
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(reply)
}
