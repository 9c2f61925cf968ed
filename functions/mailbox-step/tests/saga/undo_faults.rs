//! Every outside call of every undo is made to go wrong in every way.

use std::{collections::HashSet, sync::OnceLock};

use vestibule_domain::{JobStatus, StepStatus};
use vestibule_mailbox_step::mailbox_saga::TABLE;
use vestibule_models::Call;
use vestibule_saga::{Action, Failure};

use crate::{
    firm::{Firm, is_clean},
    kinds::{numbered, title, troubles},
    stack::Stack,
    twist::{Turn, Twisted},
};

/// A way to fail: the step, and whether its effect is there without a record.
type Way = (&'static str, bool);

/// Runs a job that fails in this way; returns its calls and how many came before the first undo.
async fn fail(
    stack: &Stack,
    firm: &Firm<'_>,
    work: crate::firm::Work,
    (step, done): Way,
) -> (Vec<Call>, usize) {
    let (saga, turned, before) = (firm.saga(), OnceLock::new(), stack.cloud.calls().len());
    let twisted = Twisted::new(&saga)
        .before(|moment| {
            if moment.undo {
                turned.get_or_init(|| stack.cloud.calls().len());
            }
            if !done && !moment.undo && moment.step == step { Turn::failure() } else { Turn::Go }
        })
        .after(
            |moment, _| if done && !moment.undo && moment.step == step { Turn::failure() } else { Turn::Go },
        );
    let calls = firm.calls_of(&twisted, work).await;
    (calls, turned.get().copied().unwrap_or(before) - before)
}

#[tokio::test]
async fn whatever_goes_wrong_in_an_undo_nothing_is_left_unnamed() {
    let stack = Stack::start().await;
    let (mut cases, mut ends, mut met) = (0, [0; 2], HashSet::new());
    for way in [("issue_password", false), ("create_user", true)] {
        let (firm, work) = Firm::with_hire(&stack).await;
        let (calls, turned) = fail(&stack, &firm, work, way).await;
        firm.assert_sound(&[work], "clean undo").await;
        let undoing: Vec<_> = numbered(&calls).split_off(turned);
        let fresh: Vec<_> = undoing.into_iter().filter(|(call, _)| !met.contains(&call.operation)).collect();
        assert!(!fresh.is_empty(), "{way:?} undoes nothing new");
        for (call, passed) in &fresh {
            for trouble in troubles() {
                let case = format!("{way:?}: {} {}", title(call, *passed), trouble.name);
                let (firm, work) = Firm::with_hire(&stack).await;
                stack.cloud.faults().set(trouble.at(call, *passed));
                fail(&stack, &firm, work, way).await;
                stack.cloud.faults().clear();
                firm.assert_sound(&[work], &case).await;
                let job = firm.job(work).await;
                let failed = job.status == JobStatus::Failed;
                if trouble.name.contains("for good") || trouble.name == "refused always" {
                    assert_eq!(job.status, JobStatus::NeedsAttention, "{case}");
                    assert!(job.steps.values().any(|step| step.status == StepStatus::UndoFailed), "{case}");
                } else if !trouble.name.contains("always") {
                    assert!(
                        failed && job.steps.values().all(|step| is_clean(step.status)),
                        "{case}: {job:#?}"
                    );
                }
                cases += 1;
                ends[usize::from(!failed)] += 1;
            }
        }
        met.extend(fresh.into_iter().map(|(call, _)| call.operation));
    }
    assert!(cases > 0);
    println!("faults in undos: {cases} cases; failed, needs attention: {ends:?}");
}

#[tokio::test]
async fn an_address_is_not_given_back_before_its_user_is_gone() {
    let stack = Stack::start().await;
    let (firm, work) = Firm::with_hire(&stack).await;
    let inner = firm.saga();
    let failing = TABLE.steps.iter().position(|step| step.name == "enable_mailbox").unwrap();
    let saga = Twisted::new(&inner).failing_at(TABLE.steps[failing].name);
    for step in &TABLE.steps[..=failing] {
        let done = firm.perform(&saga, work, step.name, Action::Do).await;
        assert_eq!(done.is_err(), step.name == TABLE.steps[failing].name, "{}", step.name);
    }
    let early = firm.perform(&saga, work, "reserve_address", Action::Undo).await;
    assert_eq!(early, Err(Failure::permanent("mailbox_not_gone")));
    assert_eq!(firm.locks(1).await.len(), 1);
    for step in TABLE.steps[..=failing].iter().rev() {
        assert_eq!(firm.perform(&saga, work, step.name, Action::Undo).await, Ok(()));
    }
    firm.assert_sound(&[work], "undone in order").await;
    assert!(firm.locks(1).await.is_empty() && firm.ours().is_empty());
}
