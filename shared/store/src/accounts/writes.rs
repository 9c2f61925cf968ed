//! What a step of an account's job writes, in the same transaction as its own record.

use serde_json::json;
use vestibule_auth::Purpose;
use vestibule_domain::{Account, EventId, Job, PersonName, Preset, Tenant, User, UserId, World};

use crate::{
    AuditRecord, Conflict, Joining, Membership, OutboxEvent, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::item::{number, text},
    engine::keys,
    tenancy::{
        founding::{claiming, tenant_rows},
        seats::leaving,
    },
};

/// A tenant that a job makes.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// The tenant and its settings.
    pub tenant: Tenant,
    /// Decides its first roles.
    pub preset: Preset,
}

/// What a job takes back of an account, as it was looked at.
#[derive(Debug, Clone)]
pub struct Parting {
    pub(crate) user: UserId,
    pub(crate) person: Option<User>,
    pub(crate) name: Option<PersonName>,
    pub(crate) made_account: bool,
    pub(crate) account: Account,
    pub(crate) member: Option<Membership>,
}

/// Another tier of an account.
#[derive(Debug, Clone)]
pub struct TierChange {
    /// The account as it was read.
    pub before: Account,
    /// The same with the other tier.
    pub after: Account,
    /// Whether the tenant is a new one, which has the tier of its first account.
    pub of_tenant: bool,
    /// Whether the tier is given or taken back.
    pub back: bool,
}

/// A write of an account's job.
#[derive(Debug, Clone)]
pub enum AccountWrite {
    /// Makes the tenant.
    Found(Box<NewTenant>),
    /// Takes the tenant back.
    Unfound(Box<Tenant>),
    /// Gives somebody an account in the tenant.
    Join(Box<Joining>),
    /// Takes it back.
    Part(Box<Parting>),
    /// Gives the account a tier, or the former one.
    Tier(Box<TierChange>),
    /// Lets go of what is remembered of a former membership, and tells of a new tenant.
    Settle {
        /// Whose account it is.
        user: UserId,
        /// Whether the tenant is a new one.
        founded: bool,
    },
    /// Tells in the platform's audit log who did something to the job.
    Tell(Box<AuditRecord>),
}

impl TenantStore<'_> {
    pub(crate) fn writing_account(
        &self,
        command: Command,
        job: &Job,
        write: AccountWrite,
        world: &World,
    ) -> Result<Command, StoreError> {
        match write {
            AccountWrite::Found(new) => self.founding_tenant(command, job, &new, world),
            AccountWrite::Unfound(tenant) => self.unfounding(command, job, &tenant, world),
            AccountWrite::Join(joining) => self.writing_join(command, &joining, job, world),
            AccountWrite::Part(parting) => self.parting(command, job, &parting, world),
            AccountWrite::Tier(change) => self.giving_tier(command, job, &change, world),
            AccountWrite::Tell(record) => {
                command.recording(&keys::platform_audit(record.at, record.id), &record)
            }
            AccountWrite::Settle { user, founded } => self.settling_account(command, user, founded, world),
        }
    }

    /// Nobody is a member yet: the job's next step makes the first one.
    fn founding_tenant(
        &self,
        command: Command,
        job: &Job,
        NewTenant { tenant, preset }: &NewTenant,
        world: &World,
    ) -> Result<Command, StoreError> {
        let command = tenant_rows(claiming(command, tenant)?, (tenant, *preset), None, 0)?;
        let (id, values) =
            (tenant.id.to_string(), json!({ "slug": tenant.slug, "preset": preset, "job": job.id }));
        let values = (json!(null), values);
        command
            .telling_platform(self.scope, "account.tenant", id.clone(), values.clone(), world)?
            .telling_tenant(self.scope, "tenant.create", id, values, world)
    }

    fn unfounding(
        &self,
        command: Command,
        job: &Job,
        tenant: &Tenant,
        world: &World,
    ) -> Result<Command, StoreError> {
        let id = tenant.id;
        let own = "attribute_not_exists(PK) OR tenant = :tenant";
        let slug = Action::delete(&keys::slug(&tenant.slug)).when(own).value(":tenant", text(id.to_string()));
        // Only while nobody is a member: then nobody can have made anything of it.
        let seats = Action::delete(&keys::seats(id)).when("used = :none").value(":none", number(0));
        let rows = [keys::tenant(id), keys::roles(id), keys::role_book(id), keys::roles_version(id)];
        let command = command.and(seats, Conflict::Stale).and(slug, Conflict::NotOurs);
        let gone = |command: Command, key| command.and(Action::delete(&key), Conflict::Stale);
        let command = rows.into_iter().fold(command, gone);
        let values = (json!({ "slug": tenant.slug }), json!({ "job": job.id }));
        command
            .unlisting_tenant(tenant)
            .telling_platform(self.scope, "account.tenant.undo", id.to_string(), values.clone(), world)?
            .telling_tenant(self.scope, "tenant.undo", id.to_string(), values, world)
    }

    fn parting(
        &self,
        mut command: Command,
        job: &Job,
        parting: &Parting,
        world: &World,
    ) -> Result<Command, StoreError> {
        let Parting { user, person, name, made_account, account, member } = parting;
        if let Some(member) = member {
            command = command.and(member.ending(), Conflict::Stale);
            command = command.and(leaving(self.tenant()), Conflict::NoSeat);
        }
        command = match name {
            Some(name) if *made_account => command.unmaking_account(self.store, account, name),
            // The row is as it was before, its version too.
            _ => {
                let before = Account { version: account.version.saturating_sub(1), ..account.clone() };
                command.changing_account(account, &before)?
            }
        };
        if let Some(person) = person {
            command = self.unmaking_person(command, person);
        }
        let gone = json!({ "person": person.is_some(), "account": made_account, "member": member.is_some() });
        let values = (gone, json!({ "tenant": self.tenant(), "job": job.id }));
        let id = user.to_string();
        command
            .telling_platform(self.scope, "account.join.undo", id.clone(), values.clone(), world)?
            .telling_tenant(self.scope, "member.undo", id, values, world)
    }

    /// Takes a person back who never did anything, with the address and the link that was mailed.
    fn unmaking_person(&self, command: Command, person: &User) -> Command {
        let address = self.store.sealer().address_key(&person.email);
        let ours = "#user = :user AND attribute_not_exists(#password)";
        let address =
            Action::delete(&keys::sign_in(&address)).name("#user", "user").name("#password", "password");
        let address = address.value(":user", text(person.id.to_string())).when(ours);
        command
            .and(Action::delete(&keys::user(person.id)).if_version(person.version), Conflict::Stale)
            .and(address, Conflict::Stale)
            .and(Action::delete(&keys::link(person.id, Purpose::ResetPassword.name())), Conflict::Stale)
    }

    fn giving_tier(
        &self,
        command: Command,
        job: &Job,
        change: &TierChange,
        world: &World,
    ) -> Result<Command, StoreError> {
        let TierChange { before, after, of_tenant, back } = change;
        let mut command = command.changing_account(before, after)?;
        if *of_tenant {
            let set = "SET tier = :tier, #version = #version + :one";
            let set = Action::update(&keys::tenant(self.tenant()), set).name("#version", "version");
            let set = set.value(":tier", text(after.tier.terms().name)).value(":one", number(1));
            command = command.and(set.when("attribute_exists(PK)"), Conflict::Stale);
        }
        let action = if *back { "account.subscription.undo" } else { "account.subscription" };
        let tiers = (json!({ "tier": before.tier }), json!({ "tier": after.tier, "job": job.id }));
        command.telling_platform(self.scope, action, after.user.to_string(), tiers, world)
    }

    fn settling_account(
        &self,
        command: Command,
        user: UserId,
        founded: bool,
        world: &World,
    ) -> Result<Command, StoreError> {
        let tenant = self.tenant();
        let command = command.and(Action::delete(&keys::former(tenant, user)), Conflict::Stale);
        if !founded {
            return Ok(command);
        }
        let (id, at, detail) = (EventId::new(world), world.now(), json!({ "tenant": tenant }));
        let event = OutboxEvent { id, detail_type: "tenant.created".into(), detail, at };
        command.announcing(self.scope, &event)
    }
}
