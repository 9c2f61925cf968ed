//! Bugs planted into the saga are found by the oracle; else its silence would prove nothing.

use vestibule_domain::{Address, MailboxProvider};
use vestibule_models::{Fault, FaultKind, Service};
use vestibule_saga::{Done, Failure, StepOutcome};
use vestibule_saga_kit::{Moment, Turn, Twisted};
use vestibule_store::JobWrites;

use crate::{
    firm::{Firm, Work},
    stack::Stack,
};

type Outcome = Result<StepOutcome, Failure>;

/// A bug: where it sits, what it does instead, and what the oracle must say of it.
struct Bug {
    name: &'static str,
    says: &'static str,
    /// The step that fails for good, so that the undos run.
    failing: &'static str,
    /// The call that is refused for good.
    refused: Option<&'static str>,
    before: fn(Moment<'_>, &Firm<'_>) -> Option<Done>,
    after: fn(Moment<'_>, &Outcome) -> Option<Outcome>,
}

const NO_BUG: Bug = Bug {
    name: "none",
    says: "",
    failing: "issue_password",
    refused: None,
    before: |_, _| None,
    after: |_, _| None,
};

fn here(moment: Moment<'_>, step: &str, undo: bool) -> bool {
    moment.step == step && moment.undo == undo
}

fn release(address: Address) -> Done {
    Done::plain().writing(JobWrites::none().release(address))
}

fn done(outcome: &Outcome) -> Option<&Done> {
    if let Ok(StepOutcome::Done(done)) = outcome { Some(done) } else { None }
}

fn bugs() -> Vec<Bug> {
    let mut bugs = bugs_of_undos();
    bugs.extend(bugs_of_steps());
    bugs
}

fn bugs_of_undos() -> Vec<Bug> {
    vec![
        Bug {
            name: "an undo is skipped",
            says: "orphaned: no job names the user",
            before: |moment, _| here(moment, "create_user", true).then(Done::plain),
            ..NO_BUG
        },
        Bug {
            name: "the address is kept",
            says: "orphaned: nobody needs the lock",
            before: |moment, _| here(moment, "reserve_address", true).then(Done::plain),
            ..NO_BUG
        },
        Bug {
            name: "the address is given back first",
            says: "the address was given back while its user is there",
            refused: Some("DeleteUser"),
            before: |moment, firm| here(moment, "issue_password", true).then(|| release(firm.address(1))),
            ..NO_BUG
        },
        Bug {
            name: "a failed undo is swallowed",
            says: "orphaned: no job names the user",
            refused: Some("DeleteUser"),
            after: |moment, outcome| (moment.undo && outcome.is_err()).then(|| Ok(Done::plain().into())),
            ..NO_BUG
        },
        Bug {
            name: "a mail that is out is forgotten",
            says: "a mail was sent",
            failing: "no step",
            before: |moment, _| here(moment, "issue_password", true).then(Done::plain),
            after: |moment, _| {
                here(moment, "issue_password", false).then(|| Err(Failure::permanent("planted")))
            },
            ..NO_BUG
        },
        Bug {
            name: "the end is not recorded",
            says: "lost: the job has not ended",
            before: |moment, _| here(moment, "claim", true).then(Done::plain),
            ..NO_BUG
        },
    ]
}

fn bugs_of_steps() -> Vec<Bug> {
    const GOING_WELL: Bug = Bug { failing: "no step", ..NO_BUG };
    vec![
        Bug {
            name: "the address is not locked",
            says: "the address was given back while its user is there",
            after: |moment, outcome| {
                let effect = done(outcome)?.effect.clone();
                here(moment, "reserve_address", false).then(|| Ok(Done { effect, ..Done::plain() }.into()))
            },
            ..GOING_WELL
        },
        Bug {
            name: "a stranger is adopted",
            says: "touched: the stranger",
            before: |moment, firm| {
                let stranger = || firm.strangers.lock().unwrap()[0].id().to_owned();
                here(moment, "create_user", false).then(|| Done::with(stranger()))
            },
            ..GOING_WELL
        },
        Bug {
            name: "the effect is recorded, not made",
            says: "the mailbox is not as it should be",
            refused: Some("ResetPassword"),
            before: |moment, firm| {
                let user =
                    || firm.ours().first().map_or_else(|| "none".to_owned(), |user| user.id().to_owned());
                here(moment, "enable_mailbox", false).then(|| Done::with(user()))
            },
            after: |moment, outcome| {
                (!moment.undo && outcome.is_err()).then(|| Ok(Done::with("issued").into()))
            },
            ..GOING_WELL
        },
        Bug {
            name: "a failure is swallowed",
            says: "no mail was sent",
            refused: Some("SendEmail"),
            after: |moment, outcome| {
                (!moment.undo && outcome.is_err()).then(|| Ok(Done::with("sent").into()))
            },
            ..GOING_WELL
        },
        Bug {
            name: "no mail is sent",
            says: "no mail was sent",
            before: |moment, _| here(moment, "issue_password", false).then(|| Done::with("sent")),
            ..GOING_WELL
        },
        Bug {
            name: "the hire is not told",
            says: "the mailbox is not as it should be",
            after: |moment, outcome| {
                let status = done(outcome)?.status;
                here(moment, "finish", false).then(|| Ok(Done { status, ..Done::plain() }.into()))
            },
            ..GOING_WELL
        },
    ]
}

/// Runs a job with the bug; returns what the oracle says.
async fn findings(firm: &Firm<'_>, work: Work, bug: &Bug) -> Vec<String> {
    let saga = firm.saga();
    if let Some(operation) = bug.refused {
        let service = if operation == "SendEmail" { Service::Ses } else { Service::WorkMail };
        let error = "AccessDeniedException".to_owned();
        let refuse = FaultKind::Refuse { error, status: 400, message: "planted".to_owned() };
        firm.stack.cloud.faults().set(Fault::new(service, operation, refuse).times(u32::MAX));
    }
    let twisted = Twisted::new(&saga)
        .before(|moment| match (bug.before)(moment, firm) {
            Some(done) => Turn::Answer(Box::new(Ok(done.into()))),
            None if here(moment, bug.failing, false) => Turn::failure(),
            None => Turn::Go,
        })
        .after(|moment, outcome| {
            (bug.after)(moment, outcome).map_or(Turn::Go, |outcome| Turn::Answer(Box::new(outcome)))
        });
    firm.run(&twisted, work).await;
    firm.stack.cloud.faults().clear();
    firm.findings(&[work]).await
}

#[tokio::test]
async fn every_planted_bug_is_found() {
    let stack = Stack::start(MailboxProvider::WorkMail).await;
    let (firm, work) = Firm::with_hire(&stack).await;
    assert_eq!(findings(&firm, work, &NO_BUG).await, [""; 0], "without a bug there is nothing to find");
    for bug in bugs() {
        let (firm, work) = Firm::with_hire(&stack).await;
        let found = findings(&firm, work, &bug).await;
        assert!(found.iter().any(|wrong| wrong.contains(bug.says)), "{}: {found:#?}", bug.name);
    }
    println!("planted bugs: {} of {} cases found", bugs().len(), bugs().len());
}
