//! `/_faults`: PUT replaces the faults by a JSON list, GET shows what is left of them, DELETE removes them and releases held calls.

use axum::{Json, extract::State};
use http::StatusCode;

use super::{Fault, SharedFaults};

pub(crate) async fn put_faults(
    State(faults): State<SharedFaults>,
    Json(list): Json<Vec<Fault>>,
) -> StatusCode {
    faults.replace(list);
    StatusCode::NO_CONTENT
}

pub(crate) async fn get_faults(State(faults): State<SharedFaults>) -> Json<Vec<Fault>> {
    Json(faults.list())
}

pub(crate) async fn delete_faults(State(faults): State<SharedFaults>) -> StatusCode {
    faults.clear();
    StatusCode::NO_CONTENT
}
