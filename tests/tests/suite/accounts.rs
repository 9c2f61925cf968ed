//! An administrator gives somebody an account, and looks after it.

use std::{collections::BTreeMap, time::Duration};

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use vestibule_auth::Grant;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{
    Actor, Answer, App,
    identity::{PASSWORD, Tokens},
};

pub(crate) const PROVISION: &str = "/api/admin/provision-account";
pub(crate) const USERS: &str = "/api/admin/users";
const JOBS: &str = "/api/admin/jobs";
pub(crate) const KIM: &str = "kim@firm.example";

/// A stack with a general administrator.
pub(crate) async fn start() -> (App, Actor) {
    let app = App::identity().await;
    let admin = app.with_token(&app.newcomer("gil@platform.example").await);
    app.appoint(admin.id().await, Grant::GeneralAdmin).await;
    (app, admin)
}

pub(crate) fn in_new(email: &str, slug: &str) -> Value {
    json!({
        "email": email, "name": "Kim Núñez", "tier": "platinum", "role": "admin",
        "organization": { "name": "Firm", "slug": slug, "preset": "brokerage" },
    })
}

pub(crate) fn in_tenant(email: &str, tenant: &str, role: &str) -> Value {
    json!({ "email": email, "name": "Kim Núñez", "tier": "operandi", "role": role, "tenant": tenant })
}

/// The job of an account, once it has ended.
pub(crate) async fn provision(admin: &Actor, body: &Value) -> Value {
    let job = admin.post(PROVISION, body).await.expect(202).body;
    ended(admin, job["id"].as_str().unwrap()).await
}

pub(crate) async fn ended(admin: &Actor, job: &str) -> Value {
    for _ in 0..400 {
        let shown = admin.get(&format!("{JOBS}/{job}")).await.expect(200).body;
        if !["running", "compensating"].contains(&shown["status"].as_str().unwrap()) {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job {job} does not end");
}

/// The ids of the jobs that administrators began, without those of the sample's promotion.
async fn listed(admin: &Actor, query: &str) -> Vec<String> {
    let page = admin.get(&format!("{JOBS}{query}")).await.expect(200).body;
    let jobs = page["items"].as_array().unwrap().iter().filter(|job| job["order"]["origin"] == "admin");
    jobs.map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

async fn account(admin: &Actor, email: &str) -> Option<Value> {
    let found = admin.get(&format!("{USERS}?email={email}")).await.expect(200).body;
    found["items"].get(0).cloned()
}

/// Sets the first password by the newest link.
pub(crate) async fn follow(app: &App, email: &str, count: usize) -> String {
    let token = app.link(email, "reset-password", count).await;
    let body = json!({ "token": token, "password": PASSWORD });
    app.elsewhere().post("/api/v1/auth/reset-password", &body).await.expect(204);
    token
}

fn refuse_mails(app: &App) {
    let kind = FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "planted".into() };
    app.stack.cloud().faults().set(Fault::new(Service::Ses, "SendEmail", kind).times(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_all_problems_of_a_body_are_told_at_once() {
    let (app, admin) = start().await;
    let wrong = json!({
        "email": "kim", "name": " ", "tier": "gold", "role": "Admin!", "organization":
        { "name": "", "slug": "A", "preset": "shop" },
    });
    let answer = admin.post(PROVISION, &wrong).await.expect(422);
    let named =
        ["email", "name", "tier", "role", "organization.name", "organization.slug", "organization.preset"];
    assert_eq!(answer.fields(), named);
    let neither = json!({ "email": KIM, "name": "Kim", "tier": "free", "role": "admin" });
    assert_eq!(admin.post(PROVISION, &neither).await.expect(422).fields(), ["tenant"]);
    let mut both = in_new(KIM, "firm");
    both["tenant"] = json!("ten_01M7VZGC007K2M9D4VXW5RTBHN");
    assert_eq!(admin.post(PROVISION, &both).await.expect(422).fields(), ["tenant"]);
    let unknown = in_tenant(KIM, "ten_01M7VZGC007K2M9D4VXW5RTBHN", "admin");
    assert_eq!(admin.post(PROVISION, &unknown).await.expect(422).fields(), ["tenant"]);
    let tenant = app.stack.sample().tenant.id.to_string();
    let mut role = in_tenant("kim", &tenant, "no_such_role");
    role["name"] = json!("");
    assert_eq!(admin.post(PROVISION, &role).await.expect(422).fields(), ["email", "name", "role"]);
    // What is missing or of another kind is told with the rest.
    let named = |answer: &Answer| answer.fields().into_iter().map(str::to_owned).collect::<Vec<_>>();
    let empty = admin.post(PROVISION, &json!({})).await.expect(400);
    assert_eq!(
        (empty.code(), named(&empty)),
        ("body_invalid", ["email", "name", "tier", "role", "tenant"].map(str::to_owned).into())
    );
    let mixed = json!({ "email": 7, "name": "Kim", "tier": "gold", "role": null, "tenant": [] });
    assert_eq!(admin.post(PROVISION, &mixed).await.expect(400).fields(), ["email", "tier", "role", "tenant"]);
    let bare = json!({ "email": KIM, "name": true, "organization": { "name": "Firm", "slug": 1 } });
    let told = ["name", "tier", "organization.slug", "organization.preset"];
    assert_eq!(admin.post(PROVISION, &bare).await.expect(400).fields(), told);
    let flat =
        json!({ "email": "kim", "name": "Kim", "tier": "free", "role": "admin", "organization": "firm" });
    assert_eq!(admin.post(PROVISION, &flat).await.expect(400).fields(), ["email", "organization"]);
    let mut lower = in_new(KIM, "firm");
    lower["role"] = json!("agent");
    assert_eq!(admin.post(PROVISION, &lower).await.expect(422).fields(), ["role"]);
    assert_eq!(listed(&admin, "").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_no_other_field_is_taken_anywhere() {
    let (_app, admin) = start().await;
    for field in
        ["status", "by", "user", "userId", "grant", "roles", "emailVerified", "password", "origin", "job"]
    {
        let mut body = in_new(KIM, "firm");
        body[field] = json!("usr_01M7VZGC002V8K4XQ9TW7HRDNM");
        assert_eq!(admin.post(PROVISION, &body).await.expect(400).code(), "body_invalid", "{field}");
    }
    for action in
        ["resend-invitation", "update-subscription", "reset-password", "suspend", "restore", "remove"]
    {
        for field in ["status", "role", "password", "by"] {
            let body = json!({ "email": KIM, "tier": "free", field: "x" });
            let answer = admin.post(&format!("{USERS}/{action}"), &body).await.expect(400);
            assert_eq!(answer.code(), "body_invalid", "{action} {field}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_an_invited_person_becomes_active_by_the_link_which_works_once() {
    let (app, admin) = start().await;
    let job = provision(&admin, &in_new(KIM, "firm")).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let names: Vec<_> = job["steps"].as_array().unwrap().iter().map(|step| step["name"].clone()).collect();
    assert_eq!(names, ["tenant", "account", "subscription", "invitation", "finish"]);
    let invited = account(&admin, KIM).await.unwrap();
    assert_eq!((&invited["status"], &invited["tier"]), (&json!("invited"), &json!("platinum")));
    assert_eq!(invited["by"], json!(admin.id().await.to_string()), "who gave it");
    // Nothing signs them in yet: not even asking for another link.
    let forgot = json!({ "email": KIM });
    app.elsewhere().post("/api/v1/auth/forgot-password", &forgot).await.expect(202);
    app.try_login(&app.elsewhere(), KIM, PASSWORD).await.expect(401);
    app.mails_settled().await;
    assert_eq!(app.mails_to(KIM).len(), 1);
    let token = follow(&app, KIM, 1).await;
    let again = json!({ "token": token, "password": "another gravel ottoman fjord" });
    app.elsewhere().post("/api/v1/auth/reset-password", &again).await.expect(400);
    let active = account(&admin, KIM).await.unwrap();
    assert_eq!((&active["status"], &active["by"]), (&json!("active"), &active["id"]));
    let kim = app.with_token(&app.login(KIM).await);
    let context = kim.get("/api/auth/context").await.expect(200).body;
    assert_eq!(context["tenant"]["slug"], "firm", "{context:#}");
    let subscription = kim.get("/api/v1/workspace/subscription").await.expect(200).body;
    assert_eq!(subscription["current"]["tier"], "platinum", "{subscription:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_the_link_counts_for_seven_days() {
    let (app, admin) = start().await;
    provision(&admin, &in_new(KIM, "firm")).await;
    let token = app.link(KIM, "reset-password", 1).await;
    app.advance(SignedDuration::from_hours(7 * 24));
    let body = json!({ "token": token, "password": PASSWORD });
    app.elsewhere().post("/api/v1/auth/reset-password", &body).await.expect(400);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_3_a_mail_refused_twice_leaves_nothing_but_an_error_to_act_on() {
    let (app, admin) = start().await;
    refuse_mails(&app);
    let job = provision(&admin, &in_new(KIM, "firm")).await;
    assert_eq!((&job["status"], &job["needsAttention"]), (&json!("failed"), &json!(true)), "{job:#}");
    assert_eq!(job["lastError"]["code"], "message_rejected");
    assert_eq!(job["order"]["email"], KIM);
    let tries: Vec<_> = job["mails"].as_array().unwrap().iter().map(|mail| mail["refused"].clone()).collect();
    assert_eq!(tries, ["message_rejected", "message_rejected"]);
    assert!(account(&admin, KIM).await.is_none());
    assert_eq!(app.mails_to(KIM).len(), 0);
    let asked = app.stack.cloud().calls().iter().filter(|call| call.service == Service::Ses).count();
    assert!(asked >= 2, "the mail service was asked {asked} times");
    let log = app.dump_of("audit").await.join("\n");
    for undo in ["account.subscription.undo", "account.join.undo", "account.tenant.undo"] {
        assert!(log.contains(undo), "{undo} is in the log");
    }
    assert_eq!(listed(&admin, "?status=needs_attention").await, [job["id"].as_str().unwrap()]);
    let retry = admin.post(&format!("{JOBS}/{}/retry", job["id"].as_str().unwrap()), &json!({})).await;
    retry.expect(202);
    assert_eq!(ended(&admin, job["id"].as_str().unwrap()).await["status"], "succeeded");
    assert_eq!(listed(&admin, "?status=needs_attention").await, Vec::<String>::new());
    assert!(account(&admin, KIM).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_whoever_has_an_account_is_joined_and_stays_when_the_mail_is_refused() {
    let (app, admin) = start().await;
    let kim = app.newcomer(KIM).await;
    let id = app.with_token(&kim).id().await.to_string();
    let tenant = app.stack.sample().tenant.id.to_string();
    refuse_mails(&app);
    let job = provision(&admin, &in_tenant(KIM, &tenant, "viewer")).await;
    assert_eq!(job["status"], "failed", "{job:#}");
    assert_eq!(app.with_token(&kim).id().await.to_string(), id, "the person and their session are as before");
    assert!(account(&admin, KIM).await.is_none());
    let job = provision(&admin, &in_tenant(KIM, &tenant, "viewer")).await;
    assert_eq!((&job["status"], &job["user"]), (&json!("succeeded"), &json!(id)), "{job:#}");
    let mail = app.mail_to(KIM, 2).await;
    assert!(mail.subject.starts_with("You belong to another organization"), "{}", mail.subject);
    assert!(!mail.text.unwrap().contains("token="), "no link that sets a password");
    let again = admin.post(PROVISION, &in_tenant(KIM, &tenant, "viewer")).await.expect(409);
    assert_eq!(again.fields(), ["email"]);
    let sample = admin.get(&format!("{USERS}/{id}")).await.expect(200).body;
    assert_eq!((&sample["status"], &sample["tier"]), (&json!("active"), &json!("operandi")));
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_seats_and_slugs_hold() {
    let (app, admin) = start().await;
    let (ines, tenant) = app.founder("ines").await;
    let tier = ines.request(reqwest::Method::PUT, "/api/v1/workspace/subscription");
    ines.send(tier.json(&json!({ "tier": "free" }))).await.expect(200);
    let mut taken = 1;
    loop {
        let body = in_tenant(&format!("seat{taken}@firm.example"), &tenant, "viewer");
        let answer = admin.post(PROVISION, &body).await;
        if answer.status == 409 {
            assert_eq!(answer.fields(), ["tenant"], "{}", answer.text);
            break;
        }
        let job = answer.expect(202).body["id"].as_str().unwrap().to_owned();
        assert_eq!(ended(&admin, &job).await["status"], "succeeded");
        taken += 1;
        assert!(taken <= 5, "a free tenant has five seats");
    }
    assert_eq!(taken, 5);
    provision(&admin, &in_new(KIM, "firm")).await;
    let again = admin.post(PROVISION, &in_new("lou@firm.example", "firm")).await.expect(409);
    assert_eq!(again.fields(), ["organization.slug"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_5_another_invitation_kills_the_link_before() {
    let (app, admin) = start().await;
    provision(&admin, &in_new(KIM, "firm")).await;
    let first = app.link(KIM, "reset-password", 1).await;
    admin.post(&format!("{USERS}/resend-invitation"), &json!({ "email": KIM })).await.expect(202);
    app.link(KIM, "reset-password", 2).await;
    let body = json!({ "token": first, "password": PASSWORD });
    app.elsewhere().post("/api/v1/auth/reset-password", &body).await.expect(400);
    let reset = admin.post(&format!("{USERS}/reset-password"), &json!({ "email": KIM })).await.expect(409);
    assert_eq!(reset.code(), "wrong_state");
    follow(&app, KIM, 2).await;
    admin.post(&format!("{USERS}/resend-invitation"), &json!({ "email": KIM })).await.expect(409);
    admin.post(&format!("{USERS}/reset-password"), &json!({ "email": KIM })).await.expect(202);
    app.link(KIM, "reset-password", 3).await;
    let tier = json!({ "email": KIM, "tier": "free" });
    let changed = admin.post(&format!("{USERS}/update-subscription"), &tier).await.expect(200).body;
    assert_eq!(changed["tier"], "free");
    let gone = json!({ "email": "nobody@firm.example" });
    admin.post(&format!("{USERS}/suspend"), &gone).await.expect(404);
    let both = json!({ "email": KIM, "userId": changed["id"] });
    assert_eq!(admin.post(&format!("{USERS}/suspend"), &both).await.expect(422).fields(), ["userId"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn x07_a_suspension_counts_from_the_next_request_and_nothing_of_a_removed_account_is_reachable() {
    let (app, admin) = start().await;
    let tenant = app.stack.sample().tenant.id.to_string();
    provision(&admin, &in_tenant(KIM, &tenant, "admin")).await;
    follow(&app, KIM, 1).await;
    let kim: Tokens = app.login(KIM).await;
    let actor = app.with_token(&kim);
    let team = "/api/admin/team?limit=1";
    actor.get(team).await.expect(200);
    let by_mail = json!({ "email": KIM });
    let suspended = admin.post(&format!("{USERS}/suspend"), &by_mail).await.expect(200).body;
    assert_eq!(suspended["status"], "suspended");
    actor.get(team).await.expect(401);
    actor.get("/api/v1/auth/me").await.expect(401);
    app.refresh(&kim.refresh).await.expect(401);
    app.try_login(&app.elsewhere(), KIM, PASSWORD).await.expect(401);
    let refused = admin.post(PROVISION, &in_new(KIM, "firm")).await.expect(409);
    assert_eq!(refused.fields(), ["email"]);
    assert_eq!(admin.post(&format!("{USERS}/restore"), &by_mail).await.expect(200).body["status"], "active");
    admin.post(&format!("{USERS}/restore"), &by_mail).await.expect(409);
    let kim = app.login(KIM).await;
    let actor = app.with_token(&kim);
    actor.get(team).await.expect(200);
    let old = admin.post(&format!("{USERS}/remove"), &by_mail).await.expect(200).body;
    assert_eq!(old["status"], "removed");
    actor.get(team).await.expect(401);
    app.refresh(&kim.refresh).await.expect(401);
    assert!(account(&admin, KIM).await.is_none(), "the address is free");
    let job = provision(&admin, &in_tenant(KIM, &tenant, "viewer")).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_ne!(job["user"], old["id"]);
    app.try_login(&app.elsewhere(), KIM, PASSWORD).await.expect(401);
    follow(&app, KIM, 2).await;
    let new = app.with_token(&app.login(KIM).await);
    assert_eq!(new.id().await.to_string(), job["user"].as_str().unwrap());
    let sessions = new.get("/api/v1/auth/sessions").await.expect(200).body;
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1, "{sessions:#}");
    admin.post(&format!("{USERS}/suspend"), &json!({ "userId": old["id"] })).await.expect(409);
    let removed = admin.get(&format!("{USERS}?status=removed")).await.expect(200).body;
    assert_eq!(removed["items"][0]["id"], old["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_5_the_last_administrator_of_an_organization_is_not_removed() {
    let (app, admin) = start().await;
    provision(&admin, &in_new(KIM, "firm")).await;
    follow(&app, KIM, 1).await;
    let kept = admin.post(&format!("{USERS}/remove"), &json!({ "email": KIM })).await.expect(409);
    assert!(kept.text.contains("without an administrator"), "{}", kept.text);
    app.login(KIM).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_5_accounts_are_found_by_state_tier_name_and_address() {
    let (_app, admin) = start().await;
    for (number, name) in ["Ada Marsh", "José Núñez", "Łukasz Ng"].into_iter().enumerate() {
        let mut body = in_new(&format!("person{number}@firm.example"), &format!("firm-{number}"));
        body["name"] = json!(name);
        body["tier"] = json!(["free", "platinum", "operandi"][number]);
        assert_eq!(provision(&admin, &body).await["status"], "succeeded");
    }
    let found = async |query: &str| -> Vec<String> {
        let page = admin.get(&format!("{USERS}?{query}")).await.expect(200).body;
        let names = page["items"].as_array().unwrap().iter();
        names.map(|account| account["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found("status=invited").await, ["Łukasz Ng", "José Núñez", "Ada Marsh"]);
    assert_eq!(found("tier=platinum&status=invited").await, ["José Núñez"]);
    assert_eq!(found("status=active").await, Vec::<String>::new());
    assert_eq!(found("name=nun").await, ["José Núñez"]);
    assert_eq!(found("name=LUKASZ%20ng").await, ["Łukasz Ng"]);
    assert_eq!(found("name=mar&tier=platinum").await, Vec::<String>::new());
    assert_eq!(found("name=marshall").await, Vec::<String>::new());
    assert_eq!(found("email=PERSON1@firm.example").await, ["José Núñez"]);
    let first = admin.get(&format!("{USERS}?limit=2")).await.expect(200).body;
    let next = first["next"].as_str().unwrap();
    let second = admin.get(&format!("{USERS}?limit=2&cursor={next}")).await.expect(200).body;
    assert_eq!((first["items"].as_array().unwrap().len(), second["items"].as_array().unwrap().len()), (2, 1));
    for wrong in ["status=locked", "tier=gold", "name=", "email=x", "email=a%40b.example&tier=free", "page=2"]
    {
        admin.get(&format!("{USERS}?{wrong}")).await.expect(400);
    }
    admin.get(&format!("{USERS}?status=invited&cursor={next}")).await.expect(400);
}

/// How many of the jobs ended with each status.
async fn ends(admin: &Actor, orders: Vec<Value>) -> BTreeMap<String, usize> {
    let jobs = join_all(orders.iter().map(|order| provision(admin, order))).await;
    let mut counts = BTreeMap::new();
    for job in jobs {
        let attention =
            if job["needsAttention"] == true && job["status"] != "failed" { " for a person" } else { "" };
        *counts.entry(format!("{}{attention}", job["status"].as_str().unwrap())).or_default() += 1;
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_3_many_orders_at_once_for_somebody_new_make_one_account_and_leave_nothing_half() {
    let (app, admin) = start().await;
    let tenant = app.stack.sample().tenant.id.to_string();
    let orders = vec![in_tenant(KIM, &tenant, "viewer"); 20];
    let told = ends(&admin, orders).await;
    println!("20 orders of one place at once: {told:?}");
    assert_eq!(told, BTreeMap::from([("succeeded".to_owned(), 1), ("failed".to_owned(), 19)]));
    let orders = (0..6).map(|number| in_new("ada@firm.example", &format!("firm-{number}"))).collect();
    let told = ends(&admin, orders).await;
    println!("6 orders of a place in 6 new organizations: {told:?}");
    assert_eq!(
        told.keys().filter(|end| !["succeeded", "failed"].contains(&end.as_str())).count(),
        0,
        "{told:?}"
    );
}
