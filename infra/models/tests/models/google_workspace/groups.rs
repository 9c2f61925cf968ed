//! Groups as holders of addresses: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/groups>.

use serde_json::json;

use super::{Place, reason};

#[tokio::test]
async fn a_group_is_made_found_by_each_of_its_addresses_and_deleted() {
    let place = Place::new().await;
    let made =
        place.ok("POST", "groups", Some(json!({ "email": "Sales@corp.example", "name": "Sales" }))).await;
    let id = made["id"].as_str().unwrap();
    let path = format!("groups/{id}/aliases");
    place.ok("POST", &path, Some(json!({ "alias": "kim@corp.example" }))).await;
    assert_eq!(place.ok("GET", &path, None).await["aliases"][0]["primaryEmail"], "sales@corp.example");
    for key in [id, "sales@corp.example", "kim@corp.example"] {
        let read = place.ok("GET", &format!("groups/{key}"), None).await;
        assert_eq!((&read["id"], &read["aliases"]), (&json!(id), &json!(["kim@corp.example"])), "{key}");
    }
    let listed = place.ok("GET", "groups?customer=my_customer", None).await;
    assert_eq!(listed["groups"][0]["email"], "sales@corp.example");
    // A group is no user.
    let read = place.refused("GET", "users/sales@corp.example", None).await;
    assert_eq!(read, (404, "notFound".to_owned()));
    place.ok("DELETE", &format!("{path}/kim@corp.example"), None).await;
    place.insert("kim").await;
    place.ok("DELETE", &format!("groups/{id}"), None).await;
    place.insert("sales").await;
}

#[tokio::test]
async fn a_group_needs_an_address_and_its_own_scope() {
    let place = Place::new().await;
    assert_eq!(
        place.refused("POST", "groups", Some(json!({ "name": "Sales" }))).await,
        (400, "required".to_owned())
    );
    assert_eq!(place.refused("GET", "groups/no@corp.example", None).await, (404, "notFound".to_owned()));
    let token = place.sign_in(&["user"]).await;
    let read = place.call_as(&token, ("GET", "groups?customer=my_customer"), None).await;
    assert_eq!(reason(read), (403, "insufficientPermissions".to_owned()));
}
