//! Planted faults in Google's own form: <https://developers.google.com/workspace/admin/directory/v1/limits>.

use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::json;
use vestibule_models::{Fault, FaultKind, Service};

use super::{Place, user};
use crate::support::send;

fn refuse(status: u16, reason: &str) -> FaultKind {
    FaultKind::Refuse { error: reason.to_owned(), status, message: "try later".to_owned() }
}

#[tokio::test]
async fn a_throttled_call_is_a_403_with_its_reason_and_no_hint() {
    let place = Place::new().await;
    let throttle = FaultKind::Throttle { retry_after: 3 };
    place.cloud.faults().set(Fault::new(Service::Google, "users.insert", throttle.clone()));
    let (status, answer) = place.call("POST", "users", Some(user("kim@corp.example"))).await;
    assert_eq!(answer["error"]["errors"][0]["domain"], "usageLimits");
    assert_eq!(super::reason((status, answer)), (403, "userRateLimitExceeded".to_owned()));
    assert!(place.users().is_empty());
    place.cloud.faults().set(Fault::new(Service::Google, "*", throttle));
    let bare = Request::get("/admin.googleapis.com/admin/directory/v1/users/x").body(Body::empty()).unwrap();
    assert!(!send(&place.cloud, bare).await.headers().contains_key("retry-after"));
    place.insert("kim").await;
}

#[tokio::test]
async fn refusals_have_the_form_of_their_endpoint() {
    let place = Place::new().await;
    for (status, reason) in [(403, "quotaExceeded"), (429, "rateLimitExceeded"), (503, "backendError")] {
        place.cloud.faults().set(Fault::new(Service::Google, "users.get", refuse(status, reason)));
        let refused = place.refused("GET", "users/admin@corp.example", None).await;
        assert_eq!(refused, (status, reason.to_owned()));
    }
    place.cloud.faults().set(Fault::new(Service::Google, "Token", refuse(400, "invalid_grant")));
    let (status, answer) = place.grant(&place.assertion(&place.claims(&["user"]))).await;
    assert_eq!(
        (status, answer),
        (StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant", "error_description": "try later" }))
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_or_garbled_was_done() {
    let place = Place::new().await;
    for (name, kind) in [("kim", FaultKind::LoseAnswer), ("lee", FaultKind::Garbage)] {
        place.cloud.faults().set(Fault::new(Service::Google, "users.insert", kind));
        let body = user(&format!("{name}@corp.example")).to_string();
        let request = Request::post("/admin.googleapis.com/admin/directory/v1/users")
            .header("authorization", format!("Bearer {}", place.token))
            .body(Body::from(body));
        let response = send(&place.cloud, request.unwrap()).await;
        let body = http_body_util::BodyExt::collect(response.into_body()).await;
        let read =
            body.is_ok_and(|body| serde_json::from_slice::<serde_json::Value>(&body.to_bytes()).is_ok());
        assert!(!read, "{name}");
        place.ok("GET", &format!("users/{name}@corp.example"), None).await;
    }
}

#[tokio::test]
async fn a_fault_is_aimed_at_a_path_and_calls_have_their_names() {
    let place = Place::new().await;
    let fault = Fault::new(Service::Google, "users.get", refuse(500, "backendError")).times(u32::MAX);
    place.cloud.faults().set(fault.matching("kim@corp.example"));
    place.insert("kim").await;
    place.insert("lee").await;
    assert_eq!(
        place.refused("GET", "users/kim%40corp.example", None).await,
        (500, "backendError".to_owned())
    );
    place.ok("GET", "users/lee%40corp.example", None).await;
    let calls = place.cloud.calls();
    let names: Vec<_> =
        calls.iter().map(|call| (call.service, call.operation.as_str(), call.faulted)).collect();
    assert_eq!(names.first(), Some(&(Service::Google, "Token", false)));
    assert!(names.ends_with(&[(Service::Google, "users.get", true), (Service::Google, "users.get", false)]));
}
