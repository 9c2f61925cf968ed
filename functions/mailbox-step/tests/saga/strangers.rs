//! Somebody else's mailbox has the wanted address, before the job or in the midst of it: it is
//! never touched, and the next number is taken.

use std::sync::atomic::{AtomicBool, Ordering};

use vestibule_domain::{JobStatus, MailboxProvider, StepStatus};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_saga::{Definition, Failure, Next};
use vestibule_saga_kit::{Moment, Turn, Twisted, go_on};
use vestibule_sagas::MailboxStep;

use crate::{
    directory::PROVIDERS,
    firm::{Firm, Work},
    stack::Stack,
};

const SAGA: Definition = MailboxStep::DEFINITION;

const WANTED: &str = "jose.obrien";

/// Adds the stranger once, before the action of `step`.
fn intruding<'a>(
    firm: &'a Firm<'_>,
    step: &'a str,
    came: &'a AtomicBool,
) -> impl Fn(Moment<'_>) -> Turn + Send + Sync + 'a {
    move |moment| {
        if moment.step == step && !moment.undo && !came.swap(true, Ordering::SeqCst) {
            // While the job's own user has the name, a stranger can only come by the address.
            let taken = firm.users().iter().any(|user| user.name() == WANTED);
            // At the other providers nobody can have the address then.
            firm.add_stranger(if taken { "stranger" } else { WANTED }, WANTED);
        }
        Turn::Go
    }
}

/// The job took the second spelling if a stranger has the first, and else the first.
async fn assert_beside(firm: &Firm<'_>, work: Work, case: &str) {
    let beside = firm.strangers.lock().unwrap().len() > 1;
    firm.assert_sound(&[work], case).await;
    assert_eq!(firm.job(work).await.status, JobStatus::Succeeded, "{case}");
    let address = firm.find_hire(work.hire).await.address.unwrap();
    assert_eq!(address, firm.address(if beside { 2 } else { 1 }), "{case}");
}

#[tokio::test]
async fn a_mailbox_that_was_there_before_is_left_alone() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let strangers = [(WANTED, WANTED), (WANTED, "other.address"), ("other.name", WANTED)];
        for (name, local) in strangers {
            let (firm, work) = Firm::with_hire(&stack).await;
            assert!(firm.add_stranger(name, local));
            firm.run(&firm.saga(), work).await;
            assert_beside(&firm, work, &format!("{name} with {local}")).await;
        }
        println!("{provider:?} strangers from before: {} cases", strangers.len());
    }
}

#[tokio::test]
async fn a_group_has_its_address_alone() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let (firm, work) = Firm::with_hire(&stack).await;
        if firm.directory.add_group(&stack.cloud, WANTED) {
            firm.run(&firm.saga(), work).await;
            firm.assert_sound(&[work], "a group").await;
            assert_eq!(firm.find_hire(work.hire).await.address.unwrap(), firm.address(2), "{provider:?}");
        }
    }
}

#[tokio::test]
async fn without_a_licence_nothing_is_left_and_a_person_is_asked() {
    for provider in [MailboxProvider::Google, MailboxProvider::Microsoft] {
        let stack = Stack::start(provider).await;
        let (firm, work) = Firm::with_hire(&stack).await;
        firm.directory.set_licences(&stack.cloud, 0);
        firm.run(&firm.saga(), work).await;
        firm.assert_sound(&[work], "no licence").await;
        let job = firm.job(work).await;
        assert_eq!(job.status, JobStatus::NeedsAttention, "{provider:?}");
        assert_eq!(job.last_error.unwrap().code, "licences_used_up");
        assert!(firm.ours().is_empty());
    }
}

#[tokio::test]
async fn a_mailbox_that_appears_in_the_midst_of_a_job_is_left_alone() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let mut cases = 0;
        for step in SAGA.steps.iter().take_while(|step| step.name != "issue_password") {
            let (firm, work) = Firm::with_hire(&stack).await;
            let (saga, came) = (firm.saga(), AtomicBool::new(false));
            firm.run(&Twisted::new(&saga).before(intruding(&firm, step.name, &came)), work).await;
            assert_beside(&firm, work, step.name).await;
            cases += 1;
        }
        assert!(cases > 0);
        println!("{provider:?} strangers in the midst: {cases} cases");
    }
}

#[tokio::test]
async fn a_worker_that_dies_after_it_met_a_stranger_leaves_a_job_that_goes_on() {
    for provider in PROVIDERS {
        let stack = Stack::start(provider).await;
        let mut cases = 0;
        for step in SAGA.steps.iter().filter(|step| step.on_rejected.is_some()) {
            for (anew, dying) in
                [(false, "told"), (true, "told"), (true, "before undo"), (true, "after undo")]
            {
                let (firm, work) = Firm::with_hire(&stack).await;
                let (saga, came, died) = (firm.saga(), AtomicBool::new(false), AtomicBool::new(false));
                let intrude = intruding(&firm, step.name, &came);
                let struck = |moment: Moment<'_>, when| {
                    dying == when && moment.undo && !died.swap(true, Ordering::SeqCst)
                };
                let twisted = Twisted::new(&saga)
                    .before(|moment| if struck(moment, "before undo") { Turn::Die } else { intrude(moment) })
                    .after(|moment, _| if struck(moment, "after undo") { Turn::Die } else { Turn::Go });
                let told = |_: &_, outcome: &Result<Next, Failure>| {
                    dying == "told" && matches!(outcome, Err(Failure::Rejected(_)))
                };
                if twisted.run_or_die(&firm, &work, told).await.is_none() {
                    go_on(&firm, &work, anew).await;
                    firm.run(&saga, work).await;
                }
                assert_beside(&firm, work, &format!("{} {dying} {anew}", step.name)).await;
                cases += 1;
            }
        }
        assert!(cases > 0);
        println!("{provider:?} deaths after a stranger: {cases} cases");
    }
}

#[tokio::test]
async fn a_job_that_fails_after_it_met_a_stranger_is_undone_without_a_person() {
    let stack = Stack::start(MailboxProvider::WorkMail).await;
    let mut cases = 0;
    for step in SAGA.steps.iter().filter(|step| step.on_rejected.is_some()) {
        let (firm, work) = Firm::with_hire(&stack).await;
        let (saga, came) = (firm.saga(), AtomicBool::new(false));
        let refuse = FaultKind::Refuse {
            error: "AccessDeniedException".into(),
            status: 400,
            message: "planted".into(),
        };
        let next_lookup = Fault::new(Service::WorkMail, "DescribeEntity", refuse).matching("jose.obrien2");
        stack.cloud.faults().set(next_lookup);
        firm.run(&Twisted::new(&saga).before(intruding(&firm, step.name, &came)), work).await;
        stack.cloud.faults().clear();
        firm.assert_sound(&[work], step.name).await;
        let job = firm.job(work).await;
        assert_eq!(job.status, JobStatus::Failed, "{}: {job:#?}", step.name);
        assert_ne!(job.step(step.name).status, StepStatus::Failed);
        cases += 1;
    }
    assert!(cases > 0);
    println!("failures after a stranger: {cases} cases");
}
