//! The credentials saga: the mail that was sent last opens the mailbox, or nothing has
//! changed, or a person is told that the old password may be gone.

use vestibule_domain::{JobStatus, MailboxProvider, StepStatus};
use vestibule_mailbox_step::CredentialsSaga;
use vestibule_models::{Call, Fault, FaultKind, Service};
use vestibule_saga_kit::{Course, is_clean, numbered, points, run_with_deaths, title, troubles};
use vestibule_sagas::CredentialsStep;

use crate::{
    directory::{Account, WAYS_TO_PASSWORDS},
    firm::{Firm, Work},
    stack::Stack,
};

/// A person with a mailbox, before the next job on it.
struct Owner<'f> {
    firm: &'f Firm<'f>,
    mailbox: Work,
    user: Account,
}

fn owner<'f>(firm: &'f Firm<'f>, mailbox: Work) -> Owner<'f> {
    let user = firm.ours().into_iter().next().unwrap();
    Owner { firm, mailbox, user }
}

impl Owner<'_> {
    /// What is wrong after a job on this mailbox.
    async fn findings(&self, work: Work) -> Vec<String> {
        let (firm, job) = (self.firm, self.firm.job(work).await);
        let (users, mails) = (firm.ours(), firm.mails(work));
        let mut found = firm.touched_strangers();
        found.extend(firm.rows_findings(work).await);
        let hire = firm.find_hire(work.hire).await;
        let record = job.step("issue_password");
        let right = match job.status {
            JobStatus::Succeeded => firm.opens(&mails, &users, &hire),
            JobStatus::Failed => {
                mails.is_empty()
                    && users == [self.user.clone()]
                    && job.steps.values().all(|s| is_clean(s.status))
            }
            // The password may be gone, so no earlier link may set one.
            JobStatus::NeedsAttention => {
                record.status == StepStatus::UndoFailed
                    && record.intent.is_some()
                    && hire.password_link.is_none()
            }
            _ => false,
        };
        if !right {
            found.push(format!("{:?} with {} mails, issue_password {record:?}", job.status, mails.len()));
        }
        if users.len() != 1 || mails.iter().any(|mail| mail.to != [hire.personal_email.as_str()]) {
            found.push("another user or recipient".to_owned());
        }
        found
    }

    async fn run(&self, case: &str, faults: Vec<Fault>) -> JobStatus {
        let work = self.firm.new_password(self.mailbox.hire).await;
        let stack = self.firm.stack;
        stack.cloud.faults().replace(faults);
        self.firm.run(&CredentialsSaga::new(&stack.tools), work).await;
        stack.cloud.faults().clear();
        let found = self.findings(work).await;
        assert!(found.is_empty(), "{case}: {found:#?}");
        self.firm.job(work).await.status
    }
}

async fn with_mailbox(stack: &Stack) -> (Firm<'_>, Work) {
    let (firm, work) = Firm::with_hire(stack).await;
    firm.run(&firm.saga(), work).await;
    firm.assert_sound(&[work], "the mailbox").await;
    (firm, work)
}

async fn clean_calls(firm: &Firm<'_>, mailbox: Work) -> Vec<Call> {
    let work = firm.new_password(mailbox.hire).await;
    let calls = firm.calls_of(&CredentialsSaga::new(&firm.stack.tools), work).await;
    assert_eq!(firm.job(work).await.status, JobStatus::Succeeded);
    calls
}

#[tokio::test]
async fn whatever_goes_wrong_with_a_new_password_nobody_is_locked_out_unnoticed() {
    for (provider, way) in WAYS_TO_PASSWORDS {
        let stack = Stack::telling(provider, way).await;
        let (firm, mailbox) = with_mailbox(&stack).await;
        let calls = clean_calls(&firm, mailbox).await;
        let (mut cases, mut ends) = (0, [0; 3]);
        for (call, passed) in numbered(&calls) {
            for trouble in troubles() {
                let case = format!("{} {}", title(&call, passed), trouble.name);
                let owner = owner(&firm, mailbox);
                let status = owner.run(&case, vec![trouble.at(&call, passed)]).await;
                let end = [JobStatus::Succeeded, JobStatus::Failed, JobStatus::NeedsAttention];
                ends[end.iter().position(|end| *end == status).unwrap()] += 1;
                cases += 1;
            }
        }
        assert!(cases > 0 && cases == calls.len() * troubles().len());
        println!(
            "{provider:?} {way:?} credentials: {cases} cases; succeeded, failed, needs attention: {ends:?}"
        );
    }
}

#[tokio::test]
async fn a_refused_password_changes_nothing_and_a_refused_mail_behind_it_needs_a_person() {
    let stack = Stack::start(MailboxProvider::WorkMail).await;
    let (firm, mailbox) = with_mailbox(&stack).await;
    let refuse =
        |error: &str| FaultKind::Refuse { error: error.into(), status: 400, message: "planted".into() };
    let password = Fault::new(Service::WorkMail, "ResetPassword", refuse("InvalidPasswordException"));
    let mail = Fault::new(Service::Ses, "SendEmail", refuse("MessageRejected"));
    let lost = Fault::new(Service::WorkMail, "ResetPassword", FaultKind::LoseAnswer);
    let cases = [
        ("password refused", vec![password.clone()], JobStatus::Failed),
        ("mail refused", vec![mail], JobStatus::NeedsAttention),
        ("answer lost, then password refused", vec![lost.clone(), password], JobStatus::NeedsAttention),
        ("answer lost", vec![lost], JobStatus::Succeeded),
    ];
    for (case, faults, expected) in &cases {
        let status = owner(&firm, mailbox).run(case, faults.clone()).await;
        assert_eq!(status, *expected, "{case}");
    }
}

#[tokio::test]
async fn a_worker_that_dies_with_a_new_password_leaves_a_job_that_goes_on() {
    for (provider, way) in WAYS_TO_PASSWORDS {
        let stack = Stack::telling(provider, way).await;
        let (firm, mailbox) = with_mailbox(&stack).await;
        let saga = CredentialsSaga::new(&stack.tools);
        let (mut cases, mut twice) = (0, 0);
        for point in points(CredentialsStep::DEFINITION.steps, false) {
            for anew in [false, true] {
                let owner = owner(&firm, mailbox);
                let work = firm.new_password(mailbox.hire).await;
                let course = Course { failing: None, anew };
                run_with_deaths(&firm, &work, &saga, (&[point], course)).await;
                let found = owner.findings(work).await;
                assert!(found.is_empty(), "{point:?}: {found:#?}");
                assert_eq!(firm.job(work).await.status, JobStatus::Succeeded);
                (cases, twice) = (cases + 1, twice + usize::from(firm.mails(work).len() > 1));
            }
        }
        assert!(cases > 0);
        println!(
            "{provider:?} {way:?} credentials deaths: {cases} cases; mails sent more than once: {twice} of {cases} cases"
        );
    }
}
