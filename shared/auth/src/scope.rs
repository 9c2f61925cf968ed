//! The scope of a tenant's data as a type.

use vestibule_domain::{Email, TenantId, UserId};

/// A part of the system that acts without a person behind it. The name goes into the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SystemTask {
    /// A verified e-sign event.
    EsignWebhook,
    /// The sweep that starts and recovers jobs.
    Sweep,
    /// A step of a workflow.
    Workflow,
    /// The founding of a tenant.
    Founding,
    /// The answer to an invitation.
    Invitation,
    /// The holder of a link that sets the password of a mailbox.
    MailboxPassword,
    /// The work of the platform's administrators in a tenant.
    Provisioning,
    /// The operator's command line.
    Operator,
    /// What became of mails, as the mail service reports it.
    EmailEvents,
    /// The chain over the audit log.
    AuditChain,
    /// The first start of a stack, which writes its sample tenant.
    Seed,
}

impl SystemTask {
    /// The name as audit records show it.
    pub fn name(self) -> &'static str {
        match self {
            Self::EsignWebhook => "system:esign-webhook",
            Self::Sweep => "system:sweep",
            Self::Workflow => "system:workflow",
            Self::Founding => "system:founding",
            Self::Invitation => "system:invitation",
            Self::MailboxPassword => "system:mailbox-password",
            Self::Provisioning => "system:provisioning",
            Self::Operator => "system:operator",
            Self::EmailEvents => "system:email-events",
            Self::AuditChain => "system:audit-chain",
            Self::Seed => "system:seed",
        }
    }
}

/// Who is behind a change.
#[derive(Debug, Clone)]
pub enum Actor {
    /// A signed-in person.
    User {
        /// Who.
        id: UserId,
        /// Their address at the time.
        email: Email,
        /// Source address of the request as the gateway saw it.
        source_ip: Option<String>,
        /// The client's own description of itself, at most 256 characters.
        user_agent: Option<String>,
    },
    /// Somebody who has not signed in.
    Stranger {
        /// Source address of the request as the gateway saw it.
        source_ip: Option<String>,
        /// The client's own description of itself, at most 256 characters.
        user_agent: Option<String>,
    },
    /// A part of the system.
    System(SystemTask),
}

impl Actor {
    /// The person, if a signed-in one is behind it.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// The person's address, if a signed-in one is behind it.
    #[must_use]
    pub const fn email(&self) -> Option<&Email> {
        match self {
            Self::User { email, .. } => Some(email),
            _ => None,
        }
    }
}

/// The right to touch one tenant's data, and on whose behalf. There is no public way to make one
/// for an arbitrary tenant except [`TenantScope::for_system`], which names the task.
#[derive(Debug, Clone)]
pub struct TenantScope {
    tenant: TenantId,
    actor: Actor,
}

impl TenantScope {
    pub(crate) fn for_user(tenant: TenantId, actor: Actor) -> Self {
        Self { tenant, actor }
    }

    /// The scope of a system task. `tenant` must come from a record that the system wrote itself
    /// (a job, a verified webhook endpoint), never from a request.
    pub fn for_system(tenant: TenantId, task: SystemTask) -> Self {
        Self { tenant, actor: Actor::System(task) }
    }

    /// The scope of a person who asked for work that goes on without them. Tenant and person must come from a record that the
    /// system wrote itself, never from a request; what they may do is read anew by whoever does the work.
    pub fn on_behalf_of(tenant: TenantId, id: UserId, email: Email) -> Self {
        Self { tenant, actor: Actor::User { id, email, source_ip: None, user_agent: None } }
    }

    /// The tenant whose data may be touched.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who is behind it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
}
