//! Pages of other origins that may call the API with a token. They get no cookies, and no cookie of theirs counts.

use std::time::Duration;

use axum::Router;
use http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::CorsLayer;

use crate::{SettingError, Settings};

/// What a page may send along.
const SENT: [HeaderName; 3] =
    [header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("idempotency-key")];
/// What a page may read of an answer.
const READ: [HeaderName; 4] = [
    header::LINK,
    header::RETRY_AFTER,
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("idempotent-replayed"),
];
/// How long a browser remembers what it may send.
const REMEMBERED: Duration = Duration::from_mins(10);

/// The router, open to the origins of the setting `ALLOWED_ORIGINS`; closed to all others.
pub(crate) fn allowing(router: Router, settings: &Settings) -> Result<Router, SettingError> {
    let origins = origins(settings)?;
    if origins.is_empty() {
        return Ok(router);
    }
    let methods = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let layer = CorsLayer::new().allow_origin(origins).allow_methods(methods);
    Ok(router.layer(layer.allow_headers(SENT).expose_headers(READ).max_age(REMEMBERED)))
}

fn origins(settings: &Settings) -> Result<Vec<HeaderValue>, SettingError> {
    let listed = settings.find("ALLOWED_ORIGINS").unwrap_or_default();
    let problem = "is no list of origins; give them as https://app.example.com,https://..., without a slash behind them";
    let each = listed.split(',').map(str::trim).filter(|origin| !origin.is_empty());
    each.map(|origin| origin_of(origin).ok_or_else(|| SettingError::new("ALLOWED_ORIGINS", problem)))
        .collect()
}

fn origin_of(text: &str) -> Option<HeaderValue> {
    let url = url::Url::parse(text).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    (is_web && url.origin().ascii_serialization() == text).then(|| HeaderValue::from_str(text).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<HeaderValue>, SettingError> {
        origins(&Settings::new([("ALLOWED_ORIGINS".to_owned(), text.to_owned())]).unwrap())
    }

    #[test]
    fn origins_are_listed_and_nothing_else_is() {
        assert_eq!(read("").unwrap(), Vec::<HeaderValue>::new());
        let two = read("https://app.example.com, http://localhost:3000").unwrap();
        assert_eq!(two, ["https://app.example.com", "http://localhost:3000"]);
        for wrong in [
            "*",
            "app.example.com",
            "https://app.example.com/",
            "null",
            "https://a.example/x",
            "ftp://a.example",
        ] {
            assert_eq!(read(wrong).unwrap_err().name, "ALLOWED_ORIGINS", "{wrong}");
        }
    }
}
