//! What the stack's name server says of a name.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Form, Json};
use serde::Deserialize;
use vestibule_models::DnsName;

use super::Local;

/// Longest string of a text record, in bytes.
const LONGEST: usize = 255;

/// `GET /_local/dns/{name}`
pub(super) async fn get_name(State(local): State<Local>, Path(name): Path<String>) -> Response {
    match local.cloud.dns().find(&name) {
        Some(known) => Json(known).into_response(),
        None => (StatusCode::NOT_FOUND, "Nothing is known of this name.\n").into_response(),
    }
}

/// `PUT /_local/dns/{name}`
pub(super) async fn put_name(
    State(local): State<Local>,
    Path(name): Path<String>,
    Json(known): Json<DnsName>,
) -> Response {
    if known.texts.iter().flatten().any(|text| text.len() > LONGEST) {
        let detail = "A string of a text record has at most 255 bytes; give several.\n";
        return (StatusCode::UNPROCESSABLE_ENTITY, detail).into_response();
    }
    local.cloud.dns().set(&name, known);
    StatusCode::NO_CONTENT.into_response()
}

/// One text record.
#[derive(Deserialize)]
pub(super) struct Record {
    text: String,
}

/// `POST /_local/dns/{name}`: the button of the console's page for domains, which it leads back to.
pub(super) async fn add_record(
    State(local): State<Local>,
    Path(name): Path<String>,
    Form(record): Form<Record>,
) -> Response {
    let known = DnsName { texts: vec![vec![record.text]], ..DnsName::default() };
    let put = put_name(State(local), Path(name), Json(known)).await;
    if put.status().is_success() {
        Redirect::to("/workspace/domain?done=record").into_response()
    } else {
        put
    }
}
