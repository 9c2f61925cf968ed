//! The token endpoint and the Directory API, in the wire format of their documentation.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::{path::Path, sync::LazyLock};

use axum::body::Body;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use vestibule_models::{Cloud, GoogleSettings, GoogleUser, ServiceAccountKey};

use crate::{support::send, time::Time};

mod addresses;
mod changing;
mod deleting;
mod domains;
mod faults;
mod groups;
mod lags;
mod listing;
mod making;
mod persistence;
mod refusing;
mod tokens;

pub(super) const CUSTOMER: &str = "C03az79cb";
pub(super) const ADMIN: &str = "admin@corp.example";
const ACCOUNT: &str = "vestibule@project-1.iam.gserviceaccount.com";
pub(super) const SCOPE: &str = "https://www.googleapis.com/auth/admin.directory.";
pub(super) const SCOPES: [&str; 6] =
    ["user", "user.readonly", "user.security", "user.alias", "group", "domain.readonly"];
pub(super) const PASSWORD: &str = "correct Horse 7 battery";

/// Made once: its making is the slow part.
static KEY: LazyLock<ServiceAccountKey> = LazyLock::new(|| ServiceAccountKey::generate(ACCOUNT).unwrap());

/// A customer with an administrator and a service account that all of `SCOPES` are delegated to.
pub(super) struct Place {
    pub(super) cloud: Cloud,
    pub(super) time: Time,
    pub(super) key: ServiceAccountKey,
    pub(super) token: String,
}

impl Place {
    pub(super) async fn new() -> Self {
        Self::open(None).await
    }

    /// In a folder, with what is there already.
    pub(super) async fn open(folder: Option<&Path>) -> Self {
        let (time, key) = (Time::new(), KEY.clone());
        let cloud = time.cloud(folder);
        let google = cloud.google_workspace();
        google.add_customer(CUSTOMER, "corp.example").unwrap();
        google.add_service_account(&key).unwrap();
        let scopes = SCOPES.map(|scope| format!("{SCOPE}{scope}"));
        google.delegate(CUSTOMER, &key.client_id, &scopes.each_ref().map(String::as_str)).unwrap();
        if google.users(CUSTOMER).unwrap().is_empty() {
            google.add_admin(CUSTOMER, ADMIN).unwrap();
        }
        let mut place = Self { cloud, time, key, token: String::new() };
        place.token = place.sign_in(&SCOPES).await;
        place
    }

    /// An access token of the administrator with these scopes.
    pub(super) async fn sign_in(&self, scopes: &[&str]) -> String {
        let (status, answer) = self.grant(&self.assertion(&self.claims(scopes))).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// The claims of the documentation's example, for these scopes.
    pub(super) fn claims(&self, scopes: &[&str]) -> Value {
        let now = self.time.now().as_second();
        let scopes: Vec<_> = scopes.iter().map(|scope| format!("{SCOPE}{scope}")).collect();
        json!({
            "iss": ACCOUNT, "sub": ADMIN, "scope": scopes.join(" "), "aud": "https://oauth2.googleapis.com/token",
            "iat": now, "exp": now + 3600,
        })
    }

    pub(super) fn assertion(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.key.key_id.clone()), ..Header::new(Algorithm::RS256) };
        let key = EncodingKey::from_rsa_pem(self.key.private_key.as_bytes()).unwrap();
        encode(&header, claims, &key).unwrap()
    }

    pub(super) async fn grant(&self, assertion: &str) -> (StatusCode, Value) {
        let body =
            format!("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}");
        let request = Request::post("/oauth2.googleapis.com/token")
            .header("host", "127.0.0.1:4000")
            .header("content-type", "application/x-www-form-urlencoded");
        answer(&self.cloud, request.body(Body::from(body)).unwrap()).await
    }

    /// Status and body of a call with the administrator's token.
    pub(super) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.call_as(&self.token, (method, path), body).await
    }

    pub(super) async fn call_as(
        &self,
        token: &str,
        (method, path): (&str, &str),
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/admin.googleapis.com/admin/directory/v1/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        answer(&self.cloud, request.body(body).unwrap()).await
    }

    /// The body of a call that must succeed.
    pub(super) async fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    /// Status and reason of a call that must be refused.
    pub(super) async fn refused(&self, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        reason(self.call(method, path, body).await)
    }

    /// Makes a user of this local part; the id.
    pub(super) async fn insert(&self, name: &str) -> String {
        let made = self.ok("POST", "users", Some(user(&format!("{name}@corp.example")))).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub(super) fn users(&self) -> Vec<GoogleUser> {
        let mut users = self.cloud.google_workspace().users(CUSTOMER).unwrap();
        users.retain(|user| !user.is_admin);
        users
    }

    pub(super) fn set(&self, settings: GoogleSettings) {
        self.cloud.google_workspace().set(settings).unwrap();
    }
}

/// Status and reason of a refusal in Google's form.
pub(super) fn reason((status, answer): (StatusCode, Value)) -> (u16, String) {
    let error = &answer["error"];
    assert_eq!(
        (&error["code"], &error["errors"][0]["message"]),
        (&json!(status.as_u16()), &error["message"])
    );
    (status.as_u16(), error["errors"][0]["reason"].as_str().unwrap().to_owned())
}

pub(super) async fn answer(cloud: &Cloud, request: Request<Body>) -> (StatusCode, Value) {
    let response = send(cloud, request).await;
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
}

/// The body of the reference's example.
pub(super) fn user(email: &str) -> Value {
    json!({
        "primaryEmail": email, "name": { "givenName": "Kim", "familyName": "Doe" }, "password": PASSWORD,
        "changePasswordAtNextLogin": true, "orgUnitPath": "/",
        "externalIds": [{ "type": "organization", "value": "emp-123" }],
    })
}

pub(super) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}
