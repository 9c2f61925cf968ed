//! `PATCH /api/v1/auth/me`

use axum::{Json, extract::State};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, ApiJson, Fields, Problem, SignedIn};
use vestibule_domain::PersonName;
use vestibule_store::UserChange;

use crate::{Sessions, get_me::MeView};

/// What to change of the profile.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMe {
    /// How the person wants to be called, 1 to 60 characters.
    pub name: Option<String>,
}

/// Changes the profile. Address, password and second factor have operations of their own.
#[utoipa::path(patch, path = "/api/v1/auth/me", tag = "profile", request_body = UpdateMe,
    responses((status = 200, body = MeView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn update_me(
    State(state): State<Sessions>,
    mut caller: SignedIn,
    ApiJson(request): ApiJson<UpdateMe>,
) -> Result<Json<MeView>, ApiError> {
    if let Some(name) = &request.name {
        let mut fields = Fields::default();
        let Some(name) = fields.take("name", PersonName::parse(name)) else {
            return Err(fields.into_error());
        };
        caller.user.name = name;
        let values = (json!(null), json!({ "fields": ["name"] }));
        let change = UserChange { action: "user.profile", values, ..UserChange::default() };
        let platform = state.api.store.platform();
        platform.change_user(&mut caller.user, &change, &caller.actor, &state.api.world).await?;
    }
    Ok(Json(MeView::new(&caller)))
}
