//! What is different with Microsoft Entra ID: the shared authorities publish an issuer with a blank,
//! `../{tenantid}/v2.0`, that each token fills in with its own directory (claim `tid`).
//!
//! <https://learn.microsoft.com/en-us/entra/identity-platform/claims-validation>

use serde_json::Value;

use super::fields::Fields;
use super::{OidcError, Refusal, Tenants};

const BLANK: &str = "{tenantid}";

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

/// The key of the person, `<tenant id>|<object id>`, if the token comes from an allowed directory and both
/// its issuer `iss` and the issuer that its key is for are `published` with that directory filled in.
pub(super) fn identity_key(
    claims: &Fields,
    iss: &str,
    (published, of_key): (&str, Option<&str>),
    tenants: &Tenants,
) -> Result<String, Refusal> {
    let guid =
        |name: &'static str| claims.text(name).filter(|text| is_guid(text)).ok_or(Refusal::Claim(name));
    let tid = guid("tid")?;
    let fits = |issuer: &str| issuer.replace(BLANK, &tid) == iss;
    if !fits(published) || !of_key.is_none_or(fits) {
        return Err(Refusal::Claim("iss"));
    }
    if let Tenants::Only(ids) = tenants
        && !ids.iter().any(|id| id.eq_ignore_ascii_case(&tid))
    {
        return Err(Refusal::Account("tid"));
    }
    let oid = guid("oid")?;
    Ok(format!("{tid}|{oid}").to_ascii_lowercase())
}

/// Whether the directory proved that it owns the address's domain. Any directory can write any `email`, so
/// this optional claim is the only word for it. It is seen as a boolean, as a number and as text.
pub(super) fn owns_email_domain(claims: &Fields) -> bool {
    match claims.value("xms_edov") {
        Some(Value::Bool(owned)) => owned,
        Some(Value::Number(number)) => number.as_u64() == Some(1),
        Some(Value::String(text)) => matches!(text.as_str(), "1" | "true"),
        _ => false,
    }
}
