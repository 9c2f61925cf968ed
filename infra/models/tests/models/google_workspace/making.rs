//! `users.insert`: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/insert>.

use serde_json::json;

use super::{CUSTOMER, PASSWORD, Place, user};

#[tokio::test]
async fn a_user_is_made_read_suspended_deleted_and_brought_back() {
    let place = Place::new().await;
    let id = place.insert("kim.doe").await;
    let read = place.ok("GET", "users/Kim.Doe@corp.example", None).await;
    assert_eq!(
        (&read["id"], &read["suspended"], &read["changePasswordAtNextLogin"], &read["customerId"]),
        (&json!(id), &json!(false), &json!(true), &json!(CUSTOMER))
    );
    assert_eq!(read["externalIds"], json!([{ "type": "organization", "value": "emp-123" }]));
    assert!(place.users()[0].password_matches(PASSWORD));
    assert!(read.get("password").is_none());
    place.ok("PATCH", &format!("users/{id}"), Some(json!({ "suspended": true }))).await;
    assert!(place.users()[0].suspended);
    place.ok("DELETE", &format!("users/{id}"), None).await;
    assert_eq!(place.refused("GET", &format!("users/{id}"), None).await, (404, "notFound".to_owned()));
    place.ok("POST", &format!("users/{id}/undelete"), Some(json!({ "orgUnitPath": "/" }))).await;
    assert_eq!(place.ok("GET", &format!("users/{id}"), None).await["primaryEmail"], "kim.doe@corp.example");
}

#[tokio::test]
async fn a_name_is_given_once() {
    let place = Place::new().await;
    place.insert("kim").await;
    let again = place.refused("POST", "users", Some(user("KIM@corp.example"))).await;
    assert_eq!(again, (409, "duplicate".to_owned()));
    assert_eq!(place.users().len(), 1);
}
