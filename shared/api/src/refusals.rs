//! What people who are known were not allowed is recorded, wherever it was refused: whoever reads the credentials of a
//! request says whose it is, and each 403 goes through here on its way out. Strangers are refused with 401; those are
//! only counted, by the status in the log line of each request.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use http::{StatusCode, request::Parts};
use vestibule_domain::{Email, TenantId, UserId};
use vestibule_store::Refusal;

use crate::{Api, Origin};

/// What is missing, on a refusal: the permission, or the code where it is none.
#[derive(Debug, Clone)]
pub struct Missing(pub(crate) String);

impl Missing {
    /// Goes over from an answer to the page that is shown in its place.
    pub fn hand_on(from: &Response, to: &mut Response) {
        if let Some(missing) = from.extensions().get::<Self>() {
            to.extensions_mut().insert(missing.clone());
        }
    }
}

/// Who sends a request, once it is known. Shared with [`record_refusals`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Sender(Arc<Mutex<Option<Known>>>);

#[derive(Debug)]
struct Known {
    api: Api,
    user: UserId,
    tenant: Option<TenantId>,
    email: Option<Email>,
}

impl Sender {
    /// The request's token is this person's, for this tenant.
    pub(crate) fn is(parts: &Parts, api: &Api, user: UserId, tenant: Option<TenantId>) {
        Self::of(parts).set(Some(Known { api: api.clone(), user, tenant, email: None }));
    }

    /// They act in the tenant, under this address.
    pub(crate) fn acts(parts: &Parts, email: &Email) {
        Self::of(parts).change(|known| known.email = Some(email.clone()));
    }

    /// They act for themselves, whatever the tenant is that they work in: that is none of its business.
    pub(crate) fn acts_alone(parts: &Parts, email: &Email) {
        Self::of(parts).change(|known| (known.email, known.tenant) = (Some(email.clone()), None));
    }

    fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or_default()
    }

    fn set(&self, known: Option<Known>) -> Option<Known> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), known)
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(change);
    }
}

/// Records an answer 403 to somebody known. It is given all the same when that fails.
pub(crate) async fn record_refusals(request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let sender = Sender::default();
    parts.extensions.insert(sender.clone());
    let (method, origin) = (parts.method.to_string(), Origin::of(&parts));
    let route = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() != StatusCode::FORBIDDEN {
        return response;
    }
    let Some(Known { api, user, tenant, email }) = sender.set(None) else { return response };
    let what = response.extensions().get().map_or("forbidden", |Missing(what)| what.as_str()).to_owned();
    let Origin { source_ip, user_agent, request_id, .. } = origin;
    let route = route.unwrap_or_default();
    let refusal = Refusal { user, tenant, email, source_ip, user_agent, what, method, route };
    // Boxed: the future of an SDK call is large, and few requests are refused.
    let recorded = Box::pin(api.store.platform().count_refusal(refusal, &api.world)).await;
    if let Err(error) = recorded {
        tracing::error!(%error, request_id, "a refusal is not recorded");
    }
    response
}
