//! Where a request is: the page's path, and what its address says.

use axum::extract::{FromRequestParts as _, RawPathParams};
use http::request::Parts;
use serde_json::{Map, Value, json};

use crate::page::{Read, Search};

/// What the page's own links and messages put into its query: it is not kept from one page to the next.
const PASSING: [&str; 2] = ["done", "ask"];

/// The question of a page.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) here: String,
    pub(crate) path: Map<String, Value>,
    pub(crate) query: Map<String, Value>,
}

impl Place {
    /// `None` where the path holds what is no text.
    pub(crate) async fn of(parts: &mut Parts) -> Option<Self> {
        let params = RawPathParams::from_request_parts(parts, &()).await.ok()?;
        let path = params.iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let query = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = query.map(|(name, value)| (name.into_owned(), json!(value))).collect();
        Some(Self { here: parts.uri.path().to_owned(), path, query })
    }

    /// The query of an operation: parameters of the page's path, and those of its query that go along.
    pub(crate) fn along(&self, read: &Read) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        if let Some(most) = read.most {
            pairs.append_pair("limit", &most.to_string());
        }
        if let Some((search, text)) = read.search.and_then(|search| Some((search, self.searched(search)?))) {
            if text.contains('@') {
                return pairs.append_pair(search.address, text).finish();
            }
            pairs.append_pair(search.name, text);
        }
        for (name, from) in read.with {
            pairs.append_pair(name, self.path.get(*from).and_then(Value::as_str).unwrap_or_default());
        }
        pairs.extend_pairs(self.given(read));
        for name in read.query {
            if let Some(value) = self.asked(name) {
                pairs.append_pair(name, value);
            }
        }
        pairs.finish()
    }

    fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(Value::as_str).filter(|value| !value.trim().is_empty())
    }

    /// Of what only goes along where it is given, what is.
    pub(crate) fn given(&self, read: &Read) -> Option<(&'static str, &str)> {
        read.if_given.iter().find_map(|(from, name)| Some((*name, self.asked(from)?)))
    }

    /// What is searched for, if anything is.
    fn searched(&self, search: Search) -> Option<&str> {
        let text = self.query.get(search.field).and_then(Value::as_str)?.trim();
        Some(text).filter(|text| !text.is_empty())
    }

    /// The page again, with its filters and its part of a list, and with word of what was done.
    pub(crate) fn again(&self, done: &str) -> String {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.query.iter().filter(|(name, _)| !PASSING.contains(&name.as_str())) {
            pairs.append_pair(name, value.as_str().unwrap_or_default());
        }
        format!("{}?{}", self.here, pairs.append_pair("done", done).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::ACCOUNTS;

    #[test]
    fn an_address_is_searched_alone_and_a_name_with_the_filters() {
        let read = Read::new("accounts", ACCOUNTS).along(&["status"]).search("text", "email", "name");
        let along = |query: Value| {
            let query = query.as_object().cloned().unwrap_or_default();
            Place { here: String::new(), path: Map::new(), query }.along(&read)
        };
        assert_eq!(along(json!({ "text": " kim@x.org ", "status": "active" })), "email=kim%40x.org");
        assert_eq!(along(json!({ "text": "Kim", "status": "active" })), "name=Kim&status=active");
        assert_eq!(along(json!({ "text": " ", "status": "" })), "");
    }
}
