//! Two workers at one job: the same task delivered twice at once, and a worker that goes on after
//! its lease has ended and another has taken over.

use std::{collections::BTreeMap, pin::pin};

use tokio::task::yield_now;
use vestibule_domain::JobStatus;
use vestibule_mailbox_step::mailbox_saga::TABLE;
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_saga::{Action, Failure, Saga};

use crate::{
    firm::{Firm, Work},
    kinds::{numbered, title},
    stack::Stack,
    twist::Twisted,
};

/// Delivers a task twice at the same moment, and again until it is performed.
async fn twice_at_once(
    firm: &Firm<'_>,
    saga: &impl Saga,
    work: Work,
    step: &str,
    action: Action,
) -> Result<(), Failure> {
    for _ in 0..9 {
        let (one, other) = tokio::join!(
            Box::pin(firm.perform(saga, work, step, action)),
            Box::pin(firm.perform(saga, work, step, action))
        );
        let later = |outcome: &Result<(), Failure>| matches!(outcome, Err(Failure::Retry(_)));
        match [one, other].into_iter().find(|outcome| !later(outcome)) {
            Some(outcome) => return outcome,
            None => firm.stack.outlast_leases(),
        }
    }
    panic!("{step} is never performed");
}

fn more(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
    after.iter().map(|(name, count)| (name.clone(), count - before.get(name).unwrap_or(&0))).collect()
}

#[tokio::test]
async fn a_task_delivered_twice_at_once_has_its_effect_once() {
    let stack = Stack::start().await;
    let mut cases = 0;
    for failing in ["no step", "issue_password"] {
        let (firm, work) = Firm::with_hire(&stack).await;
        let inner = firm.saga();
        let saga = Twisted::new(&inner).failing_at(failing);
        let before = stack.cloud.work_mail().mutations().unwrap();
        for step in TABLE.steps {
            cases += 1;
            if twice_at_once(&firm, &saga, work, step.name, Action::Do).await.is_err() {
                break;
            }
        }
        let failed = TABLE.steps.iter().position(|step| step.name == failing);
        for step in failed.map(|at| &TABLE.steps[..=at]).unwrap_or_default().iter().rev() {
            cases += 1;
            assert_eq!(twice_at_once(&firm, &saga, work, step.name, Action::Undo).await, Ok(()));
        }
        firm.assert_sound(&[work], failing).await;
        let expected = if failed.is_some() { JobStatus::Failed } else { JobStatus::Succeeded };
        assert_eq!(firm.job(work).await.status, expected);
        let effects = more(&before, &stack.cloud.work_mail().mutations().unwrap());
        assert!(effects.values().all(|times| *times <= 1), "{effects:?}");
        assert_eq!(firm.mails(work).len(), usize::from(failed.is_none()));
    }
    assert!(cases > TABLE.steps.len());
    println!("twice at once: {cases} cases");
}

/// The one thing that a worker without a lease can still spoil: a password or mail that was on its
/// way when the lease ended, and arrives after another worker's. `WorkMail` and SES take no
/// condition that could refuse it; the lease outlasts the function's time-out so that it stays rare.
const LATE_PASSWORD: &str = "the password of the last mail does not open the mailbox";

#[tokio::test]
async fn a_worker_that_wakes_after_its_lease_can_write_no_more() {
    let stack = Stack::start().await;
    let (firm, work) = Firm::with_hire(&stack).await;
    let calls = firm.calls_of(&firm.saga(), work).await;
    let (mut cases, mut spoiled) = (0, 0);
    for (call, passed) in numbered(&calls) {
        let (case, (firm, work)) = (title(&call, passed), Firm::with_hire(&stack).await);
        stack.cloud.faults().set(Fault::new(call.service, &call.operation, FaultKind::Hold).after(passed));
        let saga = firm.saga();
        let mut sleeper = pin!(firm.run(&saga, work));
        let held = async {
            while stack.cloud.faults().held() == 0 {
                yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = held => {}
            ended = &mut sleeper => panic!("{case}: no call was held, {ended:?}"),
        }
        stack.outlast_leases();
        firm.run(&saga, work).await;
        let job = firm.job(work).await;
        firm.assert_sound(&[work], &case).await;
        stack.cloud.faults().release();
        sleeper.await;
        assert_eq!(firm.job(work).await, job, "{case}: the sleeper wrote");
        let found = firm.findings(&[work]).await;
        let late = call.operation == "ResetPassword" || call.service == Service::Ses;
        assert!(found.iter().all(|wrong| late && wrong.ends_with(LATE_PASSWORD)), "{case}: {found:#?}");
        (cases, spoiled) = (cases + 1, spoiled + usize::from(!found.is_empty()));
    }
    assert!(cases > 0 && cases == calls.len());
    println!("sleepers: {cases} cases; a password or mail arriving after its lease spoiled {spoiled}");
}
