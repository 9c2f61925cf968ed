//! The keys that seal personal data: a new one for the ring, and the whole table moved to it.
//!
//! Old keys stay in the ring: rows of a backup are sealed with them.

use std::{collections::BTreeMap, sync::Arc};

use vestibule_adapters::aws::sdk_config;
use vestibule_auth::FieldKeys;
use vestibule_domain::World;
use vestibule_store::{ResealProgress, Sealer, Store};

use crate::{OpsError, Vault, vault::filled};

/// Adds a key to the ring and makes it the current one; its id. Functions use it within five minutes,
/// and read the ring at once when they meet a field that is sealed with it.
pub async fn rotate_field_keys(vault: &Vault, ring_name: &str, world: &World) -> Result<String, OpsError> {
    let (version, _) = filled(ring_name, vault.ring(ring_name).await?)?;
    let ring = FieldKeys::rotate(&version.value, world)?;
    vault.write(ring_name, Some(&version), &ring).await?;
    Ok(FieldKeys::from_secret(&ring)?.current_kid())
}

/// Seals with the ring's current key whatever the table has sealed with others; see [`Store::reseal`].
/// `settings` are region, credentials and endpoints, named as AWS names the variables.
pub async fn reseal(
    settings: &BTreeMap<String, String>,
    table: &str,
    ring_name: &str,
    world: &World,
    progress: impl FnMut(ResealProgress),
) -> Result<ResealProgress, OpsError> {
    let config = sdk_config(settings, "DYNAMODB")?;
    let vault = Vault::open(settings)?;
    let (_, keys) = filled(ring_name, vault.ring(ring_name).await?)?;
    let secrets = Arc::new(vault.into_secrets());
    let (name, clock) = (Arc::<str>::from(ring_name), world.clone());
    // The walk may be long: the ring can get another key meanwhile.
    let load = move || {
        let (secrets, name, now) = (Arc::clone(&secrets), Arc::clone(&name), clock.now());
        let ring = async move { secrets.read(&name, now).await.ok() };
        Box::pin(ring) as std::pin::Pin<Box<dyn Future<Output = _> + Send>>
    };
    let sealer = Sealer::new(keys, world.clone()).reloading(Arc::new(load));
    Ok(Store::new(&config, table, sealer).reseal(progress).await?)
}
