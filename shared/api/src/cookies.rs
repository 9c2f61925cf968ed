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

/// The value of the cookie `name`, if the request has one of it. Each pair is read by itself from the bytes of
/// every `Cookie` header: one that is no text, or somebody else's, hides no other. Our own values are ASCII without
/// blanks; a pair of our name that is empty or anything else is not ours. Quotes around the value are left out.
pub fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    // Quotes hold nothing together: a foreign value that opens one must not swallow ours behind it.
    let pairs = lines.flat_map(|line| line.split(|byte| *byte == b';')).filter_map(pair);
    let mut values =
        pairs.filter(|(found, _)| *found == name.as_bytes()).filter_map(|(_, value)| ours(value));
    // Two values of a name mean that somebody else has set one. Which is older or nearer tells nothing, so neither
    // is believed.
    let first = values.next()?;
    values.all(|other| other == first).then_some(first)
}

fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == b'=')?;
    Some((text[..at].trim_ascii(), text[at + 1..].trim_ascii()))
}

fn ours(value: &[u8]) -> Option<&str> {
    let quoted = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let value = std::str::from_utf8(quoted.unwrap_or(value)).ok()?;
    let plain = value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b'\\'));
    Some(value).filter(|value| plain && !value.is_empty())
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

    fn jar(lines: &[&[u8]]) -> HeaderMap {
        lines.iter().map(|line| (header::COOKIE, HeaderValue::from_bytes(line).unwrap())).collect()
    }

    #[test]
    fn fault_03_a_pair_that_is_no_text_or_not_ours_hides_no_other() {
        let seen: [&[&[u8]]; 14] = [
            &[b"__Host-vestibule-access=x.y; lang=espa\xc3\xb1ol"],
            &[b"lang=espa\xf1ol; __Host-vestibule-access=x.y"],
            &[b"\xff\xfe=\x80; __Host-vestibule-access=x.y; \xc3=\xb1"],
            &[b"name=\xe5\x90\x8d\xe5\x89\x8d", b"__Host-vestibule-access=x.y"],
            &[b"__Host-vestibule-access=x.y", b"\xf0\x9f\x8d\xaa"],
            &[b"open=\"; __Host-vestibule-access=x.y; close=\""],
            &[b"a=\"b; c=\\\"; __Host-vestibule-access=\"x.y\""],
            &[b"\t__Host-vestibule-access = x.y\t;"],
            &[b";;; ;=;==; =x; flag;__Host-vestibule-access=x.y"],
            &[b"__Host-vestibule-access=; __Host-vestibule-access=x.y"],
            &[b"__Host-vestibule-access=\xff; __Host-vestibule-access=x.y"],
            &[b"__Host-vestibule-access=two words; __Host-vestibule-access=x.y"],
            &[b"__Host-vestibule-access=x.y", b"__Host-vestibule-access=x.y"],
            &[b"__host-vestibule-access=z; vestibule-access=z; __Host-vestibule-access=x.y"],
        ];
        for lines in seen {
            assert_eq!(find(&jar(lines), ACCESS), Some("x.y"), "{lines:?}");
        }
        let huge = [b"b=\xf1; ".repeat(20_000), b"__Host-vestibule-access=x.y".to_vec()].concat();
        assert_eq!(find(&jar(&[&huge]), ACCESS), Some("x.y"));
    }

    #[test]
    fn fault_03_a_planted_value_takes_the_place_of_none() {
        for lines in [
            &[b"__Host-vestibule-access=x.y; __Host-vestibule-access=z".as_slice()],
            &[b"__Host-vestibule-access=z; __Host-vestibule-access=x.y"],
            &[b"__Host-vestibule-access=x.y; __Host-vestibule-access=\"z\""],
            &[b"__Host-vestibule-access=\"x.y"],
            &[b"__Host-vestibule-access"],
            &[b"evil=__Host-vestibule-access=x.y"],
        ] {
            assert_eq!(find(&jar(lines), ACCESS), None, "{lines:?}");
        }
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
