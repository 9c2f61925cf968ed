//! `users.delete` and `users.undelete`: <https://support.google.com/a/answer/1397578>.

use jiff::SignedDuration;
use serde_json::json;
use vestibule_models::GoogleSettings;

use super::{CUSTOMER, Place, minutes, user};

const NOT_FOUND: &str = "notFound";
const DUPLICATE: &str = "duplicate";

#[tokio::test]
async fn a_deleted_user_is_gone_for_all_but_the_list_of_the_deleted() {
    let place = Place::new().await;
    let id = place.insert("kim").await;
    let path = format!("users/{id}");
    place.ok("DELETE", &path, None).await;
    for (method, body) in [("GET", None), ("DELETE", None), ("PATCH", Some(json!({ "suspended": true })))] {
        assert_eq!(place.refused(method, &path, body).await, (404, NOT_FOUND.to_owned()), "{method}");
    }
    let listed = place.ok("GET", "users?customer=my_customer&showDeleted=true", None).await;
    assert_eq!(listed["users"].as_array().unwrap().len(), 1);
    assert_eq!(listed["users"][0]["id"], json!(id));
    assert!(listed["users"][0]["deletionTime"].is_string());
}

#[tokio::test]
async fn a_user_comes_back_by_id_for_20_days() {
    let place = Place::new().await;
    let id = place.insert("kim").await;
    place.ok("POST", &format!("users/{id}/aliases"), Some(json!({ "alias": "k@corp.example" }))).await;
    let body = Some(json!({ "orgUnitPath": "/" }));
    let alive = place.refused("POST", &format!("users/{id}/undelete"), body.clone()).await;
    assert_eq!(alive, (404, NOT_FOUND.to_owned()));
    place.ok("DELETE", &format!("users/{id}"), None).await;
    let by_name = place.refused("POST", "users/kim@corp.example/undelete", body.clone()).await;
    assert_eq!(by_name, (404, NOT_FOUND.to_owned()));
    place.time.pass(SignedDuration::from_hours(20 * 24) - minutes(1));
    let token = place.sign_in(&["user"]).await;
    let undelete = format!("users/{id}/undelete");
    let (status, _) = place.call_as(&token, ("POST", &undelete), body.clone()).await;
    assert_eq!(status, http::StatusCode::NO_CONTENT);
    assert_eq!(place.users()[0].aliases, ["k@corp.example"]);
    place.call_as(&token, ("DELETE", &format!("users/{id}")), None).await;
    place.time.pass(SignedDuration::from_hours(20 * 24));
    let token = place.sign_in(&["user"]).await;
    let late = super::reason(place.call_as(&token, ("POST", &undelete), body).await);
    assert_eq!(late, (404, NOT_FOUND.to_owned()));
    assert!(place.users().is_empty());
}

#[tokio::test]
async fn an_address_that_somebody_has_meanwhile_keeps_a_user_from_coming_back() {
    let place = Place::new().await;
    let id = place.insert("kim").await;
    place.ok("DELETE", &format!("users/{id}"), None).await;
    // The same address makes another user.
    let other = place.insert("kim").await;
    assert_ne!(id, other);
    let undelete = format!("users/{id}/undelete");
    assert_eq!(place.refused("POST", &undelete, None).await, (409, DUPLICATE.to_owned()));
    place.ok("DELETE", &format!("users/{other}"), None).await;
    place.cloud.google_workspace().add_group(CUSTOMER, "kim@corp.example").unwrap();
    assert_eq!(place.refused("POST", &undelete, None).await, (409, DUPLICATE.to_owned()));
}

#[tokio::test]
async fn the_addresses_of_a_deleted_user_are_held_for_the_time_that_is_set() {
    let place = Place::new().await;
    place.set(GoogleSettings { address_hold: minutes(30), ..GoogleSettings::default() });
    let id = place.insert("kim").await;
    place.ok("POST", &format!("users/{id}/aliases"), Some(json!({ "alias": "k@corp.example" }))).await;
    place.ok("DELETE", &format!("users/{id}"), None).await;
    for held in ["kim@corp.example", "k@corp.example"] {
        let refused = place.refused("POST", "users", Some(user(held))).await;
        assert_eq!(refused, (409, DUPLICATE.to_owned()), "{held}");
    }
    // Nobody is to be found behind it.
    assert_eq!(place.refused("GET", "users/kim@corp.example", None).await, (404, NOT_FOUND.to_owned()));
    place.time.pass(minutes(30));
    place.insert("kim").await;
}
