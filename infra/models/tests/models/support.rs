//! A cloud in memory or in a folder, and calls to it as the SDKs put them on the wire.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::path::Path;

use axum::{body::Body, response::Response};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use vestibule_models::{Cloud, CloudOptions};

pub(crate) const ORGANIZATION: &str = "m-0123456789abcdef0123456789abcdef";

pub(crate) fn cloud() -> Cloud {
    opened(None)
}

pub(crate) fn opened(data_dir: Option<&Path>) -> Cloud {
    let cloud = Cloud::open(data_dir, CloudOptions::default()).unwrap();
    cloud.work_mail().add_organization(ORGANIZATION, "acme.example").unwrap();
    cloud
}

/// A call of the JSON protocols.
pub(crate) fn target(target: &str, body: &Value) -> Request<Body> {
    let request = Request::post("/")
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.1");
    request.body(Body::from(body.to_string())).unwrap()
}

pub(crate) async fn send(cloud: &Cloud, request: Request<Body>) -> Response {
    cloud.router().oneshot(request).await.unwrap()
}

/// Status and JSON body of the answer.
pub(crate) async fn answer(cloud: &Cloud, request: Request<Body>) -> (StatusCode, Value) {
    let response = send(cloud, request).await;
    assert!(response.headers().contains_key("x-amzn-requestid"), "every answer names the request");
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

/// The JSON body of a call that must succeed.
pub(crate) async fn ok(cloud: &Cloud, operation: &str, body: &Value) -> Value {
    let (status, answer) = answer(cloud, target(operation, body)).await;
    assert_eq!(status, StatusCode::OK, "{operation}: {answer}");
    answer
}

/// The error's name of a call that must be refused with status 400.
pub(crate) async fn refused(cloud: &Cloud, operation: &str, body: &Value) -> String {
    let (status, answer) = answer(cloud, target(operation, body)).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{operation}: {answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

/// A `WorkMail` input with the organization filled in.
pub(crate) fn mail_input(mut members: Value) -> Value {
    members["OrganizationId"] = json!(ORGANIZATION);
    members
}
