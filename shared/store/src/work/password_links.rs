//! What the holder of a link can do with it: set the password of a hire's mailbox, once. The link is taken before the provider is
//! asked, and used up or given back after.

use jiff::Timestamp;
use serde_json::{Value, json};
use vestibule_auth::{Actor, MailboxPasswordToken, SystemTask, TenantScope};
use vestibule_domain::{Hire, PasswordLink, PasswordLinkState, Tenant, World};

use crate::{
    AuditRecord, Conflict, PlatformStore, StoreError,
    engine::item::key_row,
    engine::keys,
    tenancy::{authz::Authz, invitees::find},
};

/// How often a hire that others change at the same moment is read again.
const TRIES: u32 = 8;

/// The mailbox that a link stands for.
#[derive(Debug)]
pub struct FoundPasswordLink {
    /// Whose hire it is.
    pub tenant: Tenant,
    /// The hire.
    pub hire: Hire,
    digest: String,
}

/// What the provider did with a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordOutcome {
    /// It is set.
    Set,
    /// It was refused; whoever has the link can do something about it.
    Refused(&'static str),
    /// It was refused, for a reason that only the tenant's people can mend.
    Unmendable(&'static str),
}

impl FoundPasswordLink {
    /// Where the link stands; `None` when a newer one took its place.
    fn state(&self, now: Timestamp) -> Option<PasswordLinkState> {
        let link = self.hire.password_link.as_ref()?;
        (link.digest == self.digest).then(|| link.state(now))
    }

    fn scope(&self) -> TenantScope {
        TenantScope::for_system(self.tenant.id, SystemTask::MailboxPassword)
    }
}

impl PlatformStore<'_> {
    /// The mailbox of a link that works or is taken at `now`, in a tenant that is open: one round trip.
    pub async fn find_password_link(
        &self,
        token: &MailboxPasswordToken,
        now: Timestamp,
    ) -> Result<Option<FoundPasswordLink>, StoreError> {
        let key = keys::entity(token.tenant, keys::HIRES, token.hire);
        let (settings, authz) = (keys::tenant(token.tenant), keys::roles(token.tenant));
        let rows = self.store.batch_get([&key, &settings, &authz].map(key_row).to_vec()).await?;
        let (Some(hire), Some(tenant), Some(authz)) =
            (find(&rows, &key), find(&rows, &settings), find(&rows, &authz))
        else {
            return Ok(None);
        };
        if self.store.read::<Authz>(authz)?.suspended.is_some() {
            return Ok(None);
        }
        let digest = token.digest().as_str().to_owned();
        let found =
            FoundPasswordLink { tenant: self.store.read(tenant)?, hire: self.store.read(hire)?, digest };
        let works = [PasswordLinkState::Open, PasswordLinkState::Taken];
        Ok(found.state(now).filter(|state| works.contains(state)).map(|_| found))
    }

    /// Takes the link for one request, until `until` at most. Returns where it stood: nothing was taken unless it was open. One that
    /// was replaced counts as expired.
    pub async fn take_password_link(
        &self,
        found: &mut FoundPasswordLink,
        until: Timestamp,
        actor: &Actor,
        world: &World,
    ) -> Result<PasswordLinkState, StoreError> {
        for _ in 0..TRIES {
            match found.state(world.now()) {
                Some(PasswordLinkState::Open) => {}
                Some(other) => return Ok(other),
                None => return Ok(PasswordLinkState::Expired),
            }
            let change = |link: &mut PasswordLink| link.taken_until = Some(until);
            let values = (json!({ "link": "open" }), json!({ "link": "taken", "until": until }));
            if self.change_link(found, change, ("mailbox.password_begin", values), actor, world).await? {
                return Ok(PasswordLinkState::Open);
            }
        }
        Err(StoreError::Busy("the hire changed at every try".into()))
    }

    /// Uses the link up that was taken until `until`, or gives it back. Returns false when it is not ours any more.
    pub async fn settle_password_link(
        &self,
        found: &mut FoundPasswordLink,
        (until, outcome): (Timestamp, PasswordOutcome),
        actor: &Actor,
        world: &World,
    ) -> Result<bool, StoreError> {
        let now = world.now();
        let told = match outcome {
            PasswordOutcome::Set => ("mailbox.password_set", json!({ "link": "used" })),
            PasswordOutcome::Refused(code) | PasswordOutcome::Unmendable(code) => {
                ("mailbox.password_refuse", json!({ "link": "open", "code": code }))
            }
        };
        for _ in 0..TRIES {
            let link = found.hire.password_link.as_ref();
            let ours = |link: &PasswordLink| link.digest == found.digest && link.taken_until == Some(until);
            if !link.is_some_and(ours) {
                return Ok(false);
            }
            let change = |link: &mut PasswordLink| {
                link.taken_until = None;
                (link.used, link.refused) = match outcome {
                    PasswordOutcome::Set => (Some(now), None),
                    PasswordOutcome::Refused(_) => (None, None),
                    PasswordOutcome::Unmendable(code) => (None, Some(code.to_owned())),
                };
            };
            let (action, new) = told.clone();
            let values = (json!({ "link": "taken" }), new);
            if self.change_link(found, change, (action, values), actor, world).await? {
                return Ok(true);
            }
        }
        Err(StoreError::Busy("the hire changed at every try".into()))
    }

    /// Changes the link with its record; false when somebody else was faster, and the hire was read again.
    async fn change_link(
        &self,
        found: &mut FoundPasswordLink,
        change: impl Fn(&mut PasswordLink) + Send + Sync,
        (action, values): (&str, (Value, Value)),
        actor: &Actor,
        world: &World,
    ) -> Result<bool, StoreError> {
        let scope = found.scope();
        let store = self.store.tenant(&scope);
        let before = found.hire.password_link.clone();
        found.hire.password_link.iter_mut().for_each(change);
        let record = AuditRecord::by(actor, action, found.hire.id.to_string(), values, world);
        let done = store.replace(&mut found.hire, |command, _| command.audited(&scope, &record)).await;
        match done {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict(Conflict::Stale)) => {
                match store.find::<Hire>(found.hire.id).await? {
                    Some(hire) => found.hire = hire,
                    None => found.hire.password_link = None,
                }
                Ok(false)
            }
            Err(error) => {
                found.hire.password_link = before;
                Err(error)
            }
        }
    }
}
