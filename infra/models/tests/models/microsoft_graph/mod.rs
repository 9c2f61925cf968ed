//! The token endpoint and the users of Microsoft Graph, in the wire format of their documentation.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use std::path::Path;

use axum::{body::Body, response::Response};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use vestibule_models::{Cloud, GraphSettings, GraphSku, GraphUser};

use crate::{support::send, time::Time};

mod changing;
mod deleting;
mod faults;
mod lags;
mod licenses;
mod listing;
mod making;
mod message_rules;
mod persistence;
mod refusing;
mod tenants;
mod tokens;

pub(super) const TENANT: &str = "5f4c1b2a-0d3e-4f6a-8b7c-9d0e1f2a3b4c";
pub(super) const APP: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
pub(super) const SECRET: &str = "sampleCredentia1s~of-an-app";
pub(super) const SKU: &str = "3b555118-da6a-4418-894f-7df1e2096870";
pub(super) const PASSWORD: &str = "xWwvJ]6NMw+bWH-d";
pub(super) const PERMISSIONS: [&str; 6] = [
    "User.ReadWrite.All",
    "User-PasswordProfile.ReadWrite.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "Group.Read.All",
    "MailboxSettings.ReadWrite",
];

/// A tenant with an app that has all of `PERMISSIONS`, and a subscription with two licences.
pub(super) struct Place {
    pub(super) cloud: Cloud,
    pub(super) time: Time,
    pub(super) token: String,
}

impl Place {
    pub(super) async fn new() -> Self {
        Self::open(None).await
    }

    /// In a folder, with what is there already.
    pub(super) async fn open(folder: Option<&Path>) -> Self {
        let time = Time::new();
        let cloud = time.cloud(folder);
        let graph = cloud.microsoft_graph();
        graph.add_tenant(TENANT, "corp.example").unwrap();
        graph.add_app(TENANT, APP, &PERMISSIONS).unwrap();
        graph.add_client_secret((TENANT, APP), SECRET, Timestamp::MAX).unwrap();
        graph.add_sku(TENANT, &sku(2)).unwrap();
        let mut place = Self { cloud, time, token: String::new() };
        place.token = place.sign_in().await;
        place
    }

    /// An access token with the permissions that the app has.
    pub(super) async fn sign_in(&self) -> String {
        let (status, answer) = self.grant(TENANT, APP, SECRET).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// The form of the documentation's first case.
    pub(super) async fn grant(&self, tenant: &str, app: &str, secret: &str) -> (StatusCode, Value) {
        let body = format!(
            "client_id={app}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default&client_secret={secret}&grant_type=client_credentials"
        );
        self.token_request(tenant, body).await
    }

    pub(super) async fn token_request(&self, tenant: &str, body: String) -> (StatusCode, Value) {
        let request = Request::post(format!("/login.microsoftonline.com/{tenant}/oauth2/v2.0/token"))
            .header("content-type", "application/x-www-form-urlencoded");
        read(send(&self.cloud, request.body(Body::from(body)).unwrap()).await).await
    }

    /// Status and body of a call with the app's token.
    pub(super) async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        read(self.response(method, path, body).await).await
    }

    pub(super) async fn response(&self, method: &str, path: &str, body: Option<Value>) -> Response {
        self.send_with(&[("authorization", &format!("Bearer {}", self.token))], (method, path), body).await
    }

    pub(super) async fn send_with(
        &self,
        headers: &[(&str, &str)],
        (method, path): (&str, &str),
        body: Option<Value>,
    ) -> Response {
        let request = Request::builder().method(method).uri(format!("/graph.microsoft.com/v1.0/{path}"));
        let request = request.header("host", "127.0.0.1:4000").header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        send(&self.cloud, request.body(body).unwrap()).await
    }

    /// The body of a call that must succeed.
    pub(super) async fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, answer) = self.call(method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {answer}");
        answer
    }

    /// Status, code and message of a call that must be refused.
    pub(super) async fn refused(&self, method: &str, path: &str, body: Option<Value>) -> (u16, String) {
        code(&self.call(method, path, body).await)
    }

    /// Makes a user of this local part; the id.
    pub(super) async fn create(&self, name: &str) -> String {
        let made = self.ok("POST", "users", Some(user(&format!("{name}@corp.example")))).await;
        made["id"].as_str().unwrap().to_owned()
    }

    pub(super) async fn assign(&self, id: &str) -> (StatusCode, Value) {
        let body = json!({ "addLicenses": [{ "skuId": SKU, "disabledPlans": [] }], "removeLicenses": [] });
        self.call("POST", &format!("users/{id}/assignLicense"), Some(body)).await
    }

    pub(super) fn users(&self) -> Vec<GraphUser> {
        self.cloud.microsoft_graph().users(TENANT).unwrap()
    }

    pub(super) fn set(&self, settings: GraphSettings) {
        self.cloud.microsoft_graph().set(settings).unwrap();
    }
}

pub(super) fn sku(enabled: u32) -> GraphSku {
    GraphSku {
        sku_id: SKU.to_owned(),
        part_number: "O365_BUSINESS_ESSENTIALS".to_owned(),
        enabled,
        mailbox: true,
    }
}

pub(super) async fn read(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    assert!(response.headers().contains_key("request-id"), "every answer names the request");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() })
}

/// Status and code of a refusal in Graph's form.
pub(super) fn code((status, answer): &(StatusCode, Value)) -> (u16, String) {
    let error = &answer["error"];
    assert!(error["message"].is_string() && error["innerError"]["request-id"].is_string(), "{answer}");
    (status.as_u16(), error["code"].as_str().unwrap().to_owned())
}

/// The body of the reference's example.
pub(super) fn user(name: &str) -> Value {
    let nickname = name.split('@').next();
    json!({
        "accountEnabled": true, "displayName": "Kim Doe", "mailNickname": nickname, "userPrincipalName": name,
        "usageLocation": "NL", "givenName": "Kim", "surname": "Doe", "employeeId": "emp-123",
        "passwordProfile": { "forceChangePasswordNextSignIn": true, "password": PASSWORD },
    })
}

pub(super) fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}
