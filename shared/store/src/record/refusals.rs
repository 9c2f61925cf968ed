//! What people were not allowed: one record a minute for each person and permission, with how often it happened. Nobody
//! can fill a log by asking again and again, and no refusal is left out.

use jiff::Timestamp;
use serde_json::json;
use vestibule_auth::Actor;
use vestibule_chain::Digest;
use vestibule_domain::{AuditId, Email, TenantId, UserId, World};

use crate::{
    AuditRecord, PlatformStore, StoreError,
    engine::command::Action,
    engine::item::{Row, number, text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
};

/// Milliseconds in which refusals are counted as one record.
const MINUTE: i64 = 60_000;
/// Bytes of an id behind its time.
const RANDOM: usize = 10;

/// Somebody known who was refused.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Who.
    pub user: UserId,
    /// The tenant in whose log it is told; `None` for what concerns the person alone.
    pub tenant: Option<TenantId>,
    /// Their address, where it is known.
    pub email: Option<Email>,
    /// Source address of the request.
    pub source_ip: Option<String>,
    /// The client's description of itself.
    pub user_agent: Option<String>,
    /// The permission that is missing, or the code of the refusal.
    pub what: String,
    /// The method of the first request.
    pub method: String,
    /// The route of the first request, never its path.
    pub route: String,
}

impl PlatformStore<'_> {
    /// Counts a refusal: the first of a minute makes the record, the others add to its count. One that comes after the
    /// record of its minute was closed counts no more.
    pub async fn count_refusal(&self, refusal: Refusal, world: &World) -> Result<(), StoreError> {
        let (key, record) = refusal.record(world);
        let sealer = self.store.sealer();
        sealer.freshen(&[]).await;
        let row = sealer.seal(to_row(&key, Kind::Refusal, &record)?)?;
        if counting(&key, row).send_alone(self.store).await?.is_err() {
            tracing::info!(id = %record.id, "a refusal came after its minute was closed");
        }
        Ok(())
    }
}

impl Refusal {
    /// The record as the first refusal of a minute makes it, and where it lies from the beginning on.
    fn record(self, world: &World) -> (Key, AuditRecord) {
        let Self { user, tenant, email, source_ip, user_agent, what, method, route } = self;
        let actor = match email {
            Some(email) => Actor::User { id: user, email, source_ip, user_agent },
            None => Actor::Stranger { source_ip, user_agent },
        };
        let values = (json!(null), json!({ "method": method, "route": route }));
        let record = AuditRecord::by(&actor, "access.refuse", what, values, world).refused();
        let id = id_of(record.at, user, &record.resource);
        let record = AuditRecord { id, actor: user.to_string(), count: Some(0), ..record };
        (keys::session_audit(user, tenant, &record), record)
    }
}

/// The same id for all refusals of a minute: its beginning, and a hash of who and what.
fn id_of(at: Timestamp, user: UserId, what: &str) -> AuditId {
    let begins = at.as_millisecond() - at.as_millisecond().rem_euclid(MINUTE);
    let hash = Digest::of(&[user.to_string().as_bytes(), b"\n", what.as_bytes()]);
    let random = hash.0[..RANDOM].iter().fold(0, |number, byte| (number << 8) | u128::from(*byte));
    AuditId::from_parts(u64::try_from(begins).unwrap_or_default(), random)
}

/// Sets every attribute that is not there yet, and counts.
fn counting(key: &Key, row: Row) -> Action {
    let fields = row.into_iter().filter(|(name, _)| !["PK", "SK", "count"].contains(&name.as_str()));
    let (mut sets, mut values) = (Vec::new(), Vec::new());
    for (name, value) in fields {
        sets.push(format!("#{name} = if_not_exists(#{name}, :{name})"));
        values.push((name, value));
    }
    let action = Action::update(key, format!("SET {} ADD #count :one", sets.join(", ")))
        .name("#count", "count")
        .value(":one", number(1))
        .value(":refusal", text(Kind::Refusal.name()))
        .when("attribute_not_exists(PK) OR #item = :refusal");
    values.into_iter().fold(action, |action, (name, value)| {
        action.name(&format!("#{name}"), &name).value(&format!(":{name}"), value)
    })
}
