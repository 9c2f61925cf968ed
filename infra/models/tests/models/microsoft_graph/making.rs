//! `POST /users`: <https://learn.microsoft.com/graph/api/user-post-users>.

use http::StatusCode;
use serde_json::json;

use super::{PASSWORD, Place, user};

#[tokio::test]
async fn a_user_is_made_licensed_disabled_deleted_and_restored() {
    let place = Place::new().await;
    let (status, made) = place.call("POST", "users", Some(user("kim.doe@corp.example"))).await;
    assert_eq!((status, &made["userPrincipalName"]), (StatusCode::CREATED, &json!("kim.doe@corp.example")));
    let id = made["id"].as_str().unwrap();
    // The default set has neither.
    assert!(made.get("employeeId").is_none() && made.get("accountEnabled").is_none());
    assert_eq!(place.assign(id).await.0, StatusCode::OK);
    let read = place.ok("GET", "users/KIM.doe@corp.example?$select=mail,employeeId", None).await;
    assert_eq!((&read["mail"], &read["employeeId"]), (&json!("kim.doe@corp.example"), &json!("emp-123")));
    let stored = &place.users()[0];
    assert!(stored.password_matches(PASSWORD) && stored.force_change_password_next_sign_in);
    let (status, _) =
        place.call("PATCH", &format!("users/{id}"), Some(json!({ "accountEnabled": false }))).await;
    assert_eq!((status, place.users()[0].account_enabled), (StatusCode::NO_CONTENT, false));
    assert_eq!(place.call("DELETE", &format!("users/{id}"), None).await.0, StatusCode::NO_CONTENT);
    let gone = place.refused("GET", &format!("users/{id}"), None).await;
    assert_eq!(gone, (404, "Request_ResourceNotFound".to_owned()));
    let restored = place.ok("POST", &format!("directory/deletedItems/{id}/restore"), None).await;
    assert_eq!(restored["userPrincipalName"], "kim.doe@corp.example");
    place.ok("GET", &format!("users/{id}"), None).await;
}

#[tokio::test]
async fn a_duplicate_is_a_bad_request_that_names_the_property() {
    let place = Place::new().await;
    place.create("kim").await;
    let (status, answer) = place.call("POST", "users", Some(user("KIM@corp.example"))).await;
    assert_eq!(super::code(&(status, answer.clone())), (400, "Request_BadRequest".to_owned()));
    let detail = &answer["error"]["details"][0];
    assert_eq!((&detail["code"], &detail["target"]), (&json!("ObjectConflict"), &json!("userPrincipalName")));
}
