//! Every step and every undo is done twice, in each way in which that can happen.

use std::collections::BTreeMap;

use vestibule_domain::{Hire, JobStatus, StepStatus};
use vestibule_mailbox_step::mailbox_saga::TABLE;
use vestibule_models::UserState;
use vestibule_saga::{Action, Done, Failure, Ledger, Saga, Table, Task};

use crate::{
    firm::{Firm, Work},
    stack::Stack,
    twist::Twisted,
};

/// A saga that does everything of one step twice before it is recorded.
struct Doubled<'a, S> {
    saga: &'a S,
    step: &'a str,
}

impl<S: Saga> Saga for Doubled<'_, S> {
    fn table(&self) -> &'static Table {
        self.saga.table()
    }
    async fn act(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        if step == self.step {
            self.saga.act(step, ledger).await?;
        }
        self.saga.act(step, ledger).await
    }
    async fn undo(&self, step: &str, ledger: &mut Ledger<'_>) -> Result<Done, Failure> {
        if step == self.step {
            self.saga.undo(step, ledger).await?;
        }
        self.saga.undo(step, ledger).await
    }
    fn taken(&self, ledger: &mut Ledger<'_>) -> Done {
        self.saga.taken(ledger)
    }
}

/// What a job leaves, without what differs from firm to firm.
#[derive(Debug, PartialEq)]
struct State {
    status: JobStatus,
    steps: BTreeMap<String, StepStatus>,
    users: Vec<(String, UserState, String, bool)>,
    address: Option<String>,
    locks: usize,
    mails: usize,
}

async fn state(firm: &Firm<'_>, work: Work) -> State {
    let (job, hire): (_, Hire) = (firm.job(work).await, firm.find_hire(work.hire).await);
    let users =
        firm.ours().into_iter().map(|u| (u.name.clone(), u.state, u.display_name.clone(), u.has_password()));
    State {
        status: job.status,
        steps: job.steps.iter().map(|(name, record)| (name.clone(), record.status)).collect(),
        users: users.collect(),
        address: hire.address.map(|address| address.local().as_str().to_owned()),
        locks: firm.locks(1).await.len(),
        mails: firm.mails(work).len(),
    }
}

/// The steps that fail for good, one run each; `None` is the run that succeeds.
fn courses() -> Vec<Option<&'static str>> {
    let failing = TABLE.steps.iter().filter(|step| step.undo).map(|step| Some(step.name));
    [None].into_iter().chain(failing).collect()
}

fn course(saga: &impl Saga, failing: Option<&'static str>) -> impl Saga {
    Twisted::new(saga).failing_at(failing.unwrap_or("no step"))
}

#[tokio::test]
async fn a_step_or_undo_done_twice_before_its_record_is_as_one_done_once() {
    let stack = Stack::start().await;
    let mut cases = 0;
    for failing in [None, Some("issue_password")] {
        let (firm, work) = Firm::with_hire(&stack).await;
        firm.run(&course(&firm.saga(), failing), work).await;
        let once = state(&firm, work).await;
        for step in TABLE.steps {
            let (firm, work) = Firm::with_hire(&stack).await;
            let (saga, case) = (firm.saga(), format!("{} twice, {failing:?} fails", step.name));
            firm.run(&course(&Doubled { saga: &saga, step: step.name }, failing), work).await;
            firm.assert_sound(&[work], &case).await;
            let mut twice = state(&firm, work).await;
            // SES has no token to tell a repeated mail by: the second mail is the price.
            if failing.is_none() && step.name == "issue_password" {
                assert_eq!(std::mem::replace(&mut twice.mails, 1), 2);
            }
            assert_eq!(twice, once, "{case}");
            cases += 1;
        }
    }
    assert!(cases > 0 && cases == 2 * TABLE.steps.len());
    println!("twice before the record: {cases} cases");
}

#[tokio::test]
async fn a_task_delivered_again_at_once_or_after_the_end_changes_nothing() {
    let stack = Stack::start().await;
    let mut tasks = 0;
    for failing in courses() {
        let (firm, work) = Firm::with_hire(&stack).await;
        let (saga, mut seen): (_, Vec<Task>) = (firm.saga(), Vec::new());
        firm.run_seen(&course(&saga, failing), work, |task, _| seen.push(task.clone())).await;
        let discards = TABLE.steps.iter().filter_map(|step| step.on_taken?.discard);
        let template = seen[0].clone();
        seen.extend(discards.map(|step| Task {
            step: step.into(),
            action: Action::Discard,
            ..template.clone()
        }));
        let (before, job) = (state(&firm, work).await, firm.job(work).await);
        for task in &seen {
            // The answer to a late repetition reaches nobody; only what it does counts.
            let _ = firm.perform_task(&saga, task).await;
            assert_eq!(firm.job(work).await, job, "{failing:?} fails, {task:?} again");
            tasks += 1;
        }
        assert_eq!(state(&firm, work).await, before, "{failing:?} fails");
        firm.assert_sound(&[work], &format!("{failing:?} fails, all again")).await;
    }
    assert!(tasks > 0);
    println!("tasks again after the end: {tasks} cases");
}

#[tokio::test]
async fn each_task_performed_twice_in_a_row_has_its_effect_once() {
    let stack = Stack::start().await;
    let mut tasks = 0;
    for failing in courses() {
        let (firm, work) = Firm::with_hire(&stack).await;
        let inner = firm.saga();
        let saga = course(&inner, failing);
        let before = stack.cloud.work_mail().mutations().unwrap();
        let mut at = 0;
        for step in TABLE.steps {
            let outcomes = [
                firm.perform(&saga, work, step.name, Action::Do).await,
                firm.perform(&saga, work, step.name, Action::Do).await,
            ];
            assert_eq!(outcomes[0], outcomes[1], "{} with {failing:?} failing", step.name);
            let job = firm.job(work).await;
            for late in TABLE.steps.iter().filter_map(|step| step.on_taken?.discard) {
                // A repetition from before the job went on to this address.
                let _ = firm.perform(&saga, work, late, Action::Discard).await;
                assert_eq!(firm.job(work).await, job, "{late} discarded after {}", step.name);
                tasks += 1;
            }
            tasks += 1;
            if outcomes[0].is_err() {
                break;
            }
            at += 1;
        }
        for step in
            TABLE.steps[..=at.min(TABLE.steps.len() - 1)].iter().rev().filter(|_| at < TABLE.steps.len())
        {
            for _ in 0..2 {
                assert_eq!(firm.perform(&saga, work, step.name, Action::Undo).await, Ok(()), "{}", step.name);
            }
            tasks += 1;
        }
        firm.assert_sound(&[work], &format!("{failing:?} fails")).await;
        let after = stack.cloud.work_mail().mutations().unwrap();
        let more = after.iter().map(|(name, count)| count - before.get(name).unwrap_or(&0));
        assert!(more.clone().all(|more| more <= 1), "{failing:?}: {before:?} {after:?}");
        assert!(firm.mails(work).len() <= 1);
    }
    assert!(tasks > 0);
    println!("tasks twice in a row: {tasks} cases");
}
