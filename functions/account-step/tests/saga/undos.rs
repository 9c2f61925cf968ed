//! Undos that fail, and what stays because somebody did something with it.

use jiff::SignedDuration;
use vestibule_auth::{Actor, SystemTask};
use vestibule_domain::{JobStatus, StepStatus, UserState, UserStatus};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_saga::{Action, Failure, Next, Saga, Task, ask_to_stop, perform};
use vestibule_saga_kit::{self as kit, Moment, Turn, Twisted};
use vestibule_store::{JobEvent, UserChange};

use crate::orders::{At, Case, KINDS, Orders, Person};

fn refuse() -> Fault {
    let kind = FaultKind::Refuse { error: "MessageRejected".into(), status: 400, message: "planted".into() };
    Fault::new(Service::Ses, "SendEmail", kind).times(2)
}

#[tokio::test]
async fn an_undo_that_fails_for_good_is_named_and_goes_on_when_a_person_retries() {
    let mut cases = 0;
    for kind in KINDS {
        let orders = Orders::open(kind).await;
        let (at, saga) = (At(&orders), orders.saga());
        for step in ["tenant", "account", "subscription", "invitation"] {
            let case = orders.new_case().await;
            let failing = |moment: Moment<'_>| match (moment.step, moment.undo) {
                (name, true) if name == step => Turn::failure(),
                ("invitation", false) => Turn::failure(),
                _ => Turn::Go,
            };
            kit::run(&at, &case, &Twisted::new(&saga).before(failing)).await;
            let job = orders.find_job(&case).await;
            assert_eq!(job.status, JobStatus::NeedsAttention, "{kind:?} {step}");
            assert_eq!(job.step(step).status, StepStatus::UndoFailed, "{kind:?} {step}");
            assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?} {step}");
            orders.retry(&case).await;
            kit::run(&at, &case, &saga).await;
            let job = orders.find_job(&case).await;
            assert!(
                matches!(job.status, JobStatus::Failed | JobStatus::Succeeded),
                "{kind:?} {step}: {job:#?}"
            );
            assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?} {step}");
            cases += 1;
        }
    }
    println!("undos that fail for good: {cases} cases");
}

#[tokio::test]
async fn a_mail_refused_twice_leaves_nothing_and_both_tries_on_record() {
    for kind in KINDS {
        let orders = Orders::open(kind).await;
        let case = orders.new_case().await;
        orders.kit.cloud.faults().set(refuse());
        let before = orders.kit.cloud.calls().len();
        kit::run(&At(&orders), &case, &orders.saga()).await;
        let job = orders.find_job(&case).await;
        assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?}");
        assert_eq!(job.status, JobStatus::Failed, "{kind:?}");
        let state: vestibule_sagas::AccountState = job.state().unwrap();
        let refused: Vec<_> = state.mails.iter().map(|mail| mail.refused.as_deref()).collect();
        assert_eq!(refused, [Some("message_rejected"); 2], "{kind:?}");
        assert_eq!(orders.kit.cloud.calls().len() - before, 2, "{kind:?}: the mail service was asked twice");
        // A person who retries gets two more tries.
        orders.retry(&case).await;
        kit::run(&At(&orders), &case, &orders.saga()).await;
        assert_eq!(orders.find_job(&case).await.status, JobStatus::Succeeded, "{kind:?}");
        assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_service_that_asks_to_wait_has_refused_nothing() {
    for kind in KINDS {
        let orders = Orders::open(kind).await;
        let case = orders.new_case().await;
        let throttled = Fault::new(Service::Ses, "SendEmail", FaultKind::Throttle { retry_after: 1 });
        orders.kit.cloud.faults().set(throttled.times(4));
        kit::run(&At(&orders), &case, &orders.saga()).await;
        let job = orders.find_job(&case).await;
        assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?}");
        assert_eq!(job.status, JobStatus::Succeeded, "{kind:?}");
        let state: vestibule_sagas::AccountState = job.state().unwrap();
        let tries: Vec<_> = state.mails.iter().map(|mail| (mail.refused.as_deref(), mail.waits)).collect();
        assert_eq!(tries[..4], [(Some("throttled"), true); 4], "{kind:?}");
        assert_eq!(tries[4..], [(None, false)], "{kind:?}");
        // Between the waits it is refused twice: that ends the job.
        let case = orders.new_case().await;
        let throttled = Fault::new(Service::Ses, "SendEmail", FaultKind::Throttle { retry_after: 1 });
        orders.kit.cloud.faults().set(throttled.times(2));
        orders.kit.cloud.faults().set(refuse());
        kit::run(&At(&orders), &case, &orders.saga()).await;
        assert_eq!(orders.find_job(&case).await.status, JobStatus::Failed, "{kind:?}");
        assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?}");
    }
}

/// Performs one task of the job's first run.
async fn task(
    orders: &Orders,
    case: &Case,
    saga: &impl Saga,
    step: &str,
    action: Action,
) -> Result<Next, Failure> {
    let (step, tenant, job) = (step.to_owned(), case.tenant, case.job);
    let task = Task { saga: "account".to_owned(), step, action, tenant, job, attempt: 1 };
    perform(saga, &orders.accounts.store, &orders.kit.world, &task).await
}

#[tokio::test]
async fn a_wish_to_stop_counts_that_came_when_the_job_had_failed_by_itself() {
    let steps = ["tenant", "account", "subscription", "invitation"];
    for kind in KINDS {
        let orders = Orders::open(kind).await;
        let (case, saga) = (orders.new_case().await, orders.saga());
        let failing = Twisted::new(&saga).failing_at("invitation");
        for step in steps {
            let done = task(&orders, &case, &failing, step, Action::Do).await;
            assert_eq!(done.is_err(), step == "invitation", "{kind:?} {step}");
        }
        let (mut job, scope) = (orders.find_job(&case).await, Orders::scope(case.tenant));
        assert_eq!(job.status, JobStatus::Running, "{kind:?}: nothing was undone yet");
        ask_to_stop(&mut job, orders.kit.world.now());
        let event = JobEvent { from: Some(JobStatus::Running), action: "job.cancel", ..JobEvent::default() };
        orders.kit.store.tenant(&scope).save_job(&mut job, event, &orders.kit.world).await.unwrap();
        for step in steps.iter().rev() {
            task(&orders, &case, &saga, step, Action::Undo).await.unwrap();
        }
        assert_eq!(orders.find_job(&case).await.status, JobStatus::Cancelled, "{kind:?}");
        assert_eq!(orders.judge(&case).await, Vec::<String>::new(), "{kind:?}");
    }
}

#[tokio::test]
async fn a_person_who_did_something_meanwhile_stays_and_is_named() {
    for new_tenant in [false, true] {
        let orders = Orders::open((Person::New, new_tenant)).await;
        let case = orders.new_case().await;
        let saga = orders.saga();
        let twisted = Twisted::new(&saga).before(|moment| {
            let here = moment.step == "invitation" && !moment.undo;
            if here { Turn::Die } else { Turn::Go }
        });
        assert_eq!(twisted.run_or_die(&At(&orders), &case, |_, _| false).await, None);
        // As by a link that somebody was sent by hand: the person sets themselves up.
        let platform = orders.kit.store.platform();
        let mut user = platform.find_user(case.order.user).await.unwrap().unwrap();
        let since = orders.kit.world.now() + SignedDuration::from_secs(1);
        user.status = UserStatus { state: UserState::Active, since, by: user.id.to_string() };
        let change = UserChange { action: "user.activate", ..UserChange::default() };
        let actor = Actor::System(SystemTask::Seed);
        platform.change_user(&mut user, &change, &actor, &orders.kit.world).await.unwrap();
        kit::go_on(&At(&orders), &case, true).await;
        kit::run(&At(&orders), &case, &Twisted::new(&saga).failing_at("invitation")).await;
        let job = orders.find_job(&case).await;
        assert_eq!(job.status, JobStatus::NeedsAttention);
        let undo = job.step("account");
        assert_eq!((undo.status, undo.error.as_deref()), (StepStatus::UndoFailed, Some("account_in_use")));
        assert!(platform.find_membership(case.tenant, case.order.user).await.unwrap().is_some());
        assert!(saga.definition().find("account").is_some());
    }
}
