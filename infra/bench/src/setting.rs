//! What the measured functions run against: a local stack in this process, with hires, a job that does nothing more, and
//! people who sign in.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use vestibule_adapters::esign::signing::sign_docusign;
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_bench::{events::sample, stack};
use vestibule_domain::{Email, Hire, HireId, HireName, Job, JobId, JobKind, JobStatus, PersonName, World};
use vestibule_local::Stack;

use crate::{people, work::refresh_token};

/// Hires in the table: a full page of 20 and more.
const HIRES: usize = 25;

/// The stack and the ids of what was put into its table.
pub(crate) struct Setting {
    stack: Stack,
    pub(crate) hire: HireId,
    pub(crate) job: JobId,
    /// Addresses of people who have not signed in yet.
    pub(crate) people: Vec<String>,
}

impl Setting {
    /// Starts the stack with `people` in its table who can sign in.
    pub(crate) async fn start(people: usize) -> Result<Self> {
        let stack = stack::start().await?;
        let world = vestibule_api::lambda::world();
        let tenant = &stack.sample().tenant;
        let scope = TenantScope::for_system(tenant.id, SystemTask::Seed);
        let store = stack.store().tenant(&scope);
        let mut hire = new_hire(0, tenant, &world)?;
        store.create_hire(&hire, None, &world).await?;
        for number in 1..HIRES {
            store.create_hire(&new_hire(number, tenant, &world)?, None, &world).await?;
        }
        // Running and not due: its workflow's first task can be repeated, and the sweep finds nothing.
        let job = Job {
            status: JobStatus::Running,
            attempt: 1,
            due: None,
            ..Job::new(JobKind::MAILBOX, hire.id, &world)
        };
        store.create_job(&job, &mut hire, None, &world).await?;
        let people = people::seed(&stack, people, &world).await?;
        Ok(Self { hire: hire.id, job: job.id, people, stack })
    }

    /// The settings of `function` as the template gives them, but for the limit that one source would meet; floor and
    /// bare hash get those of any function.
    pub(crate) fn settings(&self, function: &str) -> Result<BTreeMap<String, String>> {
        let named = if matches!(function, "floor" | "bare-hash") { "hires" } else { function };
        let settings = self.stack.settings(named);
        let mut settings = settings.with_context(|| format!("the template has no function {named}"))?;
        settings.insert("SIGN_INS_PER_MINUTE".into(), "1000000".into());
        Ok(settings)
    }

    /// Id of the sample tenant.
    pub(crate) fn tenant(&self) -> String {
        self.stack.sample().tenant.id.to_string()
    }

    /// Id of the sample tenant's e-sign endpoint.
    pub(crate) fn endpoint(&self) -> String {
        self.stack.sample().endpoint.to_string()
    }

    /// An access token of the sample tenant's admin.
    pub(crate) fn token(&self) -> Result<String> {
        stack::admin_token(&self.stack)
    }

    /// The refresh token of a session that the admin begins now.
    pub(crate) async fn refresh_token(&self) -> Result<String> {
        let password = self.stack.sample().password.expose_secret();
        let replaced = [("{email}", "admin@test-brand.local"), ("{password}", password)];
        let answer: Value = self.stack.invoke("auth", sample("auth", "login", &replaced)?).await?;
        refresh_token(&answer)
    }

    /// The signature over `body` of an event for the sample tenant.
    pub(crate) fn signature(&self, body: &str) -> Result<String> {
        Ok(sign_docusign(&self.stack.sample().esign_key, body.as_bytes())?)
    }
}

fn new_hire(number: usize, tenant: &vestibule_domain::Tenant, world: &World) -> Result<Hire> {
    let name = HireName { given: PersonName::parse("Ada")?, family: PersonName::parse("Lovelace")? };
    let email = Email::parse(&format!("ada.{number}@example.org"))?;
    Ok(Hire::new(name, email, &tenant.documents, world))
}
