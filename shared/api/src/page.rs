//! The query of a list: `?limit=` and `?cursor=`.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::Deserialize;
use utoipa::IntoParams;
use vestibule_store::PageRequest;

use crate::{ApiError, Code};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    limit: Option<u16>,
    cursor: Option<String>,
}

/// Which page of a list is wanted.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Entries on the page, 1 to 100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// The `next` of the page before.
    pub cursor: Option<String>,
}

impl From<PageQuery> for PageRequest {
    fn from(query: PageQuery) -> Self {
        Self { limit: query.limit, cursor: query.cursor }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PageQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let refused = |detail: &str| ApiError::new(Code::ParameterInvalid, detail);
        let Query(raw) = Query::<Raw>::from_request_parts(parts, state)
            .await
            .map_err(|_| refused("Only `limit` (1 to 100) and `cursor` can be given."))?;
        Self::checked(raw.limit, raw.cursor)
    }
}

impl PageQuery {
    /// The page that a list's own query names; 400 when it cannot be.
    pub fn checked(limit: Option<u16>, cursor: Option<String>) -> Result<Self, ApiError> {
        if limit.is_some_and(|limit| !(1..=100).contains(&limit)) {
            return Err(ApiError::new(Code::ParameterInvalid, "`limit`: give a number from 1 to 100."));
        }
        if cursor.as_ref().is_some_and(|cursor| cursor.len() > 512) {
            return Err(ApiError::new(Code::CursorInvalid, "Start again without a cursor."));
        }
        Ok(Self { limit, cursor })
    }
}
