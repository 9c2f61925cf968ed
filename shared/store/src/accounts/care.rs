//! What administrators of the platform do with accounts: keep people out, let them in again, remove them, give another tier.

use serde_json::{Value, json};
use vestibule_auth::{SystemTask, TenantScope};
use vestibule_domain::{
    Account, Email, IdentityMailKind, IdentityMailRequest, JobId, MailId, RoleName, Tenant, TenantId, Tier,
    User, UserState, UserStatus, World,
};

use crate::{
    Administration, Answer, AuditRecord, EndSessions, FoundAccount, JoinProblem, Leaving, Listed, StoreError,
    UserChange, engine::command::Command,
};

/// What became of a removal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RemovalOutcome {
    /// The person is gone.
    Done,
    /// Nothing was done: this tenant would be left without an administrator who can sign in.
    LastAdministrator(Box<Tenant>),
}

impl Administration<'_> {
    /// What forbids that somebody with this address gets this role in a tenant, as far as both are known.
    pub async fn find_join_problems(
        &self,
        tenant: TenantId,
        email: Option<&Email>,
        role: Option<&RoleName>,
    ) -> Result<Vec<JoinProblem>, StoreError> {
        let scope = TenantScope::for_system(tenant, SystemTask::Provisioning);
        self.store.tenant(&scope).find_join_problems(email, role).await
    }

    /// Whether an organization has this slug.
    pub async fn is_slug_taken(&self, slug: &str) -> Result<bool, StoreError> {
        Ok(self.store.platform().find_by_slug(slug).await?.is_some())
    }

    /// Whether the owner of an address may not act at present.
    pub async fn is_kept_out(&self, email: &Email) -> Result<bool, StoreError> {
        let address = self.store.sealer().address_key(email);
        let sign_in = self.store.platform().find_sign_in(&address).await?;
        let may_act = |state| matches!(state, UserState::Active | UserState::Invited);
        Ok(sign_in.is_some_and(|sign_in| !may_act(sign_in.state)))
    }

    /// Whether this is the address of whoever is behind the request: nobody gives themselves a place.
    pub fn is_own_address(&self, email: &Email) -> bool {
        let key = |email| self.store.sealer().address_key(email);
        self.scope.actor().email().is_some_and(|own| key(own) == key(email))
    }

    /// Who is behind the request, as records of the log name them.
    pub fn by(&self) -> String {
        AuditRecord::name_of(self.scope.actor())
    }

    /// A record of the platform's log for something that is written elsewhere.
    pub fn record_of_job(
        &self,
        action: &str,
        job: JobId,
        values: (Value, Value),
        world: &World,
    ) -> AuditRecord {
        AuditRecord::by(self.scope.actor(), action, job.to_string(), values, world)
    }

    /// Gives an account another tier.
    pub async fn change_tier(
        &self,
        account: &Account,
        tier: Tier,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<Account, StoreError> {
        let after = account.changed(tier, account.status.clone());
        let values = (json!({ "tier": account.tier }), json!({ "tier": tier }));
        let command = Command::new().changing_account(account, &after)?;
        let (actor, id) = (self.scope.actor(), account.user.to_string());
        let command = command.told_platform(actor, "account.subscription", id, values, world)?;
        command.answering(answer, world)?.commit(self.store).await?;
        Ok(after)
    }

    /// Has a mail about the account be sent.
    pub async fn send_account_mail(
        &self,
        person: &User,
        (action, mail): (&str, IdentityMailKind),
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let email = person.email.clone();
        let request =
            IdentityMailRequest { id: MailId::new(world), email, mail, device: None, at: world.now() };
        let (actor, id) = (self.scope.actor(), person.id.to_string());
        let values = (json!(null), json!({ "mail": request.id }));
        let mut command =
            Command::new().mailing(&request)?.told_platform(actor, action, id, values, world)?;
        if matches!(request.mail, IdentityMailKind::AccountInvitation { .. }) {
            command = command.mailing_account(person.id, request.id)?;
        }
        command.answering(answer, world)?.commit(self.store).await
    }

    /// The account and its person in another state: suspended, or as before they were.
    pub async fn restate(
        &self,
        found: &FoundAccount,
        state: UserState,
        world: &World,
    ) -> Result<Option<(User, Account)>, StoreError> {
        let Some(mut person) = found.person.clone() else { return Ok(None) };
        let state = match state {
            // Who never had a way to sign in is invited again.
            UserState::Active if !self.has_way_in(&person).await? => UserState::Invited,
            state => state,
        };
        person.status = UserStatus { state, since: world.now(), by: self.by() };
        person.epoch += 1;
        let account = found.account.changed(found.account.tier, person.status.clone());
        Ok(Some((person, account)))
    }

    async fn has_way_in(&self, person: &User) -> Result<bool, StoreError> {
        let address = self.store.sealer().address_key(&person.email);
        let sign_in = self.store.platform().find_sign_in(&address).await?;
        Ok(!person.connections.is_empty() || sign_in.is_some_and(|sign_in| sign_in.password.is_some()))
    }

    /// Writes another state of an account; its sessions end by it.
    pub async fn change_state(
        &self,
        action: &str,
        before: &Account,
        (mut person, after): (User, Account),
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let values = (json!({ "status": before.status.state }), json!({ "status": after.status.state }));
        let change = UserChange {
            action,
            values,
            end: EndSessions::All,
            account: Some((before, &after)),
            answer,
            ..UserChange::default()
        };
        self.store.platform().change_user(&mut person, &change, self.scope.actor(), world).await
    }

    /// Removes a person, who becomes `after`: memberships first, then sign-in, sessions and ways in. The address is free from then on, and nothing of
    /// the old account answers to it. Done again after a death it goes on where it was.
    pub async fn remove_account(
        &self,
        found: &FoundAccount,
        (mut person, after): (User, Account),
        answer: Option<Answer>,
        world: &World,
    ) -> Result<RemovalOutcome, StoreError> {
        let (platform, actor) = (self.store.platform(), self.scope.actor());
        let Listed { items, .. } = platform.list_memberships(person.id).await?;
        for (tenant, _) in &items {
            if matches!(platform.prepare_leaving(tenant.id, person.id).await?, Leaving::LastAdministrator) {
                return Ok(RemovalOutcome::LastAdministrator(Box::new(tenant.clone())));
            }
        }
        let mut staying = found.person.clone().unwrap_or_else(|| person.clone());
        for (tenant, _) in items {
            let leave = match platform.prepare_leaving(tenant.id, person.id).await? {
                Leaving::Allowed(leave) => *leave,
                Leaving::NotMember => continue,
                Leaving::LastAdministrator => {
                    return Ok(RemovalOutcome::LastAdministrator(Box::new(tenant)));
                }
            };
            let values = (json!({ "tenant": tenant.id }), json!(null));
            let change =
                UserChange { action: "account.leave", values, leave: Some(leave), ..UserChange::default() };
            platform.change_user(&mut staying, &change, actor, world).await?;
        }
        (person.version, person.edits) = (staying.version, staying.edits);
        let keys: Vec<String> = person.connections.drain(..).map(|connection| connection.key).collect();
        (person.totp, person.default_tenant, person.last_tenant) = (None, None, None);
        person.recovery.clear();
        let before = &found.account;
        let values = (json!({ "status": before.status.state }), json!({ "status": after.status.state }));
        let change = UserChange {
            action: "account.remove",
            values,
            end: EndSessions::All,
            account: Some((before, &after)),
            disconnect: &keys,
            frees_address: true,
            answer,
            ..UserChange::default()
        };
        platform.change_user(&mut person, &change, actor, world).await?;
        Ok(RemovalOutcome::Done)
    }
}
