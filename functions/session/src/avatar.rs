//! `GET`, `PUT` and `DELETE /api/v1/auth/me/avatar`

use axum::{extract::State, response::IntoResponse};
use http::{StatusCode, header::CONTENT_TYPE};
use serde_json::json;
use vestibule_api::{ApiError, Code, File, Keyed, Nothing, OwnMutation, Reply, SignedIn};
use vestibule_store::{Avatar, AvatarChange, UserChange};

use crate::{Sessions, get_me::MeView, picture::PictureError};

/// Shows the caller's picture: a JPEG of 256 by 256 pixels.
#[utoipa::path(get, path = "/api/v1/auth/me/avatar", tag = "profile",
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg"), (status = 404)))]
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
#[utoipa::path(put, path = "/api/v1/auth/me/avatar", tag = "profile", responses((status = 200, body = MeView)))]
pub async fn set_avatar(
    State(state): State<Sessions>,
    OwnMutation { mut caller, body: File(file), keyed }: OwnMutation<File>,
) -> Result<Reply, ApiError> {
    let picture = state.studio.portrait(file).await.map_err(refused)?;
    caller.user.avatar = Some(state.api.world.now());
    let reply = Reply::new(StatusCode::OK, &MeView::new(&caller))?;
    change(&state, &mut caller, AvatarChange::Set(Avatar { picture }), (&keyed, &reply)).await?;
    Ok(reply)
}

/// Removes the caller's picture, if there is one.
#[utoipa::path(delete, path = "/api/v1/auth/me/avatar", tag = "profile", responses((status = 204)))]
pub async fn remove_avatar(
    State(state): State<Sessions>,
    OwnMutation { mut caller, keyed, .. }: OwnMutation<Nothing>,
) -> Result<Reply, ApiError> {
    let reply = Reply::empty();
    if caller.user.avatar.take().is_some() {
        change(&state, &mut caller, AvatarChange::Remove, (&keyed, &reply)).await?;
    } else {
        keyed.keep(&state.api, &reply).await?;
    }
    Ok(reply)
}

async fn change(
    state: &Sessions,
    caller: &mut SignedIn,
    avatar: AvatarChange,
    (keyed, reply): (&Keyed, &Reply),
) -> Result<(), ApiError> {
    let change = UserChange {
        action: "user.profile",
        values: (json!(null), json!({ "fields": ["avatar"] })),
        avatar: Some(avatar),
        answer: keyed.answer(reply),
        ..UserChange::default()
    };
    let platform = state.api.store.platform();
    Ok(platform.change_user(&mut caller.user, &change, caller.principal.actor(), &state.api.world).await?)
}

fn refused(error: PictureError) -> ApiError {
    ApiError::new(Code::BodyInvalid, error.to_string())
}
