//! `POST /api/v1/auth/connections`, `.../connections/finish` and `.../connections/remove`

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Keyed, Origin, OwnMutation, Reply, SignedIn, cookies};
use vestibule_domain::{SignInChange, User};
use vestibule_store::{Conflict, StoreError, UserChange};

use crate::{
    Auth, providers::provider_walk::Back, providers::social_login::SocialStart, sign_in::attempt::Group,
};

/// Which provider, and the proof of who asks.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChosenConnection {
    /// The provider's name, such as `google`.
    pub provider: String,
    /// The password; left out by somebody who has none.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub password: Option<SecretString>,
}

/// Begins to connect an account elsewhere, so that it signs this person in: answers where to go.
#[utoipa::path(post, path = "/api/v1/auth/connections", tag = "profile", responses((status = 200, body = SocialStart), (status = 404)))]
pub async fn begin_connection(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<ChosenConnection>,
) -> Result<Response, ApiError> {
    if auth.providers.get(&request.provider).is_none() {
        return Err(ApiError::not_found());
    }
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let user = &mut caller.user;
    let change = UserChange {
        action: "user.connect_begin",
        values: (json!(null), json!({ "provider": request.provider })),
        forgive: true,
        answer: keyed.answer(&kept_start()?),
        ..UserChange::default()
    };
    let started = auth.start_social(&request.provider, &purpose(user), counted.quota).await;
    let started = auth.unjudged(&counted, &user.email, &origin, started).await?;
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(started)
}

/// What is kept of where to go: that it was shown.
fn kept_start() -> Result<Reply, ApiError> {
    Reply::new(StatusCode::OK, &json!({ "shownOnce": ["authorizationUrl", "attempt"] }))
}

/// An attempt to connect is this person's own, and no sign-in.
pub(crate) fn purpose(user: &User) -> String {
    format!("connect\n{}", user.id)
}

/// What the provider gave.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FinishConnection {
    /// The provider's name.
    pub provider: String,
    /// The `code` that the provider gave.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub code: SecretString,
    /// The `state` that came with it.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = String)]
    pub state: SecretString,
    /// What the first step answered as `attempt`; browsers have it in a cookie.
    #[serde(serialize_with = "vestibule_api::unwritten")]
    #[schema(value_type = Option<String>)]
    pub attempt: Option<SecretString>,
}

/// Connects the account elsewhere. One that is connected to somebody else stays theirs.
#[utoipa::path(post, path = "/api/v1/auth/connections/finish", tag = "profile", responses((status = 204), (status = 404)))]
pub async fn finish_connection(
    State(auth): State<Auth>,
    origin: Origin,
    headers: HeaderMap,
    OwnMutation { caller, body: request, keyed }: OwnMutation<FinishConnection>,
) -> Result<Reply, ApiError> {
    auth.admit(Group::Account, &origin).await?;
    let sealed = request.attempt.as_ref().map(ExposeSecret::expose_secret);
    let back = Back {
        provider: &request.provider,
        code: request.code.expose_secret(),
        state: request.state.expose_secret(),
        sealed: sealed.or_else(|| cookies::find(&headers, cookies::SOCIAL)).unwrap_or_default(),
    };
    connect(&auth, caller, back, &origin, &keyed).await
}

/// Connects the account that comes back from the provider.
pub(crate) async fn connect(
    auth: &Auth,
    mut caller: SignedIn,
    back: Back<'_>,
    origin: &Origin,
    keyed: &Keyed,
) -> Result<Reply, ApiError> {
    let (user, reply) = (&mut caller.user, Reply::empty());
    let identity = auth.identify(back, &purpose(user)).await?;
    user.connections.push(auth.connection(&identity));
    let change = UserChange {
        action: "user.connect",
        answer: keyed.answer(&reply),
        values: (json!(null), json!({ "provider": identity.provider })),
        connect: Some(&identity.key),
        mails: auth.sign_in_changed(
            user,
            SignInChange::ProviderConnected { provider: identity.provider.clone() },
            origin,
        ),
        ..UserChange::default()
    };
    let (platform, actor) = (auth.api.store.platform(), caller.principal.actor());
    match platform.change_user(user, &change, actor, &auth.api.world).await {
        Ok(()) => Ok(reply),
        Err(StoreError::Conflict(Conflict::Exists)) => {
            Err(ApiError::new(Code::Conflict, "That account is connected to somebody already."))
        }
        Err(error) => Err(error.into()),
    }
}

/// Disconnects a provider. The last way to sign in stays.
#[utoipa::path(post, path = "/api/v1/auth/connections/remove", tag = "profile", responses((status = 204), (status = 404)))]
pub async fn remove_connection(
    State(auth): State<Auth>,
    origin: Origin,
    OwnMutation { mut caller, body: request, keyed }: OwnMutation<ChosenConnection>,
) -> Result<Reply, ApiError> {
    let provider = request.provider;
    let place = caller.user.connections.iter().position(|known| known.provider == provider);
    let place = place.ok_or_else(ApiError::not_found)?;
    let counted = auth.reauthenticate(&caller, request.password.as_ref(), "password", &origin).await?;
    let (user, reply) = (&mut caller.user, Reply::empty());
    let connection = user.connections.remove(place);
    let has_password = counted.sign_in().is_some_and(|sign_in| sign_in.password.is_some());
    let platform = auth.api.store.platform();
    if !has_password && user.connections.is_empty() {
        platform.forgive(&counted.address).await?;
        let detail = "This is the last way to sign in; set a password first.";
        return Err(ApiError::new(Code::WrongState, detail));
    }
    let change = UserChange {
        action: "user.disconnect",
        answer: keyed.answer(&reply),
        values: (json!({ "provider": provider }), json!(null)),
        disconnect: &[connection.key],
        forgive: true,
        mails: auth.sign_in_changed(user, SignInChange::ProviderDisconnected { provider }, &origin),
        ..UserChange::default()
    };
    auth.change_proved(&counted, user, &change, (caller.principal.actor(), &origin)).await?;
    Ok(reply)
}
