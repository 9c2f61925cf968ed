//! The authorization read: what ended or was taken away counts at once.

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use vestibule_domain::{Permission, PermissionSet, SessionId, UserId};
use vestibule_store::{Access, SeedTenant};

use crate::{
    given::{answer, hire, seed},
    table::{Table, text},
};

async fn seeded() -> (Table, SeedTenant) {
    let table = Table::new().await;
    let seed = seed(&table.world);
    table.store.platform().create_tenant(&seed).await.unwrap();
    (table, seed)
}

fn who(seed: &SeedTenant) -> (UserId, SessionId) {
    let user = &seed.users[0];
    (user.user.id, user.session.as_ref().unwrap().id)
}

async fn access(table: &Table, seed: &SeedTenant) -> Option<Access> {
    let (user, session) = who(seed);
    let who = (user, session, seed.tenant.id);
    let platform = table.store.platform();
    platform.access(who, None, table.world.now()).await.unwrap()
}

fn session(seed: &SeedTenant) -> (String, String) {
    let (user, session) = who(seed);
    (format!("U#{user}"), format!("SESSION#{session}"))
}

fn member(seed: &SeedTenant) -> (String, String) {
    (format!("T#{}", seed.tenant.id), format!("MEMBER#{}", who(seed).0))
}

fn parts((pk, sk): &(String, String)) -> (&str, &str) {
    (pk, sk)
}

#[tokio::test]
async fn a_member_with_a_living_session_has_what_the_role_allows() {
    let (table, seed) = seeded().await;
    let access = access(&table, &seed).await.unwrap();
    assert_eq!(access.permissions, PermissionSet::all());
    assert_eq!(access.membership.email, seed.users[0].user.email);
}

#[tokio::test]
async fn an_ended_session_opens_nothing() {
    let (table, seed) = seeded().await;
    let now = text(table.world.now().to_string());
    table.set(parts(&session(&seed)), "ended", now).await;
    assert!(access(&table, &seed).await.is_none());
}

#[tokio::test]
async fn a_session_opens_nothing_from_the_moment_it_expires_though_its_row_is_still_there() {
    let (table, seed) = seeded().await;
    table.advance(SignedDuration::from_hours(1) - SignedDuration::from_millis(1));
    assert!(access(&table, &seed).await.is_some());
    table.advance(SignedDuration::from_millis(1));
    assert!(access(&table, &seed).await.is_none());
}

#[tokio::test]
async fn a_suspended_or_removed_member_gets_in_no_more() {
    let (table, seed) = seeded().await;
    let now = text(table.world.now().to_string());
    table.set(parts(&member(&seed)), "suspended", now).await;
    assert!(access(&table, &seed).await.is_none());
    table.remove(parts(&member(&seed))).await;
    assert!(access(&table, &seed).await.is_none());
}

#[tokio::test]
async fn nobody_gets_into_a_suspended_tenant() {
    let (table, seed) = seeded().await;
    let now = text(table.world.now().to_string());
    let tenant = format!("T#{}", seed.tenant.id);
    table.set((&tenant, "AUTHZ"), "suspended", now).await;
    assert!(access(&table, &seed).await.is_none());
}

#[tokio::test]
async fn a_role_that_is_gone_allows_nothing() {
    let (table, seed) = seeded().await;
    table.set(parts(&member(&seed)), "roles", AttributeValue::L(vec![text("gone")])).await;
    let access = access(&table, &seed).await.unwrap();
    assert!(Permission::ALL.iter().all(|permission| !access.permissions.contains(*permission)));
}

#[tokio::test]
async fn a_session_or_a_tenant_of_somebody_else_opens_nothing() {
    let (table, one) = seeded().await;
    let other = seed(&table.world);
    table.store.platform().create_tenant(&other).await.unwrap();
    let (a, b, now) = (who(&one), who(&other), table.world.now());
    for who in [(a.0, a.1, other.tenant.id), (a.0, b.1, one.tenant.id), (b.0, a.1, other.tenant.id)] {
        assert!(table.store.platform().access(who, None, now).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn the_kept_answer_of_the_request_comes_with_the_same_read() {
    let (table, seed) = seeded().await;
    let (user, now) = (who(&seed), table.world.now());
    let scope = crate::given::scope(&table.world);
    let kept = answer("caller", "k1");
    let key = kept.key.clone();
    let new = hire(&["w9"], &table.world);
    let store = table.store.tenant(&scope);
    store.create_hire(&new, Some(kept), &table.world).await.unwrap();
    let who = (user.0, user.1, seed.tenant.id);
    for (caller, status) in [("caller", Some(201)), ("another", None)] {
        let read = table.store.platform().access(who, Some((caller, &key)), now).await;
        assert_eq!(read.unwrap().unwrap().kept.map(|kept| kept.status), status);
    }
}
