//! Deleted users: <https://learn.microsoft.com/graph/api/directory-deleteditems-restore> and its neighbours.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::json;

use super::{Place, TENANT, code, minutes};

const MISSING: &str = "Request_ResourceNotFound";

#[tokio::test]
async fn a_deleted_user_waits_30_days_under_another_name() {
    let mut place = Place::new().await;
    let id = place.create("kim").await;
    place.ok("DELETE", &format!("users/{id}"), None).await;
    let path = format!("directory/deletedItems/{id}");
    let hidden = format!("{}kim@corp.example", id.replace('-', ""));
    assert_eq!(place.ok("GET", &path, None).await["userPrincipalName"], hidden);
    let listed = place.ok("GET", "directory/deletedItems/microsoft.graph.user", None).await;
    assert_eq!(listed["value"][0]["id"], json!(id));
    let again = place.refused("DELETE", &format!("users/{id}"), None).await;
    assert_eq!(again, (404, MISSING.to_owned()));
    place.time.pass(SignedDuration::from_hours(30 * 24) - minutes(1));
    place.token = place.sign_in().await;
    place.ok("GET", &path, None).await;
    place.time.pass(minutes(1));
    for (method, path) in
        [("GET", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}/restore"))]
    {
        assert_eq!(place.refused(method, &path, None).await, (404, MISSING.to_owned()), "{method}");
    }
}

#[tokio::test]
async fn the_name_is_free_at_once_and_then_there_is_no_way_back() {
    let place = Place::new().await;
    let id = place.create("kim").await;
    place.ok("DELETE", &format!("users/{id}"), None).await;
    let other = place.create("kim").await;
    assert_ne!(id, other);
    let restore = format!("directory/deletedItems/{id}/restore");
    for body in [None, Some(json!({ "autoReconcileProxyAddresses": true }))] {
        let answer = place.call("POST", &restore, body).await;
        assert_eq!(code(&answer), (400, "Request_BadRequest".to_owned()));
        let detail = &answer.1["error"]["details"][0];
        assert_eq!(
            (&detail["code"], &detail["target"]),
            (&json!("ObjectConflict"), &json!("userPrincipalName"))
        );
    }
    // For good, and then the other as well.
    place.ok("DELETE", &format!("directory/deletedItems/{id}"), None).await;
    assert_eq!(place.refused("POST", &restore, None).await, (404, MISSING.to_owned()));
    assert_eq!(place.users().len(), 1);
}

#[tokio::test]
async fn an_address_of_others_is_left_behind_when_that_is_asked_for() {
    let place = Place::new().await;
    let graph = place.cloud.microsoft_graph();
    let id = place.create("kim").await;
    graph.add_proxy_address(TENANT, &id, "k@corp.example").unwrap();
    place.ok("DELETE", &format!("users/{id}"), None).await;
    graph.add_group(TENANT, "k@corp.example").unwrap();
    let restore = format!("directory/deletedItems/{id}/restore");
    let answer = place.call("POST", &restore, None).await;
    assert_eq!(answer.1["error"]["details"][0]["target"], "proxyAddresses");
    place.ok("POST", &restore, Some(json!({ "autoReconcileProxyAddresses": true }))).await;
    assert!(place.users()[0].proxy_addresses.is_empty());
}

#[tokio::test]
async fn sessions_end_when_they_are_revoked() {
    let place = Place::new().await;
    let id = place.create("kim").await;
    place.time.pass(minutes(5));
    let answer = place.call("POST", &format!("users/{id}/revokeSignInSessions"), None).await;
    assert_eq!((answer.0, &answer.1["value"]), (StatusCode::OK, &json!(true)));
    assert_eq!(place.users()[0].sessions_valid_from, place.time.now());
}
