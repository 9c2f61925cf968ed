//! The table's database has no place for a check of its own, so one stands in front of it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use http::header::AUTHORIZATION;
use http::request::Parts;
use http::{HeaderValue, StatusCode};

use super::{Roles, call::access_key, check, gate::BODY_LIMIT};

/// The service at `url`, behind the check of roles.
pub(crate) fn in_front_of(url: &str, roles: Roles) -> Router {
    let passed = Passed { client: reqwest::Client::new(), url: url.to_owned() };
    Router::new().fallback(pass).with_state(passed).layer(from_fn_with_state(roles, check))
}

#[derive(Clone)]
struct Passed {
    client: reqwest::Client,
    url: String,
}

async fn pass(State(Passed { client, url }): State<Passed>, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    as_the_stack(&mut head);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = head.headers;
    headers.remove(http::header::HOST);
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let sent = client.request(head.method, format!("{url}{path}")).headers(headers);
    let Ok(answer) = sent.body(body).send().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let Ok(bytes) = answer.bytes().await else { return StatusCode::BAD_GATEWAY.into_response() };
    let mut response = Response::new(Body::from(bytes));
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    response
}

/// Puts the stack's own access key in the place of the function's: an engine may keep tables apart by key. No engine here looks at
/// signatures.
fn as_the_stack(head: &mut Parts) {
    let Some(key) = access_key(head).map(|key| format!("Credential={key}/")) else { return };
    let signed = head.headers.get(AUTHORIZATION).and_then(|signed| signed.to_str().ok());
    let replaced = signed.map(|signed| signed.replacen(&key, "Credential=local/", 1));
    if let Some(value) = replaced.and_then(|text| HeaderValue::from_str(&text).ok()) {
        head.headers.insert(AUTHORIZATION, value);
    }
}
