//! What `POST /users` does not take: <https://learn.microsoft.com/graph/api/user-post-users> and
//! <https://learn.microsoft.com/graph/api/resources/user>.

use serde_json::{Value, json};

use super::{Place, TENANT, user};

impl Place {
    /// The target of a value that must be refused.
    async fn invalid(&self, body: Value) -> String {
        let (status, answer) = self.call("POST", "users", Some(body)).await;
        assert_eq!(super::code(&(status, answer.clone())), (400, "Request_BadRequest".to_owned()));
        let detail = &answer["error"]["details"][0];
        assert_eq!(detail["code"], "InvalidValue", "{answer}");
        detail["target"].as_str().unwrap().to_owned()
    }

    /// The target of a conflict.
    async fn conflict(&self, name: &str) -> String {
        let (_, answer) = self.call("POST", "users", Some(user(name))).await;
        let detail = &answer["error"]["details"][0];
        assert_eq!(detail["code"], "ObjectConflict", "{answer}");
        detail["target"].as_str().unwrap().to_owned()
    }
}

/// The example's body with one member changed.
fn with(name: &str, value: Value) -> Value {
    let mut body = user("kim@corp.example");
    body[name] = value;
    body
}

#[tokio::test]
async fn five_properties_are_required() {
    let place = Place::new().await;
    for name in ["accountEnabled", "displayName", "mailNickname", "passwordProfile", "userPrincipalName"] {
        let mut body = user("kim@corp.example");
        body.as_object_mut().unwrap().remove(name);
        assert_eq!(place.invalid(body).await, name);
    }
    let without = with("passwordProfile", json!({ "forceChangePasswordNextSignIn": true }));
    assert_eq!(place.invalid(without).await, "passwordProfile");
    assert!(place.users().is_empty());
}

#[tokio::test]
async fn a_principal_name_has_allowed_characters_and_a_verified_domain() {
    let place = Place::new().await;
    place.cloud.microsoft_graph().add_domain(TENANT, "new.example", false).unwrap();
    for name in [
        "kim@new.example",
        "kim@nowhere.example",
        "kim",
        "@corp.example",
        "kim doe@corp.example",
        "kim+doe@corp.example",
        "zoë@corp.example",
        "kim.@corp.example",
        &format!("{}@corp.example", "k".repeat(65)),
    ] {
        assert_eq!(
            place.invalid(with("userPrincipalName", json!(name))).await,
            "userPrincipalName",
            "{name}"
        );
    }
    place.cloud.microsoft_graph().add_domain(TENANT, "new.example", true).unwrap();
    place.ok("POST", "users", Some(user("k'i.m-_!#^~9@new.example"))).await;
}

#[tokio::test]
async fn properties_have_their_form_and_length() {
    let place = Place::new().await;
    for (name, value) in [
        ("employeeId", json!("e".repeat(17))),
        ("givenName", json!("g".repeat(65))),
        ("displayName", json!("d".repeat(257))),
        ("mailNickname", json!("kim doe")),
        ("mailNickname", json!("m".repeat(65))),
        ("usageLocation", json!("nl")),
        ("accountEnabled", json!("true")),
        ("onPremisesExtensionAttributes", json!({ "extensionAttribute16": "x" })),
    ] {
        assert_eq!(place.invalid(with(name, value.clone())).await, name, "{value}");
    }
    for weak in ["Short7!", "alllowercase7", "ALLUPPERCASE!"] {
        let profile = json!({ "password": weak });
        assert_eq!(place.invalid(with("passwordProfile", profile)).await, "password", "{weak}");
    }
    let bad_request = (400, "Request_BadRequest".to_owned());
    for (name, value) in [("nickname", json!("Kim")), ("proxyAddresses", json!(["smtp:k@corp.example"]))] {
        let refused = place.refused("POST", "users", Some(with(name, value))).await;
        assert_eq!(refused, bad_request, "{name}");
    }
    let attributes = json!({ "extensionAttribute1": "job_01J00000000000000000000000" });
    let mut body = with("employeeId", json!("e".repeat(16)));
    body["onPremisesExtensionAttributes"] = attributes.clone();
    place.ok("POST", "users", Some(body)).await;
    let select = "users/kim@corp.example?$select=onPremisesExtensionAttributes";
    let read = place.ok("GET", select, None).await;
    assert_eq!(read["onPremisesExtensionAttributes"], attributes);
    assert!(place.call("POST", "users", Some(json!("text"))).await.0.is_client_error());
}

#[tokio::test]
async fn an_address_that_another_user_or_a_group_has_is_a_conflict_of_its_property() {
    let place = Place::new().await;
    let graph = place.cloud.microsoft_graph();
    graph.add_user(TENANT, "lee@corp.example").unwrap();
    graph.add_proxy_address(TENANT, "lee@corp.example", "l@corp.example").unwrap();
    graph.add_group(TENANT, "sales@corp.example").unwrap();
    assert_eq!(place.conflict("Lee@corp.example").await, "userPrincipalName");
    assert_eq!(place.conflict("l@corp.example").await, "proxyAddresses");
    assert_eq!(place.conflict("sales@corp.example").await, "proxyAddresses");
    assert_eq!((place.users().len(), graph.groups(TENANT).unwrap().len()), (1, 1));
}
