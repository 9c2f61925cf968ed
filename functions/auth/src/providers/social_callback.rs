//! `GET /auth/social/{provider}`: the way back from a provider, in a browser.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_api::{ApiError, ApiPath, Delivery, Keyed, Origin, SignedIn, cookies};

use crate::{
    Auth,
    pages::sign_in::{entered, told},
    providers::connections,
    providers::provider_walk::Back,
    providers::social_login::SIGN_IN,
    sign_in::attempt::Group,
};

/// The query of the way back from a provider. Anything else in it is left alone.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackQuery {
    /// What the provider gave.
    #[serde(default)]
    code: String,
    /// What was given to the provider.
    #[serde(default)]
    state: String,
    /// Why there is no code.
    error: Option<String>,
}

/// The way back from a provider, in the browser that began: signs in with cookies and goes home, or
/// connects the account to the person who is signed in, if that is what was begun.
#[utoipa::path(get, path = "/auth/social/{provider}", tag = "pages",
    responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn social_callback(
    State(auth): State<Auth>,
    ApiPath(provider): ApiPath<String>,
    query: Result<Query<CallbackQuery>, QueryRejection>,
    headers: HeaderMap,
    origin: Origin,
    caller: Result<SignedIn, ApiError>,
) -> Response {
    // A query that says the same thing twice says nothing.
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let sealed = cookies::find(&headers, cookies::SOCIAL).unwrap_or_default();
    let back = Back { provider: &provider, code: &query.code, state: &query.state, sealed };
    let done = come_back(&auth, (back, query.error.as_deref()), &origin, caller.ok()).await;
    let mut response = done.unwrap_or_else(|error| told(&auth, error));
    cookies::forget(&mut response, cookies::SOCIAL);
    response
}

async fn come_back(
    auth: &Auth,
    (back, error): (Back<'_>, Option<&str>),
    origin: &Origin,
    caller: Option<SignedIn>,
) -> Result<Response, ApiError> {
    let quota = auth.admit(Group::SignIn, origin).await?;
    if let Some(error) = error {
        let connecting = caller.map(|caller| connections::purpose(&caller.user)).unwrap_or_default();
        return Err(auth.turned_away(back, &[SIGN_IN, &connecting], error).await);
    }
    if let Some(caller) = caller
        && auth.began_connection(back, &caller.user).await
    {
        connections::connect(auth, caller, back, origin, &Keyed::default()).await?;
        return Ok(auth.pages.done(
            "Connected",
            "You can sign in with it from now on.",
            Some(("Go on", &auth.home)),
        ));
    }
    let signed_in = auth.finish_social(back, origin, (Delivery::Cookies, &Keyed::default()), quota).await?;
    let mut response = entered(auth, &signed_in);
    if signed_in.status() == StatusCode::OK && signed_in.headers().contains_key(header::SET_COOKIE) {
        *response.status_mut() = StatusCode::SEE_OTHER;
        if let Ok(home) = http::HeaderValue::from_str(&auth.home) {
            response.headers_mut().insert(header::LOCATION, home);
        }
    }
    Ok(response)
}
