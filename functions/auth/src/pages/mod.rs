//! The pages behind mailed links: confirm, show that it was oneself who asked, set a new password, done,
//! no longer valid.
//!
//! Plain HTML without scripts. Opening a page consumes nothing, so a mail scanner that follows a link does no
//! harm; only the form's POST does. Tokens in a page leave it with that form and in no referrer.

mod render;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use minijinja::{Value, context};

use render::{Renderer, style_hash};

/// Why the pages cannot be used; a fault of this program or its settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PagesError {
    /// A template does not compile.
    #[error("the page template {0} is broken")]
    Broken(&'static str),
    /// The style's hash makes no header.
    #[error("the content security policy is no header value")]
    Policy,
}

/// A page that asks for one click before something is done.
#[derive(Clone, Copy)]
pub struct ConfirmPage<'a> {
    /// Heading and window title.
    pub title: &'a str,
    /// What the button does, in a sentence or two.
    pub text: &'a str,
    /// Path that the form posts to, `/..`.
    pub action: &'a str,
    /// The link's token; posted as `token`.
    pub token: &'a str,
    /// The button's label.
    pub button: &'a str,
}

/// All pages, compiled. Every value is escaped; every answer forbids caching, framing, scripts and referrers.
#[derive(Debug, Clone)]
pub struct Pages {
    renderer: Renderer,
    headers: HeaderMap,
}

impl Pages {
    /// The pages of a deployment called `product`; done once at start.
    pub fn new(product: &str) -> Result<Self, PagesError> {
        let renderer = Renderer::new(product)?;
        Ok(Self { renderer, headers: headers(&style_hash())? })
    }

    /// 200: a form that posts `token` to the action.
    pub fn confirm(&self, page: &ConfirmPage<'_>) -> Response {
        let ConfirmPage { title, text, action, token, button } = *page;
        self.answer(StatusCode::OK, "confirm.html", context! { title, text, action, token, button })
    }

    /// 200, or 422 with a `problem`: a form that posts `token` and `password` to the path `action`.
    /// `min_length` is in characters.
    pub fn new_password(
        &self,
        action: &str,
        token: &str,
        problem: Option<&str>,
        min_length: usize,
    ) -> Response {
        let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
        let title = "Set a new password";
        self.answer(status, "new_password.html", context! { title, action, token, problem, min_length })
    }

    /// 200, or 422 with a `problem`: a form that posts `token` and the account's `password` to the path
    /// `action`.
    pub fn own_password(&self, action: &str, token: &str, problem: Option<&str>) -> Response {
        let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
        self.answer(
            status,
            "own_password.html",
            context! { title => "Was it you who asked?", action, token, problem },
        )
    }

    /// 200, or 401 with a `problem`: a form that posts `ticket` and `code` to the path `action`.
    pub fn code(&self, action: &str, ticket: &str, problem: Option<&str>) -> Response {
        let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNAUTHORIZED);
        self.answer(status, "code.html", context! { title => "One more step", action, ticket, problem })
    }

    /// 200: a form that posts `email` and which `mail` is wanted to the path `action`.
    pub fn ask(&self, action: &str) -> Response {
        self.answer(StatusCode::OK, "ask.html", context! { title => "Sign in by mail", action })
    }

    /// The problem of a request that a browser made by itself, with its status.
    pub fn problem(&self, status: StatusCode, text: &str, next: Option<(&str, &str)>) -> Response {
        self.message(status, "That did not work", text, next)
    }

    /// 200: it is done, and where to go `next` as label and address (`/..`, `https://..` or `http://..`; any
    /// other is left out).
    pub fn done(&self, title: &str, text: &str, next: Option<(&str, &str)>) -> Response {
        self.message(StatusCode::OK, title, text, next)
    }

    /// 400: the link was used, replaced, made up or too old; one page for all, so that it tells nothing about
    /// a token. `next` as for [`Pages::done`], for getting a new link.
    pub fn expired(&self, next: Option<(&str, &str)>) -> Response {
        let text = "It was used already, is too old, or was replaced by a newer one. \
                    Nothing was changed. Look for a newer mail, or ask for a new link.";
        self.message(StatusCode::BAD_REQUEST, "This link is no longer valid", text, next)
    }

    fn message(&self, status: StatusCode, title: &str, text: &str, next: Option<(&str, &str)>) -> Response {
        let (label, href) = next.filter(|(_, href)| leads_to_a_page(href)).unzip();
        self.answer(status, "message.html", context! { title, text, label, href })
    }

    fn answer(&self, status: StatusCode, template: &'static str, values: Value) -> Response {
        match self.renderer.render(template, values) {
            Ok(html) => (status, self.headers.clone(), Body::from(html)).into_response(),
            Err(broken) => {
                tracing::error!(error = %broken, "page");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").into_response()
            }
        }
    }
}

fn headers(style_hash: &str) -> Result<HeaderMap, PagesError> {
    let policy = format!(
        "default-src 'none'; style-src '{style_hash}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let policy = HeaderValue::try_from(policy).map_err(|_| PagesError::Policy)?;
    let fixed = HeaderValue::from_static;
    Ok(HeaderMap::from_iter([
        (header::CONTENT_TYPE, fixed("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, fixed("no-store")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_FRAME_OPTIONS, fixed("DENY")),
        (header::HeaderName::from_static("x-robots-tag"), fixed("noindex")),
    ]))
}

/// A path of this site or a web address; a script, or a path that a browser reads as another site, is neither.
fn leads_to_a_page(href: &str) -> bool {
    let plain = href.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let here = href.starts_with('/') && !href.starts_with("//");
    plain && (here || href.starts_with("https://") || href.starts_with("http://"))
}

#[cfg(test)]
mod tests;
