//! Who may speak to a port of the stack: this machine's programs, and pages that the stack itself serves.
//!
//! A foreign page reaches a port on loopback in two ways. It sends requests to it, which a browser marks with
//! `Origin` and `Sec-Fetch-Site`; or it makes its own name lead here, which shows in `Host`.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Method, StatusCode, Uri};

/// The names that a port answers to.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// Its port; `None` takes any.
    port: Option<u16>,
    /// A name beside those of this machine.
    site: Option<String>,
}

impl Guard {
    /// Only `127.0.0.1` and `localhost`, with this port.
    pub(crate) fn at(port: u16) -> Self {
        Self { port: Some(port), site: None }
    }

    /// This machine's names with any port, as behind a forwarded one, and the host of the site's address.
    pub(crate) fn for_site(site: &str) -> Self {
        let host = site.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_ascii_lowercase));
        Self { port: None, site: host }
    }

    /// This machine's names with any port.
    pub(crate) fn any_port() -> Self {
        Self { port: None, site: None }
    }

    fn knows(&self, request: &Request) -> bool {
        let told = request.headers().get_all(HOST).iter().collect::<Vec<_>>();
        let [host] = told.as_slice() else { return false };
        let Ok(host) = host.to_str() else { return false };
        let Some((name, port)) = parts(host) else { return false };
        let ported = self.port.is_none_or(|own| port == Some(own) || (own == 80 && port.is_none()));
        let ours = matches!(name.as_str(), "127.0.0.1" | "localhost") && ported;
        ours || self.site.as_ref() == Some(&name)
    }
}

/// Name in small letters and port of a `Host`.
fn parts(host: &str) -> Option<(String, Option<u16>)> {
    let authority: http::uri::Authority = host.parse().ok()?;
    let port = authority.port_u16();
    let plain =
        authority.as_str() == host && !host.contains('@') && (port.is_some() || authority.host() == host);
    plain.then(|| (authority.host().to_ascii_lowercase(), port))
}

/// 421 for a name that a foreign site could have made lead here.
pub(crate) async fn names(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if guard.knows(&request) { next.run(request).await } else { misdirected() }
}

/// 421 as [`names`], and 403 for what a page of another site makes a browser send, unless it only reads and the
/// browser keeps the answer from that page.
pub(crate) async fn names_and_pages(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if !guard.knows(&request) {
        return misdirected();
    }
    // A token is read, and its session perhaps begun for it.
    let begins = request.uri().path().starts_with("/_local/token/");
    let reads = matches!(*request.method(), Method::GET | Method::HEAD) && !begins;
    if !reads && is_foreign(request.headers()) {
        return forbidden();
    }
    next.run(request).await
}

/// 421 and 403 as [`names_and_pages`], for reading too: while signing in is bypassed any request acts as somebody.
pub(crate) async fn names_and_origins(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    if !guard.knows(&request) {
        return misdirected();
    }
    if is_foreign(request.headers()) { forbidden() } else { next.run(request).await }
}

fn forbidden() -> Response {
    let text = "Only programs of this machine and the stack's own pages may do this.\n";
    (StatusCode::FORBIDDEN, text).into_response()
}

fn misdirected() -> Response {
    let text = "The stack answers to 127.0.0.1 and localhost only.\n";
    (StatusCode::MISDIRECTED_REQUEST, text).into_response()
}

/// Whether a browser says that a page of another origin is behind the request. Programs say nothing.
fn is_foreign(headers: &HeaderMap) -> bool {
    let sites = headers.get_all("sec-fetch-site");
    if sites.iter().any(|site| !matches!(site.as_bytes(), b"same-origin" | b"none")) {
        return true;
    }
    let host = headers.get(HOST).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let own = |origin: &http::HeaderValue| {
        let origin = origin.as_bytes();
        origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://")) == Some(host)
    };
    headers.get_all(ORIGIN).iter().any(|origin| !own(origin))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn request(host: &str) -> Request {
        Request::get("/").header(HOST, host).body(Body::empty()).unwrap()
    }

    #[test]
    fn attack_8_a_port_knows_its_own_names_only() {
        for host in ["127.0.0.1:4000", "localhost:4000", "LocalHost:4000"] {
            assert!(Guard::at(4000).knows(&request(host)), "{host}");
        }
        for host in [
            "",
            "evil.example:4000",
            "127.0.0.1",
            "127.0.0.1:4001",
            "127.0.0.1:4000.evil.example",
            "127.0.0.1.evil.example:4000",
            "localhost.evil.example:4000",
            "evil.example@127.0.0.1:4000",
            "127.0.0.1:4000:4000",
            "127.0.0.2:4000",
            "2130706433:4000",
            "[::1]:4000",
            "localhost.:4000",
            "localhost:04000x",
        ] {
            assert!(!Guard::at(4000).knows(&request(host)), "{host}");
        }
        let twice = Request::get("/").header(HOST, "127.0.0.1:4000").header(HOST, "evil.example");
        assert!(!Guard::at(4000).knows(&twice.body(Body::empty()).unwrap()));
        let none = Request::get("/").body(Body::empty()).unwrap();
        assert!(!Guard::at(4000).knows(&none));
    }

    #[test]
    fn a_site_of_ones_own_is_known_by_its_name() {
        let guard = Guard::for_site("https://portal.example:8443");
        for host in ["portal.example", "portal.example:8443", "127.0.0.1:9000", "localhost"] {
            assert!(guard.knows(&request(host)), "{host}");
        }
        for host in ["evil.example", "portal.example.evil.example", "xportal.example"] {
            assert!(!guard.knows(&request(host)), "{host}");
        }
    }
}
