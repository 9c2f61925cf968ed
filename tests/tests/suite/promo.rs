//! Strangers sign up for the promotion, and a promo administrator has accounts be made of it.

use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_auth::Grant;
use vestibule_local::StackOptions;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{Actor, Answer, App, identity::PASSWORD};

const SIGN_UP: &str = "/api/promo/signups";
const LIST: &str = "/admin/promo-signups";
const KIM: &str = "kim@promo.example";

/// A stack with a promo administrator.
async fn start() -> (App, Actor) {
    start_with(|_| ()).await
}

async fn start_with(change: impl FnOnce(&mut StackOptions)) -> (App, Actor) {
    let app = App::identity_with(change).await;
    let admin = app.with_token(&app.newcomer("pru@platform.example").await);
    app.appoint(admin.id().await, Grant::PromoAdmin).await;
    (app, admin)
}

async fn sign_up(app: &App, email: &str, name: &str) -> Answer {
    app.elsewhere().post(SIGN_UP, &json!({ "email": email, "name": name })).await
}

/// The sign-up of an address.
async fn signup(admin: &Actor, email: &str) -> Value {
    let found = admin.get(&format!("{LIST}?email={email}")).await.expect(200).body;
    found["items"][0].clone()
}

fn creating(signup: &Value) -> String {
    format!("{LIST}/{}/create-account", signup["id"].as_str().unwrap())
}

async fn create(admin: &Actor, signup: &Value) -> Answer {
    admin.post(&creating(signup), &json!({})).await
}

/// The sign-up once its job has ended.
async fn ended(admin: &Actor, email: &str) -> Value {
    for _ in 0..400 {
        let shown = signup(admin, email).await;
        if shown["status"] != "provisioning" {
            return shown;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the job for {email} does not end");
}

async fn counts(admin: &Actor) -> Value {
    admin.get(&format!("{LIST}?limit=1")).await.expect(200).body["counts"].clone()
}

/// How many rows of a kind hold a text.
async fn rows(app: &App, kind: &str, text: &str) -> usize {
    app.dump_of(kind).await.iter().filter(|row| row.contains(text)).count()
}

fn refuse_mails(app: &App) {
    let kind = FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "planted".into() };
    app.stack.cloud().faults().set(Fault::new(Service::Ses, "SendEmail", kind).times(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_a_sign_up_becomes_an_account_of_the_promotion() {
    let (app, admin) = start().await;
    sign_up(&app, KIM, "Kim Núñez").await.expect(202);
    let before = counts(&admin).await;
    let new = signup(&admin, KIM).await;
    assert_eq!(
        (&new["status"], &new["job"], &new["name"]),
        (&json!("new"), &json!(null), &json!("Kim Núñez"))
    );
    let begun = create(&admin, &new).await.expect(202).body;
    assert_eq!((&begun["status"], &begun["email"]), (&json!("provisioning"), &json!(KIM)));
    let made = ended(&admin, KIM).await;
    assert_eq!(
        (&made["status"], &made["job"], &made["error"]),
        (&json!("account"), &begun["job"], &json!(null))
    );
    let after = counts(&admin).await;
    let number = |counts: &Value, name: &str| counts[name].as_i64().unwrap();
    assert_eq!(number(&after, "new"), number(&before, "new") - 1);
    assert_eq!(number(&after, "account"), number(&before, "account") + 1);
    assert_eq!(number(&after, "provisioning"), 0);
    // What a general administrator sees of it.
    app.appoint(admin.id().await, Grant::GeneralAdmin).await;
    let found = admin.get(&format!("/api/admin/users?email={KIM}")).await.expect(200).body;
    let account = &found["items"][0];
    assert_eq!(
        (&account["tier"], &account["origin"], &account["role"]),
        (&json!("operandi"), &json!("promo"), &json!("viewer"))
    );
    assert_eq!(account["tenant"], json!(app.stack.sample().tenant.id.to_string()));
    let token = app.link(KIM, "reset-password", 1).await;
    let body = json!({ "token": token, "password": PASSWORD });
    app.elsewhere().post("/api/v1/auth/reset-password", &body).await.expect(204);
    let kim = app.with_token(&app.login(KIM).await);
    let context = kim.get("/api/auth/context").await.expect(200).body;
    assert_eq!(context["tenant"]["slug"], "test-brand", "{context:#}");
    let log = app.dump_of("audit").await;
    for action in ["promo.sign_up", "promo.create_account", "account.provision", "promo.move"] {
        let told: Vec<_> = log.iter().filter(|row| row.contains(&format!("S(\"{action}\")"))).collect();
        assert!(!told.is_empty(), "{action} is in the log");
        assert!(
            told.iter().all(|row| !row.contains(KIM) && !row.contains("Kim")),
            "{action}: nothing personal"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_twice_is_once_and_fifty_at_once_make_one_job() {
    let (app, admin) = start().await;
    sign_up(&app, KIM, "Kim Doe").await.expect(202);
    let new = signup(&admin, KIM).await;
    let answers = join_all((0..50).map(|_| create(&admin, &new))).await;
    let busy = answers.iter().filter(|answer| answer.status == 503).count();
    let jobs: std::collections::BTreeSet<_> = answers
        .iter()
        .filter(|answer| answer.status != 503)
        .map(|answer| {
            assert_eq!(answer.status, 202, "{}", answer.text);
            answer.body["job"].as_str().unwrap().to_owned()
        })
        .collect();
    println!("50 at once: {} answers with one job, {busy} were told to come again", 50 - busy);
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    assert_eq!(rows(&app, "account_order", "promo").await, 3, "this one, and the two of the sample");
    let made = ended(&admin, KIM).await;
    let again = create(&admin, &new).await.expect(202).body;
    assert_eq!((&again["job"], &again["status"]), (&made["job"], &json!("account")));
    assert_eq!(app.mails_to(KIM).len(), 1);
    // With keys of their own the same.
    let request = admin.request(Method::POST, &creating(&new)).header("idempotency-key", "another");
    assert_eq!(admin.send(request).await.expect(202).body["job"], made["job"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn p05_the_body_takes_nothing() {
    let (app, admin) = start().await;
    sign_up(&app, KIM, "Kim Doe").await.expect(202);
    let new = signup(&admin, KIM).await;
    for field in
        ["tier", "role", "tenant", "organization", "email", "name", "origin", "userId", "status", "x"]
    {
        let answer = admin.post(&creating(&new), &json!({ field: "free" })).await.expect(422);
        assert_eq!(answer.fields(), [field]);
    }
    let both = admin.post(&creating(&new), &json!({ "tier": "free", "role": "admin" })).await.expect(422);
    assert_eq!(both.fields().len(), 2);
    assert_eq!(signup(&admin, KIM).await["status"], "new");
    admin.send(admin.request(Method::POST, &creating(&new))).await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_a_mail_refused_twice_leaves_nothing_and_can_be_tried_again() {
    let (app, admin) = start().await;
    sign_up(&app, KIM, "Kim Doe").await.expect(202);
    let failed_before = counts(&admin).await["failed"].as_i64().unwrap();
    refuse_mails(&app);
    let first = create(&admin, &signup(&admin, KIM).await).await.expect(202).body;
    let failed = ended(&admin, KIM).await;
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("failed"), &json!("message_rejected")),
        "{failed:#}"
    );
    assert_eq!(counts(&admin).await["failed"].as_i64().unwrap(), failed_before + 1);
    assert_eq!(
        (app.mails_to(KIM).len(), rows(&app, "account", first["job"].as_str().unwrap()).await),
        (0, 0)
    );
    let second = create(&admin, &failed).await.expect(202).body;
    assert_ne!(first["job"], second["job"], "a new job");
    let made = ended(&admin, KIM).await;
    assert_eq!(
        (&made["status"], &made["job"], &made["error"]),
        (&json!("account"), &second["job"], &json!(null))
    );
    assert_eq!(counts(&admin).await["failed"].as_i64().unwrap(), failed_before);
    // The first job is closed for good: it may not make a second account.
    app.appoint(admin.id().await, Grant::GeneralAdmin).await;
    let old = format!("/api/admin/jobs/{}", first["job"].as_str().unwrap());
    assert_eq!(admin.get(&old).await.expect(200).body["status"], "cancelled");
    let retried = admin.post(&format!("{old}/retry"), &json!({})).await.expect(409);
    assert!(retried.text.contains("Another job took the place"), "{}", retried.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_a_job_that_is_retried_or_stopped_moves_its_sign_up() {
    let (app, admin) = start().await;
    sign_up(&app, KIM, "Kim Doe").await.expect(202);
    refuse_mails(&app);
    let job = create(&admin, &signup(&admin, KIM).await).await.expect(202).body["job"].clone();
    assert_eq!(ended(&admin, KIM).await["status"], "failed");
    let gil = app.with_token(&app.newcomer("gil@platform.example").await);
    app.appoint(gil.id().await, Grant::GeneralAdmin).await;
    let retry = format!("/api/admin/jobs/{}/retry", job.as_str().unwrap());
    gil.post(&retry, &json!({})).await.expect(202);
    let made = ended(&admin, KIM).await;
    assert_eq!((&made["status"], &made["job"]), (&json!("account"), &job));
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_sign_ups_are_found_counted_and_paged() {
    let (app, admin) = start().await;
    for (number, name) in ["Ada Marsh", "José Núñez", "Łukasz Ng"].into_iter().enumerate() {
        sign_up(&app, &format!("person{number}@promo.example"), name).await.expect(202);
    }
    let found = async |query: &str| -> Vec<String> {
        let page = admin.get(&format!("{LIST}?{query}")).await.expect(200).body;
        let names = page["items"].as_array().unwrap().iter();
        names.map(|signup| signup["name"].as_str().unwrap().to_owned()).collect()
    };
    // The sample's own three came before.
    assert_eq!(found("limit=3").await, ["Łukasz Ng", "José Núñez", "Ada Marsh"]);
    assert_eq!(found("").await.len(), 6);
    assert_eq!(found("status=new").await, ["Łukasz Ng", "José Núñez", "Ada Marsh", "Nora New"]);
    assert_eq!(found("status=account").await, ["Ada Early"]);
    assert_eq!(found("status=failed").await, ["Rolf Refused"]);
    assert_eq!(found("status=needs_attention").await, Vec::<String>::new());
    assert_eq!(found("name=nun").await, ["José Núñez"]);
    assert_eq!(found("name=LUKASZ%20ng").await, ["Łukasz Ng"]);
    assert_eq!(found("name=ada").await, ["Ada Marsh", "Ada Early"]);
    assert_eq!(found("name=ada&status=account").await, ["Ada Early"]);
    assert_eq!(found("email=PERSON1@promo.example").await, ["José Núñez"]);
    assert_eq!(found("email=nobody@promo.example").await, Vec::<String>::new());
    let expected = json!({ "new": 4, "provisioning": 0, "account": 1, "failed": 1, "needsAttention": 0 });
    assert_eq!(counts(&admin).await, expected);
    let first = admin.get(&format!("{LIST}?limit=4")).await.expect(200);
    let cost: Value = serde_json::from_slice(first.headers["x-cost"].as_bytes()).unwrap();
    println!("a page of sign-ups: {cost}");
    assert!(cost["round_trips"].as_u64().unwrap() <= 3, "{cost}");
    let next = first.body["next"].as_str().unwrap();
    assert_eq!(found(&format!("limit=4&cursor={next}")).await, ["Rolf Refused", "Ada Early"]);
    admin.get(&format!("{LIST}?status=new&cursor={next}")).await.expect(400);
    for wrong in ["status=done", "name=", "email=x", "email=a%40b.example&status=new", "page=2", "limit=0"] {
        admin.get(&format!("{LIST}?{wrong}")).await.expect(400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_the_list_is_a_table_for_who_asks_for_one() {
    let (app, admin) = start().await;
    sign_up(&app, "cmd@promo.example", "Kim Doe").await.expect(202);
    let body = json!({ "email": "eve@promo.example", "name": "Eve Doe", "company": "=cmd|' /C calc'!A0" });
    app.elsewhere().post(SIGN_UP, &body).await.expect(202);
    let table = async |query: &str| {
        let request = admin.request(Method::GET, &format!("{LIST}{query}")).header("accept", "text/csv");
        admin.send(request).await.expect(200)
    };
    let file = table("").await;
    assert!(file.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines[0], "id,email,name,company,created,repeats,status,since,job,error");
    assert_eq!(lines.len(), 6);
    assert!(lines[1].contains("eve@promo.example,Eve Doe,'=cmd|"), "{}", lines[1]);
    assert!(lines[2].contains("cmd@promo.example,Kim Doe,,"), "{}", lines[2]);
    assert!(file.text.contains("message_rejected"));
    assert_eq!(table("?status=account").await.text.lines().count(), 2);
    assert_eq!(table("?name=nobody").await.text.lines().count(), 1);
    let told = app.dump_of("audit").await;
    let exports: Vec<_> = told.iter().filter(|row| row.contains("promo.export")).collect();
    assert_eq!(exports.len(), 3);
    assert!(exports.iter().all(|row| !row.contains("nobody")), "what was searched for is personal");
    // Asked as a browser or a program asks for anything else it is the list.
    assert!(admin.get(LIST).await.expect(200).body["items"].is_array());
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_no_name_begins_a_formula() {
    let (app, admin) = start().await;
    for (number, name) in ["=cmd", "+cmd", "-cmd", "@cmd"].into_iter().enumerate() {
        let email = format!("formula{number}@promo.example");
        let answer = sign_up(&app, &email, name).await;
        // Most of these can be no name at all.
        assert!([202, 422].contains(&answer.status), "{}", answer.text);
    }
    let request = admin.request(Method::GET, LIST).header("accept", "text/csv");
    let file = admin.send(request).await.expect(200).text;
    for cell in file.lines().flat_map(|line| line.split(',')) {
        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_an_address_signs_up_once_and_its_first_name_stays() {
    let (app, admin) = start().await;
    let first = sign_up(&app, KIM, "Kim Doe").await.expect(202);
    let again = sign_up(&app, "KIM@promo.example", "Mallory").await.expect(202);
    assert_eq!(first.text, again.text);
    let all = join_all((0..20).map(|_| sign_up(&app, "at.once@promo.example", "Lou"))).await;
    let done = all.iter().filter(|answer| answer.status == 202).count();
    assert!(all.iter().all(|answer| [202, 503].contains(&answer.status)), "{}", all[0].text);
    let found = signup(&admin, KIM).await;
    assert_eq!((&found["name"], &found["repeats"]), (&json!("Kim Doe"), &json!(1)));
    let lou = signup(&admin, "at.once@promo.example").await;
    assert_eq!(lou["repeats"], json!(done - 1), "{done} of 20 were taken, one of them first");
    assert_eq!(rows(&app, "promo_signup", "").await, 5);
    assert_eq!(counts(&admin).await["new"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_strangers_learn_nothing() {
    let (app, admin) = start().await;
    app.sign_up("member@promo.example").await;
    app.mails_settled().await;
    let mails = app.stack.cloud().mailer().sent().unwrap().len();
    let mut answers = Vec::new();
    for email in ["new@promo.example", "new@promo.example", "member@promo.example", "pru@platform.example"] {
        let answer = sign_up(&app, email, "Kim Doe").await.expect(202);
        let cost: Value = serde_json::from_slice(answer.headers["x-cost"].as_bytes()).unwrap();
        assert!(!answer.text.contains(email) && !answer.text.contains("Kim"));
        answers.push((answer.text.clone(), cost["round_trips"].clone()));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    app.mails_settled().await;
    assert_eq!(app.stack.cloud().mailer().sent().unwrap().len(), mails, "no mail is sent");
    for text in ["new@promo.example", "Kim Doe"] {
        let open = app.dump_of("promo_signup").await.into_iter().chain(app.dump_of("promo_address").await);
        assert!(open.filter(|row| row.contains(text)).count() == 0, "{text} is sealed");
    }
    // The list is for promo administrators.
    let signup = signup(&admin, "new@promo.example").await;
    for anyone in [app.anonymous(), app.elsewhere()] {
        anyone.get(LIST).await.expect(401);
        create(&anyone, &signup).await.expect(401);
    }
    app.admin().get(LIST).await.expect(403);
    create(&app.admin(), &signup).await.expect(403);
    create(&admin, &json!({ "id": "promo_01M7VZGC007K2M9D4VXW5RTBHN" })).await.expect(404);
    create(&admin, &json!({ "id": "x" })).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_sign_ups_are_counted_for_a_source_and_for_an_address() {
    let five =
        |options: &mut StackOptions| drop(options.parameters.insert("SignInsPerMinute".into(), "5".into()));
    let app = App::identity_with(five).await;
    app.next_minute();
    let source = app.elsewhere();
    for number in 0..5 {
        let body = json!({ "email": format!("p{number}@promo.example"), "name": "Kim" });
        let answer = source.post(SIGN_UP, &body).await.expect(202);
        assert!(answer.headers.contains_key("ratelimit"));
    }
    let body = json!({ "email": "p6@promo.example", "name": "Kim" });
    let refused = source.post(SIGN_UP, &body).await.expect(429);
    assert_eq!((refused.code(), refused.headers.contains_key("retry-after")), ("too_many_requests", true));
    app.next_minute();
    for _ in 0..5 {
        sign_up(&app, KIM, "Kim").await.expect(202);
    }
    sign_up(&app, KIM, "Kim").await.expect(429);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_what_cannot_be_used_is_named() {
    let app = App::identity().await;
    let wrong = json!({ "email": "kim", "name": " ", "company": "--" });
    assert_eq!(
        app.elsewhere().post(SIGN_UP, &wrong).await.expect(422).fields(),
        ["email", "name", "company"]
    );
    for field in ["status", "tier", "role", "tenant", "id", "consent"] {
        let body = json!({ "email": KIM, "name": "Kim", field: "x" });
        assert_eq!(app.elsewhere().post(SIGN_UP, &body).await.expect(400).code(), "body_invalid", "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_7_a_promotion_that_is_not_set_up_says_so() {
    let gone = "ten_01M7VZGC007K2M9D4VXW5RTBHN";
    for (parameter, value, told) in [
        ("PromoTenant", "", "set its parameter PromoTenant"),
        ("PromoRole", "", "set its parameter PromoRole"),
        ("PromoTenant", gone, "PromoTenant of the deployment names no organization"),
        ("PromoRole", "no_such_role", "PromoRole of the deployment names no role"),
    ] {
        let set =
            |options: &mut StackOptions| drop(options.parameters.insert(parameter.into(), value.into()));
        let (app, admin) = start_with(set).await;
        sign_up(&app, KIM, "Kim").await.expect(202);
        let refused = create(&admin, &signup(&admin, KIM).await).await.expect(409);
        assert_eq!(refused.code(), "not_configured", "{}", refused.text);
        assert!(refused.text.contains(told) && !refused.text.contains(gone), "{}", refused.text);
        assert_eq!(signup(&admin, KIM).await["status"], "new");
    }
}
