//! Planted faults in Microsoft's own form: <https://learn.microsoft.com/graph/throttling> and
//! <https://learn.microsoft.com/graph/errors>.

use http::StatusCode;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use vestibule_models::{Fault, FaultKind, Service};

use super::{APP, Place, SECRET, TENANT, code, read, user};

fn refuse(status: u16, error: &str, message: &str) -> FaultKind {
    FaultKind::Refuse { error: error.to_owned(), status, message: message.to_owned() }
}

#[tokio::test]
async fn a_throttled_call_says_how_long_to_wait() {
    let place = Place::new().await;
    let throttle = FaultKind::Throttle { retry_after: 7 };
    place.cloud.faults().set(Fault::new(Service::Microsoft, "CreateUser", throttle));
    let response = place.response("POST", "users", Some(user("kim@corp.example"))).await;
    assert_eq!(response.headers()["retry-after"], "7");
    assert_eq!(code(&read(response).await), (429, "TooManyRequests".to_owned()));
    assert!(place.users().is_empty());
    place.create("kim").await;
}

#[tokio::test]
async fn refusals_have_the_form_of_their_endpoint_and_name_the_request() {
    let place = Place::new().await;
    let unavailable = refuse(503, "ServiceUnavailable", "try later");
    place.cloud.faults().set(Fault::new(Service::Microsoft, "GetUser", unavailable));
    let authorization = format!("Bearer {}", place.token);
    let headers = [("authorization", authorization.as_str()), ("client-request-id", "c-1")];
    let response = place.send_with(&headers, ("GET", "users/kim@corp.example"), None).await;
    assert_eq!(response.headers()["client-request-id"], "c-1");
    let id = response.headers()["request-id"].to_str().unwrap().to_owned();
    let answer = read(response).await;
    assert_eq!(code(&answer), (503, "ServiceUnavailable".to_owned()));
    let inner = &answer.1["error"]["innerError"];
    assert_eq!((&inner["client-request-id"], &inner["request-id"]), (&json!("c-1"), &json!(id)));
    let expired = refuse(401, "invalid_client", "AADSTS7000222: expired");
    place.cloud.faults().set(Fault::new(Service::Microsoft, "Token", expired));
    let (status, answer) = place.grant(TENANT, APP, SECRET).await;
    assert_eq!(
        (status, &answer["error"], &answer["error_codes"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"), &json!([7_000_222]))
    );
}

#[tokio::test]
async fn an_answer_that_is_lost_or_garbled_was_done() {
    let place = Place::new().await;
    for (name, kind) in [("kim", FaultKind::LoseAnswer), ("lee", FaultKind::Garbage)] {
        place.cloud.faults().set(Fault::new(Service::Microsoft, "CreateUser", kind));
        let body = Some(user(&format!("{name}@corp.example")));
        let answer = place.response("POST", "users", body).await.into_body().collect().await;
        let readable = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
        assert!(!answer.is_ok_and(|body| readable(&body.to_bytes())), "{name}");
        place.ok("GET", &format!("users/{name}@corp.example"), None).await;
    }
    let calls = place.cloud.calls();
    let last = calls.last().unwrap();
    assert_eq!((last.service, last.operation.as_str()), (Service::Microsoft, "GetUser"));
}
