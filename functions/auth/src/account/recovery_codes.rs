//! `POST /api/v1/auth/recovery-codes`

use axum::extract::State;
use secrecy::ExposeSecret as _;
use vestibule_api::{ApiError, Code, Origin, OwnMutation, Reply};
use vestibule_auth::RecoveryCodes;
use vestibule_domain::SignInChange;
use vestibule_store::UserChange;

use crate::{
    Auth,
    account::totp::{RecoveryCodesView, RemoveTotp, view},
    sign_in::second_factor::use_code,
};

/// Makes new recovery codes; the old ones stop working. Takes a code like the removal does.
#[utoipa::path(post, path = "/api/v1/auth/recovery-codes", tag = "second factor", responses((status = 200, body = RecoveryCodesView)))]
pub async fn renew_recovery_codes(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<RemoveTotp>,
) -> Result<Reply, ApiError> {
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let user = &mut caller.user;
    if user.second_factor().is_none() {
        auth.api.store.platform().forgive(&counted.address).await?;
        return Err(ApiError::new(Code::WrongState, "Set up a second factor first."));
    }
    if use_code(user, request.code.expose_secret(), auth.api.world.now()).is_none() {
        return Err(auth.refuse(&counted, &user.email, &origin, "second_factor").await?);
    }
    let (codes, hashes) = RecoveryCodes::new(&auth.api.world);
    user.recovery = hashes;
    let reply = view(&codes)?;
    let change = UserChange {
        action: "user.recovery_codes",
        answer: keyed.answer(&reply),
        forgive: true,
        mails: auth.sign_in_changed(user, SignInChange::RecoveryCodesReplaced, &origin),
        ..UserChange::default()
    };
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(reply)
}
