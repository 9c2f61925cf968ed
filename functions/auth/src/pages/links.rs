//! The pages behind mailed links: `/auth/...`.
//!
//! A GET shows a page with a button and consumes nothing; only the button's POST does, and only
//! from our own page.

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{ApiError, Code, Delivery, Keyed, Origin};
use vestibule_pages::{Field, Form, OwnPage, PageForm, PageParams};

use super::sign_in::{entered, told};
use crate::{
    Auth,
    account::{email_change, password_reset},
    sign_in::{attempt::given_password, magic_link},
    sign_up::{asker::Asker, verify_email},
};

/// Longest token put into a page.
const MAX_TOKEN: usize = 200;
const SIGN_IN: Option<(&str, &str)> = Some(("Sign in", "/"));
const REFUSED: &str = "This password was not accepted. Try again; after several failures wait 15 minutes.";
const ELSEWHERE: &str = "Open the newest of these mails, in the browser in which you asked for it. \
                         If you did not ask, close this page.";

/// The query of a mailed link.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinkQuery {
    /// The token of the mailed link.
    #[serde(default)]
    #[param(max_length = 200)]
    token: String,
}

/// The query of a link that sets a password.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PasswordQuery {
    /// The token of the mailed link.
    #[serde(default)]
    #[param(max_length = 200)]
    token: String,
    /// `1` in the mail of an account that never had a password: the page says so in its words, and nothing else.
    #[serde(default)]
    #[param(pattern = "^1?$")]
    first: String,
}

impl LinkQuery {
    /// The token; nothing that is too long for one.
    pub(super) fn token(&self) -> &str {
        if self.token.len() > MAX_TOKEN { "" } else { &self.token }
    }
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
    /// `1` where it is the first password.
    #[serde(default)]
    #[schema(pattern = "^1?$")]
    first: String,
}

impl LinkForm {
    /// The link's token.
    pub(super) fn into_token(self) -> SecretString {
        self.token
    }
}

/// A page that asks for one click before something is done: opening it does nothing.
pub(super) fn click<'a>(
    text: &'a str,
    (title, action, button): (&'a str, &'a str, &'a str),
    token: &'a str,
) -> Form<'a> {
    Form { title, text, action, hidden: vec![("token", token)], button, ..Form::default() }
}

/// The page for a new password, or for the first one.
fn new_password<'a>(auth: &Auth, token: &'a str, first: bool) -> Form<'a> {
    let (title, text, label, button) = if first {
        let text = "Your account waits for it. That you followed the link shows that the address is yours.";
        ("Choose your password", text, "Password", "Choose this password")
    } else {
        ("Set a new password", "", "New password", "Set the new password")
    };
    let mut hidden = vec![("token", token)];
    hidden.extend(first.then_some(("first", "1")));
    Form {
        title,
        text,
        action: "/auth/reset-password",
        hidden,
        fields: vec![Field::new_password(label, auth.policy.min_length)],
        button,
        ..Form::default()
    }
}

/// The page that asks for the account's own password, because nothing shows who asked.
fn own_password<'a>(action: &'a str, token: &'a str) -> Form<'a> {
    Form {
        title: "Was it you who asked?",
        text: "Nothing on this device shows that it was you who asked for this. Type the password of your account. \
               If you did not ask, close this page: somebody else gave your address.",
        action,
        hidden: vec![("token", token)],
        fields: vec![Field::password().hint("For a new account, the one you chose when you asked for it.")],
        button: "Confirm",
        ..Form::default()
    }
}

fn show(auth: &Auth, query: &LinkQuery, form: impl FnOnce(&str) -> Form<'_>) -> Response {
    if query.token.is_empty() || query.token.len() > MAX_TOKEN {
        return auth.pages.expired(None);
    }
    auth.pages.form(&form(&query.token))
}

/// The pages that mailed links lead to: operation, path, title, button, and what the button does.
macro_rules! shown {
    ($($(#[$doc:meta])+ $operation:ident $path:literal $title:literal $button:literal $text:literal;)+) => {$(
        $(#[$doc])+
        #[utoipa::path(get, path = $path, tag = "pages", responses((status = 200, content_type = "text/html")))]
        pub async fn $operation(State(auth): State<Auth>, PageParams(query): PageParams<LinkQuery>) -> Response {
            show(&auth, &query, |token| click($text, ($title, $path, $button), token))
        }
    )+};
}

shown! {
    /// Shows the button that makes an account.
    show_verify_email "/auth/verify-email" "Confirm your address" "Confirm"
        "This makes your account. If you did not ask for one, close this page.";
    /// Shows the button that signs in.
    show_magic_link "/auth/magic-link" "Sign in" "Sign in"
        "Sign in on this device. Only go on if you asked for this link yourself.";
    /// Shows the button that takes a new address.
    show_confirm_email "/auth/confirm-email" "Use this address" "Confirm"
        "From now on you sign in with this address, and mails go to it. If you did not ask for that, close this page.";
    /// Shows the button that brings the old address back.
    show_undo_email "/auth/undo-email" "Undo the change of address" "Undo the change"
        "This gives your account its old address back, signs out all devices, and asks for a new password.";
}

/// Shows the form for a new password, or for the first one.
#[utoipa::path(get, path = "/auth/reset-password", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_reset_password(
    State(auth): State<Auth>,
    PageParams(PasswordQuery { token, first }): PageParams<PasswordQuery>,
) -> Response {
    show(&auth, &LinkQuery { token }, |token| new_password(&auth, token, first == "1"))
}

/// What became of a form: its page, the page for links that are no longer valid, or that of the problem.
fn ended(auth: &Auth, done: Result<Response, ApiError>) -> Response {
    match done {
        Ok(response) => response,
        Err(ApiError::Problem { code: Code::LinkInvalid, .. }) => auth.pages.expired(None),
        Err(error) => told(auth, error),
    }
}

/// Makes the account.
#[utoipa::path(post, path = "/auth/verify-email", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_verify_email(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    headers: HeaderMap,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let token = form.token.expose_secret();
    let asker = Asker::new(&headers, None, form.password.as_ref());
    let page = |_| auth.pages.done("Your account is ready", "You can sign in now.", SIGN_IN);
    let done = verify_email::activate(&auth, token, asker, &origin, &Keyed::default()).await.map(page);
    asked_for(&auth, "/auth/verify-email", &form, done)
}

fn first_field(error: &ApiError) -> String {
    match error {
        ApiError::Problem { fields, .. } if !fields.is_empty() => fields[0].detail.clone(),
        _ => "Choose another password.".to_owned(),
    }
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
            let mut page = own_password(action, form.token.expose_secret());
            if form.password.is_none() {
                return auth.pages.form(&page);
            }
            page.fields[0].problem = Some(REFUSED.to_owned());
            auth.pages.form_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Some("receipt") => auth.pages.problem(StatusCode::UNPROCESSABLE_ENTITY, ELSEWHERE, None),
        _ => ended(auth, done),
    }
}

/// Signs in, with cookies.
#[utoipa::path(post, path = "/auth/magic-link", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
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

/// Sets the password.
#[utoipa::path(post, path = "/auth/reset-password", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_reset_password(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<LinkForm>,
) -> Response {
    let (token, first) = (form.token.expose_secret(), form.first == "1");
    let done = match given_password("password", &form.password.unwrap_or_default()) {
        Ok(password) => password_reset::set_by_link(&auth, token, password, &origin, &Keyed::default()).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) if first => auth.pages.done("Your password is set", "You can sign in with it now.", SIGN_IN),
        Ok(_) => {
            let text = "It counts from now on, and all devices were signed out.";
            auth.pages.done("Your password was changed", text, SIGN_IN)
        }
        Err(error @ ApiError::Problem { code: Code::Invalid | Code::BodyInvalid, .. }) => {
            let mut page = new_password(&auth, token, first);
            page.fields[0].problem = Some(first_field(&error));
            auth.pages.form_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => ended(&auth, Err(error)),
    }
}

/// Takes the new address.
#[utoipa::path(post, path = "/auth/confirm-email", tag = "pages", responses((status = 200, content_type = "text/html")))]
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

/// Brings the old address back.
#[utoipa::path(post, path = "/auth/undo-email", tag = "pages", responses((status = 200, content_type = "text/html")))]
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
