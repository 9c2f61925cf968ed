//! The session of a browser: cookies that only this very host gets back, over TLS, out of reach
//! of scripts, and a token against requests that another site makes the browser send.

use axum::response::Response;
use cookie::{Cookie, SameSite, time::Duration};
use http::{HeaderMap, HeaderValue, header};

/// Holds the access token.
pub const ACCESS: &str = "__Host-vestibule-access";
/// Holds the refresh token.
pub const REFRESH: &str = "__Host-vestibule-refresh";
/// Holds what scripts of our own pages send back as `X-CSRF-Token`.
pub const CSRF: &str = "__Host-vestibule-csrf";
/// Binds a sign-in at an outside provider to the browser that began it.
pub const SOCIAL: &str = "__Host-vestibule-social";
/// Shows that the one who follows a mailed link is the one who asked for it.
pub const RECEIPT: &str = "__Host-vestibule-receipt";

/// The value of the cookie `name`, if the request has exactly one of it.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    // Two of a name mean that somebody else has set one: neither is believed.
    values.next().filter(|value| !value.is_empty()).filter(|_| values.next().is_none())
}

/// Adds a cookie that scripts cannot read. It is sent when people come here from elsewhere
/// (`strict` false), or only by our own pages.
pub fn set(response: &mut Response, name: &'static str, value: &str, seconds: i64, strict: bool) {
    add(response, &base(name, value, seconds, strict).http_only(true).build());
}

/// Adds a cookie that scripts of our own pages read.
pub fn set_readable(response: &mut Response, name: &'static str, value: &str, seconds: i64) {
    add(response, &base(name, value, seconds, true).build());
}

/// Makes the browser forget a cookie.
pub fn forget(response: &mut Response, name: &'static str) {
    set(response, name, "", 0, true);
}

fn base<'a>(name: &'static str, value: &'a str, seconds: i64, strict: bool) -> cookie::CookieBuilder<'a> {
    let site = if strict { SameSite::Strict } else { SameSite::Lax };
    Cookie::build((name, value)).path("/").secure(true).same_site(site).max_age(Duration::seconds(seconds))
}

fn add(response: &mut Response, cookie: &Cookie<'_>) {
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_once_or_not_at_all() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1; __Host-vestibule-access=x.y; b=2"));
        assert_eq!(find(&headers, ACCESS), Some("x.y"));
        assert_eq!(find(&headers, REFRESH), None);
        headers.append(header::COOKIE, HeaderValue::from_static("__Host-vestibule-access=z"));
        assert_eq!(find(&headers, ACCESS), None);
    }

    #[test]
    fn cookies_are_bound_to_the_host() {
        let mut response = Response::default();
        set(&mut response, REFRESH, "t", 60, true);
        let line = response.headers()[header::SET_COOKIE].to_str().unwrap();
        for part in
            ["__Host-vestibule-refresh=t", "HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=60"]
        {
            assert!(line.contains(part), "{line}");
        }
        assert!(!line.contains("Domain"));
    }
}
