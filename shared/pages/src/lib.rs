//! Pages for browsers: one layout, one form, one message, and the proof that a form was sent by our own page.
//!
//! Plain HTML that needs no script. Opening a page consumes nothing, so a mail scanner that follows a link does no harm;
//! only a form's POST does. What a page holds in its hidden fields leaves it with that form and in no referrer.

mod bot;
pub mod color;
mod form;
pub mod kit;
mod own;
mod render;
#[cfg(test)]
mod tests;

use axum::{
    body::Body,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use vestibule_api::{ApiError, Missing};

pub use bot::BotWidget;
pub use form::{Choice, Field, FieldKind, Form, Link};
pub use own::{OwnPage, PageForm, PageParams};
use render::Renderer;

/// The path of an invitation's page, for the token of its link. What no token has is left out.
pub fn invitation_path(token: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-_".contains(*c);
    let token: String = token.chars().filter(plain).take(200).collect();
    format!("/auth/invitation?token={token}")
}

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

/// The pages in front of the console, compiled. Every value is escaped; every answer forbids caching, framing, scripts and referrers.
#[derive(Debug, Clone)]
pub struct Pages {
    renderer: Renderer,
    headers: HeaderMap,
    site: String,
}

#[derive(Serialize)]
struct Message<'a> {
    title: &'a str,
    text: &'a str,
    link: Option<Link<'a>>,
    choices: &'a [Choice<'a>],
}

impl Pages {
    /// The pages of a deployment called `product` at the origin `site`; done once at start.
    pub fn new(product: &str, site: &str, bot: Option<BotWidget>) -> Result<Self, PagesError> {
        let headers = headers(bot.as_ref())?;
        Ok(Self { renderer: Renderer::new(product, bot)?, headers, site: site.to_owned() })
    }

    /// The same pages in the name and the colour `#rrggbb` of a business.
    #[must_use]
    pub fn of_business(&self, name: &str, color: Option<&str>) -> Self {
        Self { renderer: self.renderer.named(name, color), ..self.clone() }
    }

    /// 200: a form.
    pub fn form(&self, form: &Form<'_>) -> Response {
        self.form_with(StatusCode::OK, form)
    }

    /// A form with a status.
    pub fn form_with(&self, status: StatusCode, form: &Form<'_>) -> Response {
        self.answer(status, "form.html", form)
    }

    /// A form that was sent and refused, with what is wrong at the field that it is about, or above all of them.
    pub fn refused(&self, mut form: Form<'_>, error: ApiError) -> Response {
        form.tell(&error);
        let response = error.into_response();
        let mut page = self.answer(response.status(), "form.html", &form);
        wait_as(&response, &mut page);
        page
    }

    /// 200: it is done, and where to go on: `/..`, `https://..` or `http://..`; any other address is left out.
    pub fn done(&self, title: &str, text: &str, next: Option<(&str, &str)>) -> Response {
        self.message(StatusCode::OK, title, text, next)
    }

    /// 200: a message with something else that can be done.
    pub fn choose(
        &self,
        title: &str,
        text: &str,
        next: Option<(&str, &str)>,
        choices: &[Choice<'_>],
    ) -> Response {
        self.answer(StatusCode::OK, "message.html", &Message { title, text, link: link(next), choices })
    }

    /// The problem of a request that a browser made by itself, with its status.
    pub fn problem(&self, status: StatusCode, text: &str, next: Option<(&str, &str)>) -> Response {
        self.message(status, "That did not work", text, next)
    }

    /// A problem as a page; `next` as for [`Pages::done`].
    pub fn told(&self, error: ApiError, next: Option<(&str, &str)>) -> Response {
        let text = form::words(&error);
        let refused = error.into_response();
        let mut page = self.problem(refused.status(), &text, next);
        Missing::hand_on(&refused, &mut page);
        wait_as(&refused, &mut page);
        page
    }

    /// 400: the link was used, replaced, made up or too old; one page for all, so that it tells nothing about a token.
    pub fn expired(&self, next: Option<(&str, &str)>) -> Response {
        let text = "It was used already, is too old, or was replaced by a newer one. \
                    Nothing was changed. Look for a newer mail, or ask for a new link.";
        self.message(StatusCode::BAD_REQUEST, "This link is no longer valid", text, next)
    }

    fn message(&self, status: StatusCode, title: &str, text: &str, next: Option<(&str, &str)>) -> Response {
        self.answer(status, "message.html", &Message { title, text, link: link(next), choices: &[] })
    }

    fn answer(&self, status: StatusCode, template: &'static str, values: &impl Serialize) -> Response {
        match self.renderer.render(template, values) {
            Ok(html) => (status, self.headers.clone(), Body::from(html)).into_response(),
            Err(broken) => {
                tracing::error!(error = %broken, "page");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side.").into_response()
            }
        }
    }
}

/// Has a page say when to come again, as the refusal that it shows.
fn wait_as(refused: &Response, page: &mut Response) {
    if let Some(wait) = refused.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
}

fn headers(bot: Option<&BotWidget>) -> Result<HeaderMap, PagesError> {
    let vendor = bot.map(BotWidget::policy).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'{vendor}"
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

fn link<'a>(next: Option<(&'a str, &'a str)>) -> Option<Link<'a>> {
    next.filter(|(_, href)| leads_to_a_page(href)).map(|(label, href)| Link { label, href })
}

/// A path of this site or a web address; a script, or a path that a browser reads as another site, is neither.
fn leads_to_a_page(href: &str) -> bool {
    let plain = href.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    let here = href.starts_with('/') && !href.starts_with("//");
    plain && (here || href.starts_with("https://") || href.starts_with("http://"))
}
