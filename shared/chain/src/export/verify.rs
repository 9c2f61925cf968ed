//! Whether an export is a whole chain as it was signed.

use std::{collections::BTreeMap, io::BufRead};

use jiff::Timestamp;

use super::{
    line::Line,
    reader::{ReadError, Reader},
};
use crate::{Checker, Flaw, NoteError, SignedCheckpoint, Tally, Verifier};

/// What a sound export is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The chain's name.
    pub chain: String,
    /// By what it is filtered; `None` if it is whole.
    pub filter: Option<BTreeMap<String, String>>,
    /// Up to which number it is complete.
    pub size: u64,
    /// When that was signed; `None` if nothing ever was.
    pub at: Option<Timestamp>,
    /// How the numbers are shown.
    pub tally: Tally,
}

/// Why an export is refused.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is not in the form of one.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A line is not as it was signed.
    #[error("{flaw} (line {line} of the file)")]
    Line {
        /// What is wrong.
        flaw: Flaw,
        /// In which line.
        line: u64,
    },
    /// The chain as a whole is not the one that was signed.
    #[error(transparent)]
    Whole(#[from] Flaw),
    /// The checkpoint at its end cannot be trusted.
    #[error("the last line: {0}")]
    Last(NoteError),
    /// A checkpoint that was given beside it cannot be trusted.
    #[error("the given checkpoint: {0}")]
    Given(NoteError),
}

/// Judges an export at the time `now`. The chain must lead through each of the `known` checkpoints, signed notes that are
/// kept elsewhere, and not end before them. `progress` is told how many numbers were seen.
pub fn verify(
    input: impl BufRead,
    verifiers: &[Verifier],
    known: &[String],
    now: Timestamp,
    mut progress: impl FnMut(u64),
) -> Result<Report, Refusal> {
    let (head, mut reader) = Reader::open(input)?;
    let mut checker = Checker::new(&head.chain);
    for note in known {
        let known = SignedCheckpoint::open(note, &head.chain, verifiers).map_err(Refusal::Given)?;
        checker = checker.knowing(known);
    }
    let mut end = None;
    while let Some(line) = reader.next_line()? {
        if let Line::End(last) = line {
            end = last.checkpoint;
            continue;
        }
        if head.filter.is_none() && matches!(line, Line::LeftOut(_)) {
            return Err(reader.wrong("records are left out, but the first line names no filter").into());
        }
        show(&mut checker, &line).map_err(|flaw| Refusal::Line { flaw, line: reader.position() })?;
        progress(checker.size());
    }
    let open = |note: String| SignedCheckpoint::open(&note, &head.chain, verifiers);
    let end = end.map(open).transpose().map_err(Refusal::Last)?;
    checker.close(end.as_ref(), now)?;
    let (size, tally) = (checker.size(), checker.tally());
    Ok(Report { chain: head.chain, filter: head.filter, size, at: end.map(|end| end.at), tally })
}

fn show(checker: &mut Checker, line: &Line) -> Result<(), Flaw> {
    match line {
        Line::Record(it) => checker.record(it.number, &it.leaf, &it.record, it.expires, it.personal.as_ref()),
        Line::LeftOut(run) => checker.left_out(run.from, &run.leaves),
        Line::Gone(gone) => checker.gone(&gone.gone),
        Line::Head(_) | Line::End(_) => Ok(()),
    }
}
