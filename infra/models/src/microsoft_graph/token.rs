//! The token endpoint: an app's secret for an access token with the permissions that the tenant consented to.
//!
//! <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>, "First case: Access token request
//! with a shared secret"; numbers from <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>. Assertions
//! in the place of a secret are not part of the model.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::{Value, json};

use super::{
    directory::{APPS, TOKENS, find_tenant},
    entity::{App, Tenant, Token},
};
use crate::{
    error::{CloudError, ServiceError},
    ids,
    password::PasswordHash,
    rest,
    storage::Rows,
};

/// `expires_in` of a token, in seconds.
const LIFETIME: i64 = 3599;

pub(super) fn tenant(rows: &Rows<'_>, name: &str) -> Result<Tenant, ServiceError> {
    find_tenant(rows, name)?.ok_or_else(|| {
        let message = format!(
            "AADSTS90002: Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud."
        );
        ServiceError::refused("invalid_request", message)
    })
}

fn given<'f>(form: &'f BTreeMap<String, String>, name: &str) -> Result<&'f str, ServiceError> {
    form.get(name).map(String::as_str).ok_or_else(|| {
        let message =
            format!("AADSTS900144: The request body must contain the following parameter: '{name}'.");
        ServiceError::refused("invalid_request", message)
    })
}

/// Answers with a new token.
pub(super) fn grant(
    rows: &Rows<'_>,
    (tenant_name, body): (&str, &[u8]),
    now: Timestamp,
) -> Result<Value, ServiceError> {
    let form = rest::form(body);
    let tenant = tenant(rows, tenant_name)?;
    if given(&form, "grant_type")? != "client_credentials" {
        let message = "AADSTS70003: The app requested an unsupported grant type.";
        return Err(ServiceError::refused("unsupported_grant_type", message));
    }
    let client_id = given(&form, "client_id")?;
    // "the value passed for the scope parameter in this request should be the resource identifier of the resource you want,
    // suffixed with .default"
    if given(&form, "scope")? != "https://graph.microsoft.com/.default" {
        let message = "AADSTS1002012: The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).";
        return Err(ServiceError::refused("invalid_scope", message));
    }
    let app: Option<App> = rows.find(APPS, &format!("{}/{client_id}", tenant.id))?;
    let app = app.ok_or_else(|| {
        let message = format!(
            "AADSTS700016: Application with identifier '{client_id}' was not found in the directory '{tenant_name}'."
        );
        ServiceError::refused("unauthorized_client", message)
    })?;
    check_secret(&app, form.get("client_secret"), now)?;
    let expires_at = now.saturating_add(LIFETIME.seconds()).unwrap_or(Timestamp::MAX);
    let text = text(&tenant, &app, (now, expires_at));
    rows.put(TOKENS, &hash(&text), &Token { tenant: tenant.id, permissions: app.permissions, expires_at })?;
    Ok(
        json!({ "token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": text }),
    )
}

/// A JWT, as <https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference> has it. A token that permits nothing
/// has no `roles`. What stands for the signature is random, since only Graph looks at it; it makes the token a secret.
fn text(tenant: &Tenant, app: &App, (from, until): (Timestamp, Timestamp)) -> String {
    let mut claims = json!({
        "aud": "https://graph.microsoft.com", "iss": format!("https://sts.windows.net/{}/", tenant.id), "tid": tenant.id,
        "appid": app.client_id, "idtyp": "app", "ver": "1.0",
        "iat": from.as_second(), "nbf": from.as_second(), "exp": until.as_second(),
    });
    if !app.permissions.is_empty() {
        claims["roles"] = json!(app.permissions);
    }
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{}", part(&json!({ "typ": "JWT", "alg": "RS256" })), part(&claims), ids::hex(48))
}

fn check_secret(app: &App, secret: Option<&String>, now: Timestamp) -> Result<(), ServiceError> {
    let refused = |message: String| Err(ServiceError::new(401, "invalid_client", message));
    let Some(secret) = secret else {
        return refused("AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.".to_owned());
    };
    let hash = PasswordHash::of(&app.client_id, secret);
    let Some(known) = app.secrets.iter().find(|known| known.hash == hash) else {
        return refused(format!(
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
            app.client_id
        ));
    };
    if now.duration_until(known.expires_at) > SignedDuration::ZERO {
        return Ok(());
    }
    refused(format!(
        "AADSTS7000222: The provided client secret keys for app '{}' are expired.",
        app.client_id
    ))
}

/// The metadata document that client libraries ask for first, with Microsoft's own addresses: a client that reaches the model does so
/// for all of them. <https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc>
pub(super) fn configuration(rows: &Rows<'_>, name: &str) -> Result<Value, ServiceError> {
    let base = format!("https://login.microsoftonline.com/{}", tenant(rows, name)?.id);
    Ok(json!({
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "issuer": format!("{base}/v2.0"),
        "response_types_supported": ["code"], "scopes_supported": ["openid"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

/// The token behind a text, also when its time has passed.
pub(super) fn find(rows: &Rows<'_>, text: &str) -> Result<Option<Token>, CloudError> {
    rows.find(TOKENS, &hash(text))
}

fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}
