//! What becomes of mails: each report once and again, in every order, forged ones, and what follows from it.

use serde_json::{Value, json};
use vestibule_domain::{
    DeliveryState, IdentityMailKind, IdentityMailRequest, MailId, SuppressionReason, UserId,
};
use vestibule_models::SentMail;
use vestibule_tests::identity::PASSWORD;
use vestibule_tests::{App, mailing::mail_id};

const KIM: &str = "kim@example.org";

/// What can happen to a mail, and what is known by it.
const HAPPENINGS: [(&str, DeliveryState); 6] = [
    ("delay", DeliveryState::Delayed),
    ("soft-bounce", DeliveryState::SoftBounced),
    ("delivery", DeliveryState::Delivered),
    ("reject", DeliveryState::Rejected),
    ("bounce", DeliveryState::Bounced),
    ("complaint", DeliveryState::Complained),
];

type Happening = (&'static str, DeliveryState);

/// Every two of them in every order, and each twice.
fn pairs() -> impl Iterator<Item = (Happening, Happening)> {
    HAPPENINGS.into_iter().flat_map(|first| HAPPENINGS.into_iter().map(move |second| (first, second)))
}

/// How many problems two reports tell that nothing told before.
fn problems(first: DeliveryState, second: DeliveryState) -> usize {
    usize::from(first.is_problem()) + usize::from(second.is_problem() && second > first)
}

/// A mail about the account of `user`, to an address of its own.
async fn ask(app: &App, user: UserId, to: &str) -> MailId {
    let (id, mail) = (MailId::new(&app.world), IdentityMailKind::ConfirmEmail { user });
    let email = vestibule_domain::Email::parse(to).unwrap();
    let request = IdentityMailRequest { id, email, mail, device: None, at: app.world.now() };
    app.stack.store().platform().request_mail(&request, None, &app.world).await.unwrap();
    id
}

async fn kim(app: &App) -> UserId {
    let kim = app.with_token(&app.newcomer(KIM).await);
    kim.get("/api/v1/auth/me").await.expect(200).body["id"].as_str().unwrap().parse().unwrap()
}

/// How many records of the audit log tell of a thing and an action.
async fn audited(app: &App, action: &str, about: &str) -> usize {
    let (action, about) = (format!("\"action\": S(\"{action}\")"), about.to_owned());
    app.dump_of("audit").await.iter().filter(|row| row.contains(&action) && row.contains(&about)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn any_two_reports_on_a_mail_have_one_effect_in_any_order() {
    let app = App::identity().await;
    let user = kim(&app).await;
    let mut asked = Vec::new();
    for (nth, pair) in pairs().enumerate() {
        let to = format!("pair{nth}@example.net");
        asked.push((ask(&app, user, &to).await, to, pair));
    }
    let mut tried = 0;
    for (id, to, (first, second)) in asked {
        let message = app.mail_to(&to, 1).await.id;
        assert_eq!(app.mail_row(id).await.message.as_deref(), Some(message.as_str()));
        app.events_settled().await;
        let arrived = app.mail_row(id).await.delivery.unwrap();
        assert_eq!(arrived.state, DeliveryState::Delivered, "SES said so by itself");
        app.forget((format!("MAIL#{id}"), "MAIL".to_owned()), "delivery").await;
        for (what, _) in [first, second] {
            app.let_happen(&message, what).await;
        }
        let case = format!("{} then {}", first.0, second.0);
        let (most, row) = (first.1.max(second.1), app.mail_row(id).await);
        assert_eq!(row.delivery.map(|delivery| delivery.state), Some(most), "{case}");
        let suppression = app.suppression(&to).await;
        let reasons = [first.1.suppresses(), second.1.suppresses()];
        let expected = most.suppresses().or(reasons[0]).or(reasons[1]);
        assert_eq!(suppression.as_ref().map(|found| found.reason), expected, "{case}");
        assert_eq!(suppression.and_then(|found| found.mail), expected.map(|_| id), "{case}");
        let told = audited(&app, "mail.delivery", &id.to_string()).await;
        assert_eq!(told, problems(first.1, second.1), "{case}");
        tried += 1;
    }
    println!(
        "{tried} pairs of reports on mails about accounts, each with row, suppression and audit as expected"
    );
    assert_eq!(tried, 36);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_two_reports_on_a_password_mail_have_one_effect_in_any_order() {
    let app = App::start().await;
    let to = "hire@example.net";
    let (hire, _, ended) = app.hire_at(to).await;
    assert_eq!(ended["status"], "succeeded", "{ended}");
    let (tenant, mut tried) = (app.stack.sample().tenant.id, 0);
    for (first, second) in pairs() {
        let case = format!("{} then {}", first.0, second.0);
        let reset = app.admin().post(&format!("/api/hires/{hire}/reset-password"), &json!({})).await;
        let job = reset.expect(202).body["job"].as_str().unwrap().to_owned();
        assert_eq!(app.ended(&job).await["status"], "succeeded", "{case}");
        app.events_settled().await;
        assert_eq!(app.mail_problem(&hire).await, Value::Null, "{case}: a new mail clears it");
        app.forget((format!("T#{tenant}"), format!("HIRE#{hire}")), "credentials_mail").await;
        let message = app.mails_to(to).pop().unwrap().id;
        for (what, _) in [first, second] {
            app.let_happen(&message, what).await;
        }
        let (most, problem) = (first.1.max(second.1), app.mail_problem(&hire).await);
        let expected = most.is_problem().then(|| most.name());
        assert_eq!(problem["state"].as_str(), expected, "{case}");
        assert_eq!(problem["at"].is_string(), expected.is_some(), "{case}");
        let suppression = app.suppression(to).await;
        assert_eq!(suppression.as_ref().map(|found| found.reason), most.suppresses(), "{case}");
        let sent_by = suppression.and_then(|found| found.job).map(|job| job.to_string());
        assert_eq!(sent_by, most.suppresses().map(|_| job.clone()), "{case}");
        assert_eq!(audited(&app, "hire.mail", &job).await, problems(first.1, second.1), "{case}");
        let listed = app.admin().get("/api/hires").await.expect(200).body["items"][0].clone();
        assert_eq!(listed["mailProblem"], problem, "the list says the same");
        let actor = vestibule_auth::Actor::System(vestibule_auth::SystemTask::Operator);
        let platform = app.stack.store().platform();
        platform.lift_suppression(&app.address_key(to), &actor, &app.world).await.unwrap();
        tried += 1;
    }
    println!(
        "{tried} pairs of reports on mails with a password, each with hire, suppression and audit as expected"
    );
    assert_eq!(tried, 36);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_two_reports_on_an_invitations_mail_are_shown_alike_in_any_order() {
    const INVITES: &str = "/api/admin/team/invites";
    let app = App::identity().await;
    let (admin, _) = app.founder("ines").await;
    let to: Vec<_> = (0..pairs().count()).map(|nth| format!("pair{nth}@example.net")).collect();
    let body = json!({ "emails": to, "roles": ["viewer"] });
    let invited = admin.post(INVITES, &body).await.expect(200).body;
    let mut tried = 0;
    for ((first, second), (nth, to)) in pairs().zip(to.iter().enumerate()) {
        let case = format!("{} then {}", first.0, second.0);
        let mail = app.mail_to(to, 1).await;
        app.mail_row(mail_id(&mail)).await;
        app.events_settled().await;
        let path = format!("{INVITES}/{}", invited["results"][nth]["invitation"]["id"].as_str().unwrap());
        assert_eq!(admin.get(&path).await.expect(200).body["mailProblem"], Value::Null, "{case}: delivered");
        app.forget((format!("MAIL#{}", mail_id(&mail)), "MAIL".to_owned()), "delivery").await;
        for (what, _) in [first, second] {
            app.let_happen(&mail.id, what).await;
        }
        let (most, problem) =
            (first.1.max(second.1), admin.get(&path).await.expect(200).body["mailProblem"].clone());
        let expected = most.is_problem().then(|| most.name());
        assert_eq!(problem["state"].as_str(), expected, "{case}");
        assert_eq!(problem["at"].is_string(), expected.is_some(), "{case}");
        let listed = admin.get(&format!("{INVITES}?limit=100")).await.expect(200).body["items"].clone();
        let listed = listed.as_array().unwrap().iter().find(|one| one["email"] == json!(to)).unwrap();
        assert_eq!(listed["mailProblem"], problem, "{case}: the list says the same");
        tried += 1;
    }
    println!("{tried} pairs of reports on mails of invitations, each shown as expected");
    assert_eq!(tried, 36);
}

/// The whole event of something that happened to a mail.
fn event(mail: &SentMail, kind: &str) -> Value {
    let tags = mail.tags.iter().map(|tag| (tag.name.clone(), json!([tag.value])));
    json!({
        "version": "0", "source": "aws.ses", "detail-type": "Email Bounced", "time": "2026-11-20T09:00:00Z",
        "detail": {
            "eventType": kind, "bounce": { "bounceType": "Permanent" },
            "mail": { "messageId": mail.id, "tags": tags.collect::<serde_json::Map<_, _>>() },
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_foreign_events_change_nothing() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let (hire, ..) = app.hire_at("hire@example.net").await;
    app.events_settled().await;
    let (mail, password) = (app.mail_to(KIM, 1).await, app.mails_to("hire@example.net").remove(0));
    let before = app.rows().await;
    for sent in [&mail, &password] {
        let bounce = event(sent, "Bounce");
        let refused = app.put_event("default", &bounce).await;
        assert_eq!(refused["ErrorCode"], "NotAuthorizedForSourceException", "{refused}");
        let own_bus = app.stack.template().buses[0].name.clone();
        for (bus, source) in [("default", "vestibule"), (&own_bus, "vestibule"), (&own_bus, "awsses")] {
            let mut forged = bounce.clone();
            forged["source"] = json!(source);
            assert!(app.put_event(bus, &forged).await["EventId"].is_string(), "{bus} takes any such event");
        }
        for (place, value) in [
            ("/source", json!("vestibule")),
            ("/detail/mail/messageId", json!("another")),
            ("/detail/mail/tags", json!({})),
            ("/detail/mail/tags", json!({ "mail-id": [MailId::new(&app.world)] })),
            ("/detail/eventType", json!("Open")),
        ] {
            let mut foreign = bounce.clone();
            *foreign.pointer_mut(place).unwrap() = value;
            app.report(foreign).await;
        }
    }
    // A mail's tags with those of somebody else's: the job does not know the message.
    let mut mixed = event(&password, "Bounce");
    mixed["detail"]["mail"]["messageId"] = json!(mail.id);
    assert_eq!(app.report(mixed).await["mail"], "unknown");
    for other in [json!(null), json!([]), json!("x"), json!({ "source": "aws.ses", "detail": [] })] {
        assert_eq!(app.report(other).await, json!({ "event": "foreign" }));
    }
    app.events_settled().await;
    assert!(app.rows().await == before, "a row has changed");
    // The same events are taken when the mail service itself tells them.
    assert_eq!(app.report(event(&mail, "Bounce")).await["mail"], "recorded");
    assert_eq!(app.report(event(&mail, "Bounce")).await["mail"], "known");
    assert_eq!(app.report(event(&password, "Bounce")).await["mail"], "recorded");
    assert_eq!(app.mail_problem(&hire).await["state"], "bounced");
    let mut elsewhere = event(&password, "Complaint");
    elsewhere["detail"]["mail"]["tags"]["tenant"] = json!(["ten_01M7VZGC007K2M9D4VXW5RTBHN"]);
    assert_eq!(app.report(elsewhere).await["mail"], "unknown", "another tenant has no such job");
}

/// Asks for a mail and sees that none comes.
async fn gets_none(app: &App, path: &str, body: &Value, address: &str) {
    let before = app.mails_to(address).len();
    app.anonymous().post(path, body).await.expect(202);
    app.mails_settled().await;
    assert_eq!(app.mails_to(address).len(), before, "{path}");
    assert!(app.dump_of("mail").await.iter().any(|row| row.contains("dropped:suppressed")), "{path}");
}

/// Asks for a mail and sees that it comes.
async fn gets_one(app: &App, path: &str, address: &str) -> SentMail {
    let before = app.mails_to(address).len();
    app.anonymous().post(path, &json!({ "email": address })).await.expect(202);
    app.mail_to(address, before + 1).await
}

const LINK: &str = "/api/v1/auth/magic-link";
const FORGOTTEN: &str = "/api/v1/auth/forgot-password";

#[tokio::test(flavor = "multi_thread")]
async fn a_suppressed_address_gets_no_mail_until_a_link_proves_it_anew() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let email = json!({ "email": KIM });
    // A sign-in link.
    let sent = gets_one(&app, LINK, KIM).await;
    app.let_happen(&sent.id, "complaint").await;
    assert_eq!(app.suppression(KIM).await.unwrap().reason, SuppressionReason::Complained);
    gets_none(&app, FORGOTTEN, &email, KIM).await;
    let token = app.link(KIM, "magic-link", 1).await;
    app.anonymous().post(&format!("{LINK}/consume"), &json!({ "token": token })).await.expect(200);
    assert_eq!(app.suppression(KIM).await, None);
    // A link for a new password.
    let sent = gets_one(&app, FORGOTTEN, KIM).await;
    app.let_happen(&sent.id, "bounce").await;
    assert_eq!(app.suppression(KIM).await.unwrap().mail, Some(mail_id(&sent)));
    gets_none(&app, LINK, &email, KIM).await;
    let token = app.link(KIM, "reset-password", 1).await;
    let reset = json!({ "token": token, "password": "velvet anchor plum tractor" });
    app.anonymous().post("/api/v1/auth/reset-password", &reset).await.expect(204);
    assert_eq!(app.suppression(KIM).await, None);
    gets_one(&app, LINK, KIM).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_and_a_change_of_address_prove_it_anew_too() {
    let app = App::identity().await;
    let (lee, new) = ("lee@example.org", "lee.new@example.org");
    let body = json!({ "email": lee, "password": PASSWORD, "name": "Lee" });
    app.anonymous().post("/api/v1/auth/register", &body).await.expect(202);
    app.let_happen(&app.mail_to(lee, 1).await.id, "bounce").await;
    gets_none(&app, "/api/v1/auth/register", &body, lee).await;
    let token = app.link(lee, "verify-email", 1).await;
    app.verify(&token, PASSWORD).await.expect(200);
    assert_eq!(app.suppression(lee).await, None);
    gets_one(&app, LINK, lee).await;
    let actor = app.with_token(&app.login(lee).await);
    actor.post("/api/v1/auth/email", &json!({ "email": new, "password": PASSWORD })).await.expect(202);
    app.let_happen(&app.mail_to(new, 1).await.id, "bounce").await;
    assert!(app.suppression(new).await.is_some() && app.suppression(lee).await.is_none());
    let token = app.link(new, "confirm-email", 1).await;
    let confirm = json!({ "token": token, "password": PASSWORD });
    app.anonymous().post("/api/v1/auth/email/confirm", &confirm).await.expect(204);
    assert_eq!(app.suppression(new).await, None);
    gets_one(&app, LINK, new).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_password_is_changed_for_a_suppressed_address() {
    let app = App::start().await;
    let to = "bounce+kim@simulator.amazonses.com";
    let (first, _, ended) = app.hire_at(to).await;
    assert_eq!(ended["status"], "succeeded", "SES took the mail");
    app.events_settled().await;
    assert_eq!(app.mail_problem(&first).await["state"], "bounced");
    let users = format!("{:?}", app.mailboxes());
    let (second, job, ended) = app.hire_at(to).await;
    let told = (ended["status"].as_str(), ended["lastError"]["code"].as_str());
    assert_eq!(told, (Some("needs_attention"), Some("address_suppressed")), "{ended}");
    let undone = ended["steps"].as_array().unwrap().iter().all(|step| step["status"] == "undone");
    assert!(undone, "{ended}");
    let reset = app.admin().post(&format!("/api/hires/{first}/reset-password"), &json!({})).await.expect(202);
    let reset = app.ended(reset.body["job"].as_str().unwrap()).await;
    assert_eq!(reset["lastError"]["code"], "address_suppressed", "{reset}");
    assert_eq!((format!("{:?}", app.mailboxes()), app.mails_to(to).len()), (users, 1), "nothing was touched");
    assert_eq!(app.mail_problem(&first).await["state"], "bounced", "it is still so");
    let page = app.admin().page(&format!("/hires/{first}")).await;
    assert!(page.text.contains("there is no such mailbox"), "{}", page.text);
    let page = app.admin().page("/hires").await;
    assert_eq!(page.text.matches("Mail did not arrive").count(), 1);
    // A person lifts it.
    let actor = vestibule_auth::Actor::System(vestibule_auth::SystemTask::Operator);
    let platform = app.stack.store().platform();
    assert!(platform.lift_suppression(&app.address_key(to), &actor, &app.world).await.unwrap());
    app.admin().post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(202);
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    app.events_settled().await;
    assert_eq!(app.mail_problem(&second).await["state"], "bounced");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_absence_note_harms_nothing() {
    let app = App::start().await;
    let to = "ooto+kim@simulator.amazonses.com";
    let (hire, _, ended) = app.hire_at(to).await;
    app.events_settled().await;
    assert_eq!((ended["status"].as_str(), app.mail_problem(&hire).await), (Some("succeeded"), Value::Null));
    assert_eq!(app.suppression(to).await, None);
    let reset = app.admin().post(&format!("/api/hires/{hire}/reset-password"), &json!({})).await.expect(202);
    assert_eq!(app.ended(reset.body["job"].as_str().unwrap()).await["status"], "succeeded");
    assert_eq!(app.mails_to(to).len(), 2);
    for (to, state) in
        [("complaint@simulator.amazonses.com", "complained"), ("success@simulator.amazonses.com", "")]
    {
        let (hire, ..) = app.hire_at(to).await;
        app.events_settled().await;
        assert_eq!(app.mail_problem(&hire).await["state"].as_str().unwrap_or_default(), state, "{to}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_hold_ids_only() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let (hire, job, _) = app.hire_at("hire@example.net").await;
    let tags = |mail: &SentMail| -> Vec<(String, String)> {
        mail.tags.iter().map(|tag| (tag.name.clone(), tag.value.clone())).collect()
    };
    let mail = app.mail_to(KIM, 1).await;
    let named = |name: &str, value: String| (name.to_owned(), value);
    let expected = [named("mail", "registration".to_owned()), named("mail-id", mail_id(&mail).to_string())];
    assert_eq!(tags(&mail), expected);
    let tenant = app.stack.sample().tenant.id.to_string();
    let expected = [named("tenant", tenant), named("hire", hire), named("job", job)];
    assert_eq!(tags(&app.mails_to("hire@example.net")[0]), expected);
    assert_eq!(mail.configuration_set.as_deref(), Some("vestibule-mail"));
}
