//! What is fetched, how often, and what is believed of it.

use axum::http::StatusCode;
use serde_json::json;

use super::*;

async fn start(provider: &Provider, second: i64) -> Result<super::super::Start, OidcError> {
    provider.start(REDIRECT, &World::new(move || at(second), |_| ())).await
}

#[tokio::test]
async fn the_document_is_remembered_for_an_hour() {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    for (second, fetches) in [(0, 1), (3599, 1), (3600, 2), (7199, 2), (1, 2), (0, 3)] {
        start(provider, second).await.unwrap();
        assert_eq!(double.fetches(), fetches, "{second}");
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_once_a_minute_at_most() {
    let double = Double::start().await;
    let rsa = double.publication().keys.remove(0);
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    let start = start(provider, 0).await.unwrap();
    let finish = async |second| {
        let code = double.sign_in(&start.url, |_| ());
        provider.finish(REDIRECT, &start.attempt, &start.attempt.state, &code, at(second)).await
    };
    let unknown = Err(OidcError::Refused(Refusal::Signature("kid")));
    assert_eq!((finish(59).await, double.fetches()), (unknown.clone(), 1));
    assert_eq!((finish(60).await, double.fetches()), (unknown.clone(), 2));
    double.publication().keys.push(rsa);
    assert_eq!((finish(119).await, double.fetches()), (unknown, 2));
    assert!(finish(120).await.is_ok());
    assert!(finish(121).await.is_ok());
    assert_eq!(double.fetches(), 3);
}

#[tokio::test]
async fn many_sign_ins_at_once_fetch_once() {
    let double = Double::start().await;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    let (a, b, c) = tokio::join!(start(provider, 0), start(provider, 1), start(provider, -1));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(double.fetches(), 1);
}

#[tokio::test]
async fn a_provider_that_is_down_is_left_alone_for_some_seconds() {
    let double = Double::start().await;
    double.publication().status = StatusCode::SERVICE_UNAVAILABLE;
    let providers = double.providers(Kind::Standard);
    let provider = providers.get("double").unwrap();
    for (second, fetches) in [(0, 1), (4, 1), (5, 2)] {
        assert_eq!(start(provider, second).await.unwrap_err(), OidcError::Unavailable);
        assert_eq!(double.fetches(), fetches, "{second}");
    }
    double.publication().status = StatusCode::OK;
    assert!(start(provider, 10).await.is_ok());
}

#[tokio::test]
async fn a_document_that_is_not_the_providers_own_is_not_used() {
    let misconfigured = |result: Result<_, OidcError>| {
        matches!(result.map(|_: super::super::Start| ()), Err(OidcError::Misconfigured(_)))
    };
    for (field, value) in [
        ("issuer", json!("https://accounts.example")),
        ("issuer", json!("http://127.0.0.1/")),
        ("authorization_endpoint", json!("http://accounts.example/authorize")),
        ("token_endpoint", json!("http://accounts.example/token")),
        ("token_endpoint", json!("")),
        ("jwks_uri", json!("file:///etc/keys")),
        ("jwks_uri", json!(null)),
    ] {
        let double = Double::start().await;
        double.publication().document[field] = value;
        let providers = double.providers(Kind::Standard);
        assert!(misconfigured(start(providers.get("double").unwrap(), 0).await), "{field}");
    }
    for status in [StatusCode::NOT_FOUND, StatusCode::MOVED_PERMANENTLY] {
        let double = Double::start().await;
        double.publication().status = status;
        let providers = double.providers(Kind::Standard);
        assert!(misconfigured(start(providers.get("double").unwrap(), 0).await), "{status}");
    }
}

#[tokio::test]
async fn an_endless_document_is_not_read_to_its_end() {
    let double = Double::start().await;
    double.publication().document["filler"] = json!("x".repeat(64 * 1024));
    let providers = double.providers(Kind::Standard);
    assert_eq!(start(providers.get("double").unwrap(), 0).await.unwrap_err(), OidcError::Unavailable);
}
