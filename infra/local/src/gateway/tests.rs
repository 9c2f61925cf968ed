use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Path;
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use http::header::SET_COOKIE;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::with_patience;
use crate::lambda::{Functions, Handler, event_handler};
use crate::template::{Function, Route};

fn route(function: &str, method: &str, path: &str) -> Route {
    Route { function: function.to_owned(), method: method.to_owned(), path: path.to_owned() }
}

fn host(functions: &Functions, name: &str, handler: Handler) {
    let function = Function {
        name: name.to_owned(),
        physical_name: name.to_owned(),
        arn: format!("arn:{name}"),
        memory_mb: 128,
        timeout: Duration::from_secs(5),
        retries: 0,
        environment: BTreeMap::new(),
        statements: Vec::new(),
    };
    functions.register(&function, handler);
}

fn toy() -> Router {
    Router::new()
        .route("/bytes", post(|body: Bytes| async move { body }))
        .route("/things/{id}", get(|Path(id): Path<String>| async move { format!("thing {id}") }))
        .route("/things/none", get(|| async { "the fixed route" }))
        .route("/cookies", get(cookies))
}

async fn cookies(headers: HeaderMap) -> impl IntoResponse {
    let lines = headers.get_all("cookie").iter().map(|line| String::from_utf8_lossy(line.as_bytes()));
    let sent = lines.collect::<Vec<_>>().join("; ");
    (AppendHeaders([(SET_COOKIE, "a=1"), (SET_COOKIE, "b=2")]), sent)
}

fn gateway() -> Router {
    let functions = Functions::new(0.0);
    host(&functions, "toy", Handler::Http(toy()));
    host(&functions, "echo", event_handler(|event| async move { Ok(event) }));
    host(&functions, "never", event_handler(|_| std::future::pending()));
    let routes = vec![
        route("toy", "POST", "/bytes"),
        route("toy", "GET", "/things/{id}"),
        route("toy", "GET", "/things/none"),
        route("toy", "GET", "/cookies"),
        route("echo", "POST", "/echo/{name}"),
        route("never", "GET", "/never"),
    ];
    let clock: vestibule_models::Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
    with_patience(routes, functions, "000000000000".to_owned(), clock, Duration::from_millis(50))
}

async fn send(method: &str, uri: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let mut request = Request::builder().method(method).uri(uri).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    gateway().oneshot(request.body(Body::from(body.to_vec())).unwrap()).await.unwrap()
}

async fn body(response: Response) -> Vec<u8> {
    to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()
}

async fn text(response: Response) -> String {
    String::from_utf8(body(response).await).unwrap()
}

#[tokio::test]
async fn the_event_has_the_shape_of_payload_format_2() {
    let headers = [
        ("content-type", "application/json; charset=utf-8"),
        ("x-twice", "1"),
        ("x-twice", "2"),
        ("cookie", "a=1; b=2"),
        ("user-agent", "test"),
    ];
    let response = send("POST", "/echo/a%20b?x=1&x=2&y=%C3%A4+o", &headers, b"{\"k\":1}").await;
    let event: Value = serde_json::from_slice(&body(response).await).unwrap();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "POST /echo/{name}");
    assert_eq!(event["rawPath"], "/echo/a%20b");
    assert_eq!(event["rawQueryString"], "x=1&x=2&y=%C3%A4+o");
    assert_eq!(event["queryStringParameters"], json!({"x": "1,2", "y": "ä o"}));
    assert_eq!(event["pathParameters"], json!({"name": "a b"}));
    assert_eq!(event["headers"]["x-twice"], "1,2");
    assert_eq!(event["headers"].get("cookie"), None);
    assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
    assert_eq!(event["body"], "{\"k\":1}");
    assert_eq!(event["isBase64Encoded"], false);
    let context = &event["requestContext"];
    assert_eq!(context["http"]["sourceIp"], "127.0.0.1");
    assert_eq!(context["time"], "01/Jan/1970:00:00:00 +0000");
    assert_eq!(context["stage"], "$default");
}

#[tokio::test]
async fn bodies_that_are_no_text_arrive_byte_for_byte() {
    let bytes = [0, 159, 146, 150, 255];
    let response = send("POST", "/bytes", &[("content-type", "application/octet-stream")], &bytes).await;
    assert_eq!(body(response).await, bytes);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let event: Value =
        serde_json::from_str(&text(send("POST", "/echo/a", &form, b"a=b").await).await).unwrap();
    assert_eq!((&event["isBase64Encoded"], &event["body"]), (&json!(true), &json!("YT1i")));
}

#[tokio::test]
async fn a_fixed_route_wins_over_a_parameter() {
    assert_eq!(text(send("GET", "/things/7", &[], b"").await).await, "thing 7");
    assert_eq!(text(send("GET", "/things/none", &[], b"").await).await, "the fixed route");
}

#[tokio::test]
async fn cookies_go_both_ways() {
    let response = send("GET", "/cookies", &[("cookie", "s=1"), ("cookie", "t=2")], b"").await;
    let set: Vec<_> = response.headers().get_all(SET_COOKIE).iter().cloned().collect();
    assert_eq!(set, ["a=1", "b=2"]);
    assert_eq!(text(response).await, "s=1; t=2");
}

#[tokio::test]
async fn what_has_no_route_is_not_found() {
    for (method, path) in
        [("GET", "/nothing"), ("DELETE", "/things/7"), ("GET", "/things/"), ("GET", "/things/7/8")]
    {
        let response = send(method, path, &[], b"").await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert!(response.headers().contains_key("apigw-requestid"));
        assert_eq!(text(response).await, r#"{"message":"Not Found"}"#);
    }
}

#[tokio::test]
async fn newcomer_11_the_default_route_takes_what_has_no_other() {
    let functions = Functions::new(0.0);
    host(&functions, "echo", event_handler(|event| async move { Ok(event) }));
    host(&functions, "toy", Handler::Http(toy()));
    let routes = vec![route("echo", "ANY", "$default"), route("toy", "GET", "/things/{id}")];
    let clock: vestibule_models::Clock = Arc::new(|| jiff::Timestamp::UNIX_EPOCH);
    let gateway = with_patience(routes, functions, "0".to_owned(), clock, Duration::from_secs(5));
    let send = async |method: &str, uri: &str| {
        let request = Request::builder().method(method).uri(uri).header("host", "localhost");
        let response = gateway.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        text(response).await
    };
    assert_eq!(send("GET", "/things/7").await, "thing 7");
    for (method, path) in [("DELETE", "/things/7"), ("GET", "/nothing"), ("PUT", "/"), ("PROPFIND", "/a/b/c")]
    {
        let event: Value = serde_json::from_str(&send(method, path).await).unwrap();
        assert_eq!((&event["routeKey"], &event["rawPath"]), (&json!("$default"), &json!(path)));
        assert_eq!(event["requestContext"]["http"]["method"], method);
        assert_eq!(event.get("pathParameters"), None);
    }
}

#[tokio::test]
async fn attack_2_a_host_that_is_none_does_not_get_through() {
    let hosts: [&[&[u8]]; 12] = [
        &[],
        &[b""],
        &[b"localhost:99999"],
        &[b"a b"],
        &[b"a", b"b"],
        &[b"user@localhost"],
        &[b"a/b"],
        &[b"[::1"],
        &[b"\xff"],
        &[b"256.1.1.1"],
        &[b"localhost:port"],
        &[b"a?b"],
    ];
    for lines in hosts {
        let mut request = Request::builder().method("GET").uri("/things/7");
        for line in lines {
            request = request.header("host", *line);
        }
        let response = gateway().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{lines:?}");
        assert_eq!(text(response).await, r#"{"message":"Bad Request"}"#);
    }
    for host in ["localhost:8383", "127.0.0.1", "[::1]:8383", "api.example.com", "_dmarc.example"] {
        let request = Request::builder().method("GET").uri("/things/7").header("host", host);
        let response = gateway().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{host}");
    }
}

#[tokio::test]
async fn fault_03_a_cookie_beyond_ascii_hides_no_other() {
    for line in
        [b"a=1; lang=espa\xc3\xb1ol; b=2".as_slice(), b"lang=\xf1; a=1; \xff; b=2", b"a=1;b=2;\xe5\x90\x8d"]
    {
        let request = Request::builder().uri("/cookies").header("host", "localhost").header("cookie", line);
        let response = gateway().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let seen = text(response).await;
        assert!(seen.contains("a=1") && seen.contains("b=2"), "{seen}");
    }
}

#[tokio::test]
async fn requests_beyond_the_limits_are_refused() {
    let wide = send("GET", "/things/7", &[("x-wide", &"x".repeat(10_240))], b"").await;
    assert_eq!(wide.status(), StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    for size in [7 * 1024 * 1024, 11 * 1024 * 1024, 41 * 1024 * 1024] {
        let large = send("POST", "/bytes", &[("content-type", "text/plain")], &vec![b'x'; size]).await;
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(text(large).await, r#"{"message":"Request Entity Too Large"}"#);
    }
}

#[tokio::test]
async fn a_function_without_an_answer_makes_the_service_unavailable() {
    let response = send("GET", "/never", &[], b"").await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text(response).await, r#"{"message":"Service Unavailable"}"#);
}
