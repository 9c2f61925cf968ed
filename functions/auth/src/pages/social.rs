//! The way to an outside provider, from a page.

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_api::{ApiError, Origin};
use vestibule_pages::{OwnPage, PageParams};

use super::sign_in::told;
use crate::{
    Auth,
    providers::{provider_walk::remember, social_login::SIGN_IN},
    sign_in::attempt::Group,
};

/// Which provider.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProviderQuery {
    /// The provider's name in the deployment's settings.
    provider: String,
}

/// Sends the browser to a provider, to sign in there. A link and no form: browsers hold a form's way to the page's own
/// policy, and that knows no provider.
#[utoipa::path(get, path = "/auth/social", tag = "pages", responses((status = 303)))]
pub async fn go_to_provider(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageParams(query): PageParams<ProviderQuery>,
) -> Response {
    match begin(&auth, &query.provider, &origin).await {
        Ok(response) => response,
        Err(error) => told(&auth, error),
    }
}

async fn begin(auth: &Auth, provider: &str, origin: &Origin) -> Result<Response, ApiError> {
    auth.admit(Group::SignIn, origin).await?;
    let (url, attempt) = auth.begin_at(provider, SIGN_IN).await?;
    let mut response = Redirect::to(&url).into_response();
    remember(&mut response, &attempt);
    Ok(response)
}
