//! Founding a tenant: the one command behind every way to a new tenant. It takes the slug and the mail domain, which belong
//! to one tenant each.

use serde::{Deserialize, Serialize};
use serde_json::json;
use vestibule_auth::{Actor, SystemTask, TenantScope};
use vestibule_domain::{EventId, IdentityMailRequest, Preset, Roles, Tenant, TenantId, User, World};

use crate::{
    AuditRecord, Conflict, Endpoint, Membership, OutboxEvent, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::{text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
    identity::copy_of,
    tenancy::{authz::Authz, roles::RoleBook, seats::SeatCount},
};

/// Who a new tenant's first administrator is.
#[derive(Debug, Clone, Copy)]
pub enum Founder<'a> {
    /// Somebody with an account.
    Known(&'a User),
    /// Somebody new, whose account is made with the tenant.
    New(&'a User),
}

/// A tenant to be.
#[derive(Debug, Clone, Copy)]
pub struct Founding<'a> {
    /// The tenant and its settings.
    pub tenant: &'a Tenant,
    /// Decides its first roles.
    pub preset: Preset,
    /// The e-sign provider of its endpoint, if it has one.
    pub provider: Option<&'a str>,
    /// Its first administrator.
    pub founder: Founder<'a>,
    /// A mail to the founder.
    pub mail: Option<&'a IdentityMailRequest>,
}

impl PlatformStore<'_> {
    /// Writes the tenant with its roles, its endpoint and its first administrator in one transaction.
    /// [`Conflict::SlugTaken`] or [`Conflict::DomainTaken`] when another tenant has them, [`Conflict::AddressTaken`] when a
    /// new founder's address has an account by now.
    ///
    /// Somebody who is signed in founds theirs with [`crate::UserChange::found`].
    pub async fn found_tenant(
        &self,
        founding: &Founding<'_>,
        actor: &Actor,
        world: &World,
    ) -> Result<(), StoreError> {
        self.founding(Command::new(), founding, actor, world)?.commit(self.store).await
    }

    /// Adds everything that a new tenant begins with.
    pub(crate) fn founding(
        self,
        command: Command,
        founding: &Founding<'_>,
        actor: &Actor,
        world: &World,
    ) -> Result<Command, StoreError> {
        let Founding { tenant, founder, .. } = *founding;
        let mut command = claiming(command, tenant)?;
        command = tenant_rows(command, (tenant, founding.preset), founding.provider, 1)?;
        let user = match founder {
            Founder::Known(user) => user,
            Founder::New(user) => {
                command = self.making_person(command, user, actor, world)?;
                user
            }
        };
        let roles = vec![founding.preset.founder_role()];
        let (id, email) = (user.id, user.email.clone());
        let membership = Membership::new((tenant.id, id), email, roles, Some(world.now()));
        command = command.and(Action::put(membership.row()?).if_new(), Conflict::Exists);
        if let Some(mail) = founding.mail {
            command = command.mailing(mail)?;
        }
        let values = (json!(null), json!({ "slug": tenant.slug, "preset": founding.preset, "founder": id }));
        let record = AuditRecord::by(actor, "tenant.create", tenant.id.to_string(), values, world);
        let scope = TenantScope::for_system(tenant.id, SystemTask::Founding);
        let detail = json!({ "tenant": tenant.id });
        let event = OutboxEvent {
            id: EventId::new(world),
            detail_type: "tenant.created".into(),
            detail,
            at: world.now(),
        };
        let command = command.recording(&keys::audit(tenant.id, record.at, record.id), &record)?;
        command.announcing(&scope, &event)
    }

    /// The tenant that holds a slug.
    pub async fn find_by_slug(&self, slug: &str) -> Result<Option<TenantId>, StoreError> {
        let held: Option<Claim> = self.store.get(&keys::slug(slug)).await?;
        Ok(held.map(|held| held.tenant))
    }

    /// Which of the tenant's names another tenant has already. Only the founding itself makes sure of them.
    pub async fn find_taken(&self, tenant: &Tenant) -> Result<Option<Conflict>, StoreError> {
        let others = |held: Option<Claim>| held.is_some_and(|held| held.tenant != tenant.id);
        if others(self.store.get(&keys::slug(&tenant.slug)).await?) {
            return Ok(Some(Conflict::SlugTaken));
        }
        let Some(domain) = &tenant.domain else { return Ok(None) };
        let taken = others(self.store.get(&keys::domain(domain)).await?);
        Ok(taken.then_some(Conflict::DomainTaken))
    }

    /// Takes slug and domain for a tenant that was written before names were taken, and has it be found by them; doing it again changes
    /// nothing.
    pub async fn claim_names(&self, tenant: &Tenant) -> Result<(), StoreError> {
        claiming(Command::new(), tenant)?.listing_tenant(tenant).commit(self.store).await
    }

    /// Adds an account without a way to sign in; [`Conflict::AddressTaken`] when the address has one.
    pub(crate) fn making_person(
        self,
        command: Command,
        user: &User,
        actor: &Actor,
        world: &World,
    ) -> Result<Command, StoreError> {
        let address = self.store.sealer().address_key(&user.email);
        let copy = copy_of(user, &address, None, true);
        let copy = copy.value(":user", text(user.id.to_string())).when("attribute_not_exists(#user)");
        let person = Action::put(to_row(&keys::user(user.id), Kind::User, user)?).if_new();
        let values = (json!(null), json!({ "connections": 0 }));
        let record = AuditRecord::by(actor, "user.create", user.id.to_string(), values, world);
        command
            .and(copy, Conflict::AddressTaken)
            .and(person, Conflict::Exists)
            .recording(&keys::user_audit(user.id, record.at, record.id), &record)
    }
}

/// Adds the tenant's own rows, with so many members.
pub(crate) fn tenant_rows(
    command: Command,
    (tenant, preset): (&Tenant, Preset),
    provider: Option<&str>,
    used: u32,
) -> Result<Command, StoreError> {
    let allowed = preset.roles().iter().map(|role| (role.name.to_owned(), role.permissions())).collect();
    let roles = Authz { allowed, suspended: None, security: tenant.security };
    let mut rows = vec![
        to_row(&keys::tenant(tenant.id), Kind::Tenant, tenant)?,
        to_row(&keys::roles(tenant.id), Kind::Roles, &roles)?,
    ];
    if let (Some(id), Some(provider)) = (tenant.endpoint, provider) {
        let endpoint = Endpoint { id, tenant: tenant.id, provider: provider.to_owned() };
        rows.push(to_row(&keys::endpoint(id), Kind::Endpoint, &endpoint)?);
    }
    let book = RoleBook { roles: Roles::of(preset), version: 1 }.writing(tenant.id)?;
    let seats = SeatCount { used }.first(tenant.id)?;
    let add = |command: Command, put: Action| command.and(put.if_new(), Conflict::Exists);
    let command = rows.into_iter().map(Action::put).chain(book).chain([seats]).fold(command, add);
    Ok(command.listing_tenant(tenant))
}

/// Adds the locks of the tenant's slug and domain.
pub(crate) fn claiming(command: Command, tenant: &Tenant) -> Result<Command, StoreError> {
    let slug = claim(&keys::slug(&tenant.slug), tenant.id)?;
    let command = command.and(slug, Conflict::SlugTaken);
    match &tenant.domain {
        Some(domain) => Ok(command.and(claim(&keys::domain(domain), tenant.id)?, Conflict::DomainTaken)),
        None => Ok(command),
    }
}

/// Who holds a slug or a domain.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Claim {
    pub(crate) tenant: TenantId,
}

pub(crate) fn claim(key: &Key, tenant: TenantId) -> Result<Action, StoreError> {
    let row = to_row(key, Kind::Claim, &Claim { tenant })?;
    let free = Action::put(row).when("attribute_not_exists(PK) OR tenant = :tenant");
    Ok(free.value(":tenant", text(tenant.to_string())))
}
