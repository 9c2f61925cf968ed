//! Rotation of refresh tokens: one conditional update. Its failure brings the row along, which
//! tells a repeated request (same successor again) from a stolen token (the family ends).

use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use vestibule_auth::{Actor, RefreshToken, TokenDigest};
use vestibule_domain::{SessionId, TenantId, UserId, World};

use crate::{
    Answer, AuditRecord, Conflict, PlatformStore, StoreError,
    engine::command::Command,
    engine::item::{Row, from_row, key_row, number, text},
    engine::keys,
    engine::update::update_or_old,
};

/// The part of a [`Session`](super::Session) that decides about its refresh tokens; nothing sealed is opened
/// for it.
#[derive(Debug, Deserialize)]
pub struct Family {
    /// It ends here at the latest.
    pub expires: Timestamp,
    /// The tenant it works in.
    pub tenant: Option<TenantId>,
    pub(super) epoch: u64,
    pub(super) refreshed: Option<Timestamp>,
    refreshed_before: Option<Timestamp>,
    ended: Option<Timestamp>,
    current: Option<TokenDigest>,
    previous: Option<TokenDigest>,
    salt: Option<String>,
}

impl Family {
    /// As [`Session::is_alive`](super::Session::is_alive).
    fn is_alive(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires
    }
}

/// The action of a token that was used before.
const REUSE: &str = "session.reuse";
/// The next token takes the place of this one.
const SWAP: &str =
    "SET #previous = :old, #current = :new, #salt = :salt, #refreshed_before = #refreshed, #refreshed = :at";
/// The token counts, in a session that goes on.
const COUNTS: &str = "#current = :old AND attribute_type(#ended, :null) AND #ends > :now";
const NAMES: [&str; 7] = ["previous", "current", "salt", "refreshed", "refreshed_before", "ended", "ends"];

/// What became of a refresh token.
#[derive(Debug)]
pub enum Rotation {
    /// Its successor, and the session as it was before.
    Next(Box<(RefreshToken, Family)>),
    /// The session is over or never was.
    Ended,
    /// The token was used before, and so was its successor: the family has been ended.
    Reused,
}

impl PlatformStore<'_> {
    /// Exchanges a refresh token for its successor. Repeating the request, even at once, gives
    /// the same successor until that one is used.
    pub async fn rotate(
        &self,
        token: &RefreshToken,
        actor: &Actor,
        world: &World,
    ) -> Result<Rotation, StoreError> {
        let now = world.now();
        let salt: [u8; 16] = world.bytes();
        match self.swap(token, &salt, now).await? {
            Ok(old) => {
                let family: Option<Family> = self.store.if_whole(from_row(old))?;
                Ok(family.map_or(Rotation::Ended, |family| {
                    Rotation::Next(Box::new((token.successor(&salt), family)))
                }))
            }
            Err(found) if found.is_empty() => Ok(Rotation::Ended),
            Err(found) => match self.store.if_whole(from_row(found))? {
                Some(family) => self.not_current(token, family, actor, world).await,
                None => Ok(Rotation::Ended),
            },
        }
    }

    async fn not_current(
        &self,
        token: &RefreshToken,
        family: Family,
        actor: &Actor,
        world: &World,
    ) -> Result<Rotation, StoreError> {
        if !family.is_alive(world.now()) || family.current.is_none() {
            return Ok(Rotation::Ended);
        }
        let salt = family.salt.as_ref().and_then(|salt| URL_SAFE_NO_PAD.decode(salt).ok());
        let salt: Option<[u8; 16]> = salt.and_then(|salt| salt.try_into().ok());
        if family.previous.as_ref() == Some(&token.digest())
            && let Some(salt) = salt
        {
            // As it was before the first of the repeated requests: idleness is judged by that.
            let family = Family { refreshed: family.refreshed_before, ..family };
            return Ok(Rotation::Next(Box::new((token.successor(&salt), family))));
        }
        let session = (token.user, token.session, family.tenant);
        let ended = self.end_family(session, REUSE, actor, None, world).await;
        match ended {
            Ok(()) | Err(StoreError::Conflict(_)) => Ok(Rotation::Reused),
            Err(error) => Err(error),
        }
    }

    /// Ends one session with an audit record, in the log of the tenant that it works in; a conflict when it has ended
    /// already.
    pub async fn end_family(
        &self,
        (user, session, tenant): (UserId, SessionId, Option<TenantId>),
        action: &str,
        actor: &Actor,
        answer: Option<Answer>,
        world: &World,
    ) -> Result<(), StoreError> {
        let values = (json!(null), json!({ "user": user }));
        let record = AuditRecord::by(actor, action, session.to_string(), values, world);
        // Whoever used a token twice may have stolen it: the session ends for that.
        let record = if action == REUSE { record.refused() } else { record };
        let key = keys::session_audit(user, tenant, &record);
        let command = Command::new().ending(user, session, record.at).recording(&key, &record)?;
        let command = command.answering(answer, world)?;
        match command.commit(self.store).await {
            Err(StoreError::Conflict(Conflict::Stale)) => {
                self.remove_damaged_session(user, session, (&key, &record)).await
            }
            done => done,
        }
    }

    /// `Ok` is the row before, `Err` the row that does not have `token` as its current one.
    async fn swap(
        &self,
        token: &RefreshToken,
        salt: &[u8; 16],
        now: Timestamp,
    ) -> Result<Result<Row, Row>, StoreError> {
        let request = || {
            let names = NAMES.map(|name| (format!("#{name}"), name.to_owned())).into();
            let update = self.store.client().update_item().table_name(self.store.table());
            update
                .set_key(Some(key_row(&keys::session(token.user, token.session))))
                .update_expression(SWAP)
                .condition_expression(COUNTS)
                .set_expression_attribute_names(Some(names))
                .expression_attribute_values(":old", text(token.digest().as_str()))
                .expression_attribute_values(":new", text(token.successor(salt).digest().as_str()))
                .expression_attribute_values(":salt", text(URL_SAFE_NO_PAD.encode(salt)))
                .expression_attribute_values(":at", text(now.to_string()))
                .expression_attribute_values(":null", text("NULL"))
                .expression_attribute_values(":now", number(now.as_millisecond()))
                .return_values(ReturnValue::AllOld)
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
        };
        update_or_old(request).await
    }
}
