//! The pages behind mailed links: `/auth/...`.
//!
//! A GET shows a page with a button and consumes nothing; only the button's POST does, and only
//! from our own page.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Delivery, Keyed, Origin};

use crate::{
    Auth,
    asker::Asker,
    attempt::given_password,
    email_change, magic_link,
    pages::ConfirmPage,
    password_reset,
    sign_in_pages::{LinkParams, OwnPage, PageForm, entered, told},
    verify_email,
};

/// Longest token put into a page.
const MAX_TOKEN: usize = 200;
const REFUSED: &str = "This password was not accepted. Try again; after several failures wait 15 minutes.";
const ELSEWHERE: &str = "Open the newest of these mails, in the browser in which you asked for it. \
                         If you did not ask, close this page.";

/// The query of a mailed link.
#[derive(Debug, Deserialize)]
pub struct LinkQuery {
    #[serde(default)]
    token: String,
}

/// The form of a page.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LinkForm {
    /// The link's token.
    #[schema(value_type = String)]
    token: SecretString,
    /// The password, on the pages that ask for one.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

fn confirm(auth: &Auth, query: &LinkQuery, title: &str, text: &str, action: &str, button: &str) -> Response {
    if query.token.is_empty() || query.token.len() > MAX_TOKEN {
        return auth.pages.expired(None);
    }
    auth.pages.confirm(&ConfirmPage { title, text, action, token: &query.token, button })
}

/// What became of a form: its page, the page for links that are no longer valid, or that of the problem.
fn ended(auth: &Auth, done: Result<Response, ApiError>) -> Response {
    match done {
        Ok(response) => response,
        Err(ApiError::Problem { code: Code::LinkInvalid, .. }) => auth.pages.expired(None),
        Err(error) => told(auth, error),
    }
}

/// Shows the button that makes an account.
#[utoipa::path(get, path = "/auth/verify-email", tag = "pages", params(("token" = String, Query)),
    responses((status = 200, content_type = "text/html")))]
pub async fn show_verify_email(
    State(auth): State<Auth>,
    LinkParams(query): LinkParams<LinkQuery>,
) -> Response {
    let text = "This makes your account. If you did not ask for one, close this page.";
    confirm(&auth, &query, "Confirm your address", text, "/auth/verify-email", "Confirm")
}

/// Makes the account.
#[utoipa::path(post, path = "/auth/verify-email", tag = "pages",
    request_body(content = LinkForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = 400, content_type = "text/html"),
        (status = 422, content_type = "text/html")))]
pub async fn post_verify_email(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let token = form.token.expose_secret();
    let asker = Asker::new(&headers, None, form.password.as_ref());
    let page =
        |_| auth.pages.done("Your account is ready", "You can sign in now.", Some(("Go on", &auth.home)));
    let done = verify_email::activate(&auth, token, asker, &origin, &Keyed::default()).await.map(page);
    asked_for(&auth, "/auth/verify-email", &form, done)
}

/// What became of a form that only the one who asked may send: asks for the password where nothing
/// else shows that it was them.
fn asked_for(auth: &Auth, action: &str, form: &LinkForm, done: Result<Response, ApiError>) -> Response {
    let problem = match &done {
        Err(ApiError::Limited { problem, .. }) => Some(problem.as_ref()),
        done => done.as_ref().err(),
    };
    let missing = match problem {
        Some(ApiError::Problem { code: Code::CredentialsInvalid, .. }) => Some("password"),
        Some(ApiError::Problem { fields, .. }) => fields.first().map(|field| field.field.as_str()),
        _ => None,
    };
    match missing {
        Some("password") => {
            let problem = form.password.as_ref().map(|_| REFUSED);
            auth.pages.own_password(action, form.token.expose_secret(), problem)
        }
        Some("receipt") => auth.pages.problem(StatusCode::UNPROCESSABLE_ENTITY, ELSEWHERE, None),
        _ => ended(auth, done),
    }
}

/// Shows the button that signs in.
#[utoipa::path(get, path = "/auth/magic-link", tag = "pages", params(("token" = String, Query)),
    responses((status = 200, content_type = "text/html")))]
pub async fn show_magic_link(State(auth): State<Auth>, LinkParams(query): LinkParams<LinkQuery>) -> Response {
    let text = "Sign in on this device. Only go on if you asked for this link yourself.";
    confirm(&auth, &query, "Sign in", text, "/auth/magic-link", "Sign in")
}

/// Signs in, with cookies.
#[utoipa::path(post, path = "/auth/magic-link", tag = "pages",
    request_body(content = LinkForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = 400, content_type = "text/html")))]
pub async fn post_magic_link(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let done =
        magic_link::follow(&auth, form.token.expose_secret(), &origin, Delivery::Cookies, &Keyed::default())
            .await;
    ended(&auth, done.map(|signed_in| entered(&auth, &signed_in)))
}

/// Shows the form for a new password.
#[utoipa::path(get, path = "/auth/reset-password", tag = "pages", params(("token" = String, Query)),
    responses((status = 200, content_type = "text/html")))]
pub async fn show_reset_password(
    State(auth): State<Auth>,
    LinkParams(query): LinkParams<LinkQuery>,
) -> Response {
    if query.token.is_empty() || query.token.len() > MAX_TOKEN {
        return auth.pages.expired(None);
    }
    auth.pages.new_password("/auth/reset-password", &query.token, None, auth.policy.min_length)
}

/// Sets the new password.
#[utoipa::path(post, path = "/auth/reset-password", tag = "pages",
    request_body(content = LinkForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = 400, content_type = "text/html"),
        (status = 422, content_type = "text/html")))]
pub async fn post_reset_password(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let token = form.token.expose_secret();
    let again = |problem: &str| {
        auth.pages.new_password("/auth/reset-password", token, Some(problem), auth.policy.min_length)
    };
    let done = match given_password("password", &form.password.unwrap_or_default()) {
        Ok(password) => password_reset::set_by_link(&auth, token, password, &origin, &Keyed::default()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => {
            let text = "It counts from now on, and all devices were signed out.";
            auth.pages.done("Your password was changed", text, Some(("Sign in", &auth.home)))
        }
        Err(ApiError::Problem { ref fields, .. }) if !fields.is_empty() => {
            again(fields.first().map_or("Choose another password.", |field| &field.detail))
        }
        Err(error) => ended(&auth, Err(error)),
    }
}

/// Shows the button that takes a new address.
#[utoipa::path(get, path = "/auth/confirm-email", tag = "pages", params(("token" = String, Query)),
    responses((status = 200, content_type = "text/html")))]
pub async fn show_confirm_email(
    State(auth): State<Auth>,
    LinkParams(query): LinkParams<LinkQuery>,
) -> Response {
    let text = "From now on you sign in with this address, and mails go to it. If you did not ask for that, close this page.";
    confirm(&auth, &query, "Use this address", text, "/auth/confirm-email", "Confirm")
}

/// Takes the new address.
#[utoipa::path(post, path = "/auth/confirm-email", tag = "pages",
    request_body(content = LinkForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = 400, content_type = "text/html"),
        (status = 422, content_type = "text/html")))]
pub async fn post_confirm_email(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let asker = Asker::new(&headers, None, form.password.as_ref());
    let text = "You sign in with the new address from now on. The old one was told.";
    let page = |_| auth.pages.done("Your address was changed", text, Some(("Go on", &auth.home)));
    let done = email_change::confirm(&auth, form.token.expose_secret(), asker, &origin, &Keyed::default())
        .await
        .map(page);
    asked_for(&auth, "/auth/confirm-email", &form, done)
}

/// Shows the button that brings the old address back.
#[utoipa::path(get, path = "/auth/undo-email", tag = "pages", params(("token" = String, Query)),
    responses((status = 200, content_type = "text/html")))]
pub async fn show_undo_email(State(auth): State<Auth>, LinkParams(query): LinkParams<LinkQuery>) -> Response {
    let text =
        "This gives your account its old address back, signs out all devices, and asks for a new password.";
    confirm(&auth, &query, "Undo the change of address", text, "/auth/undo-email", "Undo the change")
}

/// Brings the old address back.
#[utoipa::path(post, path = "/auth/undo-email", tag = "pages",
    request_body(content = LinkForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = 400, content_type = "text/html")))]
pub async fn post_undo_email(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let done = email_change::undo(&auth, form.token.expose_secret(), &origin, &Keyed::default()).await;
    let text = "All devices were signed out. A mail with a link for a new password is on its way.";
    let page = |_| auth.pages.done("Your address is the old one again", text, None);
    ended(&auth, done.map(page))
}
