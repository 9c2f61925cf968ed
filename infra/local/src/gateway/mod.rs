//! The HTTP API: turns a request into the payload (format 2.0) that API Gateway sends, calls the
//! function of the matching route and turns its answer back, within the limits of the service.

mod answer;
mod event;
mod routes;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderValue, StatusCode};
use url::Url;
use vestibule_models::Clock;

use crate::lambda::{Functions, InvokeError};
use crate::random;
use crate::template::{Route, Template};
use routes::Routes;

const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// How far a body is read before it is refused: a client cut off while it sends may never see the answer.
const READ_LIMIT: usize = 4 * BODY_LIMIT;
const HEADER_LIMIT: usize = 10_240;
/// Hard limit of an HTTP API on its integrations.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

struct Gateway {
    routes: Routes,
    functions: Functions,
    account_id: String,
    clock: Clock,
    patience: Duration,
}

/// The HTTP API of a template as a router. Serve it with connect info, from which the source address is taken.
pub fn router(template: &Template, functions: Functions, account_id: String, clock: Clock) -> Router {
    let mut routes = template.routes.clone();
    routes.extend(template.default_route.clone().map(|function| Route {
        function,
        method: "ANY".to_owned(),
        path: routes::DEFAULT.to_owned(),
    }));
    with_patience(routes, functions, account_id, clock, INTEGRATION_TIMEOUT)
}

fn with_patience(
    routes: Vec<Route>,
    functions: Functions,
    account_id: String,
    clock: Clock,
    patience: Duration,
) -> Router {
    let gateway = Gateway { routes: Routes::new(routes), functions, account_id, clock, patience };
    Router::new().fallback(handle).with_state(Arc::new(gateway))
}

async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let request_id = random::request_id();
    let (parts, body) = request.into_parts();
    let mut response = match gateway.forward(&request_id, &parts, body).await {
        Ok(response) => response,
        Err(status) => answer::refusal(status),
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert("apigw-requestid", id);
    }
    response
}

impl Gateway {
    async fn forward(&self, request_id: &str, parts: &Parts, body: Body) -> Result<Response, StatusCode> {
        if header_bytes(parts) > HEADER_LIMIT {
            return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
        if !names_a_host(parts) {
            return Err(StatusCode::BAD_REQUEST);
        }
        let matched = self.routes.find(parts.method.as_str(), parts.uri.path());
        let matched = matched.ok_or(StatusCode::NOT_FOUND)?;
        let body: Option<Bytes> =
            to_bytes(body, READ_LIMIT).await.ok().filter(|body| body.len() <= BODY_LIMIT);
        let body = body.ok_or(StatusCode::PAYLOAD_TOO_LARGE)?;
        let source = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let call = event::Call {
            request_id,
            account_id: &self.account_id,
            source_ip: source.map_or_else(|| "127.0.0.1".to_owned(), |info| info.0.ip().to_string()),
            at: (self.clock)(),
        };
        let event = event::build(&call, &matched, parts, &body);
        let answer = self.functions.invoke(&matched.route.function, event);
        match tokio::time::timeout(self.patience, answer).await {
            Ok(Ok(answer)) => answer::response(&answer).ok_or(StatusCode::INTERNAL_SERVER_ERROR),
            Ok(Err(InvokeError::TooLarge { .. })) => Err(StatusCode::PAYLOAD_TOO_LARGE),
            Ok(Err(error)) => {
                tracing::error!(route = matched.key(), request_id, %error, "the integration failed");
                Err(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// Whether there is one `Host`, a name or an address: the front of AWS lets no other through.
fn names_a_host(parts: &Parts) -> bool {
    let mut named = parts.headers.get_all(HOST).iter();
    let (Some(host), None) = (named.next(), named.next()) else { return false };
    let Some(host) = host.to_str().ok().filter(|host| !host.contains('@')) else { return false };
    host.parse::<Authority>().is_ok() && Url::parse(&format!("http://{host}")).is_ok()
}

/// Request line and headers as they are sent.
fn header_bytes(parts: &Parts) -> usize {
    let line = parts.method.as_str().len() + parts.uri.path_and_query().map_or(1, |p| p.as_str().len()) + 12;
    let header = |(name, value): (&http::HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 4;
    line + parts.headers.iter().map(header).sum::<usize>()
}
