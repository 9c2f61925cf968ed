use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use vestibule_auth::{Actor, Grant, PlatformScope, SystemTask};
use vestibule_domain::{Email, PersonName, User, UserId, UserName, UserState};
use vestibule_ops::{AdministratorReport, Appointed, OpsError, init_admins, open_table};
use vestibule_store::{Store, UserChange};

use crate::{Account, field_keys};

type Row = HashMap<String, AttributeValue>;

const SECRET: &str = "stack/administrators";

struct Stack {
    account: Account,
    store: Store,
}

impl Stack {
    async fn new() -> Self {
        let mut account = Account::new().await;
        account.init().await.unwrap();
        field_keys::with_table(&mut account).await;
        let store = open_table(&account.settings, "table", "ring", &account.world).await.unwrap();
        Self { account, store }
    }

    /// Lists people as user name, address and role, and runs.
    async fn run(
        &self,
        people: &[(&str, &str, &str)],
        remove: bool,
    ) -> Result<Vec<(String, Appointed)>, OpsError> {
        let one = |(username, email, role): &(&str, &str, &str)| json!({ "username": username, "email": email, "name": "Ada Example", "role": role });
        let list: Value = people.iter().map(one).collect();
        self.account.cloud.secrets().put(SECRET, &list.to_string()).unwrap();
        let done = init_admins(&self.account.vault, &self.store, SECRET, remove, &self.account.world).await?;
        let each = |AdministratorReport { username, done, .. }| (String::from(username), done);
        Ok(done.into_iter().map(each).collect())
    }

    /// Who administers what, by user name.
    async fn all(&self) -> Vec<(String, Grant)> {
        let scope = PlatformScope::for_system(SystemTask::Operator);
        let all = self.store.administration(&scope).administrators().await.unwrap();
        let mut all: Vec<_> = all.into_iter().map(|each| (String::from(each.username), each.grant)).collect();
        all.sort();
        all
    }

    /// The actions in the platform's log, and the mails that wait.
    async fn told(&self) -> (Vec<String>, usize) {
        let rows = field_keys::rows(&self.account).await;
        let text = |row: &Row, name: &str| row[name].as_s().unwrap().clone();
        let mails = rows.iter().filter(|row| text(row, "item") == "mail").count();
        let of_platform = |row: &&Row| text(row, "PK").starts_with("PLATFORM#AUDIT#");
        let mut actions: Vec<_> = rows.iter().filter(of_platform).map(|row| text(row, "action")).collect();
        actions.sort();
        (actions, mails)
    }
}

fn done(all: &[(&str, Appointed)]) -> Vec<(String, Appointed)> {
    all.iter().map(|(name, done)| ((*name).to_owned(), *done)).collect()
}

const ADA: (&str, &str, &str) = ("ada", "ada@example.org", "super_admin");
const GIL: (&str, &str, &str) = ("gil", "gil@example.org", "general_admin");

#[tokio::test]
async fn administrators_are_made_once_and_told_once() {
    let stack = Stack::new().await;
    let made = stack.run(&[ADA, GIL], false).await.unwrap();
    assert_eq!(made, done(&[("ada", Appointed::Made), ("gil", Appointed::Made)]));
    let (told, all) = (stack.told().await, stack.all().await);
    assert_eq!(told, (vec!["grant.give".to_owned(), "grant.give".to_owned()], 2));
    assert_eq!(all, [("ada".to_owned(), Grant::SuperAdmin), ("gil".to_owned(), Grant::GeneralAdmin)]);
    let platform = stack.store.platform();
    let address = stack.store.sealer().address_key(&Email::parse("ADA@example.org").unwrap());
    let ada = platform.find_sign_in(&address).await.unwrap().unwrap();
    assert_eq!((ada.password.is_some(), ada.tenant), (false, None));
    let holder = platform.find_user_name(&UserName::parse("Ada").unwrap()).await.unwrap();
    assert_eq!(holder, Some(ada.user));
    let again = stack.run(&[ADA, GIL], true).await.unwrap();
    assert_eq!(again, done(&[("ada", Appointed::Unchanged), ("gil", Appointed::Unchanged)]));
    assert_eq!((stack.told().await, stack.all().await), (told, all));
}

#[tokio::test]
async fn who_is_no_longer_listed_is_told_and_removed_only_when_asked() {
    let stack = Stack::new().await;
    stack.run(&[ADA, GIL], false).await.unwrap();
    let told = stack.run(&[ADA], false).await.unwrap();
    assert_eq!(told, done(&[("ada", Appointed::Unchanged), ("gil", Appointed::Unlisted)]));
    assert_eq!(stack.all().await.len(), 2);
    let told = stack.run(&[ADA], true).await.unwrap();
    assert_eq!(told, done(&[("ada", Appointed::Unchanged), ("gil", Appointed::Removed)]));
    assert_eq!(stack.all().await, [("ada".to_owned(), Grant::SuperAdmin)]);
    let (actions, mails) = stack.told().await;
    assert_eq!((actions, mails), (["grant.give", "grant.give", "grant.take"].map(str::to_owned).into(), 2));
    // The account is there still, so the next time it is given.
    let back = stack.run(&[ADA, ("gil2", GIL.1, "promo_admin")], false).await.unwrap();
    assert_eq!(back[1], ("gil2".to_owned(), Appointed::Given));
    let back = stack.run(&[ADA, GIL], false).await.unwrap();
    assert_eq!(back[1], ("gil".to_owned(), Appointed::Changed));
    let free = stack.store.platform().find_user_name(&UserName::parse("gil2").unwrap()).await.unwrap();
    assert_eq!(free, None);
}

#[tokio::test]
async fn whoever_is_suspended_gets_no_grant_and_is_named() {
    let stack = Stack::new().await;
    let (platform, world) = (stack.store.platform(), &stack.account.world);
    let (email, name) = (Email::parse(GIL.1).unwrap(), PersonName::parse("Gil Example").unwrap());
    let mut gil = User::new(UserId::new(world), email, name, world);
    let actor = Actor::System(SystemTask::Seed);
    platform.create_user(&gil, &actor, world).await.unwrap();
    for (state, told) in [(UserState::Suspended, Appointed::Suspended), (UserState::Active, Appointed::Given)]
    {
        gil.status.state = state;
        let change = UserChange { action: "user.state", ..UserChange::default() };
        platform.change_user(&mut gil, &change, &actor, world).await.unwrap();
        assert_eq!(stack.run(&[ADA, GIL], false).await.unwrap()[1], ("gil".to_owned(), told));
        assert_eq!(stack.all().await.len(), if state == UserState::Active { 2 } else { 1 });
    }
}

#[tokio::test]
async fn the_last_super_administrator_stays() {
    let stack = Stack::new().await;
    stack.run(&[ADA], false).await.unwrap();
    for people in [&[GIL][..], &[(ADA.0, ADA.1, "promo_admin")], &[]] {
        let refused = stack.run(people, true).await.unwrap_err();
        assert!(matches!(&refused, OpsError::LastSuperAdmin(name) if name == "ada"), "{refused}");
        assert!(stack.all().await.contains(&("ada".to_owned(), Grant::SuperAdmin)));
    }
    let eve = ("eve", "eve@example.org", "super_admin");
    stack.run(&[eve], true).await.unwrap();
    assert_eq!(stack.all().await, [("eve".to_owned(), Grant::SuperAdmin)]);
}

#[tokio::test]
async fn a_user_name_goes_over_only_when_its_holder_is_removed() {
    let stack = Stack::new().await;
    stack.run(&[ADA, GIL], false).await.unwrap();
    let other = ("gil", "other@example.org", "promo_admin");
    let refused = stack.run(&[ADA, other], false).await.unwrap_err();
    assert!(matches!(&refused, OpsError::UserNameTaken(name) if name == "gil"), "{refused}");
    let told = stack.run(&[ADA, other], true).await.unwrap();
    assert_eq!(told[1..], done(&[("gil", Appointed::Removed), ("gil", Appointed::Made)]));
    assert_eq!(stack.all().await[1], ("gil".to_owned(), Grant::PromoAdmin));
}

#[tokio::test]
async fn a_bad_secret_changes_nothing_and_is_told_without_its_values() {
    let stack = Stack::new().await;
    let refused = stack.run(&[ADA, ("g", "hidden-address", "owner")], false).await.unwrap_err().to_string();
    for field in ["stack/administrators", "[1].username: ", "[1].email: ", "[1].role: "] {
        assert!(refused.contains(field), "{refused}");
    }
    assert!(!refused.contains("hidden-address") && !refused.contains("owner"), "{refused}");
    assert!(stack.all().await.is_empty());
    stack.account.cloud.secrets().put("empty", "[]").unwrap();
    let (account, store) = (&stack.account, &stack.store);
    assert!(init_admins(&account.vault, store, "empty", true, &account.world).await.unwrap().is_empty());
    let missing = init_admins(&account.vault, store, "missing", true, &account.world).await.unwrap_err();
    assert!(matches!(missing, OpsError::Missing(_)), "{missing}");
}
