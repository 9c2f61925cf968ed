//! `PATCH /users/{id}`: <https://learn.microsoft.com/graph/api/user-update>.

use http::StatusCode;
use serde_json::json;

use super::{Place, TENANT, code};

#[tokio::test]
async fn what_is_not_sent_is_kept_and_null_clears() {
    let place = Place::new().await;
    let path = format!("users/{}", place.create("kim").await);
    let body = json!({ "jobTitle": "Cook", "employeeId": null, "accountEnabled": false });
    let (status, answer) = place.call("PATCH", &path, Some(body)).await;
    assert_eq!((status, answer), (StatusCode::NO_CONTENT, json!(null)));
    let select = format!("{path}?$select=jobTitle,employeeId,surname,accountEnabled");
    let read = place.ok("GET", &select, None).await;
    assert_eq!(
        (&read["jobTitle"], &read["employeeId"], &read["surname"], &read["accountEnabled"]),
        (&json!("Cook"), &json!(null), &json!("Doe"), &json!(false))
    );
    for body in [json!({ "displayName": null }), json!({ "usageLocation": null }), json!({ "id": "x" })] {
        let refused = place.refused("PATCH", &path, Some(body.clone())).await;
        assert_eq!(refused, (400, "Request_BadRequest".to_owned()), "{body}");
    }
}

#[tokio::test]
async fn a_password_is_set_and_a_change_of_it_asked_for() {
    let place = Place::new().await;
    let path = format!("users/{}", place.create("kim").await);
    let profile = json!({ "password": "another Horse 8", "forceChangePasswordNextSignIn": false });
    place.ok("PATCH", &path, Some(json!({ "passwordProfile": profile }))).await;
    let user = &place.users()[0];
    assert!(user.password_matches("another Horse 8") && !user.force_change_password_next_sign_in);
    assert!(!format!("{user:?}").contains("Horse"));
}

#[tokio::test]
async fn a_new_principal_name_must_be_free_and_leaves_the_mailbox_its_address() {
    let place = Place::new().await;
    place.cloud.microsoft_graph().add_user(TENANT, "lee@corp.example").unwrap();
    let id = place.create("kim").await;
    place.assign(&id).await;
    let path = format!("users/{id}");
    let taken = place.call("PATCH", &path, Some(json!({ "userPrincipalName": "lee@corp.example" }))).await;
    assert_eq!(code(&taken), (400, "Request_BadRequest".to_owned()));
    assert_eq!(taken.1["error"]["details"][0]["code"], "ObjectConflict");
    place.ok("PATCH", &path, Some(json!({ "userPrincipalName": "kim.lee@corp.example" }))).await;
    let read = place.ok("GET", "users/kim.lee@corp.example", None).await;
    assert_eq!((&read["id"], &read["mail"]), (&json!(id), &json!("kim@corp.example")));
    // The mailbox still has the old address.
    let old = place.call("POST", "users", Some(super::user("kim@corp.example"))).await;
    assert_eq!(old.1["error"]["details"][0]["target"], "proxyAddresses");
}

#[tokio::test]
async fn the_address_of_a_user_without_a_mailbox_can_be_set() {
    let place = Place::new().await;
    let id = place.create("kim").await;
    let path = format!("users/{id}");
    place.ok("PATCH", &path, Some(json!({ "mail": "k@corp.example" }))).await;
    assert_eq!(place.users()[0].proxy_addresses, ["SMTP:k@corp.example"]);
    let foreign = place.refused("PATCH", &path, Some(json!({ "mail": "k@nowhere.example" }))).await;
    assert_eq!(foreign, (400, "Request_BadRequest".to_owned()));
    place.assign(&id).await;
    let late = place.refused("PATCH", &path, Some(json!({ "mail": "kim@corp.example" }))).await;
    assert_eq!(late, (400, "Request_BadRequest".to_owned()));
}
