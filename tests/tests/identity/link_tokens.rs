//! Tokens of links: each for one thing, once, for a while. Whatever is wrong, the answer is the same.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;
use vestibule_tests::{
    Answer, App,
    identity::{PASSWORD, Tokens, shape},
};

use crate::behind::{person, suspend};

const KIM: &str = "kim@example.org";
const SAM: &str = "sam@example.org";
const NEW: &str = "thimble orchard granite nine";
/// Where each kind of link is used.
const USES: [(&str, &str); 5] = [
    ("verify-email", "/api/v1/auth/verify-email"),
    ("magic-link", "/api/v1/auth/magic-link/consume"),
    ("reset-password", "/api/v1/auth/reset-password"),
    ("confirm-email", "/api/v1/auth/email/confirm"),
    ("undo-email", "/api/v1/auth/email/undo"),
];

async fn reset(app: &App, token: &str) -> Answer {
    app.anonymous().post("/api/v1/auth/reset-password", &json!({ "token": token, "password": NEW })).await
}

async fn ask(app: &App, email: &str, path: &str, page: &str, count: usize) -> String {
    app.anonymous().post(&format!("/api/v1/auth/{path}"), &json!({ "email": email })).await.expect(202);
    app.link(email, page, count).await
}

async fn forgot(app: &App, email: &str, count: usize) -> String {
    ask(app, email, "forgot-password", "reset-password", count).await
}

/// The token with another id or purpose and the same secret.
fn spliced(token: &str, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
    change(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

#[tokio::test]
async fn r02_a_reset_link_works_once_and_only_the_newest_while_nothing_else_changed() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let made_up = shape(&reset(&app, "made up").await.expect(400));
    let old = forgot(&app, KIM, 1).await;
    let newer = forgot(&app, KIM, 2).await;
    let magic = ask(&app, KIM, "magic-link", "magic-link", 1).await;
    assert_eq!(shape(&reset(&app, &old).await), made_up, "replaced");
    reset(&app, &newer).await.expect(204);
    assert_eq!(shape(&reset(&app, &newer).await), made_up, "used");
    assert_eq!(shape(&reset(&app, &old).await), made_up, "replaced, after the newer was used");
    let consumed = app.anonymous().post("/api/v1/auth/magic-link/consume", &json!({ "token": magic })).await;
    assert_eq!(shape(&consumed), made_up, "a sign-in link from before the reset");
    let pending = forgot(&app, KIM, 3).await;
    let tokens = Tokens::of(&app.try_login(&app.anonymous(), KIM, NEW).await.expect(200));
    let change = json!({ "currentPassword": NEW, "newPassword": PASSWORD });
    app.with_token(&tokens).post("/api/v1/auth/password", &change).await.expect(204);
    assert_eq!(shape(&reset(&app, &pending).await), made_up, "after a change of password");
    let pending = forgot(&app, KIM, 4).await;
    app.advance(SignedDuration::from_secs(60 * 60 + 1));
    assert_eq!(shape(&reset(&app, &pending).await), made_up, "too old");
    let pending = forgot(&app, KIM, 5).await;
    suspend(&app, KIM).await;
    assert_eq!(shape(&reset(&app, &pending).await), made_up, "suspended");
}

#[tokio::test]
async fn r02_an_hour_is_as_long_as_it_says_and_a_weak_password_uses_nothing_up() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let token = forgot(&app, KIM, 1).await;
    app.advance(SignedDuration::from_mins(59));
    for weak in ["password", "kim@example.org", "aaaaaaaaaaaaaaaaaaaa"] {
        let body = json!({ "token": token, "password": weak });
        app.anonymous().post("/api/v1/auth/reset-password", &body).await.expect(422);
    }
    reset(&app, &token).await.expect(204);
    app.try_login(&app.anonymous(), KIM, PASSWORD).await.expect(401);
    app.try_login(&app.anonymous(), KIM, NEW).await.expect(200);
}

/// One living token of every kind, in the order of [`USES`]: a registration's, and the others of one person.
async fn living(app: &App, kim: &Tokens) -> [String; 5] {
    let (anonymous, actor) = (app.anonymous(), app.with_token(kim));
    let body = json!({ "email": "ada@example.org", "password": PASSWORD, "name": "Ada" });
    anonymous.post("/api/v1/auth/register", &body).await.expect(202);
    let verify = app.link("ada@example.org", "verify-email", 1).await;
    let mut confirm = String::new();
    for (count, email) in ["moved@example.org", "again@example.org"].into_iter().enumerate() {
        let change = json!({ "email": email, "password": PASSWORD });
        actor.post("/api/v1/auth/email", &change).await.expect(202);
        confirm = app.link(email, "confirm-email", 1).await;
        if count == 0 {
            let body = json!({ "token": confirm, "password": PASSWORD });
            anonymous.post("/api/v1/auth/email/confirm", &body).await.expect(204);
        }
    }
    let undo = app.link(KIM, "undo-email", 1).await;
    let magic = ask(app, "moved@example.org", "magic-link", "magic-link", 1).await;
    [verify, magic, forgot(app, "moved@example.org", 1).await, confirm, undo]
}

/// Made of a living token: of another person, of another kind, or broken.
fn crooked(token: &str, purpose: u8, other: &[u8; 16]) -> Vec<String> {
    let change = |kind: u8, id: Option<&[u8; 16]>, secret: u8| {
        spliced(token, |bytes| {
            bytes[0] = kind;
            bytes[48] ^= secret;
            if let Some(id) = id {
                bytes[1..17].copy_from_slice(id);
            }
        })
    };
    let own = URL_SAFE_NO_PAD.decode(token).unwrap()[0];
    vec![
        change(own, Some(other), 0),
        change(purpose, Some(other), 0),
        change(purpose, None, 1),
        change(0, None, 0),
        spliced(token, |bytes| bytes.truncate(48)),
        spliced(token, |bytes| bytes.push(0)),
        format!("{token}="),
        format!(" {token}"),
        "A".repeat(token.len()),
        String::new(),
    ]
}

#[tokio::test]
async fn r03_a_link_of_one_account_or_kind_is_no_link_of_another() {
    let app = App::identity().await;
    let kim = app.newcomer(KIM).await;
    app.sign_up(SAM).await;
    let (kim_id, sam_id) = (person(&app, KIM).await.id.to_bytes(), person(&app, SAM).await.id.to_bytes());
    let (anonymous, living) = (app.anonymous(), living(&app, &kim).await);
    let made_up = shape(&reset(&app, "made up").await.expect(400));
    let mut tried = 0;
    for (kind, token) in living.iter().enumerate() {
        for (place, (page, path)) in USES.iter().enumerate() {
            let purpose = u8::try_from(place + 1).unwrap();
            let mut wrong = crooked(token, purpose, &sam_id);
            wrong.extend([kim.refresh.clone(), kim.access.clone()]);
            if kind != place {
                let dressed = spliced(token, |bytes| bytes[0] = purpose);
                let owned = spliced(&dressed, |bytes| bytes[1..17].copy_from_slice(&kim_id));
                wrong.extend([token.clone(), dressed, owned]);
            }
            for token in wrong {
                let mut body = json!({ "token": token });
                if *page == "reset-password" {
                    body["password"] = json!(NEW);
                }
                let answer = anonymous.post(path, &body).await;
                assert_eq!(shape(&answer), made_up, "{} at {page}: {token}", USES[kind].0);
                tried += 1;
            }
        }
    }
    println!("{tried} wrong tokens at the five places for links: all answered alike");
    // All of that used none of them up.
    let [verify, magic, forgotten, confirm, undo] = living;
    app.verify(&verify, PASSWORD).await.expect(200);
    anonymous.post("/api/v1/auth/magic-link/consume", &json!({ "token": magic })).await.expect(200);
    let weak = json!({ "token": forgotten, "password": "password" });
    anonymous.post("/api/v1/auth/reset-password", &weak).await.expect(422);
    let body = json!({ "token": confirm, "password": PASSWORD });
    anonymous.post("/api/v1/auth/email/confirm", &body).await.expect(204);
    // It went to an address that is no longer theirs.
    assert_eq!(shape(&reset(&app, &forgotten).await), made_up, "after a change of address");
    anonymous.post("/api/v1/auth/email/undo", &json!({ "token": undo })).await.expect(204);
    app.login(SAM).await;
}

#[tokio::test]
async fn r03_a_magic_link_works_once_for_a_quarter_of_an_hour() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let consume = async |token: String| {
        app.anonymous().post("/api/v1/auth/magic-link/consume", &json!({ "token": token })).await
    };
    let made_up = shape(&consume("made up".into()).await.expect(400));
    let old = ask(&app, KIM, "magic-link", "magic-link", 1).await;
    let newer = ask(&app, KIM, "magic-link", "magic-link", 2).await;
    assert_eq!(shape(&consume(old).await), made_up, "replaced");
    app.advance(SignedDuration::from_mins(14));
    consume(newer.clone()).await.expect(200);
    assert_eq!(shape(&consume(newer).await), made_up, "used");
    let late = ask(&app, KIM, "magic-link", "magic-link", 3).await;
    app.advance(SignedDuration::from_secs(15 * 60 + 1));
    assert_eq!(shape(&consume(late).await), made_up, "too old");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r02_twenty_resets_with_one_link_at_once_set_one_password() {
    let app = App::identity().await;
    app.sign_up(KIM).await;
    let made_up = shape(&reset(&app, "made up").await.expect(400));
    for round in 1..=10 {
        let token = forgot(&app, KIM, round).await;
        let passwords: Vec<_> = (0..20).map(|n| format!("thimble orchard granite {round} {n}")).collect();
        let set = async |password: &String| {
            let body = json!({ "token": token, "password": password });
            app.anonymous().post("/api/v1/auth/reset-password", &body).await
        };
        let answers = join_all(passwords.iter().map(set)).await;
        let winners: Vec<_> = (0..20).filter(|n| answers[*n].status == 204).collect();
        assert_eq!(winners.len(), 1, "round {round}");
        for answer in answers.iter().filter(|answer| answer.status != 204) {
            assert_eq!(shape(answer), made_up, "round {round}");
        }
        app.try_login(&app.anonymous(), KIM, &passwords[winners[0]]).await.expect(200);
    }
    println!("10 rounds of 20 resets with one link: one password each");
}
