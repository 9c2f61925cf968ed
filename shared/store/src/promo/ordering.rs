//! Having an account be made of a sign-up: the order, its job and the sign-up's own change are one transaction.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{AccountOrder, Job, JobStatus, PromoSignup, SignupJob, TenantId, World};

use crate::{
    Administration, Answer, Conflict, JobEvent, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, text},
    engine::keys,
};

/// The job before the new one, which failed and was undone.
type Former = Option<(TenantId, Job)>;

impl Administration<'_> {
    /// Begins the job that makes an account of `signup`, as it was read, which becomes `after`. [`Conflict::Stale`] when somebody else began one
    /// meanwhile. A job that failed before it is closed for good: only one may ever come to an end.
    pub async fn begin_promo_account(
        &self,
        (signup, after): (&PromoSignup, &PromoSignup),
        ordered: (TenantId, &Job, &AccountOrder),
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let former = self.former(signup).await?;
        let command = self.beginning(signup, after, ordered.2, world)?;
        let command = self.ordering_account(command, ordered, world)?.answering(answer, world)?;
        self.closing(command, former, world).await
    }

    async fn former(&self, signup: &PromoSignup) -> Result<Former, StoreError> {
        let Some(SignupJob { tenant, id }) = signup.job else { return Ok(None) };
        let within = TenantScope::for_system(tenant, SystemTask::Provisioning);
        let found = self.store.if_whole(self.store.tenant(&within).find::<Job>(id).await)?.flatten();
        Ok(found.filter(|job| job.status == JobStatus::Failed).map(|job| (tenant, job)))
    }

    fn beginning(
        &self,
        signup: &PromoSignup,
        after: &PromoSignup,
        order: &AccountOrder,
        world: &World,
    ) -> Result<Command, StoreError> {
        let set = "SET #status = :to, since = :since, #job = :job, #error = :none, #version = :version";
        let job = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(after.job);
        let job = job.map_err(|error| StoreError::Table(error.to_string()))?;
        let none = AttributeValue::Null(true);
        // Not the whole row: the address may come again at this moment.
        let set = Action::update(&keys::promo_signup(signup.id), set)
            .name("#status", "status")
            .name("#job", "job")
            .name("#error", "error")
            .value(":to", text(after.status.name()))
            .value(":since", text(after.since.to_string()))
            .value(":job", job)
            .value(":none", none)
            .value(":version", number(after.version))
            .if_version(signup.version);
        let before = json!({ "status": signup.status, "job": signup.job.map(|job| job.id) });
        let values = (
            before,
            json!({ "status": after.status, "job": after.job, "tier": order.tier, "role": order.role }),
        );
        Command::new()
            .and(set, Conflict::Stale)
            .moving_signup(signup.id, (signup.status, after.status))
            .told_platform(self.scope.actor(), "promo.create_account", signup.id.to_string(), values, world)
    }

    /// Commits, with the job of before cancelled: nobody and nothing begins it anew then.
    async fn closing(&self, command: Command, former: Former, world: &World) -> Result<(), StoreError> {
        let Some((tenant, mut job)) = former else { return command.commit(self.store).await };
        let within = TenantScope::for_system(tenant, SystemTask::Provisioning);
        let from = job.status;
        (job.status, job.due, job.updated) = (JobStatus::Cancelled, None, world.now());
        let event = JobEvent { from: Some(from), action: "job.cancel", ..JobEvent::default() };
        self.store.tenant(&within).save_job_with(command, &mut job, event, world).await
    }
}
