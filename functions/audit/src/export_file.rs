//! A part of an export as it is written: JSON lines with what proves that they are whole, or a table without.

use std::collections::BTreeMap;

use vestibule_api::{ApiError, csv::Report};
use vestibule_chain::export::Writer;
use vestibule_store::{AuditFilter, AuditRecord, Chained};

use crate::view::name_of;

/// Bytes of a part, but for its last record. Escaped once more on its way out, which at most doubles it, it must fit into
/// the 6 MB that a function may answer.
const MOST_BYTES: usize = 2_500_000;
const COLUMNS: [&str; 14] = [
    "number",
    "id",
    "at",
    "actor",
    "actor_email",
    "action",
    "resource",
    "outcome",
    "count",
    "old",
    "new",
    "source_ip",
    "user_agent",
    "expires",
];

/// A part that is being written.
pub(crate) enum Part {
    /// JSON lines.
    Lines(Writer<Vec<u8>>),
    /// CSV.
    Table(Box<Report>),
}

impl Part {
    /// The beginning of the first part of JSON lines about `chain`, or of another one.
    pub(crate) fn lines(first: Option<(&str, &AuditFilter)>) -> Result<Self, ApiError> {
        let Some((chain, filter)) = first else { return Ok(Self::Lines(Writer::resume(Vec::new()))) };
        let filter = if filter.is_open() { None } else { Some(named(filter)?) };
        Ok(Self::Lines(Writer::begin(Vec::new(), chain, filter).map_err(fault)?))
    }

    /// A table; the first part has the names of its columns.
    pub(crate) fn table(first: bool) -> Result<Self, ApiError> {
        Ok(Self::Table(Box::new(if first { Report::new(&COLUMNS)? } else { Report::going_on() })))
    }

    /// Adds an entry of the chain; one that the filter leaves out as its leaf only. Of a record that is gone nothing can be
    /// said but its entry.
    pub(crate) fn add(&mut self, chained: Chained, filter: &AuditFilter) -> Result<(), ApiError> {
        let wanted = chained.record.as_ref().is_none_or(|record| filter.fits(record));
        match self {
            Self::Lines(lines) => line(lines, chained, wanted),
            Self::Table(table) if wanted => row(table, chained),
            Self::Table(_) => Ok(()),
        }
    }

    /// Whether another entry may be added.
    pub(crate) fn has_room(&self) -> bool {
        let written = match self {
            Self::Lines(lines) => lines.get_ref().len(),
            Self::Table(table) => table.len(),
        };
        written < MOST_BYTES
    }

    /// The bytes of the part. The last one of JSON lines ends with the checkpoint.
    pub(crate) fn finish(self, last: bool, checkpoint: Option<&str>) -> Result<Vec<u8>, ApiError> {
        match self {
            Self::Table(table) => table.finish(),
            Self::Lines(lines) if last => lines.end(checkpoint).map_err(fault),
            Self::Lines(lines) => lines.pause().map_err(fault),
        }
    }
}

/// What is asked for, by name.
fn named(filter: &AuditFilter) -> Result<BTreeMap<String, String>, ApiError> {
    serde_json::to_value(filter).and_then(serde_json::from_value).map_err(fault)
}

fn line(
    lines: &mut Writer<Vec<u8>>,
    Chained { entry, record }: Chained,
    wanted: bool,
) -> Result<(), ApiError> {
    match record {
        _ if !wanted => lines.left_out(entry.number, entry.leaf().map_err(fault)?),
        Some(record) => lines.record(&entry, record.body(), record.personal()),
        None => lines.gone(entry),
    }
    .map_err(fault)
}

fn fault(error: impl std::error::Error + Send + Sync + 'static) -> ApiError {
    ApiError::Fault(Box::new(error))
}

/// A row of the table. Of a record that is gone its entry is left, with the outcome `gone`.
fn row(table: &mut Report, Chained { entry, record }: Chained) -> Result<(), ApiError> {
    let expires = entry.expires.map(|at| at.to_string()).unwrap_or_default();
    let (number, at) = (entry.number.to_string(), entry.at.to_string());
    let Some(record) = record.map(AuditRecord::proved) else {
        let mut cells = [""; COLUMNS.len()];
        (cells[0], cells[1], cells[2], cells[7], cells[13]) = (&number, &entry.id, &at, "gone", &expires);
        return table.row(&cells);
    };
    let count = record.count.map(|count| count.to_string()).unwrap_or_default();
    let (old, new) = (record.old.to_string(), record.new.to_string());
    let or_empty = |value: &'_ Option<String>| value.clone().unwrap_or_default();
    let [email, ip, agent] = [&record.actor_email, &record.source_ip, &record.user_agent].map(or_empty);
    let outcome = name_of(record.outcome);
    let (id, actor, action, what) = (&entry.id, &record.actor, &record.action, &record.resource);
    table.row(&[
        &number, id, &at, actor, &email, action, what, outcome, &count, &old, &new, &ip, &agent, &expires,
    ])
}
