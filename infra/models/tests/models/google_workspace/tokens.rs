//! Assertions for access tokens: <https://developers.google.com/identity/protocols/oauth2/service-account>.

use http::StatusCode;
use serde_json::{Value, json};

use super::{ADMIN, CUSTOMER, Place, SCOPE, SCOPES, minutes, reason};
use crate::support::send;

impl Place {
    /// Status and error of a grant that must be refused.
    async fn refused_grant(&self, claims: &Value) -> (u16, String) {
        let (status, answer) = self.grant(&self.assertion(claims)).await;
        assert!(answer["error_description"].is_string(), "{answer}");
        (status.as_u16(), answer["error"].as_str().unwrap().to_owned())
    }
}

fn changed(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_signed_assertion_gives_a_token_that_ends() {
    let place = Place::new().await;
    let (_, answer) = place.grant(&place.assertion(&place.claims(&SCOPES))).await;
    assert_eq!((&answer["expires_in"], &answer["token_type"]), (&json!(3599), &json!("Bearer")));
    place.ok("GET", "users?customer=my_customer", None).await;
    place.time.pass(minutes(59));
    place.ok("GET", "users?customer=my_customer", None).await;
    place.time.pass(minutes(1));
    assert_eq!(place.refused("GET", "users?customer=my_customer", None).await, (401, "authError".to_owned()));
}

#[tokio::test]
async fn times_audience_and_signature_are_looked_at() {
    let place = Place::new().await;
    let (claims, now) = (place.claims(&["user"]), place.time.now().as_second());
    let invalid = (400, "invalid_grant".to_owned());
    for (name, value) in [
        ("exp", json!(now + 3601)),
        ("exp", json!(now)),
        ("iat", json!(now + 301)),
        ("aud", json!("https://example.org/token")),
        ("iss", json!("other@project-1.iam.gserviceaccount.com")),
    ] {
        let claims = changed(claims.clone(), name, value.clone());
        assert_eq!(place.refused_grant(&claims).await, invalid, "{name} {value}");
    }
    let own = changed(claims.clone(), "aud", json!("http://127.0.0.1:4000/oauth2.googleapis.com/token"));
    assert_eq!(place.grant(&place.assertion(&own)).await.0, StatusCode::OK);
    let signed = place.assertion(&claims);
    let (content, signature) = signed.rsplit_once('.').unwrap();
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let (status, answer) = place.grant(&format!("{content}.{other}{}", &signature[1..])).await;
    assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")));
    assert_eq!(place.grant("no.assertion").await.1["error"], "invalid_request");
}

#[tokio::test]
async fn a_key_that_was_deleted_signs_nothing() {
    let place = Place::new().await;
    let google = place.cloud.google_workspace();
    google.delete_service_account_key(&place.key.client_email, &place.key.key_id).unwrap();
    assert_eq!(place.refused_grant(&place.claims(&["user"])).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn scopes_must_be_delegated_each_by_its_name() {
    let place = Place::new().await;
    assert_eq!(
        place.refused_grant(&place.claims(&["user", "orgunit"])).await,
        (403, "access_denied".to_owned())
    );
    assert_eq!(place.refused_grant(&place.claims(&[])).await, (400, "invalid_scope".to_owned()));
    let google = place.cloud.google_workspace();
    google.add_customer("C0other", "other.example").unwrap();
    google.add_admin("C0other", "admin@other.example").unwrap();
    let other = changed(place.claims(&["user"]), "sub", json!("admin@other.example"));
    assert_eq!(place.refused_grant(&other).await, (401, "unauthorized_client".to_owned()));
}

#[tokio::test]
async fn somebody_who_is_there_and_not_suspended_is_impersonated() {
    let place = Place::new().await;
    for nobody in ["nobody@corp.example", "admin@nowhere.example", "admin"] {
        let claims = changed(place.claims(&["user"]), "sub", json!(nobody));
        assert_eq!(place.refused_grant(&claims).await, (400, "invalid_grant".to_owned()), "{nobody}");
    }
    let second = place.cloud.google_workspace().add_admin(CUSTOMER, "second@corp.example").unwrap();
    let token = place.sign_in(&["user"]).await;
    let suspend = json!({ "suspended": true });
    let of_second = changed(place.claims(&["user"]), "sub", json!("second@corp.example"));
    let (_, answer) = place.grant(&place.assertion(&of_second)).await;
    let as_second = answer["access_token"].as_str().unwrap();
    place.call_as(as_second, ("PATCH", &format!("users/{ADMIN}")), Some(suspend.clone())).await;
    // The token that was given out is worth nothing any more, and there is no new one.
    let read = reason(place.call_as(&token, ("GET", &format!("users/{second}")), None).await);
    assert_eq!(read, (401, "authError".to_owned()));
    assert_eq!(place.refused_grant(&place.claims(&["user"])).await, (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn only_an_administrator_may_call() {
    let place = Place::new().await;
    place.cloud.google_workspace().add_user(CUSTOMER, "kim@corp.example").unwrap();
    for subject in [json!("kim@corp.example"), Value::Null] {
        let claims = changed(place.claims(&["user"]), "sub", subject);
        let (_, answer) = place.grant(&place.assertion(&claims)).await;
        let token = answer["access_token"].as_str().unwrap();
        let read = place.call_as(token, ("GET", "users?customer=my_customer"), None).await;
        assert_eq!(reason(read), (403, "forbidden".to_owned()));
    }
}

#[tokio::test]
async fn a_token_opens_only_what_its_scopes_name() {
    let place = Place::new().await;
    let token = place.sign_in(&["user.readonly"]).await;
    let (status, _) = place.call_as(&token, ("GET", "users?customer=my_customer"), None).await;
    assert_eq!(status, StatusCode::OK);
    let made = place.call_as(&token, ("POST", "users"), Some(super::user("kim@corp.example"))).await;
    assert_eq!(reason(made), (403, "insufficientPermissions".to_owned()));
    // Reading domains was delegated; changing users' aliases in it was not asked for.
    let alias = place.call_as(&token, ("POST", &format!("users/{ADMIN}/aliases")), Some(json!({}))).await;
    assert_eq!(reason(alias), (403, "insufficientPermissions".to_owned()));
    assert!(place.users().is_empty());
}

#[tokio::test]
async fn a_call_without_a_token_and_a_customer_without_the_api() {
    let place = Place::new().await;
    let bare = http::Request::get("/admin.googleapis.com/admin/directory/v1/users?customer=my_customer");
    let response = send(&place.cloud, bare.body(axum::body::Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let unknown = place.call_as("ya29.unknown", ("GET", "users?customer=my_customer"), None).await;
    assert_eq!(reason(unknown), (401, "authError".to_owned()));
    place.cloud.google_workspace().set_api_access(CUSTOMER, false).unwrap();
    let refused = place.refused("GET", "users?customer=my_customer", None).await;
    assert_eq!(refused, (403, "domainCannotUseApis".to_owned()));
}

#[tokio::test]
async fn other_grants_are_not_supported() {
    let place = Place::new().await;
    let request = http::Request::post("/oauth2.googleapis.com/token")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(axum::body::Body::from("grant_type=refresh_token&refresh_token=x"));
    let (status, answer) = super::answer(&place.cloud, request.unwrap()).await;
    assert_eq!((status, &answer["error"]), (StatusCode::BAD_REQUEST, &json!("unsupported_grant_type")));
    assert!(!format!("{SCOPE}{:?}", place.key).contains("PRIVATE"));
}
