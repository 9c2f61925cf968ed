//! Each step fails for good, before anything of it is done and after all of it is done: the state
//! from before comes back, and every undo is recorded.

use vestibule_domain::JobStatus;
use vestibule_mailbox_step::mailbox_saga::TABLE;
use vestibule_models::User;

use crate::{
    firm::{Firm, is_clean},
    stack::Stack,
    twist::{Turn, Twisted},
};

#[tokio::test]
async fn a_step_that_fails_for_good_brings_back_the_state_from_before() {
    let stack = Stack::start().await;
    let mut cases = 0;
    for step in TABLE.steps {
        for done in [false, true] {
            let (firm, work) = Firm::with_hire(&stack).await;
            let before: Vec<User> = firm.users();
            let saga = firm.saga();
            let twisted = Twisted::new(&saga)
                .before(|moment| {
                    if !done && !moment.undo && moment.step == step.name { Turn::failure() } else { Turn::Go }
                })
                .after(|moment, _| {
                    if done && !moment.undo && moment.step == step.name { Turn::failure() } else { Turn::Go }
                });
            firm.run(&twisted, work).await;
            let (job, case) = (firm.job(work).await, format!("{} fails, done: {done}", step.name));
            firm.assert_sound(&[work], &case).await;
            // Where the mail may be out, or behind the last undo, a person decides.
            let no_way_back = !step.undo || !firm.mails(work).is_empty();
            let expected = if no_way_back { JobStatus::NeedsAttention } else { JobStatus::Failed };
            assert_eq!(job.status, expected, "{case}");
            if !no_way_back {
                assert_eq!(firm.users(), before, "{case}");
                assert!(firm.locks(1).await.is_empty(), "{case}");
                let begun = TABLE.steps.iter().take_while(|other| other.name != step.name).chain([step]);
                assert!(begun.map(|step| job.step(step.name).status).all(is_clean), "{case}");
            }
            cases += 1;
        }
    }
    assert!(cases > 0 && cases == 2 * TABLE.steps.len());
    println!("failures for good: {cases} cases");
}
