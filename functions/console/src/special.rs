//! The few addresses that are no page of the table.

use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use vestibule_invoke::NoAnswer;

use crate::{
    Console, browser,
    operations::{AVATAR, CONTEXT},
    visit::{Asked, Visit},
};

/// `GET /t/{slug}/..`: the page behind it, if the tenant that is named is the one of the session. Everything else is the
/// same answer, whether or not there is such a tenant.
pub(crate) async fn name_tenant(
    State(console): State<Console>,
    Path(path): Path<std::collections::BTreeMap<String, String>>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let visit = Visit::new(console.clone(), &parts);
    let asked = Asked::new(CONTEXT, CONTEXT.path.to_owned(), String::new());
    let mut response = match visit.ask_one(asked).await {
        Err(NoAnswer) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Ok(told) if told.status == StatusCode::UNAUTHORIZED => browser::to_sign_in(),
        Ok(told) if told.body["tenant"]["slug"].as_str() == path.get("slug").map(String::as_str) => {
            let rest = path.get("rest").map_or("home", String::as_str);
            let query = parts.uri.query().map(|query| format!("?{query}")).unwrap_or_default();
            Redirect::to(&format!("/{}{query}", rest.trim_start_matches(['/', '\\']))).into_response()
        }
        Ok(_) => {
            let detail = "This address names another business than the one you work in. Change the business first, then open it again.";
            let refusal = json!({ "detail": detail, "status": 403, "link": "/settings/tenants" });
            console.refused(StatusCode::FORBIDDEN, refusal)
        }
    };
    visit.hand_on(&mut response);
    response
}

/// `GET /settings/picture`: the caller's picture.
pub(crate) async fn get_picture(State(console): State<Console>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::new(console, &parts);
    let Ok(answer) = visit.fetch(Asked::new(AVATAR, AVATAR.path.to_owned(), String::new())).await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut response = (answer.status, answer.body).into_response();
    let kind = if answer.status.is_success() { "image/jpeg" } else { "application/problem+json" };
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    visit.hand_on(&mut response);
    response
}

/// An address without a page.
pub(crate) async fn unknown(State(console): State<Console>) -> Response {
    console.told(StatusCode::NOT_FOUND, "There is no such page. Look at the address, or begin at home.")
}
