//! A part of an export as it is written: JSON lines with what proves that they are whole, or a table without.

use jiff::Timestamp;
use serde::Serialize;
use vestibule_api::{ApiError, csv::Report};
use vestibule_chain::{Digest, Entry, RecordBody};
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

/// One line of the file.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    /// The first one.
    Header {
        export: &'static str,
        chain: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        filter: Option<&'a AuditFilter>,
    },
    /// A record with its leaf.
    Record {
        number: u64,
        leaf: Digest,
        record: RecordBody,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<Timestamp>,
        #[serde(skip_serializing_if = "Option::is_none")]
        personal: Option<Personal>,
    },
    /// Leaves of records that were not asked for.
    Leaves { from: u64, leaves: &'a [Digest] },
    /// The entry of a record that is gone.
    Gone { gone: &'a Entry },
    /// The last one.
    Checkpoint { checkpoint: Option<&'a str> },
}

/// What a record's digests stand for.
#[derive(Serialize)]
struct Personal {
    #[serde(skip_serializing_if = "Option::is_none")]
    actor_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    salt: String,
}

impl Personal {
    /// Nothing of a record whose personal values were erased with their salt.
    fn of(record: AuditRecord) -> Option<Self> {
        let AuditRecord { actor_email, source_ip, user_agent, salt, .. } = record;
        Some(Self { actor_email, source_ip, user_agent, salt: salt? })
    }
}

/// A part that is being written.
pub(crate) enum Part {
    /// JSON lines.
    Lines(Lines),
    /// CSV.
    Table(Report),
}

/// JSON lines; leaves are kept until a record or the end follows.
#[derive(Default)]
pub(crate) struct Lines {
    written: Vec<u8>,
    from: u64,
    leaves: Vec<Digest>,
}

impl Part {
    /// The beginning of the first part of JSON lines.
    pub(crate) fn lines(header: Option<(&str, &AuditFilter)>) -> Result<Self, ApiError> {
        let mut lines = Lines::default();
        if let Some((chain, filter)) = header {
            let filter = Some(filter).filter(|filter| !filter.is_open());
            lines.write(&Line::Header { export: "vestibule-audit/1", chain, filter })?;
        }
        Ok(Self::Lines(lines))
    }

    /// A table; the first part has the names of its columns.
    pub(crate) fn table(first: bool) -> Result<Self, ApiError> {
        Ok(Self::Table(if first { Report::new(&COLUMNS)? } else { Report::going_on() }))
    }

    /// Adds an entry of the chain; one that the filter leaves out as its leaf only.
    pub(crate) fn add(&mut self, chained: Chained, filter: &AuditFilter) -> Result<(), ApiError> {
        let wanted = chained.record.as_ref().is_none_or(|record| filter.fits(record));
        match self {
            Self::Lines(lines) => lines.add(chained, wanted),
            Self::Table(table) if wanted => row(table, chained),
            Self::Table(_) => Ok(()),
        }
    }

    /// Whether another entry may be added.
    pub(crate) fn has_room(&self) -> bool {
        let written = match self {
            Self::Lines(lines) => lines.written.len(),
            Self::Table(table) => table.len(),
        };
        written < MOST_BYTES
    }

    /// The bytes of the part. The last one of JSON lines ends with the checkpoint.
    pub(crate) fn finish(self, last: bool, checkpoint: Option<&str>) -> Result<Vec<u8>, ApiError> {
        match self {
            Self::Table(table) => table.finish(),
            Self::Lines(mut lines) => {
                lines.flush()?;
                if last {
                    lines.write(&Line::Checkpoint { checkpoint })?;
                }
                Ok(lines.written)
            }
        }
    }
}

impl Lines {
    fn add(&mut self, Chained { entry, record }: Chained, wanted: bool) -> Result<(), ApiError> {
        let leaf = entry.leaf().map_err(|error| ApiError::Fault(Box::new(error)))?;
        let Entry { number, expires, .. } = entry;
        if !wanted {
            if self.leaves.is_empty() {
                self.from = number;
            }
            self.leaves.push(leaf);
            return Ok(());
        }
        self.flush()?;
        match record {
            Some(record) => {
                let (body, personal) = (record.body(), Personal::of(record));
                self.write(&Line::Record { number, leaf, record: body, expires, personal })
            }
            None => self.write(&Line::Gone { gone: &entry }),
        }
    }

    fn flush(&mut self) -> Result<(), ApiError> {
        let leaves = std::mem::take(&mut self.leaves);
        if leaves.is_empty() {
            return Ok(());
        }
        self.write(&Line::Leaves { from: self.from, leaves: &leaves })
    }

    fn write(&mut self, line: &Line<'_>) -> Result<(), ApiError> {
        serde_json::to_writer(&mut self.written, line).map_err(|error| ApiError::Fault(Box::new(error)))?;
        self.written.push(b'\n');
        Ok(())
    }
}

/// A row of the table. Of a record that is gone its entry is left, with the outcome `gone`.
fn row(table: &mut Report, Chained { entry, record }: Chained) -> Result<(), ApiError> {
    let expires = entry.expires.map(|at| at.to_string()).unwrap_or_default();
    let (number, at) = (entry.number.to_string(), entry.at.to_string());
    let Some(record) = record else {
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
