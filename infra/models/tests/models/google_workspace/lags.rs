//! What a user who was just made is answered with:
//! <https://developers.google.com/workspace/admin/directory/v1/guides/manage-users>.

use serde_json::json;
use vestibule_models::GoogleSettings;

use super::{Place, minutes, user};

#[tokio::test]
async fn a_new_user_is_not_shown_for_a_while_and_its_name_is_taken() {
    let place = Place::new().await;
    place.set(GoogleSettings { read_lag: minutes(2), ..GoogleSettings::default() });
    let id = place.insert("kim").await;
    for key in [id.as_str(), "kim@corp.example"] {
        let read = place.refused("GET", &format!("users/{key}"), None).await;
        assert_eq!(read, (404, "notFound".to_owned()), "{key}");
    }
    let listed = place.ok("GET", "users?customer=my_customer&query=email:kim@corp.example", None).await;
    assert_eq!(listed.get("users"), None);
    let again = place.refused("POST", "users", Some(user("kim@corp.example"))).await;
    assert_eq!(again, (409, "duplicate".to_owned()));
    place.time.pass(minutes(2));
    assert_eq!(place.ok("GET", "users/kim@corp.example", None).await["id"], json!(id));
}

#[tokio::test]
async fn changes_of_a_new_user_fail_until_its_creation_is_complete() {
    let place = Place::new().await;
    place.set(GoogleSettings { creation_lag: minutes(2), ..GoogleSettings::default() });
    let id = place.insert("kim").await;
    place.ok("GET", &format!("users/{id}"), None).await;
    let changes = [
        ("PATCH", format!("users/{id}"), Some(json!({ "suspended": true }))),
        ("PUT", format!("users/{id}"), Some(json!({ "suspended": true }))),
        ("POST", format!("users/{id}/aliases"), Some(json!({ "alias": "k@corp.example" }))),
        ("POST", format!("users/{id}/signOut"), None),
        ("DELETE", format!("users/{id}"), None),
    ];
    for (method, path, body) in changes.clone() {
        let (status, answer) = place.call(method, &path, body).await;
        assert_eq!(answer["error"]["message"], "User creation is not complete.", "{method} {path}");
        assert_eq!(super::reason((status, answer)), (412, "conditionNotMet".to_owned()));
    }
    place.time.pass(minutes(2));
    for (method, path, body) in changes {
        place.ok(method, &path, body).await;
    }
}

#[tokio::test]
async fn a_mailbox_is_set_up_after_a_while() {
    let place = Place::new().await;
    place.set(GoogleSettings { mailbox_lag: minutes(5), ..GoogleSettings::default() });
    let path = format!("users/{}", place.insert("kim").await);
    assert_eq!(place.ok("GET", &path, None).await["isMailboxSetup"], false);
    place.time.pass(minutes(5));
    assert_eq!(place.ok("GET", &path, None).await["isMailboxSetup"], true);
}
