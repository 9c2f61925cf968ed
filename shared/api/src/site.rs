//! Whether a request comes from our own pages, as browsers say themselves. What a page of another site makes a
//! browser send must sign nobody in or out; a program that is no browser says nothing and goes on.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderMap, HeaderValue, Method,
    header::{HOST, ORIGIN, SET_COOKIE},
};
use url::Url;

use crate::{
    ApiError, Code,
    credentials::{Bearer, bearer},
};

/// What browsers say of the sender of a request.
#[derive(Debug, PartialEq, Eq)]
enum Sender {
    /// One of our own pages, or no browser.
    Own,
    /// Another site, by `Sec-Fetch-Site`. A sibling host is one too: whoever runs it is not us.
    OtherSite,
    /// Another origin, by `Origin`, from something that does not send `Sec-Fetch-Site`.
    OtherOrigin,
}

/// Marks a request of another origin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Foreign;

/// The router, whose requests that change something must come from our own pages or from no browser: those of another
/// site are refused, those of another origin get no cookies. One with a bearer token goes on: no other site has the
/// token, and no cookie is looked at. `site` is our own origin.
pub fn for_own_pages(router: Router, site: Arc<str>) -> Router {
    let check = move |request: Request, next: Next| {
        let (headers, method) = (request.headers(), request.method());
        let reads = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        let own = reads || bearer(headers) != Bearer::None;
        let sender = if own { Sender::Own } else { sender(headers, &site) };
        answer(sender, request, next)
    };
    router.layer(from_fn(check))
}

async fn answer(sender: Sender, mut request: Request, next: Next) -> Response {
    match sender {
        Sender::Own => next.run(request).await,
        Sender::OtherSite => refused().into_response(),
        Sender::OtherOrigin => {
            request.extensions_mut().insert(Foreign);
            let mut response = next.run(request).await;
            response.headers_mut().remove(SET_COOKIE);
            response
        }
    }
}

/// Refuses the form of one of our pages when a browser says that another page sent it.
pub fn check_sender(headers: &HeaderMap, site: &str) -> Result<(), ApiError> {
    if sender(headers, site) == Sender::Own { Ok(()) } else { Err(refused()) }
}

/// The 403 for a request that another site made a browser send.
pub(crate) fn refused() -> ApiError {
    ApiError::new(Code::CsrfInvalid, "A page of another site sent this. Use the pages of this site.")
}

fn sender(headers: &HeaderMap, site: &str) -> Sender {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => Sender::Own,
        Some(_) => Sender::OtherSite,
        None if headers.get_all(ORIGIN).iter().all(|origin| is_own(origin, headers, site)) => Sender::Own,
        None => Sender::OtherOrigin,
    }
}

/// Whether an origin is the configured one, or the very host that the request came to.
fn is_own(origin: &HeaderValue, headers: &HeaderMap, site: &str) -> bool {
    let Some(origin) = origin.to_str().ok().and_then(|text| Url::parse(text).ok()) else { return false };
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let scheme = text("x-forwarded-proto").unwrap_or("https");
    let here = text(HOST.as_str()).map(|host| format!("{scheme}://{host}"));
    let same = |known: &str| Url::parse(known).is_ok_and(|known| known.origin() == origin.origin());
    origin.origin().is_tuple() && (same(site) || here.is_some_and(|here| same(&here)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SITE: &str = "https://accounts.example.com";

    fn taken(headers: &[(&'static str, &[u8])]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), HeaderValue::from_bytes(value).unwrap())
        });
        check_sender(&headers.collect(), SITE).is_ok()
    }

    #[test]
    fn attack_3_what_a_browser_says_of_another_site_is_refused() {
        for headers in [
            &[("sec-fetch-site", b"cross-site".as_slice())][..],
            &[("sec-fetch-site", b"same-site")],
            &[("sec-fetch-site", b"")],
            &[("sec-fetch-site", b"same-origin,cross-site")],
            &[("sec-fetch-site", b"cross-site"), ("origin", SITE.as_bytes())],
            &[("origin", b"https://evil.example")],
            &[("origin", b"null")],
            &[("origin", b"")],
            &[("origin", b"\xff")],
            &[("origin", b"http://accounts.example.com")],
            &[("origin", b"https://accounts.example.com:8443")],
            &[("origin", b"https://accounts.example.com.evil.example")],
            &[("origin", b"https://evil.example"), ("host", b"accounts.example.com")],
            &[("origin", b"http://api.example.com"), ("host", b"api.example.com")],
            &[("origin", b"data:text/html,x"), ("host", b"x")],
        ] {
            assert!(!taken(headers), "{headers:?}");
        }
    }

    #[test]
    fn attack_3_our_own_pages_and_programs_go_on() {
        for headers in [
            &[][..],
            &[("sec-fetch-site", b"same-origin".as_slice())],
            &[("sec-fetch-site", b"none")],
            &[("origin", b"https://accounts.example.com")],
            &[("origin", b"https://ACCOUNTS.example.com:443")],
            &[("origin", b"https://api.example.com"), ("host", b"api.example.com")],
            &[
                ("origin", b"http://localhost:8383"),
                ("host", b"localhost:8383"),
                ("x-forwarded-proto", b"http"),
            ],
        ] {
            assert!(taken(headers), "{headers:?}");
        }
    }
}
