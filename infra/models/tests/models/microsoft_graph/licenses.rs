//! Licences: <https://learn.microsoft.com/graph/api/user-assignlicense> and
//! <https://learn.microsoft.com/graph/api/subscribedsku-list>.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Place, SKU, TENANT, sku, user};

impl Place {
    /// The message of a licence that must be refused.
    async fn refused_license(&self, id: &str, body: Value) -> String {
        let answer = self.call("POST", &format!("users/{id}/assignLicense"), Some(body)).await;
        assert_eq!(super::code(&answer), (400, "Request_BadRequest".to_owned()));
        answer.1["error"]["message"].as_str().unwrap().to_owned()
    }

    async fn consumed(&self) -> Value {
        let skus = self.ok("GET", "subscribedSkus", None).await;
        let sku = &skus["value"][0];
        assert_eq!((&sku["skuId"], &sku["prepaidUnits"]["enabled"]), (&json!(SKU), &json!(2)));
        sku["consumedUnits"].clone()
    }
}

fn add(sku: &str) -> Value {
    json!({ "addLicenses": [{ "skuId": sku }], "removeLicenses": [] })
}

#[tokio::test]
async fn licences_are_counted_and_run_out() {
    let place = Place::new().await;
    let mut ids = Vec::new();
    for name in ["kim", "lee", "max"] {
        ids.push(place.create(name).await);
    }
    assert_eq!(place.consumed().await, 0);
    for id in &ids[..2] {
        let (status, answer) = place.assign(id).await;
        assert_eq!((status, &answer["assignedLicenses"][0]["skuId"]), (StatusCode::OK, &json!(SKU)));
    }
    // The same licence again takes no other one.
    assert_eq!(place.assign(&ids[0]).await.0, StatusCode::OK);
    assert_eq!(place.consumed().await, 2);
    let none_left = format!("Subscription with SKU {SKU} does not have any available licenses.");
    assert_eq!(place.refused_license(&ids[2], add(SKU)).await, none_left);
    place.ok("DELETE", &format!("users/{}", ids[0]), None).await;
    assert_eq!(place.consumed().await, 1);
    assert_eq!(place.assign(&ids[2]).await.0, StatusCode::OK);
    // Who comes back goes without, because it is somebody else's now.
    place.ok("POST", &format!("directory/deletedItems/{}/restore", ids[0]), None).await;
    let back = place.ok("GET", &format!("users/{}?$select=assignedLicenses", ids[0]), None).await;
    assert_eq!((&back["assignedLicenses"], place.consumed().await), (&json!([]), json!(2)));
}

#[tokio::test]
async fn a_usage_location_comes_first() {
    let place = Place::new().await;
    let mut body = user("kim@corp.example");
    body.as_object_mut().unwrap().remove("usageLocation");
    let id = place.ok("POST", "users", Some(body)).await["id"].as_str().unwrap().to_owned();
    assert_eq!(
        place.refused_license(&id, add(SKU)).await,
        "License assignment cannot be done for user with invalid usage location."
    );
    place.ok("PATCH", &format!("users/{id}"), Some(json!({ "usageLocation": "NL" }))).await;
    assert_eq!(place.assign(&id).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_licence_must_be_one_of_the_tenants_and_both_lists_be_sent() {
    let place = Place::new().await;
    let id = place.create("kim").await;
    let unknown = "00000000-0000-0000-0000-000000000000";
    assert_eq!(
        place.refused_license(&id, add(unknown)).await,
        format!("License {unknown} does not correspond to a valid company License.")
    );
    place.refused_license(&id, json!({ "addLicenses": [{ "skuId": SKU }] })).await;
    let remove = json!({ "addLicenses": [], "removeLicenses": [SKU] });
    let message = place.refused_license(&id, remove.clone()).await;
    assert_eq!(message, "User does not have a corresponding license.");
    place.assign(&id).await;
    place.ok("POST", &format!("users/{id}/assignLicense"), Some(remove)).await;
    assert_eq!(place.consumed().await, 0);
    place.cloud.microsoft_graph().add_sku(TENANT, &sku(2)).unwrap();
}
