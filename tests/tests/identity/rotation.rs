//! Keys that change while people work: not one request fails, and new keys are really used.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};
use std::time::Duration;

use futures::future::join_all;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use vestibule_ops::{KeyPair, Vault, publish_next, reseal, rotate_field_keys, sign_with};
use vestibule_tests::{App, identity::Tokens};

use crate::forge::parts;

/// People who work at the same time.
const PEOPLE: usize = 6;
/// A key stays published this long after it signed last: as long as its tokens live.
const KEEP: SignedDuration = SignedDuration::from_mins(15);
/// What an operator waits until every function has read the published keys again.
const WAIT: SignedDuration = SignedDuration::from_secs(330);

/// What people did, while somebody else changes keys.
#[derive(Default)]
struct Load {
    stop: AtomicBool,
    requests: AtomicUsize,
    rounds: [AtomicUsize; PEOPLE],
}

impl Load {
    /// Waits until everybody has begun and finished two rounds.
    async fn go_round(&self) {
        let before: Vec<_> = self.rounds.iter().map(|count| count.load(Ordering::SeqCst)).collect();
        for (count, before) in self.rounds.iter().zip(before) {
            while count.load(Ordering::SeqCst) < before + 2 {
                assert!(!self.stop.load(Ordering::SeqCst), "somebody's request failed");
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    }

    fn done(&self, requests: usize) {
        self.requests.fetch_add(requests, Ordering::SeqCst);
    }
}

/// Stops everybody else when a request fails, so that the test ends with what failed.
struct Alarm<'a>(&'a Load);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }
}

/// One person signs in and works: every answer must be a good one.
async fn work(app: &App, load: &Load, number: usize) {
    let _alarm = Alarm(load);
    let people = ["admin@test-brand.local", "member@test-brand.local", "super@test.local"];
    let email = people[number % people.len()];
    let mut tokens = app.sample_login(email).await;
    while !load.stop.load(Ordering::SeqCst) {
        let actor = app.with_token(&tokens);
        assert_eq!(actor.get("/api/v1/auth/me").await.expect(200).body["email"], email);
        actor.get("/api/hires").await.expect(200);
        actor.get("/api/v1/auth/sessions").await.expect(200);
        actor.get("/api/auth/context/tenants").await.expect(200);
        if number < people.len() {
            let rename =
                actor.request(Method::PATCH, "/api/v1/auth/me").json(&json!({ "name": "Somebody Else" }));
            // Another session of the same person may sign in at the same moment: that is a 409, and no fault.
            let renamed = actor.send(rename).await;
            assert!([200, 409].contains(&renamed.status), "{}", renamed.text);
        }
        tokens = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
        if load.rounds[number].fetch_add(1, Ordering::SeqCst) % 4 == 3 {
            tokens = app.sample_login(email).await;
            load.done(1);
        }
        load.done(6);
    }
}

fn vault(app: &App) -> Vault {
    Vault::open(&app.stack.own_settings()).unwrap()
}

fn names(app: &App) -> KeyPair {
    let names = app.stack.sample().secret_names();
    KeyPair { signing: names.signing_key.clone(), verification: names.verification_keys.clone() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onb_7_signing_keys_change_under_load_without_one_failed_request() {
    let app = App::identity().await;
    let load = Arc::new(Load::default());
    let first = parts(&app.sample_login("member@test-brand.local").await.access).0["kid"].clone();
    let rotate = async {
        let _alarm = Alarm(&load);
        let mut kids = vec![first];
        for _ in 0..4 {
            load.go_round().await;
            let next = publish_next(&vault(&app), &names(&app), KEEP, app.world.now()).await.unwrap();
            let kid = next.kid().to_owned();
            let before = app.sample_login("member@test-brand.local").await;
            app.advance(WAIT);
            load.go_round().await;
            sign_with(&vault(&app), &names(&app), next).await.unwrap();
            app.advance(SignedDuration::from_secs(61));
            load.go_round().await;
            let mut after = app.sample_login("member@test-brand.local").await;
            if parts(&after.access).0["kid"] != kid {
                // Whoever signs in while the key is being read gets the one before, but nobody does afterwards.
                load.go_round().await;
                after = app.sample_login("member@test-brand.local").await;
            }
            assert_eq!(parts(&after.access).0["kid"], kid, "the new key signs");
            assert_eq!(parts(&before.access).0["kid"], *kids.last().unwrap());
            app.with_token(&before).get("/api/v1/auth/me").await.expect(200);
            kids.push(kid.into());
            // The key before goes only when the next one is published, which must wait for its tokens.
            for _ in 0..3 {
                app.advance(SignedDuration::from_mins(5));
                load.go_round().await;
            }
        }
        let published = app.stack.cloud().secrets().value(&names(&app).verification).unwrap().unwrap();
        assert!(!published.contains(kids[0].as_str().unwrap()), "the first key is gone");
        kids.len() - 1
    };
    let people = join_all((0..PEOPLE).map(|number| work(&app, &load, number)));
    let (rotations, _) = tokio::join!(rotate, people);
    let requests = load.requests.load(Ordering::SeqCst);
    println!("{rotations} signing keys in turn under {requests} requests: none failed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onb_7_field_keys_change_under_load_without_one_failed_request() {
    let app = App::identity().await;
    let load = Arc::new(Load::default());
    let ring = app.stack.sample().secret_names().field_keys.clone();
    let rotate = async {
        let _alarm = Alarm(&load);
        let mut resealed = 0;
        for _ in 0..4 {
            load.go_round().await;
            rotate_field_keys(&vault(&app), &ring, &app.world).await.unwrap();
            load.go_round().await;
            app.advance(SignedDuration::from_secs(301));
            load.go_round().await;
            let settings = app.stack.own_settings();
            let reseal = || reseal(&settings, app.stack.table_name(), &ring, &app.world, |_| ());
            resealed += reseal().await.unwrap().resealed;
            load.go_round().await;
            let mut again = reseal().await.unwrap();
            while again.skipped + again.resealed > 0 {
                again = reseal().await.unwrap();
            }
            assert!(again.seen > 0);
        }
        resealed
    };
    let people = join_all((0..PEOPLE).map(|number| work(&app, &load, number)));
    let (resealed, _) = tokio::join!(rotate, people);
    let requests = load.requests.load(Ordering::SeqCst);
    println!("4 field keys in turn under {requests} requests: none failed; {resealed} rows sealed anew");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn onb_7_requests_side_by_side_all_learn_a_new_field_key() {
    let app = App::identity().await;
    let ring = app.stack.sample().secret_names().field_keys.clone();
    let actor = app.with_token(&app.sample_login("member@test-brand.local").await);
    let settings = app.stack.own_settings();
    for round in 0..3 {
        actor.get("/api/v1/auth/me").await.expect(200);
        rotate_field_keys(&vault(&app), &ring, &app.world).await.unwrap();
        reseal(&settings, app.stack.table_name(), &ring, &app.world, |_| ()).await.unwrap();
        app.advance(SignedDuration::from_secs(2));
        let answers = join_all((0..16).map(|_| actor.get("/api/v1/auth/me"))).await;
        let failed = answers.iter().filter(|answer| answer.status != 200).count();
        assert_eq!(failed, 0, "round {round}: {failed} of 16 requests did not know the new key");
    }
}
