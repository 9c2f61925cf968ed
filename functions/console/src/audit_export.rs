//! `GET /admin/audit/export` and `GET /admin/platform-log/export`: the export of an audit log as one file. Of a longer log the page
//! says how to take it.

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use serde_json::json;
use vestibule_invoke::NoAnswer;

use crate::{
    Console, browser,
    operations::{AUDIT_EXPORT, Operation, PLATFORM_EXPORT},
    parts::{Taken, take, wanted},
    special,
    visit::{Asked, Visit},
};

const KNOWN: [&str; 7] = ["format", "from", "to", "actor", "action", "resource", "outcome"];
const TOO_LONG: &str =
    "The export is longer than one download can be. Choose a shorter time, or take it in parts by the API.";

/// The log of the caller's business.
pub(crate) async fn get_audit_export(State(console): State<Console>, request: Request) -> Response {
    download(console, request, (AUDIT_EXPORT, "/admin/audit#export")).await
}

/// The log of the platform.
pub(crate) async fn get_platform_export(State(console): State<Console>, request: Request) -> Response {
    download(console, request, (PLATFORM_EXPORT, "/admin/platform-log#export")).await
}

/// The download; `help` is where it stands how a longer log is taken.
async fn download(console: Console, request: Request, (operation, help): (&Operation, &str)) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let visit = Visit::new(console.clone(), &parts);
    let asked = |query| Asked::new(operation, operation.path.to_owned(), query);
    let query = wanted(parts.uri.query().unwrap_or_default(), &KNOWN);
    let mut response = match take(&visit, operation.path, query, asked).await {
        Ok(Taken::Whole(answer, file)) => special::file(&answer, file),
        Ok(Taken::Refused(answer)) => special::refused(&console, &answer),
        Ok(Taken::TooLong) => console.refused(StatusCode::PAYLOAD_TOO_LARGE, too_long(help)),
        Err(NoAnswer) => console.unavailable(),
    };
    visit.hand_on(&mut response);
    response
}

fn too_long(help: &str) -> serde_json::Value {
    json!({ "status": 413, "detail": TOO_LONG, "link": help, "label": "How?" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_goes_along_and_nothing_else() {
        assert_eq!(
            wanted("from=2026-01-01&to=&cursor=x&action=hire.&limit=1&ask=y", &KNOWN),
            "from=2026-01-01&action=hire."
        );
        assert_eq!(wanted("actor=kim%2Bx%40example.org", &KNOWN), "actor=kim%2Bx%40example.org");
    }
}
