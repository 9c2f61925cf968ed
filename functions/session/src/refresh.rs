//! `POST /api/v1/auth/refresh`

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::request::Parts;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{
    ApiError, Delivery, Grant, Origin, TokensView, body, cookies, credentials::check_csrf, deliver, tokens,
};
use vestibule_auth::RefreshToken;
use vestibule_store::{Rotation, Standing};

use crate::Sessions;

/// The token to exchange; browsers leave it out and send their cookie.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token as it was handed out last.
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<SecretString>,
}

/// Exchanges a refresh token for new tokens. Repeating the request, even many times at once, gives
/// the same successor until that one is used; a token whose successor was used ends the session.
#[utoipa::path(post, path = "/api/v1/auth/refresh", tag = "sessions", request_body = Refresh,
    responses((status = 200, body = TokensView), (status = 400), (status = 401), (status = 403), (status = 413), (status = 422)))]
pub async fn refresh(State(state): State<Sessions>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let sent: Refresh = body::read_json(&parts.headers, body).await?;
    let (token, delivery) = read(&state, &parts, sent)?;
    match exchange(&state, &parts, &token, delivery).await {
        // A browser whose session is over gets rid of its cookies.
        Err(error) if delivery == Delivery::Cookies => {
            let mut response = error.into_response();
            if response.status() == http::StatusCode::UNAUTHORIZED {
                tokens::forget_cookies(&mut response);
            }
            Ok(response)
        }
        answer => answer,
    }
}

fn read(state: &Sessions, parts: &Parts, sent: Refresh) -> Result<(RefreshToken, Delivery), ApiError> {
    let parse = |text: &str| RefreshToken::parse(text).map_err(|_| ended());
    if let Some(token) = sent.refresh_token {
        return Ok((parse(token.expose_secret())?, Delivery::Body));
    }
    let token = parse(cookies::find(&parts.headers, cookies::REFRESH).ok_or_else(missing)?)?;
    check_csrf(parts, &state.api, token.session)?;
    Ok((token, Delivery::Cookies))
}

async fn exchange(
    state: &Sessions,
    parts: &Parts,
    token: &RefreshToken,
    delivery: Delivery,
) -> Result<Response, ApiError> {
    let (api, origin) = (&state.api, Origin::of(parts));
    let (platform, now, actor) = (api.store.platform(), api.world.now(), origin.stranger());
    let Rotation::Next(next) = platform.rotate(token, &actor, &api.world).await? else {
        return Err(ended());
    };
    let (successor, family) = *next;
    let Standing::Good(tenant) = platform.standing(token.user, &family, now).await? else {
        let session = (token.user, token.session, family.tenant);
        let ended_now = platform.end_family(session, "session.end", &actor, None, &api.world).await;
        if let Err(error) = ended_now {
            tracing::info!(%error, "the session had ended already");
        }
        return Err(ended());
    };
    let grant = Grant { user: token.user, session: token.session, tenant, ends: family.expires };
    deliver(api, &state.signer, &grant, Some(&successor), delivery).await
}

fn missing() -> ApiError {
    let detail = "No refresh token came along. Send it as `refreshToken`; a browser without its cookie signs in again.";
    ApiError::new(vestibule_api::Code::Unauthenticated, detail)
}

fn ended() -> ApiError {
    ApiError::new(vestibule_api::Code::Unauthenticated, "The session is over. Sign in again.")
}
