//! What became of a mail: reports that come at the same moment.

use vestibule_domain::{Delivery, DeliveryState, Email, IdentityMailKind, IdentityMailRequest, MailId};
use vestibule_store::{Conflict, StoreError};

use crate::table::Table;

#[tokio::test]
async fn a_report_is_written_only_where_nobody_else_has_written_since_it_looked() {
    let table = Table::new().await;
    let (platform, world) = (table.store.platform(), &table.world);
    let (id, email) = (MailId::new(world), Email::parse("lou@example.org").unwrap());
    let mail = IdentityMailKind::MagicLink;
    let request = IdentityMailRequest { id, email: email.clone(), mail, device: None, at: world.now() };
    platform.request_mail(&request, None, world).await.unwrap();
    platform.settle_sent_mail(id, "m-1", &email).await.unwrap();
    let looked = platform.find_mail(id).await.unwrap().unwrap();
    let told = |state| Delivery { state, at: world.now() };
    platform.record_delivery(&looked, "m-1", &told(DeliveryState::SoftBounced), world).await.unwrap();
    // It says more, but whatever shows the mail was looked at before the other report.
    let late = platform.record_delivery(&looked, "m-1", &told(DeliveryState::Delivered), world).await;
    assert!(matches!(late, Err(StoreError::Conflict(Conflict::Stale))), "{late:?}");
    let again = platform.find_mail(id).await.unwrap().unwrap();
    platform.record_delivery(&again, "m-1", &told(DeliveryState::Delivered), world).await.unwrap();
    let known = platform.find_mail(id).await.unwrap().unwrap().delivery;
    assert_eq!(known.map(|delivery| delivery.state), Some(DeliveryState::Delivered));
}
