//! The token endpoint: a signed assertion of a service account for an access token that acts as a user.
//!
//! <https://developers.google.com/identity/protocols/oauth2/service-account>: "Preparing to make an authorized API call" has
//! the claims, "JWT error codes" the refusals.

use std::collections::BTreeSet;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, header::HOST};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    directory::{ACCOUNTS, TOKENS, find_customer},
    entity::{Customer, ServiceAccount, Token},
    user::GoogleUser,
};
use crate::{
    error::{CloudError, ServiceError},
    google_workspace::directory::Directory,
    ids, rest,
    storage::Rows,
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// "This value has a maximum of 1 hour after the issued time": claim `exp`.
const LONGEST_ASSERTION: i64 = 3600;
/// "in a reasonable timeframe": what clocks may differ. The page gives no number.
const SKEW: i64 = 300;
/// `expires_in` of a token, in seconds.
const LIFETIME: i64 = 3599;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Option<String>,
    #[serde(default)]
    scope: String,
    aud: String,
    iat: i64,
    exp: i64,
}

fn invalid_grant(message: &str) -> ServiceError {
    ServiceError::refused("invalid_grant", message)
}

/// Answers with a new token.
pub(super) fn grant(
    rows: &Rows<'_>,
    (headers, body): (&HeaderMap, &[u8]),
    now: Timestamp,
) -> Result<Value, ServiceError> {
    let form = rest::form(body);
    if form.get("grant_type").is_none_or(|grant| grant != GRANT) {
        return Err(ServiceError::refused("unsupported_grant_type", "Invalid grant_type"));
    }
    let assertion = form.get("assertion");
    let assertion =
        assertion.ok_or_else(|| ServiceError::refused("invalid_request", "Missing parameter: assertion"))?;
    let (account, claims) = verified(rows, assertion)?;
    check_times(&claims, now)?;
    check_audience(&claims.aud, headers)?;
    let scopes: BTreeSet<_> = claims.scope.split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() {
        return Err(ServiceError::refused("invalid_scope", "Empty or missing scope not allowed."));
    }
    let user = match &claims.sub {
        Some(subject) => Some(impersonated(rows, &account, subject, &scopes, now)?),
        None => None,
    };
    let text = format!("ya29.{}", ids::hex(48));
    let expires_at = now.saturating_add(LIFETIME.seconds()).unwrap_or(Timestamp::MAX);
    rows.put(TOKENS, &hash(&text), &Token { user, scopes, expires_at })?;
    Ok(json!({ "access_token": text, "expires_in": LIFETIME, "token_type": "Bearer" }))
}

/// The account whose key signed the assertion, and what it claims.
fn verified(rows: &Rows<'_>, assertion: &str) -> Result<(ServiceAccount, Claims), ServiceError> {
    let malformed = |_| ServiceError::refused("invalid_request", "Invalid JWT: cannot be parsed");
    let header = decode_header(assertion).map_err(malformed)?;
    let unverified: Claims = jsonwebtoken::dangerous::insecure_decode_claims(assertion).map_err(malformed)?;
    let account: Option<ServiceAccount> = rows.find(ACCOUNTS, &unverified.iss)?;
    let account = account.ok_or_else(|| invalid_grant("Invalid grant: account not found"))?;
    let signature = || invalid_grant("Invalid JWT Signature.");
    let named = header.kid.as_ref().map_or_else(|| account.keys.values().next(), |kid| account.keys.get(kid));
    let key = DecodingKey::from_rsa_pem(named.ok_or_else(signature)?.as_bytes()).map_err(|_| signature())?;
    // Times and audience are judged by the model's clock and address.
    let mut validation = Validation::new(Algorithm::RS256);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    let decoded = decode::<Claims>(assertion, &key, &validation).map_err(|error| match error.kind() {
        ErrorKind::InvalidAlgorithm => {
            ServiceError::refused("invalid_request", "Invalid JWT: RS256 is required")
        }
        _ => signature(),
    })?;
    Ok((account, decoded.claims))
}

fn check_times(claims: &Claims, now: Timestamp) -> Result<(), ServiceError> {
    let now = now.as_second();
    let fits = claims.iat <= now + SKEW && claims.exp > now && claims.exp - claims.iat <= LONGEST_ASSERTION;
    if fits {
        return Ok(());
    }
    Err(invalid_grant(
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
    ))
}

/// "When making an access token request this value is always `https://oauth2.googleapis.com/token`"; or the address at which
/// the model was reached, because client libraries put the key file's `token_uri` there.
fn check_audience(audience: &str, headers: &HeaderMap) -> Result<(), ServiceError> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let own = format!("http://{host}/oauth2.googleapis.com/token");
    if audience == "https://oauth2.googleapis.com/token" || audience == own {
        return Ok(());
    }
    Err(invalid_grant("Invalid JWT: Failed audience check."))
}

/// Customer and id of the user to act as, if the customer has delegated the scopes to the account.
fn impersonated(
    rows: &Rows<'_>,
    account: &ServiceAccount,
    subject: &str,
    scopes: &BTreeSet<String>,
    now: Timestamp,
) -> Result<(String, String), ServiceError> {
    // "The user doesn't exist."
    let nobody = || invalid_grant("Invalid email or User ID");
    let domain = subject.rsplit_once('@').map(|(_, domain)| domain).ok_or_else(nobody)?;
    let customer = find_customer(rows, domain)?.ok_or_else(nobody)?;
    check_delegation(&customer, account, scopes)?;
    let user: Option<GoogleUser> = Directory::open(rows, customer, now)?.find_user(subject)?;
    let user = user.ok_or_else(nobody)?;
    if user.suspended {
        return Err(invalid_grant("Account has been disabled"));
    }
    Ok((user.customer, user.id))
}

fn check_delegation(
    customer: &Customer,
    account: &ServiceAccount,
    scopes: &BTreeSet<String>,
) -> Result<(), ServiceError> {
    // "the service account is not authorized in the Admin console of the user's domain"
    let Some(delegated) = customer.delegations.get(&account.client_id) else {
        let message = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.";
        return Err(ServiceError::new(401, "unauthorized_client", message));
    };
    // "one or more requested scopes aren't authorized in the Admin console"; each is matched exactly.
    if scopes.is_subset(delegated) {
        return Ok(());
    }
    Err(ServiceError::new(403, "access_denied", "Requested client not authorized."))
}

/// The token behind a text, unless its time has passed.
pub(super) fn find(rows: &Rows<'_>, text: &str, now: Timestamp) -> Result<Option<Token>, CloudError> {
    let token: Option<Token> = rows.find(TOKENS, &hash(text))?;
    Ok(token.filter(|token| now.duration_until(token.expires_at) > SignedDuration::ZERO))
}

fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}
