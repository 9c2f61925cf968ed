//! What comes from our own pages: their forms and the queries of their links.

use std::sync::Arc;

use axum::{
    body::to_bytes,
    extract::{Form, FromRef, FromRequest, FromRequestParts, Query, Request},
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};
use vestibule_api::{Argument, Description, site::check_sender};

use crate::Pages;

/// Longest form in bytes. A refused one shows what was typed, in which a character can become six.
const LONGEST_FORM: usize = 16 * 1024;
const AGAIN: Option<(&str, &str)> = Some(("Begin again", "/"));

/// The form of one of our pages. One that cannot be read, such as one with a field twice, is told as a page.
#[derive(Debug)]
pub struct PageForm<T>(pub T);

/// The query of one of our pages. One that cannot be read, such as one with a field twice, is told as a page.
#[derive(Debug)]
pub struct PageParams<T>(pub T);

/// Proof that a form was sent by our own page: browsers say so themselves.
#[derive(Debug)]
pub struct OwnPage;

impl<S, T> FromRequest<S> for PageForm<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
    Arc<Pages>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let pages = Arc::<Pages>::from_ref(state);
        let (parts, body) = request.into_parts();
        let Ok(bytes) = to_bytes(body, LONGEST_FORM).await else {
            let text = "This is more than any form here takes. Open the page and use its form.";
            return Err(pages.problem(StatusCode::PAYLOAD_TOO_LARGE, text, AGAIN));
        };
        let form = Form::<T>::from_request(Request::from_parts(parts, bytes.into()), state).await;
        let text = "Open the page and use its form.";
        form.map(|Form(form)| Self(form)).map_err(|_| pages.problem(StatusCode::BAD_REQUEST, text, AGAIN))
    }
}

impl<S, T> FromRequestParts<S> for PageParams<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
    Arc<Pages>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let text = "This address was changed on its way. Open the link as it was sent, or begin again.";
        let pages = Arc::<Pages>::from_ref(state);
        let query = Query::<T>::try_from_uri(&parts.uri);
        query.map(|Query(query)| Self(query)).map_err(|_| pages.problem(StatusCode::BAD_REQUEST, text, AGAIN))
    }
}

impl<S> FromRequestParts<S> for OwnPage
where
    S: Send + Sync,
    Arc<Pages>: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let pages = Arc::<Pages>::from_ref(state);
        check_sender(&parts.headers, &pages.site).map(|()| Self).map_err(IntoResponse::into_response)
    }
}

impl<T: ToSchema> Argument for PageForm<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.body::<T>("application/x-www-form-urlencoded");
    }
}

impl<T: IntoParams> Argument for PageParams<T> {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<T>();
    }
}

impl Argument for OwnPage {
    fn describe(_: &mut Description<'_>) {}
}
