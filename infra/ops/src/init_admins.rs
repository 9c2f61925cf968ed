//! Makes administrators of the platform out of the secret that lists them, and tells of those who are no longer in it. What
//! is as it should be is left alone: a second run changes nothing and mails nobody.

use vestibule_auth::{Grant, PlatformScope, SystemTask};
use vestibule_domain::{
    IdentityMailKind, IdentityMailRequest, MailId, User, UserId, UserName, UserState, World,
};
use vestibule_store::{Administration, Appointee, Appointment, Conflict, Granted, Store, StoreError};

use crate::{
    OpsError, Vault,
    administrators::{Wanted, parse},
    create_tenant::known,
};

/// What became of one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appointed {
    /// A new account; a mail to choose a password is on its way.
    Made,
    /// Somebody with an account, who is told by mail.
    Given,
    /// The grant or the user name is another one; they are told by mail.
    Changed,
    /// As it was.
    Unchanged,
    /// Suspended: there is no grant, since it would open nothing and could not be restored with it.
    Suspended,
    /// Not in the secret, and still an administrator.
    Unlisted,
    /// Not in the secret: no administrator any more.
    Removed,
}

/// One administrator with what became of them.
#[derive(Debug, PartialEq, Eq)]
pub struct AdministratorReport {
    /// Their user name.
    pub username: UserName,
    /// What they may do.
    pub grant: Grant,
    /// What became of it.
    pub done: Appointed,
}

/// Reads the secret `name` and makes it so; `remove` also takes the grants of those who are not in it.
pub async fn init_admins(
    vault: &Vault,
    store: &Store,
    name: &str,
    remove: bool,
    world: &World,
) -> Result<Vec<AdministratorReport>, OpsError> {
    let secret = vault.text(name).await?;
    let wanted = parse(&secret).map_err(|problems| OpsError::Administrators {
        name: name.to_owned(),
        problems: problems.join("; "),
    })?;
    let scope = PlatformScope::for_system(SystemTask::Operator);
    let administration = store.administration(&scope);
    let mut run = Run { store, administration, world, listed: Vec::new(), reports: Vec::new() };
    let waiting = run.give_all(wanted, true).await?;
    run.settle_others(remove).await?;
    // Who waited for a user name that somebody gave back meanwhile.
    run.give_all(waiting, false).await?;
    Ok(run.reports)
}

struct Run<'a> {
    store: &'a Store,
    administration: Administration<'a>,
    world: &'a World,
    listed: Vec<UserId>,
    reports: Vec<AdministratorReport>,
}

impl Run<'_> {
    /// Makes each an administrator. Gives those back whose user name is another's at present, if they `can_wait`.
    async fn give_all(&mut self, wanted: Vec<Wanted>, can_wait: bool) -> Result<Vec<Wanted>, OpsError> {
        let mut waiting = Vec::new();
        for each in wanted {
            let known = known(self.store, &each.email).await?;
            self.listed.extend(known.as_ref().map(|known| known.id));
            match self.give(&each, known).await {
                Err(StoreError::Conflict(Conflict::UserNameTaken)) if can_wait => waiting.push(each),
                Err(error) => return Err(OpsError::granting(error, &each.username)),
                Ok(done) => {
                    let Wanted { username, grant, .. } = each;
                    self.reports.push(AdministratorReport { username, grant, done });
                }
            }
        }
        Ok(waiting)
    }

    async fn give(&mut self, wanted: &Wanted, known: Option<User>) -> Result<Appointed, StoreError> {
        let before = match &known {
            Some(known) => self.store.platform().find_grant(known.id).await?,
            None => None,
        };
        let same = |before: &Granted| before.grant == wanted.grant && before.username == wanted.username;
        if before.as_ref().is_some_and(same) {
            return Ok(Appointed::Unchanged);
        }
        // Accounts of administrators are not restored by other administrators, so it has to come first.
        if before.is_none() && known.as_ref().is_some_and(|known| known.status.state == UserState::Suspended)
        {
            return Ok(Appointed::Suspended);
        }
        let is_new = known.is_none();
        let user = known.unwrap_or_else(|| {
            User::new(UserId::new(self.world), wanted.email.clone(), wanted.name.clone(), self.world)
        });
        let mails = [self.mail(&user, is_new)];
        let appointment = Appointment {
            person: if is_new { Appointee::New(&user) } else { Appointee::Known(&user) },
            grant: wanted.grant,
            username: &wanted.username,
            before: before.as_ref(),
            mails: &mails,
        };
        self.administration.give(&appointment, self.world).await?;
        self.listed.push(user.id);
        Ok(match (is_new, before) {
            (true, _) => Appointed::Made,
            (false, None) => Appointed::Given,
            (false, Some(_)) => Appointed::Changed,
        })
    }

    fn mail(&self, user: &User, is_new: bool) -> IdentityMailRequest {
        IdentityMailRequest {
            id: MailId::new(self.world),
            email: user.email.clone(),
            mail: IdentityMailKind::Administrator { user: user.id, is_new },
            device: None,
            at: self.world.now(),
        }
    }

    /// Tells of the administrators who are not listed, or removes them.
    async fn settle_others(&mut self, remove: bool) -> Result<(), OpsError> {
        for granted in self.administration.administrators().await? {
            if self.listed.contains(&granted.user) {
                continue;
            }
            if remove {
                let taken = self.administration.take(&granted, self.world).await;
                taken.map_err(|error| OpsError::granting(error, &granted.username))?;
            }
            let Granted { username, grant, .. } = granted;
            let done = if remove { Appointed::Removed } else { Appointed::Unlisted };
            self.reports.push(AdministratorReport { username, grant, done });
        }
        Ok(())
    }
}
