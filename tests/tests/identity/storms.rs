//! A06: guesses at once. Every one is counted before anything is compared, so that the lock falls
//! after exactly five, however many come together.

use std::sync::Arc;

use futures::future::join_all;
use jiff::SignedDuration;
use secrecy::ExposeSecret as _;
use serde_json::json;
use tokio::sync::Semaphore;
use vestibule_tests::App;
use vestibule_tests::identity::{Tokens, shape};

use crate::behind::{code, counters, fail, second_step, set_up_totp, ticket, wrong_code};

/// One of the sample people.
const MIKA: &str = "member@test-brand.local";
const KIM: &str = "kim@example.org";
/// Five rounds on each: the table's model grows slow with what it has been told.
const STACKS: usize = 4;
const GUESSES: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn a06_two_hundred_guesses_at_once_never_get_past_the_fifth_failure() {
    let mut late = 0;
    for _ in 0..STACKS {
        // Nothing follows the table here: what it records is counted below.
        let app = Arc::new(App::identity_with(|options| options.streams = false).await);
        for before in 0..5 {
            app.sample_login(MIKA).await;
            fail(&app, MIKA, before).await;
            late += storm(&app, before).await;
            assert_eq!(counters(&app, MIKA).await.failures, 5, "{before} before");
            app.advance(SignedDuration::from_mins(16));
        }
        let warnings = app.dump().await.iter().filter(|row| row.contains("S(\"locked_out\")")).count();
        assert_eq!(warnings, 5, "one warning for each lock");
    }
    let rounds = STACKS * 5;
    println!(
        "A06: {rounds} rounds of {GUESSES} guesses: {late} right passwords behind five failures, none in; \
         every counter at 5, {rounds} warnings asked for"
    );
}

/// Wrong passwords all at once, behind `before` failures; right ones among them as soon as five
/// failures stand, none of which gets in. Answers how many there were.
async fn storm(app: &Arc<App>, before: usize) -> usize {
    // Each refusal adds a permit; five of them say that five failures stand.
    let refusals = Arc::new(Semaphore::new(before));
    let guess = |n: usize| {
        let (app, refusals) = (app.clone(), refusals.clone());
        tokio::spawn(async move {
            let answer = app.try_login(&app.anonymous(), MIKA, &format!("guess {n} of many")).await;
            refusals.add_permits(1);
            answer
        })
    };
    let guesses: Vec<_> = (0..GUESSES).map(guess).collect();
    let right = |_| {
        let (app, refusals) = (app.clone(), refusals.clone());
        tokio::spawn(async move {
            let password = app.stack.sample().password.expose_secret().to_owned();
            let _five = refusals.acquire_many(5).await.unwrap();
            app.try_login(&app.anonymous(), MIKA, &password).await
        })
    };
    let rights: Vec<_> = (0..3).map(right).collect();
    let wrong: Vec<_> = join_all(guesses).await.into_iter().map(Result::unwrap).collect();
    for answer in &wrong {
        assert_eq!(answer.status, 401, "{before} before: {}", answer.text);
        assert_eq!(shape(answer), shape(&wrong[0]), "{before} before");
    }
    let rights: Vec<_> = join_all(rights).await.into_iter().map(Result::unwrap).collect();
    assert!(rights.iter().all(|right| right.status == 401), "{before} before: in after five failures");
    rights.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_guesses_on_all_paths_at_once_share_the_counter() {
    let app = App::identity().await;
    let mut tokens = app.newcomer(KIM).await;
    let (secret, recovery) = set_up_totp(&app, &tokens).await;
    let anyone = app.anonymous();
    let change = json!({ "currentPassword": "not it", "newPassword": "velvet anchor plum tractor" });
    for round in 0..5 {
        app.advance(SignedDuration::from_mins(16));
        tokens = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
        let (mine, ticket) = (app.with_token(&tokens), ticket(&app, KIM).await);
        let wrong = wrong_code(&app, &secret);
        let storm = (0..20).map(|_| async {
            let (login, step, change) = tokio::join!(
                app.try_login(&anyone, KIM, "not the password"),
                second_step(&anyone, &ticket, &wrong),
                mine.post("/api/v1/auth/password", &change),
            );
            [login, step, change]
        });
        for answer in join_all(storm).await.into_iter().flatten() {
            assert_eq!(answer.status, 401, "round {round}: {}", answer.text);
        }
        assert_eq!(counters(&app, KIM).await.failures, 5, "round {round}");
        second_step(&anyone, &ticket, &code(&app, &secret, 0)).await.expect(401);
        second_step(&anyone, &ticket, &recovery[0]).await.expect(401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a06_an_address_without_an_account_is_counted_the_same() {
    let app = App::identity().await;
    let anyone = app.anonymous();
    let storm = (0..GUESSES).map(|_| app.try_login(&anyone, "nobody@example.org", "not the password"));
    for answer in join_all(storm).await {
        assert_eq!(answer.status, 401, "{}", answer.text);
    }
    assert_eq!(counters(&app, "nobody@example.org").await.failures, 5);
    app.mails_settled().await;
    assert!(app.mails_to("nobody@example.org").is_empty());
}
