//! `/api/admin/team` and `/api/v1/teams/members`

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App, operations::Scene};

const TEAM: &str = "/api/admin/team";
const ROLES: &str = "/api/admin/team/roles";

async fn send(actor: &Actor, method: Method, path: &str, body: &Value) -> Answer {
    actor.send(actor.request(method, path).json(body)).await
}

async fn patch(actor: &Actor, id: &str, body: &Value) -> Answer {
    send(actor, Method::PATCH, &format!("{TEAM}/{id}"), body).await
}

async fn remove(actor: &Actor, id: &str) -> Answer {
    actor.send(actor.request(Method::DELETE, &format!("{TEAM}/{id}"))).await
}

/// The id of the member with this name in their address.
async fn id(actor: &Actor, name: &str) -> String {
    let found = actor.get(&format!("{TEAM}?text={name}@")).await.expect(200).body;
    found["items"][0]["id"].as_str().unwrap_or_else(|| panic!("{found}")).to_owned()
}

fn emails(page: &Value) -> Vec<&str> {
    let mut emails: Vec<_> =
        page["items"].as_array().unwrap().iter().map(|item| item["email"].as_str().unwrap()).collect();
    emails.sort_unstable();
    emails
}

#[tokio::test]
async fn ten_4_members_are_listed_filtered_and_paged() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    for (name, role) in [("ada", "viewer"), ("ben", "finance"), ("cleo", "viewer")] {
        app.colleague(&tenant, name, role).await;
    }
    let all = admin.get(TEAM).await.expect(200).body;
    assert_eq!(emails(&all), ["ada", "ben", "cleo", "kim"].map(|name| format!("{name}@example.org")));
    assert_eq!(admin.get("/api/v1/teams/members").await.expect(200).body, all, "two paths, one answer");
    let ben = id(&admin, "ben").await;
    patch(&admin, &ben, &json!({ "status": "suspended", "kind": "vendor" })).await.expect(200);
    for (query, expected) in [
        ("role=viewer", vec!["ada@example.org", "cleo@example.org"]),
        ("status=suspended", vec!["ben@example.org"]),
        ("status=active&role=finance", vec![]),
        ("kind=vendor", vec!["ben@example.org"]),
        ("text=CLE", vec!["cleo@example.org"]),
        ("status=removed", vec![]),
    ] {
        let page = admin.get(&format!("{TEAM}?{query}")).await.expect(200).body;
        assert_eq!(emails(&page), expected, "{query}");
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("{TEAM}?limit=1&role=viewer{next}")).await.expect(200).body;
        seen.extend(emails(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    seen.sort();
    assert_eq!(seen, ["ada@example.org", "cleo@example.org"]);
    for wrong in ["status=gone", "kind=owner", "role=a%23b", "group=x", "limit=0", "sort=name"] {
        let refused = admin.get(&format!("{TEAM}?{wrong}")).await.expect(400);
        assert_eq!(refused.code(), "parameter_invalid", "{wrong}");
    }
}

#[tokio::test]
async fn ten_7_several_roles_add_up_and_a_suspended_or_removed_member_is_refused_at_once() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let ada = app.colleague(&tenant, "ada", "content_manager").await;
    let ada_id = id(&admin, "ada").await;
    ada.get("/api/hires").await.expect(403);
    let both = json!({ "roles": ["content_manager", "support"] });
    assert_eq!(patch(&admin, &ada_id, &both).await.expect(200).body["roles"], both["roles"]);
    ada.get("/api/hires").await.expect(200);
    patch(&admin, &ada_id, &json!({ "status": "suspended" })).await.expect(200);
    ada.get("/api/hires").await.expect(401);
    patch(&admin, &ada_id, &json!({ "status": "active" })).await.expect(200);
    ada.get("/api/hires").await.expect(200);
    remove(&admin, &ada_id).await.expect(204);
    ada.get("/api/hires").await.expect(401);
    remove(&admin, &ada_id).await.expect(404);
    let gone = admin.get(&format!("{TEAM}?status=removed")).await.expect(200).body;
    assert_eq!((&gone["items"][0]["id"], &gone["items"][0]["status"]), (&json!(ada_id), &json!("removed")));
    admin.get(&format!("{TEAM}/{ada_id}")).await.expect(404);
    assert_eq!(emails(&admin.get(TEAM).await.expect(200).body), ["kim@example.org"]);
}

#[tokio::test]
async fn who_left_is_remembered_as_well() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let ada = app.colleague(&tenant, "ada", "viewer").await;
    ada.send(ada.request(Method::DELETE, &format!("/api/auth/context/tenants/{tenant}"))).await.expect(204);
    let gone = admin.get(&format!("{TEAM}?status=removed")).await.expect(200).body;
    assert_eq!(emails(&gone), ["ada@example.org"]);
    let name = gone["items"][0]["name"].clone();
    assert!(name.is_string(), "as they were called when they left");
    let me = ada.request(Method::PATCH, "/api/v1/auth/me").json(&json!({ "name": "Ada New" }));
    ada.send(me).await.expect(200);
    let gone = admin.get(&format!("{TEAM}?status=removed")).await.expect(200).body;
    assert_eq!(gone["items"][0]["name"], name, "what became of them since is theirs");
}

#[tokio::test]
async fn the_outside_kinds_see_nothing_of_the_team() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let ada = app.colleague(&tenant, "ada", "tenant_admin").await;
    let ada_id = id(&admin, "ada").await;
    for kind in ["creator", "contractor", "vendor"] {
        patch(&admin, &ada_id, &json!({ "kind": kind })).await.expect(200);
        for path in [TEAM, ROLES, "/api/admin/team/matrix", "/api/admin/team/groups", "/api/v1/teams/members"]
        {
            ada.get(path).await.expect(403);
        }
        ada.get(&format!("{TEAM}/{ada_id}")).await.expect(403);
        let context = ada.get("/api/auth/context").await.expect(200).body;
        let seen = context["tenant"]["permissions"].as_array().unwrap();
        assert!(!seen.iter().any(|it| it.as_str().unwrap().starts_with("team.")), "{kind}");
        assert!(seen.contains(&json!("orders.view")));
        let why = admin.get(&format!("{TEAM}/{ada_id}/permissions/team.view")).await.expect(200).body;
        assert_eq!(why["allowed"], false);
        assert!(why["missing"][0].as_str().unwrap().contains(kind), "{why}");
    }
    let kim = id(&admin, "kim").await;
    let last = patch(&admin, &kim, &json!({ "kind": "vendor" })).await.expect(409);
    assert_eq!(last.code(), "wrong_state", "somebody outside is no administrator");
}

#[tokio::test]
async fn p02_nobody_gives_a_member_what_they_do_not_hold() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let manager = app.colleague(&tenant, "max", "manager").await;
    app.colleague(&tenant, "ada", "viewer").await;
    let (kim, max, ada) = (id(&admin, "kim").await, id(&admin, "max").await, id(&admin, "ada").await);
    let refused = patch(&manager, &ada, &json!({ "roles": ["finance"] })).await.expect(403);
    assert!(refused.text.contains("payouts.process"), "{}", refused.text);
    patch(&manager, &max, &json!({ "roles": ["manager", "tenant_admin"] })).await.expect(403);
    for change in [json!({ "status": "suspended" }), json!({ "roles": ["viewer"] }), json!({ "groups": [] })]
    {
        patch(&manager, &kim, &change).await.expect(403);
    }
    remove(&manager, &kim).await.expect(403);
    // A role that is stronger by its parent.
    let strong = json!({ "id": "deputy", "title": "Deputy", "parent": "tenant_admin", "permissions": [] });
    admin.post(ROLES, &strong).await.expect(201);
    patch(&manager, &ada, &json!({ "roles": ["deputy"] })).await.expect(403);
    patch(&manager, &ada, &json!({ "roles": ["support", "manager"] })).await.expect(200);
    remove(&manager, &ada).await.expect(204);
    assert_eq!(patch(&admin, &max, &json!({ "roles": ["nobody"] })).await.expect(422).fields(), ["roles"]);
}

#[tokio::test]
async fn p04_the_last_administrator_stays() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let kim = id(&admin, "kim").await;
    for change in [json!({ "roles": ["viewer"] }), json!({ "status": "suspended" })] {
        assert_eq!(patch(&admin, &kim, &change).await.expect(409).code(), "wrong_state");
    }
    assert_eq!(remove(&admin, &kim).await.expect(409).code(), "wrong_state");
    // A role of the business's own that inherits everything counts as well.
    let deputy = json!({ "id": "deputy", "title": "Deputy", "parent": "tenant_admin", "permissions": [] });
    admin.post(ROLES, &deputy).await.expect(201);
    let ada = app.colleague(&tenant, "ada", "deputy").await;
    patch(&admin, &kim, &json!({ "roles": ["viewer"] })).await.expect(200);
    let moved = format!("{ROLES}/deputy?moveTo=viewer");
    let refused = ada.send(ada.request(Method::DELETE, &moved)).await.expect(409);
    assert_eq!(refused.code(), "wrong_state");
    // Nor is the role itself made weaker.
    let weak = json!({ "title": "Deputy", "parent": "viewer", "permissions": ["team.roles.manage"] });
    let refused = send(&ada, Method::PUT, &format!("{ROLES}/deputy"), &weak).await.expect(409);
    assert_eq!(refused.code(), "wrong_state");
    patch(&ada, &kim, &json!({ "roles": ["tenant_admin"] })).await.expect(200);
    send(&ada, Method::PUT, &format!("{ROLES}/deputy"), &weak).await.expect(200);
}

#[tokio::test]
async fn p04_a_permission_that_nobody_would_hold_with_all_others_is_not_registered() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let matrix = admin.get("/api/admin/team/matrix").await.expect(200).body;
    let all: Vec<_> =
        matrix["items"].as_array().unwrap().iter().map(|row| row["permission"].clone()).collect();
    let chief = json!({ "id": "chief", "title": "Chief", "parent": null, "permissions": all });
    admin.post(ROLES, &chief).await.expect(201);
    let ada = app.colleague(&tenant, "ada", "chief").await;
    let kim = id(&admin, "kim").await;
    remove(&ada, &kim).await.expect(204);
    let body = json!({ "name": "seo.edit", "about": "change titles" });
    let refused = ada.post("/api/admin/team/permissions", &body).await.expect(409);
    assert_eq!(refused.code(), "wrong_state", "it would come to the preset's administrator alone");
}

#[tokio::test]
async fn a_role_that_is_held_is_removed_once_its_holders_are_moved() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let buyer = json!({ "id": "buyer", "title": "Buyer", "parent": null, "permissions": ["orders.view"] });
    admin.post(ROLES, &buyer).await.expect(201);
    app.colleague(&tenant, "ada", "buyer").await;
    let ada = id(&admin, "ada").await;
    let delete =
        async |query: &str| admin.send(admin.request(Method::DELETE, &format!("{ROLES}/buyer{query}"))).await;
    assert_eq!(delete("").await.expect(409).code(), "wrong_state");
    assert_eq!(delete("?moveTo=nobody").await.expect(422).fields(), ["moveTo"]);
    assert_eq!(delete("?moveTo=buyer").await.expect(422).fields(), ["moveTo"]);
    assert_eq!(delete("?to=viewer").await.expect(400).code(), "parameter_invalid");
    // Who moves members must be allowed to change them, and does not hold the role.
    let editor = json!({ "id": "editor", "title": "Editor", "parent": null, "permissions": ["team.roles.manage", "orders.view", "orders.manage"] });
    admin.post(ROLES, &editor).await.expect(201);
    let lee = app.colleague(&tenant, "lee", "editor").await;
    let refused =
        lee.send(lee.request(Method::DELETE, &format!("{ROLES}/buyer?moveTo=editor"))).await.expect(403);
    assert!(refused.text.contains("team.manage"), "{}", refused.text);
    let kim = id(&admin, "kim").await;
    patch(&admin, &kim, &json!({ "roles": ["tenant_admin", "buyer"] })).await.expect(200);
    assert_eq!(delete("?moveTo=viewer").await.expect(409).code(), "wrong_state", "one's own role");
    patch(&admin, &kim, &json!({ "roles": ["tenant_admin"] })).await.expect(200);
    let shown = admin.get(&format!("{ROLES}/buyer")).await.expect(200).body;
    assert_eq!(shown["retiring"], false, "what was refused leaves no mark");
    delete("?moveTo=viewer").await.expect(204);
    assert_eq!(admin.get(&format!("{TEAM}/{ada}")).await.expect(200).body["roles"], json!(["viewer"]));
    admin.get(&format!("{ROLES}/buyer")).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_holders_than_fit_into_one_request_are_moved_by_several() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let buyer = json!({ "id": "buyer", "title": "Buyer", "parent": null, "permissions": ["orders.view"] });
    admin.post(ROLES, &buyer).await.expect(201);
    for number in 0..27 {
        let user = vestibule_domain::UserId::new(&app.world);
        app.join(tenant.parse().unwrap(), user, &format!("person{number}@example.org"), "buyer").await;
    }
    let path = format!("{ROLES}/buyer?moveTo=viewer");
    let first = admin.send(admin.request(Method::DELETE, &path)).await.expect(409);
    assert!(first.text.contains("send it again"), "{}", first.text);
    assert_eq!(
        admin.get(&format!("{ROLES}/buyer")).await.expect(200).body["retiring"],
        true,
        "nobody gets it"
    );
    let kim = id(&admin, "kim").await;
    let again = json!({ "roles": ["tenant_admin", "buyer"] });
    assert_eq!(patch(&admin, &kim, &again).await.expect(422).fields(), ["roles"]);
    admin.send(admin.request(Method::DELETE, &path)).await.expect(204);
    let moved = admin.get(&format!("{TEAM}?role=viewer&limit=100")).await.expect(200).body;
    assert_eq!(moved["items"].as_array().unwrap().len(), 27);
}

#[tokio::test]
async fn explain_names_every_way_and_what_is_missing() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    for (role, parent) in [("buyer", "viewer"), ("chief", "buyer")] {
        let body = json!({ "id": role, "title": "Own", "parent": parent, "permissions": ["orders.manage"] });
        admin.post(ROLES, &body).await.expect(201);
    }
    app.colleague(&tenant, "ada", "chief").await;
    let ada = id(&admin, "ada").await;
    let why = async |permission: &str| {
        admin.get(&format!("{TEAM}/{ada}/permissions/{permission}")).await.expect(200).body
    };
    let inherited = why("orders.view").await;
    assert_eq!(inherited["ways"], json!([{ "role": "chief", "through": ["chief", "buyer", "viewer"] }]));
    let twice = why("orders.manage").await;
    let ways = [json!(["chief"]), json!(["chief", "buyer"])];
    assert_eq!(
        twice["ways"].as_array().unwrap().iter().map(|it| it["through"].clone()).collect::<Vec<_>>(),
        ways
    );
    let missing = why("payouts.process").await;
    assert_eq!((&missing["allowed"], &missing["ways"]), (&json!(false), &json!([])));
    assert_eq!(missing["givenBy"], json!(["finance", "tenant_admin"]));
    admin.get(&format!("{TEAM}/{ada}/permissions/orders.eat")).await.expect(404);
}

#[tokio::test]
async fn ten_6_a_registered_permission_comes_to_the_administrator_and_to_nobody_else() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let body = json!({ "name": "seo.edit", "about": "change titles" });
    let made = admin.post("/api/admin/team/permissions", &body).await.expect(201).body;
    assert_eq!(made["roles"], json!(["tenant_admin"]));
    assert_eq!(admin.post("/api/admin/team/permissions", &body).await.expect(409).fields(), ["name"]);
    for (field, wrong) in [
        ("name", json!({ "name": "team.payroll", "about": "x" })),
        ("name", json!({ "name": "SEO", "about": "x" })),
        ("about", json!({ "name": "seo.b", "about": "" })),
    ] {
        assert_eq!(admin.post("/api/admin/team/permissions", &wrong).await.expect(422).fields(), [field]);
    }
    let context = admin.get("/api/auth/context").await.expect(200).body;
    assert!(context["tenant"]["permissions"].as_array().unwrap().contains(&json!("seo.edit")));
    app.colleague(&tenant, "max", "manager").await;
    let max = id(&admin, "max").await;
    let why = admin.get(&format!("{TEAM}/{max}/permissions/seo.edit")).await.expect(200).body;
    assert_eq!((&why["allowed"], &why["givenBy"]), (&json!(false), &json!(["tenant_admin"])));
    let role = json!({ "id": "seo", "title": "SEO", "parent": null, "permissions": ["seo.edit"] });
    admin.post(ROLES, &role).await.expect(201);
    let matrix = admin.get("/api/admin/team/matrix").await.expect(200).body;
    let row = matrix["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&row["permission"], &row["roles"]["seo"]), (&json!("seo.edit"), &json!("seo")));
}

#[tokio::test]
async fn p05_protected_fields_and_bad_values_are_refused_by_name() {
    let app = App::identity().await;
    let (admin, _) = app.founder("kim").await;
    let kim = id(&admin, "kim").await;
    for field in ["tenant", "email", "version", "joined", "superAdmin"] {
        let mut body = json!({ "roles": ["tenant_admin"] });
        body[field] = json!("x");
        assert_eq!(patch(&admin, &kim, &body).await.expect(400).fields(), [field]);
    }
    let wrong = json!({ "roles": [], "status": "gone", "kind": "owner", "groups": ["grp_x"] });
    assert_eq!(patch(&admin, &kim, &wrong).await.expect(422).fields(), ["roles", "status", "kind", "groups"]);
    let twice = json!({ "roles": ["tenant_admin", "tenant_admin"] });
    assert_eq!(patch(&admin, &kim, &twice).await.expect(422).fields(), ["roles"]);
    let eleven: Vec<_> = (0..11).map(|n| format!("role_{n}")).collect();
    assert_eq!(patch(&admin, &kim, &json!({ "roles": eleven })).await.expect(422).fields(), ["roles"]);
}

#[tokio::test]
async fn x01_members_of_another_business_are_not_there() {
    let app = App::identity().await;
    let ((kim, _), (lee, _)) = (app.founder("kim").await, app.founder("lee").await);
    let kim_id = id(&kim, "kim").await;
    assert_eq!(emails(&lee.get(TEAM).await.expect(200).body), ["lee@example.org"]);
    lee.get(&format!("{TEAM}/{kim_id}")).await.expect(404);
    lee.get(&format!("{TEAM}/{kim_id}/permissions/team.view")).await.expect(404);
    patch(&lee, &kim_id, &json!({ "status": "suspended" })).await.expect(404);
    remove(&lee, &kim_id).await.expect(404);
    // X04: a cursor of one business leads nowhere in another.
    let cursor = kim.get(&format!("{TEAM}?limit=1")).await.expect(200).body["next"].clone();
    let path = format!("{TEAM}?limit=1&cursor={}", cursor.as_str().unwrap());
    assert_eq!(lee.get(&path).await.expect(400).code(), "cursor_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_9_a_member_is_mailed_of_changes_by_others_until_they_switch_it_off() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("kim").await;
    let ada = app.colleague(&tenant, "ada", "viewer").await;
    let (ada_id, kim_id) = (id(&admin, "ada").await, id(&admin, "kim").await);
    app.mails_settled().await;
    let (before, own) = (app.mails_to("ada@example.org").len(), app.mails_to("kim@example.org").len());
    patch(&admin, &ada_id, &json!({ "roles": ["finance"] })).await.expect(200);
    let mail = app.mail_to("ada@example.org", before + 1).await;
    assert!(mail.subject.contains("membership"), "{}", mail.subject);
    assert!(mail.text.unwrap().contains("Acme"), "the organization is named");
    // A group, the same again, and what one does oneself: nothing is told.
    patch(&admin, &ada_id, &json!({ "roles": ["finance"], "groups": [] })).await.expect(200);
    patch(&admin, &kim_id, &json!({ "roles": ["tenant_admin", "viewer"] })).await.expect(200);
    let path = "/api/auth/context/notifications";
    assert_eq!(ada.get(path).await.expect(200).body, json!({ "membership": true }));
    send(&ada, Method::PUT, path, &json!({ "membership": false })).await.expect(200);
    assert_eq!(ada.get(path).await.expect(200).body, json!({ "membership": false }));
    assert_eq!(admin.get(path).await.expect(200).body, json!({ "membership": true }), "each their own");
    patch(&admin, &ada_id, &json!({ "status": "suspended" })).await.expect(200);
    remove(&admin, &ada_id).await.expect(204);
    app.mails_settled().await;
    assert_eq!(app.mails_to("ada@example.org").len(), before + 1);
    assert_eq!(app.mails_to("kim@example.org").len(), own);
}

#[tokio::test]
async fn p_02_whoever_does_not_see_the_team_is_told_about_themselves_alone() {
    let scene = Scene::start().await;
    let (agent, id) = scene.joined("brokerage.agent").await;
    let (_, other) = scene.joined("brokerage.agent").await;
    let asked = |id: &str| format!("/api/admin/team/{id}/permissions/hires.view");
    let own = agent.get(&asked(&id)).await.expect(200).body;
    assert_eq!(
        (&own["allowed"], &own["givenBy"]),
        (&json!(false), &json!([])),
        "no role of the business is named"
    );
    agent.get(&asked(&other)).await.expect(403);
    let (outside, id) = scene.joined("brokerage.admin").await;
    let admin = scene.admin();
    let change =
        admin.request(Method::PATCH, &format!("/api/admin/team/{id}")).json(&json!({ "kind": "vendor" }));
    admin.send(change).await.expect(200);
    assert_eq!(outside.get(&asked(&id)).await.expect(200).body["givenBy"], json!([]));
    outside.get(&asked(&other)).await.expect(403);
}
