//! Races about rights. `VESTIBULE_ROUNDS` asks for more rounds.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const TEAM: &str = "/api/admin/team";
const ROLES: &str = "/api/admin/team/roles";

/// How many rounds the races have, unless `VESTIBULE_ROUNDS` says another number.
pub(crate) fn rounds_or(usual: usize) -> usize {
    let named = std::env::vars().find_map(|(name, count)| (name == "VESTIBULE_ROUNDS").then_some(count));
    named.map_or(usual, |count| count.parse().unwrap())
}

fn rounds() -> usize {
    rounds_or(8)
}

async fn send(actor: &Actor, method: Method, path: &str, body: &Value) -> Answer {
    actor.send(actor.request(method, path).json(body)).await
}

async fn id(actor: &Actor, name: &str) -> String {
    let found = actor.get(&format!("{TEAM}?text={name}@")).await.expect(200).body;
    found["items"][0]["id"].as_str().unwrap().to_owned()
}

async fn place(actor: &Actor, id: &str, roles: &[&str]) -> Answer {
    send(actor, Method::PATCH, &format!("{TEAM}/{id}"), &json!({ "roles": roles })).await
}

async fn edit(actor: &Actor, role: &str, parent: Option<&str>, permissions: &[&str]) -> Answer {
    let body = json!({ "title": "Own", "parent": parent, "permissions": permissions });
    send(actor, Method::PUT, &format!("{ROLES}/{role}"), &body).await
}

async fn own_role(admin: &Actor, id: &str, parent: Option<&str>, permissions: &[&str]) {
    let body = json!({ "id": id, "title": "Own", "parent": parent, "permissions": permissions });
    admin.post(ROLES, &body).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn p04_two_administrators_who_demote_each_other_leave_one() {
    let app = App::identity().await;
    let (kim, tenant) = app.founder("kim").await;
    let lee = app.colleague(&tenant, "lee", "tenant_admin").await;
    let (kim_id, lee_id) = (id(&kim, "kim").await, id(&kim, "lee").await);
    let mut done = 0;
    for round in 0..rounds() {
        let (first, second) =
            tokio::join!(place(&kim, &lee_id, &["viewer"]), place(&lee, &kim_id, &["viewer"]));
        let won = [&first, &second].iter().filter(|answer| answer.status == 200).count();
        assert!(won <= 1, "round {round}: {} {}", first.text, second.text);
        for answer in [&first, &second] {
            assert!([200, 403, 409].contains(&answer.status), "round {round}: {}", answer.text);
        }
        done += won;
        // Whoever is left makes both administrators again.
        let left = if kim.get(ROLES).await.status == 200
            && place(&kim, &lee_id, &["tenant_admin"]).await.status == 200
        {
            &kim
        } else {
            &lee
        };
        place(left, &kim_id, &["tenant_admin"]).await.expect(200);
        place(left, &lee_id, &["tenant_admin"]).await.expect(200);
    }
    println!("{} rounds, {done} with a winner, 0 without an administrator", rounds());
    assert!(done > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn p03_a_role_edited_while_it_is_granted_gives_nobody_what_the_manager_lacks() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let manager = app.colleague(&tenant, "max", "manager").await;
    app.colleague(&tenant, "ada", "viewer").await;
    let ada_id = id(&admin, "ada").await;
    own_role(&admin, "base", None, &["orders.view"]).await;
    own_role(&admin, "buyer", Some("base"), &["orders.view"]).await;
    let (mut granted, mut refused) = (0, 0);
    for round in 0..rounds() {
        // The role itself, or its parent, becomes stronger than the manager.
        let (role, parent) = if round % 2 == 0 { ("buyer", Some("base")) } else { ("base", None) };
        let strong = ["payouts.process"];
        let (edited, given) =
            tokio::join!(edit(&admin, role, parent, &strong), place(&manager, &ada_id, &["viewer", "buyer"]));
        assert!([200, 409].contains(&edited.status), "{}", edited.text);
        assert!([200, 403, 409].contains(&given.status), "{}", given.text);
        let holds = admin.get(&format!("{TEAM}/{ada_id}")).await.expect(200).body["roles"]
            == json!(["viewer", "buyer"]);
        assert_eq!(holds, given.status == 200, "round {round}");
        granted += usize::from(holds);
        refused += usize::from(!holds);
        let now = admin.get(&format!("{ROLES}/buyer")).await.expect(200).body["permissions"].clone();
        let strong = now.as_array().unwrap().contains(&json!("payouts.process"));
        // Once it is strong, the manager gives it no more.
        let again = place(&manager, &ada_id, &["viewer", "buyer"]).await;
        assert_eq!(again.status, if strong { 403 } else { 200 }, "{}", again.text);
        place(&admin, &ada_id, &["viewer"]).await.expect(200);
        edit(&admin, "base", None, &["orders.view"]).await.expect(200);
        edit(&admin, "buyer", Some("base"), &["orders.view"]).await.expect(200);
    }
    println!("{} rounds: {granted} granted before the edit, {refused} refused", rounds());
}

#[tokio::test(flavor = "multi_thread")]
async fn p02_who_is_suspended_does_not_take_it_back_by_a_request_under_way() {
    let app = App::identity().await;
    let (kim, tenant) = app.founder("kim").await;
    let max = app.colleague(&tenant, "max", "manager").await;
    let max_id = id(&kim, "max").await;
    for round in 0..rounds() {
        let path = format!("{TEAM}/{max_id}");
        let suspension = json!({ "status": "suspended" });
        let suspend = send(&kim, Method::PATCH, &path, &suspension);
        let back = json!({ "status": "active", "roles": ["manager", if round % 2 == 0 { "viewer" } else { "support" }] });
        let resist = futures::future::join_all((0..6).map(|_| send(&max, Method::PATCH, &path, &back)));
        let (suspended, _) = tokio::join!(suspend, resist);
        suspended.expect(200);
        let status = kim.get(&path).await.expect(200).body["status"].clone();
        assert_eq!(status, "suspended", "round {round}");
        send(&kim, Method::PATCH, &path, &json!({ "status": "active", "roles": ["manager"] }))
            .await
            .expect(200);
    }
    println!("{} rounds, suspended after each", rounds());
}

#[tokio::test(flavor = "multi_thread")]
async fn p04_somebody_may_do_everything_when_one_leaves_while_a_permission_is_registered() {
    let app = App::identity().await;
    let (kim, _) = app.founder("kim").await;
    let all = kim.get("/api/admin/team/matrix").await.expect(200).body;
    let all: Vec<_> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["permission"].as_str().unwrap().to_owned())
        .collect();
    let mut left = 0;
    for round in 0..rounds().min(20) {
        let (kim, tenant) = app.founder(&format!("kim{round}")).await;
        let names: Vec<_> = all.iter().map(String::as_str).collect();
        own_role(&kim, "chief", None, &names).await;
        let ada = app.colleague(&tenant, &format!("ada{round}"), "chief").await;
        let leave = kim.send(kim.request(Method::DELETE, &format!("/api/auth/context/tenants/{tenant}")));
        let body = json!({ "name": "seo.edit", "about": "change titles" });
        let (gone, registered) = tokio::join!(leave, ada.post("/api/admin/team/permissions", &body));
        assert!([204, 409].contains(&gone.status), "{}", gone.text);
        assert!([201, 409].contains(&registered.status), "{}", registered.text);
        assert!(!(gone.status == 204 && registered.status == 201), "round {round}: nobody may do everything");
        left += usize::from(gone.status == 204);
    }
    println!("{} rounds, {left} left, in none nobody was an administrator", rounds().min(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn p03_a_role_removed_while_it_is_granted_leaves_nobody_with_its_name() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    app.colleague(&tenant, "ada", "viewer").await;
    let ada_id = id(&admin, "ada").await;
    let (mut removed, mut kept) = (0, 0);
    for round in 0..rounds() {
        own_role(&admin, "buyer", None, &["orders.view"]).await;
        let gone = admin.send(admin.request(Method::DELETE, &format!("{ROLES}/buyer")));
        let (gone, given) = tokio::join!(gone, place(&admin, &ada_id, &["viewer", "buyer"]));
        assert!([204, 409].contains(&gone.status), "round {round}: {}", gone.text);
        let roles = admin.get(&format!("{TEAM}/{ada_id}")).await.expect(200).body["roles"].clone();
        let holds = roles.as_array().unwrap().contains(&json!("buyer"));
        assert_eq!(holds, given.status == 200, "round {round}: {}", given.text);
        assert!(!(holds && gone.status == 204), "round {round}: a removed role is held");
        removed += usize::from(gone.status == 204);
        kept += usize::from(holds);
        place(&admin, &ada_id, &["viewer"]).await.expect(200);
        admin.send(admin.request(Method::DELETE, &format!("{ROLES}/buyer"))).await;
    }
    println!("{} rounds: {removed} removed, {kept} granted, 0 both", rounds());
}
