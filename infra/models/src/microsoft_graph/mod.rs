//! Microsoft 365: the token endpoint of Microsoft Entra and the users of Microsoft Graph, with the rules and errors of the real
//! ones.
//!
//! Reached beneath the path `/login.microsoftonline.com` and `/graph.microsoft.com`. Guests, members of groups, directory roles
//! and messages are not part of the model.

mod caller;
mod deleted;
mod directory;
mod entity;
mod fields;
mod filter;
mod licenses;
mod list;
mod message_rules;
mod passwords;
mod refused;
mod routes;
mod seed;
mod tenants;
mod token;
mod user;
mod users;
mod wire;

use std::sync::Arc;

use axum::response::Response;
use http::request::Parts;
use jiff::Timestamp;

pub use entity::{GraphGroup, GraphSettings, GraphSku};
pub(crate) use routes::identify;
pub use user::{GraphLicense, GraphUser};
pub(crate) use wire::{refusal, throttled};

use crate::{
    cloud::CloudOptions,
    error::ServiceError,
    rest::{Answer, Request, Route},
    storage::Storage,
};
use refused::Refused;

/// The tenants of Microsoft Entra, with their apps.
#[derive(Clone, Debug)]
pub struct MicrosoftGraph {
    storage: Storage,
    options: Arc<CloudOptions>,
}

impl MicrosoftGraph {
    pub(crate) fn new(storage: Storage, options: Arc<CloudOptions>) -> Self {
        Self { storage, options }
    }

    fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    pub(crate) fn perform(&self, operation: &str, head: &Parts, body: &[u8]) -> Response {
        let done = match routes::read(head) {
            Some((route, keys)) => self.call(route, &Request::new(head, body, keys)),
            None => Err(Refused::not_modelled(operation)),
        };
        match done {
            Ok(answer) => wire::done(&head.headers, answer),
            Err(refused) => wire::refused(operation, &head.headers, &refused, self.now()),
        }
    }

    fn call(&self, route: &'static Route, request: &Request<'_>) -> Result<Answer, Refused> {
        let perform = match route.name {
            "Token" => {
                return self.sign_in(|rows| token::grant(rows, (request.key(0), request.body), self.now()));
            }
            "OpenIdConfiguration" => return self.sign_in(|rows| token::configuration(rows, request.key(0))),
            "CreateUser" => users::create,
            "ListUsers" => list::users,
            "GetUser" => users::get,
            "UpdateUser" => users::update,
            "DeleteUser" => users::delete,
            "AssignLicense" => licenses::assign,
            "RevokeSignInSessions" => users::revoke_sessions,
            "CreateMessageRule" => message_rules::create,
            "ListMessageRules" => message_rules::list,
            "DeleteMessageRule" => message_rules::delete,
            "ListSubscribedSkus" => licenses::list,
            "ListDeletedUsers" => deleted::list,
            "GetDeletedUser" => deleted::get,
            "RestoreDeletedUser" => deleted::restore,
            "PurgeDeletedUser" => deleted::purge,
            "ListDomains" => tenants::domains,
            "GetDomain" => tenants::domain,
            "GetOrganization" => tenants::organization,
            "ListGroups" => list::groups,
            name => return Err(Refused::not_modelled(name)),
        };
        self.storage
            .transact(|rows| perform(&caller::directory(rows, (route, request), self.now())?, request))
    }

    fn sign_in(
        &self,
        work: impl FnOnce(&crate::storage::Rows<'_>) -> Result<serde_json::Value, ServiceError>,
    ) -> Result<Answer, Refused> {
        Ok(self.storage.transact(work).map(Answer::ok)?)
    }
}
