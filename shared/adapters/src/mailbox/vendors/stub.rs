//! A vendor that gives fixed answers by path, for tests of what is made of them.

use std::collections::BTreeMap;

use axum::{Json, Router, http::StatusCode, http::Uri, response::IntoResponse as _};
use serde_json::Value;

use super::{Access, TokenKey, Vendors};

pub(in super::super) type Answers = BTreeMap<String, (StatusCode, Value)>;

/// The answers by path.
pub(in super::super) fn answering(answers: &[(&str, u16, Value)]) -> Answers {
    let each = |(path, status, body): &(&str, u16, Value)| {
        ((*path).to_owned(), (StatusCode::from_u16(*status).unwrap(), body.clone()))
    };
    answers.iter().map(each).collect()
}

pub(in super::super) struct Stub {
    address: String,
}

impl Stub {
    /// Starts it; what is not among the answers is answered with 418.
    pub(in super::super) async fn start(answers: Answers) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let answer = move |uri: Uri| {
            let found = answers.get(uri.path()).cloned();
            let (status, body) = found.unwrap_or((StatusCode::IM_A_TEAPOT, Value::Null));
            std::future::ready((status, Json(body)).into_response())
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address }
    }

    /// Calls to it, with some token.
    pub(in super::super) fn access(&self) -> Access {
        self.access_with("token")
    }

    /// Calls to it, with this token.
    pub(in super::super) fn access_with(&self, token: &str) -> Access {
        let vendors = Vendors::new(Some(&self.address)).unwrap();
        Access { vendors, key: TokenKey::of(&["test"], &"".into()), token: token.into() }
    }
}
