//! Whether somebody can be given an account in a tenant, and everything that is written when they are.

use serde_json::json;
use vestibule_auth::{Actor, TenantScope};
use vestibule_domain::{
    Account, AccountOrder, Email, Job, MadeAccount, RoleName, Tenant, TenantId, Tier, User, UserId,
    UserState, UserStatus, World,
};

use crate::{
    AuditRecord, Conflict, Membership, StoreError, TenantRoles, TenantStore,
    engine::command::{Action, Command},
    engine::item::{from_row, key_row},
    engine::keys,
    tenancy::{
        authz::Authz,
        invitees::find,
        leading::stays_in,
        roles::roles_stay,
        seats::{SeatCount, taking},
    },
};

/// Why somebody cannot be given an account in a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinProblem {
    /// There is no such tenant.
    TenantMissing,
    /// The tenant is suspended.
    TenantSuspended,
    /// The tenant has no such role.
    RoleMissing,
    /// The person is a member already.
    MemberAlready,
    /// The person is suspended.
    PersonSuspended,
    /// Every seat is taken.
    NoSeat,
}

impl JoinProblem {
    /// A stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::TenantMissing => "tenant_missing",
            Self::TenantSuspended => "tenant_suspended",
            Self::RoleMissing => "role_missing",
            Self::MemberAlready => "member_already",
            Self::PersonSuspended => "person_suspended",
            Self::NoSeat => "no_seat",
        }
    }
}

/// What was looked at before somebody joins.
#[derive(Debug, Clone)]
pub struct Joining {
    person: Box<User>,
    made_person: bool,
    /// The account as it was read, if the person has one.
    before: Option<Account>,
    account: Account,
    membership: Membership,
    tier: Tier,
    tenant_version: u64,
    roles_version: u64,
}

/// What came of looking.
#[derive(Debug, Clone, Default)]
pub struct JoinLook {
    /// Everything that forbids it.
    pub problems: Vec<JoinProblem>,
    /// The way to do it, where nothing does.
    pub joining: Option<Joining>,
}

impl Joining {
    /// What is made by it.
    #[must_use]
    pub fn made(&self) -> MadeAccount {
        MadeAccount {
            user: self.person.id,
            person: self.made_person,
            account: self.before.is_none(),
            version: self.account.version,
            membership: self.membership.version,
        }
    }
}

/// What decides about joining, as it was read.
struct ForJoining {
    tenant: Tenant,
    open: bool,
    roles: TenantRoles,
    used: u32,
    known: Option<(User, Option<Account>, bool)>,
}

impl ForJoining {
    fn problems(&self, role: Option<&RoleName>) -> Vec<JoinProblem> {
        let (person, mut problems) = (self.known.as_ref().map(|known| &known.0), Vec::new());
        let mut forbid = |holds: bool, problem| {
            if holds {
                problems.push(problem);
            }
        };
        forbid(!self.open, JoinProblem::TenantSuspended);
        forbid(role.is_some_and(|role| self.roles.roles.find(role).is_none()), JoinProblem::RoleMissing);
        forbid(self.known.as_ref().is_some_and(|known| known.2), JoinProblem::MemberAlready);
        forbid(person.is_some_and(|user| !may_join(user)), JoinProblem::PersonSuspended);
        forbid(self.used >= self.tenant.tier.terms().seats, JoinProblem::NoSeat);
        problems
    }
}

/// Whether a person may get a place: they are kept out of nothing.
fn may_join(user: &User) -> bool {
    matches!(user.status.state, UserState::Active | UserState::Invited)
}

impl TenantStore<'_> {
    /// Looks whether the person of `order` can join this tenant by `job`, in two round trips, or more where the seats were
    /// never counted.
    pub async fn look_before_joining(
        &self,
        order: &AccountOrder,
        job: &Job,
        world: &World,
    ) -> Result<JoinLook, StoreError> {
        let Some(read) = self.read_for_joining(Some(&order.email)).await? else {
            return Ok(JoinLook { problems: vec![JoinProblem::TenantMissing], joining: None });
        };
        let problems = read.problems(Some(&order.role));
        let way = problems.is_empty().then(|| {
            let ForJoining { tenant, roles, known, .. } = read;
            joining(order, job, (&tenant, roles.version), known, world)
        });
        Ok(JoinLook { problems, joining: way })
    }

    /// What forbids that somebody with this address gets this role here, as far as both are known.
    pub(crate) async fn find_join_problems(
        &self,
        email: Option<&Email>,
        role: Option<&RoleName>,
    ) -> Result<Vec<JoinProblem>, StoreError> {
        let read = self.read_for_joining(email).await?;
        Ok(read.map_or_else(|| vec![JoinProblem::TenantMissing], |read| read.problems(role)))
    }

    async fn read_for_joining(&self, email: Option<&Email>) -> Result<Option<ForJoining>, StoreError> {
        let id = self.tenant();
        let [tenant, book, authz, seats] =
            [keys::tenant(id), keys::role_book(id), keys::roles(id), keys::seats(id)];
        let address = email.map(|email| keys::sign_in(&self.store.sealer().address_key(email)));
        let wanted = [&tenant, &book, &authz, &seats].into_iter().chain(&address);
        let rows = self.store.batch_get(wanted.map(key_row).collect()).await?;
        let Some(row) = find(&rows, &tenant) else { return Ok(None) };
        let authz = find(&rows, &authz);
        let open = authz.clone().map(from_row::<Authz>).transpose()?.is_some_and(|it| it.suspended.is_none());
        let taken = match find(&rows, &seats).map(from_row::<SeatCount>).transpose()? {
            Some(seats) => seats.used,
            None => self.find_seats().await?.used,
        };
        let sign_in = address.and_then(|key| find(&rows, &key));
        let owner = sign_in.and_then(|row| row.get("user")?.as_s().ok()?.parse::<UserId>().ok());
        let known = match owner {
            Some(user) => self.known_person(user).await?,
            None => None,
        };
        let roles = TenantRoles::read(find(&rows, &book), authz, None)?;
        Ok(Some(ForJoining { tenant: self.store.read(row)?, open, roles, used: taken, known }))
    }

    /// A person, their account, and whether they are a member of this tenant.
    async fn known_person(&self, user: UserId) -> Result<Option<(User, Option<Account>, bool)>, StoreError> {
        let wanted = [keys::user(user), keys::account(user), keys::member(self.tenant(), user)];
        let rows = self.store.batch_get(wanted.iter().map(key_row).collect()).await?;
        let [user, account, member] = wanted.map(|key| find(&rows, &key));
        let Some(user) = user.map(|row| self.store.read::<User>(row)).transpose()? else { return Ok(None) };
        Ok(Some((user, account.map(from_row).transpose()?, member.is_some())))
    }

    /// Adds everything by which somebody gets an account in this tenant.
    pub(crate) fn writing_join(
        &self,
        command: Command,
        joining: &Joining,
        job: &Job,
        world: &World,
    ) -> Result<Command, StoreError> {
        let (tenant, person) = (self.tenant(), &*joining.person);
        let command = if joining.made_person {
            self.store.platform().making_person(command, person, self.scope.actor(), world)?
        } else {
            // They may act as they could when they were read.
            command.and(stays_in(person.id, person.status.state), Conflict::Stale)
        };
        let command = match &joining.before {
            None => command.making_account(self.store, &joining.account, &person.name)?,
            Some(before) => command.changing_account(before, &joining.account)?,
        };
        let command = command
            .and(Action::put(joining.membership.row()?).if_new(), Conflict::Exists)
            .and(taking(tenant, joining.tier), Conflict::NoSeat)
            .and(roles_stay(tenant, joining.roles_version), Conflict::Stale)
            .and(
                Action::check(&keys::tenant(tenant)).if_version_or_none(joining.tenant_version),
                Conflict::Stale,
            );
        let made = json!({ "person": joining.made_person, "account": joining.before.is_none() });
        let roles = &joining.membership.roles;
        let values = json!({ "tenant": tenant, "roles": roles, "job": job.id, "made": made });
        let told = json!({ "member": person.id, "roles": roles, "job": job.id });
        command
            .telling_platform(
                self.scope,
                "account.join",
                person.id.to_string(),
                (json!(null), values),
                world,
            )?
            .telling_tenant(self.scope, "member.add", person.id.to_string(), (json!(null), told), world)
    }
}

/// The way to join, for somebody known or new.
fn joining(
    order: &AccountOrder,
    job: &Job,
    (tenant, roles_version): (&Tenant, u64),
    known: Option<(User, Option<Account>, bool)>,
    world: &World,
) -> Joining {
    let now = world.now();
    let made_person = known.is_none();
    let (person, before) = known
        .map_or_else(|| (invited(order, tenant.id, world), None), |(person, account, _)| (person, account));
    let new = || Account {
        user: person.id,
        tenant: tenant.id,
        role: order.role.clone(),
        tier: Tier::default(),
        status: UserStatus { by: order.by.clone(), since: now, ..person.status.clone() },
        job: job.id,
        origin: order.origin,
        version: 0,
    };
    // Whoever has an account keeps it as it is; that it was joined once more counts as a write.
    let account = before.as_ref().map_or_else(new, |held| held.changed(held.tier, held.status.clone()));
    let roles: Vec<RoleName> = vec![order.role.clone()];
    let membership = Membership::new((tenant.id, person.id), person.email.clone(), roles, Some(now));
    let (tier, tenant_version) = (tenant.tier, tenant.version);
    Joining {
        person: Box::new(person),
        made_person,
        before,
        account,
        membership,
        tier,
        tenant_version,
        roles_version,
    }
}

/// The person of an order, who has not proved their address yet.
fn invited(order: &AccountOrder, tenant: TenantId, world: &World) -> User {
    let mut user = User::new(order.user, order.email.clone(), order.name.clone(), world);
    user.last_tenant = Some(tenant);
    user.status = UserStatus { state: UserState::Invited, since: world.now(), by: order.by.clone() };
    user
}

impl Command {
    /// Adds a record to the platform's audit log.
    pub(crate) fn telling_platform(
        self,
        scope: &TenantScope,
        action: &str,
        resource: String,
        values: (serde_json::Value, serde_json::Value),
        world: &World,
    ) -> Result<Self, StoreError> {
        self.told_platform(scope.actor(), action, resource, values, world)
    }

    /// The same, by whoever it was.
    pub(crate) fn told_platform(
        self,
        actor: &Actor,
        action: &str,
        resource: String,
        values: (serde_json::Value, serde_json::Value),
        world: &World,
    ) -> Result<Self, StoreError> {
        let record = AuditRecord::by(actor, action, resource, values, world);
        self.recording(&keys::platform_audit(record.at, record.id), &record)
    }

    /// Adds a record to the audit log of the tenant.
    pub(crate) fn telling_tenant(
        self,
        scope: &TenantScope,
        action: &str,
        resource: String,
        values: (serde_json::Value, serde_json::Value),
        world: &World,
    ) -> Result<Self, StoreError> {
        let record = AuditRecord::new(scope, action, resource, values, world);
        self.audited(scope, &record)
    }
}
