//! An export of a chain: a file that can be checked without its table. JSON lines, each in canonical form (RFC 8785), so that no
//! two readers see two things in one line; at most 2 MiB each.
//!
//! ```text
//! {"chain":"ten_..","export":"vestibule-audit/1","filter":{"action":"hire.create"}}   first; without `filter` it is whole
//! {"leaf":"..","number":1,"personal":{..,"salt":".."},"record":{..}}                  a record, `expires` if it goes
//! {"from":2,"leaves":["..",".."]}                                                     records that the filter leaves out
//! {"gone":{"at":..,"body":"..","chain":..,"expires":..,"id":..,"number":4}}           a record that retention removed
//! {"checkpoint":"<note>"}                                                             last; `null` if nothing was signed
//! ```
//!
//! The numbers go from 1 on without a gap. A leaf is SHA-256 of a zero byte and the canonical form of the record's [`Entry`],
//! whose `body` is SHA-256 of the canonical form of `record`; a personal value's digest in `record` is HMAC-SHA256 under the
//! salt of its name, a line feed and itself.
//!
//! [`Entry`]: crate::Entry

mod line;
mod reader;
mod verify;
mod writer;

pub use line::{Format, Gone, Head, LeftOut, Line, MOST_LEAVES, Record};
pub use reader::{ReadError, Reader};
pub use verify::{Refusal, Report, verify};
pub use writer::Writer;
