//! What the administrators of a tenant see and change of it: its settings, what they said while they set it up, and the domain
//! that they want. What changed is written in one transaction, with the lock of the domain.

use serde_json::Value;
use vestibule_domain::{DomainProof, Setup, Tenant, World};

use crate::{
    Answer, AuditRecord, Conflict, SecretMoves, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{from_row, key_row, text, to_row},
    engine::keys,
    engine::kinds::Kind,
    tenancy::{authz::by_kind, founding::claim},
};

/// An organization as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The tenant and its settings.
    pub tenant: Tenant,
    /// What was said in the steps of setting it up.
    pub setup: Setup,
    /// A domain that is wanted and not proved yet.
    pub proof: Option<DomainProof>,
}

/// What the audit log tells of a change, and the answer to keep.
#[derive(Debug)]
pub struct OrganizationChange {
    /// Such as `tenant.update`.
    pub action: &'static str,
    /// Values before and after; nothing personal.
    pub values: (Value, Value),
    /// The answer to keep.
    pub answer: Option<Answer>,
}

impl TenantStore<'_> {
    /// The organization, in one round trip.
    pub async fn find_organization(&self) -> Result<Organization, StoreError> {
        let tenant = self.tenant();
        let wanted = [keys::tenant(tenant), keys::setup(tenant), keys::wanted_domain(tenant)];
        let mut rows = by_kind(self.store.batch_get(wanted.iter().map(key_row).collect()).await?);
        let missing =
            || StoreError::Row { row: wanted[0].pk.clone(), reason: "the tenant is missing".into() };
        let setup = rows.remove(Kind::Setup.name()).map(|row| self.store.read(row)).transpose()?;
        Ok(Organization {
            tenant: from_row(rows.remove(Kind::Tenant.name()).ok_or_else(missing)?)?,
            setup: setup.unwrap_or_default(),
            proof: rows.remove(Kind::DomainProof.name()).map(from_row).transpose()?,
        })
    }

    /// Writes what differs between `read` and `after`. Another mail domain is taken and the one before set free:
    /// [`Conflict::DomainTaken`] when another tenant has it, [`Conflict::Stale`] when somebody else was faster.
    pub async fn change_organization(
        &self,
        read: &Organization,
        after: Organization,
        change: OrganizationChange,
        world: &World,
    ) -> Result<(), StoreError> {
        self.organization_command(read, after, change, world)?.commit(self.store).await
    }

    /// The same for a change of where mailboxes are made, with what becomes of secrets by it.
    pub async fn connect_mailboxes(
        &self,
        read: &Organization,
        after: Organization,
        change: OrganizationChange,
        moves: &SecretMoves,
        world: &World,
    ) -> Result<(), StoreError> {
        let command = self.organization_command(read, after, change, world)?;
        self.moving(command, moves)?.commit(self.store).await
    }

    fn organization_command(
        &self,
        read: &Organization,
        after: Organization,
        change: OrganizationChange,
        world: &World,
    ) -> Result<Command, StoreError> {
        let command = self.domains(Command::new(), &read.tenant, &after.tenant)?;
        let mut command = command.relisting_tenant(&read.tenant, &after.tenant);
        for action in self.changed(read, after)? {
            command = command.and(action, Conflict::Stale);
        }
        let OrganizationChange { action, values, answer } = change;
        let record = AuditRecord::new(self.scope, action, self.tenant().to_string(), values, world);
        command.audited(self.scope, &record)?.answering(answer, world)
    }

    fn domains(&self, mut command: Command, read: &Tenant, after: &Tenant) -> Result<Command, StoreError> {
        if read.domain == after.domain {
            return Ok(command);
        }
        if let Some(domain) = &after.domain {
            command = command.and(claim(&keys::domain(domain), self.tenant())?, Conflict::DomainTaken);
        }
        if let Some(before) = &read.domain {
            let free =
                Action::delete(&keys::domain(before)).when("attribute_not_exists(PK) OR tenant = :tenant");
            command = command.and(free.value(":tenant", text(self.tenant().to_string())), Conflict::NotOurs);
        }
        Ok(command)
    }

    fn changed(&self, read: &Organization, mut after: Organization) -> Result<Vec<Action>, StoreError> {
        let tenant = self.tenant();
        let mut actions = Vec::new();
        if read.tenant != after.tenant {
            after.tenant.version = read.tenant.version + 1;
            let row = to_row(&keys::tenant(tenant), Kind::Tenant, &after.tenant)?;
            actions.push(Action::put(row).if_version_or_none(read.tenant.version));
        }
        if read.setup != after.setup {
            after.setup.version = read.setup.version + 1;
            let put = Action::put(to_row(&keys::setup(tenant), Kind::Setup, &after.setup)?);
            actions.push(after_version(put, read.setup.version));
        }
        let (key, before) =
            (keys::wanted_domain(tenant), read.proof.as_ref().map_or(0, |proof| proof.version));
        match after.proof {
            proof if proof == read.proof => {}
            Some(proof) => {
                actions.push(after_version(Action::put(to_row(&key, Kind::DomainProof, &proof)?), before));
            }
            None => actions.push(Action::delete(&key).if_version(before)),
        }
        Ok(actions)
    }
}

fn after_version(put: Action, read: u64) -> Action {
    if read == 0 { put.if_new() } else { put.if_version(read) }
}
