//! What the gateway lets through, and what functions make of what it should not have.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vestibule_tests::App;

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"];

#[tokio::test]
async fn newcomer_11_another_method_on_a_known_path_is_told_which_ones_there_are() {
    let app = App::start().await;
    let admin = app.admin();
    let document = admin.get("/openapi.json").await.expect(200).body;
    let mut described: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().map(|method| method.to_uppercase());
        described.entry(path.clone()).or_default().extend(methods);
    }
    assert!(described.len() > 40);
    for (path, methods) in described {
        let path = path.replace("{id}", "x").replace("{provider}", "x").replace("{endpoint}", "secret");
        for method in METHODS.into_iter().filter(|method| !methods.contains(*method)) {
            let answer = admin.send(admin.request(method.parse().unwrap(), &path)).await;
            // The function behind the catch-all route knows the heads of its own documents, and so does that of a page
            // whose methods have one route.
            if method == "HEAD" && answer.status == 200 {
                let known = [
                    "/openapi.json",
                    "/.well-known/jwks.json",
                    "/.well-known/openid-configuration",
                    "/auth/admin",
                ];
                assert!(known.contains(&&*path), "{path}");
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
            let allowed =
                answer.headers["allow"].to_str().unwrap().split(',').map(|name| name.trim().to_owned());
            assert_eq!(
                allowed.filter(|name| name != "HEAD").collect::<BTreeSet<_>>(),
                methods,
                "{method} {path}"
            );
            assert_eq!(answer.headers["content-type"], "application/problem+json");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
            if method != "HEAD" {
                assert_eq!(
                    (answer.code(), answer.body["requestId"].is_string()),
                    ("method_not_allowed", true)
                );
            }
        }
    }
}

#[tokio::test]
async fn newcomer_11_a_path_that_is_none_is_not_found_with_every_method() {
    let app = App::start().await;
    let anyone = app.anonymous();
    for path in [
        "/api",
        "/api/",
        "/api/hires/",
        "/api/hires/x/y/z",
        "/favicon.ico",
        "/API/HIRES",
        "/api//hires",
        "/%2e%2e/x",
    ] {
        for method in METHODS.into_iter().filter(|method| *method != "HEAD") {
            let answer = anyone.send(anyone.request(method.parse().unwrap(), path)).await;
            assert_eq!(
                (answer.status, answer.code()),
                (404, "not_found"),
                "{method} {path}: {}",
                answer.text
            );
            assert!(answer.headers.get("allow").is_none());
        }
    }
}

/// Sends a request as it is written and reads what comes.
async fn written(app: &App, request: &[u8]) -> String {
    let address = app.stack.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn attack_2_a_host_that_is_none_is_refused_and_everything_goes_on() {
    let app = App::start().await;
    let hosts: [&[u8]; 12] = [
        b"localhost:99999",
        b"a b",
        b"",
        b"[::1",
        b"user@localhost",
        b"a/b",
        b"\xff",
        b"256.256.256.256",
        b"localhost:x",
        b"a?b",
        b"a#b",
        b"%",
    ];
    for host in hosts {
        for path in ["/openapi.json", "/api/hires", "/api/v1/auth/me", "/", "/api/provision/jobs", "/nothing"]
        {
            let start = format!("GET {path} HTTP/1.1\r\nConnection: close\r\nHost: ");
            let answer = written(&app, &[start.as_bytes(), host, b"\r\n\r\n"].concat()).await;
            assert!(answer.starts_with("HTTP/1.1 400 "), "{host:?} {path}: {answer}");
        }
    }
    app.admin().get("/openapi.json").await.expect(200);
    app.admin().get("/api/hires").await.expect(200);
}

#[tokio::test]
async fn attack_2_an_event_that_is_no_request_is_answered_by_every_function() {
    let app = App::start().await;
    let sample: Value = serde_json::from_str(include_str!("../../../events/hires/create.json")).unwrap();
    let changes = [
        ("/headers/host", json!("localhost:99999")),
        ("/headers/host", json!("a b")),
        ("/headers/x-forwarded-proto", json!("a b")),
        ("/rawPath", json!("api")),
        ("/rawPath", json!(null)),
        ("/rawQueryString", json!("a=<b>")),
        ("/requestContext/http/method", json!("G T")),
        ("/requestContext/stage", json!("dev")),
        ("/requestContext", json!(7)),
        ("/headers", json!({ "a b": "c" })),
        ("/isBase64Encoded", json!(true)),
        ("", json!([])),
        ("", json!({})),
    ];
    let client = reqwest::Client::new();
    let functions = &app.stack.template().functions;
    let routes = &app.stack.template().routes;
    let is_http = |name: &str| routes.iter().any(|route| route.function == name);
    for function in functions.iter().filter(|function| is_http(&function.physical_name)) {
        let url =
            format!("{}/2015-03-31/functions/{}/invocations", app.stack.aws_url(), function.physical_name);
        for (field, value) in &changes {
            let mut event = sample.clone();
            *event.pointer_mut(field).unwrap() = value.clone();
            let answer = client.request(Method::POST, &url).json(&event).send().await.unwrap();
            assert!(
                !answer.headers().contains_key("x-amz-function-error"),
                "{} {field} {value}",
                function.name
            );
            let answer: Value = answer.json().await.unwrap();
            assert_eq!(answer["statusCode"], 400, "{} {field} {value}: {answer}", function.name);
            assert_eq!(answer["headers"]["content-type"], "application/problem+json");
            let problem: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
            assert!(problem["requestId"].as_str().is_some_and(|id| !id.is_empty()), "{problem}");
        }
    }
    app.admin().get("/api/hires").await.expect(200);
}
