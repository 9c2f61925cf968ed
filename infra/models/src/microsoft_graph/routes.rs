//! The modelled operations of Microsoft Graph and the application permissions that allow them.
//!
//! Each operation's page beneath <https://learn.microsoft.com/graph/api/overview> has its path and, under "Permissions", the
//! application permissions of which an app needs one; higher ones include lower ones.

use http::{Method, request::Parts};

use crate::rest::{self, Route};

const SIGN_IN_PATH: &str = "/login.microsoftonline.com/";
const GRAPH_PATH: &str = "/graph.microsoft.com/v1.0/";

const READ_USERS: &[&str] =
    &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const WRITE_USERS: &[&str] = &["User.ReadWrite.All", "Directory.ReadWrite.All"];
const DELETE_USERS: &[&str] = &["User.DeleteRestore.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const UPDATE_USERS: &[&str] = &[
    "User.ReadWrite.All",
    "Directory.ReadWrite.All",
    "User.EnableDisableAccount.All",
    "User-PasswordProfile.ReadWrite.All",
];
const ASSIGN: &[&str] = &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const REVOKE: &[&str] = &["User.RevokeSessions.All", "User.ReadWrite.All", "Directory.ReadWrite.All"];
const READ_SKUS: &[&str] = &[
    "LicenseAssignment.Read.All",
    "LicenseAssignment.ReadWrite.All",
    "Organization.Read.All",
    "Organization.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const READ_DOMAINS: &[&str] =
    &["Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_ORGANIZATION: &[&str] =
    &["Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];
const READ_GROUPS: &[&str] = &[
    "GroupMember.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];
const READ_RULES: &[&str] = &["MailboxSettings.Read", "MailboxSettings.ReadWrite"];
const WRITE_RULES: &[&str] = &["MailboxSettings.ReadWrite"];

const fn route(
    method: &'static str,
    path: &'static str,
    name: &'static str,
    allowed: &'static [&'static str],
) -> Route {
    Route { method, path, name, allowed }
}

const ROUTES: &[Route] = &[
    route("POST", "users", "CreateUser", WRITE_USERS),
    route("GET", "users", "ListUsers", READ_USERS),
    route("GET", "users/{}", "GetUser", READ_USERS),
    route("PATCH", "users/{}", "UpdateUser", UPDATE_USERS),
    route("DELETE", "users/{}", "DeleteUser", DELETE_USERS),
    route("POST", "users/{}/assignLicense", "AssignLicense", ASSIGN),
    route("POST", "users/{}/revokeSignInSessions", "RevokeSignInSessions", REVOKE),
    route("POST", "users/{}/mailFolders/inbox/messageRules", "CreateMessageRule", WRITE_RULES),
    route("GET", "users/{}/mailFolders/inbox/messageRules", "ListMessageRules", READ_RULES),
    route("DELETE", "users/{}/mailFolders/inbox/messageRules/{}", "DeleteMessageRule", WRITE_RULES),
    route("GET", "subscribedSkus", "ListSubscribedSkus", READ_SKUS),
    route("GET", "directory/deletedItems/microsoft.graph.user", "ListDeletedUsers", READ_USERS),
    route("GET", "directory/deletedItems/{}", "GetDeletedUser", READ_USERS),
    route("POST", "directory/deletedItems/{}/restore", "RestoreDeletedUser", DELETE_USERS),
    route("DELETE", "directory/deletedItems/{}", "PurgeDeletedUser", DELETE_USERS),
    route("GET", "domains", "ListDomains", READ_DOMAINS),
    route("GET", "domains/{}", "GetDomain", READ_DOMAINS),
    route("GET", "organization", "GetOrganization", READ_ORGANIZATION),
    route("GET", "groups", "ListGroups", READ_GROUPS),
];

const SIGN_IN: &[Route] = &[
    route("POST", "{}/oauth2/v2.0/token", "Token", &[]),
    route("GET", "{}/v2.0/.well-known/openid-configuration", "OpenIdConfiguration", &[]),
];

/// What a request to Microsoft's hosts asks for, with what its path names.
pub(super) type Target = Option<(&'static Route, Vec<String>)>;

/// `None` when the request is not for Microsoft; within, what is not modelled.
fn target(head: &Parts) -> Option<Target> {
    let path = head.uri.path();
    if let Some(path) = path.strip_prefix(SIGN_IN_PATH) {
        return Some(rest::find(SIGN_IN, &head.method, path));
    }
    if let Some(path) = path.strip_prefix(GRAPH_PATH) {
        return Some(rest::find(ROUTES, &head.method, path));
    }
    path.starts_with("/graph.microsoft.com/").then_some(None)
}

/// The same for a request that is known to be for Microsoft.
pub(super) fn read(head: &Parts) -> Target {
    target(head).flatten()
}

/// The operation's name, such as `CreateUser`; `None` when the request is not for Microsoft.
pub(crate) fn identify(head: &Parts) -> Option<String> {
    let unknown = |method: &Method| format!("{method} {}", head.uri.path());
    Some(target(head)?.map_or_else(|| unknown(&head.method), |(route, _)| route.name.to_owned()))
}
