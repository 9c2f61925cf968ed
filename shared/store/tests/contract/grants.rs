//! Administrators of the platform: one grant each, one person for each user name, and always a super administrator.

use vestibule_auth::{Grant, PlatformScope, SystemTask};
use vestibule_domain::{Email, PersonName, SessionId, User, UserId, UserName};
use vestibule_store::{Appointee, Appointment, Conflict, Granted, Session, StoreError};

use crate::table::Table;

fn scope() -> PlatformScope {
    PlatformScope::for_system(SystemTask::Operator)
}

fn person(table: &Table, name: &str) -> User {
    let email = Email::parse(&format!("{name}@example.org")).unwrap();
    User::new(UserId::new(&table.world), email, PersonName::parse(name).unwrap(), &table.world)
}

async fn appoint(table: &Table, user: &User, name: &str, grant: Grant) -> Result<Granted, StoreError> {
    let username = UserName::parse(name).unwrap();
    let (person, before, mails) = (Appointee::New(user), None, [].as_slice());
    let wanted = Appointment { person, grant, username: &username, before, mails };
    table.store.administration(&scope()).give(&wanted, &table.world).await
}

#[tokio::test]
async fn a_grant_is_read_with_the_session_and_is_gone_when_it_is_taken() {
    let table = Table::new().await;
    let (ada, now) = (person(&table, "ada"), table.world.now());
    let granted = appoint(&table, &ada, "ada", Grant::PromoAdmin).await.unwrap();
    let platform = table.store.platform();
    let session = SessionId::new(&table.world);
    let expires = now + jiff::SignedDuration::from_hours(1);
    platform.seed_session(ada.id, &Session::seeded(session, None, (now, expires))).await.unwrap();
    let grant = async || {
        let access = platform.platform_access((ada.id, session), None, now).await.unwrap();
        access.unwrap().grant
    };
    assert_eq!(grant().await, Some(Grant::PromoAdmin));
    table.store.administration(&scope()).take(&granted, &table.world).await.unwrap();
    assert_eq!(grant().await, None);
    assert!(platform.platform_access((ada.id, session), None, expires).await.unwrap().is_none());
    let again = table.store.administration(&scope()).take(&granted, &table.world).await;
    assert!(matches!(again, Err(StoreError::Conflict(Conflict::Stale))), "{again:?}");
}

#[tokio::test]
async fn a_user_name_is_one_persons() {
    let table = Table::new().await;
    appoint(&table, &person(&table, "ada"), "admin", Grant::GeneralAdmin).await.unwrap();
    let before = table.rows().await;
    let taken = appoint(&table, &person(&table, "eve"), "ADMIN", Grant::GeneralAdmin).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Conflict::UserNameTaken))), "{taken:?}");
    assert_eq!(table.rows().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_super_administrators_removed_at_once_one_stays() {
    let table = Table::new().await;
    let mut left = appoint(&table, &person(&table, "a0"), "ada-0", Grant::SuperAdmin).await.unwrap();
    for round in 1..40 {
        let name = format!("ada-{round}");
        let other = person(&table, &format!("a{round}"));
        let other = appoint(&table, &other, &name, Grant::SuperAdmin).await.unwrap();
        let take =
            async |granted: &Granted| table.store.administration(&scope()).take(granted, &table.world).await;
        let (first, second) = tokio::join!(take(&left), take(&other));
        let last = |done: &Result<(), StoreError>| {
            matches!(done, Err(StoreError::Conflict(Conflict::LastSuperAdmin)))
        };
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert!(last(&first) || last(&second), "{first:?} {second:?}");
        left = if first.is_ok() { other } else { left };
        let all = table.store.administration(&scope()).administrators().await.unwrap();
        assert_eq!(all, [left.clone()]);
    }
}
