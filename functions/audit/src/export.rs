//! Exports of a chain, whoever's it is: in parts that make one file.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    response::{IntoResponse as _, Response},
};
use http::{
    HeaderValue,
    header::{CONTENT_DISPOSITION, CONTENT_TYPE, LINK},
    request::Parts,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::form_urlencoded::{Serializer, parse};
use utoipa::IntoParams;
use vestibule_api::{Api, ApiError, Argument, Description};
use vestibule_domain::{Invalid, World};
use vestibule_store::{AuditActor, AuditFilter, Chain, Chained, Checkpoint, Cursor, CursorError, StoreError};

use crate::{
    export_file::Part,
    list_records::cursor,
    parameters::{FilterParameters, Parameters},
};

const KNOWN: [&str; 8] = ["format", "from", "to", "actor", "action", "resource", "outcome", "cursor"];
/// Entries of a part, and how many of them are read at once.
const MOST: u16 = 500;
const AT_ONCE: u16 = 100;
/// Time for all parts of an export.
const LASTS: SignedDuration = SignedDuration::from_hours(1);
/// Longest cursor that is looked at, in characters: it holds the checkpoint that the export ends with.
const LONGEST_CURSOR: usize = 4_096;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Jsonl,
    Csv,
}

impl Format {
    fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "jsonl" => Ok(Self::Jsonl),
            "csv" => Ok(Self::Csv),
            _ => Err(Invalid::new("Give `jsonl` or `csv`.")),
        }
    }

    /// The end of the file's name, and its media type.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Jsonl => ("jsonl", "application/jsonl"),
            Self::Csv => ("csv", "text/csv; charset=utf-8"),
        }
    }
}

/// What is exported, how, and from where on.
#[derive(Debug)]
struct Wanted {
    format: Format,
    filter: AuditFilter,
    cursor: Option<String>,
    /// The query without a cursor.
    query: String,
}

/// The query. What is wrong with it is told after it is known who asks.
#[derive(Debug)]
pub struct ExportQuery(Result<Wanted, ApiError>);

/// How the export is written, and which part of it.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `ExportQuery` reads")]
struct ExportParameters {
    /// `jsonl` when absent: JSON lines with what proves that nothing was changed or left out; `csv`: a table, without it.
    #[param(pattern = "^(jsonl|csv)$")]
    format: Option<String>,
    /// Of the next part, as the header `Link` names it.
    cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ExportQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let given = parts.uri.query().unwrap_or_default();
        let mut parameters = Parameters::read(Some(given), &KNOWN);
        let filter = parameters.filter();
        let format = parameters.take("format", Format::parse).unwrap_or(Format::Jsonl);
        let cursor = parameters.take("cursor", |text| cursor(text, LONGEST_CURSOR));
        let others = parse(given.as_bytes()).filter(|(name, _)| name != "cursor");
        let query = Serializer::new(String::new()).extend_pairs(others).finish();
        Ok(Self(parameters.check().map(|()| Wanted { format, filter, cursor, query })))
    }
}

impl Argument for ExportQuery {
    fn describe(operation: &mut Description<'_>) {
        operation.parameters::<FilterParameters>();
        operation.parameters::<ExportParameters>();
    }
}

/// How far an export is, and where it ends.
#[derive(Debug, Serialize, Deserialize)]
struct Position {
    after: u64,
    last: u64,
    note: Option<String>,
    /// An export that was begun is gone on with until then; a later one is another export, and recorded.
    until: Timestamp,
}

/// A chain that can be exported, with the log that tells of it.
pub trait Log: Send + Sync {
    /// Which chain.
    fn chain(&self) -> Chain;

    /// The path of the operation.
    fn path(&self) -> &'static str;

    /// Who exports it: the parts belong to them.
    fn reader(&self) -> String;

    /// Records that it was exported.
    fn record(&self, values: Value, world: &World) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The newest checkpoint.
    fn checkpoint(&self) -> impl Future<Output = Result<Option<Checkpoint>, StoreError>> + Send;

    /// At most `limit` entries behind number `after`, up to number `last`, with their records.
    fn chained(
        &self,
        after: u64,
        last: u64,
        limit: u16,
    ) -> impl Future<Output = Result<Vec<Chained>, StoreError>> + Send;
}

/// The part of an export that a query asks for. The first one is recorded.
pub async fn export(api: &Api, log: &impl Log, query: ExportQuery) -> Result<Response, ApiError> {
    let wanted = query.0?;
    let (list, chain) = (wanted.list(&log.reader()), log.chain());
    let mut position = match &wanted.cursor {
        None => Box::pin(begin(api, log, &wanted)).await?,
        Some(cursor) => {
            let position = Cursor::open(cursor, &api.cursors, chain, &list)?;
            let position: Position = serde_json::from_str(&position).map_err(|_| CursorError)?;
            if position.until < api.world.now() {
                return Err(CursorError.into());
            }
            position
        }
    };
    let part = Box::pin(write(log, &wanted, &mut position)).await?;
    let ends = position.after >= position.last;
    let body = part.finish(ends, position.note.as_deref())?;
    let (end, kind) = wanted.format.names();
    let name = format!("attachment; filename=\"audit-{chain}.{end}\"");
    let mut response = ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response();
    if !ends {
        let position = serde_json::to_string(&position).map_err(|error| ApiError::Fault(Box::new(error)))?;
        let cursor = Cursor::seal(&api.cursors, chain, &list, &position);
        response.headers_mut().insert(LINK, wanted.link(log.path(), cursor.as_str())?);
    }
    Ok(response)
}

impl Wanted {
    /// What a cursor is bound to.
    fn list(&self, reader: &str) -> String {
        let filter = serde_json::to_string(&self.filter).unwrap_or_default();
        format!("AUDIT-EXPORT#{reader}#{}#{filter}", self.format.names().0)
    }

    fn link(&self, path: &str, cursor: &str) -> Result<HeaderValue, ApiError> {
        let given = if self.query.is_empty() { String::new() } else { format!("{}&", self.query) };
        let link = format!("<{path}?{given}cursor={cursor}>; rel=\"next\"");
        HeaderValue::try_from(link).map_err(|error| ApiError::Fault(Box::new(error)))
    }

    /// What is recorded of the export. An address that was looked for is personal data, and left out.
    fn told(&self) -> Value {
        let mut filter = self.filter.clone();
        if let Some(AuditActor::Address(_)) = filter.actor {
            filter.actor = Some(AuditActor::Named("address".to_owned()));
        }
        filter.resource =
            filter.resource.map(|told| if told.contains('@') { "address".to_owned() } else { told });
        json!({ "format": self.format.names().0, "filter": filter })
    }
}

/// Records the export, and looks where it ends: at the newest checkpoint, or where nothing was signed yet at the end.
async fn begin(api: &Api, log: &impl Log, wanted: &Wanted) -> Result<Position, ApiError> {
    log.record(wanted.told(), &api.world).await?;
    let (last, note) = match log.checkpoint().await? {
        Some(checkpoint) => (checkpoint.size, Some(checkpoint.note)),
        None => (api.store.platform().chain_head(log.chain()).await?.size, None),
    };
    let until = api.world.now().saturating_add(LASTS).map_err(|error| ApiError::Fault(Box::new(error)))?;
    Ok(Position { after: 0, last, note, until })
}

/// Writes a part from `position` on, and moves it behind what was written.
async fn write(log: &impl Log, wanted: &Wanted, position: &mut Position) -> Result<Part, ApiError> {
    let (first, chain) = (position.after == 0, log.chain().to_string());
    let mut part = match wanted.format {
        Format::Jsonl => Part::lines(first.then_some((chain.as_str(), &wanted.filter)))?,
        Format::Csv => Part::table(first)?,
    };
    for _ in 0..MOST / AT_ONCE {
        let found = log.chained(position.after, position.last, AT_ONCE).await?;
        if found.is_empty() {
            // Also where entries were taken away: whoever checks the file finds that they are missing.
            position.after = position.last;
        }
        for chained in found {
            if !part.has_room() {
                return Ok(part);
            }
            position.after = chained.entry.number;
            part.add(chained, &wanted.filter)?;
        }
    }
    Ok(part)
}
