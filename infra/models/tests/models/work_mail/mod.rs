//! Users, mailboxes and addresses.

#![expect(clippy::unwrap_used, reason = "a failed step of a test ends the test")]

use serde_json::{Value, json};
use vestibule_models::Cloud;

use crate::support::{mail_input as input, ok, refused};

pub(super) async fn work_mail(cloud: &Cloud, operation: &str, members: Value) -> Value {
    ok(cloud, &format!("WorkMailService.{operation}"), &input(members)).await
}

pub(super) async fn error(cloud: &Cloud, operation: &str, members: Value) -> String {
    refused(cloud, &format!("WorkMailService.{operation}"), &input(members)).await
}

pub(super) async fn create(cloud: &Cloud, name: &str) -> String {
    let made = work_mail(cloud, "CreateUser", json!({ "Name": name, "DisplayName": "Kim" })).await;
    made["UserId"].as_str().unwrap().to_owned()
}

pub(super) async fn enabled(cloud: &Cloud, name: &str, email: &str) -> String {
    let id = create(cloud, name).await;
    work_mail(cloud, "RegisterToWorkMail", json!({ "EntityId": id, "Email": email })).await;
    id
}

mod addresses;
mod permissions;
mod users;
