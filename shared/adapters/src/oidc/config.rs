//! The providers that a deployment trusts, as its secret lists them.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{OidcError, ProvidersRefused, microsoft};
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
    pub(super) fn parse_all(secret: &SecretString) -> Result<Vec<Self>, ProvidersRefused> {
        let entries: BTreeMap<String, Box<RawValue>> = serde_json::from_str(secret.expose_secret())
            .map_err(|_| ProvidersRefused { provider: None, field: String::new() })?;
        entries.into_iter().map(|(name, entry)| Self::parse(name, &entry)).collect()
    }

    fn parse(name: String, entry: &RawValue) -> Result<Self, ProvidersRefused> {
        let entry: Entry = serde_json::from_str(entry.get()).map_err(|error| {
            let field = wrong_field(entry.get(), &error);
            ProvidersRefused::at(&name, field)
        })?;
        let refused = ProvidersRefused::at(&name, "tenants");
        let config = entry.named(name).ok_or(refused)?;
        match config.problem() {
            Some(field) => Err(ProvidersRefused::at(&config.name, field)),
            None => Ok(config),
        }
    }

    /// Refuses what could not work or would not be safe.
    pub(super) fn check(&self) -> Result<(), OidcError> {
        self.problem().map_or(Ok(()), |field| Err(OidcError::Misconfigured(field)))
    }

    /// The field that could not work or would not be safe.
    fn problem(&self) -> Option<&'static str> {
        let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let issuer = safe_url(&self.issuer).filter(|url| url.query().is_none() && url.fragment().is_none());
        if !(1..=32).contains(&self.name.len()) || !self.name.bytes().all(letter) {
            Some("name")
        } else if issuer.is_none() || self.issuer.len() > 300 {
            Some("issuer")
        } else if self.client_id.trim().is_empty() {
            Some("clientId")
        } else if self.client_secret.expose_secret().trim().is_empty() {
            Some("clientSecret")
        } else {
            (!self.kind.holds_together()).then_some("tenants")
        }
    }
}

/// The field of an entry that `error` is about: the one whose value does not fit by itself, one that is missing or
/// one that is not known.
fn wrong_field(entry: &str, error: &serde_json::Error) -> String {
    let text = error.to_string();
    let quoted = |after: &str| Some(text.strip_prefix(after)?.split('`').next()?.to_owned());
    let named = quoted("missing field `").or_else(|| quoted("unknown field `"));
    named.unwrap_or_else(|| {
        let fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(entry).unwrap_or_default();
        let unfit = fields.iter().find(|(name, value)| !fits(name, value));
        unfit.map_or_else(|| "issuer".to_owned(), |(name, _)| name.clone())
    })
}

/// Whether the value of a field has a type that is read.
fn fits(name: &str, value: &serde_json::Value) -> bool {
    match name {
        "issuer" | "clientId" | "clientSecret" => value.is_string(),
        "kind" => EntryKind::deserialize(value).is_ok(),
        "tenants" => Option::<EntryTenants>::deserialize(value).is_ok(),
        _ => value.is_boolean(),
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
    fn named(self, name: String) -> Option<ProviderConfig> {
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
                return None;
            }
        };
        let Self { issuer, client_id, client_secret, trust_email, .. } = self;
        Some(ProviderConfig { name, issuer, client_id, client_secret, kind, trust_email })
    }
}
