//! `GET /admin/promo-signups/export`: the sign-ups that are looked for as one table. A link of a page cannot ask for a table, so this
//! address asks for it.

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use serde_json::json;
use vestibule_invoke::NoAnswer;

use crate::{
    Console, browser,
    operations::PROMO_SIGNUPS,
    parts::{Taken, take, wanted},
    special,
    visit::{Asked, Visit},
};

const KNOWN: [&str; 3] = ["status", "name", "email"];
const TOO_LONG: &str = "The table is longer than one download can be. Choose one status after the other, or take it in parts by the API.";

/// The download.
pub(crate) async fn get_promo_table(State(console): State<Console>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Some(response) = browser::come_again(&console, &parts) {
        return response;
    }
    let visit = Visit::new(console.clone(), &parts);
    let query = wanted(parts.uri.query().unwrap_or_default(), &KNOWN);
    let mut response = match take(&visit, PROMO_SIGNUPS.path, query, asked).await {
        Ok(Taken::Whole(answer, file)) => special::file(&answer, file),
        Ok(Taken::Refused(answer)) => special::refused(&console, &answer),
        Ok(Taken::TooLong) => {
            let refusal =
                json!({ "status": 413, "detail": TOO_LONG, "link": PROMO_SIGNUPS.path, "label": "Back" });
            console.refused(StatusCode::PAYLOAD_TOO_LARGE, refusal)
        }
        Err(NoAnswer) => console.unavailable(),
    };
    visit.hand_on(&mut response);
    response
}

fn asked(query: String) -> Asked {
    let mut asked = Asked::new(PROMO_SIGNUPS, PROMO_SIGNUPS.path.to_owned(), query);
    asked.call.headers.insert("accept".to_owned(), "text/csv".to_owned());
    asked
}
