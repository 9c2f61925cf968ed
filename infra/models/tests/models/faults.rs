//! Planted faults: who is hit, what was done, and what the caller sees.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::time::Duration;

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tower::ServiceExt;
use vestibule_models::{Cloud, Fault, FaultKind, Service};

use crate::support::{ORGANIZATION, cloud, mail_input, ok, refused, send, target};

const CREATE: &str = "WorkMailService.CreateUser";

fn create(name: &str) -> Value {
    mail_input(json!({ "Name": name, "DisplayName": name }))
}

fn plant(cloud: &Cloud, kind: FaultKind) {
    cloud.faults().set(Fault::new(Service::WorkMail, "CreateUser", kind));
}

fn users(cloud: &Cloud) -> usize {
    cloud.work_mail().users(ORGANIZATION).unwrap().len()
}

fn refuse() -> FaultKind {
    FaultKind::Refuse {
        error: "DirectoryUnavailableException".to_owned(),
        status: 400,
        message: "try later".to_owned(),
    }
}

#[tokio::test]
async fn a_refusal_does_nothing_and_hits_as_often_as_told() {
    let cloud = cloud();
    cloud.faults().set(Fault::new(Service::WorkMail, "CreateUser", refuse()).after(1).times(2));
    ok(&cloud, CREATE, &create("a")).await;
    for _ in 0..2 {
        assert_eq!(refused(&cloud, CREATE, &create("b")).await, "DirectoryUnavailableException");
    }
    assert_eq!(users(&cloud), 1);
    ok(&cloud, CREATE, &create("b")).await;
    let faulted: Vec<_> = cloud.calls().iter().map(|call| call.faulted).collect();
    assert_eq!(faulted, [false, true, true, false]);
    assert!(cloud.faults().list().is_empty());
}

#[tokio::test]
async fn a_fault_can_be_aimed_at_one_body() {
    let cloud = cloud();
    cloud.faults().set(Fault::new(Service::WorkMail, "*", refuse()).matching("\"bad\"").times(u32::MAX));
    ok(&cloud, CREATE, &create("good")).await;
    refused(&cloud, CREATE, &create("bad")).await;
    refused(&cloud, CREATE, &create("bad")).await;
    assert_eq!(users(&cloud), 1);
}

#[tokio::test]
async fn a_lost_answer_was_done_and_nothing_of_it_arrives() {
    let cloud = cloud();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, cloud.router()).into_future());
    plant(&cloud, FaultKind::LoseAnswer);
    let body = create("kim").to_string();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: {CREATE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The end may come as an orderly close or as a reset; what counts is that no byte came before it.
    let _ = stream.read_to_end(&mut answer).await;
    assert_eq!((answer.len(), users(&cloud)), (0, 1));
}

#[tokio::test]
async fn throttling_names_the_wait_and_does_nothing() {
    let cloud = cloud();
    plant(&cloud, FaultKind::Throttle { retry_after: 3 });
    let response = send(&cloud, target(CREATE, &create("kim"))).await;
    assert_eq!(
        (response.status(), &response.headers()["retry-after"]),
        (StatusCode::BAD_REQUEST, &http::HeaderValue::from(3))
    );
    assert_eq!(response.headers()["x-amzn-errortype"], "ThrottlingException");
    assert_eq!(users(&cloud), 0);
}

#[tokio::test]
async fn garbage_is_a_success_that_is_not_json() {
    let cloud = cloud();
    plant(&cloud, FaultKind::Garbage);
    let response = send(&cloud, target(CREATE, &create("kim"))).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(serde_json::from_slice::<Value>(&body).is_err());
    assert_eq!(users(&cloud), 1);
}

#[tokio::test]
async fn a_late_answer_was_done_at_once() {
    let cloud = cloud();
    plant(&cloud, FaultKind::Late { millis: 60_000 });
    let waiting =
        tokio::time::timeout(Duration::from_millis(50), send(&cloud, target(CREATE, &create("kim")))).await;
    assert!(waiting.is_err());
    assert_eq!(users(&cloud), 1);
}

#[tokio::test]
async fn a_held_call_takes_effect_after_its_caller_has_gone() {
    let cloud = cloud();
    plant(&cloud, FaultKind::Hold);
    let caller = tokio::spawn(cloud.router().oneshot(target(CREATE, &create("kim"))));
    while cloud.faults().held() == 0 {
        tokio::task::yield_now().await;
    }
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    assert_eq!(users(&cloud), 0);
    cloud.faults().release();
    while users(&cloud) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn faults_are_set_shown_and_removed_over_http() {
    let cloud = cloud();
    let list = json!([{ "service": "workmail", "operation": "CreateUser", "kind": { "type": "lose_answer" }, "times": 2 },
        { "service": "ses", "kind": { "type": "throttle", "retry_after": 1 } }]);
    let put = Request::put("/_faults")
        .header("content-type", "application/json")
        .body(Body::from(list.to_string()));
    assert_eq!(send(&cloud, put.unwrap()).await.status(), StatusCode::NO_CONTENT);
    let shown = send(&cloud, Request::get("/_faults").body(Body::empty()).unwrap()).await;
    let shown: Vec<Fault> =
        serde_json::from_slice(&shown.into_body().collect().await.unwrap().to_bytes()).unwrap();
    assert_eq!(shown, cloud.faults().list());
    assert_eq!((shown[0].times, shown[1].operation.as_str()), (2, "*"));
    let gone = send(&cloud, Request::delete("/_faults").body(Body::empty()).unwrap()).await;
    assert_eq!((gone.status(), cloud.faults().list().len()), (StatusCode::NO_CONTENT, 0));
}

#[tokio::test]
async fn what_is_not_modelled_is_refused() {
    let cloud = cloud();
    assert_eq!(
        refused(&cloud, "WorkMailService.DeleteOrganization", &json!({})).await,
        "UnknownOperationException"
    );
    let stranger = send(&cloud, target("DynamoDB_20120810.GetItem", &json!({}))).await;
    assert_eq!(stranger.status(), StatusCode::NOT_FOUND);
    let broken = Request::post("/")
        .header("x-amz-target", CREATE)
        .body(Body::from("{\"Password\": \"hidden"))
        .unwrap();
    let (_, answer) = crate::support::answer(&cloud, broken).await;
    assert_eq!(answer["__type"], "SerializationException");
    assert!(!answer.to_string().contains("hidden"));
}
