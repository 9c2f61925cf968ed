//! One prepared request for each described operation: everything it needs is made, and nothing is used up yet. The
//! matrix of who may do what, the repeated requests, the costs and the samples are all made from these.

mod accounts;
mod auditing;
mod connections;
mod hiring;
mod inviting;
mod organizations;
mod own;
mod pages;
mod platform;
mod promo;
mod provider;
mod sample;
mod scene;
mod sign_in;
mod team;

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::{Actor, Answer};

pub use sample::{file_of, sample};
pub use scene::{ROLES, Scene};

/// The body of a prepared request.
#[derive(Debug, Clone)]
pub enum Content {
    /// None.
    Nothing,
    /// JSON.
    Json(Value),
    /// The form of a page.
    Form(Vec<(&'static str, String)>),
    /// Bytes of this content type.
    Bytes(&'static str, Vec<u8>),
}

/// A request that would succeed, once.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// The body.
    pub body: Content,
    /// Headers beside the credentials.
    pub headers: Vec<(&'static str, String)>,
    /// Who may send it; whoever is allowed to, where that depends on a role.
    pub actor: Actor,
    /// The same of another person or tenant, where the operation names something.
    pub theirs: Option<String>,
    /// The ways in which it shows secrets: names of the answer's fields.
    pub shows: &'static [&'static str],
}

impl Prepared {
    /// A request without a body.
    pub fn new(method: Method, path: impl Into<String>, actor: Actor) -> Self {
        let (body, headers) = (Content::Nothing, Vec::new());
        Self { method, path: path.into(), body, headers, actor, theirs: None, shows: &[] }
    }

    fn json(self, body: Value) -> Self {
        Self { body: Content::Json(body), ..self }
    }

    fn form(self, fields: Vec<(&'static str, String)>) -> Self {
        Self { body: Content::Form(fields), ..self }
    }

    fn bytes(self, kind: &'static str, bytes: Vec<u8>) -> Self {
        Self { body: Content::Bytes(kind, bytes), ..self }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn theirs(self, path: impl Into<String>) -> Self {
        Self { theirs: Some(path.into()), ..self }
    }

    fn shows(self, fields: &'static [&'static str]) -> Self {
        Self { shows: fields, ..self }
    }

    /// The request, sent by somebody.
    pub fn request(&self, actor: &Actor, path: &str) -> RequestBuilder {
        let mut request = actor.request(self.method.clone(), path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        match &self.body {
            Content::Nothing => request,
            Content::Json(body) => request.json(body),
            Content::Form(fields) => request.form(fields),
            Content::Bytes(kind, bytes) => request.header("content-type", *kind).body(bytes.clone()),
        }
    }

    /// Sends it as the one who may.
    pub async fn send(&self) -> Answer {
        self.actor.send(self.request(&self.actor, &self.path)).await
    }

    /// Sends it as somebody else.
    pub async fn send_as(&self, actor: &Actor) -> Answer {
        actor.send(self.request(actor, &self.path)).await
    }

    /// Sends it with an idempotency key.
    pub async fn send_once(&self, key: &str) -> Answer {
        self.actor.send(self.request(&self.actor, &self.path).header("idempotency-key", key)).await
    }
}

impl Scene {
    /// The prepared request of an operation such as `GET /api/hires/{id}`; `None` for one that has none.
    pub async fn prepare(&self, operation: &str) -> Option<Prepared> {
        // Boxed: each is the future of a whole walk.
        if let Some(prepared) = Box::pin(self.prepare_hiring(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_job(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_password(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_audit(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_connection(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_organization(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_team(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_invitation(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_own(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_sign_in(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_platform(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_account(operation)).await {
            return Some(prepared);
        }
        if let Some(prepared) = Box::pin(self.prepare_promo(operation)).await {
            return Some(prepared);
        }
        Box::pin(self.prepare_page(operation)).await
    }
}

/// The samples of all described operations, by the names of their files.
pub async fn record() -> BTreeMap<String, Value> {
    let scene = Scene::start().await;
    let mut samples = BTreeMap::new();
    for operation in described() {
        let prepared = scene.prepare(&operation).await;
        let prepared = prepared.unwrap_or_else(|| panic!("{operation} has no prepared request"));
        let answer = prepared.send().await;
        samples.insert(file_of(&operation), sample(&operation, &prepared, &answer));
    }
    samples
}

/// Every described operation, such as `GET /api/hires/{id}`.
pub fn described() -> Vec<String> {
    let document = document();
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("operations").keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    operations.collect()
}

/// The described operations that keep their answer for an idempotency key.
pub fn keyed() -> Vec<String> {
    let document = document();
    let keyed = |operation: &String| {
        let (method, path) = operation.split_once(' ').expect("a method and a path");
        let parameters = document["paths"][path][method.to_lowercase()]["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|each| each["name"] == "Idempotency-Key"))
    };
    described().into_iter().filter(keyed).collect()
}

fn document() -> Value {
    vestibule_local::openapi::document()
}
