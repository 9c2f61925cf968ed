//! The gateway's event (payload 2.0), looked through before `lambda_http` makes a request of it. That crate unwraps
//! what it builds of host, path, query and body; a panic there is outside of every layer and ends the process.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{
    HeaderMap, HeaderValue, Uri,
    header::{COOKIE, HOST},
    uri::Authority,
};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use url::Url;

use crate::{ApiError, Code};

/// The request in the event's JSON, which `lambda_http` can turn into one for certain; or the 400 that says what is
/// wrong with it.
pub(crate) fn read(event: &str) -> Result<ApiGatewayV2httpRequest, ApiError> {
    let unreadable = "The request cannot be read: a header, a cookie or the method has the wrong form.";
    let mut event: ApiGatewayV2httpRequest = serde_json::from_str(event).map_err(|_| refused(unreadable))?;
    join_cookies(&mut event);
    check_target(&event)?;
    let body = event.body.as_deref().filter(|_| event.is_base64_encoded);
    if body.is_some_and(|body| STANDARD.decode(body).is_err()) {
        return Err(ApiError::new(Code::BodyInvalid, "The body is marked as Base64 and is none."));
    }
    Ok(event)
}

fn refused(detail: &str) -> ApiError {
    ApiError::new(Code::ParameterInvalid, detail)
}

/// Puts the cookies back into the header, each by itself: `lambda_http` would drop all of them for one that is not
/// ASCII.
fn join_cookies(event: &mut ApiGatewayV2httpRequest) {
    for cookie in event.cookies.take().unwrap_or_default() {
        if let Ok(value) = HeaderValue::from_bytes(cookie.as_bytes()) {
            event.headers.append(COOKIE, value);
        }
    }
}

/// Builds the address as `lambda_http` does, and refuses what it would unwrap.
fn check_target(event: &ApiGatewayV2httpRequest) -> Result<(), ApiError> {
    if event.request_context.stage.as_deref().is_some_and(|stage| stage != "$default") {
        return Err(refused("This API has one stage, `$default`; call it without another one."));
    }
    let url = base(event)?;
    let path = event.raw_path.as_deref().unwrap_or_default();
    let bad_path = || refused("Write the path with `/` in front and percent-encoding.");
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return Err(bad_path());
    }
    let url = Url::parse(&format!("{url}{path}")).map_err(|_| bad_path())?.to_string();
    let uri: Uri = url.parse().map_err(|_| bad_path())?;
    let query = event.raw_query_string.as_deref().unwrap_or_default();
    if query.is_empty() {
        return Ok(());
    }
    let whole = format!("{uri}?{query}").parse::<Uri>();
    whole
        .map(drop)
        .map_err(|_| refused("Write the query with percent-encoding, in less than 65,000 characters."))
}

/// Scheme and host, as the headers or the gateway itself name them.
fn base(event: &ApiGatewayV2httpRequest) -> Result<String, ApiError> {
    let named = text(&event.headers, HOST.as_str()).or(event.request_context.domain_name.as_deref());
    let Some(host) = named else { return Ok("http://localhost".to_owned()) };
    let scheme = text(&event.headers, "x-forwarded-proto").unwrap_or("https");
    if !matches!(scheme, "http" | "https") {
        return Err(refused("`X-Forwarded-Proto`: send `https` or `http`, or leave it out."));
    }
    let base = format!("{scheme}://{host}");
    if host.parse::<Authority>().is_ok() && !host.contains('@') && Url::parse(&base).is_ok() {
        return Ok(base);
    }
    Err(refused("`Host`: send a name or an address, with a port up to 65535 if it needs one."))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests;
