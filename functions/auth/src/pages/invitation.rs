//! The page behind an invitation's link: who invites to what, until when, and the way to join with a new account or with the one
//! that there is.

use axum::{
    extract::{FromRequestParts as _, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use utoipa::ToSchema;
use vestibule_api::{ApiError, Code, Delivery, Keyed, Origin, SignedIn};
use vestibule_auth::InvitationToken;
use vestibule_domain::{Email, UserId};
use vestibule_pages::{Field, Form, Link, OwnPage, PageForm, PageParams, invitation_path};
use vestibule_store::{Basis, FoundInvitation, InvitationPeople};

use super::{
    TO_SIGN_IN,
    declining::DECLINE,
    links::LinkQuery,
    sign_in::{CONSOLE, entered, told, with_cookies},
};
use crate::{
    Auth,
    invitations::{
        InvitationLink, accept,
        sign_up::{self, SignUpInvited},
    },
    sign_in::{attempt::Group, begin::Proof},
};

/// The form of the page.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InvitationForm {
    /// The link's token.
    #[schema(value_type = String)]
    token: SecretString,
    /// Of somebody signed in: the session's CSRF token.
    csrf: Option<String>,
    /// Of a new account: how the person wants to be called.
    name: Option<String>,
    /// Of a new account: the password.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

/// What an invitation says.
fn words(found: &FoundInvitation, people: &InvitationPeople) -> String {
    let by = people.inviter.as_ref().map_or("Somebody of the team", |name| name.as_str());
    let roles: Vec<_> =
        found.invitation.roles.iter().map(|role| role.as_str().replace(['_', '-'], " ")).collect();
    format!(
        "{by} invites you to join {}, as {}. The invitation is for {} and can be accepted until {}.",
        found.tenant.name,
        roles.join(", "),
        found.invitation.email.as_str(),
        moment(found.invitation.expires),
    )
}

/// As the pages of the console write it.
fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Shows an invitation. Nothing is used up.
#[utoipa::path(get, path = "/auth/invitation", tag = "pages", responses((status = 200, content_type = "text/html")))]
pub async fn show_invitation(
    State(auth): State<Auth>,
    origin: Origin,
    headers: HeaderMap,
    caller: Result<SignedIn, ApiError>,
    PageParams(query): PageParams<LinkQuery>,
) -> Response {
    if caller.is_err() && headers.get("sec-fetch-site").is_some_and(|site| site.as_bytes() == b"cross-site") {
        return once_more(&auth, &query);
    }
    let token = SecretString::from(query.token().to_owned());
    match open(&auth, &token, &origin).await {
        Ok(opened) => offer(&auth, &opened, query.token(), caller.ok().as_ref()),
        Err(error) => over(&auth, &token, caller.ok().map(|caller| caller.user.id), error).await,
    }
}

/// The invitation of a link, and its people.
async fn open(
    auth: &Auth,
    token: &SecretString,
    origin: &Origin,
) -> Result<(FoundInvitation, InvitationPeople), ApiError> {
    let (found, _) = auth.open_invitation(token, origin, &Keyed::default()).await?;
    let people = auth.api.store.platform().find_invitation_people(&found).await?;
    Ok((found, people))
}

/// A browser that comes from a mail program sends no cookies of ours: it loads the page once more, from here.
fn once_more(auth: &Auth, query: &LinkQuery) -> Response {
    let href = invitation_path(query.token());
    let mut page =
        auth.pages.done("One moment", "Your invitation is being opened.", Some(("Open it", &href)));
    if let Ok(refresh) = HeaderValue::try_from(format!("0; url={href}")) {
        page.headers_mut().insert(header::REFRESH, refresh);
    }
    page
}

fn offer(
    auth: &Auth,
    (found, people): &(FoundInvitation, InvitationPeople),
    token: &str,
    caller: Option<&SignedIn>,
) -> Response {
    let text = words(found, people);
    let title = format!("Join {}", found.tenant.name);
    let away = format!("{DECLINE}?token={token}");
    let decline = Link { label: "I do not want to join", href: &away };
    let Some(caller) = caller else {
        return auth.pages.form(&match people.account {
            None => new_account(auth, (&title, &text), token, "", decline),
            Some(_) => known_account(auth, (&title, &text), token, &found.invitation.email, decline),
        });
    };
    let csrf = auth.api.csrf.token(caller.session.id);
    if people.account != Some(caller.user.id) {
        let text = format!(
            "{text} You are signed in as {}: sign out first. Then this page comes again.",
            caller.user.email.as_str()
        );
        let hidden = vec![("invitation", token), ("csrf", csrf.as_str())];
        let (title, text, action, button) = (&*title, &*text, "/auth/sign-out", "Sign out");
        return auth.pages.form(&Form { title, text, action, hidden, button, ..Form::default() });
    }
    let hidden = vec![("token", token), ("csrf", csrf.as_str())];
    let (title, text, action, links) = (title.as_str(), text.as_str(), "/auth/invitation", vec![decline]);
    auth.pages.form(&Form { title, text, action, hidden, button: "Join", links, ..Form::default() })
}

fn new_account<'a>(
    auth: &Auth,
    (title, text): (&'a str, &'a str),
    token: &'a str,
    name: &'a str,
    decline: Link<'a>,
) -> Form<'a> {
    Form {
        title,
        text,
        action: "/auth/invitation",
        hidden: vec![("token", token)],
        fields: vec![Field::name(name), Field::new_password("Password", auth.policy.min_length)],
        button: "Make the account and join",
        links: vec![decline],
        ..Form::default()
    }
}

/// The sign-in, which leads back to the invitation.
fn known_account<'a>(
    auth: &'a Auth,
    (title, text): (&'a str, &'a str),
    token: &'a str,
    email: &'a Email,
    decline: Link<'a>,
) -> Form<'a> {
    let form = super::sign_in::form(auth, email.as_str());
    Form {
        title,
        text,
        hidden: vec![("invitation", token)],
        button: "Sign in to join",
        links: vec![decline, TO_SIGN_IN],
        ..form
    }
}

/// Joins: with a new account, or with that of whoever is signed in. What follows is the organization's home.
#[utoipa::path(post, path = "/auth/invitation", tag = "pages", responses((status = 200, content_type = "text/html"), (status = 303)))]
pub async fn post_invitation(
    State(auth): State<Auth>,
    _: OwnPage,
    origin: Origin,
    mut parts: Parts,
    PageForm(form): PageForm<InvitationForm>,
) -> Response {
    let InvitationForm { token, csrf, name, password } = form;
    if let (Some(name), Some(password)) = (name, password) {
        let body = SignUpInvited { token, name, password };
        return match Box::pin(enter(&auth, &body, &origin)).await {
            Ok(response) => welcome(&auth, &response),
            Err(error) => again(&auth, &body, &origin, error).await,
        };
    }
    // What no browser can send is the token of no session.
    let csrf = HeaderValue::try_from(csrf.unwrap_or_default()).unwrap_or(HeaderValue::from_static("-"));
    parts.headers.insert("x-csrf-token", csrf);
    let caller = match SignedIn::from_request_parts(&mut parts, &auth).await {
        Ok(caller) => caller,
        Err(error) => return ended(&auth, error),
    };
    let (user, link, keyed) = (caller.user.id, InvitationLink { token }, Keyed::default());
    match Box::pin(accept::join(&auth, caller, &link, &origin, (Delivery::Cookies, &keyed))).await {
        Ok(response) => welcome(&auth, &response),
        Err(error) => over(&auth, &link.token, Some(user), error).await,
    }
}

/// The way home, which greets whoever joined where home is the console.
fn welcome(auth: &Auth, joined: &Response) -> Response {
    let entered = entered(auth, joined);
    if entered.headers().get(header::LOCATION).is_none_or(|home| home != CONSOLE) {
        return entered;
    }
    with_cookies(Redirect::to(&format!("{CONSOLE}?done=joined")).into_response(), joined)
}

/// Makes the account, joins, and signs in.
async fn enter(auth: &Auth, body: &SignUpInvited, origin: &Origin) -> Result<Response, ApiError> {
    let (_, user) = sign_up::join(auth, body, origin, &Keyed::default()).await?;
    let quota = auth.admit(Group::SignIn, origin).await?;
    let counted = auth.count(&user.email, Basis::Proof, quota).await?;
    let sign_in = counted.sign_in().ok_or_else(ApiError::credentials)?;
    let proof = Proof::new((user.id, user.epoch), &counted, &user.email, sign_in, "invitation");
    auth.begin(&proof, origin, Delivery::Cookies, &counted).await
}

/// The form again with what is wrong with it; the page of the problem when it is about the invitation.
async fn again(auth: &Auth, body: &SignUpInvited, origin: &Origin, error: ApiError) -> Response {
    if !matches!(error, ApiError::Problem { code: Code::Invalid | Code::BodyInvalid, .. }) {
        return ended(auth, error);
    }
    let (found, people) = match open(auth, &body.token, origin).await {
        Ok(opened) => opened,
        Err(error) => return ended(auth, error),
    };
    let (title, text) = (format!("Join {}", found.tenant.name), words(&found, &people));
    let token = body.token.expose_secret();
    let away = format!("{DECLINE}?token={token}");
    let decline = Link { label: "I do not want to join", href: &away };
    auth.pages.refused(new_account(auth, (&title, &text), token, &body.name, decline), error)
}

/// The page of a link that does not work. Whoever joined by it is led to the organization; everybody else gets the page of the
/// problem.
async fn over(auth: &Auth, token: &SecretString, user: Option<UserId>, error: ApiError) -> Response {
    let is_over = matches!(error, ApiError::Problem { code: Code::InvitationOver, .. });
    let link = InvitationToken::parse(token.expose_secret()).ok().zip(user).filter(|_| is_over);
    let Some((token, user)) = link else { return ended(auth, error) };
    match auth.api.store.platform().find_joined(&token, user).await {
        Ok(Some(tenant)) => {
            let (title, text) = (format!("You already joined {}", tenant.name), "Your invitation is used.");
            // The console asks first where another organization is worked in.
            let there = format!("/t/{}", tenant.slug);
            let there = if &*auth.home == CONSOLE { &there } else { &*auth.home };
            auth.pages.done(&title, text, Some((&format!("Go to {}", tenant.name), there)))
        }
        Ok(None) => ended(auth, error),
        Err(fault) => ended(auth, fault.into()),
    }
}

/// The page of a problem.
pub(super) fn ended(auth: &Auth, error: ApiError) -> Response {
    match error {
        ApiError::Problem { code: Code::InvitationOver, detail, .. } => {
            auth.pages.problem(StatusCode::GONE, &detail, Some(("To the start page", "/")))
        }
        ApiError::Problem { code: code @ (Code::Unauthenticated | Code::CsrfInvalid), .. } => {
            let detail = "Sign in with the account of this address, then open the link of the mail again.";
            told(auth, ApiError::new(code, detail))
        }
        error => told(auth, error),
    }
}
