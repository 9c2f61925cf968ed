//! Every call of a clean run is made to go wrong in every way.

use vestibule_saga::Saga as _;

use crate::{Place, Tally, agrees, calls_of, job, numbered, run, title, troubles, walk::assert_sound};

/// Whatever goes wrong at an outside call, the job ends with everything, or nothing, or what is left is named.
pub async fn fails_at_any_call<P: Place>(place: &P) -> Tally {
    let case = place.case().await;
    let calls = calls_of(place, &case, &place.saga()).await;
    assert_sound(place, &case, "clean run").await;
    assert!(!calls.is_empty(), "{} calls nothing outside", place.saga().definition().saga);
    let mut tally = Tally::default();
    for (call, passed) in numbered(&calls) {
        for trouble in troubles() {
            let name = format!("{} {}", title(&call, passed), trouble.name);
            let case = place.case().await;
            place.cloud().faults().set(trouble.at(&call, passed));
            let ended = run(place, &case, &place.saga()).await;
            place.cloud().faults().clear();
            assert_sound(place, &case, &name).await;
            let status = job(place, &case).await.status;
            assert!(agrees(ended, status), "{name}: {ended:?} but {status:?}");
            tally.add(status, place.unrepeatable(&case) > 1);
        }
    }
    assert_eq!(tally.cases, calls.len() * troubles().len());
    tally
}
