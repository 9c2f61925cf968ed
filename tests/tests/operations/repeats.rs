//! The same request many times under one key: one effect, one answer, and no secret in what is kept.

use std::io::Write;
use std::sync::{Arc, Mutex};

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_tests::{
    Actor, Answer,
    operations::{Content, Prepared, Scene, keyed},
};

use super::expected::{Row, rows};

/// As many as come at once.
const AT_ONCE: usize = 50;
/// Answers of those who come while the first one is worked on, where a sign-in is counted: wait, or not like this.
const TURNED_AWAY: [u16; 4] = [401, 409, 429, 503];
/// Operations that change something and keep no answer, each for its reason.
const WITHOUT_KEY: [(&str, &str); 25] = [
    (
        "POST /api/v1/auth/refresh",
        "the token itself makes it repeatable, and its answer is nothing but tokens",
    ),
    ("POST /api/esign/webhook", "an event's own id makes it repeatable"),
    ("POST /api/esign/webhook/{provider}/{endpoint}", "an event's own id makes it repeatable"),
    ("POST /", "a form sends no header; signing in twice begins two sessions"),
    ("POST /auth/admin", "a form sends no header; signing in twice begins two sessions"),
    (
        "POST /auth/register",
        "a form sends no header; asking twice sends two mails, as often as the limit allows",
    ),
    ("POST /mailbox/password", "a form sends no header; the link works once"),
    ("POST /promo", "a form sends no header; an address signs up once"),
    ("POST /auth/forgot-password", "a form sends no header; of two links the newer one counts"),
    ("POST /auth/sign-in-link", "a form sends no header; of two links the newer one counts"),
    ("POST /auth/sign-out", "a form sends no header; a session ends once"),
    ("POST /auth/verify-email", "a form sends no header; the link works once"),
    ("POST /auth/magic-link", "a form sends no header; the link works once"),
    ("POST /auth/reset-password", "a form sends no header; the link works once"),
    ("POST /auth/confirm-email", "a form sends no header; the link works once"),
    ("POST /auth/undo-email", "a form sends no header; the link works once"),
    ("POST /auth/second-factor", "a form sends no header; the code works once"),
    ("POST /auth/invitation", "a form sends no header; an invitation is accepted once"),
    ("POST /auth/decline-invitation", "a form sends no header; an invitation is declined once"),
    ("POST /api/v1/auth/invitations/look", "it only shows; the token must not stand in an address"),
    ("POST /api/mailboxes/connection/check", "it only looks, and tells of the moment"),
    ("GET /api/audit/export", "it only reads; each export is recorded"),
    ("GET /api/super-admin/audit/export", "it only reads; each export is recorded"),
    ("GET /api/v1/teams/import/{id}/report", "it only reads; each download is recorded"),
    ("GET /auth/social/{provider}", "a provider sends no header; its code works once"),
];

/// What has happened already is no problem here: no answer tells the first one from the others.
const REPEATABLE: [&str; 1] = ["POST /api/v1/auth/logout"];

#[test]
fn every_operation_that_changes_something_takes_a_key_or_says_why_not() {
    let keyed = keyed();
    let changing: Vec<_> =
        rows().into_iter().filter(|row| !row.operation.starts_with("GET /") || row.audit > 0).collect();
    for row in &changing {
        let reason = WITHOUT_KEY.iter().find(|(operation, _)| *operation == row.operation);
        let takes = keyed.iter().any(|operation| operation == row.operation);
        assert!(takes != reason.is_some(), "{}: takes a key: {takes}, {reason:?}", row.operation);
    }
    println!(
        "{} operations change something: {} take a key, {} do not",
        changing.len(),
        keyed.len(),
        WITHOUT_KEY.len()
    );
    assert_eq!(keyed.len() + WITHOUT_KEY.len(), changing.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_requests_at_once_do_the_work_once_and_keep_no_secret() {
    let log = Log::default();
    // Whatever the functions write, from the start on; the tests beside this one only add to it.
    let told =
        tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(log.clone()).try_init();
    told.expect("nobody else takes the log");
    let scene = Scene::start().await;
    let (mut wrong, mut secrets, mut once) = (Vec::new(), Vec::new(), 0);
    let rows = rows();
    for operation in keyed() {
        let row = rows.iter().find(|row| row.operation == operation).unwrap();
        let prepared = scene.prepare(&operation).await.expect("a prepared request");
        match storm(&scene, row, &prepared, &mut secrets).await {
            Ok(()) => once += 1,
            Err(what) => wrong.push(format!("{operation}: {what}")),
        }
    }
    println!("{once} of {} operations: {AT_ONCE} equal requests at once, one effect", keyed().len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let log = log.text();
    assert!(log.contains("/api/v1/auth/password"), "the log holds the requests");
    let text = scene.app.dump().await.join("\n") + &scene.app.histories().join("\n") + &log;
    let found: Vec<_> = secrets.iter().filter(|(_, secret)| text.contains(secret.as_str())).collect();
    println!("{} secrets sent or shown, {} found in table, histories and log", secrets.len(), found.len());
    assert!(found.is_empty(), "{found:?}");
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> tracing_subscriber::fmt::MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Sends it many times at once, then once more.
async fn storm(
    scene: &Scene,
    row: &Row,
    prepared: &Prepared,
    secrets: &mut Vec<(String, String)>,
) -> Result<(), String> {
    let key: String = row.operation.chars().filter(char::is_ascii_alphanumeric).collect();
    let before = scene.audited().await;
    let answers = join_all((0..AT_ONCE).map(|_| prepared.send_once(&key))).await;
    let again = prepared.send_once(&key).await;
    let written = scene.audited().await - before;
    if written != row.audit {
        let first = &answers[0];
        let told = format!("{} {}", first.status, first.text);
        return Err(format!("{written} audit records in place of {}: {told}", row.audit));
    }
    for answer in answers.iter().chain([&again]) {
        remember(row, prepared, answer, secrets);
    }
    let is_replay = |answer: &&Answer| answer.headers.contains_key("idempotent-replayed");
    let (replays, firsts): (Vec<_>, Vec<_>) = answers.iter().chain([&again]).partition(is_replay);
    let (done, turned_away): (Vec<_>, Vec<_>) =
        firsts.into_iter().partition(|answer| answer.status == row.status);
    if done.len() != 1 && !REPEATABLE.contains(&row.operation) {
        return Err(format!("{} did the work", done.len()));
    }
    if let Some(other) = turned_away.iter().find(|answer| !TURNED_AWAY.contains(&answer.status)) {
        return Err(format!("{}: {}", other.status, other.text));
    }
    // What counts no attempts turns nobody away.
    let counted = row.operation.contains("/auth/") || row.operation.ends_with("/login");
    if !counted && !turned_away.is_empty() {
        return Err(format!("{} turned away: {}", turned_away.len(), turned_away[0].text));
    }
    if !is_replay(&&again) {
        return Err(format!("afterwards no replay: {} {}", again.status, again.text));
    }
    replays.iter().try_for_each(|replay| fits(prepared, done[0], replay))
}

/// A replay is the answer, but for what was shown once.
fn fits(prepared: &Prepared, first: &Answer, replay: &Answer) -> Result<(), String> {
    let mut expected = first.body.clone();
    let mut body = replay.body.clone();
    if !prepared.shows.is_empty() {
        let shown: Vec<_> =
            body["shownOnce"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if let Some(name) = prepared.shows.iter().find(|name| !shown.contains(name)) {
            return Err(format!("the replay does not say that `{name}` was shown: {}", replay.text));
        }
        body.as_object_mut().map(|fields| fields.remove("shownOnce"));
        prepared
            .shows
            .iter()
            .for_each(|name| drop(expected.as_object_mut().map(|fields| fields.remove(*name))));
    }
    if (replay.status, body) == (first.status, expected) {
        Ok(())
    } else {
        Err(format!("a replay differs: {} {} / {} {}", first.status, first.text, replay.status, replay.text))
    }
}

/// What the request holds and the answer shows that must be kept nowhere.
fn remember(row: &Row, prepared: &Prepared, answer: &Answer, secrets: &mut Vec<(String, String)>) {
    let mut add = |name: &str, value: &Value| match value {
        Value::String(text) if text.len() > 7 => {
            secrets.push((format!("{}: {name}", row.operation), text.clone()));
        }
        Value::Array(all) => {
            let texts = all.iter().filter_map(Value::as_str);
            secrets.extend(texts.map(|text| (format!("{}: {name}", row.operation), text.to_owned())));
        }
        _ => {}
    };
    if !answer.headers.contains_key("idempotent-replayed") && answer.status < 300 {
        prepared.shows.iter().for_each(|name| add(name, &answer.body[*name]));
    }
    let Content::Json(body) = &prepared.body else { return };
    for name in [
        "password",
        "currentPassword",
        "newPassword",
        "token",
        "receipt",
        "ticket",
        "attempt",
        "refreshToken",
        "clientSecret",
        "key",
    ] {
        add(name, &body[name]);
    }
}

/// Sends a request with a key.
async fn once(actor: &Actor, method: Method, path: &str, body: Option<Value>, key: &str) -> Answer {
    let request = actor.request(method, path).header("idempotency-key", key);
    actor
        .send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await
}

fn is_replay(answer: &Answer) -> bool {
    answer.headers.contains_key("idempotent-replayed")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_nothing_changes_nothing_when_it_comes_again() {
    let scene = Scene::start().await;
    let (kim, ..) = scene.person().await;
    let avatar = "/api/v1/auth/me/avatar";
    once(&kim, Method::DELETE, avatar, None, "first").await.expect(204);
    let picture = scene.prepare(&format!("PUT {avatar}")).await.unwrap();
    picture.send_as(&kim).await.expect(200);
    assert!(is_replay(&once(&kim, Method::DELETE, avatar, None, "first").await.expect(204)));
    kim.get(avatar).await.expect(200);
    let me = "/api/v1/auth/me";
    once(&kim, Method::PATCH, me, Some(json!({})), "second").await.expect(200);
    let other = once(&kim, Method::PATCH, me, Some(json!({ "name": "Another" })), "second").await;
    assert_eq!(other.expect(422).code(), "idempotency_key_reused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_link_that_asks_for_a_code_says_so_again() {
    let scene = Scene::start().await;
    let (kim, token) = scene.strong_link().await;
    let path = "/api/v1/auth/magic-link/consume";
    let first = once(&kim, Method::POST, path, Some(json!({ "token": token })), "link").await.expect(200);
    assert!(first.body["secondFactor"]["ticket"].is_string());
    let again = once(&kim, Method::POST, path, Some(json!({ "token": token })), "link").await.expect(200);
    assert!(is_replay(&again) && again.body["secondFactor"].get("ticket").is_none(), "{}", again.text);
    assert_eq!(again.body["shownOnce"], json!(["secondFactor.ticket"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_sign_ins_show_strangers_nothing() {
    let scene = Scene::start().await;
    let login = scene.prepare("POST /api/v1/auth/login").await.unwrap();
    login.send_once("guessed").await.expect(200);
    let Content::Json(body) = &login.body else { panic!("a body") };
    let ask = json!({ "email": body["email"] });
    once(&login.actor, Method::POST, "/api/v1/auth/forgot-password", Some(ask), "guessed").await.expect(202);
    let mut wrong = body.clone();
    wrong["password"] = json!("not the password");
    once(&login.actor, Method::POST, "/api/v1/auth/login", Some(wrong), "guessed").await.expect(401);
}
