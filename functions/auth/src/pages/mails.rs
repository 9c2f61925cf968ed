//! The pages that have a link mailed: to sign in, or to set a new password.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_adapters::bot_check::Action;
use vestibule_api::{Keyed, Origin};
use vestibule_domain::IdentityMailKind;
use vestibule_pages::{Field, Form, OwnPage, PageForm};

use super::{TO_SIGN_IN, sign_in::with_cookies};
use crate::{Auth, mail_request::AskForMail};

/// What a page has mailed.
struct Wanted {
    title: &'static str,
    path: &'static str,
    button: &'static str,
    action: Action,
    mail: IdentityMailKind,
}

const NEW_PASSWORD: Wanted = Wanted {
    title: "Forgot your password?",
    path: "/auth/forgot-password",
    button: "Mail me a link for a new password",
    action: Action::ForgotPassword,
    mail: IdentityMailKind::ResetPassword,
};
const SIGN_IN_LINK: Wanted = Wanted {
    title: "Sign in by mail",
    path: "/auth/sign-in-link",
    button: "Mail me a link to sign in",
    action: Action::MagicLink,
    mail: IdentityMailKind::MagicLink,
};

fn form<'a>(wanted: &Wanted, email: &'a str) -> Form<'a> {
    let hint = "If the address has an account, a mail with a link is on its way in a moment.";
    Form {
        title: wanted.title,
        action: wanted.path,
        fields: vec![Field::email(email).hint(hint)],
        button: wanted.button,
        links: vec![TO_SIGN_IN],
        bot: Some(wanted.action.as_str()),
        ..Form::default()
    }
}

/// Word of a mail that is on its way, with the cookies of `answer`.
pub(super) fn sent(auth: &Auth, answer: Option<&Response>) -> Response {
    let text = "If the address fits, a mail is on its way. Follow the link in it, in this browser. \
                Nothing came? Look among unwanted mails, and whether the address was right.";
    let page = auth.pages.done("Look into your mail", text, Some(("Back to the sign-in", "/")));
    match answer {
        Some(answer) => with_cookies(page, answer),
        None => page,
    }
}

/// The form that asks for a mail.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MailForm {
    /// The address of the account.
    email: String,
    /// What the check for programs gave, where one is on.
    #[serde(default, alias = "cf-turnstile-response", alias = "h-captcha-response")]
    bot_token: Option<String>,
}

async fn ask(auth: &Auth, wanted: Wanted, origin: &Origin, sent_form: MailForm) -> Response {
    let MailForm { email, bot_token } = sent_form;
    let request = AskForMail { email: email.clone(), bot_token };
    let mail = wanted.mail.clone();
    match auth.ask_for_mail(&request, origin, wanted.action, mail, &Keyed::default()).await {
        Ok(_) => sent(auth, None),
        Err(error) => auth.pages.refused(form(&wanted, &email), error),
    }
}

/// Shows the form of somebody who forgot their password.
#[utoipa::path(get, path = "/auth/forgot-password", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_forgot_password(State(auth): State<Auth>) -> Response {
    auth.pages.form(&form(&NEW_PASSWORD, ""))
}

/// Has a link for a new password mailed, if the address has an account.
#[utoipa::path(post, path = "/auth/forgot-password", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_forgot_password(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<MailForm>,
) -> Response {
    ask(&auth, NEW_PASSWORD, &origin, form).await
}

/// Shows the form that asks for a link to sign in.
#[utoipa::path(get, path = "/auth/sign-in-link", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_sign_in_link(State(auth): State<Auth>) -> Response {
    auth.pages.form(&form(&SIGN_IN_LINK, ""))
}

/// Has a link to sign in mailed, if the address has an account.
#[utoipa::path(post, path = "/auth/sign-in-link", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn post_sign_in_link(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(form): PageForm<MailForm>,
) -> Response {
    ask(&auth, SIGN_IN_LINK, &origin, form).await
}
