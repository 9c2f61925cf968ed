//! The sign-in page of administrators of the platform, who may give their user name. No page leads here: for everybody else
//! there is nothing behind it.

use axum::{extract::State, response::Response};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{Delivery, Keyed, Origin};
use vestibule_pages::{Field, Form, Link, OwnPage, PageForm};

use super::sign_in::{entered, in_words};
use crate::{
    Auth,
    sign_in::admin_login::{AdminLogin, enter},
};

fn form(username: &str) -> Form<'_> {
    Form {
        title: "Sign in to the platform",
        text: "For administrators of the platform.",
        action: "/auth/admin",
        fields: vec![Field::user_name(username), Field::password()],
        button: "Sign in",
        links: vec![
            Link { label: "I forgot my password", href: "/auth/forgot-password" },
            Link { label: "Sign in to a business", href: "/" },
        ],
        bot: Some("login"),
        ..Form::default()
    }
}

/// The form of the sign-in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AdminSignInForm {
    /// The user name, or the address of the account.
    username: String,
    /// Its password.
    #[schema(value_type = String)]
    password: SecretString,
    /// What the check for programs gave, where one is on.
    #[serde(default, alias = "cf-turnstile-response", alias = "h-captcha-response")]
    bot_token: Option<String>,
}

/// Shows the sign-in of administrators of the platform.
#[utoipa::path(get, path = "/auth/admin", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_admin_sign_in(State(auth): State<Auth>) -> Response {
    auth.pages.form(&form(""))
}

/// Signs an administrator of the platform in, with cookies. What is wrong is not told, as at `POST /api/admin/login`.
#[utoipa::path(post, path = "/auth/admin", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn post_admin_sign_in(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(sent): PageForm<AdminSignInForm>,
) -> Response {
    let AdminSignInForm { username: typed, password, bot_token } = sent;
    // No user name has an `@`, and every address has one.
    let (username, email) =
        if typed.contains('@') { (None, Some(typed.clone())) } else { (Some(typed.clone()), None) };
    let request = AdminLogin { username, email, password, bot_token, cookies: true };
    match enter(&auth, &request, &origin, (Delivery::Cookies, &Keyed::default())).await {
        Ok(signed_in) => entered(&auth, &signed_in),
        Err(error) => {
            let error = in_words(error, "Check the user name or the address, and the password");
            auth.pages.refused(form(&typed), error)
        }
    }
}
