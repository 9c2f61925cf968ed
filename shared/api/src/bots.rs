//! The check that there is a person at a public form, as the settings name it.

use secrecy::{ExposeSecret as _, SecretString};
use vestibule_adapters::bot_check::{BotCheck, BotCheckError};
use vestibule_domain::World;

use crate::{ApiError, Code, SettingError, Settings, state::StartError};

/// The check of this deployment.
pub async fn bot_check(settings: &Settings, world: &World) -> Result<BotCheck, StartError> {
    let secret = filled_secret(settings, "BOT_CHECK_SECRET", world).await?;
    let checked = BotCheck::from_settings(|name| settings.find(name), secret);
    Ok(checked.map_err(|BotCheckError { setting, problem }| SettingError::new(setting, problem))?)
}

/// The value of the secret that a setting names. One that was made but never filled in counts as missing.
pub async fn filled_secret(
    settings: &Settings,
    name: &str,
    world: &World,
) -> Result<Option<SecretString>, StartError> {
    let Some(id) = settings.find(name) else { return Ok(None) };
    let value = Box::pin(settings.secrets()?.read(id, world.now())).await;
    let value = value.map_err(|error| StartError::outside("a secret", format!("{name}: {error}")))?;
    Ok(Some(value).filter(|value| !matches!(value.expose_secret().trim(), "" | "{}" | "-")))
}

/// The refusal of something that is no person.
pub fn bot() -> ApiError {
    ApiError::new(Code::BotCheckFailed, "Load the page again and repeat the check.")
}
