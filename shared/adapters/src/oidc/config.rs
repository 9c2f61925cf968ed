//! The providers that a deployment trusts, as its secret lists them.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::{OidcError, microsoft};
use crate::web::safe_url;

/// One provider and our registration with it.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// Name in addresses and tables, 1 to 32 characters of `[a-z0-9-]`: `google`, `microsoft`, any.
    pub name: String,
    /// The issuer, exactly as the provider's discovery document spells it; for Microsoft the authority,
    /// `https://login.microsoftonline.com/<tenant id, organizations or common>/v2.0`.
    pub issuer: String,
    /// Our id at the provider.
    pub client_id: String,
    /// Our secret at the provider.
    pub client_secret: SecretString,
    /// How its tokens are read.
    pub kind: Kind,
    /// Whether it is believed when it calls an address verified.
    pub trust_email: bool,
}

/// How a provider's tokens are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As the standard says; Google does.
    Standard,
    /// Microsoft Entra ID: one issuer for each directory ("tenant") of theirs.
    Microsoft {
        /// The directories whose people may sign in.
        tenants: Tenants,
    },
}

/// Microsoft directories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tenants {
    /// All of them, personal accounts included where the issuer is `common`.
    Any,
    /// Those with these ids: GUIDs.
    Only(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Entry {
    issuer: String,
    client_id: String,
    client_secret: SecretString,
    #[serde(default)]
    kind: EntryKind,
    tenants: Option<EntryTenants>,
    #[serde(default = "yes")]
    trust_email: bool,
}

#[derive(Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EntryKind {
    #[default]
    Standard,
    Microsoft,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum EntryTenants {
    Word(AnyTenant),
    List(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum AnyTenant {
    Any,
}

fn yes() -> bool {
    true
}

impl ProviderConfig {
    /// Reads the secret: an object from each provider's name to `issuer`, `clientId`, `clientSecret` and, where
    /// needed, `kind` (`standard`, `microsoft`), `tenants` (`"any"` or a list of GUIDs; required for
    /// `microsoft`) and `trustEmail` (true if left out).
    pub(super) fn parse_all(secret: &SecretString) -> Result<Vec<Self>, OidcError> {
        let entries: BTreeMap<String, Entry> = serde_json::from_str(secret.expose_secret())
            .map_err(|_| OidcError::Misconfigured("the list of providers"))?;
        entries.into_iter().map(|(name, entry)| entry.named(name)).collect()
    }

    /// Refuses what could not work or would not be safe.
    pub(super) fn check(&self) -> Result<(), OidcError> {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let issuer = safe_url(&self.issuer).filter(|url| url.query().is_none() && url.fragment().is_none());
        let problem = if !(1..=32).contains(&self.name.len()) || !self.name.bytes().all(letter) {
            "name"
        } else if issuer.is_none() || self.issuer.len() > 300 {
            "issuer"
        } else if self.client_id.trim().is_empty() {
            "clientId"
        } else if self.client_secret.expose_secret().trim().is_empty() {
            "clientSecret"
        } else if !self.kind.holds_together() {
            "tenants"
        } else {
            return Ok(());
        };
        Err(OidcError::Misconfigured(problem))
    }
}

impl Kind {
    fn holds_together(&self) -> bool {
        match self {
            Self::Standard | Self::Microsoft { tenants: Tenants::Any } => true,
            Self::Microsoft { tenants: Tenants::Only(ids) } => {
                !ids.is_empty() && ids.iter().all(|id| microsoft::is_guid(id))
            }
        }
    }
}

impl Entry {
    fn named(self, name: String) -> Result<ProviderConfig, OidcError> {
        let kind = match (self.kind, self.tenants) {
            (EntryKind::Standard, None) => Kind::Standard,
            (EntryKind::Microsoft, Some(EntryTenants::Word(AnyTenant::Any))) => {
                Kind::Microsoft { tenants: Tenants::Any }
            }
            (EntryKind::Microsoft, Some(EntryTenants::List(ids))) => {
                Kind::Microsoft { tenants: Tenants::Only(ids) }
            }
            // Whose people may come in is a decision, not a default.
            (EntryKind::Standard, Some(_)) | (EntryKind::Microsoft, None) => {
                return Err(OidcError::Misconfigured("tenants"));
            }
        };
        let Self { issuer, client_id, client_secret, trust_email, .. } = self;
        Ok(ProviderConfig { name, issuer, client_id, client_secret, kind, trust_email })
    }
}
