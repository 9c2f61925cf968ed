//! `PATCH /api/v1/auth/me`

use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Fields, OwnMutation, Reply};
use vestibule_domain::PersonName;
use vestibule_store::UserChange;

use crate::{Sessions, get_me::MeView};

/// What to change of the profile.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateMe {
    /// How the person wants to be called, 1 to 60 characters.
    pub name: Option<String>,
}

/// Changes the profile. Address, password and second factor have operations of their own.
#[utoipa::path(patch, path = "/api/v1/auth/me", tag = "profile", responses((status = 200, body = MeView)))]
pub async fn update_me(
    State(state): State<Sessions>,
    OwnMutation { mut caller, body, keyed }: OwnMutation<UpdateMe>,
) -> Result<Reply, ApiError> {
    if let Some(name) = &body.name {
        let mut fields = Fields::default();
        let Some(name) = fields.take("name", PersonName::parse(name)) else {
            return Err(fields.into_error());
        };
        let former = std::mem::replace(&mut caller.user.name, name);
        let reply = Reply::new(StatusCode::OK, &MeView::new(&caller))?;
        let values = (json!(null), json!({ "fields": ["name"] }));
        let answer = keyed.answer(&reply);
        let renamed_from = Some(&former);
        let change =
            UserChange { action: "user.profile", values, renamed_from, answer, ..UserChange::default() };
        let platform = state.api.store.platform();
        platform.change_user(&mut caller.user, &change, caller.principal.actor(), &state.api.world).await?;
        return Ok(reply);
    }
    let reply = Reply::new(StatusCode::OK, &MeView::new(&caller))?;
    keyed.keep(&state.api, &reply).await?;
    Ok(reply)
}
