//! A firm as the place of its own jobs: walking them, and what the test kit has to know of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vestibule_domain::{JobId, TenantId, World};
use vestibule_mailbox_step::MailboxSaga;
use vestibule_models::{Call, Cloud};
use vestibule_saga::{Action, Ended, Failure, Next, Saga};
use vestibule_saga_kit::{self as kit, Place};
use vestibule_store::Store;

use crate::{
    directory::changes,
    firm::{Firm, Work},
    stack::Stack,
};

/// The users that jobs made, the firm's address and the locks, without what differs from firm to firm.
#[derive(Debug, PartialEq)]
pub(crate) struct Outside {
    users: Vec<(String, bool, String)>,
    address: Option<String>,
    locks: usize,
}

impl<'a> Place for Firm<'a> {
    type Saga = MailboxSaga<'a>;
    type Case = Work;
    type Outside = Outside;

    fn store(&self) -> &Store {
        &self.stack.tools.store
    }
    fn world(&self) -> &World {
        &self.stack.tools.world
    }
    fn cloud(&self) -> &Cloud {
        &self.stack.cloud
    }
    fn outlast_leases(&self) {
        self.stack.outlast_leases();
    }
    async fn wait_until(&self, _: &Work, at: Timestamp) {
        self.stack.move_to(at);
    }
    fn saga(&self) -> MailboxSaga<'a> {
        MailboxSaga::new(&self.stack.tools)
    }
    async fn case(&self) -> Work {
        self.hire("José", "Ó'Brien").await
    }
    fn job(&self, work: &Work) -> (TenantId, JobId) {
        (self.tenant.id, work.job)
    }
    async fn findings(&self, work: &Work) -> Vec<String> {
        self.findings(&[*work]).await
    }
    async fn outside(&self, work: &Work) -> Outside {
        let hire = self.find_hire(work.hire).await;
        let users = self.ours().into_iter();
        let users = users.map(|u| (u.name().to_owned(), u.in_use_at().is_some(), u.display_name()));
        Outside {
            users: users.collect(),
            address: hire.address.map(|address| address.local().as_str().to_owned()),
            locks: self.locks(1).await.len(),
        }
    }
    fn changes(&self) -> BTreeMap<String, u64> {
        changes(&self.stack.cloud)
    }
    fn unrepeatable(&self, work: &Work) -> usize {
        self.mails(*work).len()
    }
}

/// Cases of the mailbox saga, each with a firm of its own.
pub(crate) struct Firms<'a>(pub(crate) &'a Stack);

impl<'a> Place for Firms<'a> {
    type Saga = MailboxSaga<'a>;
    type Case = (Firm<'a>, Work);
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
    async fn wait_until(&self, (firm, work): &Self::Case, at: Timestamp) {
        firm.wait_until(work, at).await;
    }
    fn saga(&self) -> MailboxSaga<'a> {
        MailboxSaga::new(&self.0.tools)
    }
    async fn case(&self) -> Self::Case {
        Firm::with_hire(self.0).await
    }
    fn job(&self, (firm, work): &Self::Case) -> (TenantId, JobId) {
        Place::job(firm, work)
    }
    async fn findings(&self, (firm, work): &Self::Case) -> Vec<String> {
        firm.findings(&[*work]).await
    }
    async fn outside(&self, (firm, work): &Self::Case) -> Outside {
        firm.outside(work).await
    }
    fn changes(&self) -> BTreeMap<String, u64> {
        changes(&self.0.cloud)
    }
    fn unrepeatable(&self, (firm, work): &Self::Case) -> usize {
        firm.mails(*work).len()
    }
}

impl Firm<'_> {
    /// Walks the job to its end; the clock moves on between tries.
    pub(crate) async fn run(&self, saga: &impl Saga, work: Work) -> Ended {
        kit::run(self, &work, saga).await
    }

    /// Walks the job to its end and names the calls that this took.
    pub(crate) async fn calls_of(&self, saga: &impl Saga, work: Work) -> Vec<Call> {
        kit::calls_of(self, &work, saga).await
    }

    /// Performs one task of the job's current run until it is done, or has failed for good.
    pub(crate) async fn perform_patiently(
        &self,
        saga: &impl Saga,
        work: Work,
        (step, action): (&str, Action),
    ) -> Result<Next, Failure> {
        loop {
            match kit::perform_through(self, &work, saga, (step, action)).await {
                Err(failure) if failure.may_pass() => self.stack.outlast_leases(),
                ended => return ended,
            }
        }
    }

    /// Performs one task of the job's current run.
    pub(crate) async fn perform(
        &self,
        saga: &impl Saga,
        work: Work,
        step: &str,
        action: Action,
    ) -> Result<Next, Failure> {
        kit::perform_step(self, &work, saga, (step, action)).await
    }
}
