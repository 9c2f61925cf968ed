//! The Invoke operation of the Lambda API, so that a function can be called by hand or by an SDK.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::response::Response;
use axum::routing::post;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::lambda::{Functions, InvokeError};
use crate::random;

const BODY_LIMIT: usize = 7 * 1024 * 1024;

/// `POST /2015-03-31/functions/{name or ARN}/invocations`.
pub fn router(functions: Functions) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(functions)
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let payload = if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(&body) };
    let Ok(payload) = payload else {
        let text = "Could not parse request body into json";
        return refusal(StatusCode::BAD_REQUEST, "InvalidRequestContentException", text);
    };
    let kind =
        headers.get("x-amz-invocation-type").map_or(b"RequestResponse".as_slice(), HeaderValue::as_bytes);
    let outcome = match kind {
        b"RequestResponse" => functions.invoke(&name, payload).await,
        b"Event" => functions.invoke_later(&name, payload).map(|()| Value::Null),
        _ => {
            let text = "InvocationType must be RequestResponse or Event";
            return refusal(StatusCode::BAD_REQUEST, "InvalidParameterValueException", text);
        }
    };
    match outcome {
        Ok(_) if kind == b"Event" => answer(StatusCode::ACCEPTED, &[], String::new()),
        Ok(value) => answer(StatusCode::OK, &[("x-amz-executed-version", "$LATEST")], value.to_string()),
        Err(InvokeError::Function(error)) => {
            let body = json!({ "errorType": error.name, "errorMessage": error.message });
            let marks = [("x-amz-executed-version", "$LATEST"), ("x-amz-function-error", "Unhandled")];
            answer(StatusCode::OK, &marks, body.to_string())
        }
        Err(error @ InvokeError::NotFound(_)) => {
            refusal(StatusCode::NOT_FOUND, "ResourceNotFoundException", &error.to_string())
        }
        Err(error @ InvokeError::TooLarge { .. }) => {
            refusal(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLargeException", &error.to_string())
        }
    }
}

fn refusal(status: StatusCode, kind: &'static str, message: &str) -> Response {
    let body = json!({ "Type": "User", "Message": message });
    answer(status, &[("x-amzn-errortype", kind)], body.to_string())
}

fn answer(status: StatusCode, headers: &[(&'static str, &'static str)], body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let known = response.headers_mut();
    known.insert("content-type", HeaderValue::from_static("application/json"));
    if let Ok(id) = HeaderValue::from_str(&random::request_id()) {
        known.insert("x-amzn-requestid", id);
    }
    for (name, value) in headers {
        known.insert(*name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use http::Request;
    use tower::ServiceExt as _;

    use super::*;
    use crate::lambda::{FunctionError, event_handler};
    use crate::template::Function;

    async fn call(name: &str, kind: &str, body: &'static str) -> Response {
        let functions = Functions::new(0.0);
        let function = Function {
            physical_name: "vestibule-step".to_owned(),
            arn: "arn:aws:lambda:eu-west-1:000000000000:function:vestibule-step".to_owned(),
            name: "step".to_owned(),
            memory_mb: 128,
            timeout: Duration::from_secs(1),
            retries: 0,
            environment: BTreeMap::new(),
            statements: Vec::new(),
        };
        functions.register(
            &function,
            event_handler(|event| async move {
                let refused = FunctionError { name: "Permanent".to_owned(), message: "no".to_owned() };
                if event["fail"] == true { Err(refused) } else { Ok(event) }
            }),
        );
        let request = Request::post(format!("/2015-03-31/functions/{name}/invocations"))
            .header("x-amz-invocation-type", kind)
            .body(Body::from(body));
        router(functions).oneshot(request.unwrap()).await.unwrap()
    }

    fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
        response.headers().get(name).map(|value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn answers_errors_and_refusals_have_the_marks_of_the_service() {
        let done =
            call("arn:aws:lambda:eu-west-1:000000000000:function:vestibule-step", "RequestResponse", "{}")
                .await;
        assert_eq!((done.status(), header(&done, "x-amz-function-error")), (StatusCode::OK, None));
        assert!(header(&done, "x-amzn-requestid").is_some());
        let failed = call("step", "RequestResponse", r#"{"fail":true}"#).await;
        assert_eq!(
            (failed.status(), header(&failed, "x-amz-function-error")),
            (StatusCode::OK, Some("Unhandled"))
        );
        let queued = call("step", "Event", "{}").await;
        assert_eq!(queued.status(), StatusCode::ACCEPTED);
        let unknown = call("nobody", "RequestResponse", "{}").await;
        assert_eq!(header(&unknown, "x-amzn-errortype"), Some("ResourceNotFoundException"));
        let garbage = call("step", "RequestResponse", "{").await;
        assert_eq!(header(&garbage, "x-amzn-errortype"), Some("InvalidRequestContentException"));
    }
}
