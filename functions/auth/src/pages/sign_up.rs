//! The page for a new account.

use axum::{extract::State, response::Response};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{Keyed, Origin};
use vestibule_pages::{Field, Form, OwnPage, PageForm};

use super::{TO_SIGN_IN, mails::sent};
use crate::{
    Auth,
    sign_up::register::{self, Register},
};

fn form<'a>(auth: &Auth, name: &'a str, email: &'a str) -> Form<'a> {
    Form {
        title: "Make an account",
        action: "/auth/register",
        fields: vec![
            Field::name(name),
            Field::email(email),
            Field::new_password("Password", auth.policy.min_length),
        ],
        button: "Make the account",
        links: vec![TO_SIGN_IN],
        bot: Some("register"),
        ..Form::default()
    }
}

/// Shows the form for a new account.
#[utoipa::path(get, path = "/auth/register", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_register(State(auth): State<Auth>) -> Response {
    auth.pages.form(&form(&auth, "", ""))
}

/// The form for a new account.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RegisterForm {
    /// How the person wants to be called.
    name: String,
    /// The address; a link to it makes the account.
    email: String,
    /// The password.
    #[schema(value_type = String)]
    password: SecretString,
    /// What the check for programs gave, where one is on.
    #[serde(default, alias = "cf-turnstile-response", alias = "h-captcha-response")]
    bot_token: Option<String>,
}

/// Asks for an account: a mailed link makes it.
#[utoipa::path(post, path = "/auth/register", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_register(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(RegisterForm { name, email, password, bot_token }): PageForm<RegisterForm>,
) -> Response {
    let request = Register { email: email.clone(), password, name: name.clone(), bot_token };
    match register::ask(&auth, request, &origin, &Keyed::default()).await {
        Ok(answer) => sent(&auth, Some(&answer)),
        Err(error) => auth.pages.refused(form(&auth, &name, &email), error),
    }
}
