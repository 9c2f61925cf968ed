//! What is different with Microsoft Entra ID: the shared authorities publish an issuer with a blank,
//! `../{tenantid}/v2.0`, that each token fills in with its own directory (claim `tid`).
//!
//! <https://learn.microsoft.com/en-us/entra/identity-platform/claims-validation>

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{OidcError, Tenants};

const BLANK: &str = "{tenantid}";

/// The claims that only Microsoft sends.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Claims {
    tid: Option<String>,
    oid: Option<String>,
    xms_edov: Option<Value>,
}

impl openidconnect::AdditionalClaims for Claims {}

/// The issuer with a blank that the authority `configured` may publish instead of its own address.
pub(super) fn template(configured: &str) -> Result<String, OidcError> {
    let directory = configured.strip_suffix("/v2.0").and_then(|address| address.rsplit_once('/'));
    let (authority, _) = directory.ok_or(OidcError::Misconfigured("issuer"))?;
    Ok(format!("{authority}/{BLANK}/v2.0"))
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_guid(text: &str) -> bool {
    let groups = || text.split('-');
    groups().map(str::len).eq([8, 4, 4, 4, 12])
        && groups().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

impl Claims {
    /// The key of the person, `<tenant id>|<object id>`, if the token comes from an allowed directory and both
    /// its issuer `iss` and the issuer that its key is for are `published` with that directory filled in.
    pub(super) fn identity_key(
        &self,
        iss: &str,
        (published, of_key): (&str, Option<&str>),
        tenants: &Tenants,
    ) -> Result<String, OidcError> {
        let guid = |claim: &Option<String>| claim.clone().filter(|text| is_guid(text));
        let tid = guid(&self.tid).ok_or(OidcError::Refused("tid"))?;
        let fits = |issuer: &str| issuer.replace(BLANK, &tid) == iss;
        if !fits(published) || !of_key.is_none_or(fits) {
            return Err(OidcError::Refused("issuer"));
        }
        if let Tenants::Only(ids) = tenants
            && !ids.iter().any(|id| id.eq_ignore_ascii_case(&tid))
        {
            return Err(OidcError::Refused("tenant_not_allowed"));
        }
        let oid = guid(&self.oid).ok_or(OidcError::Refused("oid"))?;
        Ok(format!("{tid}|{oid}").to_ascii_lowercase())
    }

    /// Whether the directory proved that it owns the address's domain. Any directory can write any `email`, so
    /// this optional claim is the only word for it. It is seen as a boolean, as a number and as text.
    pub(super) fn owns_email_domain(&self) -> bool {
        match &self.xms_edov {
            Some(Value::Bool(owned)) => *owned,
            Some(Value::Number(number)) => number.as_u64() == Some(1),
            Some(Value::String(text)) => matches!(text.as_str(), "1" | "true"),
            _ => false,
        }
    }
}
