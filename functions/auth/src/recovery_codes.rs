//! `POST /api/v1/auth/recovery-codes`

use axum::{Json, extract::State};
use vestibule_api::{ApiError, ApiJson, Code, Origin, Problem, SignedIn};
use vestibule_auth::RecoveryCodes;
use vestibule_store::UserChange;

use crate::{
    Auth,
    totp::{RecoveryCodesView, WithPassword, view},
};

/// Makes new recovery codes; the old ones stop working.
#[utoipa::path(post, path = "/api/v1/auth/recovery-codes", tag = "second factor", request_body = WithPassword,
    responses((status = 200, body = RecoveryCodesView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn renew_recovery_codes(
    State(auth): State<Auth>,
    caller: SignedIn,
    origin: Origin,
    ApiJson(request): ApiJson<WithPassword>,
) -> Result<Json<RecoveryCodesView>, ApiError> {
    auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let SignedIn { mut user, actor, .. } = caller;
    if user.second_factor().is_none() {
        return Err(ApiError::new(Code::WrongState, "Set up a second factor first."));
    }
    let (codes, hashes) = RecoveryCodes::new(&auth.api.world);
    user.recovery = hashes;
    let change = UserChange { action: "user.recovery_codes", forgive: true, ..UserChange::default() };
    auth.api.store.platform().change_user(&mut user, &change, &actor, &auth.api.world).await?;
    Ok(Json(view(&codes)))
}
