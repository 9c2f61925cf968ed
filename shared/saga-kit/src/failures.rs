//! Each step fails for good, before anything of it is done and after all of it is done.

use vestibule_domain::JobStatus;
use vestibule_saga::{Saga as _, Step};

use crate::{Moment, Place, Tally, Turn, Twisted, is_clean, job, run, walk::assert_sound};

/// The state from before comes back, and every undo is recorded. Where an effect is out that nothing takes back, or
/// behind the last undo, a person decides.
pub async fn fails_for_good<P: Place>(place: &P) -> Tally {
    let steps = place.saga().definition().steps;
    let mut tally = Tally::default();
    for step in steps {
        for done in [false, true] {
            fail(place, &mut tally, (step, done)).await;
        }
    }
    assert!(tally.cases > 0 && tally.cases == 2 * steps.len());
    tally
}

async fn fail<P: Place>(place: &P, tally: &mut Tally, (step, done): (&Step, bool)) {
    let (case, saga) = (place.case().await, place.saga());
    let before = place.outside(&case).await;
    let here = |moment: Moment<'_>, when| done == when && !moment.undo && moment.step == step.name;
    let turn = |here| if here { Turn::failure() } else { Turn::Go };
    let twisted = Twisted::new(&saga)
        .before(|moment| turn(here(moment, false)))
        .after(|moment, _| turn(here(moment, true)));
    run(place, &case, &twisted).await;
    let (job, name) = (job(place, &case).await, format!("{} fails, done: {done}", step.name));
    assert_sound(place, &case, &name).await;
    let no_way_back = !step.undo || place.unrepeatable(&case) > 0;
    let expected = if no_way_back { JobStatus::NeedsAttention } else { JobStatus::Failed };
    assert_eq!(job.status, expected, "{name}");
    if !no_way_back {
        assert_eq!(place.outside(&case).await, before, "{name}");
        assert!(job.steps.values().all(|record| is_clean(record.status)), "{name}: {job:#?}");
    }
    tally.add(job.status, false);
}
