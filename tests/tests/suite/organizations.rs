//! `/api/v1/organizations`

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{Actor, Answer, App};

const ORGANIZATIONS: &str = "/api/v1/organizations";

fn acme() -> Value {
    json!({ "name": "Acme", "slug": "acme", "preset": "brokerage" })
}

fn settings() -> Value {
    json!({
        "name": "Acme & Söhne",
        "documents": ["contract"],
        "jobStart": "on_request",
        "crmUrl": "https://crm.acme.example",
        "supportEmail": "people@acme.example",
    })
}

/// Somebody new, who has just signed up.
async fn newcomer(app: &App, name: &str) -> Actor {
    app.with_token(&app.newcomer(&format!("{name}@example.org")).await)
}

async fn put(actor: &Actor, path: &str, body: &Value) -> Answer {
    actor.send(actor.request(Method::PUT, path).json(body)).await
}

/// The organization's path, and its founder with a token for it.
async fn found(app: &App, founder: &Actor, body: &Value) -> (String, Actor) {
    let made = founder.post(ORGANIZATIONS, body).await.expect(201).body;
    let path = format!("{ORGANIZATIONS}/{}", made["organization"]["id"].as_str().unwrap());
    (path, app.actor(made["accessToken"].as_str().map(str::to_owned)))
}

#[tokio::test]
async fn onb_2_somebody_signs_up_founds_a_business_and_works_in_it() {
    let app = App::identity().await;
    let made = newcomer(&app, "kim").await.post(ORGANIZATIONS, &acme()).await.expect(201).body;
    let organization = &made["organization"];
    assert_eq!((&organization["slug"], &organization["domain"]), (&json!("acme"), &json!(null)));
    assert_eq!(made["tenant"], organization["id"]);
    assert!(made.get("refreshToken").is_none(), "the refresh token stays");
    let admin = app.actor(made["accessToken"].as_str().map(str::to_owned));
    let context = admin.get("/api/auth/context").await.expect(200).body;
    assert_eq!(
        (&context["tenant"]["name"], &context["tenant"]["roles"]),
        (&json!("Acme"), &json!(["admin"]))
    );
    let hire = json!({ "givenName": "Ada", "familyName": "First", "personalEmail": "ada@example.org" });
    admin.post("/api/hires", &hire).await.expect(201);
    let again = app.with_token(&app.login("kim@example.org").await);
    let context = again.get("/api/auth/context").await.expect(200).body;
    assert_eq!(context["tenant"]["id"], organization["id"], "the next sign-in begins there");
}

#[tokio::test]
async fn onb_2_the_founder_of_each_preset_may_do_what_its_first_role_says() {
    let app = App::identity().await;
    for (preset, role, payouts) in [("brokerage", "admin", false), ("brand", "tenant_admin", true)] {
        let founder = newcomer(&app, preset).await;
        let slug = format!("of-{preset}");
        let body = json!({ "name": "Acme", "slug": slug, "preset": preset });
        let (path, admin) = found(&app, &founder, &body).await;
        let tenant = admin.get("/api/auth/context").await.expect(200).body["tenant"].clone();
        assert_eq!(tenant["roles"], json!([role]));
        let permissions: Vec<_> = tenant["permissions"].as_array().unwrap().iter().collect();
        assert_eq!(permissions.contains(&&json!("payouts.process")), payouts);
        put(&admin, &path, &settings()).await.expect(200);
    }
}

#[tokio::test]
async fn onb_2_one_person_founds_several_and_switches_between_them() {
    let app = App::identity().await;
    let founder = newcomer(&app, "kim").await;
    let (first, _) = found(&app, &founder, &acme()).await;
    let second = json!({ "name": "Second", "slug": "second", "preset": "brand" });
    let (other, there) = found(&app, &founder, &second).await;
    there.get(&other).await.expect(200);
    there.get(&first).await.expect(404);
    let listed = there.get("/api/auth/context/tenants").await.expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn settings_are_read_replaced_and_every_wrong_field_is_named() {
    let app = App::identity().await;
    let (path, admin) = found(&app, &newcomer(&app, "kim").await, &acme()).await;
    let shown = admin.get(&path).await.expect(200).body;
    assert_eq!(shown["documents"], json!(["w9", "baa", "hire_agreement"]));
    assert_eq!(shown["supportEmail"], "kim@example.org", "answers go to the founder at first");
    let changed = put(&admin, &path, &settings()).await.expect(200).body;
    assert_eq!((&changed["name"], &changed["jobStart"]), (&json!("Acme & Söhne"), &json!("on_request")));
    assert_eq!(changed["crmUrl"], "https://crm.acme.example/");
    assert_eq!((&changed["slug"], &changed["id"]), (&shown["slug"], &shown["id"]));
    assert_eq!(admin.get(&path).await.expect(200).body, changed);
    let wrong = json!({
        "name": " ",
        "documents": ["w9", "w9"],
        "jobStart": "soon",
        "crmUrl": "javascript:alert(1)",
        "supportEmail": "nobody",
    });
    let refused = put(&admin, &path, &wrong).await.expect(422);
    assert_eq!(refused.fields(), ["name", "documents", "jobStart", "crmUrl", "supportEmail"]);
    let mut none = settings();
    none["documents"] = json!([]);
    assert_eq!(put(&admin, &path, &none).await.expect(422).fields(), ["documents"]);
    for protected in ["id", "slug", "domain", "security", "version"] {
        let mut body = settings();
        body[protected] = json!("x");
        assert_eq!(put(&admin, &path, &body).await.expect(400).fields(), [protected]);
    }
    assert_eq!(admin.get(&path).await.expect(200).body, changed, "nothing of it was taken");
}

#[tokio::test]
async fn bad_foundings_are_refused_with_every_field_named() {
    let app = App::identity().await;
    let kim = newcomer(&app, "kim").await;
    let wrong = json!({ "name": "\u{202e}emcA", "slug": "Acme", "preset": "bakery" });
    assert_eq!(kim.post(ORGANIZATIONS, &wrong).await.expect(422).fields(), ["name", "slug", "preset"]);
    for reserved in ["admin", "api", "super-admin", "local", "vestibule"] {
        let body = json!({ "name": "Acme", "slug": reserved, "preset": "brand" });
        assert_eq!(kim.post(ORGANIZATIONS, &body).await.expect(422).fields(), ["slug"], "{reserved}");
    }
    for (field, value) in
        [("role", json!("super_admin")), ("tier", json!("operandi")), ("founder", json!("x"))]
    {
        let mut body = acme();
        body[field] = value;
        assert_eq!(kim.post(ORGANIZATIONS, &body).await.expect(400).fields(), [field]);
    }
    app.anonymous().post(ORGANIZATIONS, &acme()).await.expect(401);
    kim.post(ORGANIZATIONS, &acme()).await.expect(201);
    let taken = newcomer(&app, "lee").await.post(ORGANIZATIONS, &acme()).await.expect(409);
    assert_eq!((taken.code(), taken.fields()), ("conflict", vec!["slug"]));
}

#[tokio::test]
async fn a_slug_claimed_by_ten_people_at_once_has_one_owner() {
    let app = App::identity().await;
    let people = join_all((0..10).map(|number| {
        let (app, name) = (&app, format!("person{number}"));
        async move { newcomer(app, &name).await }
    }))
    .await;
    let answers =
        join_all(people.iter().map(|person| async { person.post(ORGANIZATIONS, &acme()).await })).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((count(201), count(409)), (1, 9));
    for (person, answer) in people.iter().zip(&answers).filter(|(_, answer)| answer.status == 409) {
        assert_eq!(answer.fields(), ["slug"]);
        let tenants = person.get("/api/auth/context/tenants").await.expect(200).body;
        assert_eq!(tenants["items"], json!([]), "nothing is left of it");
    }
}

#[tokio::test]
async fn what_one_person_founds_at_once_is_made_whole_or_not_at_all() {
    let app = App::identity().await;
    let kim = newcomer(&app, "kim").await;
    let slugs = ["one-acme", "two-acme", "three-acme", "four-acme"];
    let answers = join_all(slugs.map(|slug| {
        let (kim, body) = (&kim, json!({ "name": "Acme", "slug": slug, "preset": "brand" }));
        async move { kim.post(ORGANIZATIONS, &body).await }
    }))
    .await;
    for (slug, answer) in slugs.iter().zip(&answers) {
        assert!([201, 409].contains(&answer.status), "{}", answer.text);
        // A slug that was refused because two met is still free, one that was taken is not.
        let again = json!({ "name": "Acme", "slug": slug, "preset": "brand" });
        let expected = if answer.status == 201 { 409 } else { 201 };
        kim.post(ORGANIZATIONS, &again).await.expect(expected);
    }
    let listed = kim.get("/api/auth/context/tenants").await.expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), slugs.len());
}

#[tokio::test]
async fn somebody_founds_as_often_as_the_limit_of_a_minute_allows() {
    let app =
        App::identity_with(|options| drop(options.parameters.insert("SignInsPerMinute".into(), "5".into())))
            .await;
    let kim = newcomer(&app, "kim").await;
    app.next_minute();
    let found = async |number: usize| {
        let body = json!({ "name": "Acme", "slug": format!("acme-{number}"), "preset": "brand" });
        kim.post(ORGANIZATIONS, &body).await
    };
    for number in 0..5 {
        found(number).await.expect(201);
    }
    let refused = found(5).await.expect(429);
    assert!(refused.headers.contains_key("retry-after"));
    app.next_minute();
    found(5).await.expect(201);
}
