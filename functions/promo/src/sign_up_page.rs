//! `GET /promo` and `POST /promo`: the form of a sign-up.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_adapters::bot_check::Action;
use vestibule_api::{Keyed, Origin};
use vestibule_pages::{Field, Form, OwnPage, PageForm};

use crate::{
    Promo,
    sign_up::{self, SignUpForPromo},
};

const TEXT: &str = "Leave your name and your address. If an account is made for you, an invitation comes by mail; nothing else does.";

fn form<'a>((name, email, company): (&'a str, &'a str, &'a str)) -> Form<'a> {
    Form {
        title: "Sign up",
        text: TEXT,
        action: "/promo",
        fields: vec![Field::name(name), Field::email(email), Field::company(company)],
        button: "Sign up",
        bot: Some(Action::PromoSignUp.as_str()),
        ..Form::default()
    }
}

/// Shows the form of a sign-up.
#[utoipa::path(get, path = "/promo", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_promo(State(promo): State<Promo>) -> Response {
    promo.pages.form(&form(("", "", "")))
}

/// The form of a sign-up.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PromoForm {
    /// How the person wants to be called.
    name: String,
    /// Their address.
    email: String,
    /// The company they are from; may be empty.
    #[serde(default)]
    company: String,
    /// What the check for programs gave, where one is on.
    #[serde(default, alias = "cf-turnstile-response", alias = "h-captcha-response")]
    bot_token: Option<String>,
}

/// Notes that somebody would like an account; the page is the same whether or not the address was noted before.
#[utoipa::path(post, path = "/promo", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_promo(
    State(promo): State<Promo>,
    _: OwnPage,
    origin: Origin,
    PageForm(PromoForm { name, email, company, bot_token }): PageForm<PromoForm>,
) -> Response {
    let given = Some(company.clone()).filter(|company| !company.trim().is_empty());
    let request = SignUpForPromo { email: email.clone(), name: name.clone(), company: given, bot_token };
    match sign_up::take(&promo, &request, &origin, &Keyed::default()).await {
        Ok(_) => promo.pages.done("You are signed up", sign_up::NOTED, None),
        Err(error) => promo.pages.refused(form((&name, &email, &company)), error),
    }
}
