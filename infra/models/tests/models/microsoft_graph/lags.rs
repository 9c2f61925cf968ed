//! What was just written is not read at once: <https://learn.microsoft.com/graph/best-practices-concept>.

use http::StatusCode;
use serde_json::json;
use vestibule_models::GraphSettings;

use super::{Place, minutes, user};

#[tokio::test]
async fn a_new_user_is_not_found_for_a_while_and_its_name_is_taken() {
    let place = Place::new().await;
    place.set(GraphSettings { read_lag: minutes(1), ..GraphSettings::default() });
    let id = place.create("kim").await;
    let missing = (404, "Request_ResourceNotFound".to_owned());
    for key in [id.as_str(), "kim@corp.example"] {
        assert_eq!(place.refused("GET", &format!("users/{key}"), None).await, missing, "{key}");
    }
    let path = format!("users/{id}");
    let change = place.refused("PATCH", &path, Some(json!({ "jobTitle": "Cook" }))).await;
    assert_eq!((change, place.refused("DELETE", &path, None).await), (missing.clone(), missing.clone()));
    assert_eq!(super::code(&place.assign(&id).await), missing);
    let filter = "users?$filter=userPrincipalName%20eq%20'kim@corp.example'";
    assert_eq!(place.ok("GET", filter, None).await["value"], json!([]));
    let again = place.refused("POST", "users", Some(user("kim@corp.example"))).await;
    assert_eq!(again, (400, "Request_BadRequest".to_owned()));
    place.time.pass(minutes(1));
    assert_eq!(place.ok("GET", "users/kim@corp.example", None).await["id"], json!(id));
}

#[tokio::test]
async fn a_mailbox_appears_some_time_after_its_licence() {
    let place = Place::new().await;
    place.set(GraphSettings { mailbox_lag: minutes(5), ..GraphSettings::default() });
    let id = place.create("kim").await;
    place.time.pass(minutes(5));
    let path = format!("users/{id}?$select=mail,proxyAddresses");
    assert_eq!(place.ok("GET", &path, None).await["mail"], json!(null));
    assert_eq!(place.assign(&id).await.0, StatusCode::OK);
    let rules = format!("users/{id}/mailFolders/inbox/messageRules");
    let early = (404, "MailboxNotEnabledForRESTAPI".to_owned());
    assert_eq!(place.refused("GET", &rules, None).await, early);
    assert_eq!(place.ok("GET", &path, None).await["mail"], json!(null));
    place.time.pass(minutes(5));
    let read = place.ok("GET", &path, None).await;
    assert_eq!(
        (&read["mail"], &read["proxyAddresses"]),
        (&json!("kim@corp.example"), &json!(["SMTP:kim@corp.example"]))
    );
    place.ok("GET", &rules, None).await;
}
