//! Links used by many at once.

use futures::future::join_all;
use serde_json::json;
use vestibule_tests::{
    App,
    identity::{PASSWORD, shape},
};

use crate::behind::person;

const KIM: &str = "kim@example.org";
const OTHER: &str = "thimble orchard granite nine";

async fn audited(app: &App, action: &str) -> usize {
    let action = format!("S(\"{action}\")");
    app.dump().await.iter().filter(|row| row.contains("S(\"audit\")") && row.contains(&action)).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r02_a_magic_link_used_twice_at_once_begins_one_session() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let consume = async |token: &str| {
        app.anonymous().post("/api/v1/auth/magic-link/consume", &json!({ "token": token })).await
    };
    let made_up = shape(&consume("made up").await.expect(400));
    let rounds = 20;
    for round in 1..=rounds {
        app.anonymous().post("/api/v1/auth/magic-link", &json!({ "email": KIM })).await.expect(202);
        let token = app.link(KIM, "magic-link", round).await;
        let answers = join_all((0..2).map(|_| consume(&token))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "round {round}");
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!(shape(answer), made_up, "round {round}");
        }
    }
    let (kim, platform) = (person(&app, KIM).await.id, app.stack.store().platform());
    assert_eq!(platform.list_sessions(kim, app.world.now()).await.unwrap().len(), rounds);
    println!("{rounds} magic links used at once: one session each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i05_twenty_proofs_of_one_address_at_once_make_one_account() {
    let app = App::identity().await;
    let (anonymous, before) = (app.anonymous(), audited(&app, "user.create").await);
    for round in 0..10 {
        let email = format!("kim{round}@example.org");
        let body = json!({ "email": email, "password": PASSWORD, "name": "Kim Example" });
        let asked = anonymous.post("/api/v1/auth/register", &body).await.expect(202);
        let token = app.link(&email, "verify-email", 1).await;
        let body = json!({ "token": token, "receipt": asked.body["receipt"] });
        let proofs = (0..20).map(|_| anonymous.post("/api/v1/auth/verify-email", &body));
        let answers = join_all(proofs).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1, "round {round}");
        assert_eq!(answers.iter().filter(|answer| answer.status == 400).count(), 19, "round {round}");
        app.login(&email).await;
    }
    assert_eq!(audited(&app, "user.create").await - before, 10);
    println!("10 addresses, 20 proofs of each at once: one account each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i05_two_registrations_of_one_address_proved_at_once_make_one_account() {
    let app = App::identity().await;
    let (anonymous, before) = (app.anonymous(), audited(&app, "user.create").await);
    for round in 0..20 {
        let email = format!("kim{round}@example.org");
        let mut links = Vec::new();
        for (count, password) in [PASSWORD, OTHER].iter().enumerate() {
            let spelled = if count == 0 { email.clone() } else { email.to_uppercase() };
            let body = json!({ "email": spelled, "password": password, "name": "Kim Example" });
            anonymous.post("/api/v1/auth/register", &body).await.expect(202);
            let to = if count == 0 { email.clone() } else { format!("KIM{round}@example.org") };
            let token = app.link(&to, "verify-email", 1).await;
            links.push(json!({ "token": token, "password": password }));
        }
        let answers =
            join_all(links.iter().map(|link| anonymous.post("/api/v1/auth/verify-email", link))).await;
        let made: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert!(made == [200, 400] || made == [400, 200], "round {round}: {made:?}");
        let (right, wrong) = if made[0] == 200 { (PASSWORD, OTHER) } else { (OTHER, PASSWORD) };
        app.try_login(&anonymous, &email, right).await.expect(200);
        app.try_login(&anonymous, &email, wrong).await.expect(401);
    }
    assert_eq!(audited(&app, "user.create").await - before, 20);
    println!("20 addresses registered twice and proved at once: one account each");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn i06_a_change_of_address_is_confirmed_once_and_undone_once() {
    let app = App::identity().await;
    let anonymous = app.anonymous();
    let unused = anonymous.post("/api/v1/auth/email/undo", &json!({ "token": "made up" })).await.expect(400);
    let once = async |path: &str, body: serde_json::Value| {
        let answers = join_all((0..10).map(|_| anonymous.post(path, &body))).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 204).count(), 1, "{path}");
        for answer in answers.iter().filter(|answer| answer.status != 204) {
            assert_eq!(shape(answer), shape(&unused), "{path}");
        }
    };
    for round in 0..5 {
        let (old, new) = (format!("kim{round}@example.org"), format!("new{round}@example.org"));
        let actor = app.with_token(&app.newcomer(&old).await);
        let change = json!({ "email": new, "password": PASSWORD });
        let receipt = actor.post("/api/v1/auth/email", &change).await.expect(202).body["receipt"].clone();
        let token = app.link(&new, "confirm-email", 1).await;
        once("/api/v1/auth/email/confirm", json!({ "token": token, "receipt": receipt })).await;
        app.login(&new).await;
        once("/api/v1/auth/email/undo", json!({ "token": app.link(&old, "undo-email", 1).await })).await;
        app.link(&old, "reset-password", 1).await;
    }
    println!("5 changes of address confirmed and undone by 10 at once: once each");
}
