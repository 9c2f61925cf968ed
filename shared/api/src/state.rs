//! What every HTTP function holds: the table, the keys it trusts, the clock.

use std::{collections::BTreeMap, sync::Arc};

#[cfg(feature = "mail")]
use vestibule_adapters::{aws::SdkConfig, mail::Mailer};
use vestibule_auth::{CsrfKey, FieldKeys, FingerprintKey, Policy};
use vestibule_domain::{SessionId, TenantId, UserId, World};
use vestibule_store::{CursorKey, LoadRing, Sealer, Store};

use crate::{SettingError, Settings, Trust};

/// Whom a request acts as while signing in is bypassed.
pub type DebugUser = (UserId, SessionId, TenantId);
/// Who a debug name stands for.
pub type DebugUsers = BTreeMap<String, DebugUser>;

/// The shared part of every HTTP function's state. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Api {
    /// The table.
    pub store: Store,
    /// Checks access tokens.
    pub trust: Trust,
    /// Seals page cursors.
    pub cursors: CursorKey,
    /// Makes and checks the tokens against requests from other sites.
    pub csrf: CsrfKey,
    /// Tells repeated requests from others.
    pub fingerprints: FingerprintKey,
    /// Clock and randomness.
    pub world: World,
    /// Whether administrators of the platform need a second factor.
    pub admin_second_factor: bool,
    /// Callers that may name themselves without a token; only ever filled by the local stack.
    pub debug_users: Arc<DebugUsers>,
}

/// A function that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Something a function needs from outside could not be had.
    #[error("{what} cannot be used: {cause}")]
    Outside {
        /// What.
        what: &'static str,
        /// Why.
        cause: String,
    },
}

impl StartError {
    /// Names what could not be had and why.
    pub fn outside(what: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Outside { what, cause: cause.to_string() }
    }
}

/// The table named by the settings, with the keys of its personal data.
pub async fn open_store(settings: &Settings, world: &World) -> Result<Store, StartError> {
    let config = settings.aws("DYNAMODB")?;
    let (secrets, name) = (settings.secrets()?, settings.get("FIELD_KEYS_SECRET")?.to_owned());
    let ring = secrets.read(&name, world.now()).await.map_err(|e| StartError::outside("field keys", e))?;
    let keys = FieldKeys::from_secret(&ring).map_err(|e| StartError::outside("field keys", e))?;
    let clock = world.clone();
    let load: Arc<LoadRing> = Arc::new(move || {
        let (secrets, name, now) = (secrets.clone(), name.clone(), clock.now());
        Box::pin(async move { secrets.read(&name, now).await.ok() })
    });
    let sealer = Sealer::new(keys, world.clone()).reloading(load);
    Ok(Store::new(&config, settings.get("TABLE_NAME")?, sealer))
}

/// What new passwords must be: `PASSWORD_MIN_LENGTH`, the usual length unless set.
pub fn password_policy(settings: &Settings) -> Result<Policy, SettingError> {
    let Some(text) = settings.find("PASSWORD_MIN_LENGTH") else { return Ok(Policy::default()) };
    let min_length = text.parse().ok().filter(|length| (8..=64).contains(length));
    let refused = || SettingError::new("PASSWORD_MIN_LENGTH", "is not a whole number from 8 to 64");
    Ok(Policy { min_length: min_length.ok_or_else(refused)? })
}

#[cfg(feature = "mail")]
/// The sender of mails that the settings name, with `config` for SES.
pub fn mailer(settings: &Settings, config: &SdkConfig) -> Result<Mailer, SettingError> {
    let (from, configuration_set) = (settings.get("MAIL_FROM")?, settings.find("MAIL_CONFIGURATION_SET"));
    let refused = |_| SettingError::new("MAIL_FROM", "is not one plain mail address; give it as name@host");
    Mailer::new(config, from, configuration_set).map_err(refused)
}

impl Api {
    /// The table with the clock, as what counts requests wants them.
    pub fn table(&self) -> (&Store, &World) {
        (&self.store, &self.world)
    }

    /// Reads keys and opens clients, in the phase where Lambda does not bill by request.
    pub async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let secrets = settings.secrets()?;
        let cursor = Box::pin(secrets.read(settings.get("CURSOR_KEY_SECRET")?, world.now()));
        // Boxed: the futures of SDK calls are large, and this happens once.
        let (store, trust) =
            (Box::pin(open_store(settings, &world)), Box::pin(Trust::open(settings, &world)));
        let (cursor, store, trust) = tokio::join!(cursor, store, trust);
        let cursor = cursor.map_err(|e| StartError::outside("cursor key", e))?;
        Ok(Self {
            store: store?,
            trust: trust?,
            cursors: CursorKey::new(&cursor),
            csrf: CsrfKey::new(&cursor),
            fingerprints: FingerprintKey::new(&cursor),
            world,
            admin_second_factor: settings.find("ADMIN_SECOND_FACTOR") != Some("false"),
            debug_users: Arc::new(debug_users(settings)?),
        })
    }
}

/// Reads `DEBUG_USERS` (`name=user/session/tenant,...`) when the bypass is on.
fn debug_users(settings: &Settings) -> Result<DebugUsers, SettingError> {
    if settings.find("DEBUG_BYPASS_AUTH") != Some("true") {
        return Ok(DebugUsers::new());
    }
    let refused = || SettingError {
        name: "DEBUG_USERS".into(),
        problem: "is not a list of name=user/session/tenant".into(),
    };
    let entry = |entry: &str| {
        let (name, ids) = entry.split_once('=')?;
        let mut ids = ids.split('/');
        let who = (ids.next()?.parse().ok()?, ids.next()?.parse().ok()?, ids.next()?.parse().ok()?);
        Some((name.to_owned(), who))
    };
    settings
        .find("DEBUG_USERS")
        .unwrap_or_default()
        .split(',')
        .map(|e| entry(e).ok_or_else(refused))
        .collect()
}
