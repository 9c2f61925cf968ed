//! A firm in which somebody leaves and somebody else has the mail from then on; and the oracle that looks at both after the job.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use vestibule_domain::{
    AddressFate, Hire, Job, JobId, JobKind, JobStatus, Leaving, LeavingDays, MailboxProvider, StepStatus,
    TenantId, World,
};
use vestibule_mailbox_step::OffboardingSaga;
use vestibule_models::Cloud;
use vestibule_saga_kit::{Place, is_clean};
use vestibule_sagas::OffboardingState;
use vestibule_store::Store;

use crate::{
    directory::{Account, changes},
    firm::{Firm, Work},
    stack::Stack,
};

/// What leaving changes of a user, without what differs from firm to firm.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    /// Local part of the primary address, and whether the user may sign in.
    pub(crate) primary: (String, bool),
    /// Local parts of further addresses.
    pub(crate) aliases: Vec<String>,
    /// Local parts of those to whom rules send the mail on.
    pub(crate) sent_on_to: Vec<String>,
    /// The rights of others in the mailbox.
    pub(crate) rights: Vec<Vec<String>>,
}

/// Somebody leaves.
pub(crate) struct Case<'a> {
    pub(crate) firm: Firm<'a>,
    pub(crate) work: Work,
    pub(crate) leaver: Account,
    pub(crate) to: Option<Account>,
    address: String,
}

/// Both users, the hire and the lock of the address.
#[derive(Debug, PartialEq)]
pub(crate) struct Outside {
    leaver: Option<Seen>,
    to: Option<Seen>,
    mailbox: bool,
    leaving: bool,
    locked: bool,
}

/// Cases of the offboarding saga, each with a firm of its own; with somebody who has the mail, or without.
pub(crate) struct Leavers<'a>(pub(crate) &'a Stack, pub(crate) bool);

fn local(address: &str) -> String {
    let local = address.split('@').next().unwrap_or_default();
    // The rest is the job's.
    if local.starts_with("left-") { "left".to_owned() } else { local.to_owned() }
}

/// What leaving changes of it.
pub(crate) fn seen(account: &Account) -> Seen {
    let locals = |addresses: &[String]| addresses.iter().map(|address| local(address)).collect();
    let usual = |primary: &str, signs_in| Seen {
        primary: (local(primary), signs_in),
        aliases: Vec::new(),
        sent_on_to: Vec::new(),
        rights: Vec::new(),
    };
    match account {
        Account::WorkMail(user) => Seen {
            aliases: locals(&user.aliases),
            rights: user.permissions.iter().map(|held| held.values.clone()).collect(),
            ..usual(user.email.as_deref().unwrap_or_default(), true)
        },
        Account::Google(user) => {
            Seen { aliases: locals(&user.aliases), ..usual(&user.primary_email, !user.suspended) }
        }
        Account::Microsoft(user) => {
            let to = |rule: &Value| {
                let address = rule["actions"]["redirectTo"][0]["emailAddress"]["address"].as_str();
                local(address.unwrap())
            };
            let sent_on_to = user.message_rules.iter().map(to).collect();
            Seen { sent_on_to, ..usual(&user.user_principal_name, user.account_enabled) }
        }
    }
}

impl Case<'_> {
    pub(crate) fn find(&self, account: &Account) -> Option<Account> {
        self.firm.users().into_iter().find(|user| user.id() == account.id())
    }

    pub(crate) async fn hire(&self) -> Hire {
        self.firm.find_hire(self.work.hire).await
    }

    async fn locked(&self) -> bool {
        self.firm.locks(1).await.iter().any(|(address, _)| *address == self.address)
    }

    async fn outside(&self) -> Outside {
        let hire = self.hire().await;
        let see = |account: &Account| self.find(account).as_ref().map(seen);
        Outside {
            leaver: see(&self.leaver),
            to: self.to.as_ref().and_then(see),
            mailbox: hire.mailbox.is_some() && hire.address.is_some(),
            leaving: hire.leaving.is_some(),
            locked: self.locked().await,
        }
    }

    /// Both as they were.
    fn before(&self) -> Outside {
        Outside {
            leaver: Some(seen(&self.leaver)),
            to: self.to.as_ref().map(seen),
            mailbox: true,
            leaving: false,
            locked: true,
        }
    }

    /// Whether the successor has the address itself.
    fn moves(&self) -> bool {
        self.to.is_some() && self.firm.stack.provider == MailboxProvider::Google
    }

    async fn findings(&self) -> Vec<String> {
        let (job, hire, outside) = (self.firm.job(self.work).await, self.hire().await, self.outside().await);
        let mut found = self.firm.touched_strangers();
        found.extend(self.firm.rows_findings(self.work).await);
        let mut check = |holds: bool, wrong: &str| {
            if !holds {
                found.push(format!("{}: {wrong}: {outside:?}", job.id));
            }
        };
        check(job.status.is_final(), "lost: the job has not ended");
        check(job.lease_until.is_none(), "the job ended under a lease");
        check(hire.provisioning == Some(JobStatus::Succeeded), "the hire shows another mailbox job");
        match job.status {
            JobStatus::Succeeded => self.judge_left(&hire, &outside, &mut check),
            JobStatus::Failed | JobStatus::Cancelled => {
                check(outside == self.before(), "not as before");
                check(job.steps.values().all(|step| is_clean(step.status)), "a step was not undone");
                check(job.last_error.is_some(), "there is no reason");
            }
            _ => self.judge_halted(&job, &outside, &mut check),
        }
        found
    }

    fn judge_left(&self, hire: &Hire, outside: &Outside, check: &mut impl FnMut(bool, &str)) {
        check(outside.leaver.is_none(), "the mailbox is there");
        check(!outside.mailbox && hire.mailbox_at.is_none(), "the hire shows a mailbox");
        let deleted = hire.leaving.as_ref().and_then(|leaving| leaving.deleted.as_ref());
        let fate = deleted.map(|deleted| (deleted.address.to_string(), deleted.fate));
        let expected = match fate {
            Some((address, AddressFate::HandedOver)) => self.moves() && address == self.address,
            Some((address, AddressFate::Free(_))) => !self.moves() && address == self.address,
            _ => false,
        };
        check(expected, "the hire does not tell what became of the address");
        check(outside.locked == self.moves(), "the lock of the address");
        let mut to = self.to.as_ref().map(seen);
        if let Some(to) = to.as_mut().filter(|_| self.moves()) {
            to.aliases.push(local(&self.address));
        }
        check(outside.to == to, "the successor has not what was handed over, or more");
    }

    /// What is left must be named by a step that came to a halt, and what is not named be as before.
    fn judge_halted(&self, job: &Job, outside: &Outside, check: &mut impl FnMut(bool, &str)) {
        let halted = |name: &str| !is_clean(job.step(name).status);
        let unfinished = [StepStatus::UndoFailed, StepStatus::Failed];
        let named = job.steps.values().any(|step| unfinished.contains(&step.status));
        check(named || *outside == self.before(), "something is left, and no step tells of it");
        check(
            job.last_error.is_some() || job.steps.values().any(|step| step.error.is_some()),
            "there is no reason",
        );
        let before = self.before();
        match (&outside.leaver, before.leaver) {
            (Some(leaver), Some(before)) => {
                check(halted("block_sign_in") || leaver.primary.1 == before.primary.1, "the block is left");
                let handed = |seen: &Seen| {
                    (
                        seen.primary.0.clone(),
                        seen.aliases.clone(),
                        seen.sent_on_to.clone(),
                        seen.rights.clone(),
                    )
                };
                check(halted("hand_over") || handed(leaver) == handed(&before), "the hand-over is left");
                check(outside.mailbox, "the hire shows no mailbox");
            }
            _ => check(halted("delete_mailbox"), "the mailbox is gone, and no step tells of it"),
        }
        check(halted("hand_over") || outside.to == before.to, "the successor is not as before");
        check(outside.locked || outside.leaver.is_none(), "the address was given back before the mailbox");
    }
}

impl<'a> Leavers<'a> {
    /// Two hires with mailboxes, of whom one leaves.
    pub(crate) async fn leave(&self, days: i64) -> Case<'a> {
        let firm = Firm::open(self.0).await;
        let mailbox = firm.hire("José", "Ó'Brien").await;
        firm.run(&firm.saga(), mailbox).await;
        let to = if self.1 { Some(firm.hire("Kim", "Lee").await) } else { None };
        if let Some(to) = to {
            firm.run(&firm.saga(), to).await;
        }
        let mut hire = firm.find_hire(mailbox.hire).await;
        let successor = match to {
            Some(to) => Some(firm.find_hire(to.hire).await),
            None => None,
        };
        let world = &self.0.tools.world;
        let (mut job, days) =
            (Job::new(JobKind::OFFBOARDING, hire.id, world), LeavingDays::parse(days).unwrap());
        let state = OffboardingState { successor: to.map(|to| to.hire), days, ..OffboardingState::default() };
        job.set_state(&state).unwrap();
        hire.leaving = Some(Leaving {
            job: job.id,
            hand_over_to: successor.as_ref().and_then(|hire| hire.address.clone()),
            deletes_at: days.after(world.now()),
            deleted: None,
        });
        firm.store().create_job(&job, &mut hire, None, world).await.unwrap();
        let work = Work { hire: hire.id, job: job.id };
        firm.begin(work).await;
        let user = |hire: &Hire| {
            let id = hire.mailbox.clone().unwrap();
            firm.users().into_iter().find(|user| user.id() == id).unwrap()
        };
        let (leaver, to) = (user(&hire), successor.as_ref().map(user));
        let address = hire.address.as_ref().unwrap().to_string();
        Case { firm, work, leaver, to, address }
    }
}

impl<'a> Place for Leavers<'a> {
    type Saga = OffboardingSaga<'a>;
    type Case = Case<'a>;
    type Outside = Outside;

    fn store(&self) -> &Store {
        &self.0.tools.store
    }
    fn world(&self) -> &World {
        &self.0.tools.world
    }
    fn cloud(&self) -> &Cloud {
        &self.0.cloud
    }
    fn outlast_leases(&self) {
        self.0.outlast_leases();
    }
    async fn wait_until(&self, _: &Case<'a>, at: Timestamp) {
        self.0.move_to(at);
    }
    fn saga(&self) -> OffboardingSaga<'a> {
        OffboardingSaga::new(&self.0.tools)
    }
    async fn case(&self) -> Case<'a> {
        self.leave(30).await
    }
    fn job(&self, case: &Case<'a>) -> (TenantId, JobId) {
        (case.firm.tenant.id, case.work.job)
    }
    async fn findings(&self, case: &Case<'a>) -> Vec<String> {
        case.findings().await
    }
    /// Whether the hire leaves is written beside what stands outside: it begins with the start.
    async fn outside(&self, case: &Case<'a>) -> Outside {
        Outside { leaving: false, ..case.outside().await }
    }
    /// Taking an alias away again changes nothing.
    fn changes(&self) -> BTreeMap<String, u64> {
        let mut all = changes(&self.0.cloud);
        all.remove("Google users.aliases.delete");
        all
    }
    fn unrepeatable(&self, case: &Case<'a>) -> usize {
        usize::from(case.find(&case.leaver).is_none())
    }
}
