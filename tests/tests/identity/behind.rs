//! What the tests of guessing do and see behind the API: counters, suspensions, tenants, codes.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};
use vestibule_adapters::aws;
use vestibule_auth::Actor as AuditActor;
use vestibule_domain::{
    Email, EndpointId, PermissionSet, RoleName, SecuritySettings, TenantId, User, UserId, UserState,
};
use vestibule_store::{EndSessions, SeedTenant, UserChange};
use vestibule_tests::identity::{PASSWORD, Tokens};
use vestibule_tests::{Actor, Answer, App};

/// The counters of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counters {
    /// Failures that count.
    pub(crate) failures: i64,
    /// Milliseconds until which they count.
    pub(crate) until: i64,
}

fn client(app: &App) -> Client {
    let settings = app.stack.own_settings();
    Client::new(&aws::sdk_config(&settings, "DYNAMODB").unwrap())
}

/// The row of an address in the table as it is.
pub(crate) async fn row(app: &App, email: &str) -> HashMap<String, AttributeValue> {
    let address = app.stack.store().sealer().address_key(&Email::parse(email).unwrap());
    let get = client(app).get_item().table_name(app.stack.table_name()).consistent_read(true);
    let get = get.key("PK", AttributeValue::S(format!("EMAIL#{address}")));
    let found = get.key("SK", AttributeValue::S("SIGNIN".into())).send().await.unwrap();
    found.item.unwrap_or_default()
}

/// What the table has counted for an address.
pub(crate) async fn counters(app: &App, email: &str) -> Counters {
    let row = row(app, email).await;
    let read = |name| row.get(name).map_or(0, |value| value.as_n().unwrap().parse().unwrap());
    Counters { failures: read("failures"), until: read("locked_until") }
}

/// The person with an address.
pub(crate) async fn person(app: &App, email: &str) -> User {
    let store = app.stack.store();
    let address = store.sealer().address_key(&Email::parse(email).unwrap());
    let sign_in = store.platform().find_sign_in(&address).await.unwrap().unwrap();
    store.platform().find_user(sign_in.user).await.unwrap().unwrap()
}

/// Keeps a person out, as an administrator would, and forgets the failures so far.
pub(crate) async fn suspend(app: &App, email: &str) {
    let mut user = person(app, email).await;
    user.status.state = UserState::Suspended;
    user.epoch += 1;
    let change =
        UserChange { action: "user.suspend", end: EndSessions::All, forgive: true, ..UserChange::default() };
    let actor = AuditActor::Stranger { source_ip: None, user_agent: None };
    app.stack.store().platform().change_user(&mut user, &change, &actor, &app.world).await.unwrap();
}

/// A tenant of its own that a person administers, which asks this of sessions.
pub(crate) async fn tenant_for(app: &App, email: &str, security: SecuritySettings) -> TenantId {
    let user: UserId = person(app, email).await.id;
    let mut tenant = app.stack.sample().tenant.clone();
    (tenant.id, tenant.endpoint) = (TenantId::new(&app.world), Some(EndpointId::new(&app.world)));
    (tenant.slug, tenant.domain) = (tenant.id.ulid().to_lowercase(), None);
    tenant.security = security;
    let seed = SeedTenant {
        provider: "docusign".into(),
        roles: BTreeMap::from([("admin".to_owned(), PermissionSet::all())]),
        members: vec![(user, Email::parse(email).unwrap(), RoleName::parse("admin").unwrap())],
        users: Vec::new(),
        tenant,
    };
    app.stack.store().platform().create_tenant(&seed).await.unwrap();
    seed.tenant.id
}

/// The code that an authenticator with this secret shows, `ahead` steps of 30 seconds from now.
pub(crate) fn code(app: &App, secret: &str, ahead: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build_noncompliant();
    totp.generate(u64::try_from(app.world.now().as_second() + 30 * ahead).unwrap()).to_string()
}

/// A code of six digits that is not shown now, nor just before or after.
pub(crate) fn wrong_code(app: &App, secret: &str) -> String {
    let shown: Vec<_> = (-2..=2).map(|ahead| code(app, secret, ahead)).collect();
    (0..10).map(|n| format!("{n:06}")).find(|code| !shown.contains(code)).unwrap()
}

/// Sets up a second factor with [`PASSWORD`]: the authenticator's secret and the recovery codes.
pub(crate) async fn set_up_totp(app: &App, tokens: &Tokens) -> (String, Vec<String>) {
    let actor = app.with_token(tokens);
    let begun = actor.post("/api/v1/auth/totp", &json!({ "password": PASSWORD })).await.expect(200);
    let secret = begun.body["secret"].as_str().unwrap().to_owned();
    let first = json!({ "code": code(app, &secret, 0) });
    let codes = actor.post("/api/v1/auth/totp/confirm", &first).await.expect(200);
    (secret, serde_json::from_value(codes.body["recoveryCodes"].clone()).unwrap())
}

/// The ticket of a first factor with [`PASSWORD`].
pub(crate) async fn ticket(app: &App, email: &str) -> String {
    let answer = app.try_login(&app.anonymous(), email, PASSWORD).await.expect(200);
    assert!(answer.body.get("accessToken").is_none(), "a second factor is asked for");
    answer.body["secondFactor"]["ticket"].as_str().unwrap().to_owned()
}

/// The second step of a sign-in.
pub(crate) async fn second_step(actor: &Actor, ticket: &str, code: &str) -> Answer {
    actor.post("/api/v1/auth/second-factor", &json!({ "ticket": ticket, "code": code })).await
}

/// Fails `count` times with a wrong password; each is refused like any other.
pub(crate) async fn fail(app: &App, email: &str, count: usize) {
    for _ in 0..count {
        let refused = app.try_login(&app.anonymous(), email, "not the password at all").await.expect(401);
        assert_eq!(refused.code(), "credentials_invalid");
    }
}

/// Sends a raw body as JSON, or as the type given.
pub(crate) async fn raw(actor: &Actor, path: &str, kind: Option<&str>, body: impl Into<Vec<u8>>) -> Answer {
    let request = actor.request(reqwest::Method::POST, path).body(body.into());
    match kind {
        Some(kind) => actor.send(request.header("content-type", kind)).await,
        None => actor.send(request).await,
    }
}

/// Sets the password anew by mail, as the owner of an address; the link is the `count`th.
pub(crate) async fn reset_by_mail(app: &App, email: &str, password: &str, count: usize) {
    let anyone = app.anonymous();
    anyone.post("/api/v1/auth/forgot-password", &json!({ "email": email })).await.expect(202);
    let token = app.link(email, "reset-password", count).await;
    let body: Value = json!({ "token": token, "password": password });
    anyone.post("/api/v1/auth/reset-password", &body).await.expect(204);
}
