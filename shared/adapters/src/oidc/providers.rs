//! All providers of a deployment.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;

use super::{OidcError, Provider, ProviderConfig, ProvidersRefused};
use crate::web::Web;

/// Longest time for one call.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Longest time for all calls of one way back from a provider, which fit into the ten seconds of the function.
pub(super) const WHOLE: Duration = Duration::from_millis(8_500);

/// The providers by name. Keep it: each remembers its provider's addresses and keys for an hour.
#[derive(Debug)]
pub struct Providers(BTreeMap<String, Provider>);

impl Providers {
    /// Reads the secret that lists them, a JSON object by name:
    /// `{"google":{"issuer","clientId","clientSecret"},"microsoft":{..,"kind":"microsoft","tenants":[..]}}`.
    /// Refuses the whole list if one entry is wrong.
    pub fn parse(secret: &SecretString) -> Result<Self, ProvidersRefused> {
        let web = Web::new(TIMEOUT);
        let provider = |config: ProviderConfig| {
            let name = config.name.clone();
            // What is left to go wrong is an issuer that the provider's kind cannot have.
            let made = Provider::new(config, web.clone());
            Ok((name.clone(), made.map_err(|_| ProvidersRefused::at(&name, "issuer"))?))
        };
        ProviderConfig::parse_all(secret)?.into_iter().map(provider).collect::<Result<_, _>>().map(Self)
    }

    /// Takes the providers as they are; no call is made before the first sign-in.
    pub fn new(configs: impl IntoIterator<Item = ProviderConfig>) -> Result<Self, OidcError> {
        let web = Web::new(TIMEOUT);
        let provider = |config: ProviderConfig| {
            config.check()?;
            Ok((config.name.clone(), Provider::new(config, web.clone())?))
        };
        configs.into_iter().map(provider).collect::<Result<_, _>>().map(Self)
    }

    /// The provider of this name.
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.0.get(name)
    }

    /// All names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
