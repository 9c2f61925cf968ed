//! What the meter says.

use vestibule_domain::{Hire, HireId};
use vestibule_store::{Cost, JobEvent, metered};

use crate::{
    given::{answer, hire, hire_with_job, scope, seed},
    table::Table,
};

#[tokio::test]
async fn a_strong_read_of_a_small_row_is_one_round_trip_and_one_unit() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let (hire, _) = hire_with_job(&table, &scope).await;
    let one = Cost { round_trips: 1, read_units: 1.0, write_units: 0.0, races: 0 };
    let store = table.store.tenant(&scope);
    assert_eq!(metered(store.find::<Hire>(hire.id)).await.1, one);
    assert_eq!(metered(store.find::<Hire>(HireId::new(&table.world))).await.1, one, "a miss costs the same");
    assert_eq!(metered(store.oldest_pending(1)).await.1, one);
}

#[tokio::test]
async fn the_authorization_read_is_one_round_trip_whatever_it_brings() {
    let table = Table::new().await;
    let seed = seed(&table.world);
    table.store.platform().create_tenant(&seed).await.unwrap();
    let user = &seed.users[0];
    let (who, key) =
        ((user.user.id, user.session.as_ref().unwrap().id, seed.tenant.id), answer("caller", "k1").key);
    let platform = table.store.platform();
    let (_, cost) = metered(platform.access(who, Some(("caller", &key)), table.world.now())).await;
    assert_eq!(cost.round_trips, 1);
    if table.counts_units {
        assert_eq!(cost, Cost { round_trips: 1, read_units: 4.0, write_units: 0.0, races: 0 });
    }
}

#[tokio::test]
async fn a_transaction_costs_two_units_for_each_small_row() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    for (kept, units) in [(None, 4.0), (Some(answer("caller", "k1")), 6.0)] {
        let new = hire(&["w9"], &table.world);
        let (made, cost) = metered(store.create_hire(&new, kept, &table.world)).await;
        made.unwrap();
        assert_eq!(cost.round_trips, 1);
        if table.counts_units {
            assert_eq!(cost, Cost { round_trips: 1, read_units: 0.0, write_units: units, races: 0 });
        }
    }
}

#[tokio::test]
async fn a_single_write_is_no_transaction() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    let store = table.store.tenant(&scope);
    let (_, mut job) = hire_with_job(&table, &scope).await;
    job.due = None;
    store.save_job(&mut job, JobEvent::default(), &table.world).await.unwrap();
    let (saved, cost) = metered(store.save_job(&mut job, JobEvent::default(), &table.world)).await;
    saved.unwrap();
    assert_eq!(cost, Cost { round_trips: 1, read_units: 0.0, write_units: 1.0, races: 0 });
}

#[tokio::test]
async fn two_meters_at_once_count_each_their_own() {
    let table = Table::new().await;
    let scope = scope(&table.world);
    hire_with_job(&table, &scope).await;
    let store = table.store.tenant(&scope);
    let one = metered(store.oldest_pending(1));
    let two = metered(async {
        store.oldest_pending(1).await.unwrap();
        store.oldest_pending(1).await.unwrap();
    });
    let ((_, one), ((), two), ()) = tokio::join!(one, two, async {
        store.oldest_pending(1).await.unwrap();
    });
    assert_eq!((one.round_trips, two.round_trips), (1, 2));
    assert_eq!((one.read_units, two.read_units), (1.0, 2.0));
}
