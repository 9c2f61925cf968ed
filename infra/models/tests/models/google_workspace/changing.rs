//! `users.update` and `users.patch`: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/update>.

use serde_json::json;

use super::{PASSWORD, Place};

#[tokio::test]
async fn what_is_not_sent_is_kept_null_clears_and_arrays_are_taken_whole() {
    let place = Place::new().await;
    let path = format!("users/{}", place.insert("kim").await);
    for method in ["PUT", "PATCH"] {
        let ids = json!([{ "type": "account", "value": "a-1" }, { "type": "organization", "value": "o-1" }]);
        let body = json!({ "externalIds": ids, "recoveryEmail": "kim@example.org", "name": { "givenName": "Kimberly" } });
        let changed = place.ok(method, &path, Some(body)).await;
        assert_eq!((&changed["externalIds"], &changed["name"]["familyName"]), (&ids, &json!("Doe")));
        assert_eq!(changed["name"]["fullName"], "Kimberly Doe");
        let ids = json!([{ "type": "organization", "value": "o-2" }]);
        let body = json!({ "externalIds": ids, "recoveryEmail": null, "suspended": true });
        let changed = place.ok(method, &path, Some(body)).await;
        assert_eq!((&changed["externalIds"], changed.get("recoveryEmail")), (&ids, None), "{method}");
        assert_eq!((&changed["suspended"], &changed["suspensionReason"]), (&json!(true), &json!("ADMIN")));
        let changed = place.ok(method, &path, Some(json!({ "suspended": null, "externalIds": null }))).await;
        assert_eq!((&changed["suspended"], changed.get("externalIds")), (&json!(false), None));
    }
    assert!(place.users()[0].password_matches(PASSWORD));
}

#[tokio::test]
async fn a_password_is_set_and_a_change_of_it_asked_for() {
    let place = Place::new().await;
    let path = format!("users/{}", place.insert("kim").await);
    let body = json!({ "password": "another Horse 8", "changePasswordAtNextLogin": false });
    place.ok("PATCH", &path, Some(body)).await;
    let user = &place.users()[0];
    assert!(user.password_matches("another Horse 8") && !user.change_password_at_next_login);
    let weak = place.refused("PATCH", &path, Some(json!({ "password": "short" }))).await;
    assert_eq!(weak, (400, "invalid".to_owned()));
    assert!(!format!("{:?}", place.users()).contains("Horse"));
}

#[tokio::test]
async fn the_old_address_of_a_renamed_user_stays_as_an_alias() {
    let place = Place::new().await;
    let id = place.insert("kim").await;
    let path = format!("users/{id}");
    let renamed = place.ok("PATCH", &path, Some(json!({ "primaryEmail": "kim.lee@corp.example" }))).await;
    assert_eq!(
        (&renamed["primaryEmail"], &renamed["aliases"]),
        (&json!("kim.lee@corp.example"), &json!(["kim@corp.example"]))
    );
    assert_eq!(place.ok("GET", "users/kim@corp.example", None).await["id"], json!(id));
    let taken = place.refused("POST", "users", Some(super::user("kim@corp.example"))).await;
    assert_eq!(taken, (409, "duplicate".to_owned()));
    // Back again: the alias becomes the primary address.
    let back = place.ok("PATCH", &path, Some(json!({ "primaryEmail": "kim@corp.example" }))).await;
    assert_eq!(back["aliases"], json!(["kim.lee@corp.example"]));
    // The alias of one may go to another once it is taken away: how an address is handed over.
    let other = place.insert("lee").await;
    place.ok("DELETE", &format!("{path}/aliases/kim.lee@corp.example"), None).await;
    place
        .ok("POST", &format!("users/{other}/aliases"), Some(json!({ "alias": "kim.lee@corp.example" })))
        .await;
    assert_eq!(place.ok("GET", "users/kim.lee@corp.example", None).await["id"], json!(other));
}

#[tokio::test]
async fn sessions_are_ended_with_the_scope_for_it() {
    let place = Place::new().await;
    let id = place.insert("kim").await;
    place.ok("POST", &format!("users/{id}/signOut"), None).await;
    assert_eq!(place.users()[0].signed_out_at, Some(place.time.now()));
    let token = place.sign_in(&["user"]).await;
    let other = place.call_as(&token, ("POST", &format!("users/{id}/signOut")), None).await;
    assert_eq!(super::reason(other), (403, "insufficientPermissions".to_owned()));
}

#[tokio::test]
async fn what_was_read_can_be_sent_back() {
    let place = Place::new().await;
    let path = format!("users/{}", place.insert("kim").await);
    let read = place.ok("GET", &path, None).await;
    assert_eq!(place.ok("PUT", &path, Some(read.clone())).await["name"], read["name"]);
}
