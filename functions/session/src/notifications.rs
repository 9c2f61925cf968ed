//! `GET` and `PUT /api/auth/context/notifications`: which mails of a tenant one wants.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vestibule_api::{Api, ApiError, Authenticated, Mutation, Reply};
use vestibule_domain::{MailTopic, Permission, Preferences};

/// Which mails the caller wants from the tenant of the token. Mails about one's own security are always sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotificationsView {
    /// When somebody else changes one's roles, or suspends or removes one.
    pub membership: bool,
}

impl From<&Preferences> for NotificationsView {
    fn from(preferences: &Preferences) -> Self {
        Self { membership: preferences.wants(MailTopic::Membership) }
    }
}

/// Which mails are wanted from now on.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateNotifications {
    /// When somebody else changes one's roles, or suspends or removes one.
    #[schema(example = false)]
    pub membership: bool,
}

/// Shows which mails the caller wants from the tenant of the token.
#[utoipa::path(get, path = "/api/auth/context/notifications", tag = "context", responses((status = 200, body = NotificationsView)))]
pub async fn get_notifications(
    State(api): State<Api>,
    caller: Authenticated,
) -> Result<Json<NotificationsView>, ApiError> {
    let scope = caller.require(Permission::OwnView)?;
    Ok(Json((&api.store.tenant(&scope).find_own_preferences().await?).into()))
}

/// Says which mails the caller wants from the tenant of the token. Mails about one's own security cannot be switched off.
#[utoipa::path(put, path = "/api/auth/context/notifications", tag = "context", responses((status = 200, body = NotificationsView)))]
pub async fn update_notifications(
    State(api): State<Api>,
    request: Mutation<UpdateNotifications>,
) -> Result<Reply, ApiError> {
    // Whoever sees their own data may say what is mailed to them.
    let scope = request.begin(Permission::OwnView)?;
    let store = api.store.tenant(&scope);
    let read = store.find_own_preferences().await?;
    let mut after = read.clone();
    after.set(MailTopic::Membership, request.body.membership);
    let reply = Reply::new(StatusCode::OK, &NotificationsView::from(&after))?;
    store.change_own_preferences(&read, after, request.answer(&reply), &api.world).await?;
    Ok(reply)
}
