//! Secrets of a tenant that nothing names, or not yet. One is noted before it is made, so that a death afterwards leaves none that
//! nobody knows of; the command that names it takes the note away.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vestibule_domain::{SecretId, World};

use crate::{
    Conflict, CursorKey, Entity, PageRequest, StoreError, TenantStore,
    engine::command::{Action, Command},
    engine::keys,
    engine::kinds::Kind,
};

/// Whoever noted a secret names it within this; functions live for seconds.
const UNDER_WAY: SignedDuration = SignedDuration::from_mins(2);
/// Most that are looked at in one go.
const AT_ONCE: u16 = 25;

/// A secret that is about to be made, or to be removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LooseSecret {
    /// Names the note.
    pub id: SecretId,
    /// The secret's name in Secrets Manager.
    pub name: String,
    /// When it was noted.
    pub since: Timestamp,
    /// Counts its writes.
    pub version: u64,
}

impl LooseSecret {
    /// The note about the secret `name`.
    pub fn new(id: SecretId, name: String, world: &World) -> Self {
        Self { id, name, since: world.now(), version: 0 }
    }
}

impl Entity for LooseSecret {
    type Id = SecretId;
    const KIND: Kind = Kind::LooseSecret;
    const PREFIX: &'static str = keys::LOOSE_SECRETS;

    fn id(&self) -> SecretId {
        self.id
    }

    fn version(&mut self) -> &mut u64 {
        &mut self.version
    }
}

/// What becomes of secrets with a change of settings.
#[derive(Debug, Default)]
pub struct SecretMoves {
    /// The note about the one that the settings name from now on.
    pub named: Option<SecretId>,
    /// The one that they named until now.
    pub loosened: Option<LooseSecret>,
}

impl TenantStore<'_> {
    /// Notes a secret before it is made.
    pub async fn note_secret(&self, secret: &LooseSecret) -> Result<(), StoreError> {
        Command::new().and(self.making(secret)?, Conflict::Exists).commit(self.store).await
    }

    /// Secrets that nothing will name any more, the newest ones first.
    pub async fn list_loose_secrets(
        &self,
        key: &CursorKey,
        world: &World,
    ) -> Result<Vec<LooseSecret>, StoreError> {
        let request = PageRequest { limit: Some(AT_ONCE), cursor: None };
        // Without a cursor there is none to refuse.
        let Ok(page) = self.list::<LooseSecret>(&request, key).await? else { return Ok(Vec::new()) };
        let past = |secret: &LooseSecret| world.now().duration_since(secret.since) >= UNDER_WAY;
        Ok(page.items.into_iter().filter(past).collect())
    }

    /// Takes away the note of a secret that is gone.
    pub async fn forget_secret(&self, id: SecretId) -> Result<(), StoreError> {
        let gone = Action::delete(&keys::entity(self.tenant(), keys::LOOSE_SECRETS, id));
        Command::new().and(gone, Conflict::Stale).commit(self.store).await
    }

    /// Adds the notes that come and go with a change of settings; [`Conflict::Stale`] when somebody took the named one for loose.
    pub(crate) fn moving(&self, command: Command, moves: &SecretMoves) -> Result<Command, StoreError> {
        let mut command = command;
        if let Some(named) = moves.named {
            let note = Action::delete(&keys::entity(self.tenant(), keys::LOOSE_SECRETS, named));
            command = command.and(note.when("attribute_exists(PK)"), Conflict::Stale);
        }
        match &moves.loosened {
            Some(loosened) => Ok(command.and(self.making(loosened)?, Conflict::Stale)),
            None => Ok(command),
        }
    }
}
