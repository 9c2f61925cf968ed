//! The authenticated caller of a request.

use vestibule_domain::{Permission, PermissionSet, SessionId, TenantId};

use crate::{Actor, TenantScope};

/// Known, but not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the permission {} is needed", .0.name())]
pub struct Denied(pub Permission);

/// A person whose token, session and membership were checked for this very request.
#[derive(Debug, Clone)]
pub struct Caller {
    tenant: TenantId,
    session: SessionId,
    actor: Actor,
    permissions: PermissionSet,
}

impl Caller {
    /// Puts a caller together from what the table said; for the authorization read only.
    pub fn new(tenant: TenantId, session: SessionId, actor: Actor, permissions: PermissionSet) -> Self {
        Self { tenant, session, actor, permissions }
    }

    /// The scope of the caller's tenant, if they hold `permission`.
    pub fn require(&self, permission: Permission) -> Result<TenantScope, Denied> {
        if self.permissions.contains(permission) {
            Ok(TenantScope::for_user(self.tenant, self.actor.clone()))
        } else {
            Err(Denied(permission))
        }
    }

    /// What keeps one caller's idempotency keys apart from another's: tenant and person.
    pub fn identity(&self) -> String {
        match &self.actor {
            Actor::User { id, .. } => format!("{}.{id}", self.tenant),
            Actor::Stranger { .. } => format!("{}.stranger", self.tenant),
            Actor::System(task) => format!("{}.{}", self.tenant, task.name()),
        }
    }

    /// The session behind the request.
    pub fn session(&self) -> SessionId {
        self.session
    }
}
