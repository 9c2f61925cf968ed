//! Two workers at one job: the same task delivered twice at once, and a worker that goes on after
//! its lease has ended and another has taken over.

use std::{
    collections::BTreeMap,
    pin::{Pin, pin},
};

use tokio::task::yield_now;
use vestibule_domain::{JobStatus, StepStatus};
use vestibule_models::{Call, Fault, FaultKind, Service};
use vestibule_saga::{Action, Definition, Ended, Failure, Next, Saga};
use vestibule_saga_kit::{Twisted, numbered, title};
use vestibule_sagas::MailboxStep;

use crate::{
    directory::PROVIDERS,
    directory::changes,
    firm::{Firm, Work},
    stack::Stack,
};

const SAGA: Definition = MailboxStep::DEFINITION;

/// Delivers a task twice at the same moment, and again until it is performed.
async fn twice_at_once(
    firm: &Firm<'_>,
    saga: &impl Saga,
    work: Work,
    step: &str,
    action: Action,
) -> Result<Next, Failure> {
    for _ in 0..99 {
        let (one, other) = tokio::join!(
            Box::pin(firm.perform(saga, work, step, action)),
            Box::pin(firm.perform(saga, work, step, action))
        );
        let later = |outcome: &Result<Next, Failure>| outcome.as_ref().is_err_and(Failure::may_pass);
        match [one, other].into_iter().find(|outcome| !later(outcome)) {
            Some(Ok(Next::At(at))) => firm.stack.move_to(at),
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
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let mut cases = 0;
        for failing in ["no step", "issue_password"] {
            let (firm, work) = Firm::with_hire(&stack).await;
            let inner = firm.saga();
            let saga = Twisted::new(&inner).failing_at(failing);
            let before = changes(&stack.cloud);
            for step in SAGA.steps {
                cases += 1;
                if twice_at_once(&firm, &saga, work, step.name, Action::Do).await.is_err() {
                    break;
                }
            }
            let failed = SAGA.steps.iter().position(|step| step.name == failing);
            for step in failed.map(|at| &SAGA.steps[..=at]).unwrap_or_default().iter().rev() {
                cases += 1;
                assert_eq!(twice_at_once(&firm, &saga, work, step.name, Action::Undo).await, Ok(Next::Step));
            }
            firm.assert_sound(&[work], failing).await;
            let expected = if failed.is_some() { JobStatus::Failed } else { JobStatus::Succeeded };
            assert_eq!(firm.job(work).await.status, expected);
            let effects = more(&before, &changes(&stack.cloud));
            assert!(effects.values().all(|times| *times <= 1), "{effects:?}");
            assert_eq!(firm.mails(work).len(), usize::from(failed.is_none()));
        }
        assert!(cases > SAGA.steps.len());
        println!("{provider:?} twice at once: {cases} cases");
    }
}

/// Walks the job until the outside holds this call; the walk can be gone on with.
async fn until_held(
    firm: &Firm<'_>,
    (call, passed): (&Call, u32),
    walk: Pin<&mut impl Future<Output = Ended>>,
) {
    let faults = firm.stack.cloud.faults();
    faults.set(Fault::new(call.service, &call.operation, FaultKind::Hold).after(passed));
    let held = async {
        while faults.held() == 0 {
            yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = held => {}
        ended = walk => panic!("{}: no call was held, {ended:?}", title(call, passed)),
    }
}

#[tokio::test]
async fn a_task_delivered_while_another_worker_is_at_it_does_nothing() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let (firm, work) = Firm::with_hire(&stack).await;
        let calls = firm.calls_of(&firm.saga(), work).await;
        let mut cases = 0;
        for (call, passed) in numbered(&calls) {
            let (case, (firm, work)) = (title(&call, passed), Firm::with_hire(&stack).await);
            let saga = firm.saga();
            let mut first = pin!(firm.run(&saga, work));
            until_held(&firm, (&call, passed), first.as_mut()).await;
            let job = firm.job(work).await;
            let at_work = SAGA.steps.iter().find(|step| job.step(step.name).status == StepStatus::Running);
            if let Some(step) = at_work {
                let second = firm.perform(&saga, work, step.name, Action::Do).await;
                assert_eq!(second, Err(Failure::Leased), "{case}");
                cases += 1;
            }
            stack.cloud.faults().release();
            assert_eq!(first.await, Ended::Succeeded, "{case}");
            firm.assert_sound(&[work], &case).await;
            assert_eq!(firm.mails(work).len(), 1, "{case}");
        }
        assert!(cases >= SAGA.steps.iter().filter(|step| step.outside).count());
        println!("{provider:?} delivered to a second worker: {cases} cases");
    }
}

/// What a worker without a lease can still spoil: a call that was on its way when the lease ended
/// and arrives after another worker's. `WorkMail` and SES take no condition that could refuse it;
/// the lease outlasts the function's time-out, so that only a call held up outside comes so late.
fn spoiled_by(call: &Call) -> &'static str {
    match (call.service, call.operation.as_str()) {
        (Service::Ses, _) | (_, "ResetPassword" | "users.patch" | "UpdateUser") => {
            "the last mail does not open the mailbox"
        }
        (_, "CreateUser" | "users.insert") => "orphaned: no job names the user jose.obrien",
        _ => "nothing",
    }
}

#[tokio::test]
async fn a_worker_that_wakes_after_its_lease_can_write_no_more() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let (mut cases, mut spoiled) = (0, Vec::new());
        for failing in ["no step", "issue_password"] {
            let (firm, work) = Firm::with_hire(&stack).await;
            let calls = firm.calls_of(&Twisted::new(&firm.saga()).failing_at(failing), work).await;
            for (call, passed) in numbered(&calls) {
                let case = format!("{}, {failing} fails", title(&call, passed));
                let (firm, work) = Firm::with_hire(&stack).await;
                let inner = firm.saga();
                let saga = Twisted::new(&inner).failing_at(failing);
                let mut sleeper = pin!(firm.run(&saga, work));
                until_held(&firm, (&call, passed), sleeper.as_mut()).await;
                stack.outlast_leases();
                firm.run(&saga, work).await;
                let job = firm.job(work).await;
                firm.assert_sound(&[work], &case).await;
                stack.cloud.faults().release();
                sleeper.await;
                assert_eq!(firm.job(work).await, job, "{case}: the sleeper wrote");
                let found = firm.findings(&[work]).await;
                assert!(found.iter().all(|wrong| wrong.ends_with(spoiled_by(&call))), "{case}: {found:#?}");
                cases += 1;
                spoiled.extend((!found.is_empty()).then_some(case));
            }
        }
        assert!(cases > 0);
        println!(
            "{provider:?} sleepers: {cases} cases; a call arriving after its lease spoiled {}: {spoiled:?}",
            spoiled.len()
        );
    }
}
