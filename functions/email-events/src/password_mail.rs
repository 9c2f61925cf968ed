//! Mails with a password: the job that sent one has the message's id, and its hire shows what became of it.

use jiff::{SignedDuration, Timestamp};
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{Hire, HireId, Job, JobId, TenantId};
use vestibule_sagas::CredentialsStep;
use vestibule_store::StoreError;

use crate::{EmailEvents, Outcome, Report};

/// A job that has sent its mail is left to note that by itself for this long: both would write the hire.
const AT_WORK: SignedDuration = SignedDuration::from_secs(30);

impl EmailEvents {
    pub(crate) async fn password_mail(
        &self,
        (tenant, hire, job): (TenantId, HireId, JobId),
        report: &Report,
    ) -> Result<Outcome, StoreError> {
        // The mail service gives back the tags that the job wrote; that the job knows the message is looked at below.
        let scope = TenantScope::for_system(tenant, SystemTask::EmailEvents);
        let (store, now) = (self.store.tenant(&scope), self.world.now());
        let job = store.find::<Job>(job).await?.filter(|job| job.subject.hire() == Some(hire));
        let Some(job) = job else { return Ok(Outcome::Unknown) };
        match has_sent(&job, &report.message, now) {
            Sent::This => {}
            Sent::Perhaps => return Ok(Outcome::TooEarly),
            Sent::Another => return Ok(Outcome::Unknown),
        }
        let Some(mut hire) = store.find::<Hire>(hire).await? else { return Ok(Outcome::Unknown) };
        let before = hire.credentials_mail.as_ref().filter(|mail| mail.is(job.id, &report.message));
        let (before, delivery) = (before.and_then(|mail| mail.delivery), report.delivery(now));
        if !hire.take_delivery(job.id, &report.message, delivery) {
            return Ok(Outcome::Known);
        }
        store.record_credentials_delivery(&mut hire, (job.id, before), &delivery, &self.world).await?;
        tracing::info!(job = %job.id, state = delivery.state.name(), "mail_delivery");
        Ok(Outcome::Recorded)
    }
}

/// Whether a message is the one that a job has sent.
#[derive(Debug, PartialEq, Eq)]
enum Sent {
    This,
    Perhaps,
    Another,
}

fn has_sent(job: &Job, message: &str, now: Timestamp) -> Sent {
    // Both sagas name the step alike.
    let step = job.step(CredentialsStep::IssuePassword.as_str());
    match step.effect.as_deref() {
        Some(effect) if effect != message => Sent::Another,
        Some(_) if !job.status.is_final() && now.duration_since(job.updated) < AT_WORK => Sent::Perhaps,
        Some(_) => Sent::This,
        None if job.lease_until.is_some_and(|until| now < until) => Sent::Perhaps,
        None => Sent::Another,
    }
}

#[cfg(test)]
mod tests {
    use vestibule_domain::{JobKind, JobStatus, World};
    use vestibule_sagas::MailboxStep;

    use super::*;

    #[test]
    fn a_job_at_work_is_waited_for_and_a_foreign_message_is_not() {
        assert_eq!(MailboxStep::IssuePassword.as_str(), CredentialsStep::IssuePassword.as_str());
        let world = World::new(|| Timestamp::UNIX_EPOCH, |buffer| buffer.fill(1));
        let now = world.now();
        let mut job = Job::new(JobKind::MAILBOX, HireId::new(&world), &world);
        job.status = JobStatus::Running;
        assert_eq!(has_sent(&job, "m", now), Sent::Another, "nothing was sent");
        job.lease_until = Some(now + AT_WORK);
        assert_eq!(has_sent(&job, "m", now), Sent::Perhaps, "it may be sending");
        (job.lease_until, job.step_mut("issue_password").effect) = (None, Some("m".to_owned()));
        assert_eq!(has_sent(&job, "other", now), Sent::Another);
        assert_eq!(has_sent(&job, "m", now), Sent::Perhaps, "it will note it");
        assert_eq!(has_sent(&job, "m", now + AT_WORK), Sent::This, "it has come to a halt");
        job.status = JobStatus::Succeeded;
        assert_eq!(has_sent(&job, "m", now), Sent::This);
    }
}
