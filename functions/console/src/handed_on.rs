//! Operations of the API whose addresses lie among the pages. Whoever asks for no page gets what the function answers: request and
//! answer go through as they are, with the caller's own credentials. So nothing is allowed or refused here.

use std::collections::BTreeMap;

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use vestibule_api::{ApiError, Code, accepts, read_body};
use vestibule_invoke::{Answer, Body, Call, NoAnswer};

use crate::{
    Console,
    operations::{CREATE_PROMO_ACCOUNT, Operation},
    page::Page,
    serve,
    visit::Visit,
};

/// Headers that are about the way here and not about the request.
const OF_THE_WAY: [HeaderName; 5] =
    [header::COOKIE, header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::TE];

/// `/admin/promo-signups/{id}/create-account`
pub(crate) async fn create_promo_account(State(console): State<Console>, request: Request) -> Response {
    hand_on(CREATE_PROMO_ACCOUNT, console, request).await
}

/// An address that a page and an operation share: the page for who names pages among what they take, as browsers do.
pub(crate) async fn page_or_operation(
    (page, operation): (&'static Page, &'static Operation),
    console: Console,
    request: Request,
) -> Response {
    match (accepts(request.headers(), "text/html"), request.method().clone()) {
        (true, Method::GET) => serve::show(page, State(console), request).await,
        (true, Method::POST) => serve::act(page, State(console), request).await,
        _ => hand_on(operation, console, request).await,
    }
}

async fn hand_on(operation: &'static Operation, console: Console, request: Request) -> Response {
    if *request.method() != operation.method {
        return another_method(operation);
    }
    let (parts, body) = request.into_parts();
    let body = match read_body(body).await {
        Ok(bytes) if bytes.is_empty() => Body::Empty,
        Ok(bytes) => Body::Bytes(bytes.to_vec()),
        Err(error) => return error.into_response(),
    };
    let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
    let call = Call { method: operation.method.clone(), path, query, headers: sent(&parts.headers), body };
    match Visit::new(console, &parts).pass(operation.function, &call).await {
        Ok(answer) => unchanged(answer),
        Err(NoAnswer) => {
            ApiError::new(Code::Unavailable, "This part did not answer; send the request again.")
                .into_response()
        }
    }
}

/// As the gateway says it of the API's own paths.
fn another_method(operation: &Operation) -> Response {
    let refused = ApiError::new(Code::MethodNotAllowed, "This path does not take this method.");
    let mut response = refused.into_response();
    if let Ok(value) = HeaderValue::from_str(operation.method.as_str()) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// The request's headers, as the gateway would hand them over.
fn sent(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| !OF_THE_WAY.contains(name)) {
        let value = String::from_utf8_lossy(value.as_bytes());
        let all = joined.entry(name.as_str().to_owned()).or_default();
        if !all.is_empty() {
            all.push(',');
        }
        all.push_str(&value);
    }
    joined
}

fn unchanged(answer: Answer) -> Response {
    let mut response = answer.status.into_response();
    let headers = response.headers_mut();
    for (name, value) in answer.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
            && !OF_THE_WAY.contains(&name)
        {
            headers.insert(name, value);
        }
    }
    for line in &answer.cookies {
        if let Ok(value) = HeaderValue::try_from(line) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    *response.body_mut() = answer.body.into();
    response
}
