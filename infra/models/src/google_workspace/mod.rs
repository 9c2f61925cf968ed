//! Google Workspace: the token endpoint and the Directory API of the Admin SDK, with the rules and errors of the real ones.
//!
//! Reached beneath the path `/oauth2.googleapis.com` and `/admin.googleapis.com`. Personal accounts, delegated administrators,
//! members of groups and the contents of mailboxes are not part of the model.

mod addresses;
mod aliases;
mod caller;
mod directory;
mod domains;
mod entity;
mod fields;
mod groups;
mod key_file;
mod list;
mod passwords;
mod query;
mod refused;
mod routes;
mod seed;
mod token;
mod user;
mod users;

use std::sync::Arc;

use axum::{body::Body, response::Response};
use http::{StatusCode, request::Parts};
use jiff::Timestamp;

pub use entity::{GoogleGroup, GoogleSettings};
pub use key_file::ServiceAccountKey;
pub(crate) use refused::{refusal, throttled};
pub(crate) use routes::identify;
pub use user::GoogleUser;

use crate::{
    cloud::CloudOptions,
    error::ServiceError,
    rest::{Answer, Request, Route},
    storage::Storage,
};
use routes::Target;

/// The customers of Google Workspace, and the service accounts of Google Cloud.
#[derive(Clone, Debug)]
pub struct GoogleWorkspace {
    storage: Storage,
    options: Arc<CloudOptions>,
}

impl GoogleWorkspace {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options }
    }

    fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    pub(crate) fn perform(&self, operation: &str, head: &Parts, body: &[u8]) -> Response {
        let done = match routes::read(head) {
            Target::Token => self.grant(head, body),
            Target::Method(route, keys) => self.call(route, &Request::new(head, body, keys)),
            Target::Unknown => Err(refused::not_modelled(operation)),
        };
        match done {
            Ok(Answer { status, body: Some(body) }) => refused::response(status, &body),
            Ok(Answer { status, body: None }) => empty(status),
            Err(error) => refusal(operation, &error),
        }
    }

    fn grant(&self, head: &Parts, body: &[u8]) -> Result<Answer, ServiceError> {
        self.storage.transact(|rows| token::grant(rows, (&head.headers, body), self.now())).map(Answer::ok)
    }

    fn call(&self, route: &'static Route, request: &Request<'_>) -> Result<Answer, ServiceError> {
        let perform = match route.name {
            "users.insert" => users::insert,
            "users.list" => list::users,
            "users.get" => users::get,
            "users.update" | "users.patch" => users::update,
            "users.delete" => users::delete,
            "users.undelete" => users::undelete,
            "users.signOut" => users::sign_out,
            "users.aliases.insert" => aliases::insert_of_user,
            "users.aliases.list" => aliases::list_of_user,
            "users.aliases.delete" => aliases::delete_of_user,
            "groups.insert" => groups::insert,
            "groups.list" => groups::list,
            "groups.get" => groups::get,
            "groups.delete" => groups::delete,
            "groups.aliases.insert" => aliases::insert_of_group,
            "groups.aliases.list" => aliases::list_of_group,
            "groups.aliases.delete" => aliases::delete_of_group,
            "domains.list" => domains::list,
            "domains.get" => domains::get,
            name => return Err(refused::not_modelled(name)),
        };
        self.storage
            .transact(|rows| perform(&caller::directory(rows, (route, request), self.now())?, request))
    }
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
