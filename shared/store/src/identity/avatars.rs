//! The picture of a person, in a row of its own: nothing that reads the person carries it along.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use vestibule_domain::UserId;

use crate::{
    Conflict, PlatformStore, StoreError,
    engine::command::{Action, Command},
    engine::item::to_row,
    engine::keys,
    engine::kinds::Kind,
};

/// A picture. Sealed in the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Avatar {
    /// A JPEG, some ten kilobytes.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    pub picture: Vec<u8>,
}

/// What becomes of a person's picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AvatarChange {
    /// This one is theirs.
    Set(Avatar),
    /// There is none any more.
    Remove,
}

impl Command {
    /// Changes the picture of a person.
    pub(super) fn picturing(self, user: UserId, change: &AvatarChange) -> Result<Self, StoreError> {
        let key = keys::avatar(user);
        let write = match change {
            AvatarChange::Set(avatar) => Action::put(to_row(&key, Kind::Avatar, avatar)?),
            AvatarChange::Remove => Action::delete(&key),
        };
        Ok(self.and(write, Conflict::Stale))
    }
}

impl PlatformStore<'_> {
    /// The picture of a person, read with strong consistency.
    pub async fn find_avatar(&self, user: UserId) -> Result<Option<Avatar>, StoreError> {
        self.store.get(&keys::avatar(user)).await
    }
}

// A sealed field is JSON inside, which would write the bytes as a list of numbers.
fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    STANDARD.decode(text).map_err(D::Error::custom)
}
