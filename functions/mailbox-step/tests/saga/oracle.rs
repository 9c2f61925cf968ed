//! Reads the table, the directory and the mails after a run, and names everything that is wrong:
//! lost, doubled, left over, taken from others, told to the wrong ones.

use vestibule_auth::MailboxPasswordToken;
use vestibule_domain::{FirstPassword, Hire, Job, JobKind, JobStatus, PasswordLinkState, StepStatus};
use vestibule_mailbox_step::FOR_THE_PROVIDERS_ADMIN;
use vestibule_models::SentMail;
use vestibule_saga_kit::is_clean;

use crate::{
    directory::Account,
    firm::{Firm, Work},
};

/// What stands outside on behalf of one job.
struct Outcome {
    work: Work,
    job: Job,
    hire: Hire,
    users: Vec<Account>,
    mails: Vec<SentMail>,
}

impl Firm<'_> {
    /// Everything that is wrong with these jobs, which must be all mailbox jobs of the firm.
    pub(crate) async fn findings(&self, works: &[Work]) -> Vec<String> {
        let mut found = self.touched_strangers();
        let mut outcomes = Vec::new();
        for work in works {
            let (job, hire) = (self.job(*work).await, self.find_hire(work.hire).await);
            let users = self.ours().into_iter().filter(|user| names(&job, user)).collect();
            outcomes.push(Outcome { work: *work, job, hire, users, mails: self.mails(*work) });
        }
        for user in self.ours() {
            match outcomes.iter().filter(|outcome| outcome.users.contains(&user)).count() {
                0 => found.push(format!("orphaned: no job names the user {}", user.name())),
                1 => {}
                more => found.push(format!("doubled: {more} jobs name the user {}", user.name())),
            }
        }
        let locks = self.locks(works.len()).await;
        for (address, job) in &locks {
            let held = outcomes.iter().any(|o| o.job.id.to_string() == *job && holds(&o.job, address));
            if !held {
                found.push(format!("orphaned: nobody needs the lock of {address}"));
            }
        }
        for outcome in &outcomes {
            found.extend(self.judge(outcome, &locks));
            found.extend(self.rows_findings(outcome.work).await);
        }
        found
    }

    /// Panics with the findings, if there are any.
    pub(crate) async fn assert_sound(&self, works: &[Work], case: &str) {
        let found = self.findings(works).await;
        assert!(found.is_empty(), "{case}: {found:#?}\n{:#?}", self.job(works[0]).await);
    }

    /// Foreign users that are not as they were.
    pub(crate) fn touched_strangers(&self) -> Vec<String> {
        let (users, strangers) = (self.users(), self.strangers.lock().unwrap());
        let touched = strangers.iter().filter(|stranger| !users.contains(stranger));
        touched.map(|stranger| format!("touched: the stranger {}", stranger.name())).collect()
    }

    fn judge(&self, outcome: &Outcome, locks: &[(String, String)]) -> Vec<String> {
        let Outcome { work, job, hire, users, mails } = outcome;
        let mut found = Vec::new();
        let mut check = |holds: bool, wrong: &str| {
            if !holds {
                found.push(format!("{}: {wrong}", job.id));
            }
        };
        check(job.status.is_final(), "lost: the job has not ended");
        check(job.lease_until.is_none(), "the job ended under a lease");
        check(hire.provisioning == Some(job.status), "the hire shows another status");
        check(users.len() <= 1, "doubled: several users");
        let lock_of = |user: &Account| {
            let address = format!("{}@{}", user.name(), self.domain().as_str());
            locks.contains(&(address, work.job.to_string()))
        };
        check(users.iter().all(lock_of), "the address was given back while its user is there");
        let personal = hire.personal_email.as_str();
        check(
            mails.iter().all(|mail| mail.to == [personal] && mail.cc.is_empty() && mail.bcc.is_empty()),
            "a mail went elsewhere",
        );
        let clean = job.steps.values().all(|step| is_clean(step.status));
        match job.status {
            JobStatus::Succeeded => {
                check(job.steps.values().all(|step| step.status == StepStatus::Done), "a step is not done");
                check(users.len() == 1, "there is no mailbox");
                check(
                    users.iter().all(|user| self.complete(outcome, user)),
                    "the mailbox is not as it should be",
                );
                check(!mails.is_empty(), "no mail was sent");
                check(self.opens(mails, users, hire), "the last mail does not open the mailbox");
            }
            JobStatus::Failed | JobStatus::Cancelled => {
                check(clean, "a step was not undone");
                check(hire.address.is_none() && hire.mailbox.is_none(), "the hire has a mailbox");
                check(hire.password_link.is_none(), "the hire has a link");
                check(mails.is_empty(), "a mail was sent");
                check(job.last_error.is_some(), "there is no reason");
            }
            _ => {
                let mail = job.step("issue_password");
                check(mails.is_empty() || !is_clean(mail.status), "nothing tells of the mail");
                let asks_person = users.is_empty() && mails.is_empty() && clean;
                let named = ["name_without_letters", "address_reserved", "addresses_used_up"];
                let code = job.last_error.as_ref().map_or("", |error| error.code.as_str());
                let for_person = named.contains(&code) || FOR_THE_PROVIDERS_ADMIN.contains(&code);
                check(!asks_person || for_person, "a person is asked though nothing is left");
                check(
                    job.last_error.is_some() || job.steps.values().any(|s| s.error.is_some()),
                    "there is no reason",
                );
            }
        }
        found
    }

    fn complete(&self, outcome: &Outcome, user: &Account) -> bool {
        let Outcome { job, hire, .. } = outcome;
        let address = format!("{}@{}", user.name(), self.domain().as_str());
        user.in_use_at() == Some(address.as_str())
            && user.display_name() == hire.name.display()
            && hire.mailbox.as_deref() == Some(user.id())
            && hire.mailbox_provider() == Some(self.directory.provider)
            && hire.address.as_ref().map(ToString::to_string) == Some(address)
            && job.step("create_user").effect.as_deref() == Some(user.id())
    }

    /// Whether the last mail leads to the mailbox, and none tells what it should not: its password is the user's, or it has no
    /// password and its link is the one that the hire has.
    pub(crate) fn opens(&self, mails: &[SentMail], users: &[Account], hire: &Hire) -> bool {
        let Some(last) = mails.last() else { return false };
        let (told, link) = (password(last), hire.password_link.as_ref());
        match self.stack.way {
            FirstPassword::Mailed => {
                let fits = |user: &Account| told.is_some_and(|told| user.opens(&self.stack.cloud, told));
                link.is_none() && mails.iter().all(|mail| token(mail).is_none()) && users.iter().all(fits)
            }
            FirstPassword::Link => {
                let (tenant, now) = (self.tenant.id, self.stack.tools.world.now());
                let token = token(last).and_then(|token| MailboxPasswordToken::parse(token).ok());
                let named = token.filter(|token| (token.tenant, token.hire) == (tenant, hire.id));
                let kept = named.zip(link).is_some_and(|(token, link)| {
                    link.digest == token.digest().as_str() && link.state(now) == PasswordLinkState::Open
                });
                kept && mails.iter().all(|mail| password(mail).is_none())
            }
        }
    }
}

/// Whether the job's record leads to this user: by its id, or by its mark at the reserved address.
fn names(job: &Job, user: &Account) -> bool {
    let record = job.step("create_user");
    let marked = user.is_marked(job.id) && holds_local(job, user.name());
    !is_clean(record.status) && (record.effect.as_deref() == Some(user.id()) || marked)
}

fn holds_local(job: &Job, local: &str) -> bool {
    let address = job.step("reserve_address").effect.unwrap_or_default();
    address.split('@').next() == Some(local)
}

fn holds(job: &Job, address: &str) -> bool {
    let record = job.step("reserve_address");
    job.kind == JobKind::MAILBOX && !is_clean(record.status) && record.effect.as_deref() == Some(address)
}

/// The temporary password in a mail's text.
pub(crate) fn password(mail: &SentMail) -> Option<&str> {
    let line = mail.text.as_deref()?.lines().find(|line| line.contains("Temporary password:"))?;
    line.rsplit(' ').next()
}

/// The token of the link in a mail's text.
pub(crate) fn token(mail: &SentMail) -> Option<&str> {
    let (_, rest) = mail.text.as_deref()?.split_once("/mailbox/password?token=")?;
    rest.split_whitespace().next()
}
