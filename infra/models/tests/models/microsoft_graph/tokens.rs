//! The client credentials grant: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>, and the
//! numbers of <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{APP, PERMISSIONS, Place, SECRET, TENANT, code, minutes, read};

/// Status, error and number of a refusal, which has the other members of the documentation too.
fn told((status, answer): &(StatusCode, Value)) -> (u16, &str, i64) {
    for member in ["error_description", "timestamp", "trace_id", "correlation_id"] {
        assert!(answer[member].is_string(), "{answer}");
    }
    let number = answer["error_codes"][0].as_i64().unwrap();
    assert!(answer["error_description"].as_str().unwrap().starts_with(&format!("AADSTS{number}: ")));
    (status.as_u16(), answer["error"].as_str().unwrap(), number)
}

#[tokio::test]
async fn a_secret_gives_a_token_that_ends() {
    let place = Place::new().await;
    let (_, answer) = place.grant(TENANT, APP, SECRET).await;
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(3599)));
    assert!(answer.get("refresh_token").is_none());
    // The tenant also goes by its domain.
    assert_eq!(place.grant("corp.example", APP, SECRET).await.0, StatusCode::OK);
    place.time.pass(minutes(59));
    place.ok("GET", "users", None).await;
    place.time.pass(minutes(1));
    assert_eq!(place.refused("GET", "users", None).await, (401, "InvalidAuthenticationToken".to_owned()));
}

#[tokio::test]
async fn a_token_tells_what_it_permits() {
    let place = Place::new().await;
    let graph = place.cloud.microsoft_graph();
    let claims = async || -> Value {
        let (_, answer) = place.grant(TENANT, APP, SECRET).await;
        jsonwebtoken::dangerous::insecure_decode_claims(answer["access_token"].as_str().unwrap()).unwrap()
    };
    graph.add_app(TENANT, APP, &["User.ReadWrite.All", "Domain.Read.All"]).unwrap();
    let told = claims().await;
    assert_eq!(told["roles"], json!(["Domain.Read.All", "User.ReadWrite.All"]));
    assert_eq!((&told["tid"], &told["appid"]), (&json!(TENANT), &json!(APP)));
    assert_eq!(told["exp"].as_i64().unwrap() - told["iat"].as_i64().unwrap(), 3599);
    graph.add_app(TENANT, APP, &[]).unwrap();
    assert!(claims().await.get("roles").is_none());
}

#[tokio::test]
async fn each_refusal_has_its_number() {
    let place = Place::new().await;
    let graph = place.cloud.microsoft_graph();
    graph.add_app(TENANT, "expired-app", &[]).unwrap();
    graph.add_client_secret((TENANT, "expired-app"), SECRET, place.time.now()).unwrap();
    assert_eq!(told(&place.grant(TENANT, APP, "wrong").await), (401, "invalid_client", 7_000_215));
    assert_eq!(told(&place.grant(TENANT, "expired-app", SECRET).await), (401, "invalid_client", 7_000_222));
    assert_eq!(told(&place.grant(TENANT, "no-app", SECRET).await), (400, "unauthorized_client", 700_016));
    assert_eq!(told(&place.grant("no.example", APP, SECRET).await), (400, "invalid_request", 90_002));
    let scope = "scope=https%3A%2F%2Fgraph.microsoft.com%2F.default";
    for (body, told_of) in [
        (
            format!("client_id={APP}&grant_type=client_credentials&{scope}"),
            (401, "invalid_client", 7_000_216),
        ),
        (format!("client_id={APP}&client_secret=x&{scope}"), (400, "invalid_request", 900_144)),
        (format!("client_id={APP}&grant_type=password&{scope}"), (400, "unsupported_grant_type", 70_003)),
        (
            format!("client_id={APP}&grant_type=client_credentials&client_secret={SECRET}&scope=User.Read"),
            (400, "invalid_scope", 1_002_012),
        ),
    ] {
        assert_eq!(told(&place.token_request(TENANT, body.clone()).await), told_of, "{body}");
    }
}

#[tokio::test]
async fn permissions_of_the_app_decide_and_are_those_of_the_tokens_time() {
    let mut place = Place::new().await;
    let graph = place.cloud.microsoft_graph().clone();
    graph.add_app(TENANT, APP, &["User.Read.All"]).unwrap();
    // Consent that was taken back counts from the next token on.
    let id = place.create("kim").await;
    place.token = place.sign_in().await;
    place.ok("GET", &format!("users/{id}"), None).await;
    let denied = (403, "Authorization_RequestDenied".to_owned());
    let path = format!("users/{id}");
    for (method, path, body) in [
        ("POST", "users", Some(super::user("lee@corp.example"))),
        ("PATCH", path.as_str(), Some(json!({ "accountEnabled": false }))),
        ("DELETE", path.as_str(), None),
        ("GET", "subscribedSkus", None),
        ("GET", "domains", None),
    ] {
        assert_eq!(place.refused(method, path, body).await, denied, "{method} {path}");
    }
    let others: Vec<_> = PERMISSIONS.into_iter().filter(|name| !name.contains("Password")).collect();
    graph.add_app(TENANT, APP, &others).unwrap();
    place.token = place.sign_in().await;
    let password = json!({ "passwordProfile": { "password": "another Horse 8" } });
    assert_eq!(place.refused("PATCH", &path, Some(password)).await, denied);
    place.ok("PATCH", &path, Some(json!({ "accountEnabled": false }))).await;
    graph.add_app(TENANT, APP, &["User.EnableDisableAccount.All"]).unwrap();
    place.token = place.sign_in().await;
    place.ok("PATCH", &path, Some(json!({ "accountEnabled": true }))).await;
    assert_eq!(place.refused("PATCH", &path, Some(json!({ "jobTitle": "Cook" }))).await, denied);
}

#[tokio::test]
async fn a_call_without_a_token_or_with_an_unknown_one() {
    let place = Place::new().await;
    let unauthorized = (401, "InvalidAuthenticationToken".to_owned());
    let bare = place.send_with(&[], ("GET", "users"), None).await;
    assert_eq!(code(&read(bare).await), unauthorized);
    let unknown = place.send_with(&[("authorization", "Bearer unknown")], ("GET", "users"), None).await;
    assert_eq!(code(&read(unknown).await), unauthorized);
}

#[tokio::test]
async fn a_tenant_publishes_its_endpoints_and_sees_nothing_of_another() {
    let place = Place::new().await;
    let path = format!("/login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration");
    let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
    let (status, answer) = read(crate::support::send(&place.cloud, request).await).await;
    let endpoint = format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token");
    assert_eq!((status, &answer["token_endpoint"]), (StatusCode::OK, &json!(endpoint)));
    assert_eq!(answer["issuer"], format!("https://login.microsoftonline.com/{TENANT}/v2.0"));
    let graph = place.cloud.microsoft_graph();
    let other = "0e4b1b2a-0d3e-4f6a-8b7c-9d0e1f2a3b4c";
    graph.add_tenant(other, "other.example").unwrap();
    let stranger = graph.add_user(other, "lee@other.example").unwrap();
    for key in [stranger.as_str(), "lee@other.example"] {
        let read = place.refused("GET", &format!("users/{key}"), None).await;
        assert_eq!(read, (404, "Request_ResourceNotFound".to_owned()), "{key}");
    }
    assert!(graph.add_client_secret((other, APP), SECRET, Timestamp::MAX).is_ok());
}
