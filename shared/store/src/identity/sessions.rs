//! Sessions: one refresh family each. A session ends when its time is over, when it is ended, or
//! when the person's epoch has moved on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vestibule_auth::TokenDigest;
use vestibule_domain::{Device, SessionId, TenantId, UserId};

use super::SessionState;
use crate::{
    AuditRecord, Conflict, Listed, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::damaged::{behind, field},
    engine::item::{Row, from_row, number, text, to_row},
    engine::keys::{self, Key},
    engine::kinds::Kind,
};

/// A signed-in session of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The tenant it works in at present.
    pub tenant: Option<TenantId>,
    /// The person's epoch when it began.
    pub epoch: u64,
    /// When it began.
    pub created: Timestamp,
    /// When it was last refreshed; never for sessions without refresh tokens.
    pub refreshed: Option<Timestamp>,
    /// When it was refreshed the time before.
    #[serde(default)]
    pub refreshed_before: Option<Timestamp>,
    /// It ends here at the latest.
    pub expires: Timestamp,
    /// Set when it was ended early.
    pub ended: Option<Timestamp>,
    /// Whether a second factor was given.
    pub strong: bool,
    /// How it began, such as `password` or `google`.
    pub method: String,
    /// Where it began. Sealed in the table.
    pub device: Option<Device>,
    /// Hash of the refresh token that counts.
    pub current: Option<TokenDigest>,
    /// Hash of the one before, honoured until its successor is used.
    pub previous: Option<TokenDigest>,
    /// What the successor of `previous` was derived with, base64url of 16 bytes.
    pub salt: Option<String>,
}

impl Session {
    /// Whether it can still be used at `now`. The table deletes late, so the time is always compared.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.ended.is_none() && now < self.expires
    }

    pub(crate) fn row(&self, user: UserId) -> Result<Row, StoreError> {
        let mut row = to_row(&keys::session(user, self.id), Kind::Session, self)?;
        row.insert("ttl".into(), number(self.expires.as_second()));
        // Conditions compare numbers; the text form of a time does not sort.
        row.insert("ends".into(), number(self.expires.as_millisecond()));
        Ok(row)
    }
}

impl Command {
    /// Ends a session that has not been ended yet.
    pub(crate) fn ending(self, user: UserId, session: SessionId, at: Timestamp) -> Self {
        let end = Action::update(&keys::session(user, session), "SET #ended = :at")
            .name("#ended", "ended")
            .value(":at", text(at.to_string()))
            .if_unset("ended");
        self.and(end, Conflict::Stale)
    }
}

impl PlatformStore<'_> {
    /// The tenant that a session works in, in whatever state it and its row are; `None` when there is no session.
    pub async fn session_tenant(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<Option<TenantId>>, StoreError> {
        let row = self.store.get_row(&keys::session(user, session)).await?;
        Ok(row.map(|row| field::<Option<TenantId>>(&row, "tenant").flatten()))
    }

    /// When a session began; `None` when there is none.
    pub async fn session_begun(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let found: Option<Session> = self.store.get(&keys::session(user, session)).await?;
        Ok(found.map(|session| session.created))
    }

    /// Removes a session whose row cannot be read, with an audit record; a conflict when it is none.
    pub(crate) async fn remove_damaged_session(
        &self,
        user: UserId,
        session: SessionId,
        (audit, record): (&Key, &AuditRecord),
    ) -> Result<(), StoreError> {
        let key = keys::session(user, session);
        let read = self.store.get::<Session>(&key).await;
        if self.store.if_whole(read)?.is_some() {
            return Err(Conflict::Stale.into());
        }
        let gone = Action::delete(&key)
            .name("#ended", "ended")
            .value(":time", text("S"))
            .when("attribute_exists(PK) AND NOT attribute_type(#ended, :time)");
        Command::new().and(gone, Conflict::Stale).recording(audit, record)?.commit(self.store).await
    }

    /// The sessions of a person that are alive at `now`, newest first; those whose row cannot be read belong to
    /// them unless it is clear that they have ended.
    pub async fn list_sessions(&self, user: UserId, now: Timestamp) -> Result<Listed<Session>, StoreError> {
        let query = self.store.prefix_query(&keys::user(user).pk, keys::SESSIONS).scan_index_forward(false);
        let mut pages = query.into_paginator().items().send();
        let mut rows = Vec::new();
        while let Some(row) = pages.next().await {
            let row = row?;
            let ended = field::<Option<Timestamp>>(&row, "ended").flatten().is_some();
            if !ended && from_row::<SessionState>(row.clone()).map_or(true, |state| state.is_alive(now)) {
                rows.push(row);
            }
        }
        self.store.sealer().freshen(&rows).await;
        self.store.listed(rows, |row| behind(row, "SK", keys::SESSIONS))
    }
}
