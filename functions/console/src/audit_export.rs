//! `GET /admin/audit/export` and `GET /admin/platform-log/export`: the export of an audit log as one file. The API gives it in
//! parts; a function answers once and with 6 MB at most, so what fits into one answer is put together here, and of a longer
//! log the page says how to take it.

use axum::{
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use serde_json::json;
use vestibule_invoke::{Answer, NoAnswer};

use crate::{
    Console, browser,
    operations::{AUDIT_EXPORT, Operation, PLATFORM_EXPORT},
    special,
    visit::{Asked, Visit},
};

/// Longest file in bytes: escaped on its way out it has up to twice as many.
const LONGEST: usize = 2_900_000;
/// Most parts that are put together, of 500 records each: it must be done in 20 seconds.
const MOST_PARTS: usize = 40;
const KNOWN: [&str; 7] = ["format", "from", "to", "actor", "action", "resource", "outcome"];
const TOO_LONG: &str =
    "The export is longer than one download can be. Choose a shorter time, or take it in parts by the API.";

/// What was put together.
#[derive(Debug)]
enum Taken {
    /// The whole file; the answer is that of its last part.
    Whole(Box<Answer>, Vec<u8>),
    /// A part was refused.
    Refused(Box<Answer>),
    TooLong,
}

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
    let mut response = match take(&visit, operation, wanted(parts.uri.query().unwrap_or_default())).await {
        Ok(Taken::Whole(answer, file)) => special::file(&answer, file),
        Ok(Taken::Refused(answer)) => special::refused(&console, &answer),
        Ok(Taken::TooLong) => console.refused(StatusCode::PAYLOAD_TOO_LARGE, too_long(help)),
        Err(NoAnswer) => console.unavailable(),
    };
    visit.hand_on(&mut response);
    response
}

async fn take(visit: &Visit, operation: &Operation, mut query: String) -> Result<Taken, NoAnswer> {
    let mut file = Vec::new();
    for _ in 0..MOST_PARTS {
        let answer = visit.fetch(Asked::new(operation, operation.path.to_owned(), query)).await?;
        if !answer.status.is_success() {
            return Ok(Taken::Refused(answer.into()));
        }
        file.extend_from_slice(&answer.body);
        if file.len() > LONGEST {
            break;
        }
        match answer.header("link").and_then(|link| next(link, operation.path)) {
            Some(following) => query = following,
            None => return Ok(Taken::Whole(answer.into(), file)),
        }
    }
    Ok(Taken::TooLong)
}

/// What of the page's query goes along: a form sends empty fields, too.
fn wanted(query: &str) -> String {
    let given = url::form_urlencoded::parse(query.as_bytes());
    let given = given.filter(|(name, value)| KNOWN.contains(&&**name) && !value.is_empty());
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish()
}

/// The query of the next part, as the API names it.
fn next(link: &str, path: &str) -> Option<String> {
    let (query, rest) = link.strip_prefix('<')?.strip_prefix(path)?.strip_prefix('?')?.split_once('>')?;
    rest.contains("rel=\"next\"").then(|| query.to_owned())
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
            wanted("from=2026-01-01&to=&cursor=x&action=hire.&limit=1&ask=y"),
            "from=2026-01-01&action=hire."
        );
        assert_eq!(wanted("actor=kim%2Bx%40example.org"), "actor=kim%2Bx%40example.org");
    }

    #[test]
    fn the_next_part_is_read_from_its_header() {
        let link = "</api/audit/export?format=csv&cursor=A-_b>; rel=\"next\"";
        let path = AUDIT_EXPORT.path;
        assert_eq!(next(link, path).as_deref(), Some("format=csv&cursor=A-_b"));
        assert_eq!(next(link, PLATFORM_EXPORT.path), None);
        for other in ["", "</api/audit/export?x>; rel=\"prev\"", "<https://evil.example/?x>; rel=\"next\""] {
            assert_eq!(next(other, path), None, "{other}");
        }
    }
}
