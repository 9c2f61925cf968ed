//! From an HTTP request to an operation of a model, through the planted faults.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, Request, StatusCode, request::Parts};
use percent_encoding::percent_decode_str;

use crate::{
    calls::{Call, Calls},
    cloud::Cloud,
    error::ServiceError,
    faults::{FaultKind, Faults},
    google_workspace, microsoft_graph,
    s3::S3Target,
    service::Service,
    wire,
};

/// SES takes messages of 40 MB; no other body comes near.
const BODY_LIMIT: usize = 56 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Operations {
    pub(crate) calls: Arc<Calls>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) cloud: Cloud,
}

struct Operation {
    service: Service,
    name: String,
    head: Parts,
    body: Bytes,
}

impl Operation {
    /// What a fault is aimed at: the body, and for services whose path says what is meant, the decoded path before it.
    fn text(&self) -> Cow<'_, [u8]> {
        match self.service {
            Service::Google | Service::Microsoft => {
                let path = self.head.uri.path_and_query().map_or("", |path| path.as_str());
                let path: Vec<u8> = percent_decode_str(path).collect();
                Cow::Owned([&path, b"\n".as_slice(), &self.body].concat())
            }
            _ => Cow::Borrowed(&self.body),
        }
    }
}

pub(crate) async fn dispatch(State(operations): State<Operations>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let Some((service, name)) = identify(&head) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let operation = Operation { service, name, head, body };
    // A task of its own: a caller that hangs up does not stop what it has asked for, as with the real services.
    match tokio::spawn(perform(operations, operation)).await {
        Ok(response) => response,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn identify(head: &Parts) -> Option<(Service, String)> {
    // The vendors' own hosts stand as the first part of the path.
    if let Some(operation) = google_workspace::identify(head) {
        return Some((Service::Google, operation));
    }
    if let Some(operation) = microsoft_graph::identify(head) {
        return Some((Service::Microsoft, operation));
    }
    if let Some(target) = head.headers.get("x-amz-target") {
        let (service, operation) = Service::from_target(target.to_str().ok()?)?;
        return Some((service, operation.to_owned()));
    }
    if let Some(target) = S3Target::read(head) {
        let name = target.operation.map_or_else(|what| what, |operation| operation.name().to_owned());
        return Some((Service::S3, name));
    }
    let path = head.uri.path().strip_prefix("/v2/email/")?;
    let operation = match (&head.method, path) {
        (&Method::POST, "outbound-emails") => "SendEmail".to_owned(),
        (method, path) => format!("{method} {path}"),
    };
    Some((Service::Ses, operation))
}

async fn perform(operations: Operations, operation: Operation) -> Response {
    let Operation { service, name, .. } = &operation;
    let fault = operations.faults.strike(*service, name, &operation.text());
    let call = Call {
        service: *service,
        operation: name.clone(),
        at: operations.cloud.now(),
        faulted: fault.is_some(),
    };
    operations.calls.record(call);
    match fault {
        None => answer(&operations.cloud, &operation),
        Some(FaultKind::Refuse { error, status, message }) => {
            refuse(&operations.cloud, &operation, &ServiceError::new(status, &error, message))
        }
        Some(FaultKind::Throttle { retry_after }) => throttle(&operations.cloud, &operation, retry_after),
        Some(FaultKind::LoseAnswer) => {
            answer(&operations.cloud, &operation);
            wire::lost()
        }
        Some(FaultKind::Garbage) => {
            answer(&operations.cloud, &operation);
            wire::garbage(*service)
        }
        Some(FaultKind::Late { millis }) => {
            let response = answer(&operations.cloud, &operation);
            tokio::time::sleep(Duration::from_millis(millis)).await;
            response
        }
        Some(FaultKind::Hold) => {
            operations.faults.hold().await;
            answer(&operations.cloud, &operation)
        }
    }
}

/// The refusal as its service words it.
fn refuse(cloud: &Cloud, operation: &Operation, error: &ServiceError) -> Response {
    let Operation { service, name, head, .. } = operation;
    match service {
        Service::Google => google_workspace::refusal(name, error),
        Service::Microsoft => microsoft_graph::refusal(name, &head.headers, error, cloud.now()),
        service => wire::refusal(*service, error),
    }
}

fn throttle(cloud: &Cloud, operation: &Operation, retry_after: u32) -> Response {
    let Operation { service, name, head, .. } = operation;
    match service {
        Service::Google => google_workspace::throttled(name),
        Service::Microsoft => microsoft_graph::throttled(name, &head.headers, retry_after, cloud.now()),
        service => wire::throttled(*service, retry_after),
    }
}

fn answer(cloud: &Cloud, operation: &Operation) -> Response {
    let Operation { service, name, head, body } = operation;
    let done = match service {
        Service::S3 => return cloud.s3().perform(head, body),
        Service::Google => return cloud.google_workspace().perform(name, head, body),
        Service::Microsoft => return cloud.microsoft_graph().perform(name, head, body),
        Service::WorkMail => cloud.work_mail().perform(name, body),
        Service::Ses => cloud.mailer().perform(name, body),
        Service::SecretsManager => cloud.secrets().perform(name, body),
        Service::Events => cloud.events().perform(name, body),
        Service::States => cloud.step_functions().perform(name, body),
    };
    wire::answer(*service, done)
}
