//! Every outside call of every undo is made to go wrong in every way.

use std::{collections::HashSet, sync::OnceLock};

use vestibule_domain::{JobStatus, StepStatus};
use vestibule_models::Call;

use crate::{
    Place, Tally, Trouble, Turn, Twisted, calls_of, is_clean, job, numbered, title, troubles,
    walk::assert_sound,
};

/// A way to fail: the step, and whether its effect is there without a record.
type Way<'a> = (&'a str, bool);

/// Runs a job that fails in this way; returns its calls and how many came before the first undo.
async fn fail<P: Place + Sync>(place: &P, case: &P::Case, (step, done): Way<'_>) -> (Vec<Call>, usize) {
    let (saga, turned, before) = (place.saga(), OnceLock::new(), place.cloud().calls().len());
    let turn = |here| if here { Turn::failure() } else { Turn::Go };
    let twisted = Twisted::new(&saga)
        .before(|moment| {
            if moment.undo {
                turned.get_or_init(|| place.cloud().calls().len());
            }
            turn(!done && !moment.undo && moment.step == step)
        })
        .after(|moment, _| turn(done && !moment.undo && moment.step == step));
    let calls = calls_of(place, case, &twisted).await;
    (calls, turned.get().copied().unwrap_or(before) - before)
}

/// Whatever goes wrong in an undo, nothing is left unnamed. `ways` are the ways to come to the undos.
pub async fn fails_in_an_undo<P: Place + Sync>(place: &P, ways: &[Way<'_>]) -> Tally {
    let (mut tally, mut met) = (Tally::default(), HashSet::new());
    for way in ways {
        let case = place.case().await;
        let (calls, turned) = fail(place, &case, *way).await;
        assert_sound(place, &case, "clean undo").await;
        let undoing: Vec<_> = numbered(&calls).split_off(turned);
        let fresh: Vec<_> = undoing.into_iter().filter(|(call, _)| !met.contains(&call.operation)).collect();
        assert!(!fresh.is_empty(), "{way:?} undoes nothing new");
        for (call, passed) in &fresh {
            for trouble in troubles() {
                strike(place, &mut tally, *way, (call, *passed, &trouble)).await;
            }
        }
        met.extend(fresh.into_iter().map(|(call, _)| call.operation));
    }
    assert!(tally.cases > 0);
    tally
}

async fn strike<P: Place + Sync>(
    place: &P,
    tally: &mut Tally,
    way: Way<'_>,
    (call, passed, trouble): (&Call, u32, &Trouble),
) {
    let name = format!("{way:?}: {} {}", title(call, passed), trouble.name);
    let case = place.case().await;
    place.cloud().faults().set(trouble.at(call, passed));
    fail(place, &case, way).await;
    place.cloud().faults().clear();
    assert_sound(place, &case, &name).await;
    let job = job(place, &case).await;
    if trouble.name.contains("for good") || trouble.name == "refused always" {
        assert_eq!(job.status, JobStatus::NeedsAttention, "{name}");
        assert!(job.steps.values().any(|step| step.status == StepStatus::UndoFailed), "{name}");
    } else if !trouble.name.contains("always") {
        let undone = job.steps.values().all(|step| is_clean(step.status));
        assert!(job.status == JobStatus::Failed && undone, "{name}: {job:#?}");
    }
    tally.add(job.status, false);
}
