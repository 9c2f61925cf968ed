//! What browsers are told beside a page's text: the content policy, and the ways out and back in.

use axum::{
    body::Body,
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use vestibule_api::cookies;
use vestibule_pages::kit;

use crate::Console;

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    // `same-origin`, because browsers leave `Origin` out of a form otherwise.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CONTENT_SECURITY_POLICY, kit::POLICY),
];

/// A page with its headers.
pub(crate) fn page(status: StatusCode, html: String) -> Response {
    let headers = HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let mut response = (status, Body::from(html)).into_response();
    response.headers_mut().extend(headers);
    response.headers_mut().insert("x-robots-tag", HeaderValue::from_static("noindex"));
    response
}

/// Somebody who is signed in, and comes from another site: the browser keeps the cookies for our own pages back. A small
/// page of ours loads the address again, and then has them.
pub(crate) fn come_again(console: &Console, parts: &Parts) -> Option<Response> {
    let from = parts.headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let elsewhere = matches!(from, Some(b"cross-site" | b"same-site"));
    if !elsewhere || cookies::find(&parts.headers, cookies::CSRF).is_some() {
        return None;
    }
    let mut values = serde_json::Map::new();
    values.insert("css".to_owned(), kit::style_path(None).into());
    values.insert("again".to_owned(), parts.uri.path_and_query().map(ToString::to_string).into());
    Some(console.html(StatusCode::OK, "message.html", &values))
}

/// To the sign-in.
pub(crate) fn to_sign_in() -> Response {
    Redirect::to("/").into_response()
}
