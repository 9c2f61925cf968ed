//! People with verbs.

use std::sync::Arc;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::costs::spending::{self, Traffic};

/// Somebody who calls the API.
#[derive(Debug, Clone)]
pub struct Actor {
    pub(crate) http: Client,
    pub(crate) base: String,
    pub(crate) token: Option<String>,
    pub(crate) traffic: Arc<Traffic>,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: reqwest::header::HeaderMap,
    /// The body as JSON; `null` when it is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The answer, which must have this status.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "often the status is all a test wants")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The problem's code.
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The fields that a problem names.
    pub fn fields(&self) -> Vec<&str> {
        let fields = self.body["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        fields.iter().filter_map(|field| field["field"].as_str()).collect()
    }
}

impl Actor {
    /// Whether they have no token.
    pub fn is_anonymous(&self) -> bool {
        self.token.is_none()
    }

    /// A request to `path`, with this person's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request and reads its answer.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        // One that waits for a job looks at it as often as that takes.
        let waits = request.url().query().is_some_and(|query| query.contains("wait="));
        let begun = self.traffic.begin();
        let response = self.http.execute(request).await.expect("the stack answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.expect("a body of text");
        spending::check_status(method.as_str(), &path, status);
        if self.traffic.was_alone(begun) && !waits {
            spending::check(method.as_str(), &path, status, &headers);
        }
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    /// `POST` with an idempotency key.
    pub async fn post_once(&self, path: &str, body: &Value, key: &str) -> Answer {
        self.send(self.request(Method::POST, path).header("idempotency-key", key).json(body)).await
    }
}
