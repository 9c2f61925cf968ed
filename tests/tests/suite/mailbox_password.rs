//! `/mailbox/password`: the owner of a mailbox chooses its password by the link of a mail.

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};
use vestibule_auth::{MailboxPasswordToken, SystemTask, TenantScope};
use vestibule_domain::{Hire, HireId, PasswordLinkState};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_store::FoundPasswordLink;
use vestibule_tests::{
    Actor, Answer, App,
    auditing::all_of,
    passwords::{MAILBOX_PASSWORD, password_token, temporary_password},
};

const OVER: &str = "This link is no longer valid";
/// Longer than a request may hold a link.
const LEASE: SignedDuration = SignedDuration::from_secs(21);

/// A stack without a limit that these tests would meet.
async fn start() -> App {
    App::with(|options| drop(options.parameters.insert("SignInsPerMinute".into(), "1000000".into()))).await
}

fn refuse(error: &str) -> FaultKind {
    FaultKind::Refuse { error: error.into(), status: 400, message: "planted".into() }
}

fn at_reset(app: &App, kind: FaultKind) {
    app.stack.cloud().faults().set(Fault::new(Service::WorkMail, "ResetPassword", kind));
}

/// Whether this is the password of the only mailbox.
fn opens(app: &App, password: &str) -> bool {
    let users = app.mailboxes();
    assert_eq!(users.len(), 1);
    app.stack.cloud().work_mail().password_matches(&users[0], password)
}

async fn link_of(app: &App, hire: &str) -> Value {
    app.admin().get(&format!("/api/hires/{hire}")).await.expect(200).body["passwordLink"].clone()
}

#[tokio::test]
async fn mbx_10_the_owner_chooses_the_password_by_the_link_of_the_welcome_mail() {
    let app = start().await;
    let (hire, token) = app.hire_with_link("Doe").await;
    let mails = app.stack.cloud().mailer().sent().unwrap();
    assert_eq!((mails.len(), mails[0].subject.as_str()), (1, "Your Test Brand Account is Ready"));
    assert_eq!((temporary_password(&mails[0]), password_token(&mails[0])), (None, Some(token.clone())));
    let html = mails[0].html.as_ref().unwrap().replace("&#x2f;", "/");
    assert!(html.contains(&format!("/mailbox/password?token={token}")) && !html.contains("emporary"));

    // What becomes of the mail is written on the hire.
    app.events_settled().await;
    let (owner, rows) = (app.anonymous(), app.scanned(Some("hire")).await);
    for _ in 0..2 {
        let page = owner.look_at_password(&token).await.expect(200);
        for part in ["kim.doe@test-brand.example", "Test Brand", "At most 63 characters"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.headers["referrer-policy"], "no-referrer");
    }
    assert_eq!(app.scanned(Some("hire")).await, rows, "opening the page uses nothing up");

    let done = owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
    let text = done.text.replace("&#x2f;", "/");
    assert!(
        text.contains("Your password is set") && text.contains("https://crm.test-brand.example/"),
        "{text}"
    );
    assert!(opens(&app, MAILBOX_PASSWORD));
    let link = link_of(&app, &hire).await;
    assert!(link["used"].is_string() && link["problem"].is_null(), "{link}");
    let records = all_of(&app.admin(), "limit=100&action=mailbox.").await;
    let told: Vec<_> = records.iter().map(|record| (&record["action"], &record["actor"])).collect();
    let stranger = json!("stranger");
    let [set, begin] = ["mailbox.password_set", "mailbox.password_begin"].map(|action| json!(action));
    assert_eq!(told, [(&set, &stranger), (&begin, &stranger)], "newest first");
    assert!(records.iter().all(|record| record["resource"] == hire.as_str()));

    for again in
        [owner.look_at_password(&token).await, owner.choose_password(&token, "Another one 4 fjord").await]
    {
        assert!(again.expect(400).text.contains(OVER));
    }
    assert!(opens(&app, MAILBOX_PASSWORD), "the link works once");
}

#[tokio::test]
async fn a_password_that_is_weak_or_that_the_provider_does_not_take_is_told_at_the_field() {
    let app = start().await;
    let (_, token) = app.hire_with_link("Doe").await;
    for (password, said) in [
        ("", "Give a password."),
        ("Short 7 x", "Use at least 12 characters"),
        ("Kim.Doe-2026 Test", "your name"),
        ("Test Brand 2026!", "company"),
        ("Passwort123456", "passwords tried first"),
        ("gravel ottoman fjord whistle", "Mix at least three of these"),
        (
            "Gravel \u{43e}\u{442}\u{442}\u{43e}\u{43c}\u{430}\u{43d} fjord 7 lamp",
            "Use only letters of Western",
        ),
        (&format!("{MAILBOX_PASSWORD}{}", " lantern".repeat(6)), "Use at most 63 characters"),
        ("Gravel ottoman\n7 fjord", "control characters"),
    ] {
        let page = app.anonymous().choose_password(&token, password).await;
        assert_eq!(page.status, 422, "{password}: {}", page.text);
        let field = page.text.split("password-problem\">").nth(1).unwrap_or_default();
        assert!(field.split("</p>").next().unwrap().contains(said), "{password}: {field}");
        assert!(password.is_empty() || !page.text.contains(password), "nothing is repeated");
    }
    app.anonymous().choose_password(&token, "Gravel ottoman fj\u{f6}rd lamp").await.expect(200);
    assert!(opens(&app, "Gravel ottoman fj\u{f6}rd lamp"), "sent as it was typed");
    assert_eq!(app.dump_of("audit").await.join("").matches("mailbox.password_begin").count(), 1);
}

#[tokio::test]
async fn of_twenty_at_once_one_sets_the_password() {
    let app = start().await;
    let (_, token) = app.hire_with_link("Doe").await;
    let before = app.stack.cloud().work_mail().mutations().unwrap()["ResetPassword"];
    let password = |n: usize| format!("{MAILBOX_PASSWORD} {n}");
    let tries = (0..20).map(|n| {
        let (owner, token) = (app.elsewhere(), token.clone());
        async move { owner.choose_password(&token, &password(n)).await }
    });
    let answers = join_all(tries).await;
    let won: Vec<_> = (0..20).filter(|n| answers[*n].status == 200).collect();
    assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert!(opens(&app, &password(won[0])));
    let turned_away = |answer: &Answer| match answer.status {
        400 => answer.text.contains(OVER),
        409 => answer.text.contains("This link is being used at this moment"),
        _ => false,
    };
    assert_eq!(answers.iter().filter(|answer| turned_away(answer)).count(), 19);
    assert_eq!(app.stack.cloud().work_mail().mutations().unwrap()["ResetPassword"], before + 1);
    println!("20 at once: 1 set the password, 19 were told why not");
}

#[tokio::test]
async fn a_link_that_does_not_work_is_told_by_one_page_whatever_is_wrong_with_it() {
    let app = start().await;
    let owner = app.anonymous();
    let (hire, old) = app.hire_with_link("Doe").await;
    let reset = app.admin().post(&format!("/api/hires/{hire}/reset-password"), &json!({})).await.expect(202);
    assert_eq!(app.ended(reset.body["job"].as_str().unwrap()).await["status"], "succeeded");
    let newest = app.newest_password_token();
    let (tenant, id) = (app.stack.sample().tenant.id, hire.parse::<HireId>().unwrap());
    let forged = MailboxPasswordToken::new(tenant, id, &app.world);
    let foreign = MailboxPasswordToken::new(app.stack.sample().second.id, id, &app.world);
    let unknown = MailboxPasswordToken::new(tenant, HireId::new(&app.world), &app.world);
    let made = [&forged, &foreign, &unknown]
        .map(|token| secrecy::ExposeSecret::expose_secret(&token.to_text()).to_owned());
    let mut wrong = vec![old, String::new(), "x".to_owned(), "A".repeat(5000), format!("{newest}A")];
    wrong.push(newest.chars().rev().collect());
    wrong.extend(made);
    let mut pages = Vec::new();
    for token in &wrong {
        pages.push(owner.look_at_password(token).await);
        pages.push(owner.choose_password(token, MAILBOX_PASSWORD).await);
    }
    app.set_text((format!("T#{tenant}"), "AUTHZ".into()), ("suspended", "2026-11-20T09:15:00Z")).await;
    pages.push(owner.look_at_password(&newest).await);
    pages.push(owner.choose_password(&newest, MAILBOX_PASSWORD).await);
    app.forget((format!("T#{tenant}"), "AUTHZ".into()), "suspended").await;
    owner.look_at_password(&newest).await.expect(200);
    app.advance(SignedDuration::from_hours(7 * 24));
    pages.push(owner.look_at_password(&newest).await);
    pages.push(owner.choose_password(&newest, MAILBOX_PASSWORD).await);
    for page in &pages {
        assert_eq!((page.status, &page.text), (400, &pages[0].text));
        assert!(page.text.contains(OVER) && !page.text.contains("Test Brand"), "{}", page.text);
    }
    assert!(!opens(&app, MAILBOX_PASSWORD));
    println!("{} requests with links that do not work: one page", pages.len());
}

#[tokio::test]
async fn a_new_password_makes_the_older_link_worthless_before_its_own_mail_is_out() {
    let app = start().await;
    let (hire, old) = app.hire_with_link("Doe").await;
    let fault = Fault::new(Service::Ses, "SendEmail", refuse("MessageRejected")).times(u32::MAX);
    app.stack.cloud().faults().set(fault);
    let reset = app.admin().post(&format!("/api/hires/{hire}/reset-password"), &json!({})).await.expect(202);
    let job = reset.body["job"].as_str().unwrap().to_owned();
    assert_eq!(app.ended(&job).await["status"], "needs_attention");
    app.anonymous().choose_password(&old, MAILBOX_PASSWORD).await.expect(400);
    app.stack.cloud().faults().clear();
    app.admin().post(&format!("/api/provision/jobs/{job}/retry"), &json!({})).await.expect(202);
    assert_eq!(app.ended(&job).await["status"], "succeeded");
    app.anonymous().choose_password(&app.newest_password_token(), MAILBOX_PASSWORD).await.expect(200);
    assert!(opens(&app, MAILBOX_PASSWORD));
}

#[tokio::test]
async fn a_definite_refusal_gives_the_link_back_and_says_what_to_do() {
    let app = start().await;
    let (owner, (hire, token)) = (app.anonymous(), app.hire_with_link("Doe").await);
    for (kind, status, said, problem) in [
        (FaultKind::Throttle { retry_after: 1 }, 503, "Try again in some minutes", Value::Null),
        (refuse("DirectoryUnavailableException"), 503, "Try again in some minutes", Value::Null),
        (refuse("InvalidPasswordException"), 422, "refused this password", Value::Null),
        (refuse("AccessDeniedException"), 409, "Tell the person who hired you", json!("access_denied")),
        (refuse("EntityStateException"), 409, "Tell the person who hired you", json!("entity_state")),
    ] {
        at_reset(&app, kind.clone());
        let page = owner.choose_password(&token, MAILBOX_PASSWORD).await;
        assert_eq!(page.status, status, "{kind:?}: {}", page.text);
        assert!(page.text.contains(said), "{kind:?}: {}", page.text);
        assert_eq!(page.text.contains("<form"), status != 409, "{kind:?}");
        assert!(!opens(&app, MAILBOX_PASSWORD));
        assert_eq!(link_of(&app, &hire).await["problem"], problem, "{kind:?}");
    }
    owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
    assert!(opens(&app, MAILBOX_PASSWORD));
    assert_eq!(link_of(&app, &hire).await["problem"], Value::Null, "mended");
    assert_eq!(app.dump_of("audit").await.join("").matches("mailbox.password_refuse").count(), 5);
}

#[tokio::test]
async fn after_a_lost_answer_the_link_works_again_when_its_request_is_known_to_be_over() {
    let app = start().await;
    let (owner, (_, token)) = (app.anonymous(), app.hire_with_link("Doe").await);
    for kind in [FaultKind::LoseAnswer, FaultKind::Late { millis: 30_000 }] {
        at_reset(&app, kind.clone());
        let lost = owner.choose_password(&token, MAILBOX_PASSWORD).await;
        assert_eq!(lost.status, 503, "{kind:?}: {}", lost.text);
        assert!(
            lost.text.contains("gave no answer") && !lost.text.contains("<form"),
            "{kind:?}: {}",
            lost.text
        );
        let early = owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(409);
        assert!(early.text.contains("Wait half a minute"), "{kind:?}");
        app.advance(LEASE);
        owner.look_at_password(&token).await.expect(200);
    }
    assert!(opens(&app, MAILBOX_PASSWORD), "it was set, though nobody was told");
    owner.choose_password(&token, "Another one 4 fjord").await.expect(200);
    assert!(opens(&app, "Another one 4 fjord"));
}

/// The state that a process leaves which was killed between its record and its call.
async fn take(app: &App, token: &str) -> FoundPasswordLink {
    let (platform, now) = (app.stack.store().platform(), app.world.now());
    let token = MailboxPasswordToken::parse(token).unwrap();
    let mut found = platform.find_password_link(&token, now).await.unwrap().unwrap();
    let stranger = vestibule_auth::Actor::Stranger { source_ip: None, user_agent: None };
    let began =
        platform.take_password_link(&mut found, now + SignedDuration::from_secs(20), &stranger, &app.world);
    assert_eq!(began.await.unwrap(), PasswordLinkState::Open);
    found
}

#[tokio::test]
async fn a_request_killed_between_its_record_and_its_call_costs_half_a_minute() {
    let app = start().await;
    let (owner, (hire, token)) = (app.anonymous(), app.hire_with_link("Doe").await);
    take(&app, &token).await;
    owner.look_at_password(&token).await.expect(200);
    owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(409);
    assert!(!opens(&app, MAILBOX_PASSWORD));
    app.advance(LEASE);
    owner.choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
    assert!(opens(&app, MAILBOX_PASSWORD) && link_of(&app, &hire).await["used"].is_string());
}

#[tokio::test]
async fn what_else_happens_to_the_hire_at_the_same_moment_is_kept() {
    let app = start().await;
    let (_, token) = app.hire_with_link("Doe").await;
    let (store, platform) = (app.stack.store(), app.stack.store().platform());
    let mut found = take(&app, &token).await;
    let until = found.hire.password_link.as_ref().unwrap().taken_until.unwrap();
    let scope = TenantScope::for_system(found.tenant.id, SystemTask::Seed);
    let mail = app.stack.cloud().mailer().sent().unwrap()[0].id.clone();
    app.let_happen(&mail, "bounce").await;
    let told = store.tenant(&scope).find::<Hire>(found.hire.id).await.unwrap().unwrap();
    assert!(told.mail_problem().is_some() && told.version > found.hire.version);
    let stranger = vestibule_auth::Actor::Stranger { source_ip: None, user_agent: None };
    let outcome = (until, vestibule_store::PasswordOutcome::Set);
    let settled = platform.settle_password_link(&mut found, outcome, &stranger, &app.world).await;
    assert!(settled.unwrap());
    let after = store.tenant(&scope).find::<Hire>(found.hire.id).await.unwrap().unwrap();
    assert!(after.mail_problem().is_some() && after.password_link.unwrap().used.is_some());
    let late = platform.settle_password_link(&mut found, outcome, &stranger, &app.world).await;
    assert!(!late.unwrap(), "it is nobody's any more");
}

#[tokio::test]
async fn sources_and_links_are_counted() {
    let app = App::start().await;
    let (_, token) = app.hire_with_link("Doe").await;
    let weak = async |owner: &Actor| owner.choose_password(&token, "weak").await.status;
    let owner = app.elsewhere();
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(weak(&owner).await);
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429], "a source");
    assert_eq!(weak(&app.elsewhere()).await, 429, "the link, from elsewhere");
    let owner = app.elsewhere();
    for _ in 0..5 {
        owner.look_at_password("x").await.expect(400);
    }
    let refused = owner.look_at_password(&token).await.expect(429);
    assert!(
        refused.headers.contains_key("retry-after") && refused.text.contains("Wait "),
        "{}",
        refused.text
    );
    app.advance(SignedDuration::from_mins(1));
    app.elsewhere().choose_password(&token, MAILBOX_PASSWORD).await.expect(200);
}
