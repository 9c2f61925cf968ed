//! The modelled methods of the Directory API and the scopes that allow them.
//!
//! <https://developers.google.com/workspace/admin/directory/reference/rest/v1>: each method's page lists its path and, under
//! "Authorization scopes", those of which it requires one.

use http::{Method, request::Parts};

use crate::rest::{self, Route};

const TOKEN_PATH: &str = "/oauth2.googleapis.com/token";
const DIRECTORY_PATH: &str = "/admin.googleapis.com/admin/directory/v1/";

macro_rules! scopes {
    ($($name:literal),*) => { &[$(concat!("https://www.googleapis.com/auth/admin.directory.", $name)),*] };
}

const fn route(
    method: &'static str,
    path: &'static str,
    name: &'static str,
    allowed: &'static [&'static str],
) -> Route {
    Route { method, path, name, allowed }
}

const ROUTES: &[Route] = &[
    route("POST", "users", "users.insert", scopes!("user")),
    route("GET", "users", "users.list", scopes!("user", "user.readonly")),
    route("GET", "users/{}", "users.get", scopes!("user", "user.readonly")),
    route("PUT", "users/{}", "users.update", scopes!("user")),
    route("PATCH", "users/{}", "users.patch", scopes!("user")),
    route("DELETE", "users/{}", "users.delete", scopes!("user")),
    route("POST", "users/{}/undelete", "users.undelete", scopes!("user")),
    route("POST", "users/{}/signOut", "users.signOut", scopes!("user.security")),
    route("POST", "users/{}/aliases", "users.aliases.insert", scopes!("user", "user.alias")),
    route(
        "GET",
        "users/{}/aliases",
        "users.aliases.list",
        scopes!("user", "user.alias", "user.alias.readonly", "user.readonly"),
    ),
    route("DELETE", "users/{}/aliases/{}", "users.aliases.delete", scopes!("user", "user.alias")),
    route("POST", "groups", "groups.insert", scopes!("group")),
    route("GET", "groups", "groups.list", scopes!("group", "group.readonly")),
    route("GET", "groups/{}", "groups.get", scopes!("group", "group.readonly")),
    route("DELETE", "groups/{}", "groups.delete", scopes!("group")),
    route("POST", "groups/{}/aliases", "groups.aliases.insert", scopes!("group")),
    route("GET", "groups/{}/aliases", "groups.aliases.list", scopes!("group", "group.readonly")),
    route("DELETE", "groups/{}/aliases/{}", "groups.aliases.delete", scopes!("group")),
    route("GET", "customer/{}/domains", "domains.list", scopes!("domain", "domain.readonly")),
    route("GET", "customer/{}/domains/{}", "domains.get", scopes!("domain", "domain.readonly")),
];

/// What a request to Google's hosts asks for.
pub(super) enum Target {
    Token,
    Method(&'static Route, Vec<String>),
    Unknown,
}

/// `None` when the request is not for Google.
fn target(head: &Parts) -> Option<Target> {
    let path = head.uri.path();
    if path == TOKEN_PATH && head.method == Method::POST {
        return Some(Target::Token);
    }
    if let Some(method) = path.strip_prefix(DIRECTORY_PATH) {
        let found = rest::find(ROUTES, &head.method, method);
        return Some(found.map_or(Target::Unknown, |(route, keys)| Target::Method(route, keys)));
    }
    let ours = path.starts_with("/oauth2.googleapis.com/") || path.starts_with("/admin.googleapis.com/");
    ours.then_some(Target::Unknown)
}

/// The same for a request that is known to be for Google.
pub(super) fn read(head: &Parts) -> Target {
    target(head).unwrap_or(Target::Unknown)
}

/// The method's name, such as `users.insert`, and `Token` for the token endpoint; `None` when the request is not for Google.
pub(crate) fn identify(head: &Parts) -> Option<String> {
    Some(match target(head)? {
        Target::Token => "Token".to_owned(),
        Target::Method(route, _) => route.name.to_owned(),
        Target::Unknown => format!("{} {}", head.method, head.uri.path()),
    })
}
