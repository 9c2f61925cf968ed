//! The few addresses that are no page of the table.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, StatusCode, Uri, header};
use serde_json::{Value, json};
use vestibule_invoke::{Answer, NoAnswer};

use crate::{
    Console, browser,
    operations::{AVATAR, CONTEXT, IMPORT_REPORT},
    page::Page,
    pages,
    paths::fill,
    place::Place,
    visit::{Asked, Visit},
    words,
};

/// `GET /t/{slug}/..`: the page behind it, if the tenant that is named is the one of the session. Everything else is the
/// same answer, whether or not there is such a tenant.
pub(crate) async fn name_tenant(
    State(console): State<Console>,
    Path(path): Path<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let visit = Visit::new(console.clone(), &parts);
    let asked = Asked::new(CONTEXT, CONTEXT.path.to_owned(), String::new());
    let mut response = match visit.ask_one(asked).await {
        Err(NoAnswer) => console.unavailable(),
        Ok(told) if told.status == StatusCode::UNAUTHORIZED => browser::to_sign_in(),
        Ok(told) if told.body["tenant"]["slug"].as_str() == path.get("slug").map(String::as_str) => {
            Redirect::to(&behind(&parts.uri)).into_response()
        }
        Ok(_) => {
            let detail = "This address names another business than the one you work in. Change the business first, then open it again.";
            let refusal = json!({ "detail": detail, "status": 403, "link": "/settings/tenants", "label": "My businesses" });
            console.refused(StatusCode::FORBIDDEN, refusal)
        }
    };
    visit.hand_on(&mut response);
    response
}

/// The page behind a tenant's name, as it was written: only pages of the console are led to.
fn behind(uri: &Uri) -> String {
    let rest = uri.path().split('/').skip(3).collect::<Vec<_>>().join("/");
    let first = rest.split('/').next().unwrap_or_default();
    let known = |page: &Page| page.path.split('/').nth(1) == Some(first);
    if first.is_empty() || rest.contains('\\') || !pages::all().any(known) {
        return "/home".to_owned();
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("/{rest}{query}")
}

/// `GET /settings/picture`: the caller's picture.
pub(crate) async fn get_picture(State(console): State<Console>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::new(console, &parts);
    let asked = Asked::new(AVATAR, AVATAR.path.to_owned(), String::new());
    let mut response = match visit.fetch(asked).await {
        Ok(answer) if answer.status.is_success() => {
            let mut response = answer.body.into_response();
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
            response
        }
        Ok(answer) => answer.status.into_response(),
        Err(NoAnswer) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    visit.hand_on(&mut response);
    response
}

/// `GET /admin/team/import/{id}/report`: the report of an import, as the API has it.
pub(crate) async fn get_import_report(State(console): State<Console>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let visit = Visit::new(console.clone(), &parts);
    let id = Place::of(&mut parts).await.and_then(|place| place.path.get("id")?.as_str().map(str::to_owned));
    let Some(path) = fill(IMPORT_REPORT.path, &[id]) else { return console.nothing() };
    let mut response = match visit.fetch(Asked::new(IMPORT_REPORT, path, String::new())).await {
        Ok(mut answer) if answer.status.is_success() => {
            let body = std::mem::take(&mut answer.body);
            file(&answer, body)
        }
        Ok(answer) => refused(&console, &answer),
        Err(NoAnswer) => console.unavailable(),
    };
    visit.hand_on(&mut response);
    response
}

/// A file of the API to keep, named as there.
pub(crate) fn file(answer: &Answer, body: Vec<u8>) -> Response {
    let header = |name| answer.header(name).and_then(|value| HeaderValue::try_from(value).ok());
    let kind = header("content-type").unwrap_or(HeaderValue::from_static("application/octet-stream"));
    // It never becomes a page of ours, whatever stands in it.
    let named = header("content-disposition").unwrap_or(HeaderValue::from_static("attachment"));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_DISPOSITION, named);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What the API said in place of a file, as a page.
pub(crate) fn refused(console: &Console, answer: &Answer) -> Response {
    if answer.status == StatusCode::UNAUTHORIZED {
        return browser::to_sign_in();
    }
    let problem: Value = serde_json::from_slice(&answer.body).unwrap_or(json!({}));
    console.refused(answer.status, words::of(problem))
}

/// An address without a page.
pub(crate) async fn unknown(State(console): State<Console>) -> Response {
    console.told(StatusCode::NOT_FOUND, "There is no such page. Look at the address, or begin at home.")
}
