//! The audit log: who finds what in it, and what is written where.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use vestibule_domain::AuditId;
use vestibule_store::Cost;
use vestibule_tests::{
    Actor, Answer, App, Row,
    auditing::{all_of, times},
    identity::PASSWORD,
};

const LOG: &str = "/api/audit";

/// The rows of a tenant's log whose text holds `what`.
async fn rows_of(app: &App, partition: &str, what: &str) -> Vec<Row> {
    let all = app.records().await.into_iter().filter(|(pk, _)| pk.starts_with(partition));
    all.map(|(_, row)| row).filter(|row| format!("{row:?}").contains(what)).collect()
}

fn round_trips(answer: &Answer) -> u32 {
    serde_json::from_slice::<Cost>(answer.headers["x-cost"].as_bytes()).unwrap().round_trips
}

fn ids(records: &[Value]) -> Vec<&str> {
    records.iter().map(|record| record["id"].as_str().unwrap()).collect()
}

/// Copies of a record of the sample tenant, one for each time, with this action.
async fn fill(app: &App, action: &str, times: impl Iterator<Item = Timestamp>) {
    let tenant = app.stack.sample().tenant.id;
    let pattern = rows_of(app, &format!("T#{tenant}#AUDIT#"), "hire.create").await.remove(0);
    let change = |at: Timestamp| {
        let id = AuditId::of_time(at, &app.world).to_string();
        let month = format!("T#{tenant}#AUDIT#{}", &at.to_string()[..7]);
        vec![("PK", month), ("SK", id.clone()), ("id", id), ("at", at.to_string()), ("action", action.into())]
    };
    app.copy_record(&pattern, times.map(change)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_filter_finds_what_it_says_newest_first() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    let group = admin.post("/api/admin/team/groups", &json!({ "name": "Sales" })).await.expect(201).body;
    let other = admin.post("/api/admin/team/groups", &json!({ "name": "Service" })).await.expect(201).body;
    let viewer = app.colleague(&tenant, "vera", "viewer").await;
    viewer.get(LOG).await.expect(403);
    let whole = all_of(&admin, "limit=3").await;
    let actions: Vec<_> = whole.iter().map(|record| record["action"].as_str().unwrap()).collect();
    // The refusal belongs to the beginning of its minute.
    for action in ["session.switch", "access.refuse", "group.create", "tenant.subscription", "tenant.create"]
    {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    let mut sorted = ids(&whole);
    sorted.sort_unstable();
    sorted.reverse();
    assert_eq!(ids(&whole), sorted);
    let me = admin.get("/api/v1/auth/me").await.expect(200).body["id"].as_str().unwrap().to_owned();
    let groups = |records: &[Value]| {
        let named = records.iter().filter(|record| record["action"] == "group.create");
        named.map(|record| record["resource"].clone()).collect::<Vec<_>>()
    };
    for query in ["action=group.create", "action=group.", "actor=INES@example.org&action=group.&outcome=done"]
    {
        let found = all_of(&admin, query).await;
        assert_eq!(
            (groups(&found), found.len()),
            (vec![other["id"].clone(), group["id"].clone()], 2),
            "{query}"
        );
    }
    let found = all_of(&admin, &format!("resource={}&actor={me}", group["id"].as_str().unwrap())).await;
    assert_eq!((groups(&found), found.len()), (vec![group["id"].clone()], 1));
    assert_eq!(found[0]["actorEmail"], "ines@example.org");
    for query in
        ["actor=vera@example.org&action=group.", "action=group", "resource=grp_none", "outcome=failed"]
    {
        assert_eq!(all_of(&admin, query).await, Vec::<Value>::new(), "{query}");
    }
    let shown = admin.get(&format!("{LOG}/{}", found[0]["id"].as_str().unwrap())).await.expect(200).body;
    assert_eq!((&shown["old"], &shown["new"]), (&Value::Null, &json!({ "name": "Sales" })));
    let at = found[0]["at"].as_str().unwrap();
    assert_eq!(ids(&all_of(&admin, &format!("from={at}&to={at}&action=group.")).await), ids(&found));
    let before = at.parse::<Timestamp>().unwrap() - SignedDuration::from_millis(1);
    assert!(all_of(&admin, &format!("to={before}&action=group.")).await.is_empty());
    assert!(all_of(&admin, "from=2020-01-01&to=2020-01-31").await.is_empty());
}

/// Records that nobody looks for: `VESTIBULE_RECORDS`, or 3,000.
fn noise() -> u32 {
    let told = std::env::vars().find(|(name, _)| name == "VESTIBULE_RECORDS");
    told.map_or(3_000, |(_, count)| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_three_round_trips_however_far_it_looks() {
    let records = noise();
    let app = App::start().await;
    app.hire("Kim", "Doe").await;
    let (admin, now) = (app.admin(), app.world.now());
    let ago = |seconds: i64| now - SignedDuration::from_secs(seconds);
    // All of them within fifty hours, however many there are.
    let between = SignedDuration::from_hours(50) / i32::try_from(records).unwrap();
    let times = (1..=records).map(|number| now - between * i32::try_from(number).unwrap());
    fill(&app, "test.noise", times).await;
    fill(&app, "test.wanted", [ago(60 * 3_001), ago(60 * 3_002), ago(70 * 86_400)].into_iter()).await;
    let since = ago(100 * 86_400);
    let (mut found, mut pages, mut empty, mut cursor) = (Vec::new(), 0, 0, String::new());
    let mut reached = now;
    loop {
        let page = admin.get(&format!("{LOG}?action=test.wanted&from={since}{cursor}")).await.expect(200);
        assert!(round_trips(&page) <= 3, "{}", round_trips(&page));
        let items = page.body["items"].as_array().unwrap();
        (pages, empty) = (pages + 1, empty + usize::from(items.is_empty()));
        found.extend(items.iter().cloned());
        let to: Timestamp = page.body["searchedTo"].as_str().unwrap().parse().unwrap();
        assert!(to <= reached, "it goes back in time");
        reached = to;
        let Some(next) = page.body["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    println!("{pages} pages of {} records, {empty} of them empty, {} found", records + 3, found.len());
    assert!((empty, found.len()) >= (1, 3) && found.len() == 3 && pages <= 4 + records / 1_000);
    assert_eq!(reached, since);
    let first = admin.get(&format!("{LOG}?limit=100&from={since}")).await.expect(200);
    assert_eq!((first.body["items"].as_array().unwrap().len(), round_trips(&first)), (100, 2));
    let all = all_of(&admin, &format!("limit=100&from={since}&action=test.")).await;
    let mut differ = ids(&all);
    differ.dedup();
    let written = usize::try_from(records).unwrap() + 3;
    assert_eq!((all.len(), differ.len()), (written, written), "each once");
    // Of the seven days before the end, where nothing is said.
    let until = ago(66 * 86_400);
    assert_eq!(all_of(&admin, &format!("limit=100&action=test.wanted&to={until}")).await.len(), 1);
    assert_eq!(all_of(&admin, "limit=100&action=test.wanted").await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_belongs_to_its_filter_and_its_tenant() {
    let app = App::start().await;
    for _ in 0..3 {
        app.hire("Kim", "Doe").await;
    }
    let (admin, stranger) = (app.admin(), app.stranger().await);
    let page = admin.get(&format!("{LOG}?action=hire.&limit=1")).await.expect(200).body;
    let cursor = page["next"].as_str().unwrap();
    admin.get(&format!("{LOG}?action=hire.&limit=2&cursor={cursor}")).await.expect(200);
    for query in ["", "action=job.&", "action=hire.&outcome=done&"] {
        let refused = admin.get(&format!("{LOG}?{query}cursor={cursor}")).await.expect(400);
        assert_eq!(refused.code(), "cursor_invalid", "{query}");
    }
    let theirs = stranger.get(&format!("{LOG}?action=hire.&cursor={cursor}")).await.expect(400);
    assert_eq!(theirs.code(), "cursor_invalid");
    let export = admin.get(&format!("{LOG}/export?cursor={cursor}")).await.expect(400);
    assert_eq!(export.code(), "cursor_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_f01_bad_parameters_are_named_and_foreign_ids_tell_nothing() {
    let app = App::start().await;
    let admin = app.admin();
    let wrong = [
        ("from", "soon"),
        ("from", "2026-13-01"),
        ("from", "-999999-01-01T00:00:00Z"),
        ("to", "2026-11-20T09:15:00"),
        ("to", "9999-12-31"),
        ("to", ""),
        ("actor", "kim"),
        ("actor", "@"),
        ("actor", "usr_1"),
        ("actor", "system:%00"),
        ("action", "Hire.Create"),
        ("action", "."),
        ("action", "hire*"),
        ("resource", ""),
        ("outcome", "maybe"),
        ("cursor", &"x".repeat(600)),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("limt", "1"),
    ];
    for (name, value) in wrong {
        let refused = admin.get(&format!("{LOG}?{name}={value}")).await.expect(400);
        assert_eq!((refused.fields(), refused.code()), (vec![name], "parameter_invalid"), "{name}={value}");
    }
    let both = admin.get(&format!("{LOG}?from=2026-11-21&to=2026-11-20&from=x")).await.expect(400);
    assert_eq!(both.fields(), ["from", "to"]);
    let format = admin.get(&format!("{LOG}/export?format=xml&outcome=x&limit=3")).await.expect(400);
    assert_eq!(format.fields(), ["limit", "outcome", "format"]);
    for text in ["%ff%fe", "%00", "a%0Ab", "%F0%9F%92%A9"] {
        let answer = admin.get(&format!("{LOG}?resource={text}&cursor={text}")).await;
        assert_eq!((answer.status, answer.code()), (400, "cursor_invalid"), "{text}");
        admin.get(&format!("{LOG}?resource={text}")).await.expect(200);
    }
    app.hire("Kim", "Doe").await;
    let known = all_of(&admin, "action=hire.create").await[0]["id"].as_str().unwrap().to_owned();
    let stranger = app.stranger().await;
    let same = |answer: Answer| {
        let mut body = answer.expect(404).body;
        body["requestId"].take();
        body
    };
    let foreign = same(stranger.get(&format!("{LOG}/{known}")).await);
    let highest = "aud_7ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    for id in ["aud_00000000000000000000000000", highest, "aud_x", "hire_00000000000000000000000000", "%00"] {
        assert_eq!(same(stranger.get(&format!("{LOG}/{id}")).await), foreign, "{id}");
    }
    admin.get(&format!("{LOG}/{known}")).await.expect(200);
    let none = admin.get(&format!("{LOG}/checkpoint")).await.expect(404);
    assert!(none.text.contains("Nothing was signed yet"), "{}", none.text);
}

/// Kim, who belongs to the tenants of Ines and of Omar; and both of them.
async fn in_two_tenants(app: &App) -> (Actor, [(Actor, String); 2]) {
    let (ines, first) = app.founder("ines").await;
    let (omar, second) = app.founder("omar").await;
    let kim = app.with_token(&app.newcomer("kim@example.org").await);
    let me = kim.get("/api/v1/auth/me").await.expect(200).body;
    for tenant in [&first, &second] {
        let (tenant, id) = (tenant.parse().unwrap(), me["id"].as_str().unwrap().parse().unwrap());
        app.join(tenant, id, "kim@example.org", "viewer").await;
    }
    (kim, [(ines, first), (omar, second)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_told_in_the_log_of_its_tenant_and_in_no_other() {
    let app = App::identity().await;
    let (kim, [(ines, first), (omar, second)]) = in_two_tenants(&app).await;
    let of = async |reader: &Actor| {
        let found = all_of(reader, "actor=kim@example.org").await;
        found.iter().map(|record| record["action"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // So far there was a sign-in without a tenant.
    assert_eq!((of(&ines).await.len(), of(&omar).await.len()), (0, 0));
    kim.post("/api/auth/context/switch", &json!({ "tenant": first })).await.expect(200);
    let body = json!({ "email": "kim@example.org", "password": PASSWORD });
    let begun = app.anonymous().post("/api/v1/auth/login", &body).await.expect(200);
    assert_eq!(begun.body["tenant"], json!(first), "the session begins where Kim was last");
    let session = app.actor(begun.body["accessToken"].as_str().map(str::to_owned));
    session.post("/api/v1/auth/logout", &json!({})).await.expect(204);
    assert_eq!(of(&ines).await, ["session.end", "session.begin", "session.switch"]);
    assert_eq!(of(&omar).await, Vec::<String>::new());
    // The first session goes on to the other tenant, and is ended from a third one there.
    let over = kim.post("/api/auth/context/switch", &json!({ "tenant": second })).await.expect(200);
    let there = app.actor(over.body["accessToken"].as_str().map(str::to_owned));
    let me = there.get("/api/v1/auth/me").await.expect(200).body["session"].clone();
    let path = format!("/api/v1/auth/sessions/{}", me.as_str().unwrap());
    there.send(there.request(reqwest::Method::DELETE, &path)).await.expect(204);
    assert_eq!(of(&omar).await, ["session.end", "session.switch"]);
    assert_eq!(of(&ines).await.len(), 3);
    // Neither says anything of the other.
    let tenants = [(&first, &second), (&second, &first)];
    for (tenant, other) in tenants {
        assert!(rows_of(&app, &format!("T#{tenant}#AUDIT#"), other).await.is_empty(), "{tenant}");
    }
    assert_eq!(rows_of(&app, "U#", "session.begin").await.len(), 3, "those of Ines, Omar and Kim at first");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_one_record_a_minute_with_their_count() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    let (viewer, other) =
        (app.colleague(&tenant, "vera", "viewer").await, app.colleague(&tenant, "vito", "viewer").await);
    app.next_minute();
    for path in ["/api/audit", "/api/audit/export", "/api/audit/checkpoint", "/api/audit?limit=0"] {
        viewer.get(path).await.expect(403);
    }
    other.get(LOG).await.expect(403);
    app.next_minute();
    viewer.get(LOG).await.expect(403);
    let refused = all_of(&admin, "action=access.refuse&outcome=refused").await;
    let counted = |email: &str, what: &str| {
        let of = refused.iter().filter(|record| record["actorEmail"] == email && record["resource"] == what);
        of.map(|record| record["count"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(counted("vera@example.org", "audit.view"), [1, 3]);
    assert_eq!(counted("vera@example.org", "audit.export"), [1]);
    assert_eq!(counted("vito@example.org", "audit.view"), [1]);
    assert_eq!(times(&refused), 6);
    let first = refused.iter().find(|record| record["count"] == 3).unwrap();
    let shown = admin.get(&format!("{LOG}/{}", first["id"].as_str().unwrap())).await.expect(200).body;
    assert_eq!(shown["new"], json!({ "method": "GET", "route": "/api/audit" }));
    assert!(shown["sourceIp"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_somebody_known_is_refused_for_is_recorded_and_strangers_are_not() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    let named =
        admin.request(reqwest::Method::GET, LOG).header("x-tenant-id", "ten_00000000000000000000000000");
    assert_eq!(admin.send(named).await.expect(403).code(), "tenant_mismatch");
    let kim = app.with_token(&app.newcomer("kim@example.org").await);
    assert_eq!(kim.get(LOG).await.expect(403).code(), "tenant_required");
    let found = all_of(&admin, "action=access.refuse").await;
    let what: Vec<_> = found.iter().map(|record| (&record["resource"], &record["actorEmail"])).collect();
    assert_eq!(what, [(&json!("tenant_mismatch"), &Value::Null)]);
    assert_eq!(rows_of(&app, &format!("T#{tenant}#AUDIT#"), "access.refuse").await.len(), 1);
    assert_eq!(rows_of(&app, "U#", "tenant_required").await.len(), 1, "of no tenant");
    app.anonymous().get(LOG).await.expect(401);
    assert_eq!(
        app.records().await.iter().filter(|(_, row)| format!("{row:?}").contains("access.refuse")).count(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_is_exact_when_many_are_refused_at_once() {
    let app = App::identity().await;
    let (admin, tenant) = app.founder("ines").await;
    let viewer = app.colleague(&tenant, "vera", "viewer").await;
    app.next_minute();
    let answers = futures::future::join_all((0..40).map(|_| viewer.get(LOG))).await;
    assert!(answers.iter().all(|answer| answer.status == 403));
    let found = all_of(&admin, "action=access.refuse").await;
    assert_eq!(times(&found), 40);
    assert!(found.len() <= 2, "one record, or two if the minute went by");
}
