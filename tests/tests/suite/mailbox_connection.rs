//! `/api/mailboxes/connection`

use futures::future::join_all;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{Actor, Answer, App};

use crate::secrets::Kept;

const PATH: &str = "/api/mailboxes/connection";
const CLIENT: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

fn microsoft(secret: &str) -> Value {
    json!({
        "provider": "microsoft",
        "directory": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "client": CLIENT,
        "clientSecret": secret,
        "licence": "3b555118-da6a-4418-894f-7df1e2096870",
        "country": "us",
    })
}

async fn put(admin: &Actor, body: &Value) -> Answer {
    admin.send(admin.request(Method::PUT, PATH).json(body)).await
}

async fn check(admin: &Actor) -> Answer {
    admin.send(admin.request(Method::POST, &format!("{PATH}/check"))).await
}

/// The secrets of the sample tenant's mailboxes that connections made; an operator's have no id of their own.
fn kept(app: &App) -> Vec<String> {
    let prefix = format!("vestibule/mailboxes/{}/", app.stack.sample().tenant.id);
    let names = app.stack.cloud().secrets().names(&prefix).unwrap();
    names.into_iter().filter(|name| name.contains("/sec_")).collect()
}

fn value(app: &App, name: &str) -> String {
    app.stack.cloud().secrets().value(name).unwrap().unwrap()
}

#[tokio::test]
async fn a_business_moves_to_another_provider_and_back() {
    let app = App::start().await;
    let admin = app.admin();
    let before = admin.get(PATH).await.expect(200).body;
    assert_eq!(before["connection"]["provider"], "workmail");
    let organization = before["connection"]["organization"].clone();
    assert_eq!((&before["givenOrganization"], &before["former"]), (&organization, &json!([])));
    let moved = put(&admin, &microsoft("first-secret")).await.expect(200).body;
    assert_eq!(moved["connection"]["country"], "US");
    assert_eq!((&moved["firstPassword"], &moved["usualFirstPassword"]), (&json!(null), &json!("mailed")));
    assert_eq!(moved["former"][0]["provider"], "workmail");
    assert_eq!(admin.get(PATH).await.expect(200).body, moved);
    let [name] = &kept(&app)[..] else { panic!("one secret") };
    assert_eq!(value(&app, name), "first-secret");
    let mut other = microsoft("");
    other.as_object_mut().unwrap().remove("clientSecret");
    (other["country"], other["firstPassword"]) = (json!("NL"), json!("link"));
    let changed = put(&admin, &other).await.expect(200).body;
    assert_eq!(changed["connection"]["secretSince"], moved["connection"]["secretSince"], "it stays");
    assert_eq!(changed["firstPassword"], "link");
    other["client"] = json!("00000000-7425-40de-944b-e07fc1f90ae7");
    assert_eq!(put(&admin, &other).await.expect(422).fields(), ["clientSecret"], "of another application");
    put(&admin, &microsoft("second-secret")).await.expect(200);
    let [second] = &kept(&app)[..] else { panic!("one secret") };
    assert_eq!(value(&app, second), "second-secret");
    assert_ne!(second, name);
    let back = put(&admin, &json!({ "provider": "workmail" })).await.expect(200).body;
    assert_eq!(
        (&back["connection"]["organization"], &back["usualFirstPassword"]),
        (&organization, &json!("link"))
    );
    assert_eq!(back["former"][0]["client"], CLIENT);
    assert_eq!(kept(&app), std::slice::from_ref(second), "mailboxes that are there need it");
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let app = App::start().await;
    let admin = app.admin();
    let fields = async |body: Value| {
        put(&admin, &body).await.expect(422).fields().iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(fields(json!({ "provider": "zoho" })).await, ["provider"]);
    assert_eq!(
        fields(json!({ "provider": "google", "firstPassword": "spoken", "country": "US" })).await,
        ["firstPassword", "admin", "key", "country"]
    );
    assert_eq!(
        fields(json!({ "provider": "microsoft", "directory": "x", "country": "USA", "key": {} })).await,
        ["directory", "client", "licence", "country", "clientSecret", "key"]
    );
    for key in [
        json!({}),
        json!("no JSON"),
        json!({ "type": "authorized_user", "client_email": "a@b.example", "private_key": "-" }),
    ] {
        let body = json!({ "provider": "google", "admin": "ada@acme.example", "key": key });
        let refused = put(&admin, &body).await.expect(422);
        assert_eq!(refused.fields(), ["key"]);
        assert!(!refused.text.contains("a@b.example"), "{}", refused.text);
    }
    for secret in ["", "two words", CLIENT] {
        assert_eq!(fields(microsoft(secret)).await, ["clientSecret"], "{secret}");
    }
    assert!(kept(&app).is_empty(), "nothing was kept of it");
}

#[tokio::test]
async fn a_work_mail_organization_is_nobodys_by_its_id() {
    let app = App::identity().await;
    let theirs = app.admin().get(PATH).await.expect(200).body["givenOrganization"].clone();
    let (admin, _) = app.founder("kim").await;
    for body in [json!({ "provider": "workmail" }), json!({ "provider": "workmail", "organization": theirs })]
    {
        assert_eq!(put(&admin, &body).await.expect(422).fields(), ["organization"]);
    }
    let shown = admin.get(PATH).await.expect(200).body;
    assert_eq!((&shown["connection"], &shown["givenOrganization"]), (&json!(null), &json!(null)));
    assert_eq!(check(&admin).await.expect(409).code(), "wrong_state");
    let other = json!({ "provider": "workmail", "organization": format!("m-{:032x}", 99) });
    assert_eq!(put(&app.admin(), &other).await.expect(422).fields(), ["organization"], "nor another one");
}

#[tokio::test]
async fn of_changes_at_once_settings_and_secret_belong_together() {
    let app = App::start().await;
    let admin = app.admin();
    let bodies: Vec<_> = (0..12)
        .map(|number| {
            let mut body = microsoft(&format!("secret-{number}"));
            body["client"] = json!(format!("{number:08}-7425-40de-944b-e07fc1f90ae7"));
            body
        })
        .collect();
    let answers = join_all(bodies.iter().map(|body| put(&admin, body))).await;
    assert!(answers.iter().all(|answer| [200, 409].contains(&answer.status)));
    assert!(answers.iter().any(|answer| answer.status == 200));
    let client = admin.get(PATH).await.expect(200).body["connection"]["client"].clone();
    let number: u32 = client.as_str().unwrap()[..8].parse().unwrap();
    let [name] = &kept(&app)[..] else { panic!("one secret: {:?}", kept(&app)) };
    assert_eq!(value(&app, name), format!("secret-{number}"));
    assert!(app.dump_of("loose_secret").await.is_empty());
}

#[tokio::test]
async fn a_lost_answer_leaves_nothing_half_and_is_tidied_up() {
    let app = App::start().await;
    let admin = app.admin();
    put(&admin, &microsoft("first-secret")).await.expect(200);
    let before = admin.get(PATH).await.expect(200).body;
    let lose = |operation| {
        app.stack
            .cloud()
            .faults()
            .set(Fault::new(Service::SecretsManager, operation, FaultKind::LoseAnswer).times(9));
    };
    lose("CreateSecret");
    put(&admin, &microsoft("second-secret")).await.expect(503);
    app.stack.cloud().faults().clear();
    assert_eq!(admin.get(PATH).await.expect(200).body, before, "the settings are as they were");
    assert_eq!(kept(&app).len(), 2, "made, and named by nobody");
    assert_eq!(app.dump_of("loose_secret").await.len(), 1, "but noted");
    app.advance(SignedDuration::from_mins(3));
    lose("DeleteSecret");
    put(&admin, &microsoft("third-secret")).await.expect(200);
    app.stack.cloud().faults().clear();
    app.advance(SignedDuration::from_mins(3));
    put(&admin, &microsoft("fourth-secret")).await.expect(200);
    let [name] = &kept(&app)[..] else { panic!("one secret: {:?}", kept(&app)) };
    assert_eq!(value(&app, name), "fourth-secret");
    assert!(app.dump_of("loose_secret").await.is_empty());
}

#[tokio::test]
async fn the_check_says_what_is_missing_and_changes_nothing() {
    let app = App::start().await;
    let admin = app.admin();
    let before = app.stack.cloud().work_mail().mutations().unwrap();
    let checks = async || {
        let found = check(&admin).await.expect(200).body;
        let each =
            |it: &Value| (it["name"].as_str().unwrap().to_owned(), it["state"].as_str().unwrap().to_owned());
        (found["ready"] == true, found["checks"].as_array().unwrap().iter().map(each).collect::<Vec<_>>())
    };
    let told = |all: &[(&str, &str)]| -> Vec<_> {
        all.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect()
    };
    assert_eq!(checks().await, (true, told(&[("access", "ok"), ("domain", "ok"), ("users", "ok")])));
    let tenant = &app.stack.sample().tenant;
    let organization = admin.get(PATH).await.body["givenOrganization"].as_str().unwrap().to_owned();
    let domain = tenant.domain.as_ref().unwrap().as_str();
    app.stack.cloud().work_mail().add_domain(&organization, domain, false).unwrap();
    let found = check(&admin).await.expect(200).body;
    assert_eq!((&found["ready"], &found["checks"][1]["state"]), (&json!(false), &json!("missing")));
    assert!(found["checks"][1]["howTo"].as_str().unwrap().contains("WorkMail"));
    let throttle = FaultKind::Throttle { retry_after: 1 };
    app.stack.cloud().faults().set(Fault::new(Service::WorkMail, "DescribeOrganization", throttle));
    assert_eq!(
        checks().await,
        (false, told(&[("access", "unknown")])),
        "an outage is no missing right, and no success"
    );
    app.stack.cloud().faults().clear();
    assert_eq!(app.stack.cloud().work_mail().mutations().unwrap(), before);
    let statuses = [check(&admin).await.status, check(&admin).await.status, check(&admin).await.status];
    assert_eq!(statuses, [200, 200, 429], "five in a minute");
}

#[tokio::test]
async fn what_is_secret_is_in_no_table_log_or_answer() {
    let logs = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(logs.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let app = App::start().await;
    let admin = app.admin();
    let mut answers = Vec::new();
    let mark = "planted-mark-7d1f";
    let key = json!({ "type": "service_account", "client_email": "a@b.example", "private_key": mark });
    for body in [
        microsoft(mark),
        json!({ "provider": "google", "admin": "ada@acme.example", "key": key }),
        json!({ "provider": "google", "admin": "ada@acme.example", "key": key.to_string() }),
        json!({ "provider": "workmail", "clientSecret": mark }),
        json!({ "provider": "microsoft", "clientSecret": [mark] }),
    ] {
        let request = admin.request(Method::PUT, PATH).json(&body);
        answers.push(admin.send(request.header("idempotency-key", "once")).await);
    }
    for vendor in ["docusign", "standard", "none"] {
        let body = json!({ "vendor": vendor, "key": mark });
        answers.push(admin.post_once("/api/esign/endpoints", &body, vendor).await);
    }
    let endpoint = answers[5].body["id"].as_str().expect("an endpoint").to_owned();
    let keys = format!("/api/esign/endpoints/{endpoint}/keys");
    answers.push(admin.post_once(&keys, &json!({ "key": format!("{mark}-2") }), "next").await);
    answers.push(admin.post(&keys, &json!({ "key": format!("{mark} blank") })).await);
    answers.push(check(&admin).await);
    for path in [PATH, "/api/esign/endpoints", "/api/audit"] {
        answers.push(admin.get(path).await);
    }
    assert_eq!(value(&app, &kept(&app)[0]), mark, "it is where it belongs");
    let places = [
        ("table", app.dump().await.join("\n")),
        ("answers", answers.iter().map(|answer| answer.text.clone()).collect::<Vec<_>>().join("\n")),
        ("logs", logs.text()),
    ];
    for (place, text) in &places {
        assert!(text.len() > 500, "{place} has been looked at");
        let hits = text.matches(mark).count();
        println!("{place}: {} bytes searched, {hits} hits", text.len());
        assert_eq!(hits, 0, "{place}");
    }
}
