//! `POST /api/v1/auth/recovery-codes`

use axum::{Json, extract::State};
use secrecy::ExposeSecret as _;
use vestibule_api::{ApiError, ApiJson, Code, Origin, Problem, SignedIn};
use vestibule_auth::RecoveryCodes;
use vestibule_domain::SignInChange;
use vestibule_store::UserChange;

use crate::{
    Auth,
    second_factor::use_code,
    totp::{RecoveryCodesView, RemoveTotp, view},
};

/// Makes new recovery codes; the old ones stop working. Takes a code like the removal does.
#[utoipa::path(post, path = "/api/v1/auth/recovery-codes", tag = "second factor", request_body = RemoveTotp,
    responses((status = 200, body = RecoveryCodesView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn renew_recovery_codes(
    State(auth): State<Auth>,
    caller: SignedIn,
    origin: Origin,
    ApiJson(request): ApiJson<RemoveTotp>,
) -> Result<Json<RecoveryCodesView>, ApiError> {
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let SignedIn { mut user, actor, .. } = caller;
    if user.second_factor().is_none() {
        auth.api.store.platform().forgive(&counted.address).await?;
        return Err(ApiError::new(Code::WrongState, "Set up a second factor first."));
    }
    if use_code(&mut user, request.code.expose_secret(), auth.api.world.now()).is_none() {
        return Err(auth.refuse(&counted, &user.email, &origin, "second_factor").await?);
    }
    let (codes, hashes) = RecoveryCodes::new(&auth.api.world);
    user.recovery = hashes;
    let change = UserChange {
        action: "user.recovery_codes",
        forgive: true,
        mails: auth.sign_in_changed(&user, SignInChange::RecoveryCodesReplaced, &origin),
        ..UserChange::default()
    };
    auth.change_proved(&counted, &mut user, &change, (&actor, &origin)).await?;
    Ok(Json(view(&codes)))
}
