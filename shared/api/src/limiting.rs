//! Slowing requests down: counted in the table, told in the `RateLimit` headers.

use axum::response::{IntoResponse as _, Response};
use http::HeaderValue;
use vestibule_domain::World;
use vestibule_store::{Admission, Limits, Quota, Store};

use crate::{ApiError, Code, Origin, SettingError, Settings};

/// The limits of a deployment: `SIGN_INS_PER_MINUTE`, five unless set.
pub fn limits(settings: &Settings) -> Result<Limits, SettingError> {
    let standard = Limits::default();
    let Some(text) = settings.find("SIGN_INS_PER_MINUTE") else { return Ok(standard) };
    let refused = || SettingError::new("SIGN_INS_PER_MINUTE", "is not a whole number from 1 to 9999999");
    let per_minute = text.parse().ok().filter(|count| (1..=9_999_999).contains(count)).ok_or_else(refused)?;
    Ok(Limits { per_minute, ..standard })
}

/// How many networks (/64) of one /48 may use up their whole limit in a minute.
const NETWORKS: u32 = 16;

/// Counts a request of the source it came from, for one group of routes; 429 when it is one too many.
pub async fn admit(
    table: (&Store, &World),
    limits: &Limits,
    group: &str,
    origin: &Origin,
) -> Result<Quota, ApiError> {
    if let Some(wide) = origin.wide_network() {
        let per_minute = limits.per_minute.saturating_mul(NETWORKS);
        admit_source(table, &Limits { per_minute, ..*limits }, &format!("{group}@{wide}")).await?;
    }
    admit_source(table, limits, &format!("{group}@{}", origin.network())).await
}

/// Counts a request of any source by its name.
pub async fn admit_source(
    (store, world): (&Store, &World),
    limits: &Limits,
    source: &str,
) -> Result<Quota, ApiError> {
    match store.platform().count_request(source, limits, world.now()).await? {
        Admission::Granted(quota) => Ok(quota),
        Admission::Refused(quota) => Err(too_many(quota)),
    }
}

/// The 429 that says when to come back.
pub fn too_many(quota: Quota) -> ApiError {
    let detail = format!("Wait {} seconds and send the request again.", quota.resets);
    ApiError::Limited { quota, problem: Box::new(ApiError::new(Code::TooManyRequests, detail)) }
}

/// A refusal of a counted request, with what is left.
pub fn refused(quota: Quota, problem: ApiError) -> ApiError {
    ApiError::Limited { quota, problem: Box::new(problem) }
}

/// The answer with the `RateLimit` headers of `quota`.
pub fn with_quota(mut response: Response, quota: Quota) -> Response {
    let policy = format!("\"sign-in\";q={};w=60", quota.limit);
    let left = format!("\"sign-in\";r={};t={}", quota.remaining, quota.resets);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", left)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A refusal with its quota and `Retry-After`.
pub(crate) fn limited(quota: Quota, problem: ApiError) -> Response {
    let mut response = with_quota(problem.into_response(), quota);
    let status = response.status();
    if status == http::StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from(quota.resets));
    }
    response
}
