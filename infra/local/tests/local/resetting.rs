//! Beginning again, and tokens that work, whatever was done with the sample people.

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use vestibule_domain::{Email, PersonName, User, UserId};
use vestibule_local::{Stack, StackOptions};

use crate::stack::{get, options};

const MEMBER: &str = "debug_team_member";

async fn token(stack: &Stack, who: &str) -> String {
    let answer = Client::new().get(format!("{}/_local/token/{who}", stack.url())).send().await.unwrap();
    answer.error_for_status().unwrap().text().await.unwrap()
}

async fn call(stack: &Stack, who: &str, method: Method, path: &str, body: &Value) -> StatusCode {
    let request =
        Client::new().request(method, format!("{}{path}", stack.url())).bearer_auth(token(stack, who).await);
    let answer = request.json(body).send().await.unwrap();
    answer.status()
}

async fn reset(stack: &Stack) -> StatusCode {
    Client::new().post(format!("{}/_local/reset", stack.url())).send().await.unwrap().status()
}

async fn leave(stack: &Stack) {
    // In the second tenant they are the last administrator.
    let ends = [StatusCode::NO_CONTENT, StatusCode::CONFLICT];
    for (tenant, end) in [stack.sample().tenant.id, stack.sample().second.id].into_iter().zip(ends) {
        let left =
            call(stack, MEMBER, Method::DELETE, &format!("/api/auth/context/tenants/{tenant}"), &json!({}))
                .await;
        assert_eq!(left, end);
    }
}

/// All is as after a first start.
async fn whole(stack: &Stack) {
    assert_eq!(get(stack, "/api/hires").await["items"].as_array().unwrap().len(), 3);
    let invited = get(stack, "/api/admin/team/invites").await;
    let states: Vec<_> =
        invited["items"].as_array().unwrap().iter().map(|each| each["status"].as_str()).collect();
    assert_eq!(states, [Some("pending"), Some("expired")], "{invited}");
    let request = Client::new().get(format!("{}/admin/promo-signups", stack.url()));
    let request = request.bearer_auth(token(stack, "100ktrackeradmin").await);
    let shown = request.send().await.unwrap().bytes().await.unwrap();
    let shown: Value = serde_json::from_slice(&shown).unwrap();
    let counts = json!({ "new": 1, "provisioning": 0, "account": 1, "failed": 1, "needsAttention": 0 });
    assert_eq!((&shown["counts"], shown["items"].as_array().map(Vec::len)), (&counts, Some(3)), "{shown}");
    for (who, tenants) in [("debug_super_admin", 2), ("debug_tenant_admin", 1), (MEMBER, 2)] {
        let request = Client::new().get(format!("{}/api/auth/context/tenants", stack.url()));
        let shown: Value = {
            let bytes =
                request.bearer_auth(token(stack, who).await).send().await.unwrap().bytes().await.unwrap();
            serde_json::from_slice(&bytes).unwrap()
        };
        assert_eq!(
            shown["items"].as_array().or(shown["tenants"].as_array()).map(Vec::len),
            Some(tenants),
            "{who}: {shown}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_8_a_reset_is_whole_whatever_became_of_the_sample_people() {
    let stack = Stack::start(options(None)).await.unwrap();
    leave(&stack).await;
    assert_eq!(reset(&stack).await, StatusCode::OK, "after somebody left");
    whole(&stack).await;
    assert_eq!(
        call(&stack, MEMBER, Method::POST, "/api/v1/auth/logout", &json!({})).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(reset(&stack).await, StatusCode::OK, "after somebody signed out");
    whole(&stack).await;
    // Somebody else signs in with a sample address that its owner gave up.
    let (platform, world) = (stack.store().platform(), stack.world());
    let member = Email::parse("member@test-brand.local").unwrap();
    let mika = token(&stack, MEMBER).await;
    assert!(!mika.is_empty());
    let person = vestibule_local::sample::PEOPLE.iter().find(|person| person.name == MEMBER).unwrap();
    platform.clear_person(person.user(), &[&member]).await.unwrap();
    let other = User::new(UserId::new(world), member, PersonName::parse("Kim Other").unwrap(), world);
    let actor = vestibule_auth::Actor::System(vestibule_auth::SystemTask::Seed);
    platform.create_user(&other, &actor, world).await.unwrap();
    assert_eq!(reset(&stack).await, StatusCode::OK, "after somebody took an address over");
    whole(&stack).await;
    let many = futures(&stack).await;
    assert!(many.iter().all(|status| *status == StatusCode::OK), "several at once: {many:?}");
    whole(&stack).await;
}

/// Four resets at once.
async fn futures(stack: &Stack) -> Vec<StatusCode> {
    let (a, b, c, d) = tokio::join!(reset(stack), reset(stack), reset(stack), reset(stack));
    vec![a, b, c, d]
}

#[tokio::test(flavor = "multi_thread")]
async fn attack_8_a_reset_that_was_cut_off_is_finished_by_the_next_start() {
    let directory = tempfile::tempdir().unwrap();
    let start = || async { Stack::start(options(Some(directory.path()))).await };
    for cut in 0..3 {
        let stack = start().await.unwrap();
        stack.cloud().secrets().put("local/resetting", "yes").unwrap();
        let (platform, sample) = (stack.store().platform(), stack.sample());
        if cut > 0 {
            platform.clear_tenant(&sample.tenant).await.unwrap();
        }
        if cut > 1 {
            platform.clear_tenant(&sample.second).await.unwrap();
        }
        stack.stop().await;
        let again = start().await.unwrap();
        whole(&again).await;
        again.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn newcomer_11_a_token_works_whatever_became_of_the_session() {
    let stack = Stack::start(StackOptions { debug_bypass: true, ..options(None) }).await.unwrap();
    let me = || call(&stack, MEMBER, Method::GET, "/api/v1/auth/me", &Value::Null);
    for (method, path, body) in [
        (Method::POST, "/api/v1/auth/logout", json!({})),
        (Method::POST, "/api/v1/auth/logout", json!({ "sessions": "all" })),
        (Method::POST, "/api/v1/auth/logout", json!({ "sessions": "others" })),
    ] {
        let done = call(&stack, MEMBER, method, path, &body).await;
        assert!(done.is_success(), "{body}: {done}");
        assert_eq!(me().await, StatusCode::OK, "{body}");
        assert_eq!(
            call(&stack, MEMBER, Method::GET, "/api/hires", &Value::Null).await,
            StatusCode::OK,
            "{body}"
        );
    }
    let session = vestibule_local::sample::PEOPLE[2].session();
    let ended =
        call(&stack, MEMBER, Method::DELETE, &format!("/api/v1/auth/sessions/{session}"), &json!({})).await;
    assert!(ended.is_success(), "{ended}");
    assert_eq!(me().await, StatusCode::OK);
    leave(&stack).await;
    assert_eq!(me().await, StatusCode::OK, "of nobody's tenant");
    let unknown =
        Client::new().get(format!("{}/_local/token/debug_team_mamber", stack.url())).send().await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert!(unknown.text().await.unwrap().contains("debug_team_member"));
}
