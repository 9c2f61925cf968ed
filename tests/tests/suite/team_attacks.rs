//! Attacks on the team of another business.

use reqwest::Method;
use serde_json::json;
use vestibule_tests::App;

const TEAM: &str = "/api/admin/team";
const ROLES: &str = "/api/admin/team/roles";

#[tokio::test]
async fn x02_a_tenant_named_beside_the_token_gives_nothing() {
    let app = App::identity().await;
    let ((kim, of_kim), (lee, _)) = (app.founder("kim").await, app.founder("lee").await);
    for path in [TEAM, ROLES, "/api/admin/team/groups", "/api/admin/team/matrix", "/api/v1/teams/members"] {
        let asked = lee.send(lee.request(Method::GET, path).header("x-tenant-id", &of_kim)).await;
        assert_eq!((asked.status, asked.code()), (403, "tenant_mismatch"), "{path}");
        kim.send(kim.request(Method::GET, path).header("x-tenant-id", &of_kim)).await.expect(200);
        if [TEAM, "/api/v1/teams/members"].contains(&path) {
            let named = lee.get(&format!("{path}?tenant={of_kim}")).await.expect(400);
            assert_eq!(named.code(), "parameter_invalid");
        }
    }
}

#[tokio::test]
async fn x05_separators_in_ids_names_and_filters_read_no_other_row() {
    let app = App::identity().await;
    let (kim, tenant) = app.founder("kim").await;
    for odd in
        ["%23", "usr_%23", "..", "TENANT", "MEMBER%23x", "ROLES%23VERSION", "a%2Fb", "%00", "usr_01%20"]
    {
        for below in [TEAM, ROLES] {
            let found = kim.get(&format!("{below}/{odd}")).await;
            assert!([400, 404].contains(&found.status), "{below}/{odd}: {} {}", found.status, found.text);
        }
        let explained = kim.get(&format!("{TEAM}/{odd}/permissions/{odd}")).await;
        assert!([400, 404].contains(&explained.status), "{odd}: {}", explained.text);
    }
    for id in ["a#b", "MEMBER#usr", "..", "a/b", "a b", "A", ""] {
        let body = json!({ "id": id, "title": "Own", "parent": id, "permissions": [id] });
        let refused = kim.post(ROLES, &body).await.expect(422);
        assert_eq!(refused.fields(), ["id", "parent", "permissions"], "{id:?}: all at once");
    }
    for filter in ["role=a%23b", "group=grp_%23", "cursor=MEMBER%23", "kind=%23", "status=%23"] {
        kim.get(&format!("{TEAM}?{filter}")).await.expect(400);
    }
    for text in ["%23", "MEMBER%23", "%25", "%00"] {
        let page = kim.get(&format!("{TEAM}?text={text}")).await.expect(200).body;
        assert_eq!(page["items"], json!([]), "{text}");
    }
    kim.get(&format!("/api/v1/organizations/{tenant}%23/setup")).await.expect(404);
}

#[tokio::test]
async fn x06_the_same_key_in_two_businesses_is_two_requests() {
    let app = App::identity().await;
    let ((kim, _), (lee, _)) = (app.founder("kim").await, app.founder("lee").await);
    let body = json!({ "name": "Sales" });
    let send = async |actor: &vestibule_tests::Actor| {
        let request = actor.request(Method::POST, "/api/admin/team/groups").header("idempotency-key", "k-1");
        actor.send(request.json(&body)).await.expect(201)
    };
    let (of_kim, of_lee) = (send(&kim).await, send(&lee).await);
    assert_ne!(of_kim.body["id"], of_lee.body["id"]);
    assert!(!of_lee.headers.contains_key("idempotent-replayed"));
    assert!(send(&kim).await.headers.contains_key("idempotent-replayed"));
    assert_eq!(send(&lee).await.body, of_lee.body);
}
