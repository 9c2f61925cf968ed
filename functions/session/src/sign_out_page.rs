//! `POST /auth/sign-out`: the button of a page.

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, header::SET_COOKIE, request::Parts};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Keyed};
use vestibule_pages::{OwnPage, PageForm, invitation_path};

use crate::{
    Sessions,
    logout::{Which, leave},
};

/// The button's form.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SignOutForm {
    /// The session's CSRF token.
    csrf: String,
    /// The token of an invitation that comes next, for somebody else.
    invitation: Option<String>,
}

/// Signs out of this browser; leads on to an invitation that is for somebody else.
#[utoipa::path(post, path = "/auth/sign-out", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn post_sign_out(
    State(state): State<Sessions>,
    _: OwnPage,
    mut parts: Parts,
    PageForm(form): PageForm<SignOutForm>,
) -> Response {
    let next = Some(("Sign in", "/"));
    // What no browser can send is the token of no session.
    let csrf = HeaderValue::try_from(form.csrf).unwrap_or(HeaderValue::from_static("-"));
    parts.headers.insert("x-csrf-token", csrf);
    match leave(&state.api, &parts, (Which::This, None), &Keyed::default()).await {
        Ok(left) => {
            let mut page = match &form.invitation {
                Some(token) => Redirect::to(&invitation_path(token)).into_response(),
                None => state.pages.done("You are signed out", "This browser's session has ended.", next),
            };
            for cookie in left.headers().get_all(SET_COOKIE) {
                page.headers_mut().append(SET_COOKIE, cookie.clone());
            }
            page
        }
        // Whoever has no session is out already.
        Err(ApiError::Problem { code: Code::Unauthenticated, .. }) => {
            state.pages.done("You are signed out", "This browser has no session here.", next)
        }
        Err(ApiError::Problem { code: code @ Code::CsrfInvalid, .. }) => {
            let detail = "This page is of an earlier session. Nothing was ended: open the start page and sign out there.";
            state.pages.told(ApiError::new(code, detail), Some(("To the start page", "/")))
        }
        Err(error) => state.pages.told(error, next),
    }
}
