//! What the operations work with.

use std::sync::Arc;

use axum::{Router, extract::FromRef};
use secrecy::ExposeSecret as _;
use vestibule_adapters::{
    bot_check::BotCheck,
    oidc::{Providers, ProvidersRefused},
};
use vestibule_api::{
    Api, HttpFunction, Operations, SettingError, Settings, Signer,
    bots::{bot_check, filled_secret},
    limiting,
    site::for_own_pages,
    state::{StartError, password_policy},
};
use vestibule_auth::{Hasher, Policy, Profile};
use vestibule_domain::World;
use vestibule_store::Limits;

use vestibule_pages::{BotWidget, Pages};

/// The state of the function. Cheap to clone.
#[derive(Debug, Clone, FromRef)]
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
    /// The pages for browsers.
    pub pages: Arc<Pages>,
    /// The site's own origin, as configured.
    #[from_ref(skip)]
    pub site: Arc<str>,
    /// Where people go once they are signed in.
    #[from_ref(skip)]
    pub home: Arc<str>,
    /// The deployment's name as people read it.
    #[from_ref(skip)]
    pub product: Arc<str>,
}

impl HttpFunction for Auth {
    async fn open(settings: &Settings, world: World) -> Result<Self, StartError> {
        let product = settings.product()?;
        let site = settings.site()?;
        let pages = Pages::new(product, site, BotWidget::from_settings(settings));
        let pages = pages.map_err(|error| StartError::outside("the pages", error))?;
        Ok(Self {
            signer: Signer::open(settings, &world).await?,
            hasher: hasher(settings, &world).await?,
            policy: password_policy(settings)?,
            limits: limiting::limits(settings)?,
            bots: Arc::new(bot_check(settings, &world).await?),
            providers: Arc::new(providers(settings, &world).await?),
            pages: Arc::new(pages),
            site: site.into(),
            home: settings.home()?.into(),
            product: product.into(),
            api: Box::pin(Api::open(settings, world)).await?,
        })
    }

    fn router(self) -> Router {
        let site = self.site.clone();
        for_own_pages(Self::routes().with_state(self), site)
    }
}

async fn hasher(settings: &Settings, world: &World) -> Result<Hasher, StartError> {
    let refused = |problem: String| SettingError::new("PASSWORD_PROFILE", problem);
    let profile = Profile::parse(settings.find("PASSWORD_PROFILE").unwrap_or("owasp"))
        .map_err(|error| refused(format!("is no cost of a hash; {error}")))?;
    let pepper = filled_secret(settings, "PASSWORD_PEPPER_SECRET", world).await?;
    let pepper = pepper.map(|pepper| ("1".to_owned(), pepper.expose_secret().as_bytes().to_vec().into()));
    let workers = settings.find("PASSWORD_WORKERS").map_or(Ok(1), str::parse);
    let workers = workers.map_err(|_| SettingError::new("PASSWORD_WORKERS", "is not a whole number"))?;
    if let Some(memory) = settings.find("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").and_then(|text| text.parse().ok())
        && !profile.fits(memory, workers)
    {
        let advice =
            "costs more than this function's memory and time allow; raise AuthMemory or take a lower cost";
        return Err(refused(advice.to_owned()).into());
    }
    Hasher::new(profile, pepper, workers)
        .map_err(|error| StartError::outside("PASSWORD_PEPPER_SECRET", error))
}

async fn providers(settings: &Settings, world: &World) -> Result<Providers, StartError> {
    let secret = filled_secret(settings, "OIDC_PROVIDERS_SECRET", world).await?;
    let configured = secret.unwrap_or_else(|| "{}".to_owned().into());
    let refused = |error: ProvidersRefused| {
        SettingError::new("OIDC_PROVIDERS_SECRET", format!("names a secret where {error}"))
    };
    Ok(Providers::parse(&configured).map_err(refused)?)
}
