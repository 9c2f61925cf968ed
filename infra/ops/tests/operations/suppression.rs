use jiff::Timestamp;
use vestibule_domain::{
    Delivery, DeliveryState, Email, IdentityMailKind, IdentityMailRequest, MailId, SuppressionReason,
};
use vestibule_ops::{find_suppression, lift_suppression, open_table};
use vestibule_store::Store;

use crate::{Account, field_keys};

/// A mail to `address` that came back for good.
async fn bounced(store: &Store, address: &Email, account: &Account) -> MailId {
    let (world, platform) = (&account.world, store.platform());
    let (id, mail) = (MailId::new(world), IdentityMailKind::MagicLink);
    let request = IdentityMailRequest { id, email: address.clone(), mail, device: None, at: world.now() };
    platform.request_mail(&request, None, world).await.unwrap();
    platform.settle_sent_mail(id, "message-1", address).await.unwrap();
    let sent = platform.find_mail(id).await.unwrap().unwrap();
    let delivery = Delivery { state: DeliveryState::Bounced, at: Timestamp::UNIX_EPOCH };
    platform.record_delivery(&sent, "message-1", &delivery, world).await.unwrap();
    id
}

#[tokio::test]
async fn an_address_is_shown_and_lifted_whatever_its_spelling() {
    let mut account = Account::new().await;
    account.init().await.unwrap();
    field_keys::with_table(&mut account).await;
    let store = open_table(&account.settings, "table", "ring", &account.world).await.unwrap();
    let email = |text: &str| Email::parse(text).unwrap();
    let (kim, lee) = (email("kim@example.org"), email("lee@example.org"));
    let mail = bounced(&store, &kim, &account).await;
    let found = find_suppression(&store, &email("Kim@Example.org")).await.unwrap().unwrap();
    assert_eq!((found.reason, found.mail, found.job), (SuppressionReason::Bounced, Some(mail), None));
    assert_eq!(find_suppression(&store, &lee).await.unwrap(), None);
    assert!(!lift_suppression(&store, &lee, &account.world).await.unwrap());
    assert!(lift_suppression(&store, &email("KIM@example.org"), &account.world).await.unwrap());
    assert!(!lift_suppression(&store, &kim, &account.world).await.unwrap(), "once");
    assert_eq!(find_suppression(&store, &kim).await.unwrap(), None);
}
