//! The settings of a function: its environment as `main` read it.

mod shown;

pub use shown::UNSET_SITE;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, OnceLock},
};

use vestibule_adapters::{
    aws::{self, SdkConfig, SharedHttpClient},
    secrets::Secrets,
};

use crate::state::StartError;

/// The settings that have their value from a parameter of the template, each with the parameter's name.
pub const PARAMETERS: [(&str, &str); 19] = [
    ("ADMIN_SECOND_FACTOR", "AdminSecondFactor"),
    ("ALLOWED_ORIGINS", "AllowedOrigins"),
    ("BOT_CHECK", "BotCheck"),
    ("BOT_CHECK_HOSTNAMES", "BotCheckHostnames"),
    ("BOT_CHECK_SITE_KEY", "BotCheckSiteKey"),
    ("DEFAULT_ESIGN_ENDPOINT", "DefaultEndpoint"),
    ("DEFAULT_ESIGN_PROVIDER", "DefaultEsignProvider"),
    ("HOME_URL", "HomeUrl"),
    ("ISSUER", "Issuer"),
    ("LOG_LEVEL", "LogLevel"),
    ("MAIL_FROM", "MailFrom"),
    ("PASSWORD_MIN_LENGTH", "PasswordMinLength"),
    ("PASSWORD_PROFILE", "PasswordProfile"),
    ("PRODUCT_NAME", "ProductName"),
    ("PROMO_ROLE", "PromoRole"),
    ("PROMO_TENANT", "PromoTenant"),
    ("SIGN_INS_PER_MINUTE", "SignInsPerMinute"),
    ("SITE_URL", "SiteUrl"),
    ("STAGE", "Stage"),
];

/// A setting that is missing or cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SettingError {
    /// Name of the environment variable.
    pub name: String,
    /// What is wrong with it and what to do, as the end of a sentence. Never its value.
    pub problem: String,
}

impl SettingError {
    /// The setting `name`, which `problem`.
    pub fn new(name: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { name: name.into(), problem: problem.into() }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the setting {}", self.name)?;
        if let Some((_, parameter)) = PARAMETERS.iter().find(|(name, _)| *name == self.name) {
            write!(f, " (parameter {parameter})")?;
        }
        write!(f, " {}", self.problem)
    }
}

/// Environment variables by name, and what all clients that they name share.
#[derive(Clone, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
    http: OnceLock<SharedHttpClient>,
    secrets: OnceLock<Arc<Secrets>>,
}

impl Settings {
    /// Takes the environment; refuses what must never be on in a deployed function.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingError> {
        let settings = Self { variables: variables.into_iter().collect(), ..Self::default() };
        let deployed = settings.find("AWS_LAMBDA_FUNCTION_NAME").is_some();
        if deployed && settings.find("DEBUG_BYPASS_AUTH").is_some() {
            let problem = "must not be set on a deployed function: it switches sign-in off".to_owned();
            return Err(SettingError { name: "DEBUG_BYPASS_AUTH".into(), problem });
        }
        Ok(settings)
    }

    /// A setting that must be there.
    pub fn get(&self, name: &str) -> Result<&str, SettingError> {
        self.find(name)
            .ok_or_else(|| SettingError { name: name.to_owned(), problem: "is not set".to_owned() })
    }

    /// A setting that may be missing; an empty one counts as missing.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The configuration of a client for the service with this endpoint key ([`aws::sdk_config`]). All of
    /// them share their HTTP.
    pub fn aws(&self, service_endpoint_key: &'static str) -> Result<SdkConfig, StartError> {
        let config = aws::sdk_config(&self.variables, service_endpoint_key);
        let config = config.map_err(|error| StartError::outside(service_endpoint_key, error))?;
        let http = self.http.get_or_init(aws::http_client).clone();
        Ok(config.into_builder().http_client(http).build())
    }

    /// Secrets Manager as the settings name it: one client with one memory.
    pub fn secrets(&self) -> Result<Arc<Secrets>, StartError> {
        if let Some(opened) = self.secrets.get() {
            return Ok(opened.clone());
        }
        let config = self.aws("SECRETS_MANAGER")?;
        Ok(self.secrets.get_or_init(|| Arc::new(Secrets::new(&config))).clone())
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployed_function_refuses_to_start_without_sign_in() {
        let bypass = ("DEBUG_BYPASS_AUTH".to_owned(), "true".to_owned());
        let deployed = ("AWS_LAMBDA_FUNCTION_NAME".to_owned(), "hires".to_owned());
        assert!(Settings::new([bypass.clone()]).is_ok());
        assert_eq!(Settings::new([bypass, deployed]).unwrap_err().name, "DEBUG_BYPASS_AUTH");
    }
}
