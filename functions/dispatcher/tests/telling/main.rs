//! One consumer that fails or is slow holds up nobody, and is told in the end.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chains;
mod stack;
mod table;

use std::sync::atomic::Ordering;

use serde_json::json;
use vestibule_models::{Fault, FaultKind, Service};

use self::stack::{Ailing, Slow, Stack};

#[tokio::test]
async fn a_consumer_that_fails_or_is_slow_holds_up_nobody_else() {
    let stack = Stack::start(vec![Box::new(Ailing::default()), Box::new(Slow)]).await;
    assert_eq!(stack.deliver(0..5).await, json!({ "batchItemFailures": [] }));
    assert_eq!(stack.events(), 5);
    let (ailing, slow) = (stack.owed("ailing").await, stack.owed("slow").await);
    assert_eq!((ailing.len(), slow.len(), stack.owed("bus").await.len()), (5, 5, 0));
    assert!(ailing.iter().all(|owed| owed.tries == 1));
}

#[tokio::test]
async fn what_is_owed_is_never_dropped_and_made_up_for_once_that_is_possible() {
    let ailing = Ailing::default();
    let stack = Stack::start(vec![Box::new(ailing.clone())]).await;
    stack.deliver(0..5).await;
    for tries in 2..=40 {
        assert_eq!(stack.sweep().await, json!({ "madeUp": 0, "refusedAgain": 5 }), "{tries}");
        let owed = stack.owed("ailing").await;
        assert!(owed.len() == 5 && owed.iter().all(|owed| owed.tries == tries), "{owed:?}");
    }
    ailing.well.store(true, Ordering::SeqCst);
    assert_eq!(stack.sweep().await, json!({ "madeUp": 5, "refusedAgain": 0 }));
    assert_eq!(*ailing.taken.lock().unwrap(), ["0", "1", "2", "3", "4"]);
    assert_eq!(stack.sweep().await, json!({ "madeUp": 0, "refusedAgain": 0 }));
    assert_eq!(stack.owed("ailing").await, []);
}

#[tokio::test]
async fn what_the_bus_refuses_is_published_by_the_schedule() {
    let stack = Stack::start(Vec::new()).await;
    stack
        .cloud
        .faults()
        .set(Fault::new(Service::Events, "PutEvents", FaultKind::Throttle { retry_after: 0 }).times(100));
    assert_eq!(stack.deliver(0..3).await, json!({ "batchItemFailures": [] }));
    assert_eq!((stack.events(), stack.owed("bus").await.len()), (0, 3));
    stack.cloud.faults().clear();
    assert_eq!(stack.sweep().await, json!({ "madeUp": 3, "refusedAgain": 0 }));
    assert_eq!(stack.events(), 3);
}

#[tokio::test]
async fn what_cannot_even_be_recorded_comes_again() {
    let stack = Stack::with_table(vec![Box::new(Ailing::default())], false).await;
    assert_eq!(stack.deliver(7..9).await, json!({ "batchItemFailures": [{ "itemIdentifier": "7" }] }));
    assert_eq!(stack.events(), 2);
}
