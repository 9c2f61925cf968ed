//! The sign-in page, the question for a code, and what comes after a sign-in.

use axum::{
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Delivery, Keyed, Origin, SignedIn, cookies};
use vestibule_pages::{Choice, Field, Form, Link, OwnPage, PageForm, invitation_path};

use super::{BEGIN_AGAIN, TO_SIGN_IN};
use crate::{
    Auth,
    sign_in::{
        begin::Asked,
        login::{self, Login},
        second_factor::give_code,
    },
};

/// Where the console begins.
pub(super) const CONSOLE: &str = "/home";

pub(super) fn form<'a>(auth: &'a Auth, email: &'a str) -> Form<'a> {
    let way =
        |name: &str| (format!("Continue with {}", label(name)), format!("/auth/social?provider={name}"));
    Form {
        title: "Sign in",
        action: "/",
        fields: vec![Field::email(email), Field::password()],
        button: "Sign in",
        ways: auth.providers.names().map(way).collect(),
        links: vec![
            Link { label: "I forgot my password", href: "/auth/forgot-password" },
            Link { label: "Mail me a link to sign in", href: "/auth/sign-in-link" },
            Link { label: "Make an account", href: "/auth/register" },
        ],
        bot: Some("login"),
        ..Form::default()
    }
}

/// A provider's name as people write it.
fn label(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Shows the sign-in. Whoever is signed in goes home, or sees who they are where this is home.
#[utoipa::path(get, path = "/", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn show_home(
    State(auth): State<Auth>,
    headers: HeaderMap,
    caller: Result<SignedIn, ApiError>,
) -> Response {
    // The console renews a session whose access token has ended, or takes the cookies of one that is over away.
    if caller.is_err() && &*auth.home == CONSOLE && cookies::find(&headers, cookies::REFRESH).is_some() {
        return Redirect::to(CONSOLE).into_response();
    }
    let Ok(caller) = caller else { return auth.pages.form(&form(&auth, "")) };
    if let Some(home) = elsewhere(&auth) {
        return Redirect::to(home).into_response();
    }
    let text =
        format!("You are signed in as {} with {}.", caller.user.name.as_str(), caller.user.email.as_str());
    let csrf = auth.api.csrf.token(caller.session.id);
    let leave = Choice { label: "Sign out".to_owned(), action: "/auth/sign-out", sends: ("csrf", &csrf) };
    auth.pages.choose("Welcome", &text, None, &[leave])
}

/// Where home is, unless it is this page itself.
fn elsewhere(auth: &Auth) -> Option<&str> {
    let home: &str = &auth.home;
    (home != "/" && home != &*auth.site && home != format!("{}/", auth.site)).then_some(home)
}

/// The form of the sign-in.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SignInForm {
    /// The address of the account.
    email: String,
    /// Its password.
    #[schema(value_type = String)]
    password: SecretString,
    /// The token of an invitation that the sign-in leads back to.
    #[schema(value_type = Option<String>)]
    invitation: Option<SecretString>,
    /// What the check for programs gave, where one is on.
    #[serde(default, alias = "cf-turnstile-response", alias = "h-captcha-response")]
    bot_token: Option<String>,
}

/// Signs in with a password, with cookies.
#[utoipa::path(post, path = "/", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn post_sign_in(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(sent): PageForm<SignInForm>,
) -> Response {
    let SignInForm { email, password, invitation, bot_token } = sent;
    let request = Login { email: email.clone(), password, bot_token, cookies: true };
    match login::sign_in(&auth, &request, &origin, (Delivery::Cookies, &Keyed::default())).await {
        Ok(signed_in) => back(&auth, &signed_in, invitation.as_ref()),
        Err(error) => {
            let token = invitation.as_ref().map(|token| ("invitation", token.expose_secret()));
            let form = Form { hidden: token.into_iter().collect(), ..form(&auth, &email) };
            auth.pages.refused(form, in_words(error, "Check the address and the password"))
        }
    }
}

/// What is wrong with a sign-in, in words for a page that asks for no code; `check` names what it asks for.
pub(super) fn in_words(error: ApiError, check: &str) -> ApiError {
    match error {
        ApiError::Problem { code: code @ Code::CredentialsInvalid, fields, .. } => {
            let detail = format!("{check}, or have a link mailed for a new one.");
            ApiError::Problem { code, detail, fields }
        }
        ApiError::Limited { quota, problem } => {
            ApiError::Limited { quota, problem: Box::new(in_words(*problem, check)) }
        }
        other => other,
    }
}

/// The way back to the invitation for which somebody signed in, or on.
fn back(auth: &Auth, signed_in: &Response, invitation: Option<&SecretString>) -> Response {
    let entered = entered_for(auth, signed_in, invitation);
    let Some(token) = invitation.filter(|_| entered.status() == StatusCode::SEE_OTHER) else {
        return entered;
    };
    let invitation = Redirect::to(&invitation_path(token.expose_secret())).into_response();
    with_cookies(invitation, signed_in)
}

/// What comes after a sign-in: the way home with its cookies, the question for a code, or word of a mail.
pub(crate) fn entered(auth: &Auth, signed_in: &Response) -> Response {
    entered_for(auth, signed_in, None)
}

fn entered_for(auth: &Auth, signed_in: &Response, invitation: Option<&SecretString>) -> Response {
    if let Some(Asked(ticket)) = signed_in.extensions().get() {
        return auth.pages.form(&code(ticket, invitation));
    }
    if signed_in.status() == StatusCode::ACCEPTED {
        let text = "Your provider does not vouch for your address. Follow the link in the mail we sent there, in this browser.";
        return with_cookies(auth.pages.done("Look into your mail", text, None), signed_in);
    }
    let welcome = if auth.home.starts_with('/') || auth.home.starts_with(&format!("{}/", auth.site)) {
        Redirect::to(&auth.home).into_response()
    } else {
        // Browsers hold a form's way to the page's own policy, and that knows no other site.
        auth.pages.done("You are signed in", "Welcome back.", Some(("Go on", &auth.home)))
    };
    with_cookies(welcome, signed_in)
}

pub(super) fn with_cookies(mut page: Response, signed_in: &Response) -> Response {
    for cookie in signed_in.headers().get_all(header::SET_COOKIE) {
        page.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    page
}

fn code<'a>(ticket: &'a str, invitation: Option<&'a SecretString>) -> Form<'a> {
    let back = invitation.map(|token| ("invitation", token.expose_secret()));
    Form {
        title: "One more step",
        action: "/auth/second-factor",
        hidden: [("ticket", ticket)].into_iter().chain(back).collect(),
        fields: vec![Field::code()],
        button: "Sign in",
        links: vec![TO_SIGN_IN],
        ..Form::default()
    }
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
    /// The token of an invitation that the sign-in leads back to.
    #[schema(value_type = Option<String>)]
    invitation: Option<SecretString>,
}

/// Finishes a sign-in with a code, with cookies.
#[utoipa::path(post, path = "/auth/second-factor", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn post_second_factor(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    PageForm(sent): PageForm<CodeForm>,
) -> Response {
    let given = (&sent.ticket, &sent.code);
    if let Ok(signed_in) = give_code(&auth, given, &origin, Delivery::Cookies, &Keyed::default()).await {
        return back(&auth, &signed_in, sent.invitation.as_ref());
    }
    let mut form = code(sent.ticket.expose_secret(), sent.invitation.as_ref());
    let problem = "This code was not accepted. Wait for the next one; after some minutes sign in anew.";
    form.fields[0].problem = Some(problem.to_owned());
    auth.pages.form_with(StatusCode::UNAUTHORIZED, &form)
}

/// A problem as a page.
pub(crate) fn told(auth: &Auth, error: ApiError) -> Response {
    auth.pages.told(error, BEGIN_AGAIN)
}
