//! The audit log: who did what to which thing, written with the change itself.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vestibule_auth::{Actor, TenantScope};
use vestibule_chain::{Digest, Outcome, Personal, PersonalDigests, RecordBody};
use vestibule_domain::{AuditId, World};

use crate::{
    Conflict, StoreError,
    engine::command::Action,
    engine::command::Command,
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How long attempts with an address are kept.
const ADDRESS_LOG: SignedDuration = SignedDuration::from_hours(90 * 24);

/// One entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// The entry's id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// The person's id, or the name of the system task.
    pub actor: String,
    /// The person's address at the time.
    pub actor_email: Option<String>,
    /// What was done, such as `hire.create`.
    pub action: String,
    /// To which thing.
    pub resource: String,
    /// Values before; never personal data or secrets.
    pub old: Value,
    /// Values after; never personal data or secrets.
    pub new: Value,
    /// How it ended.
    #[serde(default)]
    pub outcome: Outcome,
    /// How often it happened, for what is recorded once a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Source address of the request.
    pub source_ip: Option<String>,
    /// The client's description of itself.
    pub user_agent: Option<String>,
    /// Salts the digests of the personal values, Base64; sealed like them, and erased with them.
    #[serde(default)]
    pub salt: Option<String>,
    /// What stands for the personal values in the chain.
    #[serde(default)]
    pub digests: PersonalDigests,
    /// Its place in the chain; absent until it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
}

impl AuditRecord {
    /// The personal values with their salt; `None` once they were erased. Values that stand there without a salt were put there
    /// by somebody: they are held against no salt, and fit none.
    pub fn personal(&self) -> Option<Personal> {
        let Self { actor_email, source_ip, user_agent, salt, .. } = self.clone();
        let none = [&actor_email, &source_ip, &user_agent].iter().all(|value| value.is_none());
        let salt = salt.or_else(|| (!none).then(String::new))?;
        Some(Personal { actor_email, source_ip, user_agent, salt })
    }

    /// The record without personal values that nothing proves: those of a numbered record that has no salt.
    #[must_use]
    pub fn proved(mut self) -> Self {
        if self.number.is_some() && self.salt.is_none() {
            (self.actor_email, self.source_ip, self.user_agent) = (None, None, None);
        }
        self
    }

    pub(crate) fn new(
        scope: &TenantScope,
        action: &str,
        resource: String,
        values: (Value, Value),
        world: &World,
    ) -> Self {
        Self::by(scope.actor(), action, resource, values, world)
    }

    pub(crate) fn by(
        actor: &Actor,
        action: &str,
        resource: String,
        values: (Value, Value),
        world: &World,
    ) -> Self {
        let (actor, actor_email, source_ip, user_agent) = match actor {
            Actor::User { id, email, source_ip, user_agent } => {
                (id.to_string(), Some(email.as_str().to_owned()), source_ip.clone(), user_agent.clone())
            }
            Actor::Stranger { source_ip, user_agent } => {
                ("stranger".to_owned(), None, source_ip.clone(), user_agent.clone())
            }
            Actor::System(task) => (task.name().to_owned(), None, None, None),
        };
        let (at, action) = (world.now(), action.to_owned());
        // Of one instant: the month of a record is found by its id.
        let id = AuditId::of_time(at, world);
        let (old, new) = values;
        let salt = world.bytes::<16>();
        let digest = |name, value: &Option<String>| {
            value.as_ref().map(|value| Digest::of_personal(&salt, name, value))
        };
        let digests = PersonalDigests {
            actor_email: digest("actor_email", &actor_email),
            source_ip: digest("source_ip", &source_ip),
            user_agent: digest("user_agent", &user_agent),
        };
        // Nothing is sealed where nobody is named: the system's own tasks need no keys.
        let salt = (digests != PersonalDigests::default()).then(|| STANDARD.encode(salt));
        let (outcome, count, number) = (Outcome::Done, None, None);
        Self {
            id,
            at,
            actor,
            actor_email,
            action,
            resource,
            old,
            new,
            outcome,
            count,
            source_ip,
            user_agent,
            salt,
            digests,
            number,
        }
    }

    /// The name of somebody who is no signed-in person, as records have it.
    pub fn name_of(actor: &Actor) -> String {
        match actor {
            Actor::User { id, .. } => id.to_string(),
            Actor::Stranger { .. } => "stranger".to_owned(),
            Actor::System(task) => task.name().to_owned(),
        }
    }

    /// What its chain commits to.
    pub fn body(&self) -> RecordBody {
        RecordBody {
            id: self.id.to_string(),
            at: self.at,
            actor: self.actor.clone(),
            action: self.action.clone(),
            resource: self.resource.clone(),
            outcome: self.outcome,
            old: self.old.clone(),
            new: self.new.clone(),
            count: self.count,
            digests: self.digests.clone(),
        }
    }

    /// The same of something that somebody was not allowed to do.
    #[must_use]
    pub(crate) fn refused(self) -> Self {
        Self { outcome: Outcome::Refused, ..self }
    }

    /// The same of something that came to nothing.
    #[must_use]
    pub(crate) fn failed(self) -> Self {
        Self { outcome: Outcome::Failed, ..self }
    }
}

impl Command {
    /// Adds an audit record of a tenant.
    pub(crate) fn audited(self, scope: &TenantScope, record: &AuditRecord) -> Result<Self, StoreError> {
        self.recording(&keys::audit(scope.tenant(), record.at, record.id), record)
    }

    /// Adds an audit record under `key`.
    pub(crate) fn recording(self, key: &keys::Key, record: &AuditRecord) -> Result<Self, StoreError> {
        let mut row = to_row(key, Kind::Audit, record)?;
        // Anybody can fill the log of an address: it does not stay for ever.
        if key.pk.starts_with(keys::ADDRESSES) {
            let until = record.at.saturating_add(ADDRESS_LOG).unwrap_or(record.at);
            row.insert("ttl".into(), number(until.as_second()));
        }
        Ok(self.and(Action::put(row).if_new(), Conflict::Exists))
    }
}
