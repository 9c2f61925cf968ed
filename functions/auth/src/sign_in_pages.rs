//! The pages of a sign-in in a browser: the form that asks for a mail (`/`), the question for a code,
//! and what comes after a sign-in.

use axum::{
    extract::{Form, FromRequest, FromRequestParts, Query, Request, State},
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header, request::Parts};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::ToSchema;
use vestibule_adapters::bot_check::Action;
use vestibule_api::{ApiError, Delivery, Keyed, Origin, site::check_sender};
use vestibule_domain::IdentityMailKind;

use crate::{Auth, begin::Asked, mail_request::AskForMail, second_factor::give_code};

/// The form of one of our pages. One that cannot be read, such as one with a field twice, is told as a page.
#[derive(Debug)]
pub struct PageForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Auth> for PageForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, Response> {
        let form = Form::<T>::from_request(request, auth).await;
        let text = "Open the page and use its form.";
        let refused = |_| auth.pages.problem(StatusCode::BAD_REQUEST, text, Some(("Begin again", "/")));
        form.map(|Form(form)| Self(form)).map_err(refused)
    }
}

/// The query of one of our pages. One that cannot be read, such as one with a field twice, is told as a page.
#[derive(Debug)]
pub struct LinkParams<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Auth> for LinkParams<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Response> {
        let text = "This address was changed on its way. Open the link as it was sent, or begin again.";
        let refused = |_| auth.pages.problem(StatusCode::BAD_REQUEST, text, Some(("Begin again", "/")));
        Query::<T>::try_from_uri(&parts.uri).map(|Query(query)| Self(query)).map_err(refused)
    }
}

/// Proof that a form was sent by our own page: browsers say so themselves.
#[derive(Debug)]
pub struct OwnPage;

impl FromRequestParts<Auth> for OwnPage {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, ApiError> {
        check_sender(&parts.headers, &auth.site).map(|()| Self)
    }
}

/// The page after a sign-in: with its cookies, the question for a code, or word of a mail.
pub(crate) fn entered(auth: &Auth, signed_in: &Response) -> Response {
    if let Some(Asked(ticket)) = signed_in.extensions().get() {
        return auth.pages.code("/auth/second-factor", ticket, None);
    }
    if signed_in.status() == StatusCode::ACCEPTED {
        let text = "Your provider does not vouch for your address. Follow the link in the mail we sent there, in this browser.";
        return with_cookies(auth.pages.done("Look into your mail", text, None), signed_in);
    }
    let page = auth.pages.done("You are signed in", "Welcome back.", Some(("Go on", &auth.home)));
    with_cookies(page, signed_in)
}

fn with_cookies(mut page: Response, signed_in: &Response) -> Response {
    for cookie in signed_in.headers().get_all(header::SET_COOKIE) {
        page.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    page
}

/// The form that asks for a code.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CodeForm {
    /// The ticket of the first step.
    #[schema(value_type = String)]
    ticket: SecretString,
    /// Six digits, or a recovery code.
    #[schema(value_type = String)]
    code: SecretString,
}

/// Finishes a sign-in with a code, with cookies.
#[utoipa::path(post, path = "/auth/second-factor", tag = "pages",
    request_body(content = CodeForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = 401, content_type = "text/html")))]
pub async fn post_second_factor(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<CodeForm>,
) -> Response {
    let done =
        give_code(&auth, (&form.ticket, &form.code), &origin, Delivery::Cookies, &Keyed::default()).await;
    if let Ok(signed_in) = done {
        return entered(&auth, &signed_in);
    }
    let problem = "This code was not accepted. Wait for the next one; after some minutes sign in anew.";
    auth.pages.code("/auth/second-factor", form.ticket.expose_secret(), Some(problem))
}

/// Shows a form that asks for a mail: where the buttons of notices lead.
#[utoipa::path(get, path = "/", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_home(State(auth): State<Auth>) -> Response {
    auth.pages.ask("/")
}

/// The form that asks for a mail.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AskForm {
    /// The address of the account.
    email: String,
    /// `magic-link` or `reset-password`.
    mail: String,
}

/// Has a link mailed, if the address has an account.
#[utoipa::path(post, path = "/", tag = "pages",
    request_body(content = AskForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, content_type = "text/html"), (status = "4XX", content_type = "text/html")))]
pub async fn post_ask(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<AskForm>,
) -> Response {
    let request = AskForMail { email: form.email, bot_token: None };
    let (action, kind) = match form.mail.as_str() {
        "reset-password" => (Action::ForgotPassword, IdentityMailKind::ResetPassword),
        _ => (Action::MagicLink, IdentityMailKind::MagicLink),
    };
    match auth.ask_for_mail(&request, &origin, action, kind, &Keyed::default()).await {
        Ok(_) => {
            let text = "If the address has an account, a mail is on its way. Follow the link in it.";
            auth.pages.done("Look into your mail", text, None)
        }
        Err(error) => told(&auth, error),
    }
}

/// A problem as a page.
pub(crate) fn told(auth: &Auth, error: ApiError) -> Response {
    let text = match &error {
        ApiError::Problem { detail, .. } => detail.clone(),
        ApiError::Limited { .. } => "Too many requests. Wait a minute and try again.".to_owned(),
        _ => "Something went wrong on our side. Try again in a moment.".to_owned(),
    };
    let status = error.into_response().status();
    auth.pages.problem(status, &text, Some(("Begin again", "/")))
}
