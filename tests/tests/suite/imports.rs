//! A team from a CSV file: a look at it, the import, its report.

use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const IMPORT: &str = "/api/v1/teams/import";

async fn send(actor: &Actor, query: &str, file: &str) -> Answer {
    let request = actor.request(Method::POST, &format!("{IMPORT}{query}"));
    actor.send(request.header("content-type", "text/csv").body(file.to_owned())).await
}

/// The import, once nothing works on it any more.
async fn ended(actor: &Actor, made: &Value) -> Value {
    let path = made["statusUrl"].as_str().unwrap();
    loop {
        let shown = actor.get(path).await.expect(200).body;
        if ["succeeded", "failed", "cancelled"].contains(&shown["status"].as_str().unwrap()) {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// A file of these rows.
fn rows_of(rows: impl Iterator<Item = String>) -> String {
    ["email,roles".to_owned()].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn classes(preview: &Value) -> Vec<&str> {
    preview["rows"].as_array().unwrap().iter().map(|row| row["result"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_tells_each_row_and_changes_nothing_and_the_import_does_what_it_said() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    app.colleague(&tenant, "member1", "viewer").await;
    let invite = json!({ "emails": ["waits@example.org"], "roles": ["viewer"] });
    admin.post("/api/admin/team/invites", &invite).await.expect(200);
    let file = "\u{feff}Email;Roles;Kind\r\nnew1@example.org;viewer;team\r\nno address;viewer;team\r\n\
                NEW1@example.org;viewer;team\r\nwaits@example.org;viewer;team\r\nmember1@example.org;viewer;team\r\n\
                new2@example.org;viewer|manager;creator\r\nnew3@example.org;king;team\r\n=1+1@example.org;viewer;team\r\n";
    let preview = send(&admin, "?dryRun=true", file).await.expect(200).body;
    let expected =
        ["ready", "malformed", "twice", "already_invited", "already_member", "ready", "malformed", "ready"];
    assert_eq!(classes(&preview), expected);
    assert_eq!((&preview["counts"]["ready"], &preview["rows"][1]["line"]), (&json!(3), &json!(3)));
    app.mails_settled().await;
    assert!(app.mails_to("new1@example.org").is_empty(), "nothing is sent by a look");

    let made = send(&admin, "", file).await.expect(202).body;
    let done = ended(&admin, &made).await;
    assert_eq!(
        (&done["status"], &done["rows"], &done["invited"], &done["refused"]),
        (&json!("succeeded"), &json!(8), &json!(3), &json!(5))
    );
    app.link("new1@example.org", "invitation", 1).await;
    let report = admin.get(made["reportUrl"].as_str().unwrap()).await.expect(200);
    let lines: Vec<_> = report.text.lines().collect();
    assert_eq!((lines[0], lines.len()), ("line,email,result,detail", 9));
    assert!(
        lines[1].starts_with("2,new1@example.org,invited,")
            && lines[2].starts_with("3,no address,malformed,")
    );
    assert!(lines[8].contains(",'=1+1@example.org,"), "no formula: {}", lines[8]);
    let again = send(&admin, "?dryRun=true", file).await.expect(200).body;
    assert_eq!(again["counts"]["already_invited"], json!(4));
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_p02_nobody_imports_what_they_do_not_hold_and_administrators_need_a_fresh_sign_in() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    let manager = app.colleague(&tenant, "mona", "manager").await;
    let file = "email,roles\nboss@example.org,tenant_admin\nlou@example.org,viewer\n";
    let preview = send(&manager, "?dryRun=true", file).await.expect(200).body;
    assert_eq!(classes(&preview), ["role_above_yours", "ready"]);
    let preview = send(&admin, "?dryRun=true", file).await.expect(200).body;
    assert_eq!(preview["rows"][0]["administrator"], json!(true));
    app.advance(jiff::SignedDuration::from_mins(14));
    app.advance(jiff::SignedDuration::from_secs(50));
    let late = send(&admin, "", file).await;
    // The token lasts 15 minutes, as long as a sign-in is fresh: one that was refreshed shows the difference.
    assert_eq!(late.status, 202, "{}", late.text);
    let tokens = app.login("ines@example.org").await;
    app.advance(jiff::SignedDuration::from_mins(14));
    let refreshed = app.refresh(&tokens.refresh).await.expect(200).body;
    app.advance(jiff::SignedDuration::from_mins(10));
    let admin = app.actor(refreshed["accessToken"].as_str().map(str::to_owned));
    let refused = send(&admin, "", "email,roles\nboss2@example.org,tenant_admin\n").await.expect(403);
    assert!(refused.text.contains("Line 2"), "{}", refused.text);
    send(&admin, "", "email,roles\nlou2@example.org,viewer\n").await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_p02_a_role_by_its_title_makes_no_administrator_unseen() {
    let app = App::identity().await;
    app.founder("ines").await;
    let tokens = app.login("ines@example.org").await;
    app.advance(jiff::SignedDuration::from_mins(14));
    let refreshed = app.refresh(&tokens.refresh).await.expect(200).body;
    app.advance(jiff::SignedDuration::from_mins(10));
    let admin = app.actor(refreshed["accessToken"].as_str().map(str::to_owned));
    for role in ["tenant_admin", "Tenant admin", "TENANT-ADMIN"] {
        let file = format!("email,roles\nlou@example.org,viewer\nboss@example.org,{role}\n");
        let preview = send(&admin, "?dryRun=true", &file).await.expect(200).body;
        let told = (&preview["rows"][1]["administrator"], &preview["rows"][1]["roles"]);
        assert_eq!(told, (&json!(true), &json!([role])));
        let refused = send(&admin, "", &file).await.expect(403);
        assert!(refused.text.contains("Line 3") && refused.text.contains("Sign in anew"), "{}", refused.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_used_takes_its_address_from_no_later_one() {
    let app = App::identity().await;
    let (_, tenant) = app.founder("ines").await;
    let manager = app.colleague(&tenant, "mona", "manager").await;
    let file = "email,roles\rlou@example.org,king\rlou@example.org,tenant_admin\rlou@example.org,viewer\r\
                LOU@example.org,viewer\r";
    let expected = ["malformed", "role_above_yours", "ready", "twice"];
    let preview = send(&manager, "?dryRun=true", file).await.expect(200).body;
    assert_eq!(classes(&preview), expected);
    assert_eq!(preview["rows"][3]["line"], json!(5));
    let made = send(&manager, "", file).await.expect(202).body;
    let done = ended(&manager, &made).await;
    assert_eq!((&done["invited"], &done["refused"]), (&json!(1), &json!(3)));
    let report = manager.get(made["reportUrl"].as_str().unwrap()).await.expect(200).text;
    let told: Vec<_> = report.lines().skip(1).map(|line| line.split(',').nth(2).unwrap()).collect();
    assert_eq!(told, ["malformed", "role_above_yours", "invited", "twice"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_is_another_request_than_the_import_under_the_same_key() {
    let app = App::identity().await;
    let (admin, _) = app.founder("ines").await;
    let file = "email,roles\nlou@example.org,viewer\n";
    let keyed = async |query: &str| {
        let request = admin.request(Method::POST, &format!("{IMPORT}{query}"));
        let request = request.header("content-type", "text/csv").header("idempotency-key", "one");
        admin.send(request.body(file)).await
    };
    let made = keyed("").await.expect(202).body;
    assert_eq!(keyed("").await.expect(202).body["id"], made["id"]);
    assert_eq!(keyed("?dryRun=true").await.expect(422).code(), "idempotency_key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_f02_files_that_are_too_much_or_no_files_are_refused_as_a_whole() {
    let app = App::identity().await;
    let (admin, _) = app.founder("ines").await;
    let huge = format!("email,roles\n{}", "a".repeat(4 << 20));
    let refused = send(&admin, "", &huge).await.expect(413);
    assert!(refused.text.contains("4 MiB"), "{}", refused.text);
    let many = format!("email,roles\n{}", "kim@example.org,viewer\n".repeat(10_001));
    assert!(send(&admin, "", &many).await.expect(413).text.contains("10,000"));
    for file in ["", "email\n", "email,roles\n", "email,roles,tenant\na,b,c\n"] {
        assert_eq!(send(&admin, "", file).await.expect(400).code(), "body_invalid");
    }
    send(&admin, "?dryRun=maybe", "email,roles\nkim@example.org,viewer\n").await.expect(400);
    let json = admin.post(IMPORT, &json!({ "email": "kim@example.org" })).await;
    assert_eq!(json.expect(400).code(), "body_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_beyond_the_seats_are_told_and_a_cancelled_import_stops() {
    let app = App::identity().await;
    let (admin, _) = app.founder("ines").await;
    let tier = admin.request(Method::PUT, "/api/v1/workspace/subscription");
    admin.send(tier.json(&json!({ "tier": "free" }))).await.expect(200);
    let file = rows_of((0..10).map(|n| format!("guest{n}@example.org,viewer")));
    let preview = send(&admin, "?dryRun=true", &file).await.expect(200).body;
    assert_eq!((&preview["counts"]["ready"], &preview["counts"]["beyond_seats"]), (&json!(4), &json!(6)));
    let made = send(&admin, "", &file).await.expect(202).body;
    let done = ended(&admin, &made).await;
    assert_eq!((&done["invited"], &done["refused"]), (&json!(10), &json!(0)));
    let over = admin.post(&format!("{}/cancel", made["statusUrl"].as_str().unwrap()), &json!({})).await;
    assert_eq!(over.expect(409).code(), "wrong_state");

    let wrong = rows_of((0..4_000).map(|n| format!("wrong{n},viewer")));
    let made = send(&admin, "", &wrong).await.expect(202).body;
    let path = made["statusUrl"].as_str().unwrap();
    let stopped = admin.post(&format!("{path}/cancel"), &json!({})).await;
    assert!([202, 409].contains(&stopped.status), "{}", stopped.text);
    let done = ended(&admin, &made).await;
    if stopped.status == 202 {
        assert_eq!(done["status"], json!("cancelled"));
        let report = admin.get(&format!("{path}/report")).await.expect(200);
        assert!(report.text.contains(",waiting,"), "rows that it did not come to are told");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_no_matter_of_those_who_run_provisioning() {
    let app = App::identity().await;
    let (admin, _) = app.founder("ines").await;
    let made = send(&admin, "", "email,roles\nno address,viewer\n").await.expect(202).body;
    ended(&admin, &made).await;
    let job = format!("/api/provision/jobs/{}", made["id"].as_str().unwrap());
    for (what, body) in
        [("retry", json!({})), ("retry", json!({ "localPart": "wei.li" })), ("cancel", json!({}))]
    {
        assert_eq!(admin.post(&format!("{job}/{what}"), &body).await.expect(409).code(), "wrong_state");
    }
    assert_eq!(ended(&admin, &made).await["rows"], json!(1), "what it holds is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_b04_imports_count_the_mails_to_an_address_too() {
    let app = App::identity_with(|options| {
        options.parameters.insert("SignInsPerMinute".into(), "5".into());
    })
    .await;
    app.next_minute();
    let (admin, _) = app.founder("ines").await;
    app.next_minute();
    let mut invited = 0;
    for _ in 0..8 {
        let made = send(&admin, "", "email,roles\nvictim@example.org,viewer\n").await.expect(202).body;
        invited += ended(&admin, &made).await["invited"].as_u64().unwrap();
        let open = admin.get("/api/admin/team/invites?status=pending").await.expect(200).body;
        if let Some(id) = open["items"][0]["id"].as_str() {
            let revoke = admin.request(Method::DELETE, &format!("/api/admin/team/invites/{id}"));
            admin.send(revoke).await.expect(204);
        }
    }
    println!("8 imports of one address in a minute: {invited} invited");
    assert!(invited <= 5, "{invited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_are_listed_newest_first_and_nothing_else_is() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    let mut made = Vec::new();
    for n in 0..3 {
        let import = send(&admin, "", &format!("email,roles\nperson {n},viewer\n")).await.expect(202).body;
        ended(&admin, &import).await;
        made.insert(0, import["id"].clone());
        app.advance(jiff::SignedDuration::from_secs(1));
    }
    let list = async |query: &str| admin.get(&format!("/api/v1/teams/imports{query}")).await;
    let all = list("").await.expect(200).body;
    let ids = |page: &Value| {
        page["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((ids(&all), &all["next"]), (made.clone(), &Value::Null));
    assert_eq!(all["items"][0], admin.get(&format!("{IMPORT}/{}", made[0].as_str().unwrap())).await.body);
    let first = list("?limit=2").await.expect(200).body;
    let next = first["next"].as_str().unwrap().to_owned();
    let second = list(&format!("?limit=2&cursor={next}")).await.expect(200).body;
    assert_eq!([ids(&first), ids(&second)].concat(), made);
    let jobs = admin.get(&format!("/api/provision/jobs?cursor={next}")).await.expect(400);
    assert_eq!(jobs.code(), "cursor_invalid");
    app.colleague(&tenant, "vera", "viewer").await.get("/api/v1/teams/imports").await.expect(403);
    app.hire_at("hire@example.net").await;
    let sample = app.admin();
    let jobs = sample.get("/api/provision/jobs").await.expect(200).body;
    assert_eq!(jobs["items"].as_array().unwrap().len(), 1, "that of the hire");
    assert_eq!(sample.get("/api/v1/teams/imports").await.expect(200).body["items"], json!([]));
}
