//! A list of providers that cannot be used: where in it, and what to do.

use std::fmt;

/// Where the list is wrong. Names of providers and fields, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvidersRefused {
    /// The provider, by its name in the list; `None` where the text is no list at all.
    pub provider: Option<String>,
    /// The field of its entry; `name` for the name itself.
    pub field: String,
}

impl ProvidersRefused {
    pub(super) fn at(provider: &str, field: impl Into<String>) -> Self {
        // A name without end would make a message without end.
        Self { provider: Some(provider.chars().take(40).collect()), field: field.into() }
    }

    fn advice(&self) -> &'static str {
        match self.field.as_str() {
            "name" => "give 1 to 32 of a-z, 0-9 and -",
            "issuer" => "give the https address that the provider's discovery document has as `issuer`",
            "clientId" => "give the id that the provider registered for us",
            "clientSecret" => "give the secret that the provider registered for us",
            "kind" => "give standard or microsoft, or leave it out",
            "tenants" => "give \"any\" or a list of directory ids for microsoft, and leave it out for others",
            "trustEmail" => "give true or false, or leave it out",
            _ => "take it out; there are issuer, clientId, clientSecret, kind, tenants and trustEmail",
        }
    }
}

impl fmt::Display for ProvidersRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.provider {
            Some(provider) => write!(f, "provider `{provider}`, field `{}`: {}", self.field, self.advice()),
            None => f.write_str(
                "the text is no JSON object of providers; give {} for none, or one entry for each by its name",
            ),
        }
    }
}

impl std::error::Error for ProvidersRefused {}
