//! What the operations work with.

use std::sync::Arc;

use axum::extract::FromRef;
use secrecy::{ExposeSecret as _, SecretString};
use vestibule_adapters::{bot_check::BotCheck, oidc::Providers};
use vestibule_api::{Api, SettingError, Settings, Signer, limiting, state::StartError};
use vestibule_auth::{Hasher, Policy, Profile};
use vestibule_domain::World;
use vestibule_store::Limits;

use crate::pages::Pages;

/// The state of the function. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auth {
    /// The shared part.
    pub api: Api,
    /// Signs tokens.
    pub signer: Signer,
    /// Hashes passwords.
    pub hasher: Hasher,
    /// What a new password must be.
    pub policy: Policy,
    /// How much is allowed.
    pub limits: Limits,
    /// Tells people from programs.
    pub bots: Arc<BotCheck>,
    /// Outside providers of identity.
    pub providers: Arc<Providers>,
    /// The pages behind mailed links.
    pub pages: Arc<Pages>,
    /// The site's own origin, as configured.
    pub site: Arc<str>,
    /// Where people go once they are signed in.
    pub home: Arc<str>,
    /// The deployment's name as people read it.
    pub product: Arc<str>,
}

impl FromRef<Auth> for Api {
    fn from_ref(state: &Auth) -> Self {
        state.api.clone()
    }
}

impl Auth {
    /// Reads settings, keys and secrets.
    pub async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let product = settings.find("PRODUCT_NAME").unwrap_or("Vestibule");
        let pages = Pages::new(product).map_err(|error| StartError::outside("the pages", error))?;
        let site = settings.get("SITE_URL")?;
        Ok(Self {
            signer: Signer::open(settings, &world).await?,
            hasher: hasher(settings, &world).await?,
            policy: policy(settings)?,
            limits: limiting::limits(settings)?,
            bots: Arc::new(bots(settings, &world).await?),
            providers: Arc::new(providers(settings, &world).await?),
            pages: Arc::new(pages),
            site: site.into(),
            home: settings.find("HOME_URL").unwrap_or(site).into(),
            product: product.into(),
            api: Box::pin(Api::open(settings, world)).await?,
        })
    }
}

async fn secret(settings: &Settings, name: &str, world: &World) -> Result<Option<SecretString>, StartError> {
    let Some(id) = settings.find(name) else { return Ok(None) };
    let value = Box::pin(settings.secrets()?.read(id, world.now())).await;
    let value = value.map_err(|error| StartError::outside("a secret", format!("{name}: {error}")))?;
    // A secret that was made but never filled in counts as missing.
    Ok(Some(value).filter(|value| !matches!(value.expose_secret().trim(), "" | "{}" | "-")))
}

async fn hasher(settings: &Settings, world: &World) -> Result<Hasher, StartError> {
    let refused = |error| StartError::outside("PASSWORD_PROFILE", error);
    let profile = Profile::parse(settings.find("PASSWORD_PROFILE").unwrap_or("owasp")).map_err(refused)?;
    let pepper = secret(settings, "PASSWORD_PEPPER_SECRET", world).await?;
    let pepper = pepper.map(|pepper| ("1".to_owned(), pepper.expose_secret().as_bytes().to_vec().into()));
    let workers = settings.find("PASSWORD_WORKERS").map_or(Ok(1), str::parse).map_err(|_| SettingError {
        name: "PASSWORD_WORKERS".into(),
        problem: "is not a whole number".into(),
    })?;
    Hasher::new(profile, pepper, workers).map_err(refused)
}

fn policy(settings: &Settings) -> Result<Policy, SettingError> {
    let Some(text) = settings.find("PASSWORD_MIN_LENGTH") else { return Ok(Policy::default()) };
    let min_length = text.parse().ok().filter(|length| (8..=64).contains(length));
    let refused = || SettingError {
        name: "PASSWORD_MIN_LENGTH".into(),
        problem: "is not a number from 8 to 64".into(),
    };
    Ok(Policy { min_length: min_length.ok_or_else(refused)? })
}

async fn bots(settings: &Settings, world: &World) -> Result<BotCheck, StartError> {
    let secret = secret(settings, "BOT_CHECK_SECRET", world).await?;
    BotCheck::from_settings(|name| settings.find(name), secret)
        .map_err(|error| StartError::outside("the bot check", error))
}

async fn providers(settings: &Settings, world: &World) -> Result<Providers, StartError> {
    let secret = secret(settings, "OIDC_PROVIDERS_SECRET", world).await?;
    let configured = secret.unwrap_or_else(|| "{}".to_owned().into());
    Providers::parse(&configured).map_err(|error| StartError::outside("the identity providers", error))
}
