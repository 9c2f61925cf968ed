//! Who holds an address: <https://developers.google.com/workspace/admin/directory/reference/rest/v1/users.aliases>.

use serde_json::json;
use vestibule_models::GoogleSettings;

use super::{CUSTOMER, Place, minutes, user};

const DUPLICATE: &str = "duplicate";

#[tokio::test]
async fn users_aliases_and_groups_share_one_name_space() {
    let place = Place::new().await;
    let google = place.cloud.google_workspace();
    google.add_user(CUSTOMER, "kim@corp.example").unwrap();
    google.add_alias(CUSTOMER, "kim@corp.example", "k@corp.example").unwrap();
    google.add_group(CUSTOMER, "sales@corp.example").unwrap();
    let id = place.insert("lee").await;
    for held in ["kim@corp.example", "k@corp.example", "sales@corp.example"] {
        for (method, path, body) in [
            ("POST", "users".to_owned(), user(held)),
            ("POST", format!("users/{id}/aliases"), json!({ "alias": held })),
            ("POST", "groups".to_owned(), json!({ "email": held })),
            ("PATCH", format!("users/{id}"), json!({ "primaryEmail": held })),
        ] {
            let refused = place.refused(method, &path, Some(body)).await;
            assert_eq!(refused, (409, DUPLICATE.to_owned()), "{method} {path} {held}");
        }
    }
    assert_eq!(google.groups(CUSTOMER).unwrap().len(), 1);
}

#[tokio::test]
async fn an_alias_is_added_listed_and_taken_away() {
    let place = Place::new().await;
    let id = place.insert("kim").await;
    let path = format!("users/{id}/aliases");
    let none = place.ok("GET", &path, None).await;
    assert_eq!((&none["kind"], none.get("aliases")), (&json!("admin#directory#aliases"), None));
    let made = place.ok("POST", &path, Some(json!({ "alias": "K@corp.example" }))).await;
    assert_eq!(
        (&made["id"], &made["primaryEmail"], &made["alias"]),
        (&json!(id), &json!("kim@corp.example"), &json!("k@corp.example"))
    );
    assert_eq!(place.ok("GET", &path, None).await["aliases"][0]["alias"], "k@corp.example");
    let read = place.ok("GET", "users/k@corp.example", None).await;
    assert_eq!((&read["id"], &read["aliases"]), (&json!(id), &json!(["k@corp.example"])));
    let again = place.refused("POST", &path, Some(json!({ "alias": "k@corp.example" }))).await;
    assert_eq!(again, (409, DUPLICATE.to_owned()));
    place.ok("DELETE", &format!("{path}/k@corp.example"), None).await;
    let gone = place.refused("DELETE", &format!("{path}/k@corp.example"), None).await;
    assert_eq!(gone, (404, "notFound".to_owned()));
    place.insert("k").await;
}

/// What hands an address over: the rename leaves an alias, which must go before somebody else can have it.
#[tokio::test]
async fn an_address_changes_hands_when_its_alias_was_taken_away_and_is_let_go() {
    let place = Place::new().await;
    place.set(GoogleSettings { address_hold: minutes(5), ..GoogleSettings::default() });
    let (kim, lee) = (place.insert("kim").await, place.insert("lee").await);
    let renamed = Some(json!({ "primaryEmail": "left-kim@corp.example" }));
    let user = place.ok("PATCH", &format!("users/{kim}"), renamed).await;
    assert_eq!(user["aliases"], json!(["kim@corp.example"]));
    let (path, alias) = (format!("users/{lee}/aliases"), Some(json!({ "alias": "kim@corp.example" })));
    let duplicate = (409, DUPLICATE.to_owned());
    assert_eq!(place.refused("POST", &path, alias.clone()).await, duplicate, "it is an alias of the other");
    place.ok("DELETE", &format!("users/{kim}/aliases/kim@corp.example"), None).await;
    assert_eq!(place.refused("POST", &path, alias.clone()).await, duplicate, "it is not let go yet");
    place.time.pass(minutes(5));
    place.ok("POST", &path, alias).await;
    assert_eq!(place.ok("GET", "users/kim@corp.example", None).await["id"], json!(lee));
}

#[tokio::test]
async fn an_alias_must_be_named_and_of_the_customer() {
    let place = Place::new().await;
    let path = format!("users/{}/aliases", place.insert("kim").await);
    for (body, status, reason) in [
        (json!({}), 400, "required"),
        (json!({ "alias": "k k@corp.example" }), 400, "invalid"),
        (json!({ "alias": "k@nowhere.example" }), 404, "notFound"),
    ] {
        assert_eq!(place.refused("POST", &path, Some(body)).await, (status, reason.to_owned()));
    }
    let nobody =
        place.refused("POST", "users/no@corp.example/aliases", Some(json!({ "alias": "k@corp.example" })));
    assert_eq!(nobody.await, (404, "notFound".to_owned()));
}
