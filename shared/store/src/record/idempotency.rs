//! Answers kept for repeated requests. The kept answer is written in the command's own
//! transaction, so a request has either both happened and been remembered, or neither.

use aws_sdk_dynamodb::types::TransactWriteItem;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use vestibule_domain::{Invalid, World};

use crate::{
    Conflict, StoreError,
    engine::command::{Action, Command},
    engine::item::{number, to_row},
    engine::keys,
    engine::kinds::Kind,
};

/// How long a kept answer is honoured.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The client's own name for one request: 1 to 64 of letters, digits, `.`, `_`, `:` and `-`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads a key, quoted as the draft standard has it or bare.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let bare = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap_or(text);
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
        if (1..=64).contains(&bare.len()) && bare.bytes().all(allowed) {
            Ok(Self(bare.to_owned()))
        } else {
            Err(Invalid::new("Use 1 to 64 letters, digits, dots, underscores, colons or hyphens."))
        }
    }

    /// The key without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An answer found for a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// What the first request asked: a sealed hash over method, path and body, without secrets.
    pub fingerprint: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Body of the answer.
    pub body: String,
    expires: Timestamp,
}

impl KeptAnswer {
    /// Whether it still counts. The table deletes late, so the time is always compared.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires
    }
}

/// An answer to keep, written with the command it belongs to.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Whose key it is: keys of different partitions never meet.
    pub partition: String,
    /// The client's key.
    pub key: IdempotencyKey,
    /// See [`KeptAnswer::fingerprint`].
    pub fingerprint: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Body of the answer.
    pub body: String,
}

impl Answer {
    pub(crate) fn action(self, now: Timestamp) -> Result<(TransactWriteItem, Conflict), StoreError> {
        let expires = now.saturating_add(KEPT_FOR).unwrap_or(now);
        let key = keys::idempotency(&self.partition, &self.key);
        let kept =
            KeptAnswer { fingerprint: self.fingerprint, status: self.status, body: self.body, expires };
        let mut row = to_row(&key, Kind::Answer, &kept)?;
        row.insert("ttl".into(), number(expires.as_second()));
        row.insert("until".into(), number(expires.as_millisecond()));
        let free = "attribute_not_exists(PK) OR #until <= :now";
        let action =
            Action::put(row).when(free).name("#until", "until").value(":now", number(now.as_millisecond()));
        Ok((action.into_write(), Conflict::KeyUsed))
    }
}

impl Command {
    /// Adds the answer to keep for a repeated request, if the client named one.
    pub(crate) fn answering(self, answer: Option<Answer>, world: &World) -> Result<Self, StoreError> {
        match answer {
            Some(answer) => Ok(self.and_write(answer.action(world.now())?)),
            None => Ok(self),
        }
    }
}
