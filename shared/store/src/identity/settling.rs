//! How a counted attempt ends: wrong, right with a step to come, or without anything having been judged. What
//! was wrong stays counted; what was not leaves nothing behind.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use vestibule_auth::Actor;
use vestibule_domain::{IdentityMailRequest, World};

use super::{Attempt, Limits};
use crate::{
    AddressKey, AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::number,
    engine::keys,
};

/// How often the end of an attempt is written while others end at the same moment.
const TRIES: u32 = 8;

/// What became of an attempt.
#[derive(Debug, Clone, Copy)]
pub enum Ended<'a> {
    /// Refused, for this reason; it stays counted.
    Wrong(&'a Actor, &'a str),
    /// Right, and a second factor is asked for; it stays counted until the sign-in ends well.
    AwaitsCode,
    /// Neither: it met something else. It counts no more.
    Unjudged,
}

impl PlatformStore<'_> {
    /// Writes how an attempt ended. `locked` is sent when it is the last of those that lock the address.
    pub async fn settle(
        &self,
        address: &AddressKey,
        attempt: Option<&Attempt>,
        ended: Ended<'_>,
        (limits, locked): (&Limits, &IdentityMailRequest),
        world: &World,
    ) -> Result<(), StoreError> {
        let id = attempt.and_then(|attempt| attempt.id.as_deref().map(|id| (id, attempt.failures)));
        let Some((id, failures)) = id else { return self.refusal(address, ended, world).await };
        let mut closes = failures == limits.failures;
        for _ in 0..TRIES {
            let mail = (closes && !matches!(ended, Ended::Unjudged)).then_some(locked);
            let mut command =
                Command::new().and(end(address, id, ended, mail.is_some(), limits), Conflict::Stale);
            if let Some(mail) = mail {
                command = command.mailing(mail)?;
            }
            match self.audit(command, address, ended, world).await {
                // Another one ended meanwhile, and this one is the last, or not the last any more.
                Err(StoreError::Conflict(Conflict::Stale)) if self.is_under_way(address, id).await? => {
                    closes = !closes;
                }
                // A success has forgotten all attempts.
                Err(StoreError::Conflict(Conflict::Stale)) => {
                    return self.refusal(address, ended, world).await;
                }
                done => return done,
            }
        }
        Err(StoreError::Busy("an address is tried by many at once".into()))
    }

    async fn is_under_way(&self, address: &AddressKey, id: &str) -> Result<bool, StoreError> {
        let row: Option<serde_json::Value> = self.store.get(&keys::sign_in(address)).await?;
        let ids = row.and_then(|row| row.get("under_way")?.as_array().cloned()).unwrap_or_default();
        Ok(ids.iter().any(|each| each == id))
    }

    /// Only the record of a refusal, where there is no count to settle.
    async fn refusal(&self, address: &AddressKey, ended: Ended<'_>, world: &World) -> Result<(), StoreError> {
        match ended {
            Ended::Wrong(..) => self.audit(Command::new(), address, ended, world).await,
            Ended::AwaitsCode | Ended::Unjudged => Ok(()),
        }
    }

    /// Commits `command` with the record of a refusal.
    async fn audit(
        &self,
        command: Command,
        address: &AddressKey,
        ended: Ended<'_>,
        world: &World,
    ) -> Result<(), StoreError> {
        let Ended::Wrong(actor, reason) = ended else { return command.commit(self.store).await };
        let values = (json!(null), json!({ "reason": reason }));
        let record = AuditRecord::by(actor, "session.refuse", address.to_string(), values, world).refused();
        let key = keys::address_audit(address, record.at, record.id);
        command.recording(&key, &record)?.commit(self.store).await
    }
}

/// Takes the attempt out of those under way, if it `closes` the lock by that or if it does not.
fn end(address: &AddressKey, id: &str, ended: Ended<'_>, closes: bool, limits: &Limits) -> Action {
    let update = match ended {
        Ended::Wrong(..) => "DELETE #under_way :me",
        Ended::AwaitsCode => "SET #tickets = if_not_exists(#tickets, :zero) + :one DELETE #under_way :me",
        Ended::Unjudged => "SET #failures = #failures - :one DELETE #under_way :me",
    };
    let last = "#failures = :max AND size(#under_way) = :one";
    let condition = match ended {
        Ended::Unjudged => "contains(#under_way, :id)".to_owned(),
        _ if closes => format!("contains(#under_way, :id) AND {last}"),
        _ => format!("contains(#under_way, :id) AND NOT ({last})"),
    };
    let action = Action::update(&keys::sign_in(address), update)
        .name("#under_way", "under_way")
        .value(":me", AttributeValue::Ss(vec![id.to_owned()]))
        .value(":id", AttributeValue::S(id.to_owned()))
        .when(&condition);
    let action = action.name("#failures", "failures").value(":one", number(1));
    let most = number(limits.failures);
    match ended {
        Ended::Wrong(..) => action.value(":max", most),
        Ended::AwaitsCode => action.value(":max", most).name("#tickets", "tickets").value(":zero", number(0)),
        Ended::Unjudged => action,
    }
}
