//! What holds for accounts beyond one job: an organization keeps somebody who can administer it, nobody gives themselves a place, what
//! became of a mail is shown, and a busy mail service costs nobody an account.

use futures::future::join;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_auth::Grant;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_tests::{Actor, App};

use crate::accounts::{KIM, PROVISION, USERS, follow, in_new, in_tenant, provision, start};

const ADA: &str = "ada@firm.example";
const ORGANIZATIONS: &str = "/api/admin/organizations";
/// Races of two who act at once.
const ROUNDS: usize = 12;

async fn act(admin: &Actor, action: &str, email: &str) -> vestibule_tests::Answer {
    admin.post(&format!("{USERS}/{action}"), &json!({ "email": email })).await
}

/// The account with an address, as it is shown by itself.
async fn shown(admin: &Actor, email: &str) -> Value {
    let found = admin.get(&format!("{USERS}?email={email}")).await.expect(200).body;
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    admin.get(&format!("{USERS}/{id}")).await.expect(200).body
}

/// An organization with two administrators who can sign in, and its id.
async fn led_by_two(app: &App, admin: &Actor, (first, second): (&str, &str), slug: &str) -> String {
    let job = provision(admin, &in_new(first, slug)).await;
    let tenant = job["tenant"].as_str().unwrap().to_owned();
    assert_eq!(provision(admin, &in_tenant(second, &tenant, "admin")).await["status"], "succeeded");
    for email in [first, second] {
        follow(app, email, 1).await;
    }
    tenant
}

async fn leave(actor: &Actor, tenant: &str) -> vestibule_tests::Answer {
    let path = format!("/api/auth/context/tenants/{tenant}");
    actor.send(actor.request(Method::DELETE, &path)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn p04_an_administrator_who_cannot_sign_in_is_not_one_who_stays() {
    let (app, admin) = start().await;
    let job = provision(&admin, &in_new(KIM, "firm")).await;
    let tenant = job["tenant"].as_str().unwrap().to_owned();
    follow(&app, KIM, 1).await;
    assert_eq!(provision(&admin, &in_tenant(ADA, &tenant, "admin")).await["status"], "succeeded");
    let kim = app.with_token(&app.login(KIM).await);
    let (kim_id, team) = (kim.id().await, "/api/admin/team");
    let lower = json!({ "roles": ["viewer"] });
    let weaker = async || {
        let change = kim.request(Method::PATCH, &format!("{team}/{kim_id}")).json(&lower);
        let own = kim.send(change).await;
        [own.status, leave(&kim, &tenant).await.status, act(&admin, "remove", KIM).await.status]
    };
    assert_eq!(weaker().await, [409; 3], "the other one never followed her invitation");
    follow(&app, ADA, 1).await;
    let suspended = act(&admin, "suspend", ADA).await.expect(200).body;
    assert_eq!(suspended["withoutAdministrator"], json!([]), "somebody is left");
    assert_eq!(weaker().await, [409; 3], "the other one is suspended");
    // The platform may keep the last one out, and says what that means.
    let last = act(&admin, "suspend", KIM).await.expect(200).body;
    assert_eq!(last["withoutAdministrator"], json!([{ "id": tenant, "name": "Firm" }]));
    assert_eq!(shown(&admin, KIM).await["withoutAdministrator"], last["withoutAdministrator"]);
    assert_eq!(shown(&admin, ADA).await["withoutAdministrator"], last["withoutAdministrator"]);
    let kept = act(&admin, "remove", KIM).await.expect(409);
    assert!(kept.text.contains("Firm") && kept.text.contains(&tenant), "{}", kept.text);
    act(&admin, "restore", ADA).await.expect(200);
    assert_eq!(shown(&admin, KIM).await["withoutAdministrator"], json!([]));
    act(&admin, "remove", KIM).await.expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p04_a_suspension_and_a_leaving_at_once_leave_nobody_alone_unsaid() {
    let (app, admin) = start().await;
    let (mut alone, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        let (first, second) = (format!("kim{round}@firm.example"), format!("ada{round}@firm.example"));
        let tenant = led_by_two(&app, &admin, (&first, &second), &format!("firm-{round}")).await;
        let kim = app.with_token(&app.login(&first).await);
        let (left, kept_out) = join(leave(&kim, &tenant), act(&admin, "suspend", &second)).await;
        kept_out.expect(200);
        assert!([204, 409].contains(&left.status), "round {round}: {}", left.text);
        let told = shown(&admin, &second).await["withoutAdministrator"].as_array().unwrap().len();
        // Whoever left did so while the other could sign in.
        assert_eq!(told, usize::from(left.status == 204), "round {round}");
        (alone, refused) = (alone + told, refused + usize::from(left.status == 409));
    }
    println!("{ROUNDS} rounds: {refused} leavings refused, {alone} suspensions that left nobody, each told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p04_of_two_administrators_removed_at_once_one_stays() {
    let (app, admin) = start().await;
    for round in 0..ROUNDS {
        let (first, second) = (format!("kim{round}@firm.example"), format!("ada{round}@firm.example"));
        led_by_two(&app, &admin, (&first, &second), &format!("firm-{round}")).await;
        let (one, other) = join(act(&admin, "remove", &first), act(&admin, "remove", &second)).await;
        let removed = [&one, &other].into_iter().filter(|answer| answer.status == 200).count();
        assert!(removed < 2, "round {round}: nobody is left");
        assert!([&one, &other].iter().all(|answer| [200, 409].contains(&answer.status)), "round {round}");
    }
    println!("{ROUNDS} rounds of two administrators removed at once: one always stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn p06_nobody_gives_an_account_to_themselves() {
    let (app, admin) = start().await;
    let tenant = app.stack.sample().tenant.id.to_string();
    for own in ["gil@platform.example", "GIL@platform.example"] {
        for body in [in_new(own, "mine"), in_tenant(own, &tenant, "admin")] {
            let refused = admin.post(PROVISION, &body).await.expect(409);
            assert_eq!(refused.fields(), ["email"]);
            assert!(refused.text.contains("another administrator"), "{}", refused.text);
        }
    }
    let other = app.with_token(&app.newcomer("ola@platform.example").await);
    app.appoint(other.id().await, Grant::GeneralAdmin).await;
    let given = provision(&other, &in_tenant("gil@platform.example", &tenant, "viewer")).await;
    assert_eq!(given["status"], "succeeded", "somebody else may: {given:#}");
    let tier = json!({ "email": "gil@platform.example", "tier": "free" });
    admin.post(&format!("{USERS}/update-subscription"), &tier).await.expect(409);
    other.post(&format!("{USERS}/update-subscription"), &tier).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_5_what_became_of_the_newest_mail_is_shown_with_the_account() {
    let (app, admin) = start().await;
    assert_eq!(provision(&admin, &in_new(KIM, "firm")).await["status"], "succeeded");
    let first = app.mail_to(KIM, 1).await.id;
    app.events_settled().await;
    assert_eq!(shown(&admin, KIM).await["mailProblem"], json!(null), "it arrived");
    for (what, state) in [("reject", "rejected"), ("bounce", "bounced")] {
        app.let_happen(&first, what).await;
        let problem = shown(&admin, KIM).await["mailProblem"].clone();
        assert_eq!(problem["state"], state);
        assert!(problem["at"].as_str().is_some(), "{problem}");
    }
    assert!(app.suppression(KIM).await.is_some(), "nothing more goes there");
    act(&admin, "resend-invitation", KIM).await.expect(202);
    app.mails_settled().await;
    assert_eq!(app.mails_to(KIM).len(), 1, "not even another invitation");
    assert_eq!(shown(&admin, KIM).await["mailProblem"]["state"], "bounced");
    // A mail that came back for a reason that passes is sent again, and is the newest then.
    assert_eq!(provision(&admin, &in_new(ADA, "other")).await["status"], "succeeded");
    let first = app.mail_to(ADA, 1).await.id;
    app.let_happen(&first, "reject").await;
    assert_eq!(shown(&admin, ADA).await["mailProblem"]["state"], "rejected");
    act(&admin, "resend-invitation", ADA).await.expect(202);
    let second = app.mail_to(ADA, 2).await.id;
    app.events_settled().await;
    assert_eq!(shown(&admin, ADA).await["mailProblem"], json!(null));
    app.let_happen(&first, "bounce").await;
    assert_eq!(shown(&admin, ADA).await["mailProblem"], json!(null), "an older mail tells nothing");
    app.let_happen(&second, "complaint").await;
    assert_eq!(shown(&admin, ADA).await["mailProblem"]["state"], "complained");
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_3_a_service_that_asks_to_wait_is_waited_for() {
    let (app, admin) = start().await;
    let throttled = Fault::new(Service::Ses, "SendEmail", FaultKind::Throttle { retry_after: 1 });
    app.stack.cloud().faults().set(throttled.times(3));
    let job = provision(&admin, &in_new(KIM, "firm")).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let waits: Vec<_> = job["mails"].as_array().unwrap().iter().map(|mail| mail["waits"] == true).collect();
    assert_eq!(waits, [true, true, true, false]);
    assert_eq!(app.mails_to(KIM).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn acc_2_organizations_are_found_by_name_with_their_roles() {
    let (app, admin) = start().await;
    for (name, slug) in
        [("Łódź Harbor & Sons", "harbor"), ("Harborside", "side"), ("Northern Harbor", "north")]
    {
        let mut body = in_new(&format!("{slug}@firm.example"), slug);
        body["organization"]["name"] = json!(name);
        // The role of a new organization's administrator need not be named.
        body.as_object_mut().unwrap().remove("role");
        assert_eq!(provision(&admin, &body).await["status"], "succeeded");
    }
    let found = async |query: &str| -> Vec<String> {
        let page = admin.get(&format!("{ORGANIZATIONS}?{query}")).await.expect(200).body;
        page["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = found("name=harbor").await;
    all.sort();
    assert_eq!(all, ["Harborside", "Northern Harbor", "Łódź Harbor & Sons"]);
    assert_eq!(found("name=LODZ%20Har").await, ["Łódź Harbor & Sons"]);
    assert_eq!(found("name=side").await, ["Harborside"], "by its slug");
    for nothing in ["name=arbor", "name=h", "name=%25", "id=ten_01M7VZGC007K2M9D4VXW5RTBHN", "id=x"] {
        assert_eq!(found(nothing).await, Vec::<String>::new(), "{nothing}");
    }
    let first = admin.get(&format!("{ORGANIZATIONS}?name=harbor&limit=2")).await.expect(200);
    let cost: Value = serde_json::from_slice(first.headers["x-cost"].as_bytes()).unwrap();
    assert!(cost["round_trips"].as_u64().unwrap() <= 3, "{cost}");
    let next = first.body["next"].as_str().unwrap();
    assert!(!found(&format!("name=harbor&limit=2&cursor={next}")).await.is_empty());
    admin.get(&format!("{ORGANIZATIONS}?name=side&cursor={next}")).await.expect(400);
    for wrong in ["", "name=", "name=a&id=b", "slug=side"] {
        admin.get(&format!("{ORGANIZATIONS}?{wrong}")).await.expect(400);
    }
    let sample = app.stack.sample().tenant.id;
    let one = admin.get(&format!("{ORGANIZATIONS}?id={sample}")).await.expect(200).body["items"][0].clone();
    let roles: Vec<_> = one["roles"].as_array().unwrap().iter().map(|role| role["id"].clone()).collect();
    assert!(roles.contains(&json!("viewer")), "{one:#}");
    // Another name is found from then on, and the one before is not.
    let side =
        admin.get(&format!("{ORGANIZATIONS}?name=side")).await.expect(200).body["items"][0]["id"].clone();
    let side = side.as_str().unwrap().to_owned();
    follow(&app, "side@firm.example", 1).await;
    let owner = app.with_token(&app.login("side@firm.example").await);
    let path = format!("/api/v1/organizations/{side}");
    let shown = owner.get(&path).await.expect(200).body;
    let mut body = json!({ "name": "Quayside" });
    for field in ["documents", "jobStart", "crmUrl", "supportEmail", "color"] {
        body[field] = shown[field].clone();
    }
    let renamed = owner.request(Method::PUT, &path).json(&body);
    owner.send(renamed).await.expect(200);
    assert_eq!(found("name=quay").await, ["Quayside"]);
    let mut left = found("name=harbor").await;
    left.sort();
    assert_eq!(left, ["Northern Harbor", "Łódź Harbor & Sons"]);
}
