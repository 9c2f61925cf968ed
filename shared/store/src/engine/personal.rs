//! Personal data is sealed on its way into the table and opened on its way out, so that neither
//! commands nor queries can forget it. A sealed field is the only kind of binary attribute there is.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use secrecy::SecretString;
use tokio::sync::Mutex;
use vestibule_auth::{FieldError, FieldKeys, KeyError};
use vestibule_domain::{Email, UserName, World};

use crate::{
    StoreError,
    engine::item::{Row, key_row, text},
    engine::keys::Key,
    engine::kinds::Kind,
};

/// How long a ring is used before it is read again.
const RELOAD_AFTER: i64 = 300_000;
/// Rows with unknown keys make the ring be read again at most this often, in milliseconds.
const RELOAD_AT_MOST: i64 = 1_000;

/// Reads the key ring anew; `None` when it cannot be had now.
pub type LoadRing = dyn Fn() -> Pin<Box<dyn Future<Output = Option<SecretString>> + Send>> + Send + Sync;

/// The keys that seal personal data, with the randomness they need.
#[derive(Clone)]
pub struct Sealer {
    keys: FieldKeys,
    world: World,
    load: Option<Arc<LoadRing>>,
    loaded: Arc<AtomicI64>,
    asked: Arc<Mutex<i64>>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

/// The name of an address in keys of the table: says nothing about the address itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressKey(String);

impl std::fmt::Display for AddressKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Sealer {
    /// For a function that touches no personal data: its keys are made up now and known to nobody.
    pub fn without_keys(world: World) -> Result<Self, KeyError> {
        Ok(Self::new(FieldKeys::from_secret(&FieldKeys::generate(&world))?, world))
    }

    /// Seals with the current key of `keys`.
    pub fn new(keys: FieldKeys, world: World) -> Self {
        let loaded = Arc::new(AtomicI64::new(world.now().as_millisecond()));
        Self { keys, world, load: None, loaded, asked: Arc::new(Mutex::new(i64::MIN)) }
    }

    /// The same, reading the ring again every five minutes and whenever a row has an unknown key,
    /// so that keys can be changed while functions run.
    #[must_use]
    pub fn reloading(self, load: Arc<LoadRing>) -> Self {
        Self { load: Some(load), ..self }
    }

    /// What stands in the place of an address where a user name is nobody's: its attempts are counted like those with one
    /// that is somebody's. No address has this name.
    pub fn nobodys_key(&self, name: &UserName) -> AddressKey {
        AddressKey(self.keys.blind_index(&format!("user name\n{}", name.as_str())))
    }

    /// Reads the ring again when it is due, or when one of `rows` needs a key that is not known.
    pub(crate) async fn freshen(&self, rows: &[Row]) {
        if rows.iter().any(|row| self.has_unknown_key(row)) {
            self.learn(|| rows.iter().any(|row| self.has_unknown_key(row))).await;
            return;
        }
        let now = self.world.now().as_millisecond();
        let loaded = self.loaded.load(Ordering::Relaxed);
        // One request reads it; those beside it go on with what they have.
        let ours = || self.loaded.compare_exchange(loaded, now, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if now - loaded > RELOAD_AFTER && ours() {
            self.reload().await;
        }
    }

    /// Reads the ring again when `sealed` needs a key that is not known: for what is sealed outside of
    /// the table.
    pub async fn prepare_for(&self, sealed: &[u8]) {
        let unknown = || FieldKeys::kid_of(sealed).is_some_and(|kid| !self.keys.has(kid));
        if unknown() {
            self.learn(unknown).await;
        }
    }

    /// Reads the ring for a key that is not known; those who come meanwhile wait for it.
    async fn learn(&self, unknown: impl Fn() -> bool) {
        let mut asked = self.asked.lock().await;
        let now = self.world.now().as_millisecond();
        if unknown() && now.saturating_sub(*asked) > RELOAD_AT_MOST {
            *asked = now;
            self.reload().await;
        }
    }

    async fn reload(&self) {
        let Some(load) = self.load.as_ref() else { return };
        if let Some(ring) = load().await
            && self.keys.replace(&ring).is_err()
        {
            tracing::error!("the ring of field keys cannot be read; the old one stays");
        }
    }

    fn has_unknown_key(&self, row: &Row) -> bool {
        personal_fields(row).iter().any(|name| match row.get(*name) {
            Some(AttributeValue::B(sealed)) => {
                FieldKeys::kid_of(sealed.as_ref()).is_some_and(|kid| !self.keys.has(kid))
            }
            _ => false,
        })
    }

    /// The keys, for rotation.
    pub fn keys(&self) -> &FieldKeys {
        &self.keys
    }

    /// What stands for `email` in the table: the same for all its spellings.
    pub fn address_key(&self, email: &Email) -> AddressKey {
        AddressKey(self.keys.blind_index(&email.canonical()))
    }

    /// What stands for the beginning of a name in the table; no address has the same.
    pub fn name_key(&self, beginning: &str) -> String {
        self.keys.blind_index(&format!("name\n{beginning}"))
    }

    /// The row with its personal fields sealed.
    pub(crate) fn seal(&self, mut row: Row) -> Result<Row, StoreError> {
        for name in personal_fields(&row) {
            let Some(value) = row.get(*name) else { continue };
            if matches!(value, AttributeValue::Null(_) | AttributeValue::B(_)) {
                continue;
            }
            let plain: serde_json::Value =
                serde_dynamo::aws_sdk_dynamodb_1::from_attribute_value(value.clone())
                    .map_err(|error| StoreError::Table(error.to_string()))?;
            let bound = associated(&row, name);
            let sealed = self.keys.seal(plain.to_string().as_bytes(), &bound, self.world.bytes());
            row.insert((*name).to_owned(), AttributeValue::B(Blob::new(sealed)));
        }
        Ok(row)
    }

    /// One field of a row, sealed by itself.
    pub(crate) fn seal_field(
        &self,
        key: &Key,
        kind: Kind,
        name: &str,
        value: &str,
    ) -> Result<AttributeValue, StoreError> {
        let mut row = key_row(key);
        row.insert("item".into(), text(kind.name()));
        row.insert(name.into(), text(value));
        let sealed = self.seal(row)?.remove(name);
        sealed.ok_or_else(|| StoreError::Table(format!("{name} of {} is no field", kind.name())))
    }

    /// The row with its sealed fields opened.
    pub(crate) fn open(&self, mut row: Row) -> Result<Row, StoreError> {
        for name in personal_fields(&row) {
            let Some(AttributeValue::B(sealed)) = row.get(*name) else { continue };
            let broken =
                |reason: String| StoreError::Row { row: format!("{name} of {}", place(&row)), reason };
            let plain = match self.keys.open(sealed.as_ref(), &associated(&row, name)) {
                // The ring could not be read anew just now.
                Err(FieldError::UnknownKey) => {
                    return Err(StoreError::Busy("a field key is not known yet".into()));
                }
                opened => opened.map_err(|error| broken(error.to_string()))?,
            };
            let value: serde_json::Value =
                serde_json::from_slice(&plain).map_err(|_| broken("is not what was sealed".to_owned()))?;
            let value = serde_dynamo::aws_sdk_dynamodb_1::to_attribute_value(value)
                .map_err(|error| broken(error.to_string()))?;
            row.insert((*name).to_owned(), value);
        }
        Ok(row)
    }

    /// Whether any sealed field of the row uses another key than the current one.
    pub(crate) fn is_outdated(&self, row: &Row) -> bool {
        let current = self.keys.current_kid();
        personal_fields(row).iter().any(|name| match row.get(*name) {
            Some(AttributeValue::B(sealed)) => FieldKeys::kid_of(sealed.as_ref()) != Some(current.as_str()),
            Some(AttributeValue::Null(_)) | None => false,
            Some(_) => true,
        })
    }
}

fn personal_fields(row: &Row) -> &'static [&'static str] {
    Kind::of(row).map_or(&[], Kind::personal)
}

/// Binds a sealed field to its place: copied elsewhere it does not open.
fn associated(row: &Row, field: &str) -> Vec<u8> {
    format!("{}\n{field}", place(row)).into_bytes()
}

fn place(row: &Row) -> String {
    let part = |name| row.get(name).and_then(|value| value.as_s().ok()).map_or("", String::as_str);
    format!("{}\n{}", part("PK"), part("SK"))
}
