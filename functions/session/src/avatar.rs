//! `GET`, `PUT` and `DELETE /api/v1/auth/me/avatar`

use axum::{Json, body::Body, extract::State, response::IntoResponse};
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::json;
use vestibule_api::{ApiError, Code, Problem, SignedIn, read_body};
use vestibule_store::{Avatar, AvatarChange, UserChange};

use crate::{Sessions, get_me::MeView, picture::PictureError};

/// Shows the caller's picture: a JPEG of 256 by 256 pixels.
#[utoipa::path(get, path = "/api/v1/auth/me/avatar", tag = "profile",
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn get_avatar(
    State(state): State<Sessions>,
    caller: SignedIn,
) -> Result<impl IntoResponse, ApiError> {
    let avatar = state.api.store.platform().find_avatar(caller.user.id).await?;
    let picture = avatar.ok_or_else(ApiError::not_found)?.picture;
    Ok(([(CONTENT_TYPE, "image/jpeg")], picture))
}

/// Sets the caller's picture from a PNG or JPEG of at most 1 MiB and 2,048 by 2,048 pixels. Its middle is
/// kept, without anything else that the file tells.
#[utoipa::path(put, path = "/api/v1/auth/me/avatar", tag = "profile",
    request_body(content = Vec<u8>, content_type = "image/*"),
    responses((status = 200, body = MeView), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn set_avatar(
    State(state): State<Sessions>,
    mut caller: SignedIn,
    body: Body,
) -> Result<Json<MeView>, ApiError> {
    let file = read_body(body).await?;
    let picture = state.studio.portrait(file).await.map_err(refused)?;
    caller.user.avatar = Some(state.api.world.now());
    change(&state, &mut caller, AvatarChange::Set(Avatar { picture })).await?;
    Ok(Json(MeView::new(&caller)))
}

/// Removes the caller's picture, if there is one.
#[utoipa::path(delete, path = "/api/v1/auth/me/avatar", tag = "profile",
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json")),
    security(("token" = [])))]
pub async fn remove_avatar(
    State(state): State<Sessions>,
    mut caller: SignedIn,
) -> Result<StatusCode, ApiError> {
    if caller.user.avatar.take().is_some() {
        change(&state, &mut caller, AvatarChange::Remove).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn change(state: &Sessions, caller: &mut SignedIn, avatar: AvatarChange) -> Result<(), ApiError> {
    let values = (json!(null), json!({ "fields": ["avatar"] }));
    let change = UserChange { action: "user.profile", values, avatar: Some(avatar), ..UserChange::default() };
    let platform = state.api.store.platform();
    Ok(platform.change_user(&mut caller.user, &change, &caller.actor, &state.api.world).await?)
}

fn refused(error: PictureError) -> ApiError {
    ApiError::new(Code::BodyInvalid, error.to_string())
}
