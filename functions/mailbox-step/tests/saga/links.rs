//! The link of an earlier mail, when a new password is wanted.

use jiff::SignedDuration;
use vestibule_auth::{Actor, MailboxPasswordToken};
use vestibule_domain::{FirstPassword, JobStatus, MailboxProvider, PasswordLinkState};
use vestibule_mailbox_step::CredentialsSaga;
use vestibule_saga::{Action, Failure, Next};

use crate::{firm::Firm, oracle::token, stack::Stack};

#[tokio::test]
async fn a_job_waits_for_a_password_that_is_being_set_and_then_ends_the_link() {
    let stack = Stack::telling(MailboxProvider::WorkMail, FirstPassword::Link).await;
    let (firm, work) = Firm::with_hire(&stack).await;
    firm.run(&firm.saga(), work).await;
    firm.assert_sound(&[work], "the mailbox").await;
    let (world, platform) = (&stack.tools.world, stack.tools.store.platform());
    let link = MailboxPasswordToken::parse(token(&firm.mails(work)[0]).unwrap()).unwrap();
    let mut found = platform.find_password_link(&link, world.now()).await.unwrap().unwrap();
    let stranger = Actor::Stranger { source_ip: None, user_agent: None };
    let until = world.now() + SignedDuration::from_secs(20);
    let taken = platform.take_password_link(&mut found, until, &stranger, world).await.unwrap();
    assert_eq!(taken, PasswordLinkState::Open);

    let (saga, job) = (CredentialsSaga::new(&stack.tools), firm.new_password(work.hire).await);
    assert_eq!(firm.perform(&saga, job, "claim", Action::Do).await, Ok(Next::Step));
    let early = firm.perform(&saga, job, "issue_password", Action::Do).await;
    assert_eq!(early, Err(Failure::retry("password_being_set")));
    assert!(firm.mails(job).is_empty() && firm.job(job).await.step("issue_password").intent.is_none());
    stack.outlast_leases();
    firm.run(&saga, job).await;
    assert_eq!(firm.job(job).await.status, JobStatus::Succeeded);
    assert!(
        platform.find_password_link(&link, world.now()).await.unwrap().is_none(),
        "the older link is over"
    );
    let newest = MailboxPasswordToken::parse(token(&firm.mails(job)[0]).unwrap()).unwrap();
    assert!(platform.find_password_link(&newest, world.now()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_deployment_without_an_address_of_its_own_mails_no_link() {
    let mut stack = Stack::telling(MailboxProvider::WorkMail, FirstPassword::Link).await;
    stack.tools.site = "https://accounts.example.com".to_owned();
    let (firm, work) = Firm::with_hire(&stack).await;
    firm.run(&firm.saga(), work).await;
    let job = firm.job(work).await;
    let code = job.last_error.as_ref().map(|error| error.code.as_str());
    assert_eq!((job.status, code), (JobStatus::NeedsAttention, Some("site_url_is_the_default")));
    assert!(firm.ours().is_empty() && firm.mails(work).is_empty(), "all is undone");
}
