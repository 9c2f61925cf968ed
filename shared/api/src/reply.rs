//! Answers that can be sent and kept.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header::CONTENT_TYPE};
use serde::Serialize;
use serde_json::Value;

use crate::ApiError;

/// An answer that can be sent and kept.
#[derive(Debug, Clone)]
pub struct Reply {
    status: StatusCode,
    body: String,
    kept: Option<String>,
}

impl Reply {
    /// An answer with `view` as its JSON body.
    pub fn new(status: StatusCode, view: &impl Serialize) -> Result<Self, ApiError> {
        Ok(Self { status, body: written(view)?, kept: None })
    }

    /// An answer whose `secrets` are shown this one time: they are left out of what is kept, which names them in
    /// `shownOnce` instead.
    pub fn once(status: StatusCode, view: &impl Serialize, secrets: &[&str]) -> Result<Self, ApiError> {
        let mut kept = serde_json::to_value(view).map_err(fault)?;
        if let Value::Object(fields) = &mut kept {
            let hidden: Vec<_> = secrets.iter().filter(|name| fields.remove(**name).is_some()).collect();
            let hidden = serde_json::to_value(hidden).map_err(fault)?;
            fields.insert("shownOnce".to_owned(), hidden);
        }
        Ok(Self { status, body: written(view)?, kept: Some(kept.to_string()) })
    }

    /// 204, without a body.
    pub fn empty() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: String::new(), kept: None }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// What is kept of it: no secret.
    pub(crate) fn kept(&self) -> &str {
        self.kept.as_deref().unwrap_or(&self.body)
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        json(self.status, self.body)
    }
}

/// A JSON answer, or one without a body.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    if body.is_empty() {
        return status.into_response();
    }
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

fn written(view: &impl Serialize) -> Result<String, ApiError> {
    serde_json::to_string(view).map_err(fault)
}

fn fault(error: serde_json::Error) -> ApiError {
    ApiError::Fault(Box::new(error))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_sent_and_not_kept() {
        let view = json!({ "id": 7, "secret": "hush", "url": "hush too" });
        let reply = Reply::once(StatusCode::OK, &view, &["secret", "url", "absent"]).unwrap();
        assert!(reply.body.contains("hush"));
        assert_eq!(
            serde_json::from_str::<Value>(reply.kept()).unwrap(),
            json!({ "id": 7, "shownOnce": ["secret", "url"] })
        );
    }
}
