//! The authorization read of the platform: session, person and grant in one strongly consistent batch, so that a grant that
//! is taken counts no more from the next request on.

use jiff::Timestamp;
use vestibule_auth::Grant;
use vestibule_domain::{SessionId, User, UserId};

use super::Granted;
use crate::{IdempotencyKey, PlatformStore, SelfAccess, StoreError, engine::item::from_row, engine::keys};

/// What the table says about one request's credentials on the platform.
#[derive(Debug, Clone)]
pub struct PlatformAccess {
    /// Session, person and kept answer.
    pub person: SelfAccess,
    /// What the person may do on the platform; `None` for almost everybody.
    pub grant: Option<Grant>,
}

impl PlatformStore<'_> {
    /// Checks session, person and grant in one round trip. `None` when the session has ended or the person may not act at
    /// `now`.
    pub async fn platform_access(
        &self,
        (user, session): (UserId, SessionId),
        idempotency: Option<(&str, &IdempotencyKey)>,
        now: Timestamp,
    ) -> Result<Option<PlatformAccess>, StoreError> {
        let kept_key = idempotency.map(|(partition, key)| keys::idempotency(partition, key));
        let needed = [keys::session(user, session), keys::user(user), keys::grant(user)];
        let mut rows = self.by_kind(needed.iter().chain(&kept_key)).await?;
        // A grant that cannot be read gives nothing.
        let grant = rows.remove("grant").map(from_row::<Granted>);
        let grant = grant.map(|grant| self.store.if_whole(grant)).transpose()?.flatten();
        let person = self.judge_person(&mut rows, now)?;
        Ok(person.map(|person| PlatformAccess { person, grant: grant.map(|grant| grant.grant) }))
    }

    /// A person with what they may do on the platform, in one round trip, which nobody's id takes as well.
    pub async fn find_administrator(
        &self,
        user: UserId,
    ) -> Result<(Option<User>, Option<Granted>), StoreError> {
        let mut rows = self.by_kind([keys::user(user), keys::grant(user)].iter()).await?;
        let person = rows.remove("user").map(|row| self.store.read(row)).transpose()?;
        let granted = rows.remove("grant").map(|row| self.store.read(row)).transpose()?;
        Ok((person, granted))
    }
}
