//! Who a request comes from, and what they may do.

use vestibule_domain::{Permission, PermissionSet, SessionId, TenantId, UserId};

use crate::{Actor, TenantScope};

/// Known, but not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the permission {} is needed", .0.name())]
pub struct Denied(pub Permission);

/// Somebody whose credentials were checked for this very request. The audit actor and the partition of their kept
/// answers come from it.
#[derive(Debug, Clone)]
pub struct Principal {
    actor: Actor,
    session: SessionId,
    rights: Rights,
}

/// What a principal has rights over.
#[derive(Debug, Clone)]
enum Rights {
    /// Their own account.
    Person,
    /// A tenant, as far as their role goes.
    Member(TenantId, PermissionSet),
}

impl Principal {
    /// A person outside of any tenant; for the authorization read only, like [`Principal::member`].
    pub fn person(session: SessionId, actor: Actor) -> Self {
        Self { actor, session, rights: Rights::Person }
    }

    /// A member of a tenant, as the table says.
    pub fn member(tenant: TenantId, session: SessionId, actor: Actor, permissions: PermissionSet) -> Self {
        Self { actor, session, rights: Rights::Member(tenant, permissions) }
    }

    /// The scope of the principal's tenant, if they hold `permission` there.
    pub fn require(&self, permission: Permission) -> Result<TenantScope, Denied> {
        match &self.rights {
            Rights::Member(tenant, held) if held.contains(permission) => {
                Ok(TenantScope::for_user(*tenant, self.actor.clone()))
            }
            _ => Err(Denied(permission)),
        }
    }

    /// Where the answers of this person are kept: keys of different people, and of one person in different tenants,
    /// never meet.
    pub fn partition(user: UserId, tenant: Option<TenantId>) -> String {
        tenant.map_or_else(|| user.to_string(), |tenant| format!("{tenant}.{user}"))
    }

    /// Who is behind the request, for the audit log.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The session behind the request.
    pub fn session(&self) -> SessionId {
        self.session
    }
}
